//! What a claim asks of clients: how their requests ended, what they heard, how their recipes stand, and
//! what the store outside has of them.

use std::sync::Arc;

use super::Scene;
use crate::model::{ErrorCode, EventKind, ReplyBody, Zxid};
use crate::scenario::ast::ReplyOutcome;
use crate::scenario::print;
use crate::view::text::recipe_standing;
use crate::world::client::{Invocation, Notice, RequestOutcome};
use crate::world::{Standing, StoreWrite};

impl Scene<'_> {
    pub(super) fn standing(&self, client: &str) -> Option<&Standing> {
        let found = self.world.client_named(client)?;
        found.recipe().map(|running| &running.standing)
    }

    /// Writes that the store has taken and refused.
    pub(super) fn stored(&self, by: Option<&str>) -> (u64, u64) {
        let of = |write: &&StoreWrite| {
            let client = self.world.clients().get(usize::from(write.client.0));
            by.is_none_or(|name| client.is_some_and(|c| c.name == name))
        };
        let writes = self.world.store().writes().filter(of);
        writes.fold((0, 0), |(taken, refused), write| match write.accepted {
            true => (taken + 1, refused),
            false => (taken, refused + 1),
        })
    }

    pub(super) fn heard(&self, client: &str, kind: EventKind, path: &str) -> u64 {
        let heard = self.world.client_named(client).map(|c| {
            let same = |n: &&Arc<Notice>| n.event.kind == kind && &*n.event.path == path;
            c.events.iter().filter(same).count() as u64
        });
        heard.unwrap_or(0)
    }

    /// The last events of a client.
    pub(super) fn events_text(&self, client: &str) -> String {
        let Some(found) = self.world.client_named(client) else {
            return format!("there is no {client}");
        };
        let first = found.events.len().saturating_sub(4);
        let last = (first..found.events.len()).filter_map(|i| found.events.get(i));
        let words: Vec<String> = last
            .map(|n| format!("{} {}", n.event.kind.name(), n.event.path))
            .collect();
        match words.is_empty() {
            true => format!("{client} has heard of nothing"),
            false => format!("{client} last heard {}", words.join(", ")),
        }
    }

    /// Where the recipe of a client stands.
    pub(super) fn recipe_text(&self, client: &str) -> String {
        let Some(found) = self.world.client_named(client) else {
            return format!("there is no {client}");
        };
        match found.recipe() {
            Some(running) => recipe_standing(client, running),
            None => format!("{client} has no recipe"),
        }
    }
}

pub(super) fn ended(asked: &Invocation, wanted: Option<ReplyOutcome>) -> bool {
    match (&asked.outcome, wanted) {
        (RequestOutcome::Pending, Some(ReplyOutcome::Pending))
        | (RequestOutcome::Unknown { .. }, Some(ReplyOutcome::Unknown))
        | (
            RequestOutcome::Told { .. }
            | RequestOutcome::Unknown { .. }
            | RequestOutcome::Expired { .. },
            None,
        )
        | (RequestOutcome::Expired { .. }, Some(ReplyOutcome::Told(ErrorCode::SessionExpired))) => {
            true
        }
        (RequestOutcome::Told { reply, .. }, Some(ReplyOutcome::Told(code))) => {
            reply.outcome() == code
        }
        _ => false,
    }
}

fn reply_body(asked: &Invocation) -> Option<&ReplyBody> {
    match &asked.outcome {
        RequestOutcome::Told { reply, .. } => Some(&reply.body),
        _ => None,
    }
}

pub(super) fn reply_path(asked: &Invocation) -> Option<&str> {
    match reply_body(asked)? {
        ReplyBody::Created { path, .. } => Some(path),
        _ => None,
    }
}

pub(super) fn reply_data(asked: &Invocation) -> Option<&[u8]> {
    match reply_body(asked)? {
        ReplyBody::Data { data, .. } => data.as_deref(),
        _ => None,
    }
}

pub(super) fn reply_czxid(asked: &Invocation) -> Option<Zxid> {
    match reply_body(asked)? {
        ReplyBody::Stat(stat)
        | ReplyBody::Created { stat, .. }
        | ReplyBody::Data { stat, .. }
        | ReplyBody::Children { stat, .. } => Some(stat.czxid),
        _ => None,
    }
}

pub(super) fn reply_text(asked: &Invocation) -> String {
    match &asked.outcome {
        RequestOutcome::Pending => "pending".to_owned(),
        RequestOutcome::Unknown { .. } => "unknown".to_owned(),
        RequestOutcome::Expired { .. } => ErrorCode::SessionExpired.to_string(),
        RequestOutcome::Told { reply, .. } => {
            let mut text = reply.outcome().to_string();
            if let Some(path) = reply_path(asked) {
                text.push_str(&format!(" path={path}"));
            }
            if let Some(data) = reply_data(asked) {
                text.push_str(&format!(" data={}", print::bytes(data)));
            }
            if let Some(czxid) = reply_czxid(asked) {
                text.push_str(&format!(" czxid={czxid}"));
            }
            text
        }
    }
}
