//! The options of a command, taken out from among its words.
//!
//! Options may stand before, between and behind the other words; flags may be joined (`-sw`), a
//! value may follow as a word, directly (`-v5`) or behind `=` (`-v=5`). Everything behind `--` is no
//! option. A word that starts with `-` and is neither an option nor a value is an error, so data
//! that starts with `-` needs the `--`.
//!
//! No option of zkCli.sh has a long form with two dashes, and none is a digit, so a negative number
//! is never taken for an option.
//!
//! In ZooKeeper: `DefaultParser` of Commons CLI 1.5.

use std::fmt;

/// The options that a command knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// Without a value.
    pub flags: &'static [&'static str],
    /// With one value.
    pub valued: &'static [&'static str],
    /// Whether they exclude each other.
    pub group: Group,
}

/// Whether the options of a command exclude each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Group {
    /// They do not.
    #[default]
    Free,
    /// At most one of them.
    OneAtMost,
    /// Exactly one of them; the text says which, as the real tool lists them.
    ExactlyOne(&'static str),
}

/// The words of a command, sorted out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    options: Vec<(&'static str, String)>,
    /// The words that are no options; the first is the command.
    pub words: Vec<String>,
}

impl Taken {
    /// True when the option was given.
    pub fn has(&self, option: &str) -> bool {
        self.value(option).is_some()
    }

    /// The first value of the option; empty for a flag.
    pub fn value(&self, option: &str) -> Option<&str> {
        let mut given = self.options.iter();
        let (_, value) = given.find(|(name, _)| *name == option)?;
        Some(value)
    }

    /// The word behind the command, counted from 1.
    pub fn word(&self, index: usize) -> Option<&str> {
        self.words.get(index).map(String::as_str)
    }
}

/// What is wrong with the options of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionError {
    /// Not an option of this command.
    Unrecognized(String),
    /// The option has no value.
    MissingArgument(&'static str),
    /// A second option of a group.
    AlreadySelected {
        /// The second.
        option: &'static str,
        /// The first.
        selected: &'static str,
    },
    /// None of a group of which one is needed.
    MissingOption(&'static str),
}

impl fmt::Display for OptionError {
    /// The real wording: the tool prints the whole exception.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("org.apache.commons.cli.")?;
        match self {
            Self::Unrecognized(word) => write!(
                f,
                "UnrecognizedOptionException: Unrecognized option: {word}"
            ),
            Self::MissingArgument(option) => write!(
                f,
                "MissingArgumentException: Missing argument for option: {option}"
            ),
            Self::AlreadySelected { option, selected } => write!(
                f,
                "AlreadySelectedException: The option '{option}' was specified but an option from \
                 this group has already been selected: '{selected}'"
            ),
            Self::MissingOption(list) => write!(
                f,
                "MissingOptionException: Missing required option: [{list}]"
            ),
        }
    }
}

/// Takes the options out of the words of a command.
pub fn take(words: &[String], spec: &Spec) -> Result<Taken, OptionError> {
    let mut reader = Reader {
        spec,
        taken: Taken::default(),
        open: None,
    };
    let mut words = words.iter();
    for word in words.by_ref() {
        if word == "--" {
            break;
        }
        reader.word(word)?;
    }
    reader.taken.words.extend(words.cloned());
    reader.finish()
}

struct Reader<'a> {
    spec: &'a Spec,
    taken: Taken,
    /// The option that waits for its value.
    open: Option<&'static str>,
}

impl Reader<'_> {
    fn word(&mut self, word: &str) -> Result<(), OptionError> {
        if self.open.is_some() && !self.is_option(word) {
            self.value(unquoted(word));
            return Ok(());
        }
        match word.strip_prefix('-') {
            None | Some("") => {
                self.taken.words.push(word.to_owned());
                Ok(())
            }
            Some(letters) => self.options(word, letters),
        }
    }

    fn finish(self) -> Result<Taken, OptionError> {
        self.nothing_is_open()?;
        match self.spec.group {
            Group::ExactlyOne(list) if self.taken.options.is_empty() => {
                Err(OptionError::MissingOption(list))
            }
            _ => Ok(self.taken),
        }
    }

    /// A word of the form of an option: a known name, or one whose first letter is a known name.
    fn is_option(&self, word: &str) -> bool {
        let Some(letters) = word.strip_prefix('-') else {
            return false;
        };
        let name = letters.split_once('=').map_or(letters, |(name, _)| name);
        let first = name.chars().next().map_or(0, char::len_utf8);
        self.known(name).is_some() || self.known(&name[..first]).is_some()
    }

    /// The option of that name, and whether it takes a value.
    fn known(&self, name: &str) -> Option<(&'static str, bool)> {
        let find = |list: &'static [&'static str]| list.iter().find(|known| **known == name);
        let flag = find(self.spec.flags).map(|known| (*known, false));
        flag.or_else(|| find(self.spec.valued).map(|known| (*known, true)))
    }

    /// `-s`, `-sw`, `-v5`, `-v=5`, `-add`.
    fn options(&mut self, word: &str, letters: &str) -> Result<(), OptionError> {
        let unrecognized = || Err(OptionError::Unrecognized(word.to_owned()));
        if let Some((name, takes_value)) = self.known(letters) {
            return self.option(name, takes_value);
        }
        if let Some((name, value)) = letters.split_once('=') {
            return match self.known(name) {
                Some((known, true)) if name.chars().count() == 1 => {
                    self.option(known, true)?;
                    self.value(value);
                    Ok(())
                }
                _ => unrecognized(),
            };
        }
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let Some((name, takes_value)) = self.known(letter.encode_utf8(&mut [0; 4])) else {
                return unrecognized();
            };
            self.option(name, takes_value)?;
            if takes_value && !rest.as_str().is_empty() {
                self.value(unquoted(rest.as_str()));
                return Ok(());
            }
        }
        Ok(())
    }

    fn option(&mut self, name: &'static str, takes_value: bool) -> Result<(), OptionError> {
        self.nothing_is_open()?;
        let other = self.taken.options.iter().find(|(given, _)| *given != name);
        match (self.spec.group, other) {
            (Group::OneAtMost | Group::ExactlyOne(_), Some((selected, _))) => {
                Err(OptionError::AlreadySelected {
                    option: name,
                    selected,
                })
            }
            _ => {
                if takes_value {
                    self.open = Some(name);
                } else {
                    self.taken.options.push((name, String::new()));
                }
                Ok(())
            }
        }
    }

    fn value(&mut self, value: &str) {
        if let Some(name) = self.open.take() {
            self.taken.options.push((name, value.to_owned()));
        }
    }

    fn nothing_is_open(&self) -> Result<(), OptionError> {
        match self.open {
            Some(name) => Err(OptionError::MissingArgument(name)),
            None => Ok(()),
        }
    }
}

/// A value loses double quotes around it, if there are none within.
fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    inner.filter(|v| !v.contains('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: Spec = Spec {
        flags: &["s"],
        valued: &["v", "add"],
        group: Group::Free,
    };

    fn taken(line: &str, spec: &Spec) -> Result<Taken, OptionError> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        take(&words, spec)
    }

    #[test]
    fn options_stand_anywhere_and_may_be_joined() {
        for line in [
            "set -s -v 5 /a d",
            "set /a -sv 5 d",
            "set -sv5 /a d",
            "set -v=5 /a d -s",
            "set -v \"5\" -s /a d",
            "set -s -v 5 -- /a d",
            "set -v 5 -v 6 -s /a d",
        ] {
            let taken = taken(line, &SET).expect(line);
            assert_eq!(taken.words, ["set", "/a", "d"], "{line}");
            assert!(taken.has("s"), "{line}");
            assert_eq!(taken.value("v"), Some("5"), "{line}");
        }
    }

    #[test]
    fn what_looks_like_an_option_must_be_one() {
        for word in [
            "-x", "-sx", "-xs", "--s", "---", "-s=1", "-sv=5", "-add=a", "-adda", "-é",
        ] {
            let expected = Err(OptionError::Unrecognized(word.to_owned()));
            assert_eq!(taken(&format!("set {word} /a"), &SET), expected, "{word}");
        }
        assert_eq!(taken("set - /a", &SET).expect("a word").words.len(), 3);
    }

    #[test]
    fn a_value_may_look_like_an_option_that_is_none() {
        let taken_value = |line: &str| taken(line, &SET).map(|t| t.value("v").map(str::to_owned));
        assert_eq!(taken_value("set -v -5 /a"), Ok(Some("-5".to_owned())));
        assert_eq!(taken_value("set -v -q /a"), Ok(Some("-q".to_owned())));
        for line in ["set -v -s /a", "set /a -v", "set -v -- 5"] {
            assert_eq!(taken_value(line), Err(OptionError::MissingArgument("v")));
        }
    }

    #[test]
    fn groups_exclude_each_other() {
        let spec = |group| Spec {
            valued: &["n", "b"],
            group,
            ..Spec::default()
        };
        let needed = spec(Group::ExactlyOne("-n, -b"));
        assert_eq!(
            taken("q /a", &needed),
            Err(OptionError::MissingOption("-n, -b"))
        );
        assert!(taken("q -n 1 -n 2 /a", &needed).is_ok());
        assert!(taken("q /a", &spec(Group::OneAtMost)).is_ok());
        for group in [Group::OneAtMost, Group::ExactlyOne("")] {
            let both = taken("q -n 1 -b 2 /a", &spec(group));
            let (option, selected) = ("b", "n");
            assert_eq!(both, Err(OptionError::AlreadySelected { option, selected }));
        }
    }
}
