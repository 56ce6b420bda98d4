//! Backups, copies and the admin restore: what is refused, what a copy leaves on a disk, and that a
//! restore which is written down is whole or not there, whenever the power fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use zablab_core::base::ServerId;
use zablab_core::check::{BrokenAssumption, DamageKind, Property};
use zablab_core::protocol::Switch;
use zablab_core::scenario::generate::{self, Class};
use zablab_core::scenario::runner::Options;
use zablab_core::scenario::{Action, Progress, Runner, parse};
use zablab_core::storage::ReadFiles;
use zablab_core::world::vault::{VaultFault, VaultOrder};
use zablab_core::world::{Command, World};

/// Random scenarios.
const SEEDS: u64 = 400;

/// An ensemble of three with something to back up.
const PEACE: &str = "until leader 3 within=10s\nclient a server=3\na create /p \"old\"\n\
                     until reply a OK within=5s\nuntil quiet within=5s\n";

fn run(script: &str) -> (Runner, Progress) {
    let program = parse(&format!("zablab 1\n{script}")).expect("it can be read");
    let mut runner = Runner::new(Arc::new(program), Options::default());
    let progress = runner.finish_with(&mut ());
    (runner, progress)
}

fn finished(script: &str) -> Runner {
    let (runner, progress) = run(script);
    assert_eq!(progress, Progress::Finished, "{script}");
    let failed: Vec<&str> = runner
        .checks()
        .iter()
        .filter(|c| !c.ok)
        .map(|c| c.text.as_str())
        .collect();
    assert_eq!(failed, [""; 0], "{script}");
    runner
}

fn broken(runner: &Runner) -> Vec<Property> {
    let verdicts = runner.timeline().monitor().verdicts();
    verdicts.violations().map(|v| v.property).collect()
}

/// What the last line of a script is refused with.
fn refused(script: &str) -> String {
    match run(script).1 {
        Progress::Failed(error) => error.to_string(),
        other => panic!("{other:?}: {script}"),
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_reason() {
    let cold = "backup cold from=2 as=b1\n";
    let hot = "backup hot from=3 as=b1\n";
    let cases = [
        ("", format!("{cold}copy b1 to=1"), "server 1 is up"),
        (
            "",
            format!("{cold}backup cold from=1 as=b1"),
            "there is already a backup \"b1\"",
        ),
        (
            "",
            format!("{cold}admin-restore b1 to=2"),
            "holds copied files",
        ),
        (
            "",
            format!("{hot}crash 2 process\nadmin-restore b1 to=2"),
            "server 2 is down",
        ),
        (
            "",
            format!("{hot}pause 2\nadmin-restore b1 to=2"),
            "server 2 does not serve",
        ),
        (
            "",
            "crash 3 process\nrun 10ms\nbackup hot from=1 as=b1".to_owned(),
            "server 1 does not serve",
        ),
        (
            "",
            format!("{cold}crash 1 process\ndisk 1 full\ncopy b1 to=1"),
            "the disk of server 1 is full",
        ),
        (
            "ensemble servers=3 profile=3.8.0\n",
            hot.to_owned(),
            "release 3.8.0 has no admin commands",
        ),
        (
            "ensemble servers=3 profile=3.8.0\n",
            format!("{cold}admin-restore b1 to=2"),
            "release 3.8.0 has no admin commands",
        ),
    ];
    for (setup, lines, why) in cases {
        let said = refused(&format!("{setup}{PEACE}{lines}"));
        assert!(said.contains(why), "{lines}: {said}");
    }
}

fn files(world: &World, id: u8) -> Vec<(String, Vec<u8>)> {
    let disk = &world.host(ServerId(id)).disk;
    let content = |name: &str| disk.content(name).expect("it is listed").to_vec();
    let names = disk.names().into_iter();
    names.map(|n| (n.to_string(), content(&n))).collect()
}

#[test]
fn a_cold_backup_is_the_disk_as_it_was_and_a_copy_is_durable() {
    let then = finished(&format!("{PEACE}backup cold from=2 as=b1"));
    let before = files(then.world(), 2);
    let backup = then
        .world()
        .vault()
        .get("b1")
        .expect("it was taken")
        .clone();
    assert_eq!(backup.zxid.to_string(), "1.2");
    let kept: Vec<String> = backup.files.keys().map(ToString::to_string).collect();
    let names: Vec<String> = before.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(kept, names);

    let later = finished(&format!(
        "{PEACE}backup cold from=2 as=b1\na set /p \"new\"\nuntil quiet within=5s\n\
         crash 2 power\nwipe 2\ncopy b1 to=2\nrestart 2\ncrash 2 power"
    ));
    assert_eq!(files(later.world(), 2), before);
}

#[test]
fn a_copy_onto_one_server_changes_nothing_in_the_end() {
    let runner = finished(&format!(
        "{PEACE}backup cold from=1 as=b1\na set /p \"new\"\nuntil quiet within=5s\ncrash 1 process\n\
         copy b1 to=1\nrestart 1\nuntil synced 1 within=30s\nuntil quiet within=30s\n\
         expect data /p \"new\" on=1,2,3\nexpect equal 1,2,3\nexpect lost none"
    ));
    assert_eq!(broken(&runner), []);
}

#[test]
fn a_streamed_snapshot_starts_a_server_whose_disk_is_gone() {
    let runner = finished(&format!(
        "{PEACE}until quiet within=5s\nbackup hot from=1 as=b1\ncrash 2 process\ncopy b1 to=2\nrestart 2\n\
         until synced 2 within=30s\nuntil quiet within=30s\nexpect equal 1,2,3"
    ));
    assert_eq!(
        runner.world().vault().get("b1").map(|b| b.files.len()),
        Some(1)
    );
    assert!(!broken(&runner).contains(&Property::S5));
}

/// A lagging follower is handed the leader's tree; the power fails `after` milliseconds later.
fn restored_and_killed(after: u64) -> Runner {
    finished(&format!(
        "{PEACE}slow 2 3 500ms\na set /p \"new\"\na create /q\nuntil applied /q on=1,3 within=5s\n\
         backup hot from=3 as=b1\nadmin-restore b1 to=2\nrun {after}ms\ncrash 2 power\nrestart 2\n\
         slow 2 3 0ms\nuntil synced 2 within=30s\nuntil quiet within=30s\nexpect equal 1,2,3"
    ))
}

#[test]
fn a_restore_that_is_written_down_is_whole_or_not_there() {
    let mut ends = Vec::new();
    for after in 1..30 {
        let runner = restored_and_killed(after);
        assert_eq!(broken(&runner), [], "after {after} ms");
        let disk = &runner.world().host(ServerId(2)).disk;
        ends.push(disk.content("snapshot.100000004").is_some());
    }
    assert!(ends.contains(&true) && ends.contains(&false), "{ends:?}");
}

#[test]
fn an_older_tree_on_the_only_server_loses_what_came_after_and_says_so() {
    let runner = finished(
        "ensemble servers=1\nuntil leader 1 within=10s\nclient a server=1\na create /p \"old\"\n\
         until reply a OK within=5s\nuntil quiet within=5s\nbackup hot from=1 as=b1\na create /q\n\
         until reply a OK within=5s\nuntil quiet within=5s\nadmin-restore b1 to=1\n\
         until leader 1 within=30s\nuntil quiet within=30s\nexpect absent /q on=1\nexpect lost /q\n\
         a create /r\nuntil reply a OK within=5s\nuntil quiet within=5s\ncrash 1 power\nrestart 1\n\
         until leader 1 within=30s\nexpect data /p \"old\" on=1\nexpect absent /q on=1\n\
         expect not absent /r on=1\nexpect property S20 true",
    );
    let verdicts = runner.timeline().monitor().verdicts();
    assert!(broken(&runner).contains(&Property::S9));
    for violation in verdicts.violations() {
        let blamed = format!("{:?}", violation.assumption);
        let restored = format!("{:?}", DamageKind::Restored);
        assert!(blamed.contains(&restored), "{violation:?}");
    }
}

/// Random scenarios of class B take backups and bring them back in every way; a restore that is
/// written down stays, unless its disk was damaged or lies.
#[test]
fn random_operators_use_the_vault_and_a_durable_restore_stays() {
    let mut used = [0; 3];
    for seed in 1..=SEEDS {
        let (runner, _) = generate::play(seed, Class::B);
        for action in runner.program().actions() {
            let Action::Perform(command) = action else {
                continue;
            };
            match **command {
                Command::Backup { .. } => used[0] += 1,
                Command::Copy { .. } => used[1] += 1,
                Command::AdminRestore { .. } => used[2] += 1,
                _ => {}
            }
        }
        let config = runner.world().config();
        let verdicts = runner.timeline().monitor().verdicts();
        let undone = verdicts.violations().find(|v| v.property == Property::S20);
        if let Some(undone) = undone
            && config.switches.on(Switch::RestoreIsDurable)
        {
            let lied = matches!(
                &undone.assumption,
                Some(BrokenAssumption::Damaged(d)) if d.kind == DamageKind::Lying
            );
            assert!(lied, "seed {seed}: {undone:?}");
        }
    }
    assert!(used.iter().all(|times| *times > 10), "{used:?}");
}

/// What an old rule, or an earlier job of the same backup, had planned comes to nothing.
#[test]
fn a_rule_that_was_replaced_wakes_nobody() {
    let runner = finished(&format!(
        "{PEACE}backup policy from=2 full=2s as=r\nrun 500ms\nbackup policy from=2 full=30s as=r\n\
         run 5s\nbackup full from=1 as=b rate=100\nrun 1s\nbackup stop b\nbackup resume b\nrun 1s\n\
         backup stop b\nbackup resume b\nrun 20s\nexpect backup b whole"
    ));
    let names = runner.world().vault().iter().map(|(name, _)| &**name);
    assert_eq!(names.collect::<Vec<_>>(), ["b", "r-1", "r-2"]);
}

/// Operators of random scenarios of both classes give every order, and it is carried out.
#[test]
fn random_operators_give_every_order() {
    for (class, least) in [(Class::A, 9), (Class::B, 11)] {
        let mut given: BTreeMap<&str, u32> = BTreeMap::new();
        let mut restored = 0;
        for seed in 1..=SEEDS {
            let (runner, error) = generate::play(seed, class);
            assert!(error.is_none(), "seed {seed} {}: {error:?}", class.letter());
            for action in runner.program().actions() {
                if let Action::Perform(command) = action
                    && let Command::Vault(order) = &**command
                {
                    *given.entry(word(order)).or_default() += 1;
                }
            }
            let monitor = runner.timeline().monitor();
            restored += u32::from(monitor.toll_at(u64::MAX, &[], None).is_some());
        }
        let seldom = given.values().filter(|times| **times < 10).count();
        assert!(given.len() == least && seldom == 0, "{given:?}");
        assert!(restored > 20, "{restored} runs with a joint restore");
    }
}

fn word(order: &VaultOrder) -> &'static str {
    match order {
        VaultOrder::Take(order) if order.parent.is_some() => "incremental",
        VaultOrder::Take(_) => "full",
        VaultOrder::Ship(_) => "ship",
        VaultOrder::Resume(_) => "resume",
        VaultOrder::Stop(_) => "stop",
        VaultOrder::Verify(_) => "verify",
        VaultOrder::Policy(_) => "policy",
        VaultOrder::Restore(_) => "restore",
        VaultOrder::Fault(VaultFault::Flip { .. }) => "flip",
        VaultOrder::Fault(VaultFault::Delete(_)) => "delete",
        VaultOrder::Fault(VaultFault::Capacity(_) | VaultFault::Cut(_)) => "cut or full",
    }
}
