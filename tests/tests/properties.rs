//! Properties of the small pure things that everything rests on: zxids, quorums, the choice of how a
//! learner is brought up to date. Codecs have theirs in the engine, beside the bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use zablab_core::base::{ServerId, SessionId};
use zablab_core::model::{Ensemble, Epoch, Quorum, Record, Txn, TxnBody, TxnHeader, Zxid};
use zablab_core::protocol::zab::sync_plan::{self, NoDiskLog, PlannedSync, SyncMode};
use zablab_core::scenario::ast::{Fact, Target};
use zablab_core::scenario::{Action, parse};

// --- zxids ---

fn zxid() -> impl Strategy<Value = Zxid> {
    (0..1_i64 << 31, any::<u32>()).prop_map(|(epoch, counter)| Zxid::new(Epoch(epoch), counter))
}

/// The zxid of a script's line, however it was written there.
fn read_in_a_script(text: &str) -> Zxid {
    let script = format!("zablab 1\nexpect not committed {text}\n");
    let program = parse(&script).unwrap_or_else(|error| panic!("{text}: {error}"));
    match program.actions().last() {
        Some(Action::Expect(claim)) => match &claim.fact {
            Fact::Committed(Target::Zxid(zxid)) => *zxid,
            fact => panic!("{text}: {fact:?}"),
        },
        action => panic!("{text}: {action:?}"),
    }
}

proptest! {
    #[test]
    fn zxids_are_ordered_by_epoch_and_then_by_counter(a in zxid(), b in zxid()) {
        let pairs = (a.epoch(), a.counter()).cmp(&(b.epoch(), b.counter()));
        prop_assert_eq!(a.cmp(&b), pairs);
        prop_assert_eq!(Zxid::new(a.epoch(), a.counter()), a);
    }

    #[test]
    fn a_zxid_is_read_as_it_is_printed_in_decimal_and_in_hex(z in zxid()) {
        prop_assert_eq!(read_in_a_script(&z.to_string()), z);
        prop_assert_eq!(read_in_a_script(&format!("{z:#x}")), z);
    }

    #[test]
    fn a_log_goes_on_upwards(a in zxid(), b in zxid()) {
        prop_assert!(!b.follows(a) || b > a || a.counter() == Zxid::COUNTER_MAX);
        prop_assert!(a.next().follows(a));
        prop_assert!(!(a.follows(b) && b.follows(a)));
    }
}

// --- quorums ---

fn majority() -> impl Strategy<Value = Ensemble> {
    (1..=9_u8, 0..=4_u8).prop_map(|(voters, observers)| Ensemble::majority(voters, observers))
}

/// Groups of weighted voters; some weigh nothing.
fn hierarchical() -> impl Strategy<Value = Ensemble> {
    (1..=9_u8, 0..=4_u8, vec((0..3_u8, 0..4_u32), 9)).prop_map(|(voters, observers, all)| {
        let of_voters = || (1..=voters).map(ServerId).zip(&all);
        let group: BTreeMap<ServerId, u8> = of_voters().map(|(id, (g, _))| (id, *g)).collect();
        let weight = of_voters().map(|(id, (_, w))| (id, *w)).collect();
        Ensemble {
            quorum: Quorum::Hierarchical { group, weight },
            ..Ensemble::majority(voters, observers)
        }
    })
}

fn ensemble() -> impl Strategy<Value = Ensemble> {
    prop_oneof![majority(), hierarchical()]
}

/// The servers whose bit is set.
fn chosen(ensemble: &Ensemble, bits: u16) -> Vec<ServerId> {
    let picked = |(place, _): &(usize, ServerId)| bits >> place & 1 == 1;
    let servers = ensemble.servers().enumerate();
    servers.filter(picked).map(|(_, id)| id).collect()
}

proptest! {
    #[test]
    fn any_two_quorums_share_a_voter(ensemble in ensemble()) {
        let voters = ensemble.voters.len();
        let sets = (0..1_u16 << voters).map(|bits| (bits, chosen(&ensemble, bits)));
        let quorums: Vec<u16> = sets
            .filter(|(_, set)| ensemble.is_quorum(set.iter().copied()))
            .map(|(bits, _)| bits)
            .collect();
        for a in &quorums {
            for b in &quorums {
                prop_assert!(a & b != 0, "{:b} and {:b} of {:?}", a, b, ensemble);
            }
        }
    }

    #[test]
    fn more_servers_never_undo_a_quorum(ensemble in ensemble(), a in any::<u16>(), b in any::<u16>()) {
        let (few, more) = (chosen(&ensemble, a), chosen(&ensemble, a | b));
        prop_assert!(!ensemble.is_quorum(few) || ensemble.is_quorum(more));
    }

    #[test]
    fn observers_change_nothing(ensemble in ensemble(), bits in any::<u16>()) {
        let all = chosen(&ensemble, bits);
        let voters = all.iter().copied().filter(|id| ensemble.is_voter(*id));
        prop_assert_eq!(ensemble.is_quorum(voters), ensemble.is_quorum(all.clone()));
    }

    #[test]
    fn a_majority_is_more_than_half(ensemble in majority(), bits in any::<u16>()) {
        let voters = chosen(&ensemble, bits).into_iter().filter(|id| ensemble.is_voter(*id)).count();
        let quorum = ensemble.is_quorum(chosen(&ensemble, bits));
        prop_assert_eq!(quorum, voters >= ensemble.majority_size());
    }
}

// --- how a learner is brought up to date ---

/// A leader's whole history, what of it is in memory and on disk, and what a learner has.
#[derive(Clone, Debug)]
struct Meeting {
    history: Vec<Zxid>,
    /// The committed log in memory begins here.
    memory: usize,
    /// The log on disk begins here.
    disk: usize,
    learner: Vec<Zxid>,
}

/// Even epochs with some transactions each. What the learner may have beyond a prefix is what a real one
/// can: a tail of the last epoch it shares whole, or one of an odd epoch whose leader began with
/// all that was older.
fn meeting() -> impl Strategy<Value = Meeting> {
    let epochs = btree_set(1..9_i64, 1..5).prop_flat_map(|epochs| {
        let lengths = vec(1..6_u32, epochs.len());
        (Just(epochs), lengths)
    });
    let limits = (any::<u16>(), any::<u16>());
    let learner = (any::<u16>(), 0..4_u32, any::<bool>(), 0..10_i64);
    (epochs, limits, learner).prop_map(|((epochs, lengths), (memory, disk), learner)| {
        let of_epoch = |(e, n): (&i64, &u32)| {
            let epoch = Epoch(*e * 2);
            (1..=*n)
                .map(move |c| Zxid::new(epoch, c))
                .collect::<Vec<_>>()
        };
        let history: Vec<Zxid> = epochs.iter().zip(&lengths).flat_map(of_epoch).collect();
        let memory = usize::from(memory) % history.len();
        let disk = usize::from(disk) % (memory + 1);
        let learner = learner_of(&history, learner);
        Meeting {
            history,
            memory,
            disk,
            learner,
        }
    })
}

fn learner_of(history: &[Zxid], (shared, tail, led, odd): (u16, u32, bool, i64)) -> Vec<Zxid> {
    let odd = Epoch(odd * 2 + 1);
    let shared = match led {
        true => history.partition_point(|z| z.epoch() < odd),
        false => usize::from(shared) % (history.len() + 1),
    };
    let mut learner = history[..shared].to_vec();
    let left = learner.last().copied().unwrap_or_default();
    let next = history.get(shared).copied();
    let whole = shared > 0 && next.is_none_or(|next| next.epoch() > left.epoch());
    if led || whole {
        let from = if led { Zxid::new(odd, 0) } else { left };
        learner.extend((1..=tail).map(|n| Zxid(from.0 + i64::from(n))));
    }
    learner
}

fn record(zxid: Zxid) -> Arc<Record> {
    let header = TxnHeader {
        session: SessionId(1),
        cxid: 0,
        zxid,
        time_ms: 0,
    };
    let body = TxnBody::Error { code: 0 };
    let txn = Txn {
        header,
        body,
        digest: None,
    };
    Record::new(txn, Arc::from(zxid.0.to_be_bytes().as_slice()))
}

impl Meeting {
    fn plan(&self, peer: Zxid) -> PlannedSync {
        let records = |zxids: &[Zxid]| zxids.iter().copied().map(record).collect::<Vec<_>>();
        let memory = records(&self.history[self.memory..]);
        let last = self.history.last().copied().unwrap_or_default();
        // As the leader reads it: from the learner's last transaction on, if it is there.
        let on_disk = &self.history[self.disk..];
        let from = on_disk.iter().rposition(|z| *z <= peer);
        sync_plan::plan(peer, &memory, last, || match from {
            Some(from) => Ok(records(&on_disk[from..])),
            None => Err(NoDiskLog::BeginsLater),
        })
    }

    /// What the learner has after the plan; `None` when it would cut below what it has.
    fn after(&self, plan: &PlannedSync) -> Option<Vec<Zxid>> {
        let mut log = self.learner.clone();
        match plan.plan.mode {
            SyncMode::Snap => log = self.history.clone(),
            SyncMode::Trunc => {
                let cut = log.iter().position(|z| *z == plan.plan.zxid)?;
                log.truncate(cut + 1);
            }
            SyncMode::Diff => {}
        }
        log.extend(plan.records.iter().map(|r| r.zxid()));
        Some(log)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// DIFF, TRUNC and SNAP, each with what follows, leave the learner with the leader's history and
    /// nothing else.
    #[test]
    fn whatever_the_leader_chooses_makes_the_histories_equal(meeting in meeting()) {
        let peer = meeting.learner.last().copied().unwrap_or_default();
        let plan = meeting.plan(peer);
        let after = meeting.after(&plan);
        prop_assert_eq!(after.as_ref(), Some(&meeting.history), "{:?}", plan.plan);
        prop_assert_eq!(plan.plan.count as usize, plan.records.len());
    }

    #[test]
    fn a_learner_that_has_a_prefix_in_reach_is_not_sent_the_tree(meeting in meeting(), cut in 0..100_usize) {
        let shared = meeting.disk + cut % (meeting.history.len() - meeting.disk);
        let learner = meeting.history[..=shared].to_vec();
        let meeting = Meeting { learner, ..meeting };
        let plan = meeting.plan(meeting.history[shared]);
        prop_assert_eq!(plan.plan.mode, SyncMode::Diff);
        prop_assert_eq!(plan.records.len(), meeting.history.len() - shared - 1);
    }
}
