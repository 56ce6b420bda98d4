//! Transaction ids: an epoch in the high 32 bits, a counter in the low 32.
//!
//! The order is that of a signed 64-bit integer, as in ZooKeeper (`ZxidUtils`). A zxid is an order,
//! never a time and never the name of a server.

use std::fmt;

/// The number of a leader's reign. ZooKeeper stores it in 32 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub i64);

impl Epoch {
    /// The highest whose zxids are positive; there is no election after it.
    pub const LAST: Self = Self(i32::MAX as i64);
}

/// A transaction id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zxid(pub i64);

impl Zxid {
    /// Before every transaction.
    pub const ZERO: Self = Self(0);
    /// What an unexpectedly empty database reports: it may follow, but its vote does not count.
    pub const UNTRUSTED: Self = Self(-1);
    /// What an observer proposes for itself: it loses against everybody.
    pub const LOWEST: Self = Self(i64::MIN);
    /// The largest counter; reaching it forces a new epoch.
    pub const COUNTER_MAX: u32 = u32::MAX;

    /// The zxid of `counter` in `epoch`.
    pub const fn new(epoch: Epoch, counter: u32) -> Self {
        Self((epoch.0 << 32) | counter as i64)
    }

    /// The epoch in the high bits.
    pub const fn epoch(self) -> Epoch {
        Epoch(self.0 >> 32)
    }

    /// The counter in the low bits.
    pub const fn counter(self) -> u32 {
        self.0 as u32
    }

    /// The next zxid of the same epoch. At the last counter this carries into the epoch, as a bare
    /// increment does; the leader must guard against it (ZOOKEEPER-1277).
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// True when the low bits are 0: no transaction carries such a zxid, an epoch starts with it.
    pub const fn is_epoch_start(self) -> bool {
        self.counter() == 0
    }

    /// True when `self` directly follows `prev` in a log: the next counter, or a first one of a
    /// later epoch.
    pub fn follows(self, prev: Self) -> bool {
        self == prev.next() || (self.epoch() > prev.epoch() && self.counter() == 1)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Zxid {
    /// `epoch.counter` in decimal, as the script language writes it; `-` for an untrusted one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            return f.write_str("-");
        }
        write!(f, "{}.{}", self.epoch().0, self.counter())
    }
}

impl fmt::LowerHex for Zxid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epoch_outranks_counter() {
        assert!(Zxid::new(Epoch(2), 0) > Zxid::new(Epoch(1), u32::MAX));
        assert!(Zxid::UNTRUSTED < Zxid::ZERO);
    }

    #[test]
    fn the_last_counter_carries_into_the_epoch() {
        let last = Zxid::new(Epoch(1), Zxid::COUNTER_MAX);
        assert_eq!(last.next(), Zxid::new(Epoch(2), 0));
    }

    #[test]
    fn follows_accepts_the_next_counter_or_the_first_of_a_later_epoch() {
        let z = |e, c| Zxid::new(Epoch(e), c);
        assert!(z(1, 8).follows(z(1, 7)));
        assert!(z(3, 1).follows(z(1, 7)));
        assert!(!z(1, 9).follows(z(1, 7)));
        assert!(!z(2, 2).follows(z(1, 7)));
        assert!(!z(1, 7).follows(z(1, 7)));
    }
}
