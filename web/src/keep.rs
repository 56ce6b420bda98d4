//! The run over a reload, where the browser keeps anything at all.
//!
//! It is kept for this tab and this address only, and shown again only when the page was reloaded or
//! come back to: who follows a link sees what the link says.
//!
//! The disks that a run began with are too large for that: they lie in the browser's cache, under the
//! digests by which the script names them.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, Cache, Response, Storage};
use zablab_core::lab::Download;

use crate::outlet;

/// Runs whose disks are kept.
const RUNS_MAX: u32 = 4;

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

/// Where the disks of a run are kept; nowhere when it has none.
pub(crate) fn place_of_disks(run: &str) -> Option<String> {
    let mut digests: Vec<&str> = Vec::new();
    for (at, key) in run.match_indices("sha256=") {
        let from = at + key.len();
        let digest = run.get(from..from + 16)?;
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    (!digests.is_empty()).then(|| format!("/zablab-disks/{}", digests.join("-")))
}

/// Keeps the disks of a run. A browser without a cache keeps none.
pub(crate) fn write_disks(place: String, disks: Download) {
    spawn_local(async move {
        let _ = put(&place, disks).await;
    });
}

async fn put(place: &str, disks: Download) -> Result<(), JsValue> {
    let cache = cache().await?;
    if !JsFuture::from(cache.match_with_str(place))
        .await?
        .is_undefined()
    {
        return Ok(());
    }
    let blob = outlet::packed(disks).await?;
    let response = Response::new_with_opt_blob(Some(&blob))?;
    JsFuture::from(cache.put_with_str(place, &response)).await?;
    let kept = JsFuture::from(cache.keys()).await?;
    let kept: js_sys::Array = kept.unchecked_into();
    for old in 0..kept.length().saturating_sub(RUNS_MAX) {
        let old = kept.get(old).unchecked_into();
        JsFuture::from(cache.delete_with_request(&old)).await?;
    }
    Ok(())
}

/// The disks of a run, packed, if they are still there.
pub(crate) async fn disks(run: &str) -> Option<Blob> {
    let found = cache().await.ok()?.match_with_str(&place_of_disks(run)?);
    let response: Response = JsFuture::from(found).await.ok()?.dyn_into().ok()?;
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    Some(blob.unchecked_into())
}

async fn cache() -> Result<Cache, JsValue> {
    let caches = gloo_utils::window().caches()?;
    if caches.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    Ok(JsFuture::from(caches.open("zablab"))
        .await?
        .unchecked_into())
}
