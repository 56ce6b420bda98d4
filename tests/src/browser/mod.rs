//! The built page in a real browser: Chromium, driven over WebDriver.
//!
//! What this is: the way from a test to the page. [`Site`] offers `dist/` on a free port, [`Browser`]
//! owns one chromedriver with one window, [`Page`] is what the window shows.
//! What this is NOT: a description of the page. Tests say what they look for.
//!
//! ```text
//! test ── Page ── fantoccini ── chromedriver ── Chromium ── GET ── Site ── dist/
//! ```
//!
//! A test stands on the page's promises (`data-ready`, `data-step`, `data-kind`, `data-id`) and waits
//! for a condition, never for a time.

mod command;
mod driver;
mod page;
mod site;
mod view;

pub use driver::Browser;
pub use page::Page;
pub use site::{POLICY, Site};
pub use view::View;

/// Runs `test` on a fresh browser and the built page; says so loudly when there is no built page.
///
/// # Panics
/// When the test does, and with `CI=true` when there is nothing to test.
pub fn in_browser<F: Future<Output = ()>>(test: impl FnOnce(Site, Browser) -> F) {
    let Some(site) = Site::from_env() else {
        return;
    };
    block_on(async {
        let browser = Browser::start().await;
        test(site, browser).await;
    });
}

/// Runs a future to its end on this thread.
///
/// # Panics
/// When the operating system gives no event queue.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("an event queue for one thread")
        .block_on(future)
}

/// Says that a check did not run; on a build server that is a failure.
pub(crate) fn skip(what: &str, missing: &str) {
    let strict = std::env::var("CI").is_ok_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
    assert!(!strict, "{what} cannot run: {missing}");
    eprintln!("\n*** SKIPPED: {what}: {missing} ***\n");
}
