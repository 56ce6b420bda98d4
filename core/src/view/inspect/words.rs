//! Words that several kinds of targets share.

use crate::protocol::Timer;
use crate::protocol::zab::state::{Phase, Role};
use crate::view::frame::CellState;
use crate::view::lang::Text;

pub(super) fn role(role: Role) -> Text {
    let (en, zh) = match role {
        Role::Leading => ("leader", "领导者"),
        Role::Following => ("follower", "跟随者"),
        Role::Observing => ("observer", "观察者"),
        Role::Looking => ("looking for a leader", "选举中"),
    };
    Text::new(en, zh)
}

pub(super) fn phase(phase: Phase) -> Text {
    let (en, zh) = match phase {
        Phase::Election => ("election", "选举"),
        Phase::Discovery => ("discovery", "发现"),
        Phase::Synchronization => ("synchronization", "同步"),
        Phase::Broadcast => ("broadcast", "广播"),
    };
    Text::new(en, zh)
}

pub(super) fn timer(timer: Timer) -> Text {
    let (en, zh) = match timer {
        Timer::Notify => ("says its vote again in", "再次通告选票还剩"),
        Timer::Finalize => ("decides the election in", "敲定选举还剩"),
        Timer::Reconnect => ("tries the leader again in", "重连领导者还剩"),
        Timer::ReadTimeout => ("gives the leader up in", "放弃领导者还剩"),
        Timer::HalfTick => ("next half tick in", "下一个半 tick 还剩"),
        Timer::InitLimit => ("initLimit ends in", "initLimit 还剩"),
        Timer::SnapshotWalk => ("next piece of its snapshot in", "快照下一段还剩"),
        Timer::Reaper => ("looks for unused containers in", "检查空容器还剩"),
        Timer::SessionBucket => ("next sessions expire in", "下一批会话过期还剩"),
    };
    Text::new(en, zh)
}

pub(super) fn cell(state: CellState, durable: bool) -> Text {
    let (en, zh) = match (state, durable) {
        (CellState::Missing, _) => ("not here", "没有"),
        (CellState::Truncated, _) => ("cut away", "已截断"),
        (CellState::Proposed, _) => ("received, not on disk", "已收到，未落盘"),
        (CellState::Durable, _) => ("on disk", "已落盘"),
        (CellState::Committed, true) => ("committed, on disk", "已提交，已落盘"),
        (CellState::Committed, false) => ("committed, not on disk", "已提交，未落盘"),
        (CellState::Applied, true) => ("applied, on disk", "已应用，已落盘"),
        (CellState::Applied, false) => ("applied, not on disk", "已应用，未落盘"),
    };
    Text::new(en, zh)
}

pub(super) fn yes_no(yes: bool) -> Text {
    let (en, zh) = if yes { ("yes", "是") } else { ("no", "否") };
    Text::new(en, zh)
}

pub(super) fn none() -> Text {
    Text::new("none", "无")
}

/// `1.256 s`.
pub(super) fn seconds(us: u64) -> String {
    let ms = us / 1_000;
    format!("{}.{:03} s", ms / 1_000, ms % 1_000)
}

/// `S1, S2`, or none.
pub(super) fn list(names: impl Iterator<Item = String>) -> Text {
    let all: Vec<String> = names.collect();
    if all.is_empty() {
        return none();
    }
    Text::new(all.join(", "), all.join("、"))
}
