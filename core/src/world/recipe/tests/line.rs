//! The lock and the election: order, herds, doubts.

use super::*;

#[test]
fn a_lock_passes_down_the_line_with_one_notification_for_each_release() {
    let mut town = Town::new(&[LOCK; 5]);
    town.settle();
    assert_eq!(town.alive_in(RecipeState::Waiting), 4);
    let mut tokens = Vec::new();
    for holder in 0..5 {
        assert_eq!(town.state(holder), RecipeState::Holding);
        assert_eq!(town.alive_in(RecipeState::Holding), 1);
        tokens.push(town.fellows[holder].program.standing().token);
        let before: usize = town.fellows.iter().map(|f| f.events).sum();
        town.tell(holder, Heard::Stop);
        town.settle();
        let after: usize = town.fellows.iter().map(|f| f.events).sum();
        assert_eq!(after - before, usize::from(holder < 4));
        assert_eq!(town.state(holder), RecipeState::Done);
    }
    assert!(
        tokens.is_sorted(),
        "tokens grow from holder to holder: {tokens:?}"
    );
    assert!(town.children().is_empty());
    assert!(town.watches.is_empty(), "no watch stays behind");
}

#[test]
fn who_leaves_the_middle_of_the_line_wakes_the_one_behind_it_and_no_lock_changes_hands() {
    let mut town = Town::new(&[LOCK; 4]);
    town.settle();
    town.expire(1);
    town.settle();
    let states = town.states();
    assert_eq!(states[0], RecipeState::Holding);
    assert_eq!(states[1], RecipeState::Lost);
    assert_eq!(&states[2..], [RecipeState::Waiting; 2]);
    assert_eq!(town.fellows[2].events, 1);
    assert_eq!(town.fellows[3].events, 0);
    town.tell(0, Heard::Stop);
    town.settle();
    assert_eq!(town.state(2), RecipeState::Holding);
}

#[test]
fn a_holder_without_a_connection_writes_nothing_and_is_sure_again_with_the_same_token() {
    let mut town = Town::new(&[LOCK, LOCK]);
    town.settle();
    let token = town.fellows[0].program.standing().token;
    town.cut(0, false);
    assert_eq!(town.state(0), RecipeState::Doubting);
    assert_eq!(town.fellows[0].program.standing().token, None);
    town.wake(0);
    assert_eq!(
        town.fellows[0].stored.len(),
        1,
        "in doubt it does not write"
    );
    town.settle();
    assert_eq!(town.state(0), RecipeState::Holding);
    assert_eq!(town.fellows[0].program.standing().token, token);
    town.wake(0);
    assert_eq!(town.fellows[0].stored.len(), 2);
}

#[test]
fn a_holder_that_the_store_refuses_gives_the_lock_up() {
    let mut town = Town::new(&[LOCK, LOCK]);
    town.settle();
    town.tell(0, Heard::Stored { accepted: false });
    assert_eq!(town.state(0), RecipeState::Lost);
    town.settle();
    assert_eq!(town.states(), [RecipeState::Lost, RecipeState::Holding]);
    assert!(town.own(0).is_empty());
}

#[test]
fn who_is_thrown_out_goes_to_the_end_of_the_line() {
    let mut town = Town::new(&[LOCK, LOCK]);
    town.settle();
    let path = town.own(0).remove(0);
    assert_eq!(
        town.other(&super::super::asking::delete(path)),
        ErrorCode::Ok
    );
    town.cut(0, false);
    town.settle();
    assert_eq!(town.states(), [RecipeState::Waiting, RecipeState::Holding]);
}

#[test]
fn a_lock_is_held_for_as_long_as_was_said() {
    let hold = crate::base::Duration::from_ms(2_500);
    let mut town = Town::new(&[Recipe::Lock { hold: Some(hold) }]);
    town.settle();
    for _ in 0..3 {
        assert_eq!(town.state(0), RecipeState::Holding);
        town.wake(0);
    }
    town.settle();
    assert_eq!(town.state(0), RecipeState::Done);
    assert_eq!(town.fellows[0].stored.len(), 3, "at 0, 1 and 2 seconds");
}

#[test]
fn a_leader_that_ends_hands_over_to_the_next_number() {
    let mut town = Town::new(&[Recipe::Election; 3]);
    town.settle();
    let [leading, following] = [RecipeState::Leading, RecipeState::Following];
    assert_eq!(town.states(), [leading, following, following]);
    town.cut(0, false);
    assert_eq!(town.state(0), RecipeState::Doubting);
    town.expire(0);
    town.settle();
    assert_eq!(town.states(), [RecipeState::Lost, leading, following]);
    town.tell(1, Heard::Stop);
    town.settle();
    assert_eq!(town.states()[1..], [RecipeState::Done, leading]);
}

#[test]
fn a_path_that_nobody_may_use_ends_the_recipe() {
    let program = Program::new(LOCK, "/r/", "a", 1);
    let mut town = Town::new(&[LOCK]);
    town.fellows[0].program = program;
    town.fellows[0].asks.clear();
    town.tell(0, Heard::Begin);
    town.settle();
    assert_eq!(town.state(0), RecipeState::Failed);
}
