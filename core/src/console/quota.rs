//! Quotas: where they lie, and their text.
//!
//! A limit is a plain node below `/zookeeper/quota`, and so is the use of it. Their data is text:
//!
//! ```text
//!   count=5,bytes=-1=;byteHardLimit=-1;countHardLimit=-1
//!                   └ the extra = makes old servers ignore the rest
//! ```
//!
//! In ZooKeeper: `Quotas`, `StatsTrack`.

use std::collections::BTreeMap;
use std::fmt;

use super::command::Limit;
use super::error::{ConsoleError, INDEX_OUT_OF_BOUNDS, NULL_POINTER, for_input};
use super::words::split;
use crate::base::Gather;

/// Parent of all quotas.
pub const ROOT: &str = "/zookeeper/quota";
/// Name of the node with the limits.
pub const LIMITS: &str = "zookeeper_limits";

/// The node below which the quota of `path` lies.
pub fn quota_path(path: &str) -> String {
    format!("{ROOT}{path}")
}

/// The node with the limits of `path`.
pub fn limit_path(path: &str) -> String {
    format!("{ROOT}{path}/{LIMITS}")
}

/// The node with the use of `path`.
pub fn stat_path(path: &str) -> String {
    format!("{ROOT}{path}/zookeeper_stats")
}

/// Limits or use, by name. What is missing is -1: no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track(BTreeMap<String, i64>);

impl Track {
    /// No limit of any kind, with all kinds named.
    pub fn unlimited() -> Self {
        Self::from_iter(
            [
                Limit::Count,
                Limit::Bytes,
                Limit::CountHard,
                Limit::BytesHard,
            ],
            -1,
        )
    }

    /// No node, no byte.
    pub fn unused() -> Self {
        Self::from_iter([Limit::Count, Limit::Bytes], 0)
    }

    fn from_iter(limits: impl IntoIterator<Item = Limit>, value: i64) -> Self {
        let named = |limit| (key(limit).to_owned(), value);
        Self(limits.into_iter().map(named).gather())
    }

    /// Reads a node's data. What the tool does not survive is an error here.
    pub fn read(data: Option<&[u8]>) -> Result<Self, ConsoleError> {
        let Some(data) = data else {
            let said = "Cannot read the array length because \"bytes\" is null";
            return Err(ConsoleError::uncaught(NULL_POINTER, said));
        };
        let text = String::from_utf8_lossy(data);
        let mut track = Self::default();
        for pair in pairs(&text) {
            let parts = split(pair, &['=']);
            let part = |index: usize| {
                let length = parts.len();
                let said = format!("Index {index} out of bounds for length {length}");
                let found = parts.get(index).copied();
                found.ok_or_else(|| ConsoleError::uncaught(INDEX_OUT_OF_BOUNDS, said))
            };
            let (name, value) = (part(0)?, part(1)?);
            let value = match value {
                "" => -1,
                _ => value
                    .parse()
                    .map_err(|_| ConsoleError::said(for_input(value)))?,
            };
            track.0.insert(name.to_owned(), value);
        }
        Ok(track)
    }

    /// The value of a limit, -1 for none.
    pub fn get(&self, limit: Limit) -> i64 {
        self.0.get(key(limit)).copied().unwrap_or(-1)
    }

    /// Changes one value.
    #[must_use]
    pub fn with(mut self, limit: Limit, value: i64) -> Self {
        self.0.insert(key(limit).to_owned(), value);
        self
    }

    /// What the tool warns of, when `self` are the limits and `used` is the use.
    pub fn warnings(&self, used: &Self) -> Vec<String> {
        let kinds = [
            ("count", Limit::Count, Limit::CountHard),
            ("bytes", Limit::Bytes, Limit::BytesHard),
        ];
        let warning = |(word, soft, hard)| {
            let is = used.get(soft);
            let exceeded = [soft, hard].map(|limit| self.get(limit));
            let exceeded = exceeded.iter().any(|most| *most > -1 && *most < is);
            exceeded.then(|| {
                format!(
                    "[Warning]: the {word} quota you create is less than the existing {word}:{is}"
                )
            })
        };
        kinds.into_iter().filter_map(warning).collect()
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, bytes) = (self.get(Limit::Count), self.get(Limit::Bytes));
        write!(f, "count={count},bytes={bytes}")?;
        let first = [key(Limit::Count), key(Limit::Bytes)];
        let mut others = self
            .0
            .iter()
            .filter(|(name, _)| !first.contains(&name.as_str()));
        if let Some((name, value)) = others.next() {
            write!(f, "=;{name}={value}")?;
        }
        others.try_for_each(|(name, value)| write!(f, ";{name}={value}"))
    }
}

const fn key(limit: Limit) -> &'static str {
    match limit {
        Limit::Count => "count",
        Limit::Bytes => "bytes",
        Limit::CountHard => "countHardLimit",
        Limit::BytesHard => "byteHardLimit",
    }
}

/// The parts between runs of `,` and `;`.
fn pairs(text: &str) -> Vec<&str> {
    if text.is_empty() {
        return Vec::new();
    }
    let parts = split(text, &[',', ';']).into_iter().enumerate();
    let parts = parts.filter(|(index, part)| *index == 0 || !part.is_empty());
    parts.map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Vec<String>> {
        let track = Track::read(Some(text.as_bytes())).map_err(|error| error.lines())?;
        Ok(track.to_string())
    }

    #[test]
    fn texts_of_all_ages_are_read() {
        for (text, shown) in [
            ("", "count=-1,bytes=-1"),
            ("count=5,bytes=1000", "count=5,bytes=1000"),
            ("bytes=7", "count=-1,bytes=7"),
            (
                "count=5,bytes=-1=;byteHardLimit=-1;countHardLimit=2",
                "count=5,bytes=-1=;byteHardLimit=-1;countHardLimit=2",
            ),
            ("b==2;count=1,,bytes=3;", "count=1,bytes=3=;b=-1"),
            (",,", "count=-1,bytes=-1"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(shown), "{text}");
        }
        assert_eq!(Track::unused().to_string(), "count=0,bytes=0");
        let one = Track::unlimited().with(Limit::BytesHard, 9);
        let text = "count=-1,bytes=-1=;byteHardLimit=9;countHardLimit=-1";
        assert_eq!(one.to_string(), text);
        assert_eq!(Track::read(Some(text.as_bytes())), Ok(one));
    }

    #[test]
    fn what_is_no_quota_is_refused() {
        let exception = "Exception in thread \"main\" java.lang.ArrayIndexOutOfBoundsException";
        let index = |text: &str| vec![format!("{exception}: {text}")];
        for (text, said) in [
            ("count=x", vec![for_input("x")]),
            ("count= 1", vec![for_input(" 1")]),
            ("rubbish", index("Index 1 out of bounds for length 1")),
            ("count=", index("Index 1 out of bounds for length 1")),
            (",count=1", index("Index 1 out of bounds for length 1")),
            ("=", index("Index 0 out of bounds for length 0")),
        ] {
            assert_eq!(read(text), Err(said), "{text}");
        }
        assert!(Track::read(None).is_err());
    }

    #[test]
    fn a_limit_below_the_use_is_warned_of() {
        let used = Track::unused().with(Limit::Count, 2).with(Limit::Bytes, 8);
        let warned = |limit, value| Track::unlimited().with(limit, value).warnings(&used).len();
        for (limit, value, warnings) in [
            (Limit::Count, 2, 0),
            (Limit::Count, 1, 1),
            (Limit::CountHard, 1, 1),
            (Limit::Bytes, 8, 0),
            (Limit::BytesHard, 0, 1),
        ] {
            assert_eq!(warned(limit, value), warnings, "{limit:?} {value}");
        }
    }
}
