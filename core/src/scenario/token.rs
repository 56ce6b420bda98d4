//! One line of a script as tokens.
//!
//! A token is a word, a quoted text, or `key=value`. Words are separated by blanks; `#` at the start
//! of a token begins a comment. A key is a lower-case word, so a path like `/a=b` stays a word.
//!
//! ```text
//! a create /p "two words" ttl=60s   # a comment
//! │ │      │  │           └ pair
//! │ │      │  └ text
//! └─┴──────┴ words
//! ```

use super::error::{Position, Problem, ScriptError};

/// A token with the column it starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Column, from 1, in characters.
    pub column: u32,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything without blanks and quotes.
    Word(String),
    /// Between double quotes, escapes resolved.
    Text(String),
    /// `key=value`.
    Pair {
        /// The key.
        key: String,
        /// The value.
        value: Value,
        /// Column of the value.
        column: u32,
    },
}

/// The value of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Bare.
    Word(String),
    /// Quoted.
    Text(String),
}

impl Token {
    /// The token as it would be named in a message.
    pub fn shown(&self) -> &str {
        match &self.kind {
            Kind::Word(word) => word,
            Kind::Text(text) => text,
            Kind::Pair { key, .. } => key,
        }
    }
}

/// The tokens of one line, comments left out.
pub fn tokens(text: &str, line: u32) -> Result<Vec<Token>, ScriptError> {
    let mut reader = Reader {
        rest: text,
        line,
        column: 1,
    };
    let mut found = Vec::new();
    while let Some(token) = reader.token()? {
        found.push(token);
    }
    Ok(found)
}

struct Reader<'a> {
    rest: &'a str,
    line: u32,
    column: u32,
}

impl Reader<'_> {
    fn token(&mut self) -> Result<Option<Token>, ScriptError> {
        self.skip_blanks();
        let column = self.column;
        let kind = match self.peek() {
            None | Some('#') => return Ok(None),
            Some('"') => Kind::Text(self.quoted()?),
            Some(_) => self.word_or_pair()?,
        };
        match self.peek() {
            None => {}
            Some(c) if c.is_whitespace() => {}
            Some(_) => return Err(self.error("a blank after the quoted text")),
        }
        Ok(Some(Token { column, kind }))
    }

    fn word_or_pair(&mut self) -> Result<Kind, ScriptError> {
        let word = self.bare()?;
        let Some((key, value)) = word.split_once('=').filter(|(key, _)| is_key(key)) else {
            return match self.peek() {
                Some('"') => Err(self.error("a blank before the quoted text")),
                _ => Ok(Kind::Word(word)),
            };
        };
        let column = self.column - value.chars().count() as u32;
        let value = match self.peek() {
            Some('"') if value.is_empty() => Value::Text(self.quoted()?),
            Some('"') => return Err(self.error("a blank before the quoted text")),
            _ => Value::Word(value.to_owned()),
        };
        Ok(Kind::Pair {
            key: key.to_owned(),
            value,
            column,
        })
    }

    /// Everything up to a blank or a quote.
    fn bare(&mut self) -> Result<String, ScriptError> {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == '"' {
                break;
            }
            if c.is_control() {
                return Err(self.error("text without control characters"));
            }
            word.push(c);
            self.advance();
        }
        Ok(word)
    }

    fn quoted(&mut self) -> Result<String, ScriptError> {
        let start = self.column;
        self.advance();
        let mut text = String::new();
        loop {
            match self.advance() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                Some(c) if c.is_control() => {
                    return Err(self.error("text without control characters"));
                }
                Some(c) => text.push(c),
                None => {
                    let problem = Problem::expected("a closing quote", None);
                    return Err(ScriptError::new(self.position(start), problem));
                }
            }
        }
    }

    fn escaped(&mut self) -> Result<char, ScriptError> {
        let column = self.column;
        let resolved = match self.advance() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some(c @ ('"' | '\\')) => Some(c),
            Some('u') => self.code_point(),
            _ => None,
        };
        resolved.ok_or_else(|| {
            let problem = Problem::expected(r#"one of \" \\ \n \t \r \u{...}"#, None);
            ScriptError::new(self.position(column), problem)
        })
    }

    /// The rest of `\u{1f600}`.
    fn code_point(&mut self) -> Option<char> {
        let inner = self.rest.strip_prefix('{')?;
        let (digits, _) = inner.split_once('}')?;
        if digits.len() > 6 {
            return None;
        }
        let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
        for _ in 0..digits.chars().count() + 2 {
            self.advance();
        }
        Some(c)
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.advance();
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn advance(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        self.column += 1;
        Some(c)
    }

    const fn position(&self, column: u32) -> Position {
        Position {
            line: self.line,
            column,
        }
    }

    fn error(&self, what: &str) -> ScriptError {
        let found = self.peek().map(String::from);
        let problem = Problem::expected(what, found.as_deref());
        ScriptError::new(self.position(self.column), problem)
    }
}

fn is_key(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// `text` between quotes, so that [`tokens`] gives it back.
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let tokens = tokens(text, 1).expect("a good line");
        tokens.into_iter().map(|t| t.kind).collect()
    }

    fn word(s: &str) -> Kind {
        Kind::Word(s.to_owned())
    }

    #[test]
    fn words_texts_pairs_and_comments() {
        let found = kinds("  a create /p=q#r \"two \\\"words\\\"\" ttl=60s # rest \"");
        let pair = Kind::Pair {
            key: "ttl".to_owned(),
            value: Value::Word("60s".to_owned()),
            column: 39,
        };
        let text = Kind::Text("two \"words\"".to_owned());
        assert_eq!(
            found,
            [word("a"), word("create"), word("/p=q#r"), text, pair]
        );
    }

    #[test]
    fn columns_count_characters() {
        let found = tokens("né à", 1).expect("a good line");
        assert_eq!(found[1].column, 4);
    }

    #[test]
    fn unclosed_quotes_and_bad_escapes_have_a_place() {
        for (text, column) in [
            ("a \"b", 3),
            ("note \"\\q\"", 8),
            ("a\"b\"", 2),
            ("\"\\u{d800}\"", 3),
        ] {
            let e = tokens(text, 7).expect_err(text);
            assert_eq!((e.at.line, e.at.column), (7, column), "{text}");
        }
    }

    #[test]
    fn quoted_text_comes_back() {
        for text in ["", "a b", "\"\\\n\t\r\u{1}\u{7f}é😀"] {
            assert_eq!(kinds(&quote(text)), [Kind::Text(text.to_owned())]);
        }
    }
}
