//! A small running hash for digests of runs and records.
//!
//! It is not cryptographic: it tells two runs apart, it does not resist an adversary. It works on
//! 64-bit integers only, so native and wasm agree.

/// A 64-bit running hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mix(u64);

impl Default for Mix {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Mix {
    /// The hash of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one integer.
    #[must_use]
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, value: u64) -> Self {
        let x = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(x ^ (x >> 29) ^ self.0.rotate_left(17))
    }

    /// Adds a byte string and its length.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let mut mix = self.add(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            mix = mix.add(u64::from_be_bytes(word));
        }
        mix
    }

    /// The hash so far.
    pub fn value(self) -> u64 {
        self.0
    }
}
