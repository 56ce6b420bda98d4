//! The run over a reload, where the browser keeps anything at all.
//!
//! It is kept for this tab and this address only, and shown again only when the page was reloaded or
//! come back to: who follows a link sees what the link says.

use web_sys::Storage;

/// What was kept, if this is a reload.
pub(crate) fn read() -> Option<String> {
    /// `PerformanceNavigation`: a link was followed.
    const FOLLOWED: u16 = 0;
    let performance = gloo_utils::window().performance()?;
    if performance.navigation().type_() == FOLLOWED {
        return None;
    }
    storage()?.get_item(&key()).ok()?
}

/// Keeps a run, or nothing. A full or forbidden storage is no reason to stop.
pub(crate) fn write(run: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = match run {
            Some(run) => storage.set_item(&key(), run),
            None => storage.remove_item(&key()),
        };
    }
}

fn storage() -> Option<Storage> {
    gloo_utils::window().session_storage().ok()?
}

fn key() -> String {
    let search = gloo_utils::window().location().search();
    format!("zablab.run{}", search.unwrap_or_default())
}
