//! The world's dice: one seed, one independent stream per subject.
//!
//! Only the world draws. A machine names a range and the world chooses, so a replay draws the same
//! numbers in the same order. Each subject (timers, network, disks, clients, generator) has its own
//! stream: one more draw for a disk does not re-roll the network. The generator is PCG-XSH-RR
//! 64/32, whose stream is fixed by its definition; the golden test below pins it together with our
//! own range reduction, so recordings outlive upgrades of the `rand` family.

use rand::Rng;
use rand_pcg::Pcg32;

use super::time::Duration;

/// A subject that draws from its own stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Time-outs and back-offs.
    Timers,
    /// Message latencies.
    Network,
    /// fsync latencies and torn prefixes.
    Disk,
    /// Client behaviour.
    Clients,
    /// The random scenario generator.
    Generator,
    /// The operator of a vault in a random scenario.
    Operator,
}

/// One stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice(Pcg32);

impl Dice {
    /// The stream of `subject` under `seed`.
    pub fn new(seed: u64, subject: Subject) -> Self {
        Self(Pcg32::new(seed ^ 0x5A41_4B1A_B000_0000, subject as u64))
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        (wide >> 64) as u64
    }

    /// A number in `lo..=hi`, or `lo` when the range is empty.
    pub fn between(&mut self, lo: u64, hi: u64) -> u64 {
        lo + self.below(hi.saturating_sub(lo).saturating_add(1))
    }

    /// A duration in `lo..=hi`.
    pub fn duration(&mut self, lo: Duration, hi: Duration) -> Duration {
        Duration(self.between(lo.0, hi.0))
    }

    /// True `num` times out of `den`.
    pub fn chance(&mut self, num: u64, den: u64) -> bool {
        self.below(den) < num
    }

    /// One of the given items. The slice must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_pinned() {
        let mut dice = Dice::new(7, Subject::Network);
        let drawn: Vec<u64> = (0..6).map(|_| dice.between(1_000, 5_000)).collect();
        assert_eq!(drawn, PINNED);
    }

    const PINNED: [u64; 6] = [4_088, 1_100, 4_444, 4_439, 2_407, 4_972];

    #[test]
    fn streams_of_two_subjects_differ() {
        let mut a = Dice::new(7, Subject::Network);
        let mut b = Dice::new(7, Subject::Disk);
        assert_ne!(a.below(u64::MAX), b.below(u64::MAX));
    }

    #[test]
    fn draws_stay_in_range() {
        let mut dice = Dice::new(1, Subject::Timers);
        assert!((0..1_000).all(|_| (3..=9).contains(&dice.between(3, 9))));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.between(5, 5), 5);
    }
}
