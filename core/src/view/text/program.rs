//! Recipes and the store that they write to, in a few words.

use super::packet;
use crate::model::Zxid;
use crate::world::{Recipe, Running, Standing};

/// `a lock /lock: holding, token 1.5`.
pub fn recipe_standing(client: &str, running: &Running) -> String {
    standing(client, running.recipe, &running.path, &running.standing)
}

pub(super) fn standing(client: &str, recipe: Recipe, path: &str, now: &Standing) -> String {
    let mut said = vec![now.state.word().to_owned()];
    if let Some(token) = now.token {
        said.push(format!("token {token}"));
    }
    if let Some(counted) = counted(recipe)
        && now.count > 0
    {
        said.push(format!("{} {counted}", now.count));
    }
    if let Some(data) = &now.data {
        said.push(packet::content(Some(data)));
    }
    let word = recipe.word();
    format!("{client} {word} {path}: {}", said.join(", "))
}

/// What a recipe counts.
const fn counted(recipe: Recipe) -> Option<&'static str> {
    match recipe {
        Recipe::Produce { .. } => Some("put"),
        Recipe::Consume { .. } => Some("taken"),
        Recipe::Config => Some("seen"),
        Recipe::Barrier { .. } => Some("there"),
        Recipe::Group => Some("members"),
        Recipe::Lock { .. } | Recipe::Election => None,
    }
}

pub(super) fn stored(client: &str, token: Zxid, highest: Option<Zxid>, accepted: bool) -> String {
    let old = highest.filter(|highest| token < *highest);
    match (accepted, old) {
        (true, None) => format!("the store takes a write of {client} with token {token}"),
        (true, Some(highest)) => {
            format!(
                "the store takes a write of {client} with the old token {token}, after {highest}"
            )
        }
        (false, _) => {
            let highest =
                highest.map_or_else(String::new, |highest| format!(", it has seen {highest}"));
            format!("the store refuses a write of {client} with token {token}{highest}")
        }
    }
}
