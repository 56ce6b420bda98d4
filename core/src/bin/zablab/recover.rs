//! `zablab recover`: one real data directory, as a server of a release would start from it.

use std::fmt::Write;

use serde::Serialize;
use zablab_core::protocol::{Config, Profile};
use zablab_core::storage::{Finding, RecoverOptions as Rules, Recovery, recover};
use zablab_core::tree::Database;
use zablab_core::view::text::report;

use super::args::RecoverOptions;
use super::data_dir::{self, DataDir};
use super::output::{self, Failure};
use super::tree_json::Dump;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict<'a> {
    started: bool,
    zxid: Option<String>,
    snapshot: Option<String>,
    txns_replayed: u64,
    tail_stops: Vec<String>,
    digest_mismatches: Option<usize>,
    error: Option<String>,
    warnings: Vec<String>,
    sessions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<Dump<'a>>,
}

/// Always true: a verdict was reached, whatever it is.
pub fn run(options: &RecoverOptions) -> Result<bool, Failure> {
    let dir = data_dir::read(&options.dir, options.log_dir.as_deref())?;
    let rules = Rules {
        trust_empty: options.trust_empty,
        autocreate: options.autocreate,
        window: 0,
        ..release(options.profile)
    };
    let recovery = recover(&dir.files, &rules);
    let served = served(&recovery, options.extended_types);
    let verdict = verdict(&dir, &recovery, served.as_ref(), options.no_tree);
    if options.json {
        output::print_json(&verdict)?;
    } else {
        output::print(&in_words(&recovery, &verdict))?;
    }
    Ok(true)
}

/// How a release recovers.
pub fn release(profile: Profile) -> Rules {
    Config {
        profile,
        switches: profile.switches(),
        ..Config::default()
    }
    .recover_options()
}

/// What the server shows when it has started: it forgets ephemerals of sessions it does not know.
pub fn served(recovery: &Recovery, extended_types: bool) -> Option<Database> {
    let mut db = recovery.outcome.clone().ok()?;
    if extended_types {
        db.drop_orphan_ephemerals();
    } else {
        db.drop_extended_types();
    }
    Some(db)
}

fn verdict<'a>(
    dir: &DataDir,
    recovery: &Recovery,
    served: Option<&'a Database>,
    no_tree: bool,
) -> Verdict<'a> {
    let report = &recovery.report;
    let misplaced = dir.misplaced.as_ref();
    let misplaced = misplaced.map(|m| format!("{} must not be in {}", m.name, m.place));
    let refused = recovery.outcome.as_ref().err().map(report::refusal);
    let error = misplaced.or(refused);
    let db = served.filter(|_| error.is_none());
    Verdict {
        started: db.is_some(),
        zxid: db.map(|db| format!("{:#x}", db.last_zxid.0)),
        snapshot: report.iter().rev().find_map(|finding| match finding {
            Finding::SnapshotLoaded { file, .. } => Some(file.to_string()),
            _ => None,
        }),
        txns_replayed: report
            .iter()
            .map(|finding| match finding {
                Finding::Replayed { records, .. } => *records,
                _ => 0,
            })
            .sum(),
        tail_stops: report
            .iter()
            .filter(|finding| matches!(finding, Finding::LogEnds(_)) && report::is_unusual(finding))
            .map(report::finding)
            .collect(),
        digest_mismatches: db.map(|_| mismatches(report)),
        error,
        warnings: warnings(dir, report),
        sessions: db.map_or(Vec::new(), |db| {
            db.sessions
                .keys()
                .map(|id| format!("{:#x}", id.0))
                .collect()
        }),
        digest: db.map(|db| db.tree.digest().to_string()),
        tree: db.filter(|_| !no_tree).map(|db| Dump(&db.tree)),
    }
}

/// How often a server would say that its tree is not the leader's.
pub fn mismatches(report: &[Finding]) -> usize {
    let is_one = |finding: &&Finding| {
        matches!(
            finding,
            Finding::DigestMismatch { .. } | Finding::SnapshotDigestDiffers { .. }
        )
    };
    report.iter().filter(is_one).count()
}

fn warnings(dir: &DataDir, report: &[Finding]) -> Vec<String> {
    let unusual = report
        .iter()
        .filter(|f| report::is_unusual(f) && !matches!(f, Finding::LogEnds(_)));
    let found = unusual.map(report::finding);
    dir.left_out.iter().cloned().chain(found).collect()
}

fn in_words(recovery: &Recovery, verdict: &Verdict<'_>) -> String {
    let mut text = String::new();
    let mut line =
        |words: &str| writeln!(text, "{words}").expect("writing to a string cannot fail");
    for finding in &recovery.report {
        line(&report::finding(finding));
    }
    match (&verdict.error, &verdict.zxid) {
        (Some(error), _) => line(&format!("does not start: {error}")),
        (None, zxid) => {
            let zxid = zxid.as_deref().unwrap_or("nothing");
            let nodes = recovery.outcome.as_ref().map_or(0, |db| db.tree.len());
            let digest = verdict.digest.as_deref().unwrap_or("0");
            line(&format!("starts at {zxid}: {nodes} nodes, digest {digest}"));
        }
    }
    text
}
