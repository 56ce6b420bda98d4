//! From a line to a command, with the checks that the tool and its client library make before
//! anything is sent, in their order.
//!
//! In ZooKeeper: the `parse` methods of the classes in `cli`, and the first half of their `exec`.

use super::acl;
use super::command::{ConsoleCommand, Entry, Limit, Reconfig};
use super::error::{ConsoleError, ILLEGAL_ARGUMENT, LINE_MAX, NUMBER_FORMAT, Problem};
use super::options::{Taken, take};
use super::path;
use super::quota;
use super::verbs::{FOUR_LETTER_WORDS, HELP, Verb, verb};
use super::words::words;
use crate::base::ServerId;
use crate::model::Acl;
use crate::model::request::CreateMode;
use crate::model::watch::{WatchKind, WatchMode};

/// Largest time to live in milliseconds. ZooKeeper: `EphemeralType.TTL.maxValue`.
const TTL_MAX: i64 = (1 << 40) - 1;

/// What `ls -?` prints first.
const LS_HELP: [&str; 5] = [
    "usage: ls [options] path",
    " -?   help",
    " -R   recurse",
    " -s   stat",
    " -w   watch",
];

/// Reads a line.
pub fn parse(line: &str) -> Result<Entry, ConsoleError> {
    if line.len() > LINE_MAX {
        return Err(Problem::TooLong { bytes: line.len() }.into());
    }
    let words = words(line);
    let mut notices = Vec::new();
    match command(words, &mut notices) {
        Ok(command) => Ok(Entry { notices, command }),
        Err(error) => Err(error.after(notices)),
    }
}

fn command(words: Vec<String>, notices: &mut Vec<String>) -> Result<ConsoleCommand, ConsoleError> {
    let Some(first) = words.first() else {
        return Ok(ConsoleCommand::Nothing);
    };
    if let Some(word) = four_letter_word(&words) {
        let server = words.get(1).map(|text| server(text)).transpose()?;
        return Ok(ConsoleCommand::FourLetter { word, server });
    }
    if first == HELP {
        return Ok(ConsoleCommand::Help);
    }
    let Some(verb) = verb(first) else {
        return Err(ConsoleError::not_found(first));
    };
    match verb.name {
        "close" | "connect" | "history" | "printwatches" | "quit" | "redo" | "whoami" => {
            plain(verb.name, words.get(1).map(String::as_str))
        }
        "get" | "ls" | "stat" => read_and_watch(verb, words, notices),
        _ => {
            let taken = take(&words, &verb.spec)?;
            let line = Line {
                verb,
                taken,
                notices,
            };
            line.command()
        }
    }
}

/// `stat` is a four-letter word only with a number behind it, which is no path.
fn four_letter_word(words: &[String]) -> Option<&'static str> {
    let mut known = FOUR_LETTER_WORDS.into_iter();
    let word = known.find(|word| words[0] == **word)?;
    let is_number = |text: &String| text.bytes().all(|b| b.is_ascii_digit());
    (word != "stat" || words.get(1).is_some_and(is_number)).then_some(word)
}

fn server(text: &str) -> Result<ServerId, ConsoleError> {
    let number = text.parse::<u8>().ok().filter(|number| *number > 0);
    number
        .map(ServerId)
        .ok_or_else(|| Problem::NoServer(text.to_owned()).into())
}

/// The commands that take no options, not even wrong ones.
fn plain(name: &str, word: Option<&str>) -> Result<ConsoleCommand, ConsoleError> {
    Ok(match name {
        "close" => ConsoleCommand::Close,
        "connect" => ConsoleCommand::Connect {
            host: word.map(str::to_owned),
        },
        "history" => ConsoleCommand::History,
        "printwatches" => ConsoleCommand::PrintWatches {
            on: word.map(|word| word == "on"),
        },
        "quit" => ConsoleCommand::Quit,
        "redo" => ConsoleCommand::Redo {
            index: word.map(decode).transpose()?,
        },
        _ => ConsoleCommand::WhoAmI,
    })
}

/// `get`, `ls` and `stat`, also in the old form with a word behind the path.
///
/// The old form is told by its number of words, and the third word of the line becomes `-w`, whatever
/// it is: of `ls -s / watch` the path is lost, as in the real tool.
fn read_and_watch(
    verb: &'static Verb,
    mut words: Vec<String>,
    notices: &mut Vec<String>,
) -> Result<ConsoleCommand, ConsoleError> {
    let mut taken = take(&words, &verb.spec)?;
    if taken.has("?") {
        notices.extend(LS_HELP.map(str::to_owned));
    }
    if taken.words.len() > 2 {
        let (name, options) = (
            verb.name,
            if verb.name == "get" {
                "[-s] [-w]"
            } else {
                "[-w]"
            },
        );
        notices.push(deprecated(
            &format!("{name} path [watch]"),
            &format!("{name} {options} path"),
        ));
        words[2] = "-w".to_owned();
        taken = take(&words, &verb.spec)?;
    }
    let path = taken
        .word(1)
        .ok_or_else(|| ConsoleError::said(verb.usage()))?;
    let path = checked(path)?;
    let (stat, watch) = (taken.has("s"), taken.has("w"));
    Ok(match verb.name {
        "get" => ConsoleCommand::Get { path, stat, watch },
        "stat" => ConsoleCommand::Stat { path, watch },
        _ => ConsoleCommand::Ls {
            path,
            stat,
            watch,
            recursive: taken.has("R"),
        },
    })
}

fn deprecated(old: &str, new: &str) -> String {
    format!("'{old}' has been deprecated. Please use '{new}' instead.")
}

fn checked(path: &str) -> Result<String, ConsoleError> {
    match path::check(path) {
        Ok(()) => Ok(path.to_owned()),
        Err(said) => Err(ConsoleError::said(said)),
    }
}

/// A command whose options are taken out.
struct Line<'a> {
    verb: &'static Verb,
    taken: Taken,
    notices: &'a mut Vec<String>,
}

impl Line<'_> {
    fn command(self) -> Result<ConsoleCommand, ConsoleError> {
        match self.verb.name {
            "addWatch" => self.add_watch(),
            "addauth" => Ok(ConsoleCommand::AddAuth {
                scheme: self.word(1)?.to_owned(),
                auth: self.taken.word(2).map(str::to_owned),
            }),
            "config" => Ok(ConsoleCommand::Config {
                client: self.taken.has("c"),
                watch: self.taken.has("w"),
                stat: self.taken.has("s"),
            }),
            "create" => self.create(),
            "delete" => self.delete(),
            "deleteall" => self.delete_all(),
            "delquota" => self.del_quota(),
            "getAcl" => Ok(ConsoleCommand::GetAcl {
                path: self.path()?,
                stat: self.taken.has("s"),
            }),
            "getAllChildrenNumber" => {
                let path = self.path()?;
                Ok(ConsoleCommand::GetAllChildrenNumber { path })
            }
            "getEphemerals" => {
                let prefix = checked(self.taken.word(1).unwrap_or("/"))?;
                Ok(ConsoleCommand::GetEphemerals { prefix })
            }
            "listquota" => self.list_quota(),
            "reconfig" => self.reconfig(),
            "removewatches" => Ok(ConsoleCommand::RemoveWatches {
                path: self.path()?,
                kind: self.watch_kind(),
                local: self.taken.has("l"),
            }),
            "set" => self.set(),
            "setAcl" => self.set_acl(),
            "setquota" => self.set_quota(),
            "sync" => Ok(ConsoleCommand::Sync { path: self.path()? }),
            "version" if self.taken.words.len() > 1 => Err(self.usage()),
            "version" => Ok(ConsoleCommand::Version),
            name => unreachable!("{name} is read elsewhere"),
        }
    }

    fn usage(&self) -> ConsoleError {
        ConsoleError::said(self.verb.usage())
    }

    fn word(&self, index: usize) -> Result<&str, ConsoleError> {
        self.taken.word(index).ok_or_else(|| self.usage())
    }

    fn path(&self) -> Result<String, ConsoleError> {
        checked(self.word(1)?)
    }

    /// `-v`, or any version.
    fn version(&self) -> Result<i32, ConsoleError> {
        let given = self.taken.value("v");
        let number = |text: &str| text.parse().map_err(|_| ConsoleError::no_number(text));
        given.map_or(Ok(-1), number)
    }

    fn acl(&mut self, text: &str) -> Vec<Acl> {
        let (list, complaints) = acl::parse(text);
        self.notices.extend(complaints);
        list
    }

    fn add_watch(self) -> Result<ConsoleCommand, ConsoleError> {
        if self.taken.words.len() != 2 {
            return Err(self.usage());
        }
        let mode = self.taken.value("m").map(str::to_ascii_uppercase);
        let mode = match mode.as_deref() {
            None | Some("PERSISTENT_RECURSIVE") => WatchMode::Recursive,
            Some("PERSISTENT") => WatchMode::Persistent,
            Some(_) => return Err(self.usage()),
        };
        let path = self.word(1)?.to_owned();
        match path::check(&path) {
            Ok(()) => Ok(ConsoleCommand::AddWatch { path, mode }),
            Err(said) => Err(ConsoleError::uncaught(ILLEGAL_ARGUMENT, said)),
        }
    }

    fn watch_kind(&self) -> WatchKind {
        if self.taken.has("c") {
            WatchKind::Children
        } else if self.taken.has("d") {
            WatchKind::Data
        } else {
            WatchKind::Any
        }
    }

    fn create(mut self) -> Result<ConsoleCommand, ConsoleError> {
        let path = self.word(1)?.to_owned();
        let mode = self.mode()?;
        let data = self.taken.word(2).map(str::to_owned);
        let acl = match self.taken.word(3).map(str::to_owned) {
            Some(text) => self.acl(&text),
            None => Acl::open(),
        };
        // The suffix counts as one more letter: only then may the path end with a slash.
        checked(&match mode.is_sequential() {
            true => format!("{path}1"),
            false => path.clone(),
        })?;
        if acl.is_empty() {
            let said = ["KeeperErrorCode = InvalidACL", "Acl is not valid : null"];
            return Err(Problem::Said(said.map(str::to_owned).to_vec()).into());
        }
        Ok(ConsoleCommand::Create {
            path,
            data,
            acl,
            mode,
        })
    }

    fn mode(&self) -> Result<CreateMode, ConsoleError> {
        let [e, s, c] = ["e", "s", "c"].map(|flag| self.taken.has(flag));
        if c && (e || s) {
            return Err(ConsoleError::said(
                "-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.",
            ));
        }
        let ttl = self.taken.value("t").map(str::parse::<i64>).transpose();
        let ttl = ttl.map_err(|_| ConsoleError::said("-t argument must be a long value"))?;
        match ttl {
            Some(_) if e => Err(ConsoleError::said(
                "TTLs cannot be used with Ephemeral znodes",
            )),
            Some(_) if c => Err(ConsoleError::said(
                "TTLs cannot be used with Container znodes",
            )),
            Some(ttl) if !(1..=TTL_MAX).contains(&ttl) => Err(ConsoleError::said(format!(
                "ttl must be positive and cannot be larger than: {TTL_MAX}"
            ))),
            Some(ttl) if s => Ok(CreateMode::TtlSequential(ttl)),
            Some(ttl) => Ok(CreateMode::Ttl(ttl)),
            None if c => Ok(CreateMode::Container),
            None if e && s => Ok(CreateMode::EphemeralSequential),
            None if e => Ok(CreateMode::Ephemeral),
            None if s => Ok(CreateMode::PersistentSequential),
            None => Ok(CreateMode::Persistent),
        }
    }

    /// The old form has a version behind the path; the real tool says so and ignores it.
    fn delete(self) -> Result<ConsoleCommand, ConsoleError> {
        self.word(1)?;
        if self.taken.words.len() > 2 {
            let said = deprecated("delete path [version]", "delete [-v version] path");
            self.notices.push(said);
        }
        let version = self.version()?;
        let path = self.path()?;
        Ok(ConsoleCommand::Delete { path, version })
    }

    fn delete_all(self) -> Result<ConsoleCommand, ConsoleError> {
        self.word(1)?;
        let batch = self.taken.value("b").map_or(Ok(1_000), str::parse);
        let batch = batch.map_err(|_| ConsoleError::said("-b argument must be an int value"))?;
        let path = self.path()?;
        Ok(ConsoleCommand::DeleteAll { path, batch })
    }

    fn set(self) -> Result<ConsoleCommand, ConsoleError> {
        let data = self.word(2)?.to_owned();
        let version = self.version()?;
        Ok(ConsoleCommand::Set {
            path: self.path()?,
            data,
            version,
            stat: self.taken.has("s"),
        })
    }

    fn set_acl(mut self) -> Result<ConsoleCommand, ConsoleError> {
        let text = self.word(2)?.to_owned();
        let acl = self.acl(&text);
        let version = self.version()?;
        let path = self.path()?;
        let recursive = self.taken.has("R");
        if acl.is_empty() && !recursive {
            return Err(ConsoleError::said("Acl is not valid : null"));
        }
        Ok(ConsoleCommand::SetAcl {
            path,
            acl,
            version,
            recursive,
            stat: self.taken.has("s"),
        })
    }

    fn del_quota(self) -> Result<ConsoleCommand, ConsoleError> {
        let path = self.word(1)?.to_owned();
        checked(&quota::limit_path(&path))?;
        let mut limits = Limit::OPTIONS.into_iter();
        let given = limits.find(|(option, _)| self.taken.has(option));
        Ok(ConsoleCommand::DelQuota {
            path,
            limit: given.map(|(_, limit)| limit),
        })
    }

    fn list_quota(self) -> Result<ConsoleCommand, ConsoleError> {
        let path = self.word(1)?.to_owned();
        let limits = quota::limit_path(&path);
        self.notices.push(format!("absolute path is {limits}"));
        checked(&limits)?;
        Ok(ConsoleCommand::ListQuota { path })
    }

    fn set_quota(self) -> Result<ConsoleCommand, ConsoleError> {
        let path = self.word(1)?;
        if path.starts_with(quota::ROOT) {
            let said = format!("cannot set a quota under the path: {}", quota::ROOT);
            return Err(ConsoleError::said(said));
        }
        let given = |(option, limit)| Some((limit, self.taken.value(option)?));
        let given = Limit::OPTIONS.into_iter().find_map(given);
        let (limit, text) = given.ok_or_else(|| self.usage())?;
        let value = limit_value(limit, text)?;
        let path = checked(path)?;
        // The root has no quota: its limits would lie below a path that ends with a slash.
        checked(&quota::quota_path(&path))?;
        Ok(ConsoleCommand::SetQuota { path, limit, value })
    }

    fn reconfig(self) -> Result<ConsoleCommand, ConsoleError> {
        let taken = &self.taken;
        let [file, members, add, remove] =
            ["file", "members", "add", "remove"].map(|option| taken.value(option));
        if file.or(members).or(add).or(remove).is_none() {
            return Err(self.usage());
        }
        let version = taken.value("v").map(|text| i64::from_str_radix(text, 16));
        let version = version.unwrap_or(Ok(-1)).map_err(|_| {
            ConsoleError::said("-v must be followed by a long (configuration version)")
        })?;
        if file.or(members).is_some() && add.or(remove).is_some() {
            return Err(ConsoleError::said(
                "Can't use -file or -members together with -add or -remove (mixing incremental and \
                 non-incremental modes is not allowed)",
            ));
        }
        if file.is_some() && members.is_some() {
            return Err(ConsoleError::said(
                "Can't use -file and -members together (conflicting non-incremental modes)",
            ));
        }
        // There are no files here.
        if let Some(file) = file {
            return Err(ConsoleError::said(format!(
                "Error processing {file}{file} (No such file or directory)"
            )));
        }
        Ok(ConsoleCommand::Reconfig(Reconfig {
            joining: add.map(str::to_ascii_lowercase),
            leaving: remove.map(str::to_ascii_lowercase),
            members: members.map(str::to_ascii_lowercase),
            version,
            stat: taken.has("s"),
        }))
    }
}

/// Java's `Integer.decode`: `12`, `-12`, `0xc`, `#c`, `014`.
fn decode(text: &str) -> Result<i32, ConsoleError> {
    let fail = |message: &str| Err(ConsoleError::uncaught(NUMBER_FORMAT, message));
    if text.is_empty() {
        return fail("Zero length string");
    }
    let (minus, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = ["0x", "0X", "#"]
        .into_iter()
        .find_map(|start| rest.strip_prefix(start));
    let (digits, radix, note) = match (hex, rest.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16, " under radix 16"),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8, " under radix 8"),
        _ => (rest, 10, ""),
    };
    if digits.starts_with(['-', '+']) {
        return fail("Sign character in wrong position");
    }
    let number = format!("{minus}{digits}");
    i32::from_str_radix(&number, radix)
        .or_else(|_| fail(&format!("For input string: \"{number}\"{note}")))
}

/// Counts are ints and not zero, bytes are longs.
fn limit_value(limit: Limit, text: &str) -> Result<i64, ConsoleError> {
    let number = if limit.is_count() {
        text.parse::<i32>().map(i64::from)
    } else {
        text.parse::<i64>()
    };
    let number = number.map_err(|_| {
        ConsoleError::said("NumberFormatException happens when parsing the option value")
    })?;
    match (limit.is_count(), number) {
        (true, ..=0) => Err(ConsoleError::said(
            "the num quota must be greater than zero",
        )),
        (false, ..0) => Err(ConsoleError::said(
            "the bytes quota must be greater than or equal to zero",
        )),
        _ => Ok(number),
    }
}
