//! The built page in Chromium: what a person does to it, and what must be seen then.

#[path = "page/bench.rs"]
mod bench;
#[path = "page/clients.rs"]
mod clients;
#[path = "page/console.rs"]
mod console;
#[path = "page/disk_pane.rs"]
mod disk_pane;
#[path = "page/disks.rs"]
mod disks;
#[path = "page/faults.rs"]
mod faults;
#[path = "page/fit.rs"]
mod fit;
#[path = "page/gallery.rs"]
mod gallery;
#[path = "page/inspect.rs"]
mod inspect;
#[path = "page/loading.rs"]
mod loading;
#[path = "page/long_flow.rs"]
mod long_flow;
#[path = "page/matrix.rs"]
mod matrix;
#[path = "page/motion.rs"]
mod motion;
#[path = "page/parcels.rs"]
mod parcels;
#[path = "page/scripts.rs"]
mod scripts;
#[path = "page/service.rs"]
mod service;
#[path = "page/sizes.rs"]
mod sizes;
#[path = "page/space_time.rs"]
mod space_time;
#[path = "page/time.rs"]
mod time;
#[path = "page/transport.rs"]
mod transport;
#[path = "page/vault.rs"]
mod vault;

use zablab_tests::browser::{Browser, Page, Site, View};

/// Nothing went wrong on the way: a clean console, no stranger on the network, no rule of
/// accessibility broken, nothing wider than the window.
async fn assert_sound(page: &Page, site: &Site) {
    page.assert_console_clean().await;
    page.assert_loads_only_from(&site.origin()).await;
    page.assert_accessible().await;
    let wider = "document.documentElement.scrollWidth - innerWidth";
    assert_eq!(
        page.value(wider).await,
        0,
        "the page is wider than the window"
    );
}

/// The page as most people see it, at a moment of a scenario.
async fn open_at(browser: &Browser, site: &Site, query: &str, hash: &str) -> Page {
    let view = View::default();
    browser.open(&site.page(), query, hash, &view).await
}

/// Loads the page anew and waits until it shows the step that it showed before.
async fn reload(page: &Page) {
    let shown = step(page).await;
    let again = page.client().refresh().await;
    again.expect("the page can be loaded anew");
    page.wait_ready().await;
    page.wait_until(&format!(
        "document.documentElement.dataset.step === '{shown}'"
    ))
    .await;
}

/// The step that is shown.
async fn step(page: &Page) -> u64 {
    let step = page
        .root("data-step")
        .await
        .expect("the page tells its step");
    step.parse().expect("a step is a number")
}

async fn digest(page: &Page) -> String {
    page.root("data-digest")
        .await
        .expect("the page tells its digest")
}

/// JavaScript for the first element of a kind.
fn of(kind: &str, id: &str) -> String {
    format!("document.querySelector('[data-kind=\"{kind}\"][data-id=\"{id}\"]')")
}

/// The server that leads in broadcast.
async fn leader(page: &Page) -> String {
    let found = "(document.querySelector('[data-kind=server][data-state=leading][data-phase=broadcast]') \
                 || {dataset: {}}).dataset.id || ''";
    let id = page.value(found).await;
    let id = id.as_str().unwrap_or_default().to_owned();
    assert!(!id.is_empty(), "somebody leads");
    id
}

/// Gives the focus to a control, as Tab would in the end.
async fn focus(page: &Page, kind: &str, id: &str) {
    let focus = format!(
        "(e => {{ e.focus(); return document.activeElement === e; }})({})",
        of(kind, id)
    );
    assert_eq!(page.value(&focus).await, true, "{kind} {id}");
}

/// `kind id` of what has the focus.
async fn focused(page: &Page) -> String {
    let name = "(e => (e.dataset.kind || '') + ' ' + (e.dataset.id || ''))(document.activeElement)";
    let name = page.value(name).await;
    name.as_str().unwrap_or_default().to_owned()
}

/// The right button of a mouse, at an element: its menu opens.
async fn right_click(page: &Page, element: &str) {
    let click = format!(
        "(e => e.dispatchEvent(new MouseEvent('contextmenu', \
          {{bubbles: true, cancelable: true, clientX: 300, clientY: 200}})))({element})"
    );
    page.value(&click).await;
    page.wait_until(&format!("{} !== null", of("menu", "context")))
        .await;
}

/// The script of the run that is shown.
async fn script(page: &Page) -> String {
    if page.count("[data-kind=script][data-id=text]").await == 0 {
        page.press("tab", "script").await;
    }
    let text = of("script", "text");
    page.wait_until(&format!("{text} !== null")).await;
    let text = page.value(&format!("{text}.value")).await;
    text.as_str().expect("a text").to_owned()
}

/// How many branches the run has, as their list tells.
async fn branches(page: &Page) -> u64 {
    page.press("popover", "branch").await;
    let list = of("box", "branch");
    page.wait_until(&format!("{list} !== null")).await;
    let found = page.count("[data-kind=branch]").await;
    page.press("popover", "branch").await;
    page.wait_until(&format!("{list} === null")).await;
    found
}

/// Waits until a server is in a state, playing meanwhile.
async fn wait_for_state(page: &Page, server: &str, state: &str) {
    let expression = format!("{}.dataset.state === '{state}'", of("server", server));
    page.wait_until(&expression).await;
}

/// Plays at four times the speed until an expression is true, then pauses.
async fn play_until(page: &Page, expression: &str) {
    page.press("popover", "speed").await;
    page.press("speed", "4000").await;
    page.press("transport", "play").await;
    page.wait_until(expression).await;
    if page.root("data-playback").await.as_deref() == Some("playing") {
        page.press("transport", "play").await;
    }
    page.wait_until("document.documentElement.dataset.playback === 'paused'")
        .await;
}

/// Chooses how far one step goes.
async fn choose_unit(page: &Page, unit: &str) {
    page.press("popover", "unit").await;
    page.press("unit", unit).await;
}

/// Chooses a value in a list.
async fn choose(page: &Page, list: &str, value: &str) {
    page.value(&format!(
        "(s => {{ s.value = '{value}'; s.dispatchEvent(new Event('change', {{bubbles: true}})); return true; }})({})",
        of("picker", list)
    ))
    .await;
}

/// Writes a script into the box, as pasting it does, and runs it.
async fn run_script(page: &Page, script: &str) {
    let text = serde_json::Value::from(script);
    let paste = format!(
        "(area => {{ area.value = {text}; area.dispatchEvent(new InputEvent('input', {{bubbles: true}})); \
         return true; }})({})",
        of("script", "text")
    );
    page.press("tab", "script").await;
    page.wait_until(&format!("{} !== null", of("script", "text")))
        .await;
    page.value(&paste).await;
    page.press("script", "run").await;
}
