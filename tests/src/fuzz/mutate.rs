//! Small changes of bytes, and checksums made right again.
//!
//! Without the second almost every change would be answered by a wrong checksum, and nothing behind it
//! would ever be tried.

use zablab_core::base::{Dice, rng::Subject};

/// Numbers over which readers of lengths stumble.
const NUMBERS: [i32; 12] = [
    0,
    1,
    -1,
    -2,
    i32::MAX,
    i32::MIN,
    0xFF_FFFF,
    1_048_575,
    2_097_150,
    2_097_151,
    256,
    65_536,
];

/// Longest input.
const INPUT_MAX: usize = 64 << 10;

/// A source of changed inputs, always the same for the same number.
pub struct Mutator {
    dice: Dice,
    seeds: Vec<Vec<u8>>,
}

impl Mutator {
    /// Changes these inputs.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>) -> Self {
        Self {
            dice: Dice::new(seed, Subject::Disk),
            seeds,
        }
    }

    /// A changed input; half of them with their checksums right again.
    pub fn next_input(&mut self, repair: fn(&mut [u8])) -> Vec<u8> {
        let mut bytes = self.seed();
        for _ in 0..=self.dice.below(6) {
            self.change(&mut bytes);
        }
        bytes.truncate(INPUT_MAX);
        if self.dice.below(2) == 0 {
            repair(&mut bytes);
        }
        bytes
    }

    fn seed(&mut self) -> Vec<u8> {
        let chosen = self.below(self.seeds.len());
        self.seeds[chosen].clone()
    }

    /// A number below `n`, and 0 for 0.
    fn below(&mut self, n: usize) -> usize {
        if n == 0 {
            return 0;
        }
        self.dice.below(n as u64) as usize
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let len = self.below(40).min(bytes.len() - at);
        match self.dice.below(9) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..at + len)),
            2 => {
                let copy = bytes[at..at + len].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                let end = (from + 200).min(other.len());
                bytes.splice(at..at, other[from..end].to_vec());
            }
            4 => bytes[at..at + len].fill(0),
            5 | 6 => {
                let number = NUMBERS[self.below(NUMBERS.len())].to_be_bytes();
                for (byte, new) in bytes[at..].iter_mut().zip(number) {
                    *byte = new;
                }
            }
            7 => {
                let byte = self.dice.below(256) as u8;
                bytes.insert(at, byte);
            }
            _ => {
                let bit = self.dice.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
        }
    }
}

/// The length of the payload of the record at that place, if it is all there.
pub fn record_len(log: &[u8], at: usize) -> Option<usize> {
    let len = log.get(at + 8..at + 12)?.first_chunk::<4>()?;
    let len = usize::try_from(i32::from_be_bytes(*len)).ok()?;
    (len > 0 && at + 12 + len < log.len()).then_some(len)
}

/// Gives every record of a log its checksum and its end.
pub fn repair_log(bytes: &mut [u8]) {
    let mut at = 16;
    while let Some(len) = record_len(bytes, at) {
        let sum = i64::from(simd_adler32::adler32(&&bytes[at + 12..at + 12 + len]));
        bytes[at..at + 8].copy_from_slice(&sum.to_be_bytes());
        bytes[at + 12 + len] = b'B';
        at += len + 13;
    }
}

/// Gives a snapshot the ending of a finished one, and each seal of the usual place its sum: they stand
/// at the end, 13 bytes each, behind sections of 20 and 8 bytes.
pub fn repair_snapshot(bytes: &mut [u8]) {
    const ENDING: [u8; 5] = [0, 0, 0, 1, b'/'];
    let len = bytes.len();
    for from_end in [67, 34, 13] {
        let Some(at) = len.checked_sub(from_end) else {
            continue;
        };
        let sum = i64::from(simd_adler32::adler32(&&bytes[..at]));
        bytes[at..at + 8].copy_from_slice(&sum.to_be_bytes());
        bytes[at + 8..at + 13].copy_from_slice(&ENDING);
    }
}

/// Gives every header of an archive its checksum, as far as one follows the other.
pub fn repair_archive(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(header) = bytes.get_mut(at..at + 512) {
        if header.iter().all(|byte| *byte == 0) {
            return;
        }
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let digits = String::from_utf8_lossy(&header[124..135]).into_owned();
        let size = usize::from_str_radix(digits.trim_matches(['\0', ' ']), 8).unwrap_or(0);
        at = at.saturating_add(512 + size.div_ceil(512) * 512);
    }
}
