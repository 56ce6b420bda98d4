//! What a user does to the world: at the head it goes on, in the past it starts a branch.

use std::sync::Arc;

use super::Lab;
use super::branch::Line;
use super::notices::refused;
use super::transport::NoticeKind;
use crate::base::{Duration, ServerId};
use crate::model::Request;
use crate::model::acl::Acl;
use crate::model::request::CreateMode;
use crate::view::{Text, caption};
use crate::world::{Client, ClientState, Command, Endpoint, Step, World};

/// Branches that are kept.
pub(super) const BRANCHES_MAX: usize = 32;

impl Lab {
    /// Carries commands out at the moment that is shown, and says why when that cannot be.
    pub(super) fn perform(&mut self, commands: Vec<Command>) {
        if let Err((kind, why)) = self.carry_out(commands, true) {
            self.say(kind, why);
        }
    }

    /// Carries commands out at the moment that is shown. In the past that starts a branch. What is no
    /// edit of its own is undone together with the edit before it.
    pub(super) fn carry_out(
        &mut self,
        commands: Vec<Command>,
        edit: bool,
    ) -> Result<(), (NoticeKind, Text)> {
        let at_head = self.is_at_head();
        if !at_head && self.branches.len() == BRANCHES_MAX {
            return Err((NoticeKind::Limit, too_many_branches()));
        }
        let mut line = if at_head {
            self.line().clone()
        } else {
            self.line().fork(self.at, self.free_branch_name())
        };
        let mut done = Text::default();
        for command in commands {
            match line.perform(command) {
                Ok(step) if done.is_empty() => done = title(&step, &line),
                Ok(_) => {}
                Err(refusal) => return Err((NoticeKind::Refused, refused(&refusal))),
            }
        }
        if edit {
            let before = self.scene(done.clone());
            self.past.edit(before);
        }
        self.edition += 1;
        let shown = line.timeline.len();
        if at_head {
            self.branches[self.branch] = Arc::new(line);
        } else {
            line.title = done;
            self.begin_branch(line);
        }
        self.go_on(shown);
        Ok(())
    }

    /// Is the moment shown the last one of its branch?
    pub(super) fn is_at_head(&self) -> bool {
        self.at == self.line().timeline.len()
    }
    pub(super) fn say_too_many_branches(&mut self) {
        self.say(NoticeKind::Limit, too_many_branches());
    }

    /// A line that was made aside becomes a branch, shown behind so many of its steps; `told` says so, with
    /// the name of the branch it left.
    pub(super) fn adopt(
        &mut self,
        mut line: Line,
        shown: u64,
        told: impl FnOnce(&Line, &str) -> Text,
    ) {
        line.name = self.free_branch_name();
        let before = self.scene(line.title.clone());
        self.past.edit(before);
        self.edition += 1;
        let text = told(&line, &self.line().name);
        self.branches.push(Arc::new(line));
        self.branch = self.branches.len() - 1;
        self.jump(shown);
        self.say(NoticeKind::Branched, text);
    }

    fn begin_branch(&mut self, line: Line) {
        let (name, old) = (line.name.clone(), self.line().name.clone());
        let from = line.from;
        self.branches.push(Arc::new(line));
        self.branch = self.branches.len() - 1;
        self.say(
            NoticeKind::Branched,
            Text::new(
                format!("New branch {name} from step {from}. {old} is kept."),
                format!("从第 {from} 步新建分支 {name}，{old} 已保留。"),
            ),
        );
    }

    /// A client connected to `server` creates a node; a client is made when there is none.
    pub(super) fn write(&mut self, server: ServerId) {
        let at = self.at;
        let world = &self.line_mut().timeline.seek(at).world;
        let commands = writing(world, server);
        self.perform(commands);
    }

    /// Cuts a server off from every other end.
    pub(super) fn isolate(&mut self, server: ServerId) {
        let at = self.at;
        let world = &self.line_mut().timeline.seek(at).world;
        let command = isolation(world, server);
        self.perform(vec![command]);
    }
}

/// A server on one side, everybody else on the other.
pub(super) fn isolation(world: &World, server: ServerId) -> Command {
    let me = Endpoint::Server(server);
    let servers = world.hosts().iter().map(|h| Endpoint::Server(h.id));
    let clients = world
        .clients()
        .iter()
        .map(|c| Endpoint::Client(c.name.clone()));
    let others: Vec<Endpoint> = servers.chain(clients).filter(|end| *end != me).collect();
    Command::Partition(vec![others, vec![me]])
}

/// What makes a client of `server` create a node; a client is made when there is none.
pub(super) fn writing(world: &World, server: ServerId) -> Vec<Command> {
    let ready = |c: &&Client| {
        c.server == Some(server)
            && c.state == ClientState::Connected
            && !c.paused
            && c.takes_requests()
    };
    let mut commands = Vec::new();
    let name = match world.clients().iter().find(ready) {
        Some(client) => client.name.clone(),
        None => {
            commands.push(new_client(world, server, Duration::from_s(10)));
            free_name(world)
        }
    };
    commands.push(Command::Invoke {
        client: name,
        request: Arc::new(Request::create(
            "/w".to_owned(),
            None,
            Acl::open(),
            CreateMode::PersistentSequential,
        )),
    });
    commands
}

/// A client that connects to `server` first.
pub(super) fn new_client(world: &World, server: ServerId, timeout: Duration) -> Command {
    Command::Client {
        name: free_name(world),
        server,
        servers: Vec::new(),
        timeout,
    }
}

fn too_many_branches() -> Text {
    Text::new(
        format!("At most {BRANCHES_MAX} branches are kept."),
        format!("最多保留 {BRANCHES_MAX} 个分支。"),
    )
}

fn title(step: &Step, line: &Line) -> Text {
    let said = caption::captions(step, line.timeline.world());
    said.first()
        .map(caption::Caption::short)
        .unwrap_or_default()
}

/// A client name that no client and no verb has: a, b, c, then w1, w2.
pub(super) fn free_name(world: &World) -> String {
    let letters = ('a'..='z').map(String::from);
    let numbers = (1..).map(|n| format!("w{n}"));
    letters
        .chain(numbers)
        .find(|name| world.client_named(name).is_none())
        .expect("there are more names than clients")
}
