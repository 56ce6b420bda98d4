//! Lists that Yew compares child by child.
//!
//! Yew lines children without keys up from their *end*, and `{ for … }` mixes its items with what
//! stands beside them. So one more item at the end, or a neighbour that comes or goes, would make every
//! item before it be drawn again as the one behind it. A list of its own with a key for each item keeps
//! what stays.

use yew::prelude::*;
use yew::virtual_dom::Key;

/// A list of its own, in which each item has a key that no other one has.
pub(crate) fn keyed<K: Into<Key>>(items: impl Iterator<Item = (K, Html)>) -> Html {
    items
        .map(|(key, item)| html! { <key={key}>{ item }</> })
        .collect()
}

/// A list of its own, of items that have keys or are always as many.
pub(crate) fn list(items: impl Iterator<Item = Html>) -> Html {
    items.collect()
}
