//! The console of one client, as somebody sees it: lines that were printed, and the command under way.
//!
//! ```text
//!   enter(line) ──► Shell ──► Task ──Ask──► the lab invokes it ──► the client's history, entry n
//!                               ▲                                          │ told, lost, expired
//!                               └────────── hear(client) ◄─────────────────┘
//! ```
//! What is printed is presentation: it is no part of the run. Answers are never invented: a command
//! waits for an invocation that stands in the client's history; where that is missing (the run was
//! taken back) the command stops and says so.
//!
//! # What holds
//!
//! - At most [`LINES_MAX`] lines are kept, and [`AHEAD_MAX`] lines wait for the one under way.
//!
//! In ZooKeeper: `ZooKeeperMain` with its watcher `MyWatcher`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::Instant;
use crate::console::{Next, Shell, Task, wording};
use crate::model::{ErrorCode, Reply, ReplyBody, Request};
use crate::view::Text;
use crate::world::client::RequestOutcome;
use crate::world::{Client, ClientState};

/// Lines that are kept; older ones are forgotten.
pub const LINES_MAX: usize = 500;
/// Lines that can be entered while another one is under way.
const AHEAD_MAX: usize = 16;

/// A line of a console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// Its number since the console began.
    pub number: u64,
    /// What kind of line.
    pub kind: LineKind,
    /// What stands there; the words of the real tool are the same in both languages.
    pub text: Text,
    /// The line to enter instead, where one is advised.
    pub instead: Option<String>,
}

/// Kind of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// What was entered, behind its prompt.
    Entered,
    /// What a command printed.
    Printed,
    /// Why a command was refused.
    Refused,
    /// An event that the client heard.
    Heard,
    /// What this console adds.
    Advice,
}

/// The console of a client.
#[derive(Clone, Debug)]
pub(super) struct Terminal {
    pub(super) shell: Shell,
    pub(super) lines: VecDeque<ConsoleLine>,
    printed: u64,
    task: Option<Task>,
    asked: Option<Asked>,
    ahead: VecDeque<String>,
    state: ClientState,
    events: usize,
    /// A proof of identity was refused: the real client is of no use then.
    proof_refused: bool,
}

/// The invocation that a command waits for.
#[derive(Clone, Debug)]
struct Asked {
    entry: usize,
    request: Arc<Request>,
    invoked: Instant,
}

impl Terminal {
    /// A console that begins at this moment of its client.
    pub(super) fn new(client: &Client) -> Self {
        Self {
            shell: Shell::new(),
            lines: VecDeque::new(),
            printed: 0,
            task: None,
            asked: None,
            ahead: VecDeque::new(),
            state: client.state,
            events: client.events.len(),
            proof_refused: false,
        }
    }

    /// The console of another client, with the lines of this one.
    pub(super) fn taken_over(&self, client: &Client) -> Self {
        Self {
            shell: self.shell.clone(),
            lines: self.lines.clone(),
            printed: self.printed,
            ..Self::new(client)
        }
    }

    /// Is a command under way?
    pub(super) const fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Has the client a session, or looks for one?
    pub(super) fn is_alive(&self, client: &Client) -> bool {
        client.takes_requests() && !self.proof_refused
    }

    /// `[zk: s1(CONNECTED) 3] `.
    pub(super) fn prompt(&self, client: &Client) -> String {
        let state = match client.state {
            _ if self.proof_refused => "AUTH_FAILED",
            ClientState::Connecting => "CONNECTING",
            ClientState::Connected => "CONNECTED",
            ClientState::Closed | ClientState::Expired => "CLOSED",
        };
        let server = client.server.unwrap_or(client.servers()[0]);
        self.shell.prompt(&format!("s{}", server.0), state)
    }

    // --- lines ---

    pub(super) fn push(&mut self, kind: LineKind, text: Text) {
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        let number = self.printed;
        self.printed += 1;
        self.lines.push_back(ConsoleLine {
            number,
            kind,
            text,
            instead: None,
        });
    }

    pub(super) fn print(&mut self, kind: LineKind, lines: Vec<String>) {
        for line in lines {
            self.push(kind, Text::same(line));
        }
    }

    /// Advises, and names the line to enter instead if there is one.
    pub(super) fn advise(&mut self, text: Text, instead: Option<String>) {
        self.push(LineKind::Advice, text);
        if let Some(line) = self.lines.back_mut() {
            line.instead = instead;
        }
    }

    /// The moment shown is another one. Said once for each time somebody goes about.
    pub(super) fn moved(&mut self, client: &Client, text: &Text) {
        self.state = client.state;
        self.events = client.events.len();
        self.proof_refused = false;
        let gone = |asked: &Asked| asked.of(client).is_none();
        if self.asked.as_ref().is_some_and(gone) {
            self.stop(Text::new(
                "Stopped: at the moment shown this was not asked yet. Nothing came of it.",
                "已停止：在当前所示时刻尚未提出该请求，没有结果。",
            ));
        }
        let said = |line: &ConsoleLine| line.kind == LineKind::Advice && line.text == *text;
        if !self.lines.is_empty() && !self.lines.back().is_some_and(said) {
            self.advise(text.clone(), None);
        }
    }

    // --- commands ---

    /// Keeps a line for later. False when too many wait already.
    pub(super) fn wait(&mut self, line: String) -> bool {
        let room = self.ahead.len() < AHEAD_MAX;
        if room {
            self.ahead.push_back(line);
        }
        room
    }

    /// The next line that waits, when no command is under way.
    pub(super) fn next_line(&mut self) -> Option<String> {
        match self.is_busy() {
            true => None,
            false => self.ahead.pop_front(),
        }
    }

    /// Begins a command. What it asks first is handed back.
    pub(super) fn begin(&mut self, task: Task) -> Option<Request> {
        self.task = Some(task);
        self.go_on(None)
    }

    /// The client was made to ask: the answer is awaited.
    pub(super) fn asked(&mut self, client: &Client, request: Arc<Request>) {
        self.asked = client.last().map(|last| Asked {
            entry: client.history.len() - 1,
            request,
            invoked: last.invoked,
        });
    }

    /// Ends the command under way, and what waits for it, with a line that says why.
    pub(super) fn stop(&mut self, why: Text) {
        self.task = None;
        self.asked = None;
        self.ahead.clear();
        self.push(LineKind::Refused, why);
    }

    /// Takes what the client has heard since. What is to be asked next is handed back. True when there
    /// is something else to show.
    pub(super) fn hear(&mut self, client: &Client) -> (Option<Request>, bool) {
        let before = (self.printed, self.state, self.is_busy());
        self.hear_events(client);
        let mut next = None;
        if let Some(answer) = self.asked.as_ref().map(|asked| asked.of(client)) {
            match answer {
                None => self.stop(Text::new(
                    "Stopped: this was taken back.",
                    "已停止：该请求已被撤销。",
                )),
                Some(None) => {}
                Some(Some(reply)) => {
                    let asked = self.asked.take();
                    let proof =
                        asked.is_some_and(|asked| matches!(*asked.request, Request::Auth { .. }));
                    next = self.go_on(Some(&reply));
                    if proof && reply.error == ErrorCode::AuthFailed {
                        self.refuse_proof();
                    }
                }
            }
        }
        self.hear_state(client);
        let after = (self.printed, self.state, self.is_busy());
        (next, before != after)
    }

    fn go_on(&mut self, reply: Option<&Reply>) -> Option<Request> {
        let refused = reply.is_some_and(|reply| reply.outcome() != ErrorCode::Ok);
        let kind = match refused {
            true => LineKind::Refused,
            false => LineKind::Printed,
        };
        let mut reply = reply;
        loop {
            match self.task.as_mut()?.next(reply.take()) {
                Next::Print(lines) => self.print(kind, lines),
                Next::Ask(request) => return Some(request),
                Next::Done => self.task = None,
            }
        }
    }

    fn hear_events(&mut self, client: &Client) {
        let known = self.events.min(client.events.len());
        self.events = client.events.len();
        if !self.shell.prints_watches() {
            return;
        }
        for heard in client.events.iter().skip(known) {
            let event = &heard.event;
            let zxid = event.zxid.map(|zxid| zxid.0);
            let lines =
                wording::watched("SyncConnected", event.kind.name(), Some(&event.path), zxid);
            self.print(LineKind::Heard, lines);
        }
    }

    /// The real tool hears of its connection as it hears of its watches.
    fn hear_state(&mut self, client: &Client) {
        if self.state == client.state {
            return;
        }
        self.state = client.state;
        let word = match client.state {
            ClientState::Connecting => "Disconnected",
            ClientState::Connected => "SyncConnected",
            ClientState::Closed => "Closed",
            ClientState::Expired => "Expired",
        };
        self.hear_connection(word);
    }

    fn hear_connection(&mut self, state: &str) {
        if self.shell.prints_watches() {
            let lines = wording::watched(state, "None", None, None);
            self.print(LineKind::Heard, lines);
        }
    }

    /// The real client gives up then.
    fn refuse_proof(&mut self) {
        self.proof_refused = true;
        self.hear_connection("AuthFailed");
    }
}

impl Asked {
    /// What became of it: nothing when it does not stand in the client's history, no reply while it is
    /// open.
    fn of(&self, client: &Client) -> Option<Option<Reply>> {
        let found = client.history.get(self.entry)?;
        if found.invoked != self.invoked || found.request != self.request {
            return None;
        }
        let failed = |error| Reply {
            zxid: client.last_zxid,
            error,
            body: ReplyBody::Empty,
        };
        Some(match &found.outcome {
            RequestOutcome::Pending => None,
            RequestOutcome::Told { reply, .. } => Some(Reply::clone(reply)),
            RequestOutcome::Unknown { .. } => Some(failed(ErrorCode::ConnectionLoss)),
            RequestOutcome::Expired { .. } => Some(failed(ErrorCode::SessionExpired)),
        })
    }
}
