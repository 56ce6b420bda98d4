//! The vault as its panel pulls it: chains, progress, verdicts, and what a disaster cost.

use super::*;
use crate::model::{Epoch, Zxid};
use crate::view::Target;
use crate::view::vault::{Means, VaultBackup, VaultKind, VaultState, VaultView};

const CHAIN: &str = "zablab 1
ensemble servers=3 seed=7 pre-alloc=4K
until leader within=5s
client a server=1
a create /x \"1\"
until reply a OK within=2s
backup full from=2 as=b1
until backup b1 whole within=5s
a set /x \"2\"
until reply a OK within=2s
backup incremental from=2 parent=b1 as=b2
until backup b2 whole within=5s
backup verify b2
a set /x \"3\"
until reply a OK within=2s
";

fn named<'a>(view: &'a VaultView, name: &str) -> &'a VaultBackup {
    let found = view.backups.iter().find(|backup| backup.name == name);
    found.unwrap_or_else(|| panic!("{name} is in the vault"))
}

#[test]
fn a_chain_is_shown_with_what_it_holds_and_what_it_lacks() {
    let view = at_end(CHAIN).vault();
    let (full, child) = (named(&view, "b1"), named(&view, "b2"));
    assert_eq!(
        (full.kind, child.kind),
        (VaultKind::Full, VaultKind::Incremental)
    );
    assert_eq!(child.parent.as_deref(), Some("b1"));
    assert_eq!(full.children, ["b2"]);
    assert_eq!((full.from, child.from), (None, Some(child.to)));
    assert_eq!(child.chain_bytes, full.bytes + child.bytes);
    assert_eq!(view.bytes, full.bytes + child.bytes);
    assert_eq!(
        (&full.state, &child.state),
        (&VaultState::Whole, &VaultState::Whole)
    );
    let verdict = child.verdict.as_ref().expect("it was tried");
    assert_eq!(verdict.range.map(|(_, last)| last), Some(child.to));
    assert!(verdict.words.zh.contains("可还原"), "{}", verdict.words.zh);
    assert_eq!(full.verdict, None);
    let gap = view.gap.expect("a write came later");
    assert_eq!((gap.after, gap.count, gap.lost), (child.to, 1, 0));
    assert_eq!(view.toll, None);
    let reached = at_end(CHAIN).frame().gap.expect("the bench says the same");
    assert_eq!(reached.count, gap.count);
}

#[test]
fn a_backup_under_way_has_a_progress_and_one_that_stopped_a_reason() {
    let script = "zablab 1
ensemble servers=3 seed=7 pre-alloc=4K
until leader within=5s
client a server=1
a create /x \"1\"
until reply a OK within=2s
backup full from=2 as=b1 rate=1K
run 1200ms
";
    let view = at_end(script).vault();
    let VaultState::Taking {
        done,
        all,
        eta_us,
        ref file,
    } = named(&view, "b1").state
    else {
        panic!("it is under way: {:?}", view.backups);
    };
    assert!(
        0 < done && done <= all && !file.is_empty(),
        "{done} of {all}"
    );
    assert_eq!(eta_us, (all - done) * 1_000_000 / 1024);
    let cut = at_end(&format!("{script}vault cut\nrun 2s\n")).vault();
    assert!(cut.cut);
    let VaultState::Stopped { why, .. } = &named(&cut, "b1").state else {
        panic!("it has stopped: {:?}", cut.backups);
    };
    assert!(why.zh.contains("链路"), "{}", why.zh);
}

#[test]
fn a_joint_restore_shows_its_price_before_and_after() {
    let script = format!("{CHAIN}restore b2 to=1,2,3\n");
    let under_way = at_end(&script).vault();
    let restoring = under_way.restoring.expect("it is under way");
    assert_eq!((restoring.backup.as_str(), restoring.lost.len()), ("b2", 1));
    let done = format!(
        "{script}until leader within=30s\nuntil quiet within=30s\na set /x \"4\"\nuntil reply a OK within=10s\n"
    );
    let mut lab = at_end(&done);
    let view = lab.vault();
    assert_eq!(view.restoring, None);
    let toll = view.toll.expect("a restore costs");
    assert_eq!((toll.lost.clone(), toll.undeclared), (restoring.lost, 0));
    assert!(
        toll.rpo_us.is_some() && toll.rto_us.is_some_and(|us| us > 100_000),
        "{toll:?}"
    );
    assert!(toll.words.en.contains("RPO") && toll.words.zh.contains("RTO"));
    lab.dispatch(Action::Seek(3));
    assert_eq!(lab.vault().backups, []);
}

/// The price and the ledger agree in every moment, not only at the end.
#[test]
fn an_undeclared_loss_has_its_price_from_the_moment_it_happens() {
    let mut lab = Lab::open(Some("restored-one"));
    lab.dispatch(Action::Seek(u64::MAX));
    let len = lab.frame().step;
    let mut prices = Vec::new();
    for step in (0..=len).step_by(7).chain([len]) {
        lab.dispatch(Action::Seek(step));
        let (ledger, toll) = (lab.ledger(), lab.vault().toll);
        let (lost, undeclared) =
            toll.map_or((0, 0), |toll| (toll.lost.len() as u64, toll.undeclared));
        assert_eq!(
            (lost, undeclared),
            (ledger.lost, ledger.lost),
            "step {step}"
        );
        prices.push(lost);
    }
    prices.dedup();
    assert_eq!(prices, [0, 2]);
}

#[test]
fn a_rule_is_told_with_its_next_turn() {
    let script = "zablab 1
ensemble servers=3 seed=7 pre-alloc=4K
until leader within=5s
backup policy from=1 full=1h incremental=5m keep=3
backup cold from=1 as=c
run 1s
";
    let view = at_end(script).vault();
    let rule = view.policy.as_ref().expect("it is in force");
    assert_eq!(rule.next_us, Some(299_000_000));
    assert!(rule.words.zh.contains("全量"), "{}", rule.words.zh);
    assert_eq!(named(&view, "policy-1").kind, VaultKind::Full);
}

#[test]
fn what_the_leader_sends_stands_beside_what_an_operator_puts_there() {
    let script = format!(
        "{CHAIN}crash 1 power\nwipe 1\nrestart 1\nuntil synced 1 within=30s\nuntil quiet within=30s\n\
         restore b2 to=1,2,3\nuntil leader within=30s\nuntil quiet within=30s\n"
    );
    let view = at_end(&script).vault();
    let of = |automatic: bool| {
        let all = view.recoveries.iter();
        let mut found =
            all.filter(|r| r.server == ServerId(1) && r.means.is_automatic() == automatic);
        found
            .next_back()
            .unwrap_or_else(|| panic!("{:?}", view.recoveries))
    };
    let (by_leader, by_hand) = (of(true), of(false));
    assert!(
        by_leader.bytes > 0 && by_leader.took_us > 0,
        "{by_leader:?}"
    );
    assert!(
        by_hand.bytes > 0 && by_hand.at_us > by_leader.at_us,
        "{by_hand:?}"
    );
    assert!(by_hand.means.words().zh.contains("b2"));
}

#[test]
fn what_an_operator_put_there_is_not_praised_for_what_the_leader_did() {
    let script = CHAIN
        .replace("backup full", "backup cold")
        .replace("until backup b1 whole within=5s\n", "");
    let script = script
        .split("backup incremental")
        .next()
        .expect("a beginning");
    let script = format!(
        "{script}a set /x \"3\"\nuntil reply a OK within=2s\ncrash 1 power\ncopy b1 to=1\nrestart 1\n\
         until synced 1 within=30s\nuntil quiet within=30s\n"
    );
    let view = at_end(&script).vault();
    let back = view.recoveries.last().expect("S1 came back");
    assert_eq!(
        (back.server, &back.means),
        (ServerId(1), &Means::Copy("b1".to_owned()))
    );
    assert_eq!(back.then, Some(Means::Diff), "{back:?}");
    assert_eq!(view.toll, None, "the others served all the time");
}

#[test]
fn files_that_bring_everything_back_cost_nothing_but_time() {
    let script = "zablab 1
ensemble servers=3 seed=13
until leader 3 within=10s
client a server=2
a create /stock \"40\"
until reply a OK within=5s
until quiet within=5s
backup cold from=2 as=b1
crash 1 power
crash 2 power
crash 3 power
wipe 1
wipe 2
wipe 3
";
    let lost = at_end(script).vault().toll.expect("everything is gone");
    assert_eq!((lost.lost.len(), lost.rto_us), (1, None));
    let script = format!(
        "{script}copy b1 to=1\ncopy b1 to=2\ncopy b1 to=3\nrestart 1\nrestart 2\nrestart 3\n\
         until leader within=20s\nuntil quiet within=20s\na set /stock \"39\"\nuntil reply a OK within=30s\n"
    );
    let mut lab = at_end(&script);
    let back = lab.vault().toll.expect("it was a disaster");
    assert_eq!(back.lost.len(), 0);
    assert!(back.rto_us.is_some_and(|rto| rto > 0), "{back:?}");
    assert!(back.words.en.starts_with("RPO 0"), "{}", back.words.en);
    assert_eq!(lab.ledger().lost, 0);
}

/// What one joint restore ended, another can bring back.
#[test]
fn a_later_restore_brings_back_what_an_earlier_one_ended() {
    let to = |name: &str| {
        format!("restore {name} to=1,2,3\nuntil leader within=30s\nuntil quiet within=30s\n")
    };
    let standing = |script: &str| {
        let lab = at_end(script);
        let first = Zxid::new(Epoch(1), u32::MAX);
        lab.line()
            .chronicle
            .committed_between(Zxid::ZERO, first, lab.at)
    };
    let before = standing(CHAIN);
    let ended = standing(&format!("{CHAIN}{}", to("b1")));
    let again = standing(&format!("{CHAIN}{}{}", to("b1"), to("b2")));
    assert_eq!([ended, again], [before - 2, before - 1]);
}

/// What cannot be done yet is there, and says what it needs.
#[test]
fn an_increment_is_offered_before_there_is_a_full_backup_and_shipping_can_be_ended() {
    let offered = |script: &str| {
        let mut lab = at_end(script);
        let groups = lab.offers(&Target::Vault).into_iter();
        let all = groups.flat_map(|group| group.all);
        all.map(|offer| (offer.id, offer.refusal.map(|why| why.en), offer.line))
            .collect::<Vec<_>>()
    };
    let find = |all: &[(String, Option<String>, String)], id: &str| {
        let found = all.iter().find(|(name, ..)| name == id);
        found.unwrap_or_else(|| panic!("{id} in {all:?}")).clone()
    };
    let before = offered("zablab 1\nensemble servers=3 seed=7\nuntil leader within=5s\n");
    for id in ["incremental-S2", "ship-S2"] {
        let (_, why, line) = find(&before, id);
        assert!(
            why.is_some_and(|why| why.contains("take a full one first")),
            "{id}"
        );
        assert_eq!(line, "");
    }
    let script = format!("{CHAIN}backup ship from=2 parent=b2 as=ship1 every=1s\nrun 100ms\n");
    let shipping = offered(&script);
    assert_eq!(find(&shipping, "stop-ship1").2, "backup stop ship1");
    assert!(
        find(&shipping, "ship-S2").2.contains("as=ship2"),
        "{shipping:?}"
    );
}
