//! Links that carry a run, and the clipboard.
//!
//! A scenario as it comes needs no more than its id and a step. A run that was edited goes into the
//! link whole, as long as the link stays short enough for every program that passes links on.

use zablab_core::lab::{LINK_MAX, Lab, Shared};
use zablab_core::view::Lang;

use crate::place;

/// A link to the moment shown; the length it would have, when that is too long.
pub(crate) fn link(lab: &Lab, lang: Lang) -> Result<String, usize> {
    let plain = place::link(lab.scenario().as_deref(), lang, &lab.anchor().to_string());
    if lab.saved().is_none() {
        return Ok(plain);
    }
    let page = plain.split('#').next().unwrap_or_default();
    let link = format!("{page}#{}", lab.shared().fragment());
    if link.len() > LINK_MAX {
        return Err(link.len());
    }
    Ok(link)
}

/// The run that the address carries, if it carries one; an error when that cannot be read.
pub(crate) fn carried(scenario: Option<String>) -> Option<Result<Shared, ()>> {
    let hash = gloo_utils::window().location().hash().unwrap_or_default();
    Some(Shared::read(&hash, scenario)?.map_err(|_| ()))
}

/// Puts a text onto the clipboard.
pub(crate) fn copy(text: &str) {
    let clipboard = gloo_utils::window().navigator().clipboard();
    // A frame may forbid it; the text is still where it was.
    let _ = clipboard.write_text(text);
}
