//! The ZabLab page.
//!
//! A library, so that tests can import the components; `main.rs` only mounts [`App`].

use yew::prelude::*;

/// The whole page.
#[component]
pub fn App() -> Html {
    use_effect_with((), |()| {
        let root = gloo_utils::document_element();
        root.set_attribute("data-ready", "true")
            .expect("`data-ready` is a valid attribute name");
    });
    html! {
        <main>
            <h1>{ "ZabLab" }</h1>
            <p>{ "A real ZooKeeper ensemble, in a page." }</p>
        </main>
    }
}

/// Mounts [`App`] on the document's body.
pub fn run() {
    yew::Renderer::<App>::new().render();
}
