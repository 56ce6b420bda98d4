//! Looking back gives what playing gave; forks leave the old line alone; causes come before effects.

use std::sync::Arc;

use super::timeline::INTERVAL;
use super::{Keep, Recording, StepKind, Timeline, causality};
use crate::base::rng::Subject;
use crate::base::{Dice, Duration, Instant, ServerId};
use crate::model::request::CreateMode;
use crate::model::{Acl, Ensemble, Request};
use crate::protocol::Config;
use crate::world::{Actor, Cause, Command, CrashKind, World};

fn config(seed: u64) -> Arc<Config> {
    Arc::new(Config {
        ensemble: Ensemble::majority(3, 1),
        seed,
        snap_count: 20,
        ..Config::default()
    })
}

fn create(path: &str) -> Command {
    Command::Invoke {
        client: "a".to_owned(),
        request: Arc::new(Request::Create {
            path: path.to_owned(),
            data: None,
            acl: Acl::open(),
            mode: CreateMode::Persistent,
            op: CreateMode::Persistent.op(),
        }),
    }
}

fn run_for(line: &mut Timeline, time: Duration) {
    let until = line.now() + time;
    while line.step_until(until).is_some() {}
    line.advance_to(until);
}

/// A run of some thousand steps with writes, crashes and restarts.
fn eventful(seed: u64, keep: Keep) -> Timeline {
    let mut dice = Dice::new(seed, Subject::Generator);
    let mut line = Timeline::new(config(seed), keep);
    run_for(&mut line, Duration::from_s(2));
    let client = Command::Client {
        name: "a".to_owned(),
        server: ServerId(2),
        servers: Vec::new(),
        timeout: Duration::from_s(4),
    };
    line.perform(client).expect("there is a server 2");
    for round in 0..250 {
        let server = ServerId(dice.between(1, 4) as u8);
        let command = match dice.below(8) {
            0 if dice.chance(1, 2) => Command::Crash {
                server,
                kind: CrashKind::Power,
            },
            1 | 2 => Command::Restart(server),
            3 => Command::Snapshot(server),
            _ => create(&format!("/n{round}")),
        };
        // Some are refused: a refused command is not part of the run.
        let _ = line.perform(command);
        let pause = dice.between(0, 1_500_000);
        run_for(&mut line, Duration(pause));
        if round == 120 {
            line.beat("half");
            line.note("half of it");
        }
    }
    assert!(line.len() > 3 * INTERVAL, "{} steps", line.len());
    line
}

/// The world after `steps` steps, played from the start.
fn played(recording: &Recording, steps: u64) -> World {
    let part = recording.before(steps);
    let line = Timeline::replay(&part, steps, Keep::NoHistory);
    assert_eq!(line.len(), steps);
    line.world().clone()
}

#[test]
fn seeking_gives_what_playing_gave() {
    for seed in 0..4 {
        let mut line = eventful(seed, Keep::Everything);
        let recording = line.recording().clone();
        let end = line.len();
        let mut dice = Dice::new(seed, Subject::Clients);
        let random = (0..12).map(|_| dice.below(end)).collect::<Vec<_>>();
        let edges = [0, 1, INTERVAL - 1, INTERVAL, INTERVAL + 1, end - 1];
        for steps in random.into_iter().chain(edges) {
            let there = played(&recording, steps);
            let moment = line.seek(steps);
            assert_eq!(moment.world.digest(), there.digest(), "step {steps}");
            assert_eq!(moment.world.steps(), steps);
            assert!(moment.world == there, "step {steps}");
            assert_eq!(moment.step.as_ref().map(|s| s.id.0 + 1).unwrap_or(0), steps);
        }
    }
}

#[test]
fn stepping_back_and_forth_gives_the_same_steps() {
    let mut line = eventful(7, Keep::Everything);
    let from = 2 * INTERVAL + 5;
    let steps = line.steps(from - 300..from);
    assert_eq!(steps.len(), 300);
    for step in steps.iter().rev() {
        assert_eq!(line.seek(step.id.0 + 1).step.as_ref(), Some(step));
    }
    for step in &steps {
        assert_eq!(line.seek(step.id.0 + 1).step.as_ref(), Some(step));
    }
}

#[test]
fn the_head_is_not_disturbed_by_looking_back() {
    let mut looked = eventful(3, Keep::Everything);
    let mut plain = looked.clone();
    for steps in [10, 2_000, 500] {
        looked.seek(steps);
    }
    for _ in 0..200 {
        assert_eq!(looked.step().cloned(), plain.step().cloned());
    }
    assert_eq!(looked.world().digest(), plain.world().digest());
    assert_eq!(looked.last(), plain.last());
}

#[test]
fn the_last_step_is_there_at_the_head_and_on_checkpoints() {
    let mut line = eventful(5, Keep::Everything);
    let (end, last) = (line.len(), line.last().cloned());
    assert_eq!(line.seek(end).step, last);
    assert_eq!(
        line.seek(end + 10).step,
        last,
        "beyond the head is the head"
    );
    assert_eq!(line.seek(0).step, None);
    let at = line.seek(INTERVAL).step.clone();
    assert_eq!(at.map(|s| s.id.0), Some(INTERVAL - 1));
}

#[test]
fn replaying_a_recording_gives_the_same_digest_and_verdicts() {
    for keep in [Keep::Everything, Keep::NoHistory] {
        let line = eventful(11, keep);
        let again = Timeline::replay(line.recording(), line.len(), Keep::NoHistory);
        assert_eq!(again.world().digest(), line.world().digest());
        assert_eq!(again.monitor().verdicts(), line.monitor().verdicts());
        assert_eq!(again.recording(), line.recording());
        assert_eq!(again.monitor().committed(), line.monitor().committed());
    }
}

#[test]
fn a_fork_keeps_the_old_line_and_goes_its_own_way() {
    let line = eventful(2, Keep::Everything);
    let at = line.len() / 2;
    let (digest, len) = (line.world().digest(), line.len());
    let mut fork = line.fork_at(at);
    assert_eq!(fork.len(), at);
    assert!(*fork.world() == played(line.recording(), at));
    assert_eq!(fork.last().map(|s| s.id.0), Some(at - 1));
    fork.perform(create("/elsewhere"))
        .expect("the client is there");
    for _ in 0..2 * INTERVAL {
        fork.step();
    }
    assert_eq!((line.world().digest(), line.len()), (digest, len));
    assert_ne!(fork.world().digest(), digest);
    let own = fork.recording().commands.last().expect("just given");
    assert_eq!(own.at_step, at);
    let replayed = Timeline::replay(fork.recording(), fork.len(), Keep::NoHistory);
    assert_eq!(replayed.world().digest(), fork.world().digest());
}

#[test]
fn a_fork_without_a_change_lives_the_same_life() {
    let line = eventful(6, Keep::Everything);
    for at in [0, 1, INTERVAL, line.len() - 1, line.len()] {
        let mut fork = line.fork_at(at);
        for recorded in &line.recording().commands[line.recording().commands_before(at)..] {
            while fork.len() < recorded.at_step {
                fork.step();
            }
            fork.advance_to(recorded.at);
            let again = Command::clone(&recorded.command);
            fork.perform(again).expect("it was possible then");
        }
        while fork.len() < line.len() {
            fork.step();
        }
        assert_eq!(fork.world().digest(), line.world().digest());
        assert_eq!(fork.monitor().verdicts(), line.monitor().verdicts());
        for step in [0, at.saturating_sub(1), at, line.len() - 1] {
            assert_eq!(fork.index(step), line.index(step), "index of step {step}");
        }
    }
}

#[test]
fn a_line_without_history_can_be_looked_at_all_the_same() {
    let mut line = eventful(9, Keep::NoHistory);
    assert_eq!(line.checkpoints(), 1);
    let there = played(&line.recording().clone(), 1_500);
    assert!(line.seek(1_500).world == there);
    assert!(line.bytes_retained() < 1_000_000);
}

#[test]
fn verdicts_of_the_past_lack_what_came_later() {
    let mut line = eventful(4, Keep::Everything);
    let early = line.seek(INTERVAL).verdicts.clone();
    let fork = line.fork_at(INTERVAL);
    assert_eq!(&early, fork.monitor().verdicts());
}

#[test]
fn beats_and_notes_are_kept_with_their_place() {
    let line = eventful(1, Keep::Everything);
    let beat = line.recording().beats.first().expect("one was given");
    assert_eq!(beat.name, "half");
    let before = line.recording().before(beat.at_step - 1);
    assert!(before.beats.is_empty() && before.notes.is_empty());
    assert_eq!(line.recording().before(beat.at_step).beats.len(), 1);
}

#[test]
fn the_index_tells_what_replay_tells() {
    let line = eventful(8, Keep::Everything);
    let mut last = Instant::ZERO;
    for step in line.steps(0..line.len()) {
        let brief = line.index(step.id.0).expect("every step is in the index");
        assert_eq!(brief.at, step.at);
        assert!(brief.at >= last, "time does not go back");
        last = brief.at;
        if !matches!(step.cause, Cause::Command(_)) {
            assert_eq!(brief.actor, step.actor);
        }
        let delivered = matches!(step.cause, Cause::Delivered(_));
        assert_eq!(brief.kind == StepKind::Delivered, delivered);
        assert_eq!(
            brief.sender.is_some(),
            delivered || brief.kind == StepKind::Dropped
        );
        assert!(brief.sender.is_none_or(|sender| sender < step.id.0));
    }
    assert_eq!(line.index(line.len()), None);
    let half = line.index(line.len() / 2).expect("inside");
    let first = line.briefs().first_at(half.at);
    assert_eq!(line.index(first).map(|b| b.at), Some(half.at));
}

#[test]
fn an_index_entry_has_sixteen_bytes() {
    let line = eventful(8, Keep::Everything);
    let per_step = line.briefs().bytes() as u64 / line.len();
    assert!(per_step <= 24, "{per_step} bytes a step");
}

#[test]
fn the_past_of_a_step_holds_its_senders_and_nothing_later() {
    let line = eventful(10, Keep::Everything);
    let index = line.briefs();
    let of = line.len() - 10;
    let past = causality::past(index, of, 0);
    assert!(past.edge.values().all(|last| *last <= of));
    for step in 0..of {
        let brief = index.get(step).expect("inside");
        if !past.has_before(brief.actor, step) {
            continue;
        }
        if let Some(sender) = brief.sender {
            let from = index.get(sender).expect("inside").actor;
            assert!(past.has_before(from, sender), "{sender} led to {step}");
        }
    }
}

#[test]
fn past_and_future_are_each_other_s_reverse() {
    let line = eventful(10, Keep::Everything);
    let index = line.briefs();
    let a = line.len() / 3;
    let actor = |step| index.get(step).expect("inside").actor;
    let future = causality::future(index, a, line.len());
    for b in (a + 1..a + 400).step_by(7) {
        let forward = future.has_after(actor(b), b);
        let past = causality::past(index, b, 0);
        let backward = past.has_before(actor(a), a);
        assert_eq!(forward, backward, "{a} and {b}");
    }
}

#[test]
fn what_is_far_away_in_space_is_not_related_at_once() {
    let line = eventful(10, Keep::Everything);
    let index = line.briefs();
    let of = line.len() / 2;
    let future = causality::future(index, of, of + 2);
    let others = future.edge.keys().filter(|a| **a != Actor::World);
    assert!(
        others.count() <= 2,
        "one step reaches one other line at most"
    );
}
