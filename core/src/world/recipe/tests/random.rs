//! Many clients, broken connections and ended sessions, in any order; dice of fixed seeds.

use super::*;
use crate::base::Dice;
use crate::base::rng::Subject;

/// Runs of each kind.
const SEEDS: u64 = 150;
/// Things that happen in a run.
const ACTS: usize = 250;

/// What may happen besides work.
struct Luck {
    cuts: bool,
    deaths: bool,
    stops: bool,
}

const ALL: Luck = Luck {
    cuts: true,
    deaths: true,
    stops: true,
};

fn play(town: &mut Town, dice: &mut Dice, luck: &Luck, check: impl Fn(&Town)) {
    for _ in 0..ACTS {
        let i = dice.below(town.fellows.len() as u64) as usize;
        if town.fellows[i].over {
            continue;
        }
        match dice.below(100) {
            _ if !town.fellows[i].connected => town.reconnect(i),
            0..4 if luck.cuts => town.cut(i, dice.chance(1, 2)),
            4 if luck.deaths => town.expire(i),
            5 if luck.stops => town.tell(i, Heard::Stop),
            6..10 => town.wake(i),
            10..55 => town.serve(i),
            _ => town.deliver(i),
        }
        check(town);
    }
}

/// Nobody has two nodes of its own.
fn at_most_one_each(town: &Town) {
    for i in 0..town.fellows.len() {
        let own = town.own(i);
        assert!(own.len() <= 1, "{i} has {own:?}");
    }
}

fn seeds(mut run: impl FnMut(u64, Dice)) {
    for seed in 0..SEEDS {
        run(seed, Dice::new(seed, Subject::Clients));
    }
}

#[test]
fn there_are_never_two_live_holders_and_somebody_always_comes_to_hold_the_lock() {
    let (mut held, mut lost) = (0, 0);
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[LOCK; 5]);
        play(&mut town, &mut dice, &ALL, |town| {
            at_most_one_each(town);
            assert!(town.alive_in(RecipeState::Holding) <= 1, "seed {seed}");
        });
        town.settle();
        let states = town.states();
        let live = states.iter().filter(|state| !state.is_over()).count();
        let holding = town.alive_in(RecipeState::Holding);
        assert_eq!(holding, usize::from(live > 0), "seed {seed}: {states:?}");
        assert_eq!(
            town.alive_in(RecipeState::Waiting),
            live - holding,
            "seed {seed}"
        );
        held += town.fellows.iter().filter(|f| !f.stored.is_empty()).count();
        lost += states.iter().filter(|s| **s == RecipeState::Lost).count();
    });
    assert!(
        held > 200 && lost > 100,
        "{held} held and {lost} lost: little happened"
    );
}

#[test]
fn tokens_grow_in_the_order_of_the_holders() {
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[LOCK; 4]);
        let mut order: Vec<Zxid> = Vec::new();
        for _ in 0..10 {
            play(&mut town, &mut dice, &ALL, at_most_one_each);
            let tokens = town.fellows.iter_mut().flat_map(|f| f.stored.drain(..));
            let mut tokens: Vec<Zxid> = tokens.collect();
            tokens.sort_unstable();
            let last = order.last().copied().unwrap_or(Zxid::ZERO);
            assert!(tokens.iter().all(|token| *token >= last), "seed {seed}");
            order.extend(tokens.last());
        }
    });
}

#[test]
fn items_are_never_lost_while_only_producers_lose_their_connections() {
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[Recipe::Produce { items: 8 }; 3]);
        let luck = Luck {
            deaths: false,
            stops: false,
            cuts: true,
        };
        play(&mut town, &mut dice, &luck, |_| {});
        town.settle();
        assert_eq!(town.states(), [RecipeState::Done; 3], "seed {seed}");
        assert_eq!(
            town.children().len(),
            24,
            "seed {seed}: none twice, none missing"
        );
    });
}

#[test]
fn no_item_is_taken_twice_whatever_happens_to_the_consumers() {
    let mut left = 0;
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[Recipe::Consume { items: None }; 3]);
        for n in 0..20 {
            town.other(&create(DIR, ""));
            town.other(&create(&format!("{DIR}/x-{n:010}"), "x"));
        }
        play(&mut town, &mut dice, &ALL, |_| {});
        town.settle();
        let counted: u32 = (0..3)
            .map(|i| town.fellows[i].program.standing().count)
            .sum();
        let gone = 20 - town.children().len() as u32;
        assert!(counted <= gone, "seed {seed}: {counted} taken, {gone} gone");
        let live = town.alive_in(RecipeState::Waiting);
        assert!(
            live == 0 || town.children().is_empty(),
            "seed {seed}: stuck"
        );
        left += gone - counted;
    });
    assert!(left > 0, "no delete was ever left unknown");
}

#[test]
fn a_reader_always_ends_with_the_last_value() {
    let luck = Luck {
        deaths: false,
        stops: false,
        cuts: true,
    };
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[Recipe::Config; 2]);
        for n in 0..12 {
            let text = n.to_string();
            match dice.below(4) {
                0 => town.other(&super::super::asking::delete(DIR.to_owned())),
                1 => town.other(&create(DIR, &text)),
                _ => town.other(&set(DIR, &text)),
            };
            for _ in 0..dice.below(12) {
                let i = dice.below(2) as usize;
                match dice.below(12) {
                    _ if !town.fellows[i].connected => town.reconnect(i),
                    0 => town.cut(i, dice.chance(1, 2)),
                    1..6 => town.serve(i),
                    _ => town.deliver(i),
                }
            }
        }
        play(&mut town, &mut dice, &luck, |_| {});
        town.settle();
        let node = town.db.tree.node(DIR);
        let last = node.and_then(|node| node.data.clone());
        for fellow in &town.fellows {
            assert_eq!(fellow.program.standing().data, last, "seed {seed}");
        }
    });
}

#[test]
fn a_barrier_lets_all_in_and_all_out_again() {
    let luck = Luck {
        deaths: false,
        stops: false,
        cuts: true,
    };
    let barrier = Recipe::Barrier {
        size: 4,
        hold: Some(crate::base::Duration::from_s(1)),
    };
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[barrier; 4]);
        play(&mut town, &mut dice, &luck, |town| {
            at_most_one_each(town);
            let came = town.fellows.iter().filter(|f| f.asleep).count();
            let there = town.children().len();
            assert!(came == 0 || there > 0, "seed {seed}: nobody is there");
        });
        for _ in 0..8 {
            town.settle();
            (0..4).for_each(|i| town.wake(i));
        }
        assert_eq!(town.states(), [RecipeState::Done; 4], "seed {seed}");
        assert!(
            town.children().is_empty(),
            "seed {seed}: {:?}",
            town.children()
        );
    });
}

#[test]
fn a_group_agrees_on_its_members_in_the_end() {
    seeds(|seed, mut dice| {
        let mut town = Town::new(&[Recipe::Group; 5]);
        play(&mut town, &mut dice, &ALL, at_most_one_each);
        town.settle();
        let live = town.alive_in(RecipeState::Member);
        assert_eq!(town.children().len(), live, "seed {seed}");
        for i in (0..5).filter(|i| town.state(*i) == RecipeState::Member) {
            let knows = town.fellows[i].program.standing().count;
            assert_eq!(knows as usize, live, "seed {seed}");
        }
    });
}
