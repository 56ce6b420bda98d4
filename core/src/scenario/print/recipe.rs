//! Recipes as a client's line says them.

use super::{Options, word};
use crate::world::recipe::Recipe;

/// A recipe with the node it works on.
pub fn recipe(recipe: Recipe, path: &str) -> String {
    let mut line = Options(format!("{} {}", recipe.word(), word(path)));
    match recipe {
        Recipe::Lock { hold } => line.add_some("hold", hold),
        Recipe::Produce { items } => line.add("produce", items),
        Recipe::Consume { items: None } => line.0.push_str(" consume"),
        Recipe::Consume { items } => line.add_some("consume", items),
        Recipe::Barrier { size, hold } => {
            line.add("size", size);
            line.add_some("hold", hold);
        }
        Recipe::Config | Recipe::Election | Recipe::Group => {}
    }
    line.0
}
