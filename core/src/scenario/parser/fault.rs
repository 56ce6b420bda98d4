//! Lines about faults and operators: crashes, links, disks, clocks, snapshots.

use std::collections::BTreeSet;

use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::{Scope, value};
use crate::base::Duration;
use crate::protocol::zab::packet::Packet;
use crate::world::command::{Command, CrashKind, CrashPoint, DiskFault, Endpoint, PacketMatch};

/// Wire words between a client and a server.
const CLIENT_WORDS: [&str; 5] = ["connect", "request", "connected", "reply", "event"];

/// Whose process can freeze.
const PROCESS: &str = "a server id or a client";

/// Longest jump of a wall clock.
const CLOCK_MAX: Duration = Duration::from_s(1_000 * 3_600);

/// A packet that is waited for may be so far off at most.
const NTH_MAX: u64 = 10_000;

/// The command of a line that begins with `verb`.
pub fn command(verb: &str, args: &mut Args, scope: &Scope) -> Result<Command, ScriptError> {
    Ok(match verb {
        "crash" => crash(args, scope)?,
        "cut" => {
            let (a, b) = ends(args, scope)?;
            Command::Cut(a, b)
        }
        "partition" => Command::Partition(groups(args, scope)?),
        "heal" => heal(args, scope)?,
        "slow" => {
            let (a, b) = ends(args, scope)?;
            let by = value::duration(&args.word("how much slower, like 200ms")?)?;
            Command::Slow { a, b, by }
        }
        "lose" => Command::Lose(packet(args, scope)?),
        "late" => late(args, scope)?,
        "store" => Command::Fencing(value::yes_no(&args.required("fencing")?)?),
        "pause" => match scope.endpoint(&args.word(PROCESS)?)? {
            Endpoint::Server(server) => Command::Pause(server),
            Endpoint::Client(client) => Command::PauseClient { client },
        },
        "resume" => match scope.endpoint(&args.word(PROCESS)?)? {
            Endpoint::Server(server) => Command::Resume(server),
            Endpoint::Client(client) => Command::ResumeClient { client },
        },
        _ => on_server(verb, args, scope)?,
    })
}

/// Verbs whose first argument is a server.
fn on_server(verb: &str, args: &mut Args, scope: &Scope) -> Result<Command, ScriptError> {
    let server = scope.server(&args.word("a server id")?)?;
    Ok(match verb {
        "restart" => Command::Restart(server),
        "disk" => Command::Disk {
            server,
            fault: disk(args)?,
        },
        "clock" => Command::Clock {
            server,
            by_ms: jump(&args.word("a jump like +1h or -5m")?)?,
        },
        "snapshot" => Command::Snapshot(server),
        "purge" => {
            let retain = args.option("retain");
            let retain = retain.map(|p| value::number(&p, "retain", 1, 1_000));
            let retain = retain.transpose()?.unwrap_or(3) as u32;
            Command::Purge { server, retain }
        }
        _ => Command::Wipe(server),
    })
}

/// `crash 2 power`, or `crash 2 power at=after-fsync zxid=1.7`.
fn crash(args: &mut Args, scope: &Scope) -> Result<Command, ScriptError> {
    let server = scope.server(&args.word("a server id")?)?;
    let kinds = [CrashKind::Power, CrashKind::Process].map(|k| (k.word(), k));
    let kind = value::choice(&args.word("power or process")?, "power or process", &kinds)?;
    let Some(at) = args.option("at") else {
        return Ok(Command::Crash { server, kind });
    };
    let points = CrashPoint::ALL.map(|p| (p.word(), p));
    let point = value::choice(&at, "a crash point", &points)?;
    let zxid = args.option("zxid").map(|p| value::zxid(&p)).transpose()?;
    Ok(Command::CrashAt {
        server,
        kind,
        point,
        zxid,
    })
}

fn ends(args: &mut Args, scope: &Scope) -> Result<(Endpoint, Endpoint), ScriptError> {
    let a = scope.endpoint(&args.word("a server id or a client")?)?;
    let piece = args.word("a server id or a client")?;
    let b = scope.endpoint(&piece)?;
    if a == b {
        return Err(piece.expected("two different ends"));
    }
    Ok((a, b))
}

/// `1,2,a 3,4,5`.
fn groups(args: &mut Args, scope: &Scope) -> Result<Vec<Vec<Endpoint>>, ScriptError> {
    let mut groups = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(args.word("a group like 1,2,a")?);
    while let Some(piece) = next {
        let mut group = Vec::new();
        for part in piece.split(',') {
            let end = scope.endpoint(&part)?;
            if !seen.insert(end.clone()) {
                return Err(part.expected("each end in one group"));
            }
            group.push(end);
        }
        groups.push(group);
        next = args.next_if_any();
    }
    Ok(groups)
}

fn heal(args: &mut Args, scope: &Scope) -> Result<Command, ScriptError> {
    let Some(first) = args.next_if_any() else {
        return Ok(Command::Heal(None));
    };
    let a = scope.endpoint(&first)?;
    let piece = args.word("a server id or a client")?;
    let b = scope.endpoint(&piece)?;
    if a == b {
        return Err(piece.expected("two different ends"));
    }
    Ok(Command::Heal(Some((a, b))))
}

/// `1 3 proposal`, perhaps with a zxid, and `nth=2` for the second of those that match.
fn packet(args: &mut Args, scope: &Scope) -> Result<PacketMatch, ScriptError> {
    let (from, to) = ends(args, scope)?;
    let word = args.word("a kind of packet, like proposal")?;
    let with_client = [&from, &to]
        .iter()
        .any(|e| matches!(e, Endpoint::Client(_)));
    let words: &[&str] = if with_client {
        &CLIENT_WORDS
    } else {
        &Packet::WORDS
    };
    if !words.contains(&word.text.as_str()) {
        return Err(word.expected_word("a kind of packet", words.iter().copied()));
    }
    let zxid = match args.next_word_if(|text| value::parse_zxid(text).is_some()) {
        Some(piece) => Some(value::zxid(&piece)?),
        None => None,
    };
    let nth = args.option("nth");
    let nth = nth.map(|p| value::number(&p, "which of those that match", 1, NTH_MAX));
    Ok(PacketMatch {
        from,
        to,
        word: word.text,
        zxid,
        nth: nth.transpose()?.unwrap_or(1) as u32,
    })
}

fn late(args: &mut Args, scope: &Scope) -> Result<Command, ScriptError> {
    let packet = packet(args, scope)?;
    let by = value::duration(&args.word("how late, like 200ms")?)?;
    Ok(Command::Late { packet, by })
}

/// `full`, `ok`, `lying`, `slow=10x`, `tear`, `initialize`, `flip file=… offset=… bit=…`, `delete file=…`.
fn disk(args: &mut Args) -> Result<DiskFault, ScriptError> {
    if let Some(times) = args.option("slow") {
        let digits = times.text.strip_suffix('x').unwrap_or(&times.text);
        let times = value::number(&times.part(0, digits), "how many times slower", 1, 10_000)?;
        return Ok(DiskFault::Slow(times as u32));
    }
    let what = "what happens to the disk";
    let word = args.word(what)?;
    Ok(match word.text.as_str() {
        "full" => DiskFault::Full,
        "ok" => DiskFault::Ok,
        "lying" => DiskFault::Lying,
        "tear" => DiskFault::Tear,
        "initialize" => DiskFault::Initialize,
        "flip" => DiskFault::Flip {
            file: args.required("file")?.text,
            offset: value::number(&args.required("offset")?, "an offset", 0, 1 << 40)?,
            bit: value::number(&args.required("bit")?, "a bit", 0, 7)? as u8,
        },
        "delete" => DiskFault::Delete {
            file: args.required("file")?.text,
        },
        _ => {
            let words = [
                "full",
                "ok",
                "lying",
                "slow=10x",
                "tear",
                "initialize",
                "flip",
                "delete",
            ];
            return Err(word.expected_word(what, words));
        }
    })
}

/// `+1h` or `-5m`, in milliseconds.
fn jump(piece: &Piece) -> Result<i64, ScriptError> {
    let what = "a jump like +1h or -5m";
    let (sign, text) = match piece.text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(piece.expected(what)),
    };
    let d = value::duration(&piece.part(1, text))?;
    if d.as_us() % 1_000 != 0 || d > CLOCK_MAX {
        return Err(piece.expected("a jump of whole milliseconds"));
    }
    Ok(sign * d.as_ms() as i64)
}
