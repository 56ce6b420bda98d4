//! The line under the lens: who holds one transaction, and what follows from it.

use super::frame::{Cell, CellState, ServerRow, Slot, Verdict};
use super::lang::Text;
use crate::base::ServerId;
use crate::model::{Epoch, Zxid};
use crate::protocol::zab::peer::Part;
use crate::world::World;

/// What is known of a transaction beyond the disks that hold it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    /// The ensemble has committed it.
    pub(super) committed: bool,
    /// This leader began this epoch without it.
    pub(super) overruled: Option<(Epoch, ServerId)>,
}

/// The verdict on `zxid`, which stands at `column` of the rows.
pub(super) fn verdict(
    world: &World,
    rows: &[ServerRow],
    column: usize,
    zxid: Zxid,
    fate: Fate,
) -> Verdict {
    let ensemble = &world.config().ensemble;
    let slots: Vec<Slot> = rows
        .iter()
        .filter(|row| !row.observer)
        .map(|row| Slot {
            server: row.id,
            state: row
                .cells
                .get(column)
                .map_or(CellState::Missing, |c| c.state),
            durable: row.cells.get(column).is_some_and(|c| c.durable),
            down: !row.power.has_memory(),
        })
        .collect();
    let holders = slots.iter().filter(|s| s.durable);
    let quorum = ensemble.is_quorum(holders.clone().map(|s| s.server));
    let disks = (holders.count(), slots.len());
    let told = rows
        .iter()
        .filter_map(|row| row.cells.get(column))
        .any(|c: &Cell| c.told);
    Verdict {
        zxid: zxid.into(),
        majority: u8::try_from(ensemble.majority_size()).unwrap_or(u8::MAX),
        fact: fact(disks, quorum, fate),
        reason: reason(world, zxid, fate, told, quorum),
        slots,
    }
}

fn fact((held, all): (usize, usize), quorum: bool, fate: Fate) -> Text {
    match (fate.committed, quorum) {
        (true, _) if fate.overruled.is_some() => Text::new(
            format!("committed and lost; on {held} of {all} disks"),
            format!("已提交却丢失；在 {all} 块磁盘中的 {held} 块上"),
        ),
        (false, _) if fate.overruled.is_some() => Text::new(
            format!("{held} of {all} disks: it will not happen"),
            format!("{all} 块磁盘中的 {held} 块上：不会生效"),
        ),
        (true, _) => Text::new(
            format!("committed; on {held} of {all} disks"),
            format!("已提交；在 {all} 块磁盘中的 {held} 块上"),
        ),
        (false, true) => Text::new(
            format!("{held} of {all} disks: a quorum holds it"),
            format!("{all} 块磁盘中的 {held} 块上：达到法定人数"),
        ),
        (false, false) => Text::new(
            format!("{held} of {all} disks: no quorum yet"),
            format!("{all} 块磁盘中的 {held} 块上：未达法定人数"),
        ),
    }
}

fn reason(world: &World, zxid: Zxid, fate: Fate, told: bool, quorum: bool) -> Text {
    if let Some((epoch, leader)) = fate.overruled {
        return Text::new(
            format!("{leader} began e{epoch} without it"),
            format!("{leader} 开始 e{epoch} 时没有它"),
        );
    }
    if fate.committed {
        return if told {
            Text::new(
                "a client was told: never lose it",
                "已答复客户端：绝不能丢失",
            )
        } else {
            Text::new("no client was told of it", "没有客户端得到答复")
        };
    }
    let needed = world.config().ensemble.majority_size();
    let leading = world
        .hosts()
        .iter()
        .find_map(|host| match host.process.as_ref()?.part() {
            Part::Leading(leading) => Some((host.id, leading.outstanding.get(&zxid)?.acks.len())),
            _ => None,
        });
    match (leading, quorum) {
        (Some((leader, acks)), _) => Text::new(
            format!("{leader} counted {acks} of {needed} ACKs, so nobody was told"),
            format!("{leader} 只计得 {acks} 个 ACK（需 {needed} 个），未通知任何一方"),
        ),
        (None, true) => Text::new(
            "no leader counts ACKs; the next will find it",
            "没有领导者在计 ACK；下一任会找到它",
        ),
        (None, false) => Text::new(
            "no leader counts ACKs; its fate is open",
            "没有领导者在计 ACK；去留未定",
        ),
    }
}
