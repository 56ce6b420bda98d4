//! What the disk panel pulls: every byte named, and a recovery that comes true.

use super::*;
use crate::model::Zxid;
use crate::storage::{FileKind, ReadFiles};
use crate::view::Lang;
use crate::view::disk::{Cause, Choice, FileAsk, FileView, OutlookView, PartView, Pick, Safety};
use crate::world::host::DownReason;

fn ask(file: Option<&str>, pick: Pick) -> FileAsk {
    FileAsk {
        choice: Choice {
            file: file.map(str::to_owned),
            pick,
        },
        rows: 8,
        bytes: 4_096,
        ..FileAsk::default()
    }
}

/// A file once all of it is passed over.
fn file(lab: &mut Lab, server: u8, ask: &FileAsk) -> FileView {
    loop {
        let view = lab.file(ServerId(server), ask).expect("there is a file");
        if view.reading.is_none() {
            return view;
        }
    }
}

fn newest(lab: &mut Lab, server: u8) -> PartView {
    let view = file(lab, server, &ask(None, Pick::Newest));
    view.part.expect("there is a record")
}

fn outlook(lab: &mut Lab, server: u8) -> OutlookView {
    loop {
        let view = lab.outlook(ServerId(server)).expect("there is a server");
        if view.reading.is_none() {
            return view;
        }
    }
}

fn meaning<'a>(part: &'a PartView, name: &str) -> &'a str {
    let found = part.fields.iter().find(|field| field.name == name);
    let field = found.unwrap_or_else(|| panic!("no {name} in {part:?}"));
    field.meaning.get(Lang::En)
}

/// Restarts a server and lets it load its disk; its last zxid, or none when it refuses.
fn restarted(lab: &mut Lab, server: u8) -> Option<Zxid> {
    lab.dispatch(Action::Perform(Command::Restart(ServerId(server))));
    for _ in 0..200 {
        let world = &lab.line().timeline.here().expect("shown").world;
        let host = world.host(ServerId(server));
        match (&host.process, &host.down) {
            (Some(peer), _) if peer.recovery().is_some() => return Some(peer.db().last_zxid),
            (None, Some(DownReason::Halted(_))) => return None,
            _ => lab.dispatch(Action::Step(1)),
        }
        finish(lab);
    }
    panic!("S{server} neither starts nor refuses");
}

#[test]
fn every_file_of_every_scenario_is_named_byte_by_byte_at_every_beat() {
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        let flipped = lab.script().contains(" flip ");
        for beat in lab.beats() {
            lab.dispatch(Action::SeekBeat(beat.clone()));
            for row in &lab.frame().servers {
                let disk = lab.disk(row.id).expect("it has a disk");
                for found in &disk.files {
                    let all = FileAsk {
                        rows: usize::MAX / 2,
                        ..ask(Some(&found.name), Pick::Number(0))
                    };
                    let view = file(&mut lab, row.id.0, &all);
                    let mut at = 0;
                    for part in &view.rows {
                        assert_eq!(part.at, at, "{id} {beat} {} {}", row.id, found.name);
                        at += part.len;
                        let torn = part.safety == Safety::Dropped;
                        assert!(
                            part.good || torn || flipped,
                            "{id} {beat} {} {part:?}",
                            row.id
                        );
                    }
                    assert_eq!(at, view.len, "{id} {beat} {} {}", row.id, found.name);
                    assert_eq!(found.data() + found.zeros, view.len);
                }
            }
        }
    }
}

#[test]
fn a_record_is_told_as_people_read_it() {
    let mut lab = at_end(SCRIPT);
    let part = newest(&mut lab, 1);
    assert_eq!(
        part.row.zxid.map(|zxid| zxid.to_string()),
        Some("e1·2".into())
    );
    assert_eq!(
        (part.row.word.en.as_str(), part.row.about.as_str()),
        ("create", "/x")
    );
    for (name, said) in [
        ("adler32", "matches"),
        ("session", "client a"),
        ("zxid", "e1·2"),
        ("type", "create"),
        ("path", "/x"),
        ("data", "1"),
        ("end", "whole"),
    ] {
        assert_eq!(meaning(&part, name), said);
    }
    assert!(meaning(&part, "time").ends_with(" s"), "{part:?}");
    assert_eq!(part.row.safety, Safety::Durable);
    let same = file(
        &mut lab,
        1,
        &ask(None, Pick::Transaction(part.row.zxid.expect("one"))),
    );
    assert_eq!(same.part, Some(part));
    let disk = lab.disk(ServerId(1)).expect("a disk");
    let kinds: Vec<FileKind> = disk.files.iter().map(|file| file.kind).collect();
    use FileKind::{AcceptedEpoch, CurrentEpoch, Log, Snapshot};
    assert_eq!(kinds, [Snapshot, Log, AcceptedEpoch, CurrentEpoch]);
}

#[test]
fn a_flipped_bit_changes_the_verdict_and_what_recovery_would_do() {
    let mut lab = at_end(SCRIPT);
    assert_eq!(outlook(&mut lab, 1).lines[0].refusal, None);
    let view = file(&mut lab, 1, &ask(None, Pick::Newest));
    let part = view.part.expect("a record");
    let data = part.fields.iter().find(|f| f.name == "data").expect("data");
    lab.dispatch(Action::Perform(Command::Disk {
        server: ServerId(1),
        fault: crate::world::command::DiskFault::Flip {
            file: view.name.clone(),
            offset: data.at + 4,
            bit: 0,
        },
    }));
    let spoiled = newest(&mut lab, 1);
    assert!(!spoiled.row.good);
    assert!(meaning(&spoiled, "adler32").starts_with("differs: computed "));
    assert_eq!(meaning(&spoiled, "data"), "0");
    let outlook = outlook(&mut lab, 1);
    let refusal = outlook.lines[0].refusal.as_ref().expect("it would refuse");
    assert!(refusal.en.contains("wrong checksum"), "{refusal:?}");
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(1),
        kind: CrashKind::Process,
    }));
    assert_eq!(restarted(&mut lab, 1), None, "and it does");
}

#[test]
fn what_recovery_would_do_is_what_it_does() {
    let mut told = [0, 0];
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        let end = lab.transport().total;
        for part in 1..8 {
            for kind in [CrashKind::Process, CrashKind::Power] {
                lab.dispatch(Action::SwitchBranch(0));
                lab.dispatch(Action::Seek(end * part / 8));
                let frame = lab.frame();
                let mut up = frame.servers.iter().filter(|row| row.power == Power::Up);
                let Some(row) = up.next_back() else { continue };
                let server = row.id;
                let lines = outlook(&mut lab, server.0).lines;
                let line = match kind {
                    CrashKind::Process => lines.last(),
                    CrashKind::Power => lines.first(),
                };
                let line = line.expect("a line").clone();
                let disk = lab.disk_of(server).expect("a disk").clone();
                let durable = disk.durable_view();
                lab.dispatch(Action::Perform(Command::Crash { server, kind }));
                let left = lab.disk_of(server).expect("a disk");
                // Dice may leave a piece of what was pending: then there is more than the least.
                let least = left.names() == durable.names()
                    && left
                        .names()
                        .iter()
                        .all(|n| left.content(n) == durable.content(n));
                if kind == CrashKind::Power && !least {
                    continue;
                }
                told[usize::from(line.cause == Cause::Power)] += 1;
                let ends = restarted(&mut lab, server.0).map(Into::into);
                let place = format!("{id} {part}/8 {server} {kind:?}: {line:?}");
                match &line.refusal {
                    Some(_) => assert_eq!(ends, None, "{place}"),
                    None => assert_eq!(ends, line.ends, "{place}"),
                }
            }
        }
    }
    assert!(told[0] > 50, "{told:?}");
}

#[test]
fn pending_bytes_are_marked_and_a_power_loss_would_take_them() {
    let script = SCRIPT.replace("until reply a within=2s\nbeat written\n", "");
    let mut lab = Lab::new(&script).expect("the script is good");
    lab.dispatch(Action::Seek(u64::MAX));
    let pending = |lab: &Lab| {
        let view = lab.disk(ServerId(1)).expect("a disk");
        view.files
            .iter()
            .any(|file| file.pending > 0 && file.kind == FileKind::Log)
    };
    for _ in 0..200 {
        if pending(&lab) {
            break;
        }
        lab.dispatch(Action::Step(1));
    }
    assert!(pending(&lab), "a write was not forced yet");
    let view = file(&mut lab, 1, &ask(None, Pick::Newest));
    let part = view.part.as_ref().expect("a record");
    assert_eq!(part.row.safety, Safety::Pending);
    let end = part.row.at + part.row.len;
    let stretch = view
        .hex
        .stretches
        .iter()
        .find(|(_, s)| *s == Safety::Pending);
    assert!(
        stretch.is_some_and(|(to, _)| *to >= end),
        "{:?}",
        view.hex.stretches
    );
    let lines = outlook(&mut lab, 1).lines;
    let causes: Vec<Cause> = lines.iter().map(|line| line.cause).collect();
    assert_eq!(causes, [Cause::Power, Cause::Process]);
    let lost = lines[0].lost_range();
    assert_eq!(lost, part.row.zxid.map(|zxid| zxid.to_string()));
    assert_eq!(lines[1].lost, None);
}

#[test]
fn a_window_of_a_long_log_holds_what_was_asked_for_and_no_more() {
    let mut script = SCRIPT.to_owned();
    for n in 0..120 {
        script.push_str(&format!("a set /x \"{n}\"\nuntil reply a within=2s\n"));
    }
    let mut lab = at_end(&script);
    let view = file(&mut lab, 2, &ask(None, Pick::Newest));
    assert_eq!((view.records, view.rows.len()), (122, 8));
    assert_eq!(view.part.map(|part| part.row.number), Some(122));
    let view = file(&mut lab, 2, &ask(None, Pick::Number(60)));
    let numbers: Vec<usize> = view.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (56..64).collect::<Vec<_>>());
    let from = FileAsk {
        first: Some(100),
        ..ask(None, Pick::Number(60))
    };
    assert_eq!(file(&mut lab, 2, &from).rows[0].number, 100);
    // The past has its own bytes.
    lab.dispatch(Action::SeekBeat("written".into()));
    assert_eq!(newest(&mut lab, 2).row.number, 2);
}
