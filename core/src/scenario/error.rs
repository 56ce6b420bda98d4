//! What is wrong with a script, and where.
//!
//! Every problem of the script language, whether found while reading or while running, names a line
//! and a column, says what was expected, and offers the nearest valid word. The problems are data,
//! so that a page can say them in its own language; [`fmt::Display`] says them in English.

use std::fmt;

use crate::world::command::Refusal;

/// A place in a script; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A problem with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Where.
    pub at: Position,
    /// What.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Something else stands where this should stand.
    Expected {
        /// What should stand there.
        what: String,
        /// What stands there; `None` at the end of the line.
        found: Option<String>,
        /// The valid word that looks most like it.
        nearest: Option<String>,
    },
    /// A value outside its bounds.
    OutOfBounds {
        /// What has the bounds.
        what: String,
        /// Smallest and largest, as text.
        bounds: (String, String),
        /// The value.
        found: String,
    },
    /// Correct words in a wrong order or place.
    Misplaced(&'static str),
    /// A limit of the product is exceeded.
    Limit {
        /// Of what.
        what: &'static str,
        /// The limit.
        max: u64,
    },
    /// A data directory is named that nobody has given.
    NoImage(String),
    /// A data directory has other bytes than the run was made with.
    OtherImage(String),
    /// The world refused the command.
    Refused(Refusal),
}

impl ScriptError {
    /// A problem at a place.
    pub const fn new(at: Position, problem: Problem) -> Self {
        Self { at, problem }
    }
}

impl Problem {
    /// `what` was expected but `found` stands there.
    pub fn expected(what: impl Into<String>, found: Option<&str>) -> Self {
        Self::Expected {
            what: what.into(),
            found: found.map(shortened),
            nearest: None,
        }
    }

    /// One of `words` was expected but `found` stands there.
    pub fn expected_word<'a>(
        what: &str,
        found: Option<&str>,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::Expected {
            what: what.to_owned(),
            found: found.map(shortened),
            nearest: found.and_then(|f| nearest(f, words)).map(str::to_owned),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected {
                what,
                found,
                nearest,
            } => {
                write!(f, "expected {what}")?;
                match found {
                    Some(found) => write!(f, ", found {found:?}")?,
                    None => f.write_str(", found the end of the line")?,
                }
                match nearest {
                    Some(word) => write!(f, "; did you mean {word:?}?"),
                    None => Ok(()),
                }
            }
            Self::OutOfBounds {
                what,
                bounds: (lo, hi),
                found,
            } => {
                write!(f, "{what} must be from {lo} to {hi}, not {found}")
            }
            Self::Misplaced(what) => f.write_str(what),
            Self::Limit { what, max } => write!(f, "limit reached: at most {max} {what}"),
            Self::NoImage(name) => write!(
                f,
                "there is no data directory {name:?}: drop it onto the page, or put it beside the script"
            ),
            Self::OtherImage(name) => {
                write!(
                    f,
                    "the data directory {name:?} has other bytes than this run was made with"
                )
            }
            Self::Refused(refusal) => write!(f, "{refusal}"),
        }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.line, self.at.column, self.problem)
    }
}

impl std::error::Error for ScriptError {}

/// The word most like `word`, if one is like it at all: at most a third of its letters differ.
pub fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > WORD_MAX {
        return None;
    }
    let far = (word.chars().count() / 3).max(1);
    words
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, _)| *d <= far)
        .min_by_key(|(d, _)| *d)
        .map(|(_, candidate)| candidate)
}

/// No valid word is longer; what is longer is not compared.
const WORD_MAX: usize = 40;

/// Letters to insert, delete, replace or swap with their neighbour to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// `text` cut to what fits in a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(WORD_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, d) in [
            ("crash", "crash", 0),
            ("crahs", "crash", 1),
            ("crsh", "crash", 1),
            ("", "run", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), d, "{a} {b}");
            assert_eq!(distance(b, a), d, "{b} {a}");
        }
    }

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let words = ["crash", "create", "client", "cut"];
        assert_eq!(nearest("crahs", words), Some("crash"));
        assert_eq!(nearest("clent", words), Some("client"));
        assert_eq!(nearest("banana", words), None);
        assert_eq!(nearest(&"x".repeat(10_000), words), None);
    }

    #[test]
    fn messages_say_what_was_expected_and_what_stands_there() {
        let e = ScriptError::new(
            Position { line: 4, column: 1 },
            Problem::expected_word("a verb", Some("crahs"), ["crash"]),
        );
        assert_eq!(
            e.to_string(),
            "4:1: expected a verb, found \"crahs\"; did you mean \"crash\"?"
        );
    }
}
