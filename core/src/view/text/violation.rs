//! A breach of a property in one sentence.

use crate::check::Violation;

/// `S9 LeaderCompleteness is broken: …`.
pub fn violation(v: &Violation) -> String {
    format!(
        "!! {} {} is broken: {:?}",
        v.property.name(),
        v.property.title(),
        v.what
    )
}
