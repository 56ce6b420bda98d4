//! Random lives of a server, with backups taken at random moments and of random kinds, a piece at a
//! time while everything goes on: writes, fuzzy snapshots, purges, truncations, power losses.
//!
//! Afterwards each backup is verified, and the verdict is tried:
//! - restorable: every point is exactly the tree that the server had there;
//! - refused: what a lenient server makes of the files is no such tree. One that ended early does not give
//!   what the server had at its end, or nothing but the seal is missing, and resuming gives that;
//! - and a whole backup reaches what the server had when it was begun.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::random::request;
use super::{apply, put, sync};
use crate::base::{Dice, rng::Subject};
use crate::model::{Epoch, Request, Zxid};
use crate::storage::backup::{
    BackupId, CopyOrder, Heading, Keep, Link, Links, Manifest, NotRestorable, NotThere, Point,
    Restoring, State, Stopped, Taking, Verdict, Verifying, Way, chain_of,
};
use crate::storage::scan::{self, CutRule};
use crate::storage::snapshot::{self, SnapshotPolicy, SnapshotWriter};
use crate::storage::{
    Content, Disk, FileName, FileOp, LogWriter, RecoverOptions, SyncTarget, codec, purge, recover,
};
use crate::tree::{Database, Prep, PrepContext, TreeRules};

type Files = BTreeMap<FileName, Content>;

#[derive(Clone, Debug)]
enum Act {
    Write(Request, bool),
    BeginSnapshot,
    Walk(usize),
    Roll,
    Purge,
    Truncate(usize),
    Power(u64),
    Restart,
    Full(CopyOrder),
    Incremental(usize),
    Piece(u64),
    Interrupt,
    Resume(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        24 => (request(), prop::bool::weighted(0.8)).prop_map(|(r, sync)| Act::Write(r, sync)),
        3 => Just(Act::BeginSnapshot),
        8 => (1..4_usize).prop_map(Act::Walk),
        1 => Just(Act::Roll),
        1 => Just(Act::Purge),
        1 => (1..6_usize).prop_map(Act::Truncate),
        1 => any::<u64>().prop_map(Act::Power),
        1 => Just(Act::Restart),
        3 => prop_oneof![2 => Just(CopyOrder::SnapshotFirst), 1 => Just(CopyOrder::LogsFirst)]
            .prop_map(Act::Full),
        4 => any::<prop::sample::Index>().prop_map(|i| Act::Incremental(i.index(1_000))),
        12 => prop_oneof![1..60_u64, 60..4_000_u64].prop_map(Act::Piece),
        1 => Just(Act::Interrupt),
        2 => (0..1_000_usize).prop_map(Act::Resume),
    ]
}

/// A server that lives, and a vault beside it.
struct Life {
    db: Database,
    prep: Prep,
    log: LogWriter,
    disk: Disk,
    epoch: i64,
    counter: u32,
    walk: Option<SnapshotWriter>,
    /// What the server had after each transaction.
    past: BTreeMap<Zxid, Database>,
    vault: BTreeMap<BackupId, Backup>,
    job: Option<Job>,
    taken: usize,
}

#[derive(Clone)]
struct Backup {
    manifest: Manifest,
    files: Files,
    /// What the server had when the backup was begun, without what was cut meanwhile.
    had: Zxid,
    /// The disk of the server when the backup ended, well or not, and the last transaction then.
    ended: (Disk, Zxid),
    /// Meanwhile the server lost what it had.
    cut: bool,
}

struct Job {
    taking: Taking,
    files: Files,
    had: Zxid,
    cut: bool,
}

impl Life {
    fn new() -> Self {
        let db = Database::new();
        let mut disk = Disk::default();
        put(&mut disk, "snapshot.0", &snapshot::whole(&db));
        put(&mut disk, "acceptedEpoch", b"1");
        put(&mut disk, "currentEpoch", b"1");
        let mut life = Self {
            past: BTreeMap::from([(Zxid::ZERO, db.clone())]),
            db,
            prep: Prep::new(),
            log: LogWriter::new(8 << 10),
            disk,
            epoch: 1,
            counter: 0,
            walk: None,
            vault: BTreeMap::new(),
            job: None,
            taken: 0,
        };
        life.write(&Request::CreateSession { timeout_ms: 4_000 }, true);
        life
    }

    fn write(&mut self, request: &Request, synced: bool) {
        self.counter += 1;
        let zxid = Zxid::new(Epoch(self.epoch), self.counter);
        let ctx = PrepContext {
            session: super::SESSION,
            cxid: 0,
            zxid,
            time_ms: time_of(zxid),
            ids: &[],
            ttl_allowed: true,
            enforce_quota: false,
            refused: None,
            rules: TreeRules::zablab(),
        };
        let record = codec::record(self.prep.prepare(&self.db, ctx, request));
        for op in self.log.append(&record) {
            apply(&mut self.disk, &op);
        }
        self.db.apply(&record.txn, TreeRules::zablab());
        self.prep.prune(zxid);
        self.past.insert(zxid, self.db.clone());
        if synced && let Some(target) = self.log.sync_target() {
            sync(&mut self.disk, &target);
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Write(request, synced) => self.write(request, *synced),
            Act::BeginSnapshot if self.walk.is_none() => {
                self.log.roll();
                let (walk, ops) = SnapshotWriter::begin(&self.db, SnapshotPolicy::IN_PLACE);
                ops.iter().for_each(|op| apply(&mut self.disk, op));
                self.walk = Some(walk);
            }
            Act::BeginSnapshot => {}
            Act::Walk(nodes) => self.walk(*nodes),
            Act::Roll => self.log.roll(),
            Act::Purge => {
                for op in purge::ops(&self.disk, 3, purge::Trust::Whole) {
                    apply(&mut self.disk, &op);
                }
            }
            Act::Truncate(records) => self.truncate(*records),
            Act::Power(seed) => self.power(*seed),
            Act::Restart => {
                let db = self.db.clone();
                self.start(db);
            }
            Act::Full(order) => self.begin(None, *order),
            Act::Incremental(n) => {
                let whole = self.vault.values().filter(|b| b.manifest.is_whole());
                let parents: Vec<Manifest> = whole.map(|b| b.manifest.clone()).collect();
                if !parents.is_empty() {
                    let parent = parents[n % parents.len()].clone();
                    self.begin(Some(&parent), CopyOrder::SnapshotFirst);
                }
            }
            Act::Piece(bytes) => self.piece(*bytes),
            Act::Interrupt => self.keep(),
            Act::Resume(n) => self.resume(*n),
        }
    }

    fn walk(&mut self, nodes: usize) {
        let Some(mut walk) = self.walk.take() else {
            return;
        };
        let (ops, whole) = walk.step(&self.db, nodes);
        ops.iter().for_each(|op| apply(&mut self.disk, op));
        if whole {
            super::execute(&mut self.disk, &walk.finish());
        } else {
            self.walk = Some(walk);
        }
    }

    /// The server comes up with that database, in a new epoch.
    fn start(&mut self, db: Database) {
        // What was cut cannot be asked of a backup that is not whole yet.
        let last = db.last_zxid;
        let cut = last < self.db.last_zxid;
        let open = |b: &&mut Backup| matches!(b.manifest.state, State::Taking { .. });
        for backup in self.vault.values_mut().filter(open) {
            (backup.had, backup.cut) = (backup.had.min(last), backup.cut || cut);
        }
        if let Some(job) = &mut self.job {
            (job.had, job.cut) = (job.had.min(last), job.cut || cut);
        }
        self.db = db;
        self.prep = Prep::new();
        self.walk = None;
        self.log.roll();
        self.epoch += 1;
        self.counter = 0;
        put(
            &mut self.disk,
            "acceptedEpoch",
            self.epoch.to_string().as_bytes(),
        );
        put(
            &mut self.disk,
            "currentEpoch",
            self.epoch.to_string().as_bytes(),
        );
    }

    /// Another leader has another history: the log is cut, and goes on with that.
    fn truncate(&mut self, records: usize) {
        let known: Vec<Zxid> = scan::records(&self.disk, Zxid::ZERO, scan::LastLog::MayBeTorn)
            .map_while(Result::ok)
            .map(|found| found.record.zxid())
            .collect();
        let Some(to) = known.len().checked_sub(records + 1).map(|at| known[at]) else {
            return;
        };
        let Ok(ops) = scan::truncate_ops(&self.disk, to, CutRule::NothingBeyond) else {
            return;
        };
        let ops = ops
            .into_iter()
            .chain(purge::newer_snapshots(&self.disk, to));
        for op in ops.collect::<Vec<_>>() {
            apply(&mut self.disk, &op);
            if let FileOp::SetLen { name, .. } = op {
                sync(&mut self.disk, &SyncTarget::Files(vec![name]));
            }
        }
        sync(&mut self.disk, &SyncTarget::Directory);
        if recover(&self.disk, &RecoverOptions::ZABLAB)
            .outcome
            .is_err()
        {
            // No snapshot is left: it gets a whole one from its leader.
            let db = self.past[&to].clone();
            put(
                &mut self.disk,
                &snapshot::file_name(to),
                &snapshot::whole(&db),
            );
        }
        let db = self.past[&to].clone();
        self.start(db);
    }

    fn power(&mut self, seed: u64) {
        let mut crashed = self.disk.clone();
        crashed.crash_power(&mut Dice::new(seed, Subject::Disk));
        // A log behind a hole or a snapshot that was never synced stops this server for good. One that lost the
        // end of an epoch and not the next comes up with a tree that no leader had: what is refused of it is so.
        let recovered = recover(&crashed, &RecoverOptions::ZABLAB).outcome;
        if let Ok(db) = recovered
            && self
                .past
                .get(&db.last_zxid)
                .is_some_and(|then| same(&db, then))
        {
            self.disk = crashed;
            self.start(db);
        }
    }

    // --- the vault ---

    fn begin(&mut self, parent: Option<&Manifest>, order: CopyOrder) {
        if self.job.is_some() {
            return;
        }
        self.taken += 1;
        let heading = Heading {
            id: format!("b{}", self.taken).into(),
            source: "server 1".to_owned(),
            way: Way::Copy(order),
            started_ms: 0,
        };
        let taking = match parent {
            Some(parent) => Taking::incremental(heading, parent),
            None => Taking::full(heading),
        };
        self.job = Some(Job {
            taking,
            files: Files::new(),
            had: self.db.last_zxid,
            cut: false,
        });
    }

    fn piece(&mut self, bytes: u64) {
        let Some(job) = &mut self.job else {
            return;
        };
        let done = job.taking.advance(&self.disk, &mut job.files, bytes);
        if let Err(Stopped::Fault(fault)) = done {
            panic!("a disk in memory never fails: {fault}");
        }
        let (done, all) = job.taking.progress();
        assert!(done <= all);
        if job.taking.is_done() {
            self.keep();
        }
    }

    /// The job ends here, wherever it is.
    fn keep(&mut self) {
        if let Some(job) = self.job.take() {
            let manifest = job.taking.manifest(1);
            let id = manifest.id.clone();
            let backup = Backup {
                manifest,
                files: job.files,
                had: job.had,
                cut: job.cut,
                ended: (self.disk.clone(), self.db.last_zxid),
            };
            self.vault.insert(id, backup);
        }
    }

    fn resume(&mut self, n: usize) {
        let open = self.vault.values().filter(|b| !b.manifest.is_whole());
        let open: Vec<Backup> = open.cloned().collect();
        if self.job.is_some() || open.is_empty() {
            return;
        }
        let Backup {
            manifest,
            mut files,
            had,
            cut,
            ..
        } = open[n % open.len()].clone();
        let broken = matches!(manifest.state, State::Broken(_));
        match Taking::resume(manifest, &mut files) {
            Ok(taking) => {
                self.job = Some(Job {
                    taking,
                    files,
                    had,
                    cut,
                });
            }
            Err(_) => assert!(broken),
        }
    }

    fn links(&self, id: &BackupId) -> Result<Links<Files>, NotRestorable> {
        let find = |id: &BackupId| self.vault.get(id).map(|b| b.manifest.clone());
        let chain = chain_of(id, find)?.into_iter();
        let link = |manifest: Manifest| Link {
            files: self.vault[&manifest.id].files.clone(),
            manifest,
        };
        Ok(chain.map(link).collect())
    }
}

fn time_of(zxid: Zxid) -> i64 {
    1_767_225_600_000 + zxid.epoch().0 * 1_000_000 + i64::from(zxid.counter()) * 10
}

fn verified(links: Links<Files>, piece: u64) -> Verdict {
    let mut work = Verifying::new(links);
    while !work.advance(piece) {
        let (done, all) = work.progress();
        assert!(done <= all, "{done} of {all}");
    }
    work.verdict().expect("it is done").clone()
}

fn restored(links: Links<Files>, point: Point) -> Result<(Zxid, Files), NotThere> {
    let mut work = Restoring::new(links, point, Keep::Sessions, None);
    let mut files = Files::new();
    while !work.advance(&mut files, 777)? {}
    Ok((work.restored().expect("it is done").zxid, files))
}

/// What is restored is what the server had.
fn same(db: &Database, then: &Database) -> bool {
    db.tree.difference(&then.tree).is_none()
        && db.tree.digest() == then.tree.digest()
        && db.sessions == then.sessions
        && db.last_zxid == then.last_zxid
}

/// Every point of the range, and each of them by its time as well.
fn check_restores(life: &Life, links: &Links<Files>, first: Zxid, last: Zxid) {
    let in_backup: BTreeSet<Zxid> = recorded(links);
    for (zxid, then) in life.past.range(first..=last) {
        if !in_backup.contains(zxid) && *zxid != first && *zxid != last {
            continue;
        }
        let (reached, files) = restored(links.clone(), Point::Zxid(*zxid)).expect("in the range");
        assert_eq!(reached, *zxid);
        for options in [
            RecoverOptions::V3_8_0,
            RecoverOptions::V3_9_4,
            RecoverOptions::ZABLAB,
        ] {
            let recovery = recover(&files, &options);
            let db = recovery.outcome.expect("a restored server starts");
            assert!(
                same(&db, then),
                "{zxid} of {first}..={last} is another tree: {:?}, {} {} nodes, {:?}, {:?}",
                db.tree.difference(&then.tree),
                db.tree.len(),
                then.tree.len(),
                db.sessions == then.sessions,
                (db.tree.digest(), then.tree.digest(), db.last_zxid),
            );
        }
        if in_backup.contains(zxid) && *zxid != first {
            let before = in_backup.range(..zxid).next_back();
            let by_time = restored(links.clone(), Point::BeforeTime(time_of(*zxid)));
            match by_time {
                Ok((reached, _)) => assert_eq!(Some(&reached), before),
                Err(NotThere::Before { .. }) => assert!(before.is_none_or(|b| *b < first)),
                Err(why) => panic!("before {zxid}: {why}"),
            }
        }
    }
}

/// The zxids that stand in the logs of a chain.
fn recorded(links: &Links<Files>) -> BTreeSet<Zxid> {
    scan::records(&lenient(links), Zxid::ZERO, scan::LastLog::MayBeTorn)
        .map_while(Result::ok)
        .map(|found| found.record.zxid())
        .collect()
}

/// The files of a chain, put together by somebody who checks nothing.
fn lenient(links: &Links<Files>) -> Files {
    let mut all = Files::new();
    for link in links {
        for part in &link.manifest.files {
            let Some(content) = link.files.get(&part.name) else {
                continue;
            };
            let file = all.entry(part.name.clone()).or_default();
            if part.from == 0 {
                file.set_len(0);
            }
            file.write(part.from, &content.to_vec());
        }
    }
    all
}

/// What a server that checks little makes of the files: is it what was promised?
fn would_be_good(life: &Life, links: &Links<Files>, promised: Zxid) -> bool {
    let recovery = recover(&lenient(links), &RecoverOptions::V3_8_0);
    let then = life.past.get(&promised);
    recovery
        .outcome
        .is_ok_and(|db| then.is_some_and(|then| same(&db, then)))
}

/// A backup that is broken lacks something that the server had then, unless the server had lost it itself. Of one
/// that was interrupted a part may be missing, too; or all is there, and once it is resumed it is restorable to that.
fn check_unfinished(life: &Life, backup: &Backup, links: &Links<Files>) {
    let (disk, had) = &backup.ended;
    let good = would_be_good(life, links, *had);
    if let State::Broken(why) = &backup.manifest.state {
        assert!(backup.cut || !good, "all is there, and yet: {why}");
        return;
    }
    if !good {
        return;
    }
    let mut whole = links.clone();
    let last = whole.last_mut().expect("it is one of them");
    let taking = Taking::resume(last.manifest.clone(), &mut last.files);
    let mut taking = taking.expect("it was interrupted");
    while !taking.is_done() {
        let done = taking.advance(disk, &mut last.files, 500);
        assert!(done.is_ok(), "nothing has changed, and yet: {done:?}");
    }
    last.manifest = taking.manifest(1);
    let range = verified(whole, 500).restorable;
    assert_eq!(range.map(|range| range.last), Ok(*had));
}

/// Damage that must be noticed, to a chain that can be restored.
fn spoil(links: &mut Links<Files>, how: usize, at: usize) {
    let carries: Vec<(usize, FileName)> = links
        .iter()
        .enumerate()
        .flat_map(|(n, link)| link.files.keys().map(move |name| (n, name.clone())))
        .filter(|(_, name)| name.starts_with("log.") || name.starts_with("snapshot."))
        .collect();
    let (n, name) = carries[at % carries.len()].clone();
    let files = &mut links[n].files;
    let content = files.get_mut(&name).expect("it was listed");
    match how {
        0 => {
            files.remove(&name);
        }
        1 => content.set_len(content.len() - 1 - (at as u64 % (content.len() / 2))),
        _ => {
            let place = 16 + at as u64 % (content.len() - 16);
            let byte = content.read(place..place + 1)[0];
            content.write(place, &[byte ^ (1 << (at % 8))]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_verdict_holds_when_it_is_tried(
        acts in vec(act(), 20..160),
        finish in any::<bool>(),
        piece in 1..3_000_u64,
        (how, at) in (0..3_usize, any::<usize>()),
    ) {
        let mut life = Life::new();
        for act in &acts {
            life.act(act);
        }
        while finish && life.job.is_some() {
            life.piece(500);
        }
        life.keep();
        for (id, backup) in &life.vault {
            let links = match life.links(id) {
                Ok(links) => links,
                Err(why) => panic!("{id}: {why}"),
            };
            let promised = backup.manifest.zxid();
            let verdict = verified(links.clone(), piece);
            match verdict.restorable {
                Ok(range) => {
                    assert!(backup.manifest.is_whole());
                    assert_eq!(range.last, promised);
                    assert!(promised >= backup.had, "{id} is short");
                    check_restores(&life, &links, range.first, range.last);
                    let mut spoiled = links;
                    spoil(&mut spoiled, how, at);
                    assert!(verified(spoiled, piece).restorable.is_err());
                }
                Err(NotRestorable::Incomplete { .. }) => {
                    assert!(links.iter().any(|link| !link.manifest.is_whole()));
                    check_unfinished(&life, backup, &links);
                }
                // What the snapshot caught of the missing transactions is not told by the files: it may
                // have been nothing. The server had applied `seen`, nobody has it any more, and so the
                // state that the snapshot vouches for is out of reach.
                Err(NotRestorable::SnapshotUnrepaired { seen, log_ends, .. }) => {
                    assert!(seen > log_ends && life.past.contains_key(&seen));
                    let known = recorded(&links);
                    assert!(known.range(log_ends.next()..=seen).next().is_none());
                    assert!(!would_be_good(&life, &links, seen));
                }
                Err(why) => {
                    assert!(!would_be_good(&life, &links, promised), "{id}: {why}");
                }
            }
        }
    }
}
