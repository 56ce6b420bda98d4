//! The page mounts in a real browser.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use zablab_web::App;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_page_mounts_and_says_that_it_is_ready() {
    let document = gloo_utils::document();
    let root = document.create_element("div").expect("a div");
    gloo_utils::body()
        .append_child(&root)
        .expect("the body takes it");
    yew::Renderer::<App>::with_root(root.clone()).render();
    yew::platform::time::sleep(std::time::Duration::from_millis(50)).await;
    let servers = root
        .query_selector_all("[data-kind=server]")
        .expect("a selector");
    assert!(servers.length() >= 3, "{} servers", servers.length());
    let columns = root
        .query_selector_all("[data-kind=entry]")
        .expect("a selector");
    assert!(columns.length() > servers.length());
    let ready = gloo_utils::document_element().get_attribute("data-ready");
    assert_eq!(ready.as_deref(), Some("true"));
}
