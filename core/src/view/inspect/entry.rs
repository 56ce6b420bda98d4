//! A transaction: on one server, and on all.

use super::source::{Paper, Source};
use super::{Inspection, Look, Txn, words};
use crate::base::ServerId;
use crate::model::Zxid;
use crate::protocol::zab::peer::Part;
use crate::storage::codec;
use crate::view::frame::{Cell, CellState, ServerRow, Zx};
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::view::text::packet;

/// Frame and end byte of a record in a log.
const FRAME: usize = 13;

/// The transaction in the log of one server.
pub(super) fn on_server(server: ServerId, zx: Zx, look: &Look<'_>) -> Option<Inspection> {
    let row = look.frame.servers.iter().find(|row| row.id == server)?;
    let txn = look.txn?;
    let cell = cell(look, row, zx);
    let about = cell.map_or_else(|| Text::new("settled long ago", "早已确定"), said);
    let title = Text::new(format!("{zx} on {server}"), format!("{server} 上的 {zx}"));
    let mut it = Inspection::new(title, about.clone());
    it.row("here", "在此", about);
    if let Some(cell) = cell {
        it.row(
            "survives a power loss",
            "断电后仍在",
            words::yes_no(cell.durable),
        );
        it.row(
            "this server told a client",
            "已由本服务器答复客户端",
            words::yes_no(cell.told),
        );
    }
    general(&mut it, zx, txn);
    holders(&mut it, look, zx);
    if let Some(cell) = cell {
        reason(&mut it, cell.state);
    }
    it.near(
        Text::new(format!("{zx} everywhere"), format!("各处的 {zx}")),
        Target::Transaction(zx),
    );
    it.near(Text::same(server.to_string()), Target::Server(server));
    Some(it)
}

/// The transaction on all servers.
pub(super) fn everywhere(zx: Zx, look: &Look<'_>) -> Option<Inspection> {
    let txn = look.txn?;
    let about = match (txn.committed, txn.told) {
        (_, Some(_)) => Text::new("committed, and a client was told", "已提交，并已答复客户端"),
        (Some(_), None) => Text::new("committed; no client was told", "已提交，未答复任何客户端"),
        (None, _) => Text::new("not committed", "未提交"),
    };
    let mut it = Inspection::new(Text::same(zx.to_string()), about);
    general(&mut it, zx, txn);
    for row in &look.frame.servers {
        if let Some(cell) = cell(look, row, zx) {
            let name = row.id.to_string();
            it.row(&name, &name, said(cell));
        }
    }
    holders(&mut it, look, zx);
    it.because(
        Text::new(
            "It is committed when the disks of a quorum hold it. Any later leader is elected by a quorum too, and two quorums always share a server.",
            "多数派的磁盘都持有它时，它就提交了。任何后来的领导者也由多数派选出，而两个多数派总有一台共同的服务器。",
        ),
        Source::of_phase("Leader.tryToCommit", Paper::Broadcast),
    );
    for row in &look.frame.servers {
        let server = row.id;
        it.near(
            Text::new(format!("on {server}"), format!("在 {server} 上")),
            Target::Entry(server, zx),
        );
    }
    Some(it)
}

/// What the bench shows of it, when it has a column.
fn cell(look: &Look<'_>, row: &ServerRow, zx: Zx) -> Option<Cell> {
    let at = look.frame.columns.shown.iter().position(|z| *z == zx)?;
    row.cells.get(at).copied()
}

fn said(cell: Cell) -> Text {
    words::cell(cell.state, cell.durable)
}

fn general(it: &mut Inspection, zx: Zx, txn: Txn<'_>) {
    it.zxid("zxid", "zxid", zx);
    it.row("what", "内容", Text::same(packet::txn(txn.record)));
    let header = &txn.record.txn.header;
    it.row(
        "session, request",
        "会话，请求号",
        Text::same(format!("{}, {}", header.session, header.cxid)),
    );
    let bytes = codec::encode_txn(&txn.record.txn).len() + FRAME;
    it.row("in a log", "在日志中", Text::same(format!("{bytes} B")));
    let at =
        |step: Option<u64>| step.map_or_else(words::none, |s| Text::same(format!("#{}", s + 1)));
    it.row("first seen in", "首次出现于", at(Some(txn.seen)));
    it.row("committed in", "提交于", at(txn.committed));
    it.row("a client was told in", "答复客户端于", at(txn.told));
}

/// Whose disks hold it, and whose acknowledgements a leader has.
fn holders(it: &mut Inspection, look: &Look<'_>, zx: Zx) {
    let voters = look.frame.servers.iter().filter(|row| !row.observer);
    let held: Vec<String> = voters
        .clone()
        .filter(|row| cell(look, row, zx).is_some_and(|c| c.durable))
        .map(|row| row.id.to_string())
        .collect();
    if look.frame.columns.shown.contains(&zx) {
        let (count, majority) = (held.len(), look.frame.ensemble.majority);
        let names = words::list(held.into_iter());
        it.row(
            "disks that hold it",
            "持有它的磁盘",
            Text::new(
                format!("{} ({count}, a quorum is {majority})", names.en),
                format!("{}（{count} 块，法定人数 {majority}）", names.zh),
            ),
        );
    }
    for host in look.world.hosts() {
        let Some(Part::Leading(leading)) = host.process.as_ref().map(|p| p.part()) else {
            continue;
        };
        if let Some(proposal) = leading.outstanding.get(&zxid(zx)) {
            let acks = words::list(proposal.acks.iter().map(ToString::to_string));
            let name = host.id;
            it.row(
                &format!("ACKs that {name} has"),
                &format!("{name} 已收到的 ACK"),
                acks,
            );
        }
    }
}

pub(crate) fn zxid(zx: Zx) -> Zxid {
    Zxid::new(crate::model::Epoch(zx.epoch), zx.counter)
}

fn reason(it: &mut Inspection, state: CellState) {
    let (en, zh, code) = match state {
        CellState::Missing => (
            "It has not reached this server, or was lost before it was on the disk.",
            "它没有到达这台服务器，或在落盘之前丢失。",
            "Follower.processPacket",
        ),
        CellState::Truncated => (
            "The new leader does not have it: it was never committed, so it is cut away.",
            "新领导者没有它：它从未提交，因此被截断。",
            "ZKDatabase.truncateLog",
        ),
        CellState::Proposed => (
            "It is in memory or in bytes that are not forced yet. No ACK may say more.",
            "它还在内存中，或在尚未刷盘的字节里。此时不得发送 ACK。",
            "SyncRequestProcessor.run",
        ),
        CellState::Durable => (
            "The disk holds it, so the ACK may go. Whether it happens is for a quorum to say.",
            "磁盘已持有它，可以发送 ACK。它是否生效由多数派决定。",
            "SyncRequestProcessor.flush",
        ),
        CellState::Committed => (
            "A quorum holds it. This server knows, and has not applied it to its tree, or does not run.",
            "多数派已持有它。这台服务器尚未把它应用到树上，或没有运行。",
            "CommitProcessor.run",
        ),
        CellState::Applied => (
            "A quorum holds it and the tree of this server shows it.",
            "多数派已持有它，这台服务器的树上已经可见。",
            "FinalRequestProcessor.processRequest",
        ),
    };
    it.because(Text::new(en, zh), Source::of_phase(code, Paper::Broadcast));
}
