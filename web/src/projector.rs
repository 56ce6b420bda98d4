//! `?density=projector`: everything 1.4 times as large, for the last row of a lecture hall.
//!
//! ```text
//!   this page:  one frame, drawn 1.4 times as large ──► the same page without `density`, in a window 1.4 times smaller
//! ```
//! The page inside sees a smaller window, so all that its layout decides by the window's size comes out
//! right, and nothing in it knows of projectors. What it promises to tests and hosts on its root is
//! copied to the root of this page.
//!
//! It is not the zoom of the browser, which does the same for one person and stays.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, Element, HtmlIFrameElement, MutationObserver, MutationObserverInit, UrlSearchParams,
};

/// Is a page for a projector asked for?
pub(crate) fn is_wanted() -> bool {
    query().is_some_and(|query| query.get("density").as_deref() == Some("projector"))
}

fn query() -> Option<UrlSearchParams> {
    let search = gloo_utils::window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()
}

/// Shows the frame. `None` when the browser refuses one.
pub(crate) fn show() -> Option<()> {
    let location = gloo_utils::window().location();
    let query = query()?;
    query.delete("density");
    let hash = location.hash().unwrap_or_default();
    let inside = format!("?{}{hash}", String::from(query.to_string()));
    let document = gloo_utils::document();
    let frame = document.create_element("iframe").ok()?;
    let frame: HtmlIFrameElement = frame.dyn_into().ok()?;
    frame.set_class_name("projector");
    frame.set_title("ZabLab");
    frame.set_src(&inside);
    let loaded = {
        let frame = frame.clone();
        Closure::<dyn Fn()>::new(move || {
            if let Some(document) = frame.content_document() {
                follow(&document);
            }
            let _ = frame.focus();
        })
    };
    frame.set_onload(Some(loaded.as_ref().unchecked_ref()));
    // The frame lives as long as the page.
    loaded.forget();
    document.body()?.append_child(&frame).ok()?;
    Some(())
}

/// Copies what the root of the page inside says about itself, now and whenever it changes.
fn follow(inside: &Document) {
    let Some(root) = inside.document_element() else {
        return;
    };
    copy(&root);
    let changed = {
        let root = root.clone();
        Closure::<dyn Fn(JsValue)>::new(move |_| copy(&root))
    };
    if let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) {
        let attributes = MutationObserverInit::new();
        attributes.set_attributes(true);
        let _ = observer.observe_with_options(&root, &attributes);
    }
    changed.forget();
}

fn copy(from: &Element) {
    let to = gloo_utils::document_element();
    for name in from.get_attribute_names() {
        let name = name.as_string().unwrap_or_default();
        if let Some(value) = from.get_attribute(&name) {
            // A name that one element has is good for another one.
            let _ = to.set_attribute(&name, &value);
        }
    }
}
