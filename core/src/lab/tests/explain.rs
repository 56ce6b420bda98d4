//! Everything that can be looked at, at many moments of every built-in scenario.

use std::sync::Arc;

use super::*;
use crate::base::ClientId;
use crate::view::Target;
use crate::view::frame::{EndView, Frame};
use crate::view::inspect::{Change, Deed, Inspection, Offer};

/// Moments of a scenario that are looked at.
const MOMENTS: u64 = 4;

fn moments(lab: &Lab) -> Vec<u64> {
    let total = lab.transport().total;
    (1..=MOMENTS)
        .map(|n| (total * n / MOMENTS).max(1))
        .collect()
}

/// One of everything there is at that moment, and some more.
fn targets(lab: &Lab) -> Vec<Target> {
    let frame = lab.frame();
    let mut all: Vec<Target> = Vec::new();
    let ids: Vec<ServerId> = frame.servers.iter().map(|row| row.id).collect();
    for row in &frame.servers {
        all.push(Target::Server(row.id));
        let newest = frame.columns.shown.iter().rev().take(2);
        all.extend(newest.map(|zx| Target::Entry(row.id, *zx)));
        let files = lab.disk_files(row.id);
        all.extend(
            files
                .iter()
                .map(|f| Target::File(row.id, f.name.to_string())),
        );
    }
    all.extend(ids.windows(2).map(|pair| Target::Link(pair[0], pair[1])));
    all.extend(frame.clients.iter().map(|c| Target::Client(c.id)));
    all.extend(
        frame
            .columns
            .shown
            .iter()
            .map(|zx| Target::Transaction(*zx)),
    );
    all.extend(frame.messages.iter().take(3).map(|m| Target::Message(m.id)));
    all.extend(frame.lamps.iter().map(|lamp| Target::Lamp(lamp.id.clone())));
    all.extend([
        Target::Step(frame.step - 1),
        Target::Step(0),
        Target::Message(1),
    ]);
    let here = lab.line().timeline.here().expect("a moment is shown");
    let backups = here.world.vault().iter();
    all.extend(backups.map(|(name, _)| Target::Backup(name.to_string())));
    all
}

fn value<'a>(found: &'a Inspection, name: &str) -> Option<&'a str> {
    let row = found.rows.iter().find(|row| row.name.en == name)?;
    Some(&row.value.en)
}

/// It says what the bench says.
fn agrees(found: &Inspection, target: &Target, frame: &Frame) {
    let yes = |is: bool| Some(if is { "yes" } else { "no" });
    match target {
        Target::Server(id) => {
            let row = frame
                .servers
                .iter()
                .find(|row| row.id == *id)
                .expect("a row");
            let leader = row.leader.map_or("none".to_owned(), |l| l.to_string());
            if row.power.has_memory() {
                assert_eq!(value(found, "leader"), Some(&*leader));
            }
            assert_eq!(value(found, "role").is_some(), row.role.is_some());
            assert_eq!(
                value(found, "currentEpoch"),
                Some(&*row.current.to_string())
            );
        }
        Target::Entry(id, zx) => {
            let row = frame
                .servers
                .iter()
                .find(|row| row.id == *id)
                .expect("a row");
            let at = frame
                .columns
                .shown
                .iter()
                .position(|z| z == zx)
                .expect("a column");
            let cell = row.cells[at];
            assert_eq!(value(found, "survives a power loss"), yes(cell.durable));
            let here = value(found, "here").expect("a state");
            assert_eq!(
                here.contains("applied"),
                cell.state == CellState::Applied,
                "{here}"
            );
            assert_eq!(here == "not here", cell.state == CellState::Missing);
        }
        Target::Message(id) => {
            let flies = frame.messages.iter().any(|m| m.id == *id);
            assert_eq!(found.about.en == "on its way", flies, "{}", found.title.en);
        }
        Target::Link(a, b) => {
            let ends = [EndView::Server(*a), EndView::Server(*b)];
            let cut = frame
                .cuts
                .iter()
                .any(|(x, y)| ends.contains(x) && ends.contains(y));
            assert_eq!(value(found, "cut"), yes(cut));
        }
        Target::Lamp(id) => {
            let lamp = frame
                .lamps
                .iter()
                .find(|lamp| lamp.id == *id)
                .expect("a lamp");
            assert_eq!(found.about.en == "broken", lamp.holds == Some(false));
        }
        _ => {}
    }
}

fn each_offer(found: &Inspection) -> impl Iterator<Item = &Offer> {
    found.offers.iter().flat_map(|group| &group.all)
}

#[test]
fn everything_can_be_looked_at_and_says_what_the_bench_says() {
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        for at in moments(&lab) {
            lab.dispatch(Action::Seek(at));
            let frame = lab.frame();
            for target in targets(&lab) {
                let found = lab.explain(&target);
                let found = found.unwrap_or_else(|| panic!("{id} #{at}: nothing on {target:?}"));
                agrees(&found, &target, &frame);
                let texts = [&found.title, &found.about];
                let rows = found.rows.iter().flat_map(|row| [&row.name, &row.value]);
                let why = found.why.iter().map(|reason| &reason.text);
                let offers = each_offer(&found).map(|offer| &offer.label);
                for text in texts.into_iter().chain(rows).chain(why).chain(offers) {
                    assert!(
                        !text.en.is_empty() && !text.zh.is_empty(),
                        "{target:?}: {text:?}"
                    );
                }
                assert!(!found.why.is_empty(), "{target:?}");
                assert!(
                    found
                        .why
                        .iter()
                        .all(|reason| !reason.source.code.is_empty())
                );
                let ordered = found
                    .history
                    .windows(2)
                    .all(|pair| pair[0].step > pair[1].step);
                assert!(ordered, "{target:?}");
                let known = found.history.iter().all(|past| past.step < at);
                assert!(known || matches!(target, Target::Step(_)), "{target:?}");
                for near in &found.near {
                    assert!(
                        lab.explain(&near.target).is_some(),
                        "{target:?} → {:?}",
                        near.target
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_offered_can_be_done_and_what_is_refused_cannot() {
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        for at in moments(&lab).into_iter().step_by(2) {
            lab.dispatch(Action::Seek(at));
            let here = lab.line().timeline.here().expect("a moment").world.clone();
            for target in targets(&lab) {
                let offers = lab.offers(&target);
                assert_eq!(
                    Some(&offers),
                    lab.explain(&target).map(|f| f.offers).as_ref()
                );
                let mut ids: Vec<&str> = Vec::new();
                for offer in offers.iter().flat_map(|group| &group.all) {
                    assert!(!ids.contains(&&*offer.id), "{target:?}: two {}", offer.id);
                    ids.push(&offer.id);
                    let Deed::Do(command) = &offer.deed else {
                        continue;
                    };
                    let done = here.clone().perform(&Arc::new(command.clone()));
                    assert_eq!(
                        done.is_ok(),
                        offer.refusal.is_none(),
                        "{id} #{at}: {offer:?}"
                    );
                    assert_eq!(offer.line.is_empty(), offer.refusal.is_some(), "{offer:?}");
                }
            }
        }
    }
}

#[test]
fn a_deed_writes_the_line_that_it_promised() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Seek(lab.transport().total - 20));
    let all = [
        Target::Server(ServerId(1)),
        Target::Client(ClientId(0)),
        Target::Link(ServerId(1), ServerId(2)),
        Target::Message(lab.frame().messages.first().map_or(3, |m| m.id)),
        Target::Step(lab.frame().step - 1),
    ];
    let mut done = 0;
    for target in all {
        let found = lab.explain(&target).expect("it is there");
        for offer in each_offer(&found).filter(|offer| offer.refusal.is_none()) {
            let mut lab = lab.clone();
            lab.dispatch(Action::from(offer.deed.clone()));
            finish(&mut lab);
            let notice = lab.notice();
            let fine = notice
                .as_ref()
                .is_none_or(|n| matches!(n.kind, NoticeKind::Done | NoticeKind::Branched));
            assert!(fine, "{}: {notice:?}", offer.id);
            assert!(lab.transport().branches.len() == 2, "{}", offer.id);
            // A new client is watched until it is connected; the script is written when that ends.
            lab.dispatch(Action::Pause);
            let script = lab.script();
            for line in offer.line.lines() {
                assert!(
                    script.lines().any(|l| l == line),
                    "{}: {line}\n{script}",
                    offer.id
                );
            }
            done += 1;
        }
    }
    assert!(done > 40, "{done}");
}

#[test]
fn what_if_at_a_transaction_sets_its_trap_before_anybody_knew_of_it() {
    let mut lab = at_end(SCRIPT);
    let zx = lab.frame().columns.shown.last().copied().expect("a column");
    let found = lab
        .explain(&Target::Entry(ServerId(2), zx))
        .expect("it is there");
    let offer = each_offer(&found)
        .find(|o| o.id == "what-if-after-fsync")
        .expect("offered");
    assert_eq!(
        offer.line,
        format!(
            "crash 2 power at=after-fsync zxid={}.{}",
            zx.epoch, zx.counter
        )
    );
    let Deed::WhatIf(Change::Done { .. }) = offer.deed else {
        panic!("{:?}", offer.deed);
    };
    lab.dispatch(Action::from(offer.deed.clone()));
    finish(&mut lab);
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(lab.frame().servers[1].power, Power::PowerLost);
}

#[test]
fn a_dossier_that_grows_step_by_step_is_the_one_that_is_searched_anew() {
    let lab = at_end(SCRIPT);
    let total = lab.transport().total;
    let zx = lab.frame().columns.shown.last().copied().expect("a column");
    let message = lab.line().timeline.world().messages_sent() - 5;
    for target in [
        Target::Server(ServerId(1)),
        Target::Client(ClientId(0)),
        Target::Transaction(zx),
        Target::Message(message),
        Target::Link(ServerId(1), ServerId(2)),
    ] {
        let mut slow = lab.clone();
        slow.dispatch(Action::Seek(total - 60));
        slow.explain(&target);
        for _ in 0..60 {
            slow.dispatch(Action::Step(1));
            slow.explain(&target);
        }
        let mut fast = lab.clone();
        fast.dispatch(Action::Seek(total));
        let (slow, fast) = (slow.explain(&target), fast.explain(&target));
        let (slow, fast) = (slow.expect("it is there"), fast.expect("it is there"));
        let near = |found: &Inspection| Inspection {
            // Started earlier, it looks further back.
            searched_from: 0,
            ..found.clone()
        };
        assert_eq!(near(&slow), near(&fast), "{target:?}");
    }
}

#[test]
fn what_is_not_there_is_nothing_to_look_at() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Seek(1));
    let zx = crate::view::frame::Zx {
        epoch: 9,
        counter: 9,
    };
    for target in [
        Target::Server(ServerId(0)),
        Target::Server(ServerId(9)),
        Target::Client(ClientId(0)),
        Target::Message(0),
        Target::Message(u64::MAX),
        Target::Transaction(zx),
        Target::Entry(ServerId(1), zx),
        Target::Entry(ServerId(9), zx),
        Target::File(ServerId(1), "nothing".to_owned()),
        Target::Lamp("I9".to_owned()),
        Target::Step(u64::MAX),
        Target::Link(ServerId(1), ServerId(1)),
        Target::Link(ServerId(1), ServerId(9)),
        Target::Backup("b".to_owned()),
    ] {
        assert_eq!(lab.explain(&target), None, "{target:?}");
        lab.offers(&target);
    }
}
