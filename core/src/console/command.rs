//! What a line of the console asks for: the words of zkCli.sh with their meaning, before they become
//! requests.

use crate::base::ServerId;
use crate::model::Acl;
use crate::model::request::CreateMode;
use crate::model::watch::{WatchKind, WatchMode};

/// A line that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// What is to be printed first: a form that is out of date, a bad entry of an access list.
    pub notices: Vec<String>,
    /// What is to be done.
    pub command: ConsoleCommand,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConsoleCommand {
    /// A line of blanks.
    Nothing,
    /// Lists all commands.
    Help,
    /// A watch that stays.
    AddWatch {
        /// On which node.
        path: String,
        /// Whether on the nodes below as well.
        mode: WatchMode,
    },
    /// One more identity for the connection.
    AddAuth {
        /// Scheme: `digest`, …
        scheme: String,
        /// The proof; may be missing, which no scheme likes.
        auth: Option<String>,
    },
    /// Ends the session.
    Close,
    /// Reads the configuration of the ensemble.
    Config {
        /// Only what a client needs to connect.
        client: bool,
        /// Set a watch.
        watch: bool,
        /// Print the statistics.
        stat: bool,
    },
    /// A new session.
    Connect {
        /// Where to; where it was when missing.
        host: Option<String>,
    },
    /// Creates a node.
    Create {
        /// Path, or prefix for the sequential kinds.
        path: String,
        /// Content.
        data: Option<String>,
        /// Access control list; never empty.
        acl: Vec<Acl>,
        /// Kind of node.
        mode: CreateMode,
    },
    /// Deletes a node.
    Delete {
        /// Path.
        path: String,
        /// Expected version; -1 for any.
        version: i32,
    },
    /// Deletes a node and all below it.
    DeleteAll {
        /// Path.
        path: String,
        /// Nodes in one multi; all of them in one when it is not positive.
        batch: i32,
    },
    /// Removes one limit, or all and their nodes.
    DelQuota {
        /// Of which node.
        path: String,
        /// Which limit.
        limit: Option<Limit>,
    },
    /// Asks a server for its state.
    FourLetter {
        /// One of [`super::verbs::FOUR_LETTER_WORDS`].
        word: &'static str,
        /// Which server; the one of the session when missing.
        server: Option<ServerId>,
    },
    /// Reads data.
    Get {
        /// Path.
        path: String,
        /// Print the statistics.
        stat: bool,
        /// Set a watch.
        watch: bool,
    },
    /// Reads the access control list.
    GetAcl {
        /// Path.
        path: String,
        /// Print the statistics.
        stat: bool,
    },
    /// Counts the nodes below one.
    GetAllChildrenNumber {
        /// Path.
        path: String,
    },
    /// Lists the ephemerals of the session.
    GetEphemerals {
        /// Path that they start with.
        prefix: String,
    },
    /// Lists the last lines.
    History,
    /// Prints limits and use.
    ListQuota {
        /// Of which node.
        path: String,
    },
    /// Lists children.
    Ls {
        /// Path.
        path: String,
        /// Print the statistics.
        stat: bool,
        /// Set a watch.
        watch: bool,
        /// List everything below.
        recursive: bool,
    },
    /// Whether watch events are printed.
    PrintWatches {
        /// The new choice; without one it is said.
        on: Option<bool>,
    },
    /// Ends the session and the console.
    Quit,
    /// Changes the ensemble.
    Reconfig(Reconfig),
    /// Does a line again.
    Redo {
        /// Its number; nothing happens without one.
        index: Option<i32>,
    },
    /// Removes the watches of a node.
    RemoveWatches {
        /// Path.
        path: String,
        /// Which of them.
        kind: WatchKind,
        /// Also when there is no connection.
        local: bool,
    },
    /// Replaces data.
    Set {
        /// Path.
        path: String,
        /// New content.
        data: String,
        /// Expected version; -1 for any.
        version: i32,
        /// Print the statistics.
        stat: bool,
    },
    /// Replaces the access control list.
    SetAcl {
        /// Path.
        path: String,
        /// New list; the client library sends no empty one.
        acl: Vec<Acl>,
        /// Expected aversion; -1 for any.
        version: i32,
        /// Of all nodes below as well.
        recursive: bool,
        /// Print the statistics.
        stat: bool,
    },
    /// Sets one limit.
    SetQuota {
        /// Of which node.
        path: String,
        /// Which limit.
        limit: Limit,
        /// The most that is allowed.
        value: i64,
    },
    /// Reads the statistics.
    Stat {
        /// Path.
        path: String,
        /// Set a watch.
        watch: bool,
    },
    /// Waits until the server has caught up with the leader.
    Sync {
        /// Path; of no effect.
        path: String,
    },
    /// The release.
    Version,
    /// Lists the identities of the connection.
    WhoAmI,
}

/// What a changed ensemble is to be; what is missing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reconfig {
    /// Servers that join.
    pub joining: Option<String>,
    /// Servers that leave.
    pub leaving: Option<String>,
    /// All servers, instead of the two.
    pub members: Option<String>,
    /// Version of the configuration that is expected; -1 for any.
    pub version: i64,
    /// Print the statistics.
    pub stat: bool,
}

/// What a quota limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Nodes; a warning in the server's log.
    Count,
    /// Bytes; a warning in the server's log.
    Bytes,
    /// Nodes; more are refused.
    CountHard,
    /// Bytes; more are refused.
    BytesHard,
}

impl Limit {
    /// All of them with their options, in the order in which the tool looks for them.
    pub const OPTIONS: [(&'static str, Self); 4] = [
        ("n", Self::Count),
        ("b", Self::Bytes),
        ("N", Self::CountHard),
        ("B", Self::BytesHard),
    ];

    /// True for the two that count nodes.
    pub const fn is_count(self) -> bool {
        matches!(self, Self::Count | Self::CountHard)
    }
}
