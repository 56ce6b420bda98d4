//! Simulated time: whole microseconds since the start of the run.
//!
//! This is not a wall clock. Nothing in the engine asks what time it is; the world hands out the
//! instant of each step. A server's wall clock is an offset that the world keeps beside it.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::Serialize;

/// A point of simulated time, in microseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Instant(pub u64);

/// A length of simulated time, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Duration(pub u64);

impl Instant {
    /// The start of every run.
    pub const ZERO: Self = Self(0);

    /// Time since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many microseconds.
    pub const fn from_us(us: u64) -> Self {
        Self(us)
    }

    /// So many milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms.saturating_mul(1_000))
    }

    /// So many seconds.
    pub const fn from_s(s: u64) -> Self {
        Self(s.saturating_mul(1_000_000))
    }

    /// Length in microseconds.
    pub const fn as_us(self) -> u64 {
        self.0
    }

    /// Length in whole milliseconds, rounded down.
    pub const fn as_ms(self) -> u64 {
        self.0 / 1_000
    }

    /// `self` repeated `n` times; saturates.
    pub const fn times(self, n: u64) -> Self {
        Self(self.0.saturating_mul(n))
    }

    /// `self` divided by `n`, which must not be zero; rounds down.
    pub const fn divided_by(self, n: u64) -> Self {
        Self(self.0 / n)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, rhs: Duration) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, rhs: Self) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Sub for Duration {
    type Output = Self;

    fn sub(self, rhs: Self) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}

impl fmt::Display for Instant {
    /// Seconds with three decimals, or six when the microseconds matter: `1.256` or `1.256004`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (s, us) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if us % 1_000 == 0 {
            write!(f, "{s}.{:03}", us / 1_000)
        } else {
            write!(f, "{s}.{us:06}")
        }
    }
}

impl fmt::Display for Duration {
    /// The largest unit of the script language that divides it: `2s`, `500ms`, `1500us`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => write!(f, "0ms"),
            us if us % 3_600_000_000 == 0 => write!(f, "{}h", us / 3_600_000_000),
            us if us % 60_000_000 == 0 => write!(f, "{}m", us / 60_000_000),
            us if us % 1_000_000 == 0 => write!(f, "{}s", us / 1_000_000),
            us if us % 1_000 == 0 => write!(f, "{}ms", us / 1_000),
            us => write!(f, "{us}us"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_in_the_largest_exact_unit() {
        let texts = [0, 7, 1_500, 2_000, 90_000_000, 60_000_000, 3_600_000_000]
            .map(|us| Duration(us).to_string());
        assert_eq!(texts, ["0ms", "7us", "1500us", "2ms", "90s", "1m", "1h"]);
    }

    #[test]
    fn instants_print_seconds() {
        assert_eq!(Instant(1_256_000).to_string(), "1.256");
        assert_eq!(Instant(1_256_004).to_string(), "1.256004");
    }
}
