//! The caption of a moment: where the ensemble is, what just happened.

use super::caption::{self, Caption};
use super::frame::CaptionView;
use super::lang::Text;
use crate::base::ServerId;
use crate::protocol::zab::Peer;
use crate::protocol::zab::state::{Phase, Role};
use crate::world::{Step, World};

/// The sentences of a step.
pub(super) fn caption(world: &World, step: Option<&Step>) -> CaptionView {
    let said: Vec<Caption> = step
        .map(|s| caption::captions(s, world))
        .unwrap_or_default();
    let mut servers: Vec<ServerId> = said.iter().filter_map(Caption::server).collect();
    servers.dedup();
    CaptionView {
        heading: heading(world),
        sentences: if said.is_empty() {
            vec![Text::new(
                "Every server is about to start on an empty disk.",
                "所有服务器即将从空磁盘启动。",
            )]
        } else {
            said.iter().map(Caption::text).collect()
        },
        servers,
    }
}

/// Where the ensemble is, by the most advanced of its leaders.
fn heading(world: &World) -> Text {
    let statuses = || {
        world
            .hosts()
            .iter()
            .filter_map(|h| Some((h.id, h.process.as_ref()?)))
    };
    let leader = statuses()
        .map(|(id, peer)| (peer.status(), id))
        .filter(|(s, _)| s.role == Role::Leading)
        .max_by_key(|(s, _)| (s.phase, s.accepted));
    match leader {
        Some((s, id)) if s.phase == Phase::Broadcast => Text::new(
            format!("Broadcast, epoch e{}, led by {id}", s.current),
            format!("广播阶段，纪元 e{}，领导者 {id}", s.current),
        ),
        Some((s, id)) if s.phase == Phase::Synchronization => Text::new(
            format!("Synchronisation, epoch e{}, {id} elected", s.accepted),
            format!("同步阶段，纪元 e{}，{id} 当选", s.accepted),
        ),
        Some((_, id)) => Text::new(
            format!("Discovery, {id} elected"),
            format!("发现阶段，{id} 当选"),
        ),
        None => leaderless(world),
    }
}

fn leaderless(world: &World) -> Text {
    let peers = || world.hosts().iter().filter_map(|h| h.process.as_ref());
    if peers().any(|peer| peer.status().leader.is_some()) {
        return Text::new("The leader is gone", "领导者已失联");
    }
    match peers().map(Peer::round).max() {
        None => Text::new("Nobody runs", "没有服务器在运行"),
        Some(0) => Text::new("Start", "启动"),
        Some(n) => Text::new(format!("Election, round {n}"), format!("选举，第 {n} 轮")),
    }
}
