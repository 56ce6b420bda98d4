//! A step as one line of the list of events.

use super::transport::EventLine;
use crate::view::caption;
use crate::world::{Actor, Cause, Step, World};

/// The line; of several sentences the one that matters most.
pub(super) fn event(step: &Step, world: &World) -> EventLine {
    let said = caption::captions(step, world);
    let most = said.iter().map(caption::Caption::weight).max().unwrap_or(0);
    let main = said.iter().find(|c| c.weight() == most);
    EventLine {
        step: step.id.0,
        at_us: step.at.0,
        who: who(step, world),
        text: main.map(caption::Caption::text).unwrap_or_default(),
        more: u32::try_from(said.len().saturating_sub(1)).unwrap_or(u32::MAX),
        change: caption::change(step),
    }
}

/// Whose event it is; what the user makes a client do is the client's.
fn who(step: &Step, world: &World) -> String {
    match (step.actor, &step.cause) {
        (Actor::Server(id), _) => id.to_string(),
        (Actor::Client(id), _) => {
            let client = world.clients().get(usize::from(id.0));
            client.map(|c| c.name.clone()).unwrap_or_default()
        }
        (Actor::World, Cause::Command(command)) => command.client().unwrap_or_default().to_owned(),
        (Actor::World, _) => String::new(),
    }
}
