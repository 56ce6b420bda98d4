//! Actions and commands → script text. Reading it back gives the same actions.
//!
//! Every click in the sandbox is a line of script; these are the lines. Options that have their
//! default value are left out, except where a reader would miss them.

mod claim;
mod recipe;
mod request;
mod vault;

use std::fmt::Write;

pub use self::claim::claim;
use self::claim::servers;
pub use self::recipe::recipe;
pub use self::request::{request, watch_kind};
use super::ast::{Action, Program};
use super::parser::{RULES_VERSION, print_date};
use super::token::quote;
use crate::base::{Duration, ServerId};
use crate::model::{Acl, Quorum};
use crate::protocol::Switches;
use crate::world::command::{Command, DiskFault, Endpoint, PacketMatch};
use crate::world::config::{Config, Range};

/// A whole script, with its first line.
pub fn program(program: &Program) -> String {
    let mut out = format!("zablab {RULES_VERSION}\n");
    for action in program.actions() {
        out.push_str(&self::action(action));
        out.push('\n');
    }
    out
}

/// One action; a multi takes several lines.
pub fn action(action: &Action) -> String {
    match action {
        Action::Ensemble(config) => ensemble(config),
        Action::Perform(c) => command(c),
        Action::Run(d) => format!("run {d}"),
        Action::Step(n) => format!("step {n}"),
        Action::At { instant, after } => match after {
            None => format!("at {instant}s"),
            Some(n) => format!("at {instant}s+{n}"),
        },
        Action::Until { claim: c, within } => format!("until {} within={within}", claim(c)),
        Action::Expect(c) => format!("expect {}", claim(c)),
        Action::Beat(name) => format!("beat {name}"),
        Action::Note(text) => format!("note {}", quote(text)),
        Action::Load {
            dir,
            server,
            sha256,
        } => load(dir, *server, sha256.as_ref()),
    }
}

/// The line `ensemble`, with what differs from the defaults.
pub fn ensemble(config: &Config) -> String {
    let base = Config::default();
    let mut line = Options(format!("ensemble servers={}", config.ensemble.voters.len()));
    line.add_if(
        !config.ensemble.observers.is_empty(),
        "observers",
        config.ensemble.observers.len(),
    );
    line.add_if(config.standalone, "standalone", yes_no(config.standalone));
    line.add("seed", config.seed);
    line.add_if(
        config.profile != base.profile,
        "profile",
        config.profile.name(),
    );
    line.add_if(config.tick != base.tick, "tick", config.tick);
    line.add_if(
        config.init_limit != base.init_limit,
        "init-limit",
        config.init_limit,
    );
    line.add_if(
        config.sync_limit != base.sync_limit,
        "sync-limit",
        config.sync_limit,
    );
    line.add_if(
        config.snap_count != base.snap_count,
        "snap-count",
        config.snap_count,
    );
    line.add_if(
        config.commit_log != base.commit_log,
        "commit-log",
        config.commit_log,
    );
    line.add_if(
        config.latency != base.latency,
        "latency",
        range(config.latency),
    );
    line.add_if(config.fsync != base.fsync, "fsync", range(config.fsync));
    line.add_if(
        config.force_sync != base.force_sync,
        "force-sync",
        yes_no(config.force_sync),
    );
    line.add_if(
        config.pre_alloc != base.pre_alloc,
        "pre-alloc",
        size(config.pre_alloc),
    );
    line.add_if(
        config.db_autocreate != base.db_autocreate,
        "db-autocreate",
        yes_no(config.db_autocreate),
    );
    line.add_if(
        config.clock_ms != base.clock_ms,
        "clock",
        print_date(config.clock_ms),
    );
    let [least, most] = config.session_timeout;
    let timeout = |ms: Option<i32>| ms.map(|ms| Duration::from_ms(ms.unsigned_abs().into()));
    line.add_some("min-session-timeout", timeout(least));
    line.add_some("max-session-timeout", timeout(most));
    line.add_if(
        config.enforce_quota,
        "enforce-quota",
        yes_no(config.enforce_quota),
    );
    line.add_if(
        !config.extended_types,
        "extended-types",
        yes_no(config.extended_types),
    );
    line.add_some("super", config.super_password.as_deref().map(word));
    line.add_if(
        config.counter_max != base.counter_max,
        "counter-max",
        config.counter_max,
    );
    switches(&mut line, config.profile.switches(), config.switches);
    quorum(&mut line, &config.ensemble.quorum);
    line.0
}

/// One command; a multi takes several lines.
pub fn command(command: &Command) -> String {
    match command {
        Command::Client {
            name,
            server,
            servers,
            timeout,
        } => {
            let known: Vec<String> = servers.iter().map(|s| s.0.to_string()).collect();
            let mut line = Options(format!("client {name} server={}", server.0));
            line.add_if(!known.is_empty(), "servers", known.join(","));
            line.add("timeout", *timeout);
            line.0
        }
        Command::Invoke { client, request: r } => format!("{client} {}", request(r)),
        Command::Close { client } => format!("{client} close"),
        Command::Drop { client } => format!("{client} drop"),
        Command::Recipe {
            client,
            recipe: r,
            path,
        } => format!("{client} recipe {}", recipe(*r, path)),
        Command::Stop { client } => format!("{client} stop"),
        Command::PauseClient { client } => format!("pause {client}"),
        Command::ResumeClient { client } => format!("resume {client}"),
        Command::Fencing(on) => format!("store fencing={}", yes_no(*on)),
        Command::Crash { server, kind } => format!("crash {} {}", server.0, kind.word()),
        Command::CrashAt {
            server,
            kind,
            point,
            zxid,
        } => {
            let mut line = Options(format!("crash {} {}", server.0, kind.word()));
            line.add("at", point.word());
            line.add_some("zxid", *zxid);
            line.0
        }
        Command::Load { server, image } => load(&image.name, *server, Some(&image.sha256)),
        Command::Restart(s) => format!("restart {}", s.0),
        Command::Pause(s) => format!("pause {}", s.0),
        Command::Resume(s) => format!("resume {}", s.0),
        Command::Cut(a, b) => format!("cut {} {}", end(a), end(b)),
        Command::Partition(groups) => {
            let group = |g: &Vec<Endpoint>| g.iter().map(end).collect::<Vec<_>>().join(",");
            let groups: Vec<String> = groups.iter().map(group).collect();
            format!("partition {}", groups.join(" "))
        }
        Command::Heal(None) => "heal".to_owned(),
        Command::Heal(Some((a, b))) => format!("heal {} {}", end(a), end(b)),
        Command::Slow { a, b, by } => format!("slow {} {} {by}", end(a), end(b)),
        Command::Lose(p) => nth(format!("lose {}", packet(p)), p),
        Command::Late { packet: p, by } => nth(format!("late {} {by}", packet(p)), p),
        Command::Disk { server, fault } => format!("disk {} {}", server.0, disk(fault)),
        Command::Clock { server, by_ms } => {
            let sign = if *by_ms < 0 { '-' } else { '+' };
            format!(
                "clock {} {sign}{}",
                server.0,
                Duration::from_ms(by_ms.unsigned_abs())
            )
        }
        Command::Snapshot(s) => format!("snapshot {}", s.0),
        Command::Purge { server, retain } => format!("purge {} retain={retain}", server.0),
        Command::Wipe(s) => format!("wipe {}", s.0),
        Command::Backup { kind, from, name } => {
            format!("backup {} from={} as={name}", kind.word(), from.0)
        }
        Command::Copy { name, to } => format!("copy {name} to={}", to.0),
        Command::AdminRestore { name, to } => format!("admin-restore {name} to={}", to.0),
        Command::Vault(order) => vault::order(order),
    }
}

/// A line after which only pairs follow.
struct Options(String);

impl Options {
    fn add(&mut self, key: &str, value: impl std::fmt::Display) {
        write!(self.0, " {key}={value}").expect("writing to a string cannot fail");
    }

    fn add_if(&mut self, there: bool, key: &str, value: impl std::fmt::Display) {
        if there {
            self.add(key, value);
        }
    }

    fn add_some(&mut self, key: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.add(key, value);
        }
    }
}

fn switches(line: &mut Options, profile: Switches, now: Switches) {
    let off: Vec<&str> = now
        .off()
        .filter(|s| profile.on(*s))
        .map(|s| s.card().name)
        .collect();
    let on: Vec<&str> = profile
        .off()
        .filter(|s| now.on(*s))
        .map(|s| s.card().name)
        .collect();
    line.add_if(!off.is_empty(), "off", off.join(","));
    line.add_if(!on.is_empty(), "on", on.join(","));
}

fn quorum(line: &mut Options, quorum: &Quorum) {
    let Quorum::Hierarchical { group, weight } = quorum else {
        return;
    };
    let last = group.values().copied().max().unwrap_or(0);
    let members = |g: u8| {
        let ids = group.iter().filter(move |(_, of)| **of == g);
        ids.map(|(id, _)| id.0.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let groups: Vec<String> = (0..=last).map(members).collect();
    line.add("groups", groups.join("/"));
    let weights: Vec<String> = weight
        .iter()
        .map(|(id, w)| format!("{}:{w}", id.0))
        .collect();
    line.add_if(!weights.is_empty(), "weights", weights.join(","));
}

fn range(range: Range) -> String {
    format!("{}..{}", range.lo, range.hi)
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn size(bytes: u64) -> String {
    match bytes {
        b if b > 0 && b % (1 << 20) == 0 => format!("{}M", b >> 20),
        b if b > 0 && b % (1 << 10) == 0 => format!("{}K", b >> 10),
        b => b.to_string(),
    }
}

fn end(end: &Endpoint) -> String {
    match end {
        Endpoint::Server(s) => s.0.to_string(),
        Endpoint::Client(name) => name.clone(),
    }
}

fn packet(packet: &PacketMatch) -> String {
    let mut line = format!("{} {} {}", end(&packet.from), end(&packet.to), packet.word);
    if let Some(zxid) = packet.zxid {
        write!(line, " {zxid}").expect("writing to a string cannot fail");
    }
    line
}

/// Which of those that match, when it is not the first.
fn nth(line: String, packet: &PacketMatch) -> String {
    let mut line = Options(line);
    line.add_if(packet.nth > 1, "nth", packet.nth);
    line.0
}

fn disk(fault: &DiskFault) -> String {
    match fault {
        DiskFault::Full => "full".to_owned(),
        DiskFault::Ok => "ok".to_owned(),
        DiskFault::Lying => "lying".to_owned(),
        DiskFault::Slow(times) => format!("slow={times}x"),
        DiskFault::Tear => "tear".to_owned(),
        DiskFault::Initialize => "initialize".to_owned(),
        DiskFault::Flip { file, offset, bit } => {
            format!("flip file={} offset={offset} bit={bit}", word(file))
        }
        DiskFault::Delete { file } => format!("delete file={}", word(file)),
    }
}

fn data<T: AsRef<[u8]>>(data: &Option<T>) -> String {
    data.as_ref()
        .map(|d| format!(" {}", bytes(d.as_ref())))
        .unwrap_or_default()
}

/// Quoted text if the bytes are text, else `hex:`.
pub fn bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => quote(text),
        Err(_) => {
            let digits = bytes.iter().map(|b| format!("{b:02x}"));
            format!("hex:{}", digits.collect::<String>())
        }
    }
}

/// A path or name, bare when it can be.
fn word(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '"';
    let bare = text.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
    if bare && text.chars().all(plain) && (text.starts_with('/') || !text.contains('=')) {
        return text.to_owned();
    }
    quote(text)
}

fn acl(list: &[Acl]) -> String {
    if list.is_empty() {
        return "none".to_owned();
    }
    word(
        &list
            .iter()
            .map(Acl::to_string)
            .collect::<Vec<_>>()
            .join(","),
    )
}

fn load(dir: &str, server: ServerId, sha256: Option<&String>) -> String {
    let mut line = Options(format!("load {}", word(dir)));
    line.add("server", server.0);
    line.add_some("sha256", sha256);
    line.0
}
