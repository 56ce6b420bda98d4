//! What the user did, in English.

use super::{moment, z};
use crate::base::{Duration, ServerId};
use crate::view::caption::{alone, vault};
use crate::world::{BackupKind, Command, CrashKind, DiskFault, Endpoint};

fn end(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Server(id) => id.to_string(),
        Endpoint::Client(name) => format!("client {name}"),
    }
}

fn group(ends: &[Endpoint]) -> String {
    ends.iter().map(end).collect::<Vec<_>>().join(", ")
}

/// The sentence of a command.
pub(super) fn sentence(command: &Command) -> String {
    match command {
        Command::Client { name, server, .. } => {
            format!("Client {name} appears; it connects to {server} first.")
        }
        Command::Invoke { client, request } => format!(
            "Client {client} wants {}.",
            crate::view::caption::from_step::request(request)
        ),
        Command::Close { client } => format!("Client {client} ends its session."),
        Command::Drop { client } => format!("The socket of client {client} breaks."),
        Command::Recipe {
            client,
            recipe,
            path,
        } => super::recipe::begun(client, *recipe, path),
        Command::Stop { client } => format!("Client {client} is told to stop."),
        Command::PauseClient { client } => {
            format!("The process of client {client} freezes; it will not notice.")
        }
        Command::ResumeClient { client } => {
            format!("The process of client {client} goes on where it stopped.")
        }
        Command::Fencing(true) => {
            "The store outside now refuses a write whose token is too old.".to_owned()
        }
        Command::Fencing(false) => "The store outside takes every write.".to_owned(),
        Command::Crash {
            server,
            kind: CrashKind::Power,
        } => format!("{server} loses power."),
        Command::Crash {
            server,
            kind: CrashKind::Process,
        } => format!("The process of {server} is killed."),
        Command::CrashAt {
            server,
            kind,
            point,
            zxid,
        } => {
            let what = match kind {
                CrashKind::Power => "will lose power",
                CrashKind::Process => "will be killed",
            };
            let of = zxid.map(|zxid| format!(" {}", z(zxid))).unwrap_or_default();
            format!("A trap is set: {server} {what} {}{of}.", moment(*point))
        }
        Command::Load { server, image } => {
            format!(
                "{server} gets the files of the data directory {:?}.",
                image.name
            )
        }
        Command::Restart(s) => format!("{s} is started again."),
        Command::Pause(s) => format!("{s} freezes; what arrives waits."),
        Command::Resume(s) => format!("{s} goes on."),
        Command::Cut(a, b) => format!("The link between {} and {} is cut.", end(a), end(b)),
        Command::Partition(groups) => {
            if let Some((one, others)) = alone(groups) {
                return format!("{} is cut off from {}.", end(one), group(others));
            }
            let sides: Vec<String> = groups.iter().map(|g| group(g)).collect();
            format!("The network splits: {}.", sides.join(" | "))
        }
        Command::Heal(None) => "All links work again.".to_owned(),
        Command::Heal(Some((a, b))) => {
            format!("The link between {} and {} works again.", end(a), end(b))
        }
        Command::Slow { a, b, by } if *by == Duration::ZERO => {
            format!(
                "The link between {} and {} has its usual speed again.",
                end(a),
                end(b)
            )
        }
        Command::Slow { a, b, by } => format!(
            "The link between {} and {} is slower by {by}.",
            end(a),
            end(b)
        ),
        Command::Lose(p) => format!(
            "The next {} from {} to {} will be lost.",
            p.word,
            end(&p.from),
            end(&p.to)
        ),
        Command::Late { packet: p, by } => {
            format!(
                "The next {} from {} to {} will be late by {by}.",
                p.word,
                end(&p.from),
                end(&p.to)
            )
        }
        Command::Disk { server, fault } => disk_fault(*server, fault),
        Command::Clock { server, by_ms } => {
            format!("The wall clock of {server} jumps by {by_ms} ms.")
        }
        Command::Snapshot(s) => format!("An operator asks {s} for a snapshot."),
        Command::Purge { server, retain } => {
            format!("An operator asks {server} to remove old files and keep {retain} snapshots.")
        }
        Command::Wipe(s) => format!("The disk of {s} is emptied."),
        Command::Backup {
            kind: BackupKind::Cold,
            from,
            name,
        } => format!("An operator copies the files of {from}; the backup is called {name}."),
        Command::Backup {
            kind: BackupKind::Hot,
            from,
            name,
        } => {
            format!("An operator lets {from} stream a snapshot; the backup is called {name}.")
        }
        Command::Backup { from, name, .. } => {
            format!("An operator takes a backup of {from}; it is called {name}.")
        }
        Command::Copy { name, to } => {
            format!("An operator puts the files of backup {name} in the place of those of {to}.")
        }
        Command::Vault(order) => vault::order(order).en,
        Command::AdminRestore { name, to } => {
            format!("An operator hands backup {name} to {to}, which runs (admin restore).")
        }
    }
}

fn disk_fault(s: ServerId, fault: &DiskFault) -> String {
    match fault {
        DiskFault::Full => format!("The disk of {s} is full."),
        DiskFault::Ok => format!("The disk of {s} works as it should again."),
        DiskFault::Lying => format!("The disk of {s} now lies: fsync answers, but forces nothing."),
        DiskFault::Slow(times) => format!("fsync takes {times} times longer on {s}."),
        DiskFault::Initialize => {
            format!("An operator says that {s} may start empty (the file initialize).")
        }
        DiskFault::Tear => format!("The last record in the log of {s} is torn."),
        DiskFault::Flip { file, offset, .. } => {
            format!("A bit of {file} on {s} flips, at byte {offset}.")
        }
        DiskFault::Delete { file } => format!("{file} is deleted from the disk of {s}."),
    }
}
