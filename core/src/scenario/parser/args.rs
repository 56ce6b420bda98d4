//! The words of one line, taken one by one; what nobody takes is an error.

use std::collections::VecDeque;

use super::super::error::{Position, Problem, ScriptError};
use super::super::token::{Kind, Token, Value};

/// What is left of a line: positional arguments in order, pairs by key.
pub struct Args {
    line: u32,
    end: u32,
    positional: VecDeque<Piece>,
    pairs: Vec<(String, Value, u32, u32)>,
    asked: Vec<&'static str>,
}

/// A piece of text with its place.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Where.
    pub at: Position,
    /// What.
    pub text: String,
    /// True when it stood between quotes.
    pub quoted: bool,
}

impl Piece {
    /// An error at this piece: `what` was expected here.
    pub fn expected(&self, what: &str) -> ScriptError {
        ScriptError::new(self.at, Problem::expected(what, Some(&self.text)))
    }

    /// An error at this piece: one of `words` was expected here.
    pub fn expected_word<'a>(
        &self,
        what: &str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> ScriptError {
        let problem = Problem::expected_word(what, Some(&self.text), words);
        ScriptError::new(self.at, problem)
    }

    /// An error at this piece: the value is not within its bounds.
    pub fn out_of_bounds(&self, what: &str, lo: impl ToString, hi: impl ToString) -> ScriptError {
        let bounds = (lo.to_string(), hi.to_string());
        let found = self.text.clone();
        let what = what.to_owned();
        ScriptError::new(
            self.at,
            Problem::OutOfBounds {
                what,
                bounds,
                found,
            },
        )
    }

    /// A part of this piece, `offset` characters in.
    pub fn part(&self, offset: usize, text: &str) -> Self {
        let mut at = self.at;
        at.column += offset as u32;
        Self {
            at,
            text: text.to_owned(),
            quoted: false,
        }
    }

    /// The parts between commas (or another separator), each with its place.
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut offset = 0;
        let mut parts = Vec::new();
        for text in self.text.split(separator) {
            parts.push(self.part(offset, text));
            offset += text.chars().count() + 1;
        }
        parts
    }
}

impl Args {
    /// The arguments after `skip` tokens of a line.
    pub fn new(line: u32, tokens: Vec<Token>, skip: usize, end: u32) -> Result<Self, ScriptError> {
        let mut args = Self {
            line,
            end,
            positional: VecDeque::new(),
            pairs: Vec::new(),
            asked: Vec::new(),
        };
        for token in tokens.into_iter().skip(skip) {
            let at = args.position(token.column);
            let (text, quoted) = match token.kind {
                Kind::Word(text) => (text, false),
                Kind::Text(text) => (text, true),
                Kind::Pair { key, value, column } => {
                    args.add_pair(key, value, token.column, column)?;
                    continue;
                }
            };
            args.positional.push_back(Piece { at, text, quoted });
        }
        Ok(args)
    }

    fn add_pair(
        &mut self,
        key: String,
        value: Value,
        at: u32,
        column: u32,
    ) -> Result<(), ScriptError> {
        if self.pairs.iter().any(|(k, ..)| *k == key) {
            let problem = Problem::Misplaced("the same key stands twice on this line");
            return Err(ScriptError::new(self.position(at), problem));
        }
        self.pairs.push((key, value, at, column));
        Ok(())
    }

    const fn position(&self, column: u32) -> Position {
        Position {
            line: self.line,
            column,
        }
    }

    /// An error at the end of the line: `what` is missing.
    pub fn missing(&self, what: &str) -> ScriptError {
        ScriptError::new(self.position(self.end), Problem::expected(what, None))
    }

    /// The next positional argument, quoted or not; `what` names it if it is missing.
    pub fn next(&mut self, what: &str) -> Result<Piece, ScriptError> {
        self.next_if_any().ok_or_else(|| self.missing(what))
    }

    /// The next positional argument, if there is one.
    pub fn next_if_any(&mut self) -> Option<Piece> {
        self.positional.pop_front()
    }

    /// The next positional argument as a bare word.
    pub fn word(&mut self, what: &str) -> Result<Piece, ScriptError> {
        let piece = self.next(what)?;
        if piece.quoted {
            return Err(piece.expected(&format!("{what}, without quotes")));
        }
        Ok(piece)
    }

    /// Takes the next positional argument if it is this bare word.
    pub fn take(&mut self, word: &str) -> bool {
        self.next_word_if(|w| w == word).is_some()
    }

    /// Takes the next positional argument if it is a bare word that `accept` likes.
    pub fn next_word_if(&mut self, accept: impl Fn(&str) -> bool) -> Option<Piece> {
        let piece = self.positional.front()?;
        let liked = !piece.quoted && accept(&piece.text);
        if liked { self.next_if_any() } else { None }
    }

    /// True when the next positional argument is data: quoted, or `hex:`.
    pub fn data_is_next(&self) -> bool {
        let next = self.positional.front();
        next.is_some_and(|p| p.quoted || p.text.starts_with("hex:"))
    }

    /// The value of `key`, if the line has it.
    pub fn option(&mut self, key: &'static str) -> Option<Piece> {
        self.asked.push(key);
        let i = self.pairs.iter().position(|(k, ..)| k == key)?;
        let (_, value, _, column) = self.pairs.remove(i);
        let at = self.position(column);
        Some(match value {
            Value::Word(text) => Piece {
                at,
                text,
                quoted: false,
            },
            Value::Text(text) => Piece {
                at,
                text,
                quoted: true,
            },
        })
    }

    /// The value of `key`, which must be there.
    pub fn required(&mut self, key: &'static str) -> Result<Piece, ScriptError> {
        self.option(key)
            .ok_or_else(|| self.missing(&format!("{key}=...")))
    }

    /// Nothing may be left.
    pub fn finish(mut self) -> Result<(), ScriptError> {
        if let Some((key, _, at, _)) = self.pairs.first() {
            let asked = &self.asked;
            let what = match asked.as_slice() {
                [] => "no key=value here".to_owned(),
                keys => format!("one of the keys {}", keys.join(", ")),
            };
            let problem = Problem::expected_word(&what, Some(key), asked.iter().copied());
            return Err(ScriptError::new(self.position(*at), problem));
        }
        match self.next_if_any() {
            Some(piece) => Err(piece.expected("the end of the line")),
            None => Ok(()),
        }
    }
}
