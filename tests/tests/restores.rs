//! Joint restores: what they declare is all that is lost, whatever happened before.
//!
//! A restore that does not declare, or gives one server another history than it says, must redden; so
//! the checks are shown steps that lie.

use std::sync::Arc;

use zablab_core::base::rng::Subject;
use zablab_core::base::{Dice, ServerId};
use zablab_core::check::{Monitor, Property};
use zablab_core::model::{Epoch, Zxid};
use zablab_core::scenario::runner::Options;
use zablab_core::scenario::{Action, Progress, Runner, parse};
use zablab_core::world::vault::{Declared, VaultEvent};
use zablab_core::world::{Outcome, Step, World};

/// Random workloads.
const SEEDS: u64 = 300;

/// A history with a backup in the middle, and a restore of it.
const RESTORED: &str = "until leader 3 within=10s\nclient a server=3\na create /p \"old\"\n\
    until reply a OK within=5s\nuntil quiet within=5s\nbackup cold from=2 as=b1\n\
    a set /p \"new\"\nuntil reply a OK within=5s\na create /q\nuntil reply a OK within=5s\n\
    until quiet within=5s\nrestore b1 to=1,2,3\nrun 100ms\n";

fn runner(script: &str) -> Runner {
    let program = parse(&format!("zablab 1\n{script}")).expect("it can be read");
    Runner::new(Arc::new(program), Options::default())
}

fn finished(script: &str) -> Runner {
    let mut runner = runner(script);
    assert_eq!(runner.finish_with(&mut ()), Progress::Finished, "{script}");
    let failed = runner.checks().iter().filter(|c| !c.ok);
    let failed: Vec<_> = failed.map(|c| (&c.text, &c.saw)).collect();
    assert!(failed.is_empty(), "{failed:?}\n{script}");
    runner
}

fn refused(script: &str) -> String {
    match runner(script).finish_with(&mut ()) {
        Progress::Failed(error) => error.to_string(),
        other => panic!("{other:?}: {script}"),
    }
}

fn broken(monitor: &Monitor) -> Vec<Property> {
    let violations = monitor.verdicts().violations();
    violations.map(|v| v.property).collect()
}

/// Runs a script with a monitor of its own, which sees each step as `change` leaves it.
fn watched(script: &str, change: impl Fn(&mut Step)) -> Monitor {
    let program = parse(&format!("zablab 1\n{script}")).expect("it can be read");
    let mut world = World::new(program.config());
    let mut monitor = Monitor::new(world.config());
    let mut seen = |mut step: Step, world: &World| {
        change(&mut step);
        monitor.observe(&step, world);
    };
    // The scripts here wait for nothing longer than this.
    let pause = |world: &World| zablab_core::base::Instant(world.now().0 + 3_000_000);
    for action in program.actions() {
        match action {
            Action::Perform(command) => {
                let step = world.perform(command).expect("it makes sense");
                seen(step, &world);
            }
            Action::Until { .. } | Action::Run(_) => {
                let until = pause(&world);
                while let Some(step) = world.step_until(until) {
                    seen(step, &world);
                }
                world.advance_to(until);
            }
            _ => {}
        }
    }
    monitor.finish(&world);
    monitor
}

fn restored(step: &mut Step) -> Option<&mut Declared> {
    step.outcomes.iter_mut().find_map(|o| match o {
        Outcome::Vault(VaultEvent::Restored { declared, .. }) => Some(declared),
        _ => None,
    })
}

#[test]
fn what_is_declared_is_no_breach() {
    let monitor = watched(RESTORED, |_| {});
    assert_eq!(broken(&monitor), []);
    let declared: Vec<String> = monitor.declared().iter().map(|z| z.to_string()).collect();
    assert_eq!(declared, ["1.3", "1.4"]);
}

#[test]
fn what_is_not_declared_is_lost() {
    let monitor = watched(RESTORED, |step| {
        if let Some(declared) = restored(step) {
            declared.lost = Arc::from([]);
        }
    });
    assert!(broken(&monitor).contains(&Property::S9));
    let monitor = watched(RESTORED, |step| {
        if let Some(declared) = restored(step) {
            declared.lost = declared.lost[..1].into();
        }
    });
    assert!(broken(&monitor).contains(&Property::S9));
}

#[test]
fn a_restore_to_another_point_than_it_says_is_not_faithful() {
    let monitor = watched(RESTORED, |step| {
        if let Some(declared) = restored(step) {
            declared.zxid = declared.zxid.next();
        }
    });
    assert!(broken(&monitor).contains(&Property::S20));
}

#[test]
fn an_epoch_that_is_not_new_is_not_faithful() {
    let monitor = watched(RESTORED, |step| {
        for outcome in &mut step.outcomes {
            if let Outcome::Vault(VaultEvent::Restored { epoch, .. }) = outcome {
                epoch.0 -= 1;
            }
        }
    });
    assert!(broken(&monitor).contains(&Property::S20));
}

/// A leader that slept, and does not know that it was overruled, goes on in its epoch: what it proposes then is
/// in no history that a later leader began with.
#[test]
fn what_an_overruled_leader_proposes_in_the_end_is_not_restored() {
    let runner = finished(
        "until leader 3 within=10s\npause 3\nclient a server=3\nclient c server=1\n\
         until leader 2 within=30s\nc create /p \"x\"\nuntil reply c OK within=30s\n\
         crash 2 process\nrestart 2\nuntil leader 2 within=30s\nc create /q\n\
         until reply c OK within=30s\nbackup cold from=2 as=b1\nresume 3\nstep 3\n\
         restore b1 to=1,2,3\nuntil quiet within=30s\nexpect lost none",
    );
    let monitor = runner.timeline().monitor();
    assert!(
        monitor.first_seen(Zxid::new(Epoch(1), 1)).is_some(),
        "nothing was proposed"
    );
    assert_eq!(broken(monitor), []);
}

/// A backup has the sessions that it had, whatever restores ended meanwhile.
#[test]
fn sessions_that_two_restores_ended_come_back_with_an_older_backup() {
    let runner = finished(
        "until leader 3 within=10s\nclient a server=1\nuntil quiet within=5s\n\
         backup cold from=2 as=b1\nclient c server=2\nuntil quiet within=5s\n\
         backup cold from=2 as=b2\nrestore b1 to=1,2,3 sessions=drop\nrun 100ms\n\
         restore b2 to=1,2,3 sessions=drop\nrun 100ms\nrestore b2 to=1,2,3\n\
         until quiet within=30s\nexpect equal 1,2,3",
    );
    assert_eq!(broken(runner.timeline().monitor()), []);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_reason() {
    let cold = "until leader 3 within=10s\nclient a server=3\na create /p \"old\"\n\
                until reply a OK within=5s\nuntil quiet within=5s\nbackup cold from=2 as=b1\n";
    let cases = [
        ("restore b1 to=1,2", "server 3 is left out"),
        ("crash 3 power\nrestore b1 to=1,2", "server 3 is left out"),
        (
            "crash 3 power\nwipe 3\ncrash 2 power\nwipe 2\nrestore b1 to=1",
            "no quorum",
        ),
        (
            "restore b1 to=1,2,3 until=1.9",
            "the last point is 0x100000002",
        ),
        ("restore b1 to=1,2,3 before=1ms", "the first point is 0x0"),
        (
            "disk 2 full\nrestore b1 to=1,2,3",
            "disk of server 2 is full",
        ),
        (
            "restore b1 to=1,2,3\nrestore b1 to=1,2,3",
            "under way already",
        ),
    ];
    for (lines, why) in cases {
        let said = refused(&format!("{cold}{lines}"));
        assert!(said.contains(why), "{lines}: {said}");
    }
    let empty = "backup cold from=2 as=b1\nrestore b1 to=1,2,3";
    assert!(refused(empty).contains("cannot be restored"));
}

#[test]
fn a_server_that_starts_meanwhile_stops_the_restore_and_nothing_has_changed() {
    let script = RESTORED.replace(
        "run 100ms\n",
        "run 10ms\nrestart 1\nrun 10s\nrestart 2\nrestart 3\n",
    );
    let runner = finished(&format!(
        "{script}until leader within=30s\nuntil quiet within=30s\nexpect data /p \"new\" on=1,2,3\n\
         expect not absent /q on=1,2,3"
    ));
    assert_eq!(broken(runner.timeline().monitor()), []);
}

#[test]
fn an_empty_server_that_was_left_out_comes_back_to_the_new_history() {
    let script = RESTORED.replace(
        "restore b1 to=1,2,3\n",
        "crash 3 power\nwipe 3\nrestore b1 to=1,2\n",
    );
    let runner = finished(&format!(
        "{script}until leader within=30s\nrestart 3\nuntil synced 3 within=30s\nuntil quiet within=30s\n\
         expect data /p \"old\" on=1,2,3\nexpect absent /q on=1,2,3\nexpect equal 1,2,3\nexpect lost none"
    ));
    // Its epoch files went with its disk.
    assert_eq!(broken(runner.timeline().monitor()), [Property::S2]);
}

/// Something that no protocol promises to survive, or that happens to the vault.
fn damage(dice: &mut Dice, backups: u64) -> String {
    let server = 1 + dice.below(3);
    let backup = 1 + dice.below(backups.max(1));
    match dice.below(8) {
        0 => format!("crash {server} power\nwipe {server}\nrestart {server}\nrun 2s"),
        1 => format!("disk {server} lying"),
        2 => format!("disk {server} tear"),
        3 => format!("disk {server} full\nrun 1s\ndisk {server} ok"),
        4 if backups > 0 => format!("vault flip b{backup} file=snapshot.0 offset=70 bit=1"),
        5 if backups > 0 => {
            format!("crash {server} process\ncopy b{backup} to={server}\nrestart {server}")
        }
        6 => "vault cut\nrun 300ms\nvault heal".to_owned(),
        7 => format!(
            "vault capacity={}\nrun 300ms\nvault capacity=ok",
            dice.below(4_000)
        ),
        _ => format!("purge {server} retain=3"),
    }
}

/// A history of writes, crashes, backups and joint restores; all of class A, or with damage.
fn random(seed: u64, damaged: bool) -> String {
    let mut dice = Dice::new(seed, Subject::Generator);
    let mut lines = vec![
        format!(
            "ensemble servers=3 seed={seed} snap-count={}",
            5 + dice.below(20)
        ),
        "until leader within=30s".to_owned(),
        "client a server=1".to_owned(),
        "client c server=2".to_owned(),
        "run 500ms".to_owned(),
    ];
    let mut backups = 0;
    let mut nodes = 0;
    for _ in 0..25 {
        let line = match dice.below(12) {
            0..=5 => {
                nodes += 1;
                let who = if dice.chance(1, 2) { "a" } else { "c" };
                let how = if dice.chance(1, 4) { " ephemeral" } else { "" };
                format!("{who} create /n{nodes}{how}\nrun {}ms", dice.below(60))
            }
            6 => {
                let server = 1 + dice.below(3);
                let kind = if dice.chance(1, 2) {
                    "power"
                } else {
                    "process"
                };
                format!(
                    "crash {server} {kind}\nrun {}ms\nrestart {server}\nrun 2s",
                    dice.below(900)
                )
            }
            7 | 8 => {
                backups += 1;
                let server = 1 + dice.below(3);
                match dice.below(5) {
                    0 => format!("backup cold from={server} as=b{backups}"),
                    1 => format!("backup hot from={server} as=b{backups}"),
                    2 if backups > 1 => {
                        let parent = backups - 1;
                        format!("backup incremental from={server} parent=b{parent} as=b{backups}")
                    }
                    n => {
                        let order = if n == 3 { " order=log-first" } else { "" };
                        format!("backup full from={server} as=b{backups}{order} rate=16K")
                    }
                }
            }
            9 if backups > 0 => {
                let which = 1 + dice.below(backups);
                let sessions = if dice.chance(1, 4) {
                    " sessions=drop"
                } else {
                    ""
                };
                format!(
                    "restore b{which} to=1,2,3{sessions}\nrun {}ms",
                    dice.below(5_000)
                )
            }
            10 if damaged => damage(&mut dice, backups),
            11 if damaged && backups > 0 => {
                let which = 1 + dice.below(backups);
                format!("backup resume b{which}")
            }
            _ => format!("run {}ms", dice.below(1_000)),
        };
        lines.push(line);
    }
    if damaged {
        lines.push("disk 1 ok\ndisk 2 ok\ndisk 3 ok".to_owned());
    }
    for backup in 1..=backups {
        lines.push(format!(
            "backup verify b{backup}\nrestore b{backup} to=1,2,3\nrun 2s"
        ));
    }
    lines.push("run 100ms".to_owned());
    if !damaged {
        lines.push("until quiet within=60s\nexpect equal 1,2,3\nexpect lost none".to_owned());
    }
    lines.join("\n")
}

/// A line that is refused is left out: a second restore while one runs, a stream of a server that does not
/// serve. A backup that cannot be restored must have been called so.
fn played(seed: u64, damaged: bool) -> (Runner, [u32; 2]) {
    let mut lines: Vec<String> = random(seed, damaged).lines().map(str::to_owned).collect();
    let mut refused = 0;
    loop {
        let script = lines.join("\n");
        let mut runner = runner(&script);
        match runner.finish_with(&mut ()) {
            Progress::Failed(error) => {
                let line = error.at.line as usize - 2;
                let verbs = [
                    "restore", "crash", "restart", "backup", "vault", "copy", "wipe", "disk",
                    "purge",
                ];
                let left_out = verbs.iter().any(|verb| lines[line].starts_with(verb));
                assert!(left_out, "seed {seed}: {error}\n{script}");
                if error.to_string().contains("cannot be restored") {
                    refused += 1;
                    let name = lines[line].split(' ').nth(1).expect("its name");
                    let backup = runner.world().vault().get(name).expect("it is there");
                    if let Some((verdict, _)) = &backup.judged {
                        assert!(verdict.restorable.is_err(), "seed {seed}: {error}");
                    }
                }
                let declares = lines[line].split(' ').find(|word| word.starts_with("as="));
                if let Some(name) = declares.and_then(|word| word.strip_prefix("as=")) {
                    // Other lines speak of it: a copy of the files is always possible.
                    lines[line] = format!("backup cold from=1 as={name}");
                } else {
                    lines.remove(line);
                }
            }
            _ => {
                let restores = lines.iter().filter(|l| l.starts_with("restore")).count();
                return (runner, [restores as u32, refused]);
            }
        }
    }
}

#[test]
fn random_restores_never_lose_what_they_did_not_declare() {
    let (mut restores, mut refusals, mut declared) = (0, 0, 0);
    for seed in 1..=SEEDS {
        let (runner, [restored, refused]) = played(seed, false);
        let failed: Vec<_> = runner.checks().iter().filter(|c| !c.ok).collect();
        assert!(failed.is_empty(), "seed {seed}: {failed:?}");
        let monitor = runner.timeline().monitor();
        let violations: Vec<_> = monitor.verdicts().violations().collect();
        let script = zablab_core::scenario::print::program(runner.program());
        assert!(
            violations.is_empty(),
            "seed {seed}: {violations:?}\n{script}"
        );
        for id in [1, 2, 3] {
            assert!(runner.world().host(ServerId(id)).is_up(), "seed {seed}");
        }
        restores += restored;
        refusals += refused;
        declared += u32::from(!monitor.declared().is_empty());
    }
    assert!(
        restores > 400 && refusals > 20 && declared > 60,
        "{restores} restores, {refusals} refused, {declared} runs with a price"
    );
}

/// With disks that lie and lose, bits that flip and operators who copy: nothing panics, and whatever breaks
/// names what was broken.
#[test]
fn random_damage_is_never_silent() {
    let mut restores = 0;
    for seed in 1..=SEEDS {
        let (runner, [restored, _]) = played(seed, true);
        restores += restored;
        for violation in runner.timeline().monitor().verdicts().violations() {
            let script = zablab_core::scenario::print::program(runner.program());
            let named = violation.assumption.is_some() && !violation.witness.is_empty();
            assert!(named, "seed {seed}: {violation:?}\n{script}");
        }
    }
    assert!(restores > 300, "{restores} restores");
}
