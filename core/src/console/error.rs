//! What is wrong with a line.
//!
//! The lines to print are those of zkCli.sh, in its English. Where this console says more, or where
//! it is other than the tool, it says so in [`ConsoleError::advice`], in both languages.

use super::options::OptionError;
use super::verbs::{self, FOUR_LETTER_WORDS};
use crate::scenario::error::nearest;
use crate::view::Text;

/// A line longer than this is not read.
pub const LINE_MAX: usize = 64 * 1024;

/// A line that was not understood, or that the client refuses by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleError {
    /// What the tool prints before it comes to the problem.
    pub notices: Vec<String>,
    /// The problem.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Longer than [`LINE_MAX`].
    TooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// The first word is no command.
    NotFound {
        /// The word.
        word: String,
        /// The command that looks most like it.
        nearest: Option<&'static str>,
    },
    /// What stands behind a four-letter word is no number of a server.
    NoServer(String),
    /// The options are wrong.
    Options(OptionError),
    /// The tool says these lines.
    Said(Vec<String>),
    /// The tool ends with a Java exception, as nothing catches it.
    Uncaught {
        /// Its class.
        exception: &'static str,
        /// Its message.
        message: String,
    },
}

/// Class of the exception for text that is no number.
pub const NUMBER_FORMAT: &str = "java.lang.NumberFormatException";
/// Class of the exception for an argument that is not acceptable.
pub const ILLEGAL_ARGUMENT: &str = "java.lang.IllegalArgumentException";
/// Class of the exception for a missing element.
pub const INDEX_OUT_OF_BOUNDS: &str = "java.lang.ArrayIndexOutOfBoundsException";
/// Class of the exception for a missing object.
pub const NULL_POINTER: &str = "java.lang.NullPointerException";

impl From<Problem> for ConsoleError {
    fn from(problem: Problem) -> Self {
        Self {
            notices: Vec::new(),
            problem,
        }
    }
}

impl From<OptionError> for ConsoleError {
    fn from(error: OptionError) -> Self {
        Problem::Options(error).into()
    }
}

impl ConsoleError {
    /// The tool says one line.
    pub fn said(line: impl Into<String>) -> Self {
        Problem::Said(vec![line.into()]).into()
    }

    /// The tool ends.
    pub fn uncaught(exception: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Problem::Uncaught { exception, message }.into()
    }

    /// Text that is no number, where nothing catches the exception.
    pub fn no_number(text: &str) -> Self {
        Self::uncaught(NUMBER_FORMAT, for_input(text))
    }

    /// The first word is no command.
    pub fn not_found(word: &str) -> Self {
        let words = verbs::known_words();
        let same = words
            .iter()
            .copied()
            .find(|known| known.eq_ignore_ascii_case(word));
        Problem::NotFound {
            word: word.to_owned(),
            nearest: same.or_else(|| nearest(word, words)),
        }
        .into()
    }

    /// With what was said before.
    pub fn after(mut self, mut notices: Vec<String>) -> Self {
        notices.append(&mut self.notices);
        Self { notices, ..self }
    }

    /// The lines of the real tool; empty when it would not refuse.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.notices.clone();
        lines.extend(self.problem.lines());
        lines
    }

    /// What this console adds.
    pub fn advice(&self) -> Option<Text> {
        self.problem.advice()
    }
}

impl Problem {
    /// The lines of the real tool.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::TooLong { .. } | Self::NoServer(_) => Vec::new(),
            Self::NotFound { word, .. } => {
                let mut lines = verbs::usage();
                lines.push(format!("Command not found: Command not found {word}"));
                lines
            }
            Self::Options(error) => vec![error.to_string()],
            Self::Said(lines) => lines.clone(),
            Self::Uncaught { exception, message } => {
                vec![format!(
                    "Exception in thread \"main\" {exception}: {message}"
                )]
            }
        }
    }

    /// What this console adds.
    pub fn advice(&self) -> Option<Text> {
        match self {
            Self::TooLong { bytes } => Some(Text::new(
                format!("A line has at most {LINE_MAX} bytes; this one has {bytes}."),
                format!("一行最多 {LINE_MAX} 字节，这一行有 {bytes} 字节。"),
            )),
            Self::NotFound { nearest, .. } => {
                let word = (*nearest)?;
                Some(Text::new(
                    format!("Did you mean {word}?"),
                    format!("想输入的是 {word} 吗？"),
                ))
            }
            Self::NoServer(found) => Some(Text::new(
                format!("Expected the number of a server, such as 2, found {found:?}."),
                format!("此处应为服务器编号，例如 2，实际为 {found:?}。"),
            )),
            Self::Uncaught { .. } => Some(Text::new(
                "zkCli.sh ends here; this console goes on.",
                "zkCli.sh 到此会退出；本控制台继续运行。",
            )),
            Self::Options(_) | Self::Said(_) => None,
        }
    }
}

/// What `help` adds to the list of the real tool.
pub fn help_advice() -> Text {
    let words = FOUR_LETTER_WORDS.join(", ");
    Text::new(
        format!("Four-letter words, with the number of a server behind them if wanted: {words}."),
        format!("四字命令，后面可加服务器编号：{words}。"),
    )
}

/// Java's message for text that is no number.
pub fn for_input(text: &str) -> String {
    format!("For input string: \"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(word: &str) -> Option<&'static str> {
        match ConsoleError::not_found(word).problem {
            Problem::NotFound { nearest, .. } => nearest,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_nearest_command_is_suggested() {
        for (word, command) in [
            ("lss", Some("ls")),
            ("LS", Some("ls")),
            ("getacl", Some("getAcl")),
            ("GETALLCHILDRENNUMBER", Some("getAllChildrenNumber")),
            ("craete", Some("create")),
            ("srvrr", Some("srvr")),
            ("rm", None),
            ("banana", None),
            ("", None),
        ] {
            assert_eq!(near(word), command, "{word}");
        }
    }

    #[test]
    fn advice_comes_in_both_languages() {
        let problems = [
            Problem::TooLong { bytes: 70_000 },
            Problem::NotFound {
                word: String::new(),
                nearest: Some("ls"),
            },
            Problem::NoServer("x".to_owned()),
            ConsoleError::no_number("x").problem,
        ];
        for problem in problems {
            let text = problem.advice().expect("it has advice");
            assert!(text.en.is_ascii() && !text.zh.is_ascii(), "{text:?}");
        }
    }
}
