//! The sentences in English: what happens by itself here, what the user did and what a server decided
//! in the files below.

mod command;
mod decision;
mod recipe;

use super::{Caption, Parcel, Run, Who, vault, z};
use crate::base::ServerId;
use crate::model::ErrorCode;
use crate::protocol::zab::election::Vote;
use crate::protocol::{HaltReason, Timer};
use crate::view::findings;
use crate::world::{CrashKind, CrashPoint};

/// The sentence of a caption.
pub(super) fn sentence(caption: &Caption) -> String {
    match caption {
        Caption::Command(command) => command::sentence(command),
        Caption::Died {
            server,
            kind,
            point,
            lost,
            torn,
        } => died(*server, *kind, *point, *lost, *torn),
        Caption::Halted { server, reason } => halted(*server, reason),
        Caption::Lost(parcels) => lost(parcels),
        Caption::Booted(s) => format!("{s} starts on its disk."),
        Caption::LinkUp(s, peer) => format!("{s} can exchange votes with {peer}."),
        Caption::Opened(s, peer) => format!("{s} has a connection with {peer}."),
        Caption::Closed(s, peer) => format!("{s} sees the connection with {peer} close."),
        Caption::Received(p) => format!("{} gets {} from {}.", who(&p.to), parcel(p), who(&p.from)),
        Caption::Dropped(p) => format!(
            "{} from {} arrives, but {} no longer listens.",
            parcel(p),
            who(&p.from),
            who(&p.to)
        ),
        Caption::TimerFired(s, timer) => timer_fired(*s, *timer),
        Caption::Voted { server, vote } => format!("{server} votes {}.", ballot(vote)),
        Caption::Proposed { leader, zxid, what } => format!(
            "{leader} numbers the write {} ({what}) and sends PROPOSAL to all voters.",
            z(*zxid)
        ),
        Caption::Appended(s, run) => format!(
            "{s} appends {}; it is not yet safe from power loss.",
            span(run)
        ),
        Caption::Forced(s, run) => format!("{s}'s disk confirms {}.", span(run)),
        Caption::ForcedFile(s) => format!("{s}'s disk confirms an fsync."),
        Caption::Acked {
            server,
            leader,
            run,
        } if server == leader => {
            format!("{server} counts its own ACK of {}.", span(run))
        }
        Caption::Acked { server, run, .. } => {
            format!("{server} acknowledges {}: now on its disk.", span(run))
        }
        Caption::Quorum { zxid, acks, voters } => {
            format!(
                "{acks} of {voters} voters have acknowledged {}: quorum.",
                z(*zxid)
            )
        }
        Caption::Committed {
            leader,
            run,
            observers,
        } => {
            let inform = if *observers {
                "; observers get INFORM"
            } else {
                ""
            };
            format!("{leader} commits {} and sends COMMIT{inform}.", span(run))
        }
        Caption::Applied(s, run) => format!("{s} applies {}.", span(run)),
        Caption::Answered {
            server,
            client,
            zxid,
            error,
        } => match (error, zxid) {
            (ErrorCode::Ok, Some(zxid)) => {
                format!("{server} confirms {} to client {client}.", z(*zxid))
            }
            (ErrorCode::Ok, None) => format!("{server} answers client {client}."),
            (error, _) => format!("{server} tells client {client}: {error}."),
        },
        Caption::Told {
            client,
            request,
            zxid,
            error,
        } => match (error, zxid) {
            (ErrorCode::Ok, Some(zxid)) => format!(
                "Client {client} learns that {request} is done: {}.",
                z(*zxid)
            ),
            (ErrorCode::Ok, None) => format!("Client {client} gets the answer to {request}."),
            (error, _) => format!("Client {client} learns that {request} failed: {error}."),
        },
        Caption::Unknown { client, requests } => match requests.as_slice() {
            [] => format!("Client {client} loses its connection."),
            [one] => format!("Client {client} loses its connection; {one} is unknown."),
            [one, rest @ ..] => format!(
                "Client {client} loses its connection; {one} and {} more are unknown.",
                rest.len()
            ),
        },
        Caption::NeverSent { client, requests } => match requests.as_slice() {
            [one] => format!("The session of client {client} is over; {one} was never sent."),
            all => format!(
                "The session of client {client} is over; {} requests were never sent.",
                all.len()
            ),
        },
        Caption::Notified { client, kind, path } => {
            format!("Client {client} hears: {} {path}.", kind.name())
        }
        Caption::Recipe {
            client,
            recipe,
            path,
            standing,
        } => recipe::sentence(client, *recipe, path, standing),
        Caption::Stored {
            client,
            token,
            newer,
            accepted,
        } => recipe::stored(client, *token, *newer, *accepted),
        Caption::Vault(event) => vault::event(event).en,
        Caption::Woke(client) => format!("The program of client {client} goes on."),
        Caption::Asked {
            client,
            request,
            server,
        } => match server {
            Some(server) => format!("Client {client} sends {request} to {server}."),
            None => format!("Client {client} wants {request}, but is not connected yet."),
        },
        Caption::Dialled { client, server } => format!("Client {client} connects to {server}."),
        Caption::Connected { client, server } => {
            format!("Client {client} has a session at {server}.")
        }
        Caption::Expired(client) => format!("Client {client} learns that its session has expired."),
        Caption::Stranded(client) => {
            format!("Client {client} reaches no server; it will try the next one.")
        }
        Caption::Disconnected(client) => format!("The connection of client {client} is gone."),
        Caption::HeardPing { to, from } => {
            format!("{} hears that {} is alive.", capital(who(to)), who(from))
        }
        Caption::Pinged(by) => format!("{} says that it is alive.", capital(who(by))),
        Caption::DiskFailed(s) => format!("{s}'s disk refuses a write: no space left."),
        Caption::Decided(s, decision) => decision::sentence(*s, decision),
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::Server(id) => id.to_string(),
        Who::Client(name) => format!("client {name}"),
    }
}

fn capital(text: String) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

fn parcel(p: &Parcel) -> String {
    match p.zxid {
        Some(zxid) => format!("{} {}", p.word, z(zxid)),
        None => p.word.clone(),
    }
}

fn span(run: &Run) -> String {
    if run.count == 1 {
        z(run.last).to_string()
    } else {
        format!("{} to {}", z(run.first), z(run.last))
    }
}

fn ballot(vote: &Vote) -> String {
    if vote.leader == ServerId(0) {
        return "nobody: it may not vote".to_owned();
    }
    format!("{} ({})", vote.leader, z(vote.zxid))
}

fn lost(parcels: &[Parcel]) -> String {
    match parcels {
        [] => String::new(),
        [one] => format!(
            "{} from {} to {} is lost.",
            parcel(one),
            who(&one.from),
            who(&one.to)
        ),
        [a, b] => format!(
            "{} to {} and {} to {} are lost.",
            parcel(a),
            who(&a.to),
            parcel(b),
            who(&b.to)
        ),
        many => format!("{} messages on the wire are lost.", many.len()),
    }
}

fn died(
    server: ServerId,
    kind: CrashKind,
    point: Option<CrashPoint>,
    lost: u64,
    torn: bool,
) -> String {
    let at = point.map(|p| format!(" {}", moment(p))).unwrap_or_default();
    match kind {
        CrashKind::Process => {
            format!("The process of {server} dies{at}; its disk keeps what was written.")
        }
        CrashKind::Power if lost == 0 => {
            format!("{server} loses power{at}; its disk had nothing unsynced to lose.")
        }
        CrashKind::Power => {
            let tail = if torn {
                ", and the last record is torn"
            } else {
                ""
            };
            format!("{server} loses power{at}; {lost} unsynced bytes are gone{tail}.")
        }
    }
}

pub(super) fn moment(point: CrashPoint) -> &'static str {
    match point {
        CrashPoint::BeforeWrite => "before it writes",
        CrashPoint::AfterWrite => "after the write, before the fsync",
        CrashPoint::AfterFsync => "after the fsync, before the ACK",
        CrashPoint::AfterAck => "when the ACK has arrived",
        CrashPoint::BeforeCommit => "before it commits",
        CrashPoint::AfterCommit => "after it commits",
        CrashPoint::DuringSnapshot => "in the middle of a snapshot",
        CrashPoint::DuringSync => "in the middle of synchronisation",
        CrashPoint::BeforeEpoch => "before it writes an epoch file",
        CrashPoint::AfterEpoch => "after an epoch file is durable",
    }
}

fn halted(server: ServerId, reason: &HaltReason) -> String {
    match reason {
        HaltReason::Refused(why) => {
            format!("{server} refuses to start: {}.", findings::refusal(why).en)
        }
        HaltReason::Epochs(why) => {
            format!("{server} refuses to start: {}.", findings::epochs(why).en)
        }
        HaltReason::UnmatchedCommit { commit, .. } => {
            format!(
                "{server} stops itself: COMMIT {} does not match what it has pending.",
                z(*commit)
            )
        }
        HaltReason::TruncFailed(to) => format!(
            "{server} stops itself: it cannot cut its log back to {}.",
            z(*to)
        ),
        HaltReason::Poison(zxid) => {
            format!("{server} stops itself: no server can apply {}.", z(*zxid))
        }
        HaltReason::DiskRefuses => {
            format!("{server} stops itself: its disk takes no write at all.")
        }
    }
}

/// Why a process ended itself, in few words.
pub(super) fn halt_reason(reason: &HaltReason) -> &'static str {
    match reason {
        HaltReason::Refused(_) => "it cannot trust its disk",
        HaltReason::Epochs(_) => "its epoch files contradict its log",
        HaltReason::UnmatchedCommit { .. } => "a COMMIT it cannot match",
        HaltReason::TruncFailed(_) => "its log cannot be cut",
        HaltReason::Poison(_) => "a transaction that no server can apply",
        HaltReason::DiskRefuses => "its disk takes no write",
    }
}

fn timer_fired(s: ServerId, timer: Timer) -> String {
    match timer {
        Timer::Notify => format!("{s} says its vote again."),
        Timer::Finalize => format!("{s} has waited long enough for a better vote."),
        Timer::Reconnect => format!("{s} tries again to reach its leader."),
        Timer::ReadTimeout => format!("{s} has heard nothing for too long."),
        Timer::HalfTick => format!("{s} pings its learners."),
        Timer::InitLimit => format!("{s} has waited initLimit ticks."),
        Timer::SnapshotWalk => format!("{s} writes the next nodes of its snapshot."),
        Timer::Reaper => format!("{s} looks for unused containers and outlived TTL nodes."),
        Timer::SessionBucket => format!("{s} looks for sessions that have timed out."),
    }
}
