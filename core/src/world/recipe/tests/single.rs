//! The other recipes, and every recipe with its connection lost at each of its requests.

use super::*;
use crate::base::Duration;

const CONSUME: Recipe = Recipe::Consume { items: None };
const BARRIER: Recipe = Recipe::Barrier {
    size: 3,
    hold: Some(Duration::from_s(1)),
};

/// Where each recipe comes to rest when nobody disturbs it.
const ALONE: [(Recipe, RecipeState); 7] = [
    (LOCK, RecipeState::Holding),
    (Recipe::Produce { items: 3 }, RecipeState::Done),
    (CONSUME, RecipeState::Waiting),
    (Recipe::Config, RecipeState::Waiting),
    (Recipe::Election, RecipeState::Leading),
    (
        Recipe::Barrier {
            size: 1,
            hold: None,
        },
        RecipeState::Inside,
    ),
    (Recipe::Group, RecipeState::Member),
];

/// Works on its own until so many requests were asked.
fn run_to(town: &mut Town, asked: usize) {
    for _ in 0..TURNS {
        if town.fellows[0].asked >= asked && !town.fellows[0].asks.is_empty() {
            return;
        }
        town.serve(0);
        town.deliver(0);
    }
    panic!("so many are never asked");
}

#[test]
fn a_connection_may_break_at_every_request() {
    for (recipe, rest) in ALONE {
        let mut quiet = Town::new(&[recipe]);
        quiet.settle();
        assert_eq!(quiet.state(0), rest, "{recipe:?}");
        let nodes = quiet.children().len();
        for at in 1..=quiet.fellows[0].asked {
            for done in [false, true] {
                let mut town = Town::new(&[recipe]);
                run_to(&mut town, at);
                town.cut(0, done);
                town.settle();
                let what = format!("{recipe:?}, request {at}, done {done}");
                assert_eq!(town.state(0), rest, "{what}");
                assert!(town.own(0).len() <= 1, "{what}");
                assert_eq!(town.children().len(), nodes, "{what}");
            }
        }
    }
}

#[test]
fn a_connection_may_break_at_every_request_on_the_way_out() {
    for (recipe, _) in ALONE {
        for at in 1..=4 {
            for done in [false, true] {
                let mut town = Town::new(&[recipe]);
                let what = format!("{recipe:?}, request {at}, done {done}");
                town.settle();
                if town.state(0).is_over() {
                    continue;
                }
                town.tell(0, Heard::Stop);
                for _ in 1..at {
                    town.serve(0);
                    town.deliver(0);
                }
                town.cut(0, done);
                town.settle();
                assert_eq!(town.state(0), RecipeState::Done, "{what}");
                assert!(town.children().is_empty(), "{what}: {:?}", town.children());
            }
        }
    }
}

#[test]
fn who_is_stopped_at_any_request_leaves_nothing_behind() {
    for (recipe, _) in ALONE {
        let mut quiet = Town::new(&[recipe]);
        quiet.settle();
        for at in 1..=quiet.fellows[0].asked {
            let mut town = Town::new(&[recipe]);
            run_to(&mut town, at);
            town.tell(0, Heard::Stop);
            town.cut(0, true);
            town.settle();
            let what = format!("{recipe:?}, request {at}");
            assert_eq!(town.state(0), RecipeState::Done, "{what}");
            let ready = format!("{DIR}/ready");
            assert!(town.own(0).is_empty(), "{what}");
            assert!(town.db.tree.node(&ready).is_none(), "{what}");
        }
    }
}

#[test]
fn every_item_is_taken_once() {
    let produce = Recipe::Produce { items: 6 };
    let mut town = Town::new(&[CONSUME, CONSUME, produce, produce]);
    town.settle();
    let counts: Vec<u32> = (0..4)
        .map(|i| town.fellows[i].program.standing().count)
        .collect();
    assert_eq!(counts[0] + counts[1], 12, "{counts:?}");
    assert_eq!(counts[2..], [6, 6]);
    assert!(town.children().is_empty());
    assert_eq!(town.alive_in(RecipeState::Waiting), 2);
}

#[test]
fn items_are_taken_in_the_order_in_which_they_were_put() {
    let mut town = Town::new(&[Recipe::Produce { items: 12 }]);
    town.settle();
    let mut consumer = Town::new(&[Recipe::Consume { items: Some(12) }]);
    consumer.db = town.db.clone();
    (consumer.prep, consumer.zxid) = (town.prep.clone(), town.zxid);
    let mut taken = Vec::new();
    while !consumer.state(0).is_over() {
        consumer.serve(0);
        consumer.deliver(0);
        let last = consumer.fellows[0].program.standing().data;
        if taken.last() != Some(&last) {
            taken.push(last);
        }
    }
    let text = |n: usize| Some(format!("a-1-{n}").into_bytes().into());
    let wanted: Vec<_> = std::iter::once(None).chain((1..=12).map(text)).collect();
    assert_eq!(taken, wanted);
}

#[test]
fn a_reader_may_miss_values_but_ends_with_the_last() {
    let mut town = Town::new(&[Recipe::Config]);
    town.settle();
    assert_eq!(town.state(0), RecipeState::Waiting);
    let value = |town: &Town| town.fellows[0].program.standing();
    assert_eq!(town.other(&create(DIR, "1")), ErrorCode::Ok);
    town.settle();
    assert_eq!(value(&town).data.as_deref(), Some(b"1".as_slice()));
    for text in ["2", "3", "4"] {
        town.other(&set(DIR, text));
    }
    town.settle();
    assert_eq!(value(&town).data.as_deref(), Some(b"4".as_slice()));
    assert_eq!(value(&town).count, 2, "two values were never seen");
    assert_eq!(town.fellows[0].events, 2);
    town.cut(0, false);
    town.other(&set(DIR, "5"));
    town.settle();
    assert_eq!(value(&town).data.as_deref(), Some(b"5".as_slice()));
    town.other(&super::super::asking::delete(DIR.to_owned()));
    town.settle();
    assert_eq!(town.state(0), RecipeState::Waiting);
}

#[test]
fn nobody_is_inside_a_barrier_before_all_are_there_nor_out_before_all_are_ready() {
    let mut town = Town::new(&[BARRIER; 3]);
    town.fellows[2].connected = false;
    for _ in 0..TURNS {
        for i in 0..2 {
            town.serve(i);
            town.deliver(i);
        }
    }
    assert_eq!(town.states()[..2], [RecipeState::Waiting; 2]);
    town.settle();
    assert_eq!(town.alive_in(RecipeState::Inside), 3);
    town.wake(0);
    town.settle();
    assert_eq!(town.state(0), RecipeState::Leaving);
    assert_eq!(town.alive_in(RecipeState::Inside), 2);
    town.wake(1);
    town.wake(2);
    town.settle();
    assert_eq!(town.alive_in(RecipeState::Done), 3);
    assert!(town.children().is_empty());
}

#[test]
fn who_dies_at_the_barrier_is_not_waited_for_on_the_way_out() {
    for dead in 0..3 {
        let mut town = Town::new(&[BARRIER; 3]);
        town.settle();
        for i in 0..3 {
            town.wake(i);
        }
        town.expire(dead);
        town.settle();
        assert_eq!(town.state(dead), RecipeState::Lost);
        assert_eq!(town.alive_in(RecipeState::Done), 2, "{dead} died");
    }
}

#[test]
fn members_know_how_many_they_are() {
    let mut town = Town::new(&[Recipe::Group; 4]);
    town.settle();
    let knows = |town: &Town, i: usize| town.fellows[i].program.standing().count;
    assert_eq!((0..4).map(|i| knows(&town, i)).collect::<Vec<_>>(), [4; 4]);
    town.expire(0);
    town.tell(1, Heard::Stop);
    town.settle();
    assert_eq!((knows(&town, 2), knows(&town, 3)), (2, 2));
    assert_eq!(town.states()[..2], [RecipeState::Lost, RecipeState::Done]);
}
