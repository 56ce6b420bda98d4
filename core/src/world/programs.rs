//! Clients that run programs: what a program hears of its client, and what its wishes become.
//!
//! A program lives in its client's process. While that is paused it hears nothing, and when the process
//! goes on the program may act on what it last knew before the client has read its socket.

use std::sync::Arc;

use super::agenda::{Event, Slot};
use super::client::Client;
use super::command::Refusal;
use super::recipe::{Heard, Program, Recipe, RecipeState, Standing, Tag, Wish};
use super::step::{Actor, Cause, Outcome, Step};
use super::world::World;
use crate::base::{ClientId, Instant};
use crate::model::{Reply, WatchEvent};

/// A recipe that a client runs, or has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// What it was told.
    pub recipe: Recipe,
    /// Where.
    pub path: Arc<str>,
    /// Where it stands, in its own belief.
    pub standing: Standing,
    /// When it came to stand there.
    pub since: Instant,
    program: Program,
    /// Requests in the client's history that are its own and open.
    asked: Vec<(u32, Tag)>,
    pub(super) wake: Option<Slot>,
}

impl Running {
    /// True while more can come of it.
    pub const fn is_running(&self) -> bool {
        !self.standing.state.is_over()
    }

    /// The node just before its own in the line that it stands in, as far as it knows.
    pub fn behind(&self) -> Option<&str> {
        self.program.behind()
    }

    /// The question that an entry of the history belongs to.
    fn tag_of(&mut self, entry: u32) -> Option<Tag> {
        let at = self.asked.iter().position(|(e, _)| *e == entry)?;
        Some(self.asked.swap_remove(at).1)
    }
}

impl World {
    /// A client begins a recipe.
    pub(super) fn begin_recipe(
        &mut self,
        id: ClientId,
        recipe: Recipe,
        path: &str,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let client = self.awake_client(id)?;
        if !client.takes_requests() {
            return Err(Refusal::ClientClosed(client.name.clone()));
        }
        if client.running.as_ref().is_some_and(|r| r.is_running()) {
            return Err(Refusal::RunsRecipe(client.name.clone()));
        }
        client.runs += 1;
        let program = Program::new(recipe, path, &client.name, client.runs);
        client.running = Some(Box::new(Running {
            recipe,
            path: path.into(),
            standing: program.standing(),
            since: now,
            program,
            asked: Vec::new(),
            wake: None,
        }));
        self.hear(id, Heard::Begin, outcomes);
        Ok(())
    }

    /// A client is told to end its recipe.
    pub(super) fn stop_recipe(
        &mut self,
        id: ClientId,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        let client = self.awake_client(id)?;
        if !client.running.as_ref().is_some_and(|r| r.is_running()) {
            return Err(Refusal::RunsNoRecipe(client.name.clone()));
        }
        self.hear(id, Heard::Stop, outcomes);
        Ok(())
    }

    /// The pause that a program asked for is over.
    pub(super) fn program_wake(&mut self, id: ClientId) -> Step {
        let mut outcomes = Vec::new();
        if let Some(running) = &mut self.client_mut(id).running {
            running.wake = None;
        }
        self.hear(id, Heard::Woken, &mut outcomes);
        self.finish_step(Actor::Client(id), Cause::ProgramWake, outcomes, None)
    }

    /// An entry of the history was answered.
    pub(super) fn hear_reply(
        &mut self,
        id: ClientId,
        entry: u32,
        reply: &Reply,
        outcomes: &mut Vec<Outcome>,
    ) {
        if let Some(tag) = self.tag_of(id, entry) {
            self.hear(id, Heard::Told { tag, reply }, outcomes);
        }
    }

    /// These entries of the history will not be answered.
    pub(super) fn hear_unknown(
        &mut self,
        id: ClientId,
        entries: &[u32],
        outcomes: &mut Vec<Outcome>,
    ) {
        for entry in entries {
            if let Some(tag) = self.tag_of(id, *entry) {
                self.hear(id, Heard::Unknown { tag }, outcomes);
            }
        }
    }

    pub(super) fn hear_event(
        &mut self,
        id: ClientId,
        event: &WatchEvent,
        outcomes: &mut Vec<Outcome>,
    ) {
        self.hear(id, Heard::Event(event), outcomes);
    }

    fn tag_of(&mut self, id: ClientId, entry: u32) -> Option<Tag> {
        self.client_mut(id).running.as_mut()?.tag_of(entry)
    }

    /// Tells the client's program something, and carries out what it wishes.
    pub(super) fn hear(&mut self, id: ClientId, heard: Heard<'_>, outcomes: &mut Vec<Outcome>) {
        let now = self.now;
        let Some(running) = &mut self.client_mut(id).running else {
            return;
        };
        let wishes = running.program.hear(heard);
        let standing = running.program.standing();
        if running.standing != standing {
            if running.standing.state != standing.state {
                running.since = now;
            }
            running.standing = standing.clone();
            outcomes.push(Outcome::Recipe {
                client: id,
                recipe: running.recipe,
                path: Arc::clone(&running.path),
                standing,
            });
        }
        for wish in wishes {
            self.grant(id, wish, outcomes);
        }
        self.let_sleep(id);
    }

    /// Nobody wakes a program that is at its end.
    fn let_sleep(&mut self, id: ClientId) {
        let running = self.client_mut(id).running.as_mut();
        let over = running.filter(|running| !running.is_running());
        if let Some(slot) = over.and_then(|running| running.wake.take()) {
            self.agenda.cancel(slot);
        }
    }

    fn grant(&mut self, id: ClientId, wish: Wish, outcomes: &mut Vec<Outcome>) {
        match wish {
            Wish::Ask { tag, request } => {
                let client = self.client_mut(id);
                let entry = client.history.len() as u32;
                if let Some(running) = &mut client.running {
                    running.asked.push((entry, tag));
                }
                // A client that is closing takes no more; its program will hear that the session is over.
                if self.invoke(id, Arc::new(request), outcomes).is_err() {
                    self.tag_of(id, entry);
                }
            }
            Wish::Wake(after) => {
                let slot = self.agenda.plan(self.now + after, Event::ProgramWake(id));
                let running = self.client_mut(id).running.as_mut();
                let before = running.and_then(|running| running.wake.replace(slot));
                if let Some(before) = before {
                    self.agenda.cancel(before);
                }
            }
            Wish::Store { token } => {
                let highest = self.store.highest();
                let accepted = self.store.write(id, token, self.now);
                outcomes.push(Outcome::Stored {
                    client: id,
                    token,
                    highest,
                    accepted,
                });
                self.hear(id, Heard::Stored { accepted }, outcomes);
            }
        }
    }

    /// A client whose process runs.
    pub(super) fn awake_client(&mut self, id: ClientId) -> Result<&mut Client, Refusal> {
        let client = self.client_mut(id);
        match client.paused {
            true => Err(Refusal::ClientPaused(client.name.clone())),
            false => Ok(client),
        }
    }
}

impl Client {
    /// The recipe that it runs, or that it ran last.
    pub fn recipe(&self) -> Option<&Running> {
        self.running.as_deref()
    }

    /// Where its recipe stands, if it has one.
    pub fn recipe_state(&self) -> Option<RecipeState> {
        self.recipe().map(|running| running.standing.state)
    }
}
