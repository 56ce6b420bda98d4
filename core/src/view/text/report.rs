//! What recovery found, in sentences.

use crate::storage::epochs::EpochRefusal;
use crate::storage::{Finding, Misplaced, Refusal, Stop, StopWhy};

/// True when a finding is more than the ordinary course of a recovery.
pub fn is_unusual(finding: &Finding) -> bool {
    match finding {
        Finding::SnapshotLoaded { .. }
        | Finding::TrustedEmpty
        | Finding::UntrustedEmpty
        | Finding::Replayed { .. }
        | Finding::SnapshotDigestAgrees { .. } => false,
        Finding::LogEnds(stop) => stop.hides.is_some() || !stop.why.is_ordinary(),
        _ => true,
    }
}

/// One line of the report.
pub fn finding(finding: &Finding) -> String {
    match finding {
        Finding::SnapshotUnfinished { file } => format!("skips {file}: it was never finished"),
        Finding::SnapshotCorrupt(corrupt) => format!("skips a snapshot: {corrupt}"),
        Finding::SnapshotTooNew { file } => format!("skips {file}: it is too new"),
        Finding::SnapshotUnrepaired {
            file,
            seen,
            log_ends,
        } => format!(
            "skips {file}: it may hold effects up to {seen}, but the log has them only up to {log_ends}"
        ),
        Finding::SnapshotLoaded {
            file,
            nodes,
            sessions,
            ..
        } => format!(
            "loads {file}: {}, {}",
            counted(*nodes, "node"),
            counted(*sessions, "session")
        ),
        Finding::TrustedEmpty => "finds nothing and trusts it".to_owned(),
        Finding::UntrustedEmpty => "finds nothing and does not trust it".to_owned(),
        Finding::LogsWithoutSnapshot => "finds logs without a snapshot and trusts them".to_owned(),
        Finding::Replayed {
            file,
            first,
            last,
            records,
        } if first == last => format!("replays {first} of {file}"),
        Finding::Replayed {
            file,
            first,
            last,
            records,
        } => format!("replays {first}..{last} of {file}: {records} records"),
        Finding::LogEnds(stop) => format!("ends reading {}", self::stop(stop)),
        Finding::Gap(m) => format!("finds a gap: {}", misplaced(m)),
        Finding::Disorder(m) => format!("finds a wrong order: {}", misplaced(m)),
        Finding::DigestMismatch { zxid, .. } => {
            format!("has another tree after {zxid} than the leader had")
        }
        Finding::SnapshotDigestAgrees { zxid } => {
            format!("has the tree that the snapshot noted for {zxid}")
        }
        Finding::SnapshotDigestDiffers { zxid, .. } => {
            format!("has another tree at {zxid} than the snapshot noted")
        }
        Finding::SnapshotDigestNeverMet { zxid } => {
            format!("never meets {zxid}, for which the snapshot noted a digest")
        }
    }
}

/// Why recovery refuses a disk.
pub fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::NoUsableSnapshot => "no snapshot can be used".to_owned(),
        Refusal::NoSnapshot => "there are logs but no snapshot".to_owned(),
        Refusal::Corrupt(corrupt) => corrupt.to_string(),
        Refusal::Gap(m) => format!("transactions are missing: {}", misplaced(m)),
        Refusal::Disorder(m) => format!("transactions stand in the wrong order: {}", misplaced(m)),
        Refusal::Poison(zxid) => format!("no server can apply {zxid}"),
        Refusal::Damaged(s) => format!("a record is damaged: {}", stop(s)),
    }
}

/// Why the epoch files let no server start.
pub fn epochs(why: &EpochRefusal) -> String {
    match why {
        EpochRefusal::CurrentBehindLog { current, log } => {
            format!("currentEpoch is {current}, but the log is of epoch {log}")
        }
        EpochRefusal::AcceptedBehindCurrent { accepted, current } => {
            format!("acceptedEpoch is {accepted}, but currentEpoch is {current}")
        }
        EpochRefusal::Corrupt(corrupt) => corrupt.to_string(),
    }
}

fn counted(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

fn misplaced(m: &Misplaced) -> String {
    format!("{} follows {} in {}", m.found, m.after, m.file)
}

/// Where and why reading a log file ended.
pub fn stop(stop: &Stop) -> String {
    let hides = stop.hides.map_or_else(String::new, |zxid| {
        format!(", although {zxid} stands behind it")
    });
    format!("{}{hides}", place(stop))
}

fn place(stop: &Stop) -> String {
    let Stop {
        file, offset, why, ..
    } = stop;
    let why = match why {
        StopWhy::Complete => "the file ends",
        StopWhy::Padding => "only zeros follow",
        StopWhy::Torn => "the file ends inside a record",
        StopWhy::NoEndByte => "a record has no end byte",
        StopWhy::Short => "a record is too short for its transaction",
        StopWhy::Empty => "the file is empty",
    };
    format!("{file} at byte {offset}, where {why}")
}
