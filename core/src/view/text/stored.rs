//! What a disk holds, on one line each: a record of a log, a node of a snapshot.
//!
//! ```text
//!   2026-11-20T09:48:26.123Z session=0x100001d11ab0000 cxid=3 create2 /a "one" acl=world:anyone:cdrwa …
//! ```

use std::sync::Arc;

use crate::base::calendar::Moment;
use crate::model::{Acl, ErrorCode, Record, TxnBody};
use crate::tree::{NodeOwner, Znode};
use crate::view::znode::DataView;

/// Bytes of data that a line shows.
const SHOWN: usize = 48;

/// A record: when, who, what.
pub fn record(record: &Record) -> String {
    let header = &record.txn.header;
    let digest = record.txn.digest.map(|digest| format!(" digest={digest}"));
    format!(
        "{} session={:#x} cxid={} {}{}",
        moment(header.time_ms),
        header.session.0,
        header.cxid,
        body(&record.txn.body),
        digest.unwrap_or_default()
    )
}

/// A node of a tree: what it holds, and its numbers.
pub fn node(path: &str, node: &Znode) -> String {
    let stat = &node.stat;
    let owner = match stat.owner() {
        NodeOwner::Nobody => String::new(),
        NodeOwner::Session(session) => format!(" ephemeral={:#x}", session.0),
        NodeOwner::Container => " container".to_owned(),
        NodeOwner::Ttl(ms) => format!(" ttl={ms}ms"),
    };
    let path = if path.is_empty() { "/" } else { path };
    format!(
        "{path} {}{owner} version={} cversion={} aversion={} czxid={:#x} pzxid={:#x} acl={}",
        data(node.data.as_deref()),
        stat.version,
        stat.cversion,
        stat.aversion,
        stat.czxid.0,
        stat.pzxid.0,
        node.acl.0
    )
}

fn body(body: &TxnBody) -> String {
    let word = body.word();
    match body {
        TxnBody::Create {
            path,
            data: bytes,
            acl,
            ephemeral,
            parent_cversion,
            create2,
        } => {
            let word = if *create2 { "create2" } else { word };
            let ephemeral = if *ephemeral { " ephemeral" } else { "" };
            let made = made(path, bytes, acl, *parent_cversion);
            format!("{word} {made}{ephemeral}")
        }
        TxnBody::CreateTtl {
            path,
            data: bytes,
            acl,
            parent_cversion,
            ttl_ms,
        } => {
            let made = made(path, bytes, acl, *parent_cversion);
            format!("{word} {made} ttl={ttl_ms}ms")
        }
        TxnBody::CreateContainer {
            path,
            data: bytes,
            acl,
            parent_cversion,
        } => format!("{word} {}", made(path, bytes, acl, *parent_cversion)),
        TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => format!("{word} {path}"),
        TxnBody::SetData {
            path,
            data: bytes,
            version,
        }
        | TxnBody::Reconfig {
            path,
            data: bytes,
            version,
        } => format!("{word} {path} {} version={version}", data(bytes.as_deref())),
        TxnBody::SetAcl { path, acl, version } => {
            format!("{word} {path} acl={} aversion={version}", list(acl))
        }
        TxnBody::CreateSession { timeout_ms } => format!("{word} timeout={timeout_ms}ms"),
        TxnBody::CloseSession { paths } => {
            let paths = paths.as_deref().map(|paths| paths.join(" "));
            format!(
                "{word} {}",
                paths.as_deref().unwrap_or("(paths not listed)")
            )
        }
        TxnBody::Check { path, version } => format!("{word} {path} version={version}"),
        TxnBody::Multi(parts) => {
            let parts: Vec<String> = parts.iter().map(self::body).collect();
            format!("{word} [{}]", parts.join("; "))
        }
        TxnBody::Unread { code, bytes } => {
            let len = bytes.as_ref().map_or(0, |bytes| bytes.len());
            format!("{word} type={code} {len} B")
        }
        TxnBody::Error { code } => {
            let name = ErrorCode::from_code(*code);
            let name = name.map_or_else(|| code.to_string(), |code| code.to_string());
            format!("{word} {name}")
        }
    }
}

fn made(path: &str, bytes: &Option<Arc<[u8]>>, acl: &[Acl], parent_cversion: i32) -> String {
    format!(
        "{path} {} acl={} parentCVersion={parent_cversion}",
        data(bytes.as_deref()),
        list(acl)
    )
}

fn data(bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(
        || "null".to_owned(),
        |bytes| DataView::short(bytes, SHOWN).quoted(),
    )
}

fn list(acl: &[Acl]) -> String {
    let entries: Vec<String> = acl.iter().map(Acl::to_string).collect();
    entries.join(",")
}

fn moment(ms: i64) -> String {
    let at = Moment::of_ms(ms);
    let [hour, minute, second] = at.time;
    format!(
        "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        at.year, at.month, at.day, at.ms
    )
}
