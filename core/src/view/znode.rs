//! One znode in the words of `zkCli`: its kind, its statistics, its access control list, its data.
//!
//! ```text
//!   Znode, the tree's table of lists, the clients ──► ZnodeView   what `stat`, `getAcl` and `get` print
//!                                                 ──► DataView    text, or hex when it is no text
//! ```
//! What is *not* here: whether a create was sequential. A tree keeps the name and forgets the rest; all
//! that can be told is that a name looks like one ([`ZnodeView::looks_sequential`]).
//!
//! In ZooKeeper: `StatPrinter`, `AclPrinter`.

use std::fmt::Write;

use serde::Serialize;

use super::frame::Zx;
use crate::base::{Moment, SessionId};
use crate::model::{Acl, Zxid};
use crate::tree::{DataTree, NodeOwner, Znode};
use crate::world::World;

/// Bytes of data that are shown in full; more of them are counted.
const DATA: usize = 16 * 1024;
/// Bytes of a line of hex.
const HEX_LINE: usize = 8;
/// Digits that the server appends to the name of a sequential node.
const SUFFIX: usize = 10;

/// A znode in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ZnodeView {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its name ends as those of sequential nodes do.
    pub looks_sequential: bool,
    /// Its statistics, in the order of `zkCli`.
    pub stat: Vec<StatLine>,
    /// Its access control list as `scheme:id:perms`; `None` when the server has lost it.
    pub acl: Option<Vec<String>>,
    /// Its data; null and empty differ.
    pub data: Option<DataView>,
}

/// What kind of node it is, as far as a tree knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum NodeKind {
    /// It stays until it is deleted.
    Persistent,
    /// It goes with a session.
    Ephemeral {
        /// The session, in hex.
        session: String,
        /// The client whose session it is, if it is one of the run.
        client: Option<String>,
    },
    /// The reaper takes it when it had children and has none.
    Container,
    /// The reaper takes it when it has no children and was not changed for so many milliseconds.
    Ttl(i64),
}

/// One statistic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatLine {
    /// Its name in `zkCli`: `cZxid`.
    pub name: &'static str,
    /// Its value, as `zkCli` prints it but for dates.
    pub value: String,
    /// The same in our words: `e1·7`, or a client's name.
    pub also: Option<String>,
}

/// Bytes for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataView {
    /// The text, or the bytes in hex.
    pub text: String,
    /// It is hex: the bytes are no text.
    pub hex: bool,
    /// Bytes in all.
    pub length: u64,
    /// Bytes that are not shown.
    pub rest: u64,
}

impl ZnodeView {
    pub(super) fn of(world: &World, tree: &DataTree, path: &str, node: &Znode) -> Self {
        let list = tree.acl_of(node);
        Self {
            path: path.to_owned(),
            kind: kind(world, node),
            looks_sequential: looks_sequential(path),
            stat: stat(world, node),
            acl: list.map(|list| list.iter().map(Acl::to_string).collect()),
            data: node.data.as_deref().map(DataView::full),
        }
    }
}

impl DataView {
    /// As much as a panel has room for.
    fn full(data: &[u8]) -> Self {
        let shown = &data[..data.len().min(DATA)];
        Self::of(data, shown, hex_dump)
    }

    /// The first `most` bytes, on one line.
    pub(super) fn short(data: &[u8], most: usize) -> Self {
        let shown = &data[..data.len().min(most)];
        Self::of(data, shown, hex_line)
    }

    /// `"paid"`, or hex; with dots when there is more.
    pub fn quoted(&self) -> String {
        let rest = if self.rest > 0 { "…" } else { "" };
        if self.hex {
            format!("{}{rest}", self.text)
        } else {
            format!("\"{}{rest}\"", self.text)
        }
    }

    fn of(data: &[u8], shown: &[u8], hex: fn(&[u8]) -> String) -> Self {
        let (text, bytes, is_hex) = match text_of(shown) {
            Some(text) => (text.to_owned(), text.len(), false),
            None => (hex(shown), shown.len(), true),
        };
        Self {
            text,
            hex: is_hex,
            length: data.len() as u64,
            rest: (data.len() - bytes) as u64,
        }
    }
}

/// What kind of node it is.
pub(super) fn kind(world: &World, node: &Znode) -> NodeKind {
    match node.stat.owner() {
        NodeOwner::Nobody => NodeKind::Persistent,
        NodeOwner::Container => NodeKind::Container,
        NodeOwner::Ttl(ms) => NodeKind::Ttl(ms),
        NodeOwner::Session(session) => NodeKind::Ephemeral {
            session: session.to_string(),
            client: client_of(world, session),
        },
    }
}

/// The client that has, or had, that session.
pub(super) fn client_of(world: &World, session: SessionId) -> Option<String> {
    let mut clients = world.clients().iter();
    let had = |client: &&crate::world::Client| {
        client.session == session || client.history.iter().any(|i| i.session == session)
    };
    clients.find(had).map(|client| client.name.clone())
}

/// True when a name ends in ten digits. A tree does not keep how a name came about.
fn looks_sequential(path: &str) -> bool {
    let digits = path.bytes().rev().take_while(u8::is_ascii_digit).count();
    digits == SUFFIX
}

/// The statistics that a client is told, in the order of `zkCli`.
pub(super) fn stat(world: &World, node: &Znode) -> Vec<StatLine> {
    let stat = node.client_stat();
    let line = |name, value: String, also| StatLine { name, value, also };
    let zxid = |name, zxid: Zxid| {
        let also = (zxid.0 > 0).then(|| Zx::from(zxid).to_string());
        line(name, format!("{zxid:#x}"), also)
    };
    let plain = |name, number: i32| line(name, number.to_string(), None);
    let owner = SessionId(stat.ephemeral_owner);
    vec![
        zxid("cZxid", stat.czxid),
        line("ctime", utc(stat.ctime), None),
        zxid("mZxid", stat.mzxid),
        line("mtime", utc(stat.mtime), None),
        zxid("pZxid", stat.pzxid),
        plain("cversion", stat.cversion),
        plain("dataVersion", stat.version),
        plain("aclVersion", stat.aversion),
        line(
            "ephemeralOwner",
            owner.to_string(),
            Some(owner)
                .filter(|owner| owner.0 != 0)
                .and_then(|owner| client_of(world, owner)),
        ),
        plain("dataLength", stat.data_length),
        plain("numChildren", stat.num_children),
    ]
}

/// Text that can be shown: UTF-8 without control characters. A character that is cut off at the end
/// of `bytes` is left out.
fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    (!text.contains(odd)).then_some(text)
}

/// `00 ff 12`.
fn hex_line(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

/// Offset, bytes, and the bytes that are letters.
fn hex_dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, line) in bytes.chunks(HEX_LINE).enumerate() {
        let letters: String = line
            .iter()
            .map(|byte| match byte {
                b' '..=b'~' => char::from(*byte),
                _ => '.',
            })
            .collect();
        let width = HEX_LINE * 3 - 1;
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:04x}  {:width$}  {letters}",
            at * HEX_LINE,
            hex_line(line)
        );
    }
    text
}

/// Milliseconds since 1970 as a date of the Gregorian calendar: `2026-01-01 00:00:01.238 UTC`.
pub(super) fn utc(ms: i64) -> String {
    let moment = Moment::of_ms(ms);
    let (year, month, day) = (moment.year, moment.month, moment.day);
    let ([hour, minute, second], ms) = (moment.time, moment.ms);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_everything_else_is_hex() {
        let short = |data: &[u8]| {
            let view = DataView::short(data, 8);
            (view.text, view.hex, view.length, view.rest)
        };
        assert_eq!(short(b"paid"), ("paid".to_owned(), false, 4, 0));
        assert_eq!(short(b""), (String::new(), false, 0, 0));
        assert_eq!(short(b"\xff\x00"), ("ff 00".to_owned(), true, 2, 0));
        assert_eq!(short(b"a\x07"), ("61 07".to_owned(), true, 2, 0));
        assert_eq!(short(b"0123456789"), ("01234567".to_owned(), false, 10, 2));
        // The third character is cut off in its middle.
        let cut = short("数据树".as_bytes());
        assert_eq!(cut, ("数据".to_owned(), false, 9, 3));
        // A broken character with more behind it is no text.
        assert!(short(b"\xe6\x95a").1);
    }

    #[test]
    fn hex_in_full_has_offsets_and_letters() {
        let view = DataView::full(b"\x00\x01ZabLab\xff!");
        assert_eq!(
            view.text,
            "0000  00 01 5a 61 62 4c 61 62  ..ZabLab\n0008  ff 21                    .!\n"
        );
        let long = DataView::full(&vec![0xff; DATA + 3]);
        assert_eq!((long.length, long.rest), (DATA as u64 + 3, 3));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01 00:00:00.000 UTC"),
            (-1, "1969-12-31 23:59:59.999 UTC"),
            (1_767_225_601_238, "2026-01-01 00:00:01.238 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00.000 UTC"),
            (4_107_542_399_999, "2100-02-28 23:59:59.999 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000 UTC"),
        ];
        for (ms, date) in cases {
            assert_eq!(utc(ms), date);
        }
    }

    #[test]
    fn ten_digits_at_the_end_look_sequential() {
        assert!(looks_sequential("/queue/item0000000012"));
        assert!(!looks_sequential("/queue/item000000012"));
        assert!(!looks_sequential("/queue/item00000000012"));
        assert!(!looks_sequential("/queue"));
    }
}
