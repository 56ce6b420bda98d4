//! A breach of a property in one line of golden text.

use crate::check::Violation;
use crate::view::breach;
use crate::world::World;

/// `!! S9 LeaderCompleteness is broken: S2 leads epoch 2 without e1·7: committed, and lost.`
pub fn violation(v: &Violation, world: &World) -> String {
    let why = v.assumption.as_ref().map(breach::assumption);
    let why = why.map(|text| format!(" {}", text.en)).unwrap_or_default();
    format!(
        "!! {} {} is broken: {}{why}",
        v.property.name(),
        v.property.title(),
        breach::what(&v.what, world, breach::in_text).en
    )
}
