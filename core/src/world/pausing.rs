//! A process that is frozen and goes on, as by SIGSTOP and SIGCONT, or a long pause of its garbage
//! collector: servers and clients alike.
//!
//! ```text
//!   paused: messages, closed connections, timers ─► held
//!   resume: what is held happens now, in order; a client's program before its socket
//! ```
//! Nothing that reaches a paused process makes a step. For the others it is a process that does not
//! answer. A client's own thread goes on where it stopped, and the thread that reads the socket has still
//! to wake up: so the program of a client acts first, on what it knew before the pause.

use super::agenda::Event;
use super::command::Refusal;
use super::message::End;
use super::world::{World, receiver};
use crate::base::{ClientId, Queue, ServerId};

impl World {
    /// True when what reaches that process has to wait.
    pub(super) fn is_paused(&self, end: End) -> bool {
        match end {
            End::Server(id) => self.host(id).paused,
            End::Client(id) => self.client(id).paused,
        }
    }

    pub(super) fn pause(&mut self, id: ServerId) -> Result<(), Refusal> {
        self.needs_up(id)?;
        let host = self.host_mut(id);
        if host.paused {
            return Err(Refusal::PauseState(id));
        }
        host.paused = true;
        Ok(())
    }

    pub(super) fn resume(&mut self, id: ServerId) -> Result<(), Refusal> {
        self.needs_up(id)?;
        let host = self.host_mut(id);
        if !host.paused {
            return Err(Refusal::PauseState(id));
        }
        host.paused = false;
        let held = std::mem::take(&mut host.held);
        for event in self.with_due(held, End::Server(id)).drain_all() {
            let timer = match &event {
                Event::Timer(_, timer) => Some(*timer),
                _ => None,
            };
            let slot = self.agenda.plan(self.now, event);
            if let Some(timer) = timer {
                self.host_mut(id).timers[timer as usize] = Some(slot);
            }
        }
        Ok(())
    }

    pub(super) fn pause_client(&mut self, id: ClientId) -> Result<(), Refusal> {
        let client = self.client_mut(id);
        if client.paused {
            return Err(Refusal::ClientPauseState(client.name.clone()));
        }
        client.paused = true;
        Ok(())
    }

    pub(super) fn resume_client(&mut self, id: ClientId) -> Result<(), Refusal> {
        let client = self.client_mut(id);
        if !client.paused {
            return Err(Refusal::ClientPauseState(client.name.clone()));
        }
        client.paused = false;
        let held = std::mem::take(&mut client.held);
        let mut held = self.with_due(held, End::Client(id));
        let of_program = |event: &Event| matches!(event, Event::ProgramWake(_));
        let (first, then): (Vec<Event>, Vec<Event>) = held.drain_all().partition(of_program);
        for event in first.into_iter().chain(then) {
            let (of_program, of_client) = match &event {
                Event::ProgramWake(_) => (true, false),
                event => (false, matches!(event, Event::ClientWake(_))),
            };
            let slot = self.agenda.plan(self.now, event);
            let client = self.client_mut(id);
            if of_client {
                client.wake = Some(slot);
            } else if of_program && let Some(running) = &mut client.running {
                running.wake = Some(slot);
            }
        }
        Ok(())
    }

    /// What is due at this very instant came after what was held.
    fn with_due(&mut self, mut held: Queue<Event>, end: End) -> Queue<Event> {
        let due = self
            .agenda
            .take_due(self.now, |event| receiver(event) == Some(end));
        held.extend(due);
        held
    }
}
