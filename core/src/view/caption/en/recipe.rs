//! What clients do together, in English.

use super::z;
use crate::model::Zxid;
use crate::view::caption::quoted;
use crate::world::{Recipe, RecipeState, Standing};

/// A client begins a recipe.
pub(super) fn begun(client: &str, recipe: Recipe, path: &str) -> String {
    match recipe {
        Recipe::Lock { .. } => format!("Client {client} wants the lock {path}."),
        Recipe::Produce { items: 1 } => format!("Client {client} puts an item into {path}."),
        Recipe::Produce { items } => format!("Client {client} puts {items} items into {path}."),
        Recipe::Consume { .. } => format!("Client {client} takes items from {path}."),
        Recipe::Config => format!("Client {client} follows the value of {path}."),
        Recipe::Election => format!("Client {client} stands for election at {path}."),
        Recipe::Barrier { size, .. } => {
            format!("Client {client} comes to the barrier {path}; {size} go in together.")
        }
        Recipe::Group => format!("Client {client} joins the group {path}."),
    }
}

/// A client's recipe came to stand elsewhere.
pub(super) fn sentence(client: &str, recipe: Recipe, path: &str, now: &Standing) -> String {
    match now.state {
        RecipeState::Done => return format!("Client {client} is done with {path}."),
        RecipeState::Failed => {
            return format!("Client {client} gives up {path}: a request was refused.");
        }
        _ => {}
    }
    match recipe {
        Recipe::Lock { .. } => lock(client, path, now),
        Recipe::Produce { .. } => produce(client, path, now),
        Recipe::Consume { .. } => consume(client, path, now),
        Recipe::Config => config(client, path, now),
        Recipe::Election => election(client, path, now),
        Recipe::Barrier { .. } => barrier(client, path, now),
        Recipe::Group => group(client, path, now),
    }
}

fn lock(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, now.token) {
        (RecipeState::Holding, Some(token)) => {
            format!(
                "Client {client} holds the lock {path}. Its token is {}.",
                z(token)
            )
        }
        (RecipeState::Leaving, _) => format!("Client {client} gives the lock {path} back."),
        (RecipeState::Lost, _) => {
            format!("Client {client} learns that it has lost its claim to the lock {path}.")
        }
        (RecipeState::Doubting, _) => {
            format!("Client {client} cannot know whether it still holds the lock {path}.")
        }
        _ => format!("Client {client} waits for the lock {path}."),
    }
}

fn election(client: &str, path: &str, now: &Standing) -> String {
    match now.state {
        RecipeState::Leading => format!("Client {client} leads: it is the first in {path}."),
        RecipeState::Doubting => {
            format!("Client {client} steps down: it cannot know whether it still leads {path}.")
        }
        RecipeState::Following => format!("Client {client} follows: another one leads {path}."),
        RecipeState::Leaving => format!("Client {client} leaves the election at {path}."),
        RecipeState::Lost => format!("Client {client} learns that it is out of {path}."),
        _ => format!("Client {client} looks for its place in {path}."),
    }
}

fn produce(client: &str, path: &str, now: &Standing) -> String {
    match now.state {
        RecipeState::Lost => format!("Client {client} cannot go on: its session is over."),
        _ => format!("Client {client} has put {} into {path}.", items(now.count)),
    }
}

fn consume(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, &now.data) {
        (RecipeState::Waiting, _) => format!("Client {client} waits: {path} is empty."),
        (RecipeState::Lost, _) => format!("Client {client} cannot go on: its session is over."),
        (RecipeState::Taking, Some(item)) => format!(
            "Client {client} has taken {} from {path}; that makes {}.",
            quoted(item),
            items(now.count)
        ),
        _ => format!("Client {client} looks for items in {path}."),
    }
}

fn config(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, &now.data) {
        (RecipeState::Watching, Some(value)) => {
            format!(
                "Client {client} knows the value of {path}: {}.",
                quoted(value)
            )
        }
        (RecipeState::Watching, None) => format!("Client {client} finds {path} without a value."),
        (RecipeState::Waiting, _) => format!("Client {client} waits: there is no {path}."),
        (RecipeState::Lost, _) => format!("Client {client} hears of no change any more."),
        _ => format!("Client {client} reads {path}."),
    }
}

fn barrier(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, now.count) {
        (RecipeState::Inside, _) => {
            format!("The barrier {path} is open: client {client} is inside.")
        }
        (RecipeState::Leaving, 0) => format!("Client {client} leaves {path} with the others."),
        (RecipeState::Leaving, n) => {
            format!("Client {client} leaves {path}; {} still there.", clients(n))
        }
        (RecipeState::Lost, _) => format!("Client {client} drops out of {path}."),
        (_, 0) => format!("Client {client} is at the barrier {path}."),
        (_, n) => format!(
            "Client {client} waits at the barrier {path}; {} there.",
            clients(n)
        ),
    }
}

fn clients(n: u32) -> String {
    match n {
        1 => "1 client is".to_owned(),
        n => format!("{n} clients are"),
    }
}

fn group(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, now.count) {
        (RecipeState::Leaving, _) => format!("Client {client} leaves the group {path}."),
        (RecipeState::Lost, _) => format!("Client {client} is no longer a member of {path}."),
        (_, 1) => format!("Client {client} is the only member of {path}."),
        (_, n) => format!("Client {client} knows {n} members of {path}."),
    }
}

fn items(n: u32) -> String {
    match n {
        1 => "1 item".to_owned(),
        n => format!("{n} items"),
    }
}

/// A client wrote to the store outside; `newer` is a higher token that the store has seen.
pub(super) fn stored(client: &str, token: Zxid, newer: Option<Zxid>, accepted: bool) -> String {
    let token = z(token);
    match (accepted, newer) {
        (true, None) => format!("The store takes a write of client {client}, token {token}."),
        (true, Some(newer)) => format!(
            "The store takes a write of client {client}, token {token}, after one with {}: two hold \
             the lock.",
            z(newer)
        ),
        (false, Some(newer)) => format!(
            "The store refuses client {client}: its token {token} is older than {}.",
            z(newer)
        ),
        (false, None) => format!("The store refuses a write of client {client}, token {token}."),
    }
}
