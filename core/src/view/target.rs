//! What a reader points at: a name for everything on the page that has a state and a story.
//!
//! A target is only a name. It stays what it is when the moment changes: the thing behind it may not
//! exist yet, or no more. What there is to say of it is made elsewhere, for the moment that is shown.

use serde::Serialize;

use super::frame::{Frame, Zx};
use crate::base::{ClientId, ServerId};

/// Something that can be looked at closely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Target {
    /// A server.
    Server(ServerId),
    /// A client and its session.
    Client(ClientId),
    /// A message, by its number in the run.
    Message(u64),
    /// A transaction in the log of one server.
    Entry(ServerId, Zx),
    /// A transaction on all servers: its column, its quorum.
    Transaction(Zx),
    /// A file on the disk of a server, by its name.
    File(ServerId, String),
    /// An invariant, `I1` to `I6`.
    Lamp(String),
    /// A step of the run: shown after `step + 1` steps.
    Step(u64),
    /// The link between two servers, the lower id first.
    Link(ServerId, ServerId),
    /// A backup in the vault, by its name.
    Backup(String),
    /// The vault with all backups.
    Vault,
}

impl Target {
    /// What an author's word names on the bench that is shown; nothing when the bench has no such thing.
    ///
    /// ```text
    ///   S2      e1·3      S2/e1·3      S2/log.100000001      S1-S3      a      I1
    ///   server  its column  its cell   a file on its disk    a link     client lamp
    /// ```
    pub fn named(word: &str, frame: &Frame) -> Option<Self> {
        if let Some((server, of)) = word.split_once('/') {
            let server = server_named(server, frame)?;
            if let Some(zx) = Zx::named(of) {
                return frame.has(zx).then_some(Self::Entry(server, zx));
            }
            return Some(Self::File(server, of.to_owned()));
        }
        if let Some((one, other)) = word.split_once('-') {
            let (one, other) = (server_named(one, frame)?, server_named(other, frame)?);
            return Some(Self::Link(one.min(other), one.max(other)));
        }
        if let Some(server) = server_named(word, frame) {
            return Some(Self::Server(server));
        }
        if let Some(zx) = Zx::named(word) {
            return frame.has(zx).then_some(Self::Transaction(zx));
        }
        if frame.lamps.iter().any(|lamp| lamp.id == word) {
            return Some(Self::Lamp(word.to_owned()));
        }
        let client = frame.clients.iter().find(|client| client.name == word)?;
        Some(Self::Client(client.id))
    }

    /// The server it belongs to, if it belongs to one.
    pub const fn server(&self) -> Option<ServerId> {
        match self {
            Self::Server(server) | Self::Entry(server, _) | Self::File(server, _) => Some(*server),
            Self::Client(_)
            | Self::Message(_)
            | Self::Transaction(_)
            | Self::Lamp(_)
            | Self::Step(_)
            | Self::Link(..)
            | Self::Backup(_)
            | Self::Vault => None,
        }
    }
}

/// `S2`, when there is one.
fn server_named(word: &str, frame: &Frame) -> Option<ServerId> {
    let id = ServerId(word.strip_prefix('S')?.parse().ok()?);
    frame.servers.iter().any(|row| row.id == id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::frame::{Columns, Fold, ServerRow};

    #[test]
    fn a_word_names_what_the_bench_shows_and_nothing_else() {
        let zx = |counter| Zx { epoch: 1, counter };
        let frame = Frame {
            servers: vec![ServerRow::follower(ServerId(1))],
            columns: Columns {
                fold: Some(Fold {
                    first: zx(1),
                    last: zx(3),
                    count: 3,
                }),
                shown: vec![zx(4)],
                ..Columns::default()
            },
            ..Frame::default()
        };
        let named = |word| Target::named(word, &frame);
        let s1 = ServerId(1);
        assert_eq!(named("S1"), Some(Target::Server(s1)));
        assert_eq!(named("e1·4"), Some(Target::Transaction(zx(4))));
        assert_eq!(named("S1/e1·2"), Some(Target::Entry(s1, zx(2))));
        let file = Target::File(s1, "log.100000001".to_owned());
        assert_eq!(named("S1/log.100000001"), Some(file));
        for word in [
            "S2", "e1·5", "e2·2", "S2/e1·2", "S1-S2", "a", "I1", "", "e1",
        ] {
            assert_eq!(named(word), None, "{word}");
        }
    }
}
