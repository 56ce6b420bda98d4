//! A run in a link: the script itself, where to look, and what should be seen there.
//!
//! ```text
//!   #at=137&digest=9f2c01ab&run=zablab+1~ensemble+servers=3+seed=7~at+1.256s%2B2~crash+2+power
//! ```
//! A space is `+`, the end of a line `~`; what an address cannot hold is written `%XX`. The digest is
//! that of the run at the step: when another version of the rules makes another run of the script, the
//! reader is told. It stands in the fragment, which no server ever sees.

use super::Lab;
use super::transport::NoticeKind;
use crate::scenario::parser::SCRIPT_BYTES_MAX;
use crate::view::Text;

/// Characters of a link at most; a longer run goes by file.
pub const LINK_MAX: usize = 2_000;

/// A run as a link carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The scenario it began with.
    pub scenario: Option<String>,
    /// All that was done.
    pub script: String,
    /// Steps shown.
    pub at: u64,
    /// The upper half of the digest there.
    pub digest: u32,
}

impl Shared {
    /// As the fragment of an address, without `#`.
    pub fn fragment(&self) -> String {
        let (at, digest) = (self.at, self.digest);
        let mut text = format!("at={at}&digest={digest:08x}&run=");
        for byte in self.script.trim_end().bytes() {
            match byte {
                b' ' => text.push('+'),
                b'\n' => text.push('~'),
                _ if is_plain(byte) => text.push(char::from(byte)),
                _ => {
                    text.push('%');
                    for digit in [byte >> 4, byte & 15] {
                        text.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                    }
                }
            }
        }
        text
    }

    /// What a fragment carries; `None` when it carries no run, an error when it cannot be read.
    pub fn read(fragment: &str, scenario: Option<String>) -> Option<Result<Self, Unreadable>> {
        let of = |key: &str| {
            let mut pairs = fragment.trim_start_matches('#').split('&');
            pairs.find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
        };
        let script = decoded(of("run")?);
        let at = of("at").and_then(|at| at.strip_prefix("t=").unwrap_or(at).parse().ok());
        let digest = of("digest").and_then(|digest| u32::from_str_radix(digest, 16).ok());
        let read = || {
            Some(Self {
                scenario,
                script: script?,
                at: at?,
                digest: digest?,
            })
        };
        Some(read().ok_or(Unreadable))
    }
}

/// A link that carries a run which cannot be read: cut off, or written by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._*!$(),;:@/?=".contains(&byte)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'~' => b'\n',
            b'%' => {
                let digit = |b: Option<u8>| char::from(b?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high << 4 | low).ok()?
            }
            plain => plain,
        });
    }
    bytes.push(b'\n');
    String::from_utf8(bytes)
        .ok()
        .filter(|script| script.len() <= SCRIPT_BYTES_MAX)
}

impl Lab {
    /// The branch and the moment that are shown, for a link.
    pub fn shared(&self) -> Shared {
        Shared {
            scenario: self.scenario(),
            script: self.line().script(),
            at: self.at,
            digest: self.digest_here(),
        }
    }

    /// The upper half of the digest at the moment shown.
    fn digest_here(&self) -> u32 {
        let moment = self.line().timeline.here();
        moment.map_or(0, |moment| (moment.world.digest() >> 32) as u32)
    }

    /// The script of a link has run: shows its moment, and says so when that is not the one meant.
    pub(super) fn arrive(&mut self, at: u64, digest: u32) {
        self.jump(at);
        if self.at != at || self.digest_here() != digest {
            self.say(
                NoticeKind::Limit,
                Text::new(
                    "This link was made with other rules: its commands were carried out again, but the run went another way.",
                    "这个链接由另一版规则生成：其中的命令已重新执行，但运行过程与当时不同。",
                ),
            );
        }
    }
}
