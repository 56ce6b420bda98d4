//! A line as words, as zkCli.sh takes it apart.
//!
//! ```text
//!   create -e /a 'two words'     four words; quotes of either kind, no escapes
//!   create /a a"b c"d            four words: inside of a word a quote is a letter
//!   get "/a                      two words: a quote that is not closed is skipped
//! ```
//! Blanks are the six of ASCII; others, such as U+00A0, are letters. There are no comments.
//!
//! In ZooKeeper: `ZooKeeperMain.MyCommandOptions.parseCommand`.

/// The words of a line. A line of blanks has none.
///
/// One oddity of the real tool is kept: blanks before a quote that is not closed belong to a word.
/// Only at the start of the line or behind another such quote is there a blank left to take.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line;
    if line.chars().all(is_blank) {
        return words;
    }
    while !rest.is_empty() {
        rest = match word(rest) {
            Some((word, after)) => {
                words.push(word.to_owned());
                after.trim_start_matches(is_blank)
            }
            None => skip_one(rest),
        };
    }
    words
}

/// The six blanks of ASCII.
pub const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

/// The word at the start of `text`, blanks before it aside, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let bare = text.trim_start_matches(is_blank);
    match bare.chars().next() {
        Some(quote @ ('"' | '\'')) => bare[1..].split_once(quote).or_else(|| {
            let blanks = &text[..text.len() - bare.len()];
            let last = blanks.char_indices().next_back()?.0;
            Some(until_blank(&text[last..]))
        }),
        Some(_) => Some(until_blank(bare)),
        None => None,
    }
}

/// Splits behind the first letter and all others up to a blank.
fn until_blank(text: &str) -> (&str, &str) {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let length = text[first..].find(is_blank);
    text.split_at(length.map_or(text.len(), |length| first + length))
}

fn skip_one(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

/// Java's `split`: empty parts at the end do not count, but a text without a separator is a part.
pub fn split<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let mut parts: Vec<&str> = text.split(separators).collect();
    let separated = parts.len() > 1;
    while separated && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_quotes_part_words() {
        for (line, expected) in [
            ("", &[][..]),
            (" \t ", &[]),
            ("ls /", &["ls", "/"]),
            ("  ls\t/  ", &["ls", "/"]),
            ("create /a 'two words'", &["create", "/a", "two words"]),
            ("create /a \"it's\"", &["create", "/a", "it's"]),
            ("create /a '' x", &["create", "/a", "", "x"]),
            ("create /a a\"b c\"d", &["create", "/a", "a\"b", "c\"d"]),
            ("create /a \"a\"b", &["create", "/a", "a", "b"]),
            ("get/a\u{a0}b", &["get/a\u{a0}b"]),
        ] {
            assert_eq!(words(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_skipped() {
        for (line, expected) in [
            ("\"", &[][..]),
            ("get \"/q", &["get", "/q"]),
            ("get 'a' 'b c", &["get", "a", "b", "c"]),
            (" \"x", &[" \"x"]),
            ("'\"", &[]),
            ("' \"x", &[" \"x"]),
        ] {
            assert_eq!(words(line), expected, "{line:?}");
        }
    }
}
