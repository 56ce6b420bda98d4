//! What panels pull: trees, differences and the ledger, at the head and back in time.

use std::collections::BTreeSet;

use super::*;
use crate::base::ClientId;
use crate::view::difference::{Differs, TreeDifference};
use crate::view::ledger::{Fate, Gone, LedgerRow, LedgerView};
use crate::view::tree::{self, Touch, TreeView};
use crate::view::znode::NodeKind;

const KINDS: &str = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
client a server=1
run 200ms
a create /x \"1\"
until reply a within=2s
beat one
a set /x hex:00ff
a create /x/y
a create /e \"me\" ephemeral
a create /c container
a create /t ttl=60s
a create /q- sequential
run 500ms
";

const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);

fn whole(lab: &Lab, server: ServerId) -> TreeView {
    lab.tree(server, &BTreeSet::new()).expect("it is up")
}

fn paths(view: &TreeView) -> Vec<&str> {
    view.rows.iter().map(|row| row.path.as_str()).collect()
}

/// Steps back until `found` gives something.
fn back_to<T>(lab: &mut Lab, found: impl Fn(&Lab) -> Option<T>) -> T {
    loop {
        if let Some(thing) = found(lab) {
            return thing;
        }
        assert!(lab.frame().step > 0, "it is nowhere in the run");
        lab.dispatch(Action::Step(-1));
    }
}

fn fates(view: &LedgerView) -> Vec<(&str, Option<ServerId>, Fate)> {
    let rows = view.rows.iter();
    rows.map(|row| (row.request.as_str(), row.told, row.fate))
        .collect()
}

fn row<'a>(view: &'a LedgerView, request: &str) -> &'a LedgerRow {
    let found = view.rows.iter().find(|row| row.request == request);
    found.unwrap_or_else(|| panic!("{request} is in the ledger: {:?}", fates(view)))
}

fn beat(lab: &mut Lab, name: &str) {
    lab.dispatch(Action::SeekBeat(name.to_owned()));
}

#[test]
fn a_tree_has_a_row_per_node_in_order_with_what_the_server_knows_of_it() {
    let lab = at_end(KINDS);
    let view = whole(&lab, S2);
    let expected = [
        "/",
        "/c",
        "/e",
        "/q-0000000004",
        "/t",
        "/x",
        "/x/y",
        "/zookeeper",
    ];
    assert_eq!(paths(&view), expected);
    let kinds: Vec<&NodeKind> = view.rows.iter().map(|row| &row.kind).collect();
    assert_eq!(
        kinds[1..5],
        [
            &NodeKind::Container,
            &NodeKind::Ephemeral {
                session: lab.znode(S2, "/e").expect("it is there").stat[8]
                    .value
                    .clone(),
                client: Some("a".to_owned())
            },
            &NodeKind::Persistent,
            &NodeKind::Ttl(60_000),
        ]
    );
    let x = &view.rows[5];
    let data = x.data.as_ref().expect("it has data");
    assert_eq!((data.text.as_str(), data.hex), ("00 ff", true));
    assert_eq!((x.version, x.level, x.children, x.open), (1, 2, 1, true));
    assert!(view.rows[6].data.is_none(), "no data and empty data differ");
    // The server's own nodes are folded until somebody unfolds them.
    assert!(!view.rows[7].open && view.rows[7].children == 2);
    let toggled = BTreeSet::from(["/zookeeper".to_owned(), "/x".to_owned()]);
    let view = lab.tree(S2, &toggled).expect("it is up");
    let tail = ["/x", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"];
    assert_eq!(paths(&view)[5..], tail);
    assert_eq!((view.nodes, view.more), (10, 0));
}

#[test]
fn a_tree_is_that_of_the_moment_and_marks_what_the_step_did() {
    let mut lab = at_end(KINDS);
    let mark = |path: &'static str, touch: Touch| {
        move |lab: &Lab| {
            let view = whole(lab, S3);
            let row = view.rows.iter().find(|row| row.path == path)?;
            (row.touched == Some(touch)).then_some(view.clone())
        }
    };
    let view = back_to(&mut lab, mark("/x/y", Touch::Created));
    assert_eq!(view.rows[1].touched, Some(Touch::Children), "{view:?}");
    back_to(&mut lab, mark("/x", Touch::Data));
    let view = back_to(&mut lab, mark("/x", Touch::Created));
    assert_eq!(paths(&view), ["/", "/x", "/zookeeper"]);
    assert_eq!(view.rows[0].touched, Some(Touch::Children));
    // The same step touches no other server's tree.
    for other in [S1, S2] {
        assert!(whole(&lab, other).rows.iter().all(|r| r.touched.is_none()));
    }
    lab.dispatch(Action::Step(-1));
    assert_eq!(paths(&whole(&lab, S3)), ["/", "/zookeeper"]);
}

#[test]
fn what_a_step_removes_is_named() {
    let mut lab = at_end(&format!(
        "{KINDS}a delete /x/y\nrun 200ms\na close\nrun 500ms\n"
    ));
    let removed = |path: &'static str| {
        move |lab: &Lab| {
            let view = whole(lab, S1);
            (view.removed == [path]).then_some(())
        }
    };
    back_to(&mut lab, removed("/e"));
    back_to(&mut lab, removed("/x/y"));
}

#[test]
fn without_power_there_is_no_tree_and_it_comes_back_from_disk() {
    let mut lab = at_end(&format!(
        "{KINDS}crash 2 power\nbeat dark\nrestart 2\nuntil synced 2 within=10s\nrun 1s\n"
    ));
    let after = whole(&lab, S2);
    assert_eq!(after.rows, whole(&lab, S1).rows);
    beat(&mut lab, "dark");
    assert_eq!(lab.tree(S2, &BTreeSet::new()), None);
    assert_eq!(lab.znode(S2, "/x"), None);
    assert_eq!(lab.tree_difference(S1, S2), None);
    assert_eq!(whole(&lab, S1).rows, after.rows);
    assert_eq!(lab.tree(ServerId(9), &BTreeSet::new()), None);
}

#[test]
fn a_znode_in_full_has_the_statistics_of_the_console() {
    let lab = at_end(KINDS);
    let view = lab.znode(S1, "/e").expect("it is there");
    let names: Vec<&str> = view.stat.iter().map(|line| line.name).collect();
    let expected = [
        "cZxid",
        "ctime",
        "mZxid",
        "mtime",
        "pZxid",
        "cversion",
        "dataVersion",
        "aclVersion",
        "ephemeralOwner",
        "dataLength",
        "numChildren",
    ];
    assert_eq!(names, expected);
    let line = |at: usize| (view.stat[at].value.as_str(), view.stat[at].also.as_deref());
    let zxid = view.stat[0].also.clone().expect("it has a zxid");
    assert!(zxid.starts_with("e1·"), "{zxid}");
    assert!(line(0).0.starts_with("0x10000000"), "{:?}", line(0));
    assert!(line(1).0.starts_with("2026-01-01 00:00:0"), "{:?}", line(1));
    assert_eq!(line(8).1, Some("a"));
    assert_eq!((line(9).0, line(10).0), ("2", "0"));
    assert_eq!(view.acl, Some(vec!["world:anyone:cdrwa".to_owned()]));
    assert_eq!(view.data.map(|data| data.text), Some("me".to_owned()));
    let sequential = lab.znode(S1, "/q-0000000004").expect("it is there");
    assert!(sequential.looks_sequential && sequential.kind == NodeKind::Persistent);
    assert_eq!(lab.znode(S1, "/nowhere"), None);
}

#[test]
fn of_a_large_tree_the_rest_is_counted() {
    let creates = "a create /n/c sequential\n".repeat(tree::ROWS + 20);
    let lab = at_end(&format!(
        "zablab 1\nensemble servers=1 seed=1\nuntil leader within=5s\nclient a server=1\nrun 200ms\n\
         a create /n\n{creates}run 20s\n"
    ));
    let folded = whole(&lab, S1);
    assert_eq!(paths(&folded), ["/", "/n", "/zookeeper"]);
    let view = lab.tree(S1, &BTreeSet::from(["/n".to_owned()]));
    let view = view.expect("it is up");
    assert_eq!((view.rows.len(), view.more), (tree::ROWS, 23));
}

const APART: &str = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
client a server=3
run 200ms
a create /x \"1\"
a create /y
run 300ms
beat same
cut 1 3
a set /x \"2\"
a delete /y
a create /z \"new\"
run 300ms
beat apart
heal
run 8s
";

fn difference(lab: &Lab) -> TreeDifference {
    lab.tree_difference(S1, S3).expect("both are up")
}

#[test]
fn a_server_that_is_behind_differs_in_just_what_it_missed() {
    let mut lab = at_end(APART);
    let equal = difference(&lab);
    assert!(equal.is_equal() && equal.behind.is_none(), "{equal:?}");
    beat(&mut lab, "apart");
    let apart = difference(&lab);
    assert_eq!(apart.behind.map(|b| (b.side, b.by)), Some((0, 3)));
    let found: Vec<&str> = apart.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(found, ["/", "/x", "/y", "/z"]);
    assert_eq!(
        apart.rows[2].what,
        Differs::Only {
            side: 0,
            data: None
        }
    );
    assert!(
        matches!(&apart.rows[3].what, Differs::Only { side: 1, data: Some(d) } if d.text == "new")
    );
    let Differs::Values(pairs) = &apart.rows[1].what else {
        panic!("{:?}", apart.rows[1]);
    };
    let names: Vec<&str> = pairs.iter().map(|pair| pair.name).collect();
    assert_eq!(names, ["data", "mZxid", "mtime", "dataVersion"]);
    let quoted = ["\"1\"", "\"2\""].map(|v| Some(v.to_owned()));
    assert_eq!(pairs[0].values, quoted);
    // From the other side it is the same the other way round.
    let other = lab.tree_difference(S3, S1).expect("both are up");
    assert_eq!(other.behind.map(|b| (b.side, b.by)), Some((1, 3)));
    assert_eq!(
        other.rows[2].what,
        Differs::Only {
            side: 1,
            data: None
        }
    );
    assert!(!apart.forked && !other.forked);
    beat(&mut lab, "same");
    assert!(difference(&lab).is_equal());
}

#[test]
fn what_a_cut_off_leader_read_from_its_own_log_is_a_fork() {
    let mut lab = Lab::open(Some("minority-partition"));
    beat(&mut lab, "majority-writes");
    let fork = lab.tree_difference(S1, ServerId(5)).expect("both are up");
    assert!(fork.forked && fork.sides[1].last.epoch == 1, "{fork:?}");
    assert_eq!(fork.behind.map(|b| (b.side, b.by)), Some((1, 1)));
    lab.dispatch(Action::Seek(u64::MAX));
    let healed = lab.tree_difference(S1, ServerId(5)).expect("both are up");
    assert!(!healed.forked && healed.is_equal(), "{healed:?}");
}

#[test]
fn confirmed_writes_are_kept_and_say_where_they_are() {
    let mut lab = at_end(APART);
    let view = lab.ledger();
    assert_eq!(
        (view.confirmed, view.lost, view.unknown, view.more),
        (5, 0, 0, 0)
    );
    let requests: Vec<&str> = view.rows.iter().map(|r| r.request.as_str()).collect();
    let expected = [
        "create /z",
        "delete /y",
        "setData /x",
        "create /y",
        "create /x",
    ];
    assert_eq!(requests, expected, "newest first");
    for row in &view.rows {
        assert_eq!(row.fate, Fate::Kept, "{row:?}");
        assert_eq!((row.told, row.durable, row.voters), (Some(S3), 3, 3));
        assert_eq!(row.applied, [S1, S2, S3]);
    }
    // Going back, the ledger is what it was then.
    beat(&mut lab, "apart");
    let view = lab.ledger();
    let z = row(&view, "create /z");
    assert_eq!(
        (z.fate, z.durable, z.applied.as_slice()),
        (Fate::Kept, 2, &[S2, S3][..])
    );
    assert_eq!(z.slots[0].state, CellState::Missing);
    beat(&mut lab, "same");
    assert_eq!(lab.ledger().rows.len(), 2);
}

#[test]
fn a_row_leads_to_the_step_in_which_the_client_was_told() {
    let mut lab = at_end(APART);
    let target = row(&lab.ledger(), "setData /x").clone();
    lab.dispatch(Action::SeekTold(target.client, target.entry));
    let said = &lab.frame().caption.sentences[0].en;
    assert!(said.contains("setData /x is done"), "{said}");
    let newest = lab.ledger().rows.swap_remove(0);
    assert_eq!(
        (newest.request, newest.at_us),
        (target.request, target.at_us)
    );
    lab.dispatch(Action::Step(-1));
    assert_eq!(
        lab.ledger().confirmed,
        2,
        "one step before, nobody was told"
    );
    let here = lab.frame().step;
    lab.dispatch(Action::SeekTold(ClientId(7), 0));
    lab.dispatch(Action::SeekTold(target.client, 99));
    assert_eq!(lab.frame().step, here, "what is not there moves nothing");
}

#[test]
fn a_promise_that_was_not_on_disk_is_at_risk_and_then_lost() {
    let mut lab = Lab::open(Some("not-on-disk"));
    beat(&mut lab, "power-loss");
    let view = lab.ledger();
    assert_eq!(row(&view, "setData /account").fate, Fate::AtRisk);
    assert_eq!(view.lost, 0);
    lab.dispatch(Action::Seek(u64::MAX));
    let view = lab.ledger();
    let lost = row(&view, "setData /account");
    assert!(
        matches!(lost.fate, Fate::Lost(Gone::Overruled { epoch: 2, .. })),
        "{lost:?}"
    );
    assert_eq!(
        view.lost,
        1 + u64::from(row(&view, "create /account").fate != Fate::Kept)
    );
}

#[test]
fn a_write_of_unknown_outcome_says_what_became_of_it() {
    // The leader dies when a quorum holds the write; the next one brings it back.
    let mut lab = Lab::open(Some("leader-power-loss"));
    beat(&mut lab, "silence");
    let found = |view: &LedgerView| {
        let row = row(view, "create /orders/3").clone();
        (row.told, row.zxid.map(|z| z.to_string()), row.fate)
    };
    let at_first = found(&lab.ledger());
    lab.dispatch(Action::Seek(u64::MAX));
    let at_last = found(&lab.ledger());
    assert_eq!(
        (at_first.1.is_some(), at_first.2),
        (true, Fate::Open),
        "{at_first:?}"
    );
    assert_eq!(at_last, (None, at_first.1.clone(), Fate::Kept));

    // An isolated leader's tail is cut away.
    let mut lab = Lab::open(Some("minority-partition"));
    lab.dispatch(Action::Seek(u64::MAX));
    let view = lab.ledger();
    let lost = row(&view, "create /lost");
    assert_eq!(lost.told, None);
    assert!(
        matches!(lost.fate, Fate::Dropped(Gone::Overruled { .. })),
        "{lost:?}"
    );
    assert!(
        lost.slots
            .iter()
            .all(|slot| slot.state == CellState::Missing)
    );

    // A follower that reaches no leader passes nothing on.
    let mut lab = at_end(
        "zablab 1\nensemble servers=3 seed=7\nuntil leader within=5s\nclient a server=1\nrun 200ms\n\
         partition 1,a 2,3\na create /n\nrun 10s\n",
    );
    let view = lab.ledger();
    assert_eq!(
        row(&view, "create /n").fate,
        Fate::NeverProposed,
        "{view:?}"
    );
    assert_eq!((view.confirmed, view.unknown), (0, 1));
}

#[test]
fn what_is_pulled_is_the_same_however_the_moment_was_reached() {
    let mut lab = Lab::open(Some("minority-partition"));
    lab.dispatch(Action::Seek(u64::MAX));
    let end = lab.frame().step;
    let pull = |lab: &mut Lab| {
        let trees: Vec<_> = (1..=5)
            .map(|s| lab.tree(ServerId(s), &BTreeSet::new()))
            .collect();
        (lab.ledger(), trees, lab.tree_difference(S1, ServerId(5)))
    };
    for at in [end / 3, end / 2, end] {
        lab.dispatch(Action::Seek(at));
        let here = pull(&mut lab);
        let shown = lab.shown();
        lab.dispatch(Action::Seek(end));
        lab.dispatch(Action::Seek(at - 3));
        lab.dispatch(Action::Step(3));
        assert_eq!(lab.shown(), shown);
        assert_eq!(pull(&mut lab), here, "at {at}");
    }
}

/// A disk that was emptied numbers on from the beginning.
#[test]
fn a_write_whose_zxid_went_to_another_is_lost_whatever_the_numbers_say() {
    let script = "zablab 1
ensemble servers=1 standalone=yes
until leader 1 within=5s
client old server=1 timeout=4s
old create /a \"1\"
old create /b \"2\"
until reply old OK within=5s
until quiet within=5s
crash 1 process
wipe 1
restart 1
until leader 1 within=5s
client new server=1 timeout=4s
new create /c \"3\"
new create /d \"4\"
new create /e \"5\"
until reply new OK within=5s
until quiet within=5s
";
    let ledger = at_end(script).ledger();
    let fates: Vec<_> = ledger
        .rows
        .iter()
        .rev()
        .map(|row| (row.name.as_str(), row.fate))
        .collect();
    let (gone, kept) = (Fate::Lost(Gone::Replaced), Fate::Kept);
    assert_eq!(
        fates,
        [
            ("old", gone),
            ("old", gone),
            ("new", kept),
            ("new", kept),
            ("new", kept)
        ]
    );
    assert_eq!(ledger.lost, 2);
}
