//! The console of one client between its lines: the history, and whether watch events are printed.
//!
//! It does by itself what needs no server. What is left is handed out as a [`Run`]: the front end
//! carries it out, with the client whose console this is.
//!
//! Not as in the real tool: a line of blanks does nothing; an exception that nothing catches does not
//! end the console; the mode of an `addWatch` is not that of the one before, as long as `-m` is
//! missing; `help` and the four-letter words are commands.
//!
//! In ZooKeeper: `ZooKeeperMain.executeLine`, `processZKCmd`.

use super::command::{ConsoleCommand, Entry};
use super::error::{ConsoleError, Problem, help_advice};
use super::parse::parse;
use super::task::Task;
use super::verbs;
use crate::base::ServerId;
use crate::view::Text;

/// The release that the console is like.
pub const RELEASE: &str = "3.8.0";
/// How many lines before the last one `history` shows.
const HISTORY_SHOWN: usize = 10;
const NOT_CONNECTED: &str = "Not connected";

/// The state of a console.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shell {
    lines: Vec<String>,
    print_watches: bool,
}

/// What became of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// To print at once, in the words of the real tool.
    pub print: Vec<String>,
    /// What this console adds.
    pub advice: Option<Text>,
    /// The line was refused: what is printed says why.
    pub refused: bool,
    /// The first word is no command, this is the one that looks most like it.
    pub nearest: Option<&'static str>,
    /// To do then.
    pub run: Option<Run>,
}

/// What the front end does for a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Run {
    /// Requests of the client.
    Task(Box<Task>),
    /// The client closes its session.
    Close,
    /// The client closes its session, if it has one, and opens another.
    Connect {
        /// Where to; where it was when missing.
        host: Option<String>,
    },
    /// The client closes its session, and the console with it.
    Quit,
    /// A server is asked for its state.
    FourLetter {
        /// One of [`verbs::FOUR_LETTER_WORDS`].
        word: &'static str,
        /// Which server; that of the client when missing.
        server: Option<ServerId>,
    },
}

impl Default for Shell {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            print_watches: true,
        }
    }
}

impl Shell {
    /// A console without a history.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is shown before the line: `[zk: s1(CONNECTED) 3] `.
    pub fn prompt(&self, host: &str, state: &str) -> String {
        format!("[zk: {host}({state}) {}] ", self.lines.len())
    }

    /// The lines so far; a `redo` stands for the line that it did again.
    pub fn history(&self) -> &[String] {
        &self.lines
    }

    /// Whether watch events are printed.
    pub const fn prints_watches(&self) -> bool {
        self.print_watches
    }

    /// Takes a line. `alive` is false when the session is closed, expired, or was refused its proof;
    /// a client that only looks for a server is alive.
    pub fn enter(&mut self, line: &str, alive: bool) -> Entered {
        let parsed = parse(line);
        let skipped = match &parsed {
            Ok(entry) => entry.command == ConsoleCommand::Nothing,
            Err(error) => matches!(error.problem, Problem::TooLong { .. }),
        };
        if !skipped {
            self.lines.push(line.to_owned());
        }
        self.take(parsed, alive)
    }

    fn take(&mut self, parsed: Result<Entry, ConsoleError>, alive: bool) -> Entered {
        let Entry { notices, command } = match parsed {
            Ok(entry) => entry,
            Err(error) => return refused(&error, alive),
        };
        let run = |run| Entered {
            run: Some(run),
            ..Entered::default()
        };
        match command {
            ConsoleCommand::Nothing => Entered::default(),
            ConsoleCommand::Help => Entered {
                print: verbs::usage(),
                advice: Some(help_advice()),
                ..Entered::default()
            },
            ConsoleCommand::FourLetter { word, server } => run(Run::FourLetter { word, server }),
            ConsoleCommand::Quit => run(Run::Quit),
            ConsoleCommand::Connect { host } => run(Run::Connect { host }),
            ConsoleCommand::History => checked(self.last_lines(), alive),
            ConsoleCommand::PrintWatches { on } => checked(self.choose(on), alive),
            ConsoleCommand::Redo { index } => self.redo(index, alive),
            _ if !alive => checked(Vec::new(), alive),
            ConsoleCommand::Close => run(Run::Close),
            ConsoleCommand::Version => {
                checked(vec![format!("ZooKeeper CLI version: {RELEASE}")], alive)
            }
            command => Entered {
                print: notices,
                run: Task::new(command).map(|task| Run::Task(Box::new(task))),
                ..Entered::default()
            },
        }
    }

    fn last_lines(&self) -> Vec<String> {
        let lines = self.lines.iter().enumerate();
        let lines = lines.skip(self.lines.len().saturating_sub(HISTORY_SHOWN + 1));
        lines
            .map(|(index, line)| format!("{index} - {line}"))
            .collect()
    }

    fn choose(&mut self, on: Option<bool>) -> Vec<String> {
        match on {
            Some(on) => {
                self.print_watches = on;
                Vec::new()
            }
            None => {
                let word = if self.print_watches { "on" } else { "off" };
                vec![format!("printwatches is {word}")]
            }
        }
    }

    /// The line stands in the history already; it is replaced by the one that is done again.
    fn redo(&mut self, index: Option<i32>, alive: bool) -> Entered {
        let Some(index) = index else {
            return checked(Vec::new(), alive);
        };
        let own = self.lines.len() - 1;
        let index = usize::try_from(index).ok().filter(|index| *index < own);
        let Some(line) = index.map(|index| self.lines[index].clone()) else {
            return refused(&ConsoleError::said("Command index out of range"), true);
        };
        let parsed = parse(&line);
        if super::words::words(&line)
            .first()
            .is_some_and(|word| word == "redo")
        {
            return refused(&ConsoleError::said("No redoing redos"), true);
        }
        self.lines[own] = line;
        let mut entered = self.take(parsed, alive);
        if !alive {
            entered.print.push(NOT_CONNECTED.to_owned());
        }
        entered
    }
}

/// What was done without a server; that there is no session is said behind it.
fn checked(mut print: Vec<String>, alive: bool) -> Entered {
    if !alive {
        print.push(NOT_CONNECTED.to_owned());
    }
    Entered {
        print,
        refused: !alive,
        ..Entered::default()
    }
}

/// Without a session the tool looks no further than at the first word.
fn refused(error: &ConsoleError, alive: bool) -> Entered {
    let at_the_first_word = matches!(
        error.problem,
        Problem::TooLong { .. } | Problem::NotFound { .. } | Problem::NoServer(_)
    );
    if !alive && !at_the_first_word {
        return checked(Vec::new(), alive);
    }
    Entered {
        print: error.lines(),
        advice: error.advice(),
        refused: true,
        nearest: match error.problem {
            Problem::NotFound { nearest, .. } => nearest,
            _ => None,
        },
        run: None,
    }
}
