//! A command under way: asks one request after the other and prints what it learns.
//!
//! ```text
//!   Task::new(command) ──▶ next(None) ──▶ Print(lines)   next(None) again
//!                                    ├──▶ Ask(request)   next(Some(reply))
//!                                    └──▶ Done
//! ```
//! A task is plain data: it can be cloned with the run that it belongs to. It knows nothing of
//! connections: a request whose reply never comes ends as a reply with the error `ConnectionLoss`.
//!
//! | command | requests |
//! | --- | --- |
//! | most of them | one, see [`super::request`] |
//! | `ls -R`, `setAcl -R` | a walk, see `walk` |
//! | `deleteall` | a listing of the subtree, then multis, see `walk` |
//! | `setquota`, `delquota`, `listquota` | a program, see `limits` |

use super::answer::answer;
use super::command::ConsoleCommand;
use super::limits::Limits;
use super::request::request;
use super::walk::{DeleteAll, Visit, Walk};
use crate::model::{Reply, Request};

/// What a task wants next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// Send this and come back with the reply.
    Ask(Request),
    /// Print these lines.
    Print(Vec<String>),
    /// Nothing more.
    Done,
}

/// A command under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    program: Program,
    started: bool,
    turn: Turn,
}

/// What a program says and asks when it has heard a reply; it is done when it asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Turn {
    /// To print first.
    pub print: Vec<String>,
    /// To ask then.
    pub ask: Option<Request>,
}

impl Turn {
    /// Asks.
    pub fn ask(request: Request) -> Self {
        Self {
            print: Vec::new(),
            ask: Some(request),
        }
    }

    /// Prints one line and is done.
    pub fn last(line: String) -> Self {
        Self {
            print: vec![line],
            ask: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Program {
    One(ConsoleCommand),
    Walk(Walk),
    DeleteAll(DeleteAll),
    Limits(Limits),
}

impl Task {
    /// A task for a command; `None` when no request belongs to it.
    pub fn new(command: ConsoleCommand) -> Option<Self> {
        let program = match command {
            ConsoleCommand::Ls {
                path,
                watch,
                recursive: true,
                ..
            } => Program::Walk(Walk::new(path, watch, Visit::Print)),
            ConsoleCommand::SetAcl {
                path,
                acl,
                version,
                recursive: true,
                ..
            } => Program::Walk(Walk::new(path, false, Visit::SetAcl { acl, version })),
            ConsoleCommand::DeleteAll { path, batch } => {
                Program::DeleteAll(DeleteAll::new(path, batch))
            }
            ConsoleCommand::ListQuota { .. }
            | ConsoleCommand::DelQuota { .. }
            | ConsoleCommand::SetQuota { .. } => Program::Limits(Limits::new(command)),
            command => {
                request(&command)?;
                Program::One(command)
            }
        };
        Some(Self {
            program,
            started: false,
            turn: Turn::default(),
        })
    }

    /// What comes next. A reply is taken when one was asked for, and ignored otherwise; without one
    /// the same question comes again.
    pub fn next(&mut self, reply: Option<&Reply>) -> Next {
        let answered = self.turn.print.is_empty() && self.turn.ask.is_some() && reply.is_some();
        if !self.started {
            self.started = true;
            self.turn = self.program.turn(None);
        } else if answered {
            self.turn = self.program.turn(reply);
        }
        if !self.turn.print.is_empty() {
            return Next::Print(std::mem::take(&mut self.turn.print));
        }
        match &self.turn.ask {
            Some(request) => Next::Ask(request.clone()),
            None => Next::Done,
        }
    }
}

impl Program {
    fn turn(&mut self, reply: Option<&Reply>) -> Turn {
        match self {
            Self::One(command) => match reply {
                Some(reply) => Turn {
                    print: answer(command, reply),
                    ask: None,
                },
                None => Turn {
                    print: Vec::new(),
                    ask: request(command),
                },
            },
            Self::Walk(walk) => walk.turn(reply),
            Self::DeleteAll(delete) => delete.turn(reply),
            Self::Limits(limits) => limits.turn(reply),
        }
    }
}
