//! Lines about recipes: `a recipe lock /lock hold=5s`, and what is claimed of them.

use super::super::ast::Fact;
use super::super::error::ScriptError;
use super::args::Args;
use super::{Scope, value};
use crate::world::command::Command;
use crate::world::recipe::{Recipe, RecipeState};

/// Most items that one line puts or takes.
const ITEMS_MAX: u64 = 1_000;

/// `recipe lock /lock hold=5s`, without its first word.
pub fn begin(client: String, args: &mut Args) -> Result<Command, ScriptError> {
    let what = "the name of a recipe";
    let name = args.word(what)?;
    if !Recipe::WORDS.contains(&name.text.as_str()) {
        return Err(name.expected_word(what, Recipe::WORDS));
    }
    let path = value::path(args.next("a path like /p")?)?;
    let recipe = match name.text.as_str() {
        "lock" => Recipe::Lock { hold: hold(args)? },
        "queue" => queue(args)?,
        "config" => Recipe::Config,
        "election" => Recipe::Election,
        "barrier" => Recipe::Barrier {
            size: number(args, "size", "the number of clients", 64)?
                .ok_or_else(|| args.missing("size=..."))?,
            hold: hold(args)?,
        },
        _ => Recipe::Group,
    };
    Ok(Command::Recipe {
        client,
        recipe,
        path,
    })
}

/// `produce=3`, `consume=3`, or `consume` without end.
fn queue(args: &mut Args) -> Result<Recipe, ScriptError> {
    if let Some(items) = number(args, "produce", ITEMS, ITEMS_MAX)? {
        return Ok(Recipe::Produce { items });
    }
    let items = number(args, "consume", ITEMS, ITEMS_MAX)?;
    match items.is_some() || args.take("consume") {
        true => Ok(Recipe::Consume { items }),
        false => Err(args.missing("produce=3, consume or consume=3")),
    }
}

const ITEMS: &str = "the number of items";

fn hold(args: &mut Args) -> Result<Option<crate::base::Duration>, ScriptError> {
    let found = args.option("hold");
    found.map(|p| value::positive_duration(&p)).transpose()
}

fn number(
    args: &mut Args,
    key: &'static str,
    what: &str,
    most: u64,
) -> Result<Option<u32>, ScriptError> {
    let found = args.option(key);
    let n = found
        .map(|p| value::number(&p, what, 1, most))
        .transpose()?;
    Ok(n.map(|n| n as u32))
}

/// `recipe a holding count=2 data="x"`, without its first word.
pub fn standing(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let client = scope.client(&args.word("a client")?)?;
    let what = "a state, like holding";
    let words = RecipeState::ALL.map(|state| (state.word(), state));
    let state = args.next_if_any();
    let state = state.map(|p| value::choice(&p, what, &words)).transpose()?;
    let count = count(args, "count")?;
    let data = args.option("data").map(|p| value::data(&p)).transpose()?;
    if state.is_none() && count.is_none() && data.is_none() {
        return Err(args.missing(what));
    }
    Ok(Fact::Recipe {
        client,
        state,
        count,
        data,
    })
}

/// `store accepted=3 refused=1 by=a` or `store in-order yes`, without its first word.
pub fn store(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    if args.take("in-order") {
        let yes = value::yes_no(&args.word("yes or no")?)?;
        return Ok(Fact::StoreInOrder(yes));
    }
    let by = args.option("by").map(|p| scope.client(&p)).transpose()?;
    let (accepted, refused) = (count(args, "accepted")?, count(args, "refused")?);
    if accepted.is_none() && refused.is_none() {
        return Err(args.missing("in-order, accepted=... or refused=..."));
    }
    Ok(Fact::Store {
        by,
        accepted,
        refused,
    })
}

fn count(args: &mut Args, key: &'static str) -> Result<Option<u64>, ScriptError> {
    let found = args.option(key);
    found
        .map(|p| value::number(&p, "how many", 0, 1_000_000))
        .transpose()
}
