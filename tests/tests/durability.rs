//! What a disk keeps, looked at byte by byte: what a power loss takes, what a log file is made of, and
//! that a snapshot is no state that ever was.

use zablab_core::base::ServerId;
use zablab_core::model::Zxid;
use zablab_core::protocol::{Decision, Effect};
use zablab_core::storage::{FileLoss, FileName, ReadFiles, RecoverOptions, recover, snapshot};
use zablab_core::tree::DataTree;
use zablab_core::world::step::{Cause, Outcome, Step};
use zablab_core::world::{Command, World};
use zablab_tests::scripts;

const S1: ServerId = ServerId(1);

fn tree(world: &World) -> Option<&DataTree> {
    let process = world.host(S1).process.as_ref();
    process.map(|peer| &peer.db().tree)
}

fn effects(step: &Step) -> impl Iterator<Item = &Effect> {
    step.outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Effect(effect) => Some(effect),
        _ => None,
    })
}

/// The walk meets one node before and another after a write: its file holds the second write and not
/// the first, which no server ever did. Replay of the log makes it exact.
#[test]
fn a_fuzzy_snapshot_is_no_state_that_ever_was_and_recovery_from_it_is_exact() {
    let program = scripts::named("storage/a-snapshot-is-a-walk-while-writes-go-on");
    let mut states: Vec<(Zxid, DataTree)> = Vec::new();
    let mut sealed = None;
    let mut compared = 0;
    scripts::run(program, |step, timeline| {
        let world = timeline.world();
        let applied = effects(step)
            .filter(|e| matches!(e, Effect::Apply(_)))
            .count();
        assert!(applied <= 1, "two transactions at once would hide a state");
        if let (true, Some(tree)) = (applied == 1, tree(world)) {
            let zxid = world.host(S1).process.as_ref().map(|p| p.db().last_zxid);
            states.push((zxid.expect("it runs"), tree.clone()));
        }
        for decision in scripts::decisions(step) {
            if let Decision::SnapshotDone { zxid, fuzzy_to } = decision
                && fuzzy_to > zxid
            {
                sealed = Some((*zxid, world.host(S1).disk.clone()));
            }
        }
        let crashed =
            matches!(&step.cause, Cause::Command(c) if matches!(**c, Command::Crash { .. }));
        if let (true, Some((zxid, disk))) = (crashed, &sealed) {
            let name: FileName = format!("snapshot.{zxid:x}").into();
            let content = disk.content(&name).expect("it is on disk");
            let loaded = snapshot::read(content, &name, RecoverOptions::ZABLAB.read_rules())
                .expect("it is whole");
            assert!(states.len() > 4, "the run has {} states", states.len());
            for (at, state) in &states {
                let differs = loaded.database.tree.difference(state);
                assert!(differs.is_some(), "the snapshot is the state at {at}");
            }
            let recovered = recover(&world.host(S1).disk, &RecoverOptions::ZABLAB);
            let database = recovered.outcome.expect("it starts");
            let (last, right) = states.last().expect("there are states");
            assert_eq!(database.last_zxid, *last);
            assert_eq!(database.tree.difference(right), None);
            assert_eq!(database.tree.digest(), right.digest());
            compared += 1;
        }
    });
    assert_eq!(compared, 1);
}

/// Bytes that were written and not forced are gone from the disk itself after a power loss.
#[test]
fn a_power_loss_takes_bytes_that_were_written() {
    let name = "storage/an-fsync-makes-bytes-durable-and-a-power-loss-takes-the-rest";
    let mut losses: Vec<FileLoss> = Vec::new();
    let mut before = Vec::new();
    let mut after = Vec::new();
    scripts::run(scripts::named(name), |step, timeline| {
        let log = |world: &World| {
            let log = world.host(S1).disk.content("log.100000001");
            log.map(|content| content.to_vec()).unwrap_or_default()
        };
        for outcome in &step.outcomes {
            if let Outcome::Died {
                server: S1,
                lost: Some(lost),
                ..
            } = outcome
            {
                losses.extend(lost.files.iter().cloned());
                after = log(timeline.world());
            }
        }
        if losses.is_empty() {
            before = log(timeline.world());
        }
    });
    let [loss] = &losses[..] else {
        panic!("one file had pending bytes, not {losses:?}");
    };
    assert_eq!((loss.lost, loss.kept), (117, 0));
    let written = |bytes: &[u8]| bytes.iter().rposition(|b| *b != 0).map_or(0, |i| i + 1);
    assert_eq!(written(&before), written(&after) + 117);
    assert_eq!(before[..written(&after)], after[..written(&after)]);
}

/// A fresh log file has its header, 64 KiB of room, and grows in steps of 64 KiB.
#[test]
fn a_log_file_is_preallocated() {
    let text = "ensemble servers=1 seed=1\n\
        until leader\n\
        client a server=1\n\
        until quiet\n\
        expect file 1 log.100000001 durable=77 pending=0\n";
    let program = zablab_core::scenario::parse(text).expect("it is valid");
    let runner = scripts::run(program, |_, _| {});
    assert!(runner.all_held());
    let disk = &runner.world().host(S1).disk;
    let log = disk.file("log.100000001").expect("it is there");
    assert_eq!((log.len(), log.durable_len()), (65_552, 65_552));
    let bytes = disk.content("log.100000001").expect("it is there").to_vec();
    assert_eq!(&bytes[..16], b"ZKLG\0\0\0\x02\0\0\0\0\0\0\0\0");
    assert_eq!(bytes[76], 0x42);
    assert!(bytes[77..].iter().all(|b| *b == 0));
}

/// Only what a process was told to be durable may be acknowledged: at every ack of every script in
/// which all corrections are on, the bytes are on the platter.
#[test]
fn an_ack_follows_its_fsync_in_every_script() {
    use zablab_core::check::Property;
    let mut acks = 0;
    for path in scripts::all() {
        let program = scripts::read(&path);
        let config = program.config();
        if config.switches.off().next().is_some() || !config.force_sync {
            continue;
        }
        let runner = scripts::run(program, |step, _| {
            acks += step.outcomes.iter().filter(|o| is_ack(o)).count();
        });
        let monitor = runner.timeline().monitor();
        if monitor.assumptions_hold() {
            let s10 = monitor.verdicts().of(Property::S10).as_bool();
            assert_ne!(s10, Some(false), "{}", path.display());
        }
    }
    assert!(acks > 500, "only {acks} acks were seen");
}

fn is_ack(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent(m) if m.payload.word() == "ack")
}
