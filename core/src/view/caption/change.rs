//! What changed at the acting server, in a few words: `following → looking`.

use super::z;
use crate::protocol::zab::state::{Phase, Role, Status};
use crate::view::lang::Text;
use crate::world::{Actor, Outcome, Step};

/// The most telling difference between before and after; empty when nothing worth a word changed.
pub fn change(step: &Step) -> Text {
    let Actor::Server(me) = step.actor else {
        return client_change(step);
    };
    let died = step
        .outcomes
        .iter()
        .any(|o| matches!(o, Outcome::Died { server, .. } if *server == me));
    match (step.before, step.after) {
        (Some(before), _) if died => arrow(&role(before.role), &down()),
        (None, Some(after)) => arrow(&down(), &role(after.role)),
        (Some(before), Some(after)) => between(&before, &after),
        _ => Text::default(),
    }
}

fn between(before: &Status, after: &Status) -> Text {
    let numbers = |en: &str, zh: &str, a: crate::model::Zxid, b: crate::model::Zxid| {
        Text::new(
            format!("{en} {} → {}", z(a), z(b)),
            format!("{zh} {} → {}", z(a), z(b)),
        )
    };
    if before.role != after.role {
        arrow(&role(before.role), &role(after.role))
    } else if before.phase != after.phase {
        arrow(&phase(before.phase), &phase(after.phase))
    } else if before.current != after.current {
        Text::same(format!(
            "currentEpoch {} → {}",
            before.current, after.current
        ))
    } else if before.accepted != after.accepted {
        Text::same(format!(
            "acceptedEpoch {} → {}",
            before.accepted, after.accepted
        ))
    } else if before.applied != after.applied {
        numbers("applied", "已应用", before.applied, after.applied)
    } else if before.committed != after.committed {
        numbers("committed", "已提交", before.committed, after.committed)
    } else if before.logged != after.logged {
        numbers("logged", "已写日志", before.logged, after.logged)
    } else {
        Text::default()
    }
}

fn client_change(step: &Step) -> Text {
    let of = |outcome: &Outcome| match outcome {
        Outcome::Told { .. } => Some(Text::new("waiting → told", "等待 → 已答复")),
        Outcome::Unknown { entries, .. } if !entries.is_empty() => {
            Some(Text::new("waiting → unknown", "等待 → 未知"))
        }
        Outcome::Recipe { standing, .. } => Some(Text::new(
            standing.state.word(),
            crate::view::caption::zh::recipe::state(standing.state),
        )),
        Outcome::Notified { .. } => Some(Text::new("watching → told", "监听 → 已通知")),
        _ => None,
    };
    let recipes = |o: &&Outcome| matches!(o, Outcome::Recipe { .. });
    let mut telling = step.outcomes.iter().filter(recipes).rev();
    let plain = || step.outcomes.iter().find_map(of);
    telling.find_map(of).or_else(plain).unwrap_or_default()
}

fn arrow(from: &Text, to: &Text) -> Text {
    Text::new(
        format!("{} → {}", from.en, to.en),
        format!("{} → {}", from.zh, to.zh),
    )
}

fn down() -> Text {
    Text::new("down", "宕机")
}

fn role(role: Role) -> Text {
    match role {
        Role::Looking => Text::new("looking", "选举中"),
        Role::Following => Text::new("following", "跟随"),
        Role::Leading => Text::new("leading", "领导"),
        Role::Observing => Text::new("observing", "观察"),
    }
}

fn phase(phase: Phase) -> Text {
    match phase {
        Phase::Election => Text::new("election", "选举"),
        Phase::Discovery => Text::new("discovery", "发现"),
        Phase::Synchronization => Text::new("synchronisation", "同步"),
        Phase::Broadcast => Text::new("broadcast", "广播"),
    }
}
