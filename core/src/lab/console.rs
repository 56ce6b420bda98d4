//! Consoles: what is entered at the prompt of a client becomes part of the run.
//!
//! ```text
//!   Enter(client, line) ──► Terminal ──Ask──► Command::Invoke, now ──► a line of the script
//!   the run plays ──► hear(): answers and events ──► lines; the next Ask
//! ```
//! A line that asks something is one edit: undoing it takes back all that it asked. While the run
//! stands still nothing is answered, so it plays until the answer is there, and stands still again
//! then; any other wish (play, pause, a step) puts an end to that.
//!
//! What is *not* here: what zkCli.sh understands and prints (see [`crate::console`]). A client has one
//! session for good: `connect` makes another client, and its console goes on with the same lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::terminal::{ConsoleLine, LineKind, Terminal};
use super::wishes::free_name;
use super::{Action, Lab};
use crate::base::{ClientId, Duration, ServerId};
use crate::console::{Completion, Run, complete};
use crate::model::Request;
use crate::view::{Text, status, tree};
use crate::world::{Client, Command, World};

/// The timeout that a client of a console asks for, as zkCli.sh does.
pub(super) const TIMEOUT: Duration = Duration::from_s(30);

/// All consoles of the run, with the one that is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Consoles {
    all: BTreeMap<ClientId, Terminal>,
    chosen: Option<ClientId>,
    /// Where they have heard up to: branch and step.
    heard: (usize, u64),
    /// The run plays for an answer alone.
    plays: bool,
    /// Changes whenever one of them shows something else.
    version: u64,
}

/// What a console shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleView {
    /// Whose it is; none as long as there are no clients.
    pub client: Option<ClientId>,
    /// `[zk: s1(CONNECTED) 3] `.
    pub prompt: String,
    /// Oldest first.
    pub lines: Vec<ConsoleLine>,
    /// What was entered, oldest first.
    pub history: Vec<String>,
    /// A command is under way.
    pub busy: bool,
}

/// What came of completing a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completed {
    /// The line up to the cursor, as far as it is clear.
    pub before: String,
    /// What may stand there, when there are several.
    pub offered: Vec<String>,
}

impl Consoles {
    pub(super) fn choose(&mut self, client: ClientId) {
        self.chosen = Some(client);
        self.version += 1;
    }

    /// Some wish was uttered: who wants something else no longer plays for an answer.
    pub(super) const fn note(&mut self, action: &Action) {
        let of_consoles = matches!(
            action,
            Action::Enter(..)
                | Action::Connect(_)
                | Action::Console(_)
                | Action::Interrupt(_)
                | Action::Dismiss
                | Action::SetSpeed(_)
        );
        self.plays &= of_consoles;
    }

    fn of(&mut self, client: &Client) -> &mut Terminal {
        let fresh = || Terminal::new(client);
        self.all.entry(client.id).or_insert_with(fresh)
    }

    /// Everybody takes what they have heard up to a moment. What they ask next is handed back.
    fn hear(&mut self, world: &World, at: (usize, u64), name: &str) -> Vec<(ClientId, Request)> {
        let moved = at.0 != self.heard.0 || at.1 < self.heard.1;
        self.heard = at;
        let mut asks = Vec::new();
        for client in world.clients() {
            let terminal = self.of(client);
            if moved {
                terminal.moved(client, &place(name, at.1));
            }
            let (next, changed) = terminal.hear(client);
            asks.extend(next.map(|request| (client.id, request)));
            self.version += u64::from(changed || moved);
        }
        asks
    }
}

impl Lab {
    /// Changes whenever a console shows something else.
    pub fn console_version(&self) -> u64 {
        self.consoles.version
    }

    /// The console that was chosen, or that of the first client.
    pub fn console(&self) -> ConsoleView {
        let Some(client) = self.console_client() else {
            return ConsoleView::default();
        };
        let fresh;
        let terminal = match self.consoles.all.get(&client.id) {
            Some(terminal) => terminal,
            None => {
                fresh = Terminal::new(client);
                &fresh
            }
        };
        ConsoleView {
            client: Some(client.id),
            prompt: terminal.prompt(client),
            lines: terminal.lines.iter().cloned().collect(),
            history: terminal.shell.history().to_vec(),
            busy: terminal.is_busy(),
        }
    }

    /// What may stand behind `before`, with the names in the tree of the client's server.
    pub fn complete(&self, before: &str) -> Completed {
        let client = self.console_client();
        let server = client.and_then(|client| client.server);
        let children = |path: &str| match (self.now(), server) {
            (Some(world), Some(server)) => tree::children(world, server, path),
            _ => Vec::new(),
        };
        completed(before, complete(before, before.len(), &children))
    }

    fn console_client(&self) -> Option<&Client> {
        let clients = self.now()?.clients();
        let chosen = self.consoles.chosen;
        let chosen = chosen.and_then(|id| clients.get(usize::from(id.0)));
        chosen.or(clients.first())
    }

    fn now(&self) -> Option<&World> {
        let moment = self.line().timeline.here()?;
        Some(&moment.world)
    }

    fn client(&self, id: ClientId) -> Option<Client> {
        self.now()?.clients().get(usize::from(id.0)).cloned()
    }

    /// The console of a client that exists, changed by `change`.
    fn at_console<T>(
        &mut self,
        id: ClientId,
        change: impl FnOnce(&mut Terminal, &Client) -> T,
    ) -> Option<T> {
        let client = self.client(id)?;
        self.consoles.version += 1;
        Some(change(self.consoles.of(&client), &client))
    }

    // --- wishes ---

    /// A new client, whose console is shown.
    pub(super) fn connect(&mut self, server: ServerId) {
        self.perform_connect(server, Vec::new(), None);
    }

    pub(super) fn interrupt(&mut self, id: ClientId) {
        self.at_console(id, |terminal, _| {
            if terminal.is_busy() {
                terminal.stop(Text::new(
                    "Not waiting any more. What was asked may still happen.",
                    "已不再等待；已提出的请求仍可能被执行。",
                ));
            }
        });
    }

    /// Takes a line; while another one is under way it waits.
    pub(super) fn enter(&mut self, id: ClientId, line: String) {
        self.consoles.chosen = Some(id);
        let waits = self.at_console(id, |terminal, _| {
            let busy = terminal.is_busy();
            if busy && !terminal.wait(line.clone()) {
                terminal.push(
                    LineKind::Refused,
                    Text::new("Too many lines wait already.", "等待执行的行太多了。"),
                );
            }
            busy
        });
        if waits == Some(false) {
            self.take_line(id, &line);
        }
    }

    fn take_line(&mut self, id: ClientId, line: &str) {
        let entered = self.at_console(id, |terminal, client| {
            let prompt = terminal.prompt(client);
            terminal.push(LineKind::Entered, Text::same(format!("{prompt}{line}")));
            let alive = terminal.is_alive(client);
            let entered = terminal.shell.enter(line, alive);
            let mut print = entered.print;
            // The last line says why, those before it how commands are used.
            let why = print.pop_if(|_| entered.refused);
            terminal.print(LineKind::Printed, print);
            terminal.print(LineKind::Refused, why.into_iter().collect());
            if let Some(advice) = entered.advice {
                let instead = entered.nearest.map(|word| with_first_word(line, word));
                terminal.advise(advice, instead);
            }
            entered.run
        });
        match entered.flatten() {
            Some(Run::Task(task)) => {
                let ask = self.at_console(id, |terminal, _| terminal.begin(*task));
                if let Some(request) = ask.flatten() {
                    self.ask(id, request, true);
                }
            }
            Some(Run::Close) => self.close(id),
            Some(Run::Quit) => {
                self.close(id);
                self.advise(
                    id,
                    "The console stays: connect opens another session.",
                    "控制台仍然保留：输入 connect 可另开会话。",
                );
            }
            Some(Run::Connect { host }) => self.connect_again(id, host.as_deref()),
            Some(Run::FourLetter { word, server }) => self.four_letters(id, word, server),
            None => {}
        }
    }

    /// Has a client ask something now. The first request of a line is an edit.
    fn ask(&mut self, id: ClientId, request: Request, first: bool) {
        if !first && !self.is_at_head() {
            self.refuse(
                id,
                Text::new(
                    "Stopped: behind the moment shown the run has already gone another way.",
                    "已停止：当前所示时刻之后，运行已另有走向。",
                ),
            );
            return;
        }
        let request = Arc::new(request);
        let invoke = |client: Client| Command::Invoke {
            client: client.name,
            request: Arc::clone(&request),
        };
        let Some(command) = self.client(id).map(invoke) else {
            return;
        };
        match self.act(vec![command], first) {
            Ok(()) => {
                self.at_console(id, |terminal, client| terminal.asked(client, request));
            }
            Err(why) => self.refuse(id, why),
        }
    }

    /// Carries out what was entered, and plays.
    fn act(&mut self, commands: Vec<Command>, edit: bool) -> Result<(), Text> {
        self.carry_out(commands, edit).map_err(|(_, why)| why)?;
        // Own steps are no going about.
        self.consoles.heard = (self.branch, self.at);
        if !self.playing {
            self.consoles.plays = true;
            self.play();
        }
        Ok(())
    }

    fn close(&mut self, id: ClientId) {
        let Some(Client { name: client, .. }) = self.client(id) else {
            return;
        };
        if let Err(why) = self.act(vec![Command::Close { client }], true) {
            self.refuse(id, why);
        }
    }

    fn connect_again(&mut self, id: ClientId, host: Option<&str>) {
        let Some(client) = self.client(id) else {
            return;
        };
        let servers = match host {
            None => Some(client.servers().to_vec()),
            Some(host) => host.split(',').map(server_of).collect(),
        };
        let servers = servers.unwrap_or_default();
        match servers.first() {
            Some(first) => self.perform_connect(*first, servers.clone(), Some(&client)),
            None => self.refuse(
                id,
                Text::new(
                    "Expected the name of a server, such as s2:2181.",
                    "此处应为服务器名，例如 s2:2181。",
                ),
            ),
        }
    }

    /// A new client; the one that had the console before closes its session.
    fn perform_connect(&mut self, server: ServerId, servers: Vec<ServerId>, old: Option<&Client>) {
        let Some(name) = self.now().map(free_name) else {
            return;
        };
        let leaves = old.filter(|old| old.takes_requests() && !old.paused);
        let mut commands = vec![Command::Client {
            name: name.clone(),
            server,
            servers,
            timeout: TIMEOUT,
        }];
        commands.extend(leaves.map(|old| Command::Close {
            client: old.name.clone(),
        }));
        if let Err(why) = self.act(commands, true) {
            match old {
                Some(old) => self.refuse(old.id, why),
                None => self.say(super::NoticeKind::Refused, why),
            }
            return;
        }
        let new = self.now().and_then(|world| world.client_named(&name));
        let Some(new) = new.cloned() else { return };
        if let Some(terminal) = old.and_then(|old| self.consoles.all.get(&old.id)) {
            let terminal = terminal.taken_over(&new);
            self.consoles.all.insert(new.id, terminal);
        }
        self.consoles.of(&new);
        self.consoles.choose(new.id);
        self.advise(
            new.id,
            &format!("This is client {name} now."),
            &format!("现在是客户端 {name}。"),
        );
    }

    /// A server tells its state; nothing of the run changes.
    fn four_letters(&mut self, id: ClientId, word: &str, server: Option<ServerId>) {
        let (Some(client), Some(world)) = (self.client(id), self.now()) else {
            return;
        };
        let server = server.or(client.server).unwrap_or(client.next_server());
        let known = world.hosts().iter().any(|host| host.id == server);
        let lines = match known {
            true => status::answer(world, server, word),
            false => Vec::new(),
        };
        self.at_console(id, |terminal, _| match known {
            true => terminal.print(LineKind::Printed, lines),
            false => terminal.push(
                LineKind::Refused,
                Text::new(
                    format!("there is no server {}", server.0),
                    format!("没有服务器 {}", server.0),
                ),
            ),
        });
    }

    fn refuse(&mut self, id: ClientId, why: Text) {
        self.at_console(id, |terminal, _| terminal.stop(why));
    }

    fn advise(&mut self, id: ClientId, en: &str, zh: &str) {
        self.at_console(id, |terminal, _| terminal.advise(Text::new(en, zh), None));
    }

    // --- what comes back ---

    /// Every console takes what its client has heard up to the moment shown, and goes on with its
    /// command; when the last one is answered the run stands still again.
    pub(super) fn hear(&mut self) {
        while self.hear_once() {}
        if self.consoles.plays && !self.awaits() {
            self.consoles.plays = false;
            self.playing = false;
            self.touch();
            self.note_script();
        }
    }

    fn hear_once(&mut self) -> bool {
        let line = &self.branches[self.branch];
        let Some(moment) = line.timeline.here() else {
            return false;
        };
        let at = (self.branch, self.at);
        let asks = self.consoles.hear(&moment.world, at, &line.name);
        let all = self.consoles.all.iter_mut();
        let lines: Vec<_> = all
            .filter_map(|(id, terminal)| Some((*id, terminal.next_line()?)))
            .collect();
        let more = !asks.is_empty() || !lines.is_empty();
        for (id, request) in asks {
            self.ask(id, request, false);
        }
        for (id, line) in lines {
            self.take_line(id, &line);
        }
        more
    }

    /// Is there anything that the run plays for: an answer, or a session to begin or to end?
    fn awaits(&self) -> bool {
        let busy = self.consoles.all.values().any(Terminal::is_busy);
        let opens = self.console_client().is_some_and(|client| {
            client.is_active() && (client.session.0 == 0 || !client.takes_requests())
        });
        busy || opens
    }
}

/// What the console says when another moment is shown.
fn place(branch: &str, step: u64) -> Text {
    Text::new(
        format!("The run is shown at step {step} of {branch}."),
        format!("现在显示 {branch} 的第 {step} 步。"),
    )
}

/// `s2:2181`, `S2`, `2`.
fn server_of(host: &str) -> Option<ServerId> {
    let name = host.split(':').next()?.trim();
    let number = name.trim_start_matches(['s', 'S']);
    number.parse().ok().map(ServerId)
}

/// The line with another first word.
fn with_first_word(line: &str, word: &str) -> String {
    let line = line.trim_start();
    let rest = line.find(char::is_whitespace).unwrap_or(line.len());
    format!("{word}{}", &line[rest..])
}

/// One candidate is taken; of several what they have in common.
fn completed(before: &str, found: Completion) -> Completed {
    let kept = &before[..found.from];
    let Some(first) = found.candidates.first() else {
        return Completed {
            before: before.to_owned(),
            offered: Vec::new(),
        };
    };
    if found.candidates.len() == 1 {
        // A path may go on, a word does not.
        let end = if kept.ends_with('/') { "" } else { " " };
        return Completed {
            before: format!("{kept}{first}{end}"),
            offered: Vec::new(),
        };
    }
    let common = |a: &str, b: &str| {
        let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a.len_utf8()).sum::<usize>()
    };
    let others = found.candidates.iter();
    let len = others.map(|other| common(first, other)).min().unwrap_or(0);
    Completed {
        before: format!("{kept}{}", &first[..len]),
        offered: found.candidates,
    }
}
