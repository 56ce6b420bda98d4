//! What a transcript shows of a run, and how a script says so.
//!
//! A script begins with a block of comments. One line of it may choose the kinds of lines that its
//! text is made of, and the beat from which on they are shown:
//!
//! ```text
//!   # show: vote, choice, state
//!   # show: message, disk from=the-return
//! ```
//! The choice is about reading, never about running: it is a comment, and no part of the program.
//! Lines of the script and broken properties are always shown.

use super::ast::{Action, Program};
use super::error::{Position, Problem, ScriptError};
use crate::view::text::{Filter, Kind};

/// What a transcript shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Show {
    /// Kinds of lines.
    pub kinds: Filter,
    /// The beat from which on they are shown; `None`: from the start.
    pub from: Option<String>,
}

/// What the line in the heading begins with.
const SHOW: &str = "show:";

impl Show {
    /// These kinds, from the start.
    pub const fn new(kinds: Filter) -> Self {
        Self { kinds, from: None }
    }

    /// What the heading of a script chooses, if it does. A wrong word is an error with its place.
    pub fn of_script(text: &str, program: &Program) -> Result<Option<Self>, ScriptError> {
        let lines = text.lines().enumerate();
        let chosen = lines
            .map_while(|(i, line)| Some((i as u32 + 1, comment(line)?)))
            .find_map(|(line, said)| Some((line, said.trim_start().strip_prefix(SHOW)?)));
        let Some((line, words)) = chosen else {
            return Ok(None);
        };
        let at = Position { line, column: 1 };
        let mut show = Self::new(Filter::always());
        for word in words.split([',', ' ']).filter(|w| !w.is_empty()) {
            match word.strip_prefix("from=") {
                Some(beat) => show.from = Some(named(beat, program, at)?),
                None => show.kinds = show.kinds.with(kind(word, at)?),
            }
        }
        Ok(Some(show))
    }
}

/// What the comments at the top of a script say, line by line without their `#`.
pub fn heading(text: &str) -> Vec<&str> {
    text.lines()
        .map_while(comment)
        .filter(|said| !said.trim_start().starts_with(SHOW))
        .collect()
}

/// What a line of the heading says; nothing for the version and for blank lines, `None` below it.
fn comment(line: &str) -> Option<&str> {
    match line.trim() {
        "" => Some(""),
        first if first.starts_with("zablab ") => Some(""),
        said => said.strip_prefix('#'),
    }
}

fn kind(word: &str, at: Position) -> Result<Kind, ScriptError> {
    let expected =
        || Problem::expected_word("a kind of line", Some(word), Kind::ALL.map(Kind::word));
    Kind::from_word(word).ok_or_else(|| ScriptError::new(at, expected()))
}

fn named(beat: &str, program: &Program, at: Position) -> Result<String, ScriptError> {
    let beats = || {
        program.actions().filter_map(|a| match a {
            Action::Beat(name) => Some(name.as_str()),
            _ => None,
        })
    };
    if beats().any(|name| name == beat) {
        return Ok(beat.to_owned());
    }
    let problem = Problem::expected_word("a beat of this script", Some(beat), beats());
    Err(ScriptError::new(at, problem))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn shown(text: &str) -> Result<Option<Show>, ScriptError> {
        Show::of_script(text, &parse(text).expect("it is valid"))
    }

    #[test]
    fn a_heading_chooses_kinds_and_a_beat() {
        let show = shown("zablab 1\n# Why.\n# show: vote, choice from=later\nrun 1s\nbeat later\n");
        let show = show.expect("it is valid").expect("it chooses");
        assert!(show.kinds.wants(Kind::Vote) && show.kinds.wants(Kind::Script));
        assert!(!show.kinds.wants(Kind::Disk));
        assert_eq!(show.from.as_deref(), Some("later"));
    }

    #[test]
    fn comments_below_the_heading_choose_nothing() {
        assert_eq!(shown("# Why.\nrun 1s\n# show: vote\n"), Ok(None));
    }

    #[test]
    fn wrong_words_are_errors_with_their_line() {
        let e = shown("zablab 1\n# show: vots\n").expect_err("no such kind");
        assert!(e.to_string().starts_with("2:1: "), "{e}");
        assert!(e.to_string().contains("did you mean \"vote\"?"), "{e}");
        let e = shown("# show: vote from=latr\nbeat later\n").expect_err("no such beat");
        assert!(e.to_string().contains("did you mean \"later\"?"), "{e}");
    }

    #[test]
    fn the_heading_is_what_a_reader_is_told_first() {
        let text = "zablab 1\n# One.\n# show: vote\n#   Two.\nrun 1s\n# Three.\n";
        assert_eq!(heading(text).join("").trim(), "One.   Two.");
    }
}
