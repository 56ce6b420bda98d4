//! What is taken out of the page: an archive, packed by the browser and offered as a file.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, HtmlElement, Response, Url};
use zablab_core::lab::Download;

use crate::intake::gzip;

/// Bytes that are packed at once.
const PIECE: u64 = 256 << 10;

/// Packs an archive and offers it to be saved.
pub(crate) fn offer(download: Download) {
    spawn_local(async move {
        let name = format!("{}.gz", download.name);
        // Without the means the browser can offer nothing, and has said so itself.
        if let Ok(blob) = packed(download).await {
            let _ = save(&blob, &name);
        }
    });
}

/// Offers a text to be saved as it is.
pub(crate) fn offer_text(name: &str, text: &str) {
    let parts = Array::of1(&JsValue::from_str(text));
    if let Ok(blob) = Blob::new_with_str_sequence(&parts) {
        // Without the means the browser can offer nothing, and has said so itself.
        let _ = save(&blob, name);
    }
}

pub(crate) async fn packed(mut download: Download) -> Result<Blob, JsValue> {
    let (out, into) = gzip("CompressionStream")?;
    let blob = Response::new_with_opt_readable_stream(Some(&out))?.blob()?;
    let writer = into.get_writer()?;
    while let Some(piece) = download.next(PIECE) {
        let piece = Uint8Array::from(&piece[..]);
        JsFuture::from(writer.write_with_chunk(&piece)).await?;
    }
    JsFuture::from(writer.close()).await?;
    Ok(JsFuture::from(blob).await?.unchecked_into())
}

fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let link = gloo_utils::document().create_element("a")?;
    let address = Url::create_object_url_with_blob(blob)?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", name)?;
    link.unchecked_ref::<HtmlElement>().click();
    Url::revoke_object_url(&address)
}
