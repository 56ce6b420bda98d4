//! Every word that a line may start with, with its options and its usage.
//!
//! The usages are zkCli.sh's own, so is their order. `help` and the four-letter words are not among
//! its commands: it knows no `help`, and four-letter words go to a server's port.
//!
//! In ZooKeeper: `ZooKeeperMain.commandMap`, `CommandFactory`.

use super::options::{Group, Spec};
use crate::base::Order;

/// A command of zkCli.sh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verb {
    /// The word.
    pub name: &'static str,
    /// What follows it.
    pub operands: &'static str,
    /// Its options.
    pub spec: Spec,
}

impl Verb {
    /// The line that says how it is used.
    pub fn usage(&self) -> String {
        format!("{} {}", self.name, self.operands)
    }
}

/// The words that ask a server for its state.
pub const FOUR_LETTER_WORDS: [&str; 11] = [
    "conf", "cons", "dump", "isro", "mntr", "ruok", "srvr", "stat", "wchc", "wchp", "wchs",
];

/// The word that lists all commands.
pub const HELP: &str = "help";

/// The modes of `addWatch -m`.
pub const WATCH_MODES: [&str; 2] = ["PERSISTENT", "PERSISTENT_RECURSIVE"];

/// The command of that name.
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// Every word that a line may start with, sorted.
pub fn known_words() -> Vec<&'static str> {
    let names = VERBS.iter().map(|verb| verb.name);
    let mut words: Vec<_> = names.chain(FOUR_LETTER_WORDS).chain([HELP]).collect();
    words.order();
    words.dedup();
    words
}

/// The list that zkCli.sh prints when it does not know a command.
pub fn usage() -> Vec<String> {
    let first = "ZooKeeper -server host:port -client-configuration properties-file cmd args";
    let verbs = VERBS.iter().map(|verb| format!("\t{}", verb.usage()));
    std::iter::once(first.to_owned()).chain(verbs).collect()
}

const fn verb_of(name: &'static str, operands: &'static str, spec: Spec) -> Verb {
    Verb {
        name,
        operands,
        spec,
    }
}

const NONE: Spec = flags(&[]);
const QUOTA: &[&str] = &["n", "b", "N", "B"];

const fn flags(flags: &'static [&'static str]) -> Spec {
    options(flags, &[])
}

const fn options(flags: &'static [&'static str], valued: &'static [&'static str]) -> Spec {
    Spec {
        flags,
        valued,
        group: Group::Free,
    }
}

/// The commands of zkCli.sh, sorted.
pub const VERBS: [Verb; 28] = [
    verb_of(
        "addWatch",
        "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is \
         PERSISTENT_RECURSIVE",
        options(&[], &["m"]),
    ),
    verb_of("addauth", "scheme auth", NONE),
    verb_of("close", "", NONE),
    verb_of("config", "[-c] [-w] [-s]", flags(&["s", "w", "c"])),
    verb_of("connect", "host:port", NONE),
    verb_of(
        "create",
        "[-s] [-e] [-c] [-t ttl] path [data] [acl]",
        options(&["e", "s", "c"], &["t"]),
    ),
    verb_of("delete", "[-v version] path", options(&[], &["v"])),
    verb_of("deleteall", "path [-b batch size]", options(&[], &["b"])),
    verb_of(
        "delquota",
        "[-n|-b|-N|-B] path",
        Spec {
            group: Group::OneAtMost,
            ..flags(QUOTA)
        },
    ),
    verb_of("get", "[-s] [-w] path", flags(&["s", "w"])),
    verb_of("getAcl", "[-s] path", flags(&["s"])),
    verb_of("getAllChildrenNumber", "path", NONE),
    verb_of("getEphemerals", "path", NONE),
    verb_of("history", "", NONE),
    verb_of("listquota", "path", NONE),
    verb_of("ls", "[-s] [-w] [-R] path", flags(&["?", "s", "w", "R"])),
    verb_of("printwatches", "on|off", NONE),
    verb_of("quit", "", NONE),
    verb_of(
        "reconfig",
        "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | \
         [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]",
        options(&["s"], &["v", "file", "members", "add", "remove"]),
    ),
    verb_of("redo", "cmdno", NONE),
    verb_of(
        "removewatches",
        "path [-c|-d|-a] [-l]",
        flags(&["c", "d", "a", "l"]),
    ),
    verb_of(
        "set",
        "[-s] [-v version] path data",
        options(&["s"], &["v"]),
    ),
    verb_of(
        "setAcl",
        "[-s] [-v version] [-R] path acl",
        options(&["s", "R"], &["v"]),
    ),
    verb_of(
        "setquota",
        "-n|-b|-N|-B val path",
        Spec {
            group: Group::ExactlyOne(
                "-n num soft quota, -b bytes soft quota, -N num hard quota, -B bytes hard quota",
            ),
            ..options(&[], QUOTA)
        },
    ),
    verb_of("stat", "[-w] path", flags(&["w"])),
    verb_of("sync", "path", NONE),
    verb_of("version", "", NONE),
    verb_of("whoami", "", NONE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_sorted_and_none_comes_twice() {
        assert!(VERBS.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(known_words().len(), VERBS.len() + FOUR_LETTER_WORDS.len());
    }

    #[test]
    fn every_option_is_in_the_usage() {
        for verb in &VERBS {
            for option in verb.spec.flags.iter().chain(verb.spec.valued) {
                let shown = format!("-{option}");
                // The one that the real tool does not mention either.
                let secret = *option == "?";
                assert_eq!(verb.operands.contains(&shown), !secret, "{}", verb.name);
            }
        }
    }
}
