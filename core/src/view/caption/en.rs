//! The sentences in English.

use super::{Caption, Parcel, Run, Who, z};
use crate::base::{Duration, ServerId};
use crate::model::ErrorCode;
use crate::protocol::decision::LeaveReason;
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::sync_plan::{SyncMode, SyncPlan, SyncReason};
use crate::protocol::{Decision, HaltReason, Timer};
use crate::world::{Command, CrashKind, CrashPoint, DiskFault, Endpoint};

/// The sentence of a caption.
pub(super) fn sentence(caption: &Caption) -> String {
    match caption {
        Caption::Command(command) => of_command(command),
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
        Caption::ForcedFile(s) => format!("{s}'s disk has forced a file."),
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
        Caption::Pinged(by) => format!("{} says that it is alive.", capital(who(by))),
        Caption::DiskFailed(s) => format!("{s}'s disk refuses a write: no space left."),
        Caption::Decided(s, decision) => decided(*s, decision),
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

fn moment(point: CrashPoint) -> &'static str {
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
        HaltReason::Refused(_) | HaltReason::Epochs(_) => {
            format!("{server} refuses to start: {}.", halt_reason(reason))
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
        HaltReason::SnapshotFailed => format!("{server} stops itself: it cannot write a snapshot."),
    }
}

/// Why a process ended itself, in few words.
pub(super) fn halt_reason(reason: &HaltReason) -> &'static str {
    match reason {
        HaltReason::Refused(_) => "it cannot trust its disk",
        HaltReason::Epochs(_) => "its epoch files contradict its log",
        HaltReason::UnmatchedCommit { .. } => "a COMMIT it cannot match",
        HaltReason::TruncFailed(_) => "its log cannot be cut",
        HaltReason::SnapshotFailed => "its snapshot cannot be written",
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

fn end(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Server(id) => id.to_string(),
        Endpoint::Client(name) => format!("client {name}"),
    }
}

fn group(ends: &[Endpoint]) -> String {
    ends.iter().map(end).collect::<Vec<_>>().join(", ")
}

fn of_command(command: &Command) -> String {
    match command {
        Command::Client { name, server, .. } => {
            format!("Client {name} appears; it connects to {server} first.")
        }
        Command::Invoke { client, request } => format!(
            "Client {client} wants {}.",
            super::from_step::request(request)
        ),
        Command::Close { client } => format!("Client {client} ends its session."),
        Command::Drop { client } => format!("The socket of client {client} breaks."),
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
        Command::Restart(s) => format!("{s} is started again."),
        Command::Pause(s) => format!("{s} freezes; what arrives waits."),
        Command::Resume(s) => format!("{s} goes on."),
        Command::Cut(a, b) => format!("The link between {} and {} is cut.", end(a), end(b)),
        Command::Partition(groups) => {
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
    }
}

fn disk_fault(s: ServerId, fault: &DiskFault) -> String {
    match fault {
        DiskFault::Full => format!("The disk of {s} is full."),
        DiskFault::Ok => format!("The disk of {s} works as it should again."),
        DiskFault::Lying => format!("The disk of {s} now lies: fsync answers, but forces nothing."),
        DiskFault::Slow(times) => format!("fsync takes {times} times longer on {s}."),
        DiskFault::Tear => format!("The last record in the log of {s} is torn."),
        DiskFault::Flip { file, offset, .. } => {
            format!("A bit of {file} on {s} flips, at byte {offset}.")
        }
        DiskFault::Delete { file } => format!("{file} is deleted from the disk of {s}."),
    }
}

fn decided(s: ServerId, decision: &Decision) -> String {
    match decision {
        Decision::StartedRound { round, vote } if vote.leader == ServerId(0) => {
            format!("{s} looks for a leader in round {round}; it has no vote.")
        }
        Decision::StartedRound { round, vote } => {
            format!(
                "{s} looks for a leader in round {round} and votes {}.",
                ballot(vote)
            )
        }
        Decision::AdoptedVote { from, vote } => {
            format!("{from}'s vote is better: {s} now votes {}.", ballot(vote))
        }
        Decision::KeptVote { from, vote } => {
            format!(
                "{from} votes {}; that is not better, so {s} keeps its vote.",
                ballot(vote)
            )
        }
        Decision::JoinedRound { from, round } => {
            format!("{from} is in round {round} already: {s} joins it.")
        }
        Decision::IgnoredOldRound { from, round } => {
            format!("{s} ignores the vote of {from}: round {round} is over.")
        }
        Decision::QuorumOfVotes { vote } => {
            format!(
                "A quorum votes {}; {s} waits a little for a better vote.",
                vote.leader
            )
        }
        Decision::BetterVoteCame { from } => {
            format!("A better vote came from {from}: {s} goes on looking.")
        }
        Decision::Elected { leader, round } if *leader == s => {
            format!("{s} is elected in round {round}.")
        }
        Decision::Elected { leader, .. } => {
            format!("The election is over for {s}: it follows {leader}.")
        }
        Decision::JoinedEstablished { leader, .. } => {
            format!("A quorum already follows {leader}: {s} joins.")
        }
        Decision::RepeatedVote => format!("Nobody answered: {s} says its vote again."),
        Decision::ProposedEpoch { epoch } => {
            format!("A quorum has reported to {s}, so the new epoch is fixed: e{epoch}.")
        }
        Decision::AcceptedEpoch { epoch } => {
            format!("{s} accepts e{epoch} and writes acceptedEpoch.")
        }
        Decision::AcceptedEpochAgain { epoch } => {
            format!("{s} had accepted e{epoch} before: it follows, but its answer does not count.")
        }
        Decision::RefusedEpoch { offered, accepted } => {
            format!("{s} refuses e{offered}: it has promised e{accepted}.")
        }
        Decision::FollowerAhead { follower, zxid, .. } => {
            format!(
                "{follower} has a longer history, up to {}: {s} must not lead.",
                z(*zxid)
            )
        }
        Decision::EpochAgreed { epoch } => {
            format!("A quorum has accepted e{epoch}: now histories are made equal.")
        }
        Decision::PlannedSync {
            learner,
            peer,
            plan,
        } => planned(s, *learner, z(*peer).to_string(), plan),
        Decision::Truncated { to } => format!("{s} cuts its log back to {}.", z(*to)),
        Decision::NeedsSnap => {
            format!("The cut would leave {s} no snapshot to start from: it asks for a full copy.")
        }
        Decision::LoadedSnap { zxid } => {
            format!("{s} has taken over the whole tree as of {}.", z(*zxid))
        }
        Decision::AckedNewLeader { epoch } => {
            format!("{s} has the history on disk, joins e{epoch} and acknowledges NEWLEADER.")
        }
        Decision::Established { epoch, history } => format!(
            "A quorum has acknowledged NEWLEADER: e{epoch} is established, all up to {} is committed.",
            z(*history)
        ),
        Decision::Serving => format!("{s} is up to date and serves clients."),
        Decision::QuorumOfAcks { zxid, acks } => {
            format!(
                "{} voters have acknowledged {}: quorum.",
                acks.len(),
                z(*zxid)
            )
        }
        Decision::LateAck { from, zxid } => format!(
            "The ACK of {from} for {} comes late: it is committed.",
            z(*zxid)
        ),
        Decision::FailedRequest { zxid, error } => {
            format!(
                "The request fails with {error}; it still takes a number, {}.",
                z(*zxid)
            )
        }
        Decision::ForwardedWrite { .. } => format!("{s} forwards the write to its leader."),
        Decision::GroupCommit { records } => format!("{records} records share one fsync on {s}."),
        Decision::CounterUsedUp => {
            format!("{s} has used up the counter of its epoch: a new one is needed.")
        }
        Decision::WentLooking { why } => went_looking(s, *why),
        Decision::DroppedLearner { learner, why } => {
            format!("{s} drops {learner}: {}.", because(*why))
        }
        Decision::RefusedStaleServer { seen, have } => format!(
            "{s} refuses the client: the client has seen {}, {s} has only {}.",
            z(*seen),
            z(*have)
        ),
        Decision::ExpiredSession { session } => format!(
            "{s} expires session {session}; deleting its ephemeral znodes is itself a proposal."
        ),
        Decision::SessionRevalidated {
            session,
            valid: true,
        } => format!("Session {session} is alive at {s}."),
        Decision::SessionRevalidated {
            session,
            valid: false,
        } => format!("Session {session} is over: {s} says so."),
        Decision::Recovered {
            snapshot,
            replayed,
            zxid,
            stops,
        } => {
            let from = snapshot.map_or("no snapshot".to_owned(), |s| format!("snapshot.{s:x}"));
            let torn = if *stops > 1 {
                ", past places where a log stopped early"
            } else {
                ""
            };
            format!(
                "{s} loads {from} and replays {replayed} transactions, up to {}{torn}.",
                z(*zxid)
            )
        }
        Decision::FreshDisk { trusted: true } => format!("The disk of {s} is empty: a new server."),
        Decision::FreshDisk { trusted: false } => {
            format!("The disk of {s} is empty: it may follow, but its vote does not count.")
        }
        Decision::SnapshotBegun { zxid, walk: true } => {
            format!("{s} starts snapshot.{zxid:x} while writes continue.")
        }
        Decision::SnapshotBegun { zxid, .. } => {
            format!("{s} writes snapshot.{zxid:x} in one go.")
        }
        Decision::SnapshotDone { zxid, fuzzy_to } if zxid == fuzzy_to => {
            format!("snapshot.{zxid:x} of {s} is complete.")
        }
        Decision::SnapshotDone { zxid, fuzzy_to } => format!(
            "snapshot.{zxid:x} of {s} is complete; it is fuzzy from {} to {}.",
            z(*zxid),
            z(*fuzzy_to)
        ),
        Decision::TooBusyToSnap => format!("A snapshot is due, but {s} is still writing one."),
        Decision::Purged { files } => format!("{s} removes {files} old files."),
        Decision::DiskRefused => format!("{s}'s disk refuses a write."),
    }
}

fn planned(s: ServerId, learner: ServerId, peer: String, plan: &SyncPlan) -> String {
    let SyncPlan {
        mode,
        zxid,
        count,
        reason,
    } = plan;
    match (mode, count) {
        (SyncMode::Diff, 0) => format!("{learner} has everything: {s} sends an empty DIFF."),
        (SyncMode::Diff, 1) => format!("{learner} is 1 behind: {s} sends it (DIFF)."),
        (SyncMode::Diff, n) => format!("{learner} is {n} behind: {s} sends those {n} (DIFF)."),
        (SyncMode::Trunc, 0) => format!(
            "{learner} has {peer}, which {s} lacks: cut back to {} (TRUNC).",
            z(*zxid)
        ),
        (SyncMode::Trunc, n) => format!(
            "{learner} has {peer}, which {s} lacks: cut back to {} (TRUNC), then {n} are sent.",
            z(*zxid)
        ),
        (SyncMode::Snap, _) => match reason {
            SyncReason::OtherEpoch { .. } => {
                format!("{learner}'s log went another way in an older epoch: full copy (SNAP).")
            }
            _ => format!("{learner} is too far behind: full copy (SNAP)."),
        },
    }
}

fn went_looking(s: ServerId, why: LeaveReason) -> String {
    match why {
        LeaveReason::ConnectionLost => format!("{s} has lost its leader and looks for another."),
        LeaveReason::Silence => {
            format!("{s} has heard nothing for too long and looks for a leader.")
        }
        LeaveReason::LeaderUnreachable => format!("{s} cannot reach the leader and looks again."),
        LeaveReason::NoQuorum => format!("{s} no longer has a quorum of followers and steps down."),
        _ => format!("{s} leaves and looks for a leader: {}.", because(why)),
    }
}

fn because(why: LeaveReason) -> &'static str {
    match why {
        LeaveReason::ConnectionLost => "the connection broke",
        LeaveReason::Silence => "it was silent for too long",
        LeaveReason::LeaderUnreachable => "the leader cannot be reached",
        LeaveReason::NoQuorum => "no quorum of followers is in time",
        LeaveReason::InitLimit => "initLimit is over",
        LeaveReason::HigherPromise => "a voter has promised a higher epoch",
        LeaveReason::OldEpoch => "the offered epoch is too old",
        LeaveReason::FollowerAhead => "a follower has a longer history",
        LeaveReason::CounterUsedUp => "the counter of the epoch is used up",
        LeaveReason::DiskError => "the disk refused a write",
        LeaveReason::ProtocolError => "a packet came out of order",
        LeaveReason::SlowAck => "it did not acknowledge a proposal in time",
    }
}
