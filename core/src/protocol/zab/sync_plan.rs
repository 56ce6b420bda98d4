//! DIFF, TRUNC or SNAP? The leader's choice for one learner, as a pure function.
//!
//! ```text
//!   committed log in memory:      min ─────────────── max = last
//!   learner's last zxid:
//!     = last ................................ DIFF, nothing to send
//!     > max, not an epoch start ............. TRUNC to max
//!     > max, an epoch start ................. SNAP (nothing to cut, nothing to compare)
//!     min ..= max, in the log ............... DIFF with the rest
//!     min ..= max, not in the log ........... TRUNC to the entry before, then the rest (same epoch)
//!                                             SNAP (another epoch: a cut across epochs is never sent)
//!     < min ................................. the on-disk log, if it is short enough and whole
//!                                             else SNAP
//! ```
//! In ZooKeeper: `LearnerHandler.syncFollower` and `queueCommittedProposals`.

use std::sync::Arc;

use serde::Serialize;

use crate::model::{Record, Zxid};

/// How a learner is brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SyncMode {
    /// It has a prefix of the history: only the rest is sent.
    Diff,
    /// It has transactions the leader lacks: it cuts them off first.
    Trunc,
    /// It takes the whole tree.
    Snap,
}

impl SyncMode {
    /// The wire word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Diff => "DIFF",
            Self::Trunc => "TRUNC",
            Self::Snap => "SNAP",
        }
    }
}

/// Why that mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyncReason {
    /// The learner has all.
    Equal,
    /// The learner's last zxid is in the committed log.
    InCommittedLog {
        /// Oldest zxid of the committed log.
        min: Zxid,
        /// Newest.
        max: Zxid,
    },
    /// The learner's last zxid is older than the committed log, and the log on disk has the rest.
    InDiskLog {
        /// Oldest zxid of the committed log.
        min: Zxid,
    },
    /// The learner is ahead of everything the leader has.
    Ahead {
        /// Newest zxid of the leader.
        max: Zxid,
    },
    /// The learner has a transaction of this epoch that the leader never saw.
    UnknownTail {
        /// Last common zxid.
        prev: Zxid,
    },
    /// The learner has transactions of an epoch the leader continued differently.
    OtherEpoch {
        /// First entry of the leader after the learner's last.
        entry: Zxid,
    },
    /// The learner's last zxid begins an epoch that the leader knows nothing of.
    UnknownEpoch {
        /// Newest zxid of the leader.
        max: Zxid,
    },
    /// The learner is older than what can be sent piece by piece.
    TooOld {
        /// Oldest zxid of the committed log.
        min: Zxid,
        /// Why the log on disk does not help.
        disk: NoDiskLog,
    },
}

/// Why the log on disk cannot bring a learner up to the committed log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoDiskLog {
    /// It begins later than the learner ends: older files are purged, or never were.
    BeginsLater,
    /// The files behind the learner's are longer than the size factor allows, a third of the newest
    /// snapshot, so the tree is the shorter message.
    TooLong,
    /// It does not reach the committed log, or cannot be read.
    Broken,
}

/// A choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SyncPlan {
    /// The mode.
    pub mode: SyncMode,
    /// The zxid of the DIFF, TRUNC or SNAP packet.
    pub zxid: Zxid,
    /// Transactions sent after it.
    pub count: u32,
    /// Why.
    pub reason: SyncReason,
}

/// A choice with the transactions to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSync {
    /// The choice.
    pub plan: SyncPlan,
    /// What follows it, in order; all committed.
    pub records: Vec<Arc<Record>>,
}

/// Chooses for a learner whose last zxid is `peer`.
///
/// `committed` is the committed log in memory, oldest first; `last` the leader's last processed
/// zxid; `disk_log` yields the records after `peer` up to the oldest of the committed log, or why it
/// cannot.
pub fn plan(
    peer: Zxid,
    committed: &[Arc<Record>],
    last: Zxid,
    disk_log: impl FnOnce() -> Result<Vec<Arc<Record>>, NoDiskLog>,
) -> PlannedSync {
    let min = committed.first().map_or(last, |r| r.zxid());
    let max = committed.last().map_or(last, |r| r.zxid());
    if peer == last {
        return planned(SyncMode::Diff, peer, SyncReason::Equal, Vec::new());
    }
    if peer > max && !peer.is_epoch_start() {
        return planned(SyncMode::Trunc, max, SyncReason::Ahead { max }, Vec::new());
    }
    if peer > max {
        return snap(last, SyncReason::UnknownEpoch { max });
    }
    if peer >= min {
        return walk(
            peer,
            committed,
            last,
            max,
            SyncReason::InCommittedLog { min, max },
        );
    }
    match disk_log() {
        Ok(mut records) if records.iter().any(|r| r.zxid() == min) => {
            records.retain(|r| r.zxid() < min);
            records.extend_from_slice(committed);
            walk(peer, &records, last, max, SyncReason::InDiskLog { min })
        }
        found => {
            let disk = found.err().unwrap_or(NoDiskLog::Broken);
            snap(last, SyncReason::TooOld { min, disk })
        }
    }
}

/// Walks a log that reaches from at or before `peer` to `max`. ZooKeeper: `queueCommittedProposals`.
fn walk(peer: Zxid, log: &[Arc<Record>], last: Zxid, max: Zxid, in_log: SyncReason) -> PlannedSync {
    let split = log.partition_point(|r| r.zxid() < peer);
    let rest = &log[split..];
    let Some(entry) = rest.first().map(|r| r.zxid()) else {
        return planned(SyncMode::Diff, max, in_log, Vec::new());
    };
    if entry == peer {
        return planned(SyncMode::Diff, max, in_log, rest[1..].to_vec());
    }
    if peer.is_epoch_start() {
        return planned(SyncMode::Diff, max, in_log, rest.to_vec());
    }
    let prev = split.checked_sub(1).map(|i| log[i].zxid());
    match prev {
        Some(prev) if entry.epoch() == peer.epoch() => {
            let reason = SyncReason::UnknownTail { prev };
            planned(SyncMode::Trunc, prev, reason, rest.to_vec())
        }
        _ => snap(last, SyncReason::OtherEpoch { entry }),
    }
}

fn snap(last: Zxid, reason: SyncReason) -> PlannedSync {
    planned(SyncMode::Snap, last, reason, Vec::new())
}

fn planned(
    mode: SyncMode,
    zxid: Zxid,
    reason: SyncReason,
    records: Vec<Arc<Record>>,
) -> PlannedSync {
    PlannedSync {
        plan: SyncPlan {
            mode,
            zxid,
            count: records.len() as u32,
            reason,
        },
        records,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SessionId;
    use crate::model::{Epoch, Txn, TxnBody, TxnHeader};

    fn z(epoch: i64, counter: u32) -> Zxid {
        Zxid::new(Epoch(epoch), counter)
    }

    fn log(zxids: &[Zxid]) -> Vec<Arc<Record>> {
        zxids
            .iter()
            .map(|zxid| {
                let header = TxnHeader {
                    session: SessionId(1),
                    cxid: 0,
                    zxid: *zxid,
                    time_ms: 0,
                };
                let txn = Txn {
                    header,
                    body: TxnBody::Error { code: 0 },
                    digest: None,
                };
                Record::new(txn, Arc::from(zxid.0.to_be_bytes().as_slice()))
            })
            .collect()
    }

    fn choose(
        peer: Zxid,
        committed: &[Zxid],
        disk: Option<&[Zxid]>,
    ) -> (SyncMode, Zxid, Vec<Zxid>) {
        let committed = log(committed);
        let last = committed.last().map_or(z(1, 0), |r| r.zxid());
        let p = plan(peer, &committed, last, || {
            disk.map(log).ok_or(NoDiskLog::TooLong)
        });
        let sent = p.records.iter().map(|r| r.zxid()).collect();
        (p.plan.mode, p.plan.zxid, sent)
    }

    #[test]
    fn an_equal_learner_gets_an_empty_diff() {
        let got = choose(z(1, 3), &[z(1, 2), z(1, 3)], None);
        assert_eq!(got, (SyncMode::Diff, z(1, 3), vec![]));
    }

    #[test]
    fn a_learner_in_the_window_gets_the_rest() {
        let got = choose(z(1, 2), &[z(1, 1), z(1, 2), z(1, 3), z(2, 1)], None);
        assert_eq!(got, (SyncMode::Diff, z(2, 1), vec![z(1, 3), z(2, 1)]));
    }

    #[test]
    fn a_learner_ahead_is_cut_to_the_leaders_last() {
        let got = choose(z(1, 9), &[z(1, 2), z(1, 3)], None);
        assert_eq!(got, (SyncMode::Trunc, z(1, 3), vec![]));
    }

    #[test]
    fn an_unknown_tail_of_the_same_epoch_is_cut_and_the_rest_sent() {
        let got = choose(z(2, 2), &[z(1, 4), z(2, 1), z(2, 3), z(2, 4)], None);
        assert_eq!(got, (SyncMode::Trunc, z(2, 1), vec![z(2, 3), z(2, 4)]));
    }

    #[test]
    fn a_tail_of_another_epoch_means_snap() {
        let got = choose(z(1, 9), &[z(1, 4), z(2, 1)], None);
        assert_eq!(got, (SyncMode::Snap, z(2, 1), vec![]));
    }

    #[test]
    fn an_old_learner_gets_the_disk_log_or_snap() {
        let window = [z(1, 7), z(1, 8)];
        let got = choose(z(1, 5), &window, Some(&[z(1, 5), z(1, 6), z(1, 7)]));
        assert_eq!(
            got,
            (SyncMode::Diff, z(1, 8), vec![z(1, 6), z(1, 7), z(1, 8)])
        );
        assert_eq!(choose(z(1, 5), &window, None).0, SyncMode::Snap);
    }

    #[test]
    fn an_epoch_start_is_never_cut() {
        let got = choose(z(2, 0), &[z(1, 4), z(2, 1)], None);
        assert_eq!(got, (SyncMode::Diff, z(2, 1), vec![z(2, 1)]));
        let got = choose(z(3, 0), &[z(1, 4), z(2, 1)], None);
        assert_eq!(got, (SyncMode::Snap, z(2, 1), vec![]));
    }
}
