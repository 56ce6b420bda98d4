//! What a trial recovery says about a backup.

use std::collections::BTreeMap;

use super::verify::{NotRestorable, Warning};
use crate::model::{Epoch, Zxid};
use crate::storage::content::Content;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::disk::ReadFiles;
use crate::storage::epochs::{EpochFile, epoch_in};
use crate::storage::op::FileName;
use crate::storage::recovery::{RecoverOptions, Recovery};
use crate::storage::report::{Finding, Refusal};
use crate::storage::scan::{self, LastLog};
use crate::tree::Database;

/// The strictest rules, up to a point.
pub(super) fn rules(until: Option<Zxid>) -> RecoverOptions {
    RecoverOptions {
        window: 1,
        until,
        ..RecoverOptions::ZABLAB
    }
}

/// The database that was recovered, unless its last transaction says that it is not the leader's.
pub(super) fn reached(recovery: &Recovery) -> Result<&Database, NotRestorable> {
    let db = recovery
        .outcome
        .as_ref()
        .map_err(|refusal| why_not(refusal, &recovery.report))?;
    let last = recovery.window.back();
    let digest = last.and_then(|record| record.txn.digest);
    let is_last = last.is_some_and(|record| record.zxid() == db.last_zxid);
    match digest {
        Some(digest) if is_last && digest != db.tree.digest() => {
            let zxid = db.last_zxid;
            Err(NotRestorable::TxnDigest { zxid })
        }
        _ => Ok(db),
    }
}

fn why_not(refusal: &Refusal, report: &[Finding]) -> NotRestorable {
    match refusal {
        Refusal::NoUsableSnapshot | Refusal::NoSnapshot => no_snapshot(report),
        Refusal::Corrupt(corrupt) => NotRestorable::Damaged(corrupt.clone()),
        Refusal::Gap(place) | Refusal::Disorder(place) => NotRestorable::Gap(place.clone()),
        Refusal::Damaged(stop) => {
            let corrupt = Corrupt::at(stop.offset, Why::End);
            NotRestorable::Damaged(corrupt.within(&stop.file, 0))
        }
        Refusal::Poison(zxid) => NotRestorable::Poison(*zxid),
    }
}

/// Why none of the snapshots was taken: what was said of the newest.
fn no_snapshot(report: &[Finding]) -> NotRestorable {
    let mut said = report.iter().filter_map(|finding| match finding {
        Finding::SnapshotUnrepaired {
            file,
            seen,
            log_ends,
        } => Some(NotRestorable::SnapshotUnrepaired {
            file: file.clone(),
            seen: *seen,
            log_ends: *log_ends,
        }),
        Finding::SnapshotCorrupt(corrupt) => Some(NotRestorable::Damaged(corrupt.clone())),
        _ => None,
    });
    said.next().unwrap_or(NotRestorable::NoSnapshot)
}

/// The first point at which the tree is known to be the leader's.
pub(super) fn first_point(
    recovery: &Recovery,
    last: Zxid,
    files: &BTreeMap<FileName, Content>,
) -> Result<Zxid, NotRestorable> {
    let report = &recovery.report;
    let Some((from, file, zxid)) = loaded(report) else {
        return Err(NotRestorable::NoSnapshot);
    };
    let report = &report[from..];
    let differs = |at: Zxid| {
        let mut found = report.iter();
        found.any(|f| matches!(f, Finding::DigestMismatch { zxid, .. } if *zxid == at))
    };
    // Where the digest was noted, and whether the tree there may be trusted.
    let found = report.iter().find_map(noted);
    let (noted, good) = match found {
        Some((at, agrees)) => (at, agrees && !differs(at)),
        None if zxid == Zxid::ZERO => (zxid, true),
        None => (last, true),
    };
    let mut wrong = report.iter().filter_map(|finding| match finding {
        Finding::DigestMismatch { zxid, .. } if *zxid != noted => Some(*zxid),
        _ => None,
    });
    let wrong = match found.is_none() && zxid > Zxid::ZERO {
        // Nobody knows how far its effects reach: only what no later digest takes back is wrong.
        true => wrong.next_back().filter(|at| !digested_after(files, *at)),
        false => wrong.next(),
    };
    if let Some(zxid) = wrong {
        return Err(NotRestorable::TxnDigest { zxid });
    }
    if good {
        return Ok(noted);
    }
    match after(files, noted) {
        Some(first) => Ok(first),
        None => Err(NotRestorable::SnapshotUnrepaired {
            file: file.clone(),
            seen: noted.next(),
            log_ends: last,
        }),
    }
}

/// The snapshot that was taken, and where the report tells of it.
fn loaded(report: &[Finding]) -> Option<(usize, &FileName, Zxid)> {
    let found = report.iter().enumerate().rev();
    found.into_iter().find_map(|(at, finding)| match finding {
        Finding::SnapshotLoaded { file, zxid, .. } => Some((at, file, *zxid)),
        _ => None,
    })
}

/// What is said of the snapshot's digest: where it was noted, and whether the tree agrees.
fn noted(finding: &Finding) -> Option<(Zxid, bool)> {
    match finding {
        Finding::SnapshotDigestAgrees { zxid } => Some((*zxid, true)),
        Finding::SnapshotDigestDiffers { zxid, .. } | Finding::SnapshotDigestNeverMet { zxid } => {
            Some((*zxid, false))
        }
        _ => None,
    }
}

/// The first transaction behind `zxid`.
fn after(files: &BTreeMap<FileName, Content>, zxid: Zxid) -> Option<Zxid> {
    let mut records = scan::records(files, zxid.next(), LastLog::MayBeTorn);
    let found = records.next()?.ok()?;
    Some(found.record.zxid())
}

/// True when the leader noted a digest with a transaction behind `zxid`.
fn digested_after(files: &BTreeMap<FileName, Content>, zxid: Zxid) -> bool {
    let records = scan::records(files, zxid.next(), LastLog::MayBeTorn);
    let mut records = records.map_while(Result::ok);
    records.any(|found| found.record.txn.digest.is_some())
}

/// What is odd, and stops nothing.
pub(super) fn warnings(report: &[Finding]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = report
        .iter()
        .filter_map(|finding| match finding {
            Finding::SnapshotDigestDiffers { zxid, .. } => {
                Some(Warning::SnapshotDigest { zxid: *zxid })
            }
            Finding::SnapshotDigestNeverMet { zxid } => {
                Some(Warning::SnapshotDigestNeverMet { zxid: *zxid })
            }
            Finding::SnapshotCorrupt(corrupt) => Some(Warning::SnapshotCorrupt(corrupt.clone())),
            _ => None,
        })
        .collect();
    if let Some((from, file, zxid)) = loaded(report)
        && zxid > Zxid::ZERO
        && !report[from..].iter().any(|f| noted(f).is_some())
    {
        let file = file.clone();
        warnings.push(Warning::NoDigest { file });
    }
    warnings
}

/// How many transactions were replayed.
pub(super) fn replayed(report: &[Finding]) -> u64 {
    let counts = report.iter().map(|finding| match finding {
        Finding::Replayed { records, .. } => *records,
        _ => 0,
    });
    counts.sum()
}

/// The higher of the two epochs in files.
pub(super) fn epoch_in_files(files: &BTreeMap<FileName, Content>) -> Epoch {
    let named = [EpochFile::Accepted, EpochFile::Current].into_iter();
    let epochs = named.filter_map(|file| epoch_in(files.content(file.name())?).ok());
    epochs.max().unwrap_or(Epoch(0))
}
