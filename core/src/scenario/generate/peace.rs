//! The end of a random scenario: everything is mended, and then it must work.

use std::sync::Arc;

use super::super::ast::{Action, Fact, ReplyOutcome};
use super::super::error::ScriptError;
use super::super::runner::CALM;
use super::{Class, Player};
use crate::base::Duration;
use crate::check::liveness::calm;
use crate::model::request::CreateMode;
use crate::model::{Acl, ErrorCode, Request};
use crate::world::client::RequestOutcome;
use crate::world::command::{Command, CrashKind, DiskFault};
use crate::world::{Client, DownReason};

/// A dead server is started again at most so often; under class B it may refuse for ever.
const STARTS_MAX: u32 = 20;

impl Player {
    /// Mends everything; under class A what must hold then is expected.
    pub(super) fn make_peace(&mut self) -> Result<(), ScriptError> {
        self.mend_everything()?;
        if self.class == Class::B {
            return self.play(Action::Run(Duration::from_s(20)));
        }
        self.play(Action::Beat(CALM.to_owned()))?;
        self.until(Fact::Quiet, 60)?;
        self.last_words()?;
        self.until(Fact::Quiet, 60)?;
        let servers = self.servers(|_| true);
        self.expect(Fact::Equal(servers))?;
        self.expect(Fact::Lost(None))?;
        let calm = calm(self.world().config());
        self.play(Action::Run(calm))
    }

    fn mend_everything(&mut self) -> Result<(), ScriptError> {
        self.perform(Command::Heal(None))?;
        self.mend_vault()?;
        for (a, b) in std::mem::take(&mut self.slowed) {
            let by = Duration::ZERO;
            self.perform(Command::Slow { a, b, by })?;
        }
        for server in std::mem::take(&mut self.sick_disks) {
            let fault = DiskFault::Ok;
            self.perform(Command::Disk { server, fault })?;
        }
        let paused = self.servers(|h| h.paused);
        for server in &paused {
            self.perform(Command::Resume(*server))?;
        }
        if !paused.is_empty() {
            // What waited for them may still end them: a snapshot that found the disk full.
            self.play(Action::Run(Duration::from_s(1)))?;
        }
        // A crash takes the traps of a server away.
        for server in std::mem::take(&mut self.trapped) {
            if self.world().host(server).is_up() {
                let kind = CrashKind::Process;
                self.perform(Command::Crash { server, kind })?;
            }
        }
        self.start_everybody()
    }

    /// Servers that end themselves once more are started once more.
    fn start_everybody(&mut self) -> Result<(), ScriptError> {
        for _ in 0..STARTS_MAX {
            let down = self.servers(|h| !h.is_up());
            if down.is_empty() {
                return Ok(());
            }
            for server in down {
                self.perform(Command::Restart(server))?;
            }
            self.play(Action::Run(Duration::from_s(1)))?;
        }
        let refuses = |h: &crate::world::Host| matches!(h.down, Some(DownReason::Halted(_)));
        let refusing = self.servers(refuses);
        match (self.class, refusing.first()) {
            (Class::A, Some(server)) => self.expect(Fact::Started(*server, true)),
            _ => Ok(()),
        }
    }

    /// A fresh client writes. A packet that still waited to be lost may leave it in doubt; then
    /// another one writes, but not more often than there were such packets.
    fn last_words(&mut self) -> Result<(), ScriptError> {
        for attempt in 0..=self.packet_traps {
            let client = format!("last{attempt}");
            self.write_as(&client)?;
            if self.was_told(&client) || attempt == self.packet_traps {
                return self.expect(Fact::Reply {
                    client,
                    outcome: Some(ReplyOutcome::Told(ErrorCode::Ok)),
                    path: None,
                    data: None,
                    czxid: None,
                });
            }
        }
        Ok(())
    }

    fn write_as(&mut self, client: &str) -> Result<(), ScriptError> {
        let server = self.any_server();
        self.perform(Command::Client {
            name: client.to_owned(),
            server,
            servers: Vec::new(),
            timeout: Duration::from_s(10),
        })?;
        let request = Request::create(
            format!("/{client}"),
            None,
            Acl::open(),
            CreateMode::Persistent,
        );
        self.perform(Command::Invoke {
            client: client.to_owned(),
            request: Arc::new(request),
        })?;
        let answered = Fact::Reply {
            client: client.to_owned(),
            outcome: None,
            path: None,
            data: None,
            czxid: None,
        };
        self.until(answered, 60)
    }

    fn was_told(&self, client: &str) -> bool {
        let last = self.world().client_named(client).and_then(Client::last);
        last.is_some_and(|asked| matches!(asked.outcome, RequestOutcome::Told { .. }))
    }
}
