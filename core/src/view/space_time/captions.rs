//! The words of a column, and what stands in it.

use super::super::caption::{self, Caption};
use super::super::frame::{EndView, Role};
use super::super::lang::Text;
use super::Mark;
use super::state::end;
use crate::model::ErrorCode;
use crate::protocol::zab::state::Status;
use crate::protocol::{Decision, Effect, ServerPacket};
use crate::world::{Actor, Cause, Command, Outcome, Payload, Step, World};

/// The sentence that matters most.
pub(super) fn sentence(step: &Step, world: &World) -> Text {
    let said = caption::captions(step, world);
    let most = said.iter().map(Caption::weight).max().unwrap_or(0);
    let main = said.iter().find(|c| c.weight() == most);
    main.map(Caption::text).unwrap_or_default()
}

/// A few words beside a turning point.
pub(super) fn label(step: &Step, world: &World, mark: Mark) -> Option<Text> {
    let said = || caption::captions(step, world);
    match mark {
        Mark::Fence => said().first().map(Caption::text).map(without_stop),
        Mark::Death => {
            let died = said().into_iter().find_map(|caption| match &caption {
                Caption::Died { .. } => Some(caption.short()),
                Caption::Halted { server, .. } => Some(Text::new(
                    format!("{server} exits"),
                    format!("{server} 退出"),
                )),
                _ => None,
            });
            died.map(without_stop)
        }
        _ => None,
    }
}

/// A label is no sentence.
fn without_stop(text: Text) -> Text {
    let bare = |text: &str| text.trim_end_matches(['.', '。']).to_owned();
    Text::new(bare(&text.en), bare(&text.zh))
}

/// Whose line a step is on: what the user makes a client do is the client's.
pub(super) fn who(step: &Step, actor: Actor, world: &World) -> Option<EndView> {
    if let Some(known) = end(actor) {
        return Some(known);
    }
    let Cause::Command(command) = &step.cause else {
        return None;
    };
    let client = world.client_named(command.client()?)?;
    Some(EndView::Client(client.id))
}

/// What stands at a step.
pub(super) fn mark(step: &Step, on_a_line: bool) -> Mark {
    let by_outcome = step.outcomes.iter().filter_map(|o| of_outcome(step, o));
    by_outcome
        .max_by_key(|mark| rank(*mark))
        .or_else(|| of_cause(&step.cause))
        .or_else(|| looks(step).then_some(Mark::Looking))
        .unwrap_or(if on_a_line { Mark::Dot } else { Mark::Fence })
}

/// Of several marks the one with the highest rank stands there.
const fn rank(mark: Mark) -> u8 {
    match mark {
        Mark::Death => 9,
        Mark::Unknown => 8,
        Mark::Leads => 7,
        Mark::Cut => 6,
        Mark::Trouble => 5,
        Mark::Quorum => 4,
        Mark::Denied => 3,
        Mark::Snapshot => 2,
        _ => 1,
    }
}

fn of_outcome(step: &Step, outcome: &Outcome) -> Option<Mark> {
    match outcome {
        Outcome::Died { .. } | Outcome::Effect(Effect::Halt(_)) => Some(Mark::Death),
        Outcome::Unknown { entries, .. } if !entries.is_empty() => Some(Mark::Unknown),
        Outcome::Expired { .. } => Some(Mark::Denied),
        Outcome::Told { .. } => Some(if is_error(step) {
            Mark::Denied
        } else {
            Mark::Told
        }),
        Outcome::Refused(_) => Some(Mark::Trouble),
        Outcome::BackedUp { .. } | Outcome::Copied { .. } => Some(Mark::Snapshot),
        Outcome::Vault(event) => (!event.is_progress()).then_some(Mark::Snapshot),
        Outcome::Stored { accepted, .. } => Some(if *accepted { Mark::Told } else { Mark::Denied }),
        Outcome::Effect(Effect::Decide(decision)) => match decision {
            Decision::Established { .. } => Some(Mark::Leads),
            Decision::QuorumOfAcks { .. } => Some(Mark::Quorum),
            Decision::Truncated { .. } => Some(Mark::Cut),
            Decision::SnapshotBegun { .. } | Decision::SnapshotDone { .. } => Some(Mark::Snapshot),
            _ => None,
        },
        _ => None,
    }
}

fn of_cause(cause: &Cause) -> Option<Mark> {
    match cause {
        Cause::Boot => Some(Mark::Start),
        Cause::DiskFailed => Some(Mark::Trouble),
        Cause::Command(command) => match &**command {
            Command::Restart(_) => Some(Mark::Start),
            Command::Pause(_) | Command::PauseClient { .. } => Some(Mark::Paused),
            Command::Resume(_) | Command::ResumeClient { .. } => Some(Mark::Resumed),
            Command::Disk { .. } | Command::Wipe(_) => Some(Mark::Trouble),
            Command::Cut(..)
            | Command::Partition(_)
            | Command::Heal(_)
            | Command::Slow { .. }
            | Command::Fencing(_) => Some(Mark::Fence),
            _ => None,
        },
        _ => None,
    }
}

fn is_error(step: &Step) -> bool {
    match &step.cause {
        Cause::Delivered(message) => match &message.payload {
            Payload::ToClient(ServerPacket::Reply { reply, .. }) => reply.error != ErrorCode::Ok,
            _ => false,
        },
        _ => false,
    }
}

/// It begins to look for a leader.
fn looks(step: &Step) -> bool {
    let role = |status: &Option<Status>| status.as_ref().map(|s| s.role);
    role(&step.after) == Some(Role::Looking) && role(&step.before) != Some(Role::Looking)
}
