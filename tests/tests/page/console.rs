//! The console of a client: what is typed there becomes part of the run, and nothing else moves it.

use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, of, open_at, step};

/// Every size, theme and language.
const SIZES: [(u32, u32); 3] = [(1440, 900), (800, 500), (390, 844)];

const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";
const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";
const ESCAPE: &str = "\u{e00c}";

/// JavaScript: the text in the field.
const LINE: &str = "document.querySelector('#console-line').value";

/// JavaScript: what the console printed.
const LOG: &str = "document.querySelector('[data-kind=console][data-id=log]').innerText";

/// JavaScript: the field has the keyboard.
const FOCUSED: &str = "document.activeElement.id === 'console-line'";

async fn open(page: &Page) {
    page.press("tab", "console").await;
    page.wait_until("document.querySelector('#console-line') !== null")
        .await;
    page.value("(document.querySelector('#console-line').focus(), true)")
        .await;
}

/// Types a line and waits until something is printed for it.
async fn enter(page: &Page, line: &str, printed: &str) {
    page.keys(&format!("{line}{ENTER}")).await;
    let printed = serde_json::Value::from(printed);
    page.wait_until(&format!("{LOG}.includes({printed})")).await;
}

async fn wait_for_line(page: &Page, line: &str) {
    let line = serde_json::Value::from(line);
    page.wait_until(&format!("{LINE} === {line}")).await;
}

#[test]
fn a_line_is_answered_in_every_layout_theme_and_language() {
    in_browser(async |site, browser| {
        for (width, height) in SIZES {
            for (theme, lang) in [
                ("light", "en"),
                ("dark", "zh-CN"),
                ("dark", "en"),
                ("light", "zh-CN"),
            ] {
                let view = View::sized(width, height).theme(theme).lang(lang);
                let page = browser
                    .open(&site.page(), "s=happy-path", "at=beat:end", &view)
                    .await;
                open(&page).await;
                enter(&page, "create /x", "Created /x").await;
                page.wait_until("document.documentElement.dataset.playback === 'paused'")
                    .await;
                enter(&page, "create /x", "Node already exists: /x").await;
                enter(&page, "lss /", "Command not found lss").await;
                assert_sound(&page, &site).await;
            }
        }
    });
}

#[test]
fn what_was_typed_is_a_line_of_the_script_and_is_undone_as_one() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
        let before = step(&page).await;
        open(&page).await;
        enter(&page, "create /x hello", "Created /x").await;
        page.wait_until("document.documentElement.dataset.playback === 'paused'")
            .await;
        page.press("tab", "script").await;
        let script = format!("{}.value", of("script", "text"));
        let script = page.value(&script).await;
        let script = script.as_str().unwrap_or_default();
        assert!(script.contains("create /x \"hello\""), "{script}");
        page.press("transport", "undo").await;
        page.wait_until(&format!(
            "document.documentElement.dataset.step === '{before}'"
        ))
        .await;
    });
}

#[test]
fn a_wrong_word_is_advised_and_the_advice_is_taken() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
        open(&page).await;
        enter(&page, "lss /orders", "Did you mean ls?").await;
        page.press("console", "instead").await;
        wait_for_line(&page, "ls /orders").await;
        assert_eq!(page.value(FOCUSED).await, true);
        enter(&page, "", "[1, 3]").await;
        let shades = "new Set(['.cr', '.cp'].map(css => \
                      getComputedStyle(document.querySelector('.clog ' + css)).color)).size";
        assert_eq!(page.value(shades).await, 2, "a refusal has its own colour");
    });
}

#[test]
fn keys_of_the_field_stay_in_it_and_the_way_out_is_open() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
        open(&page).await;
        let at = step(&page).await;
        // Each of these is a key of the run elsewhere.
        page.keys("k k.,[]\u{e012}\u{e014}\u{e011}\u{e010}").await;
        wait_for_line(&page, "k k.,[]").await;
        assert_eq!(step(&page).await, at);
        assert_eq!(page.root("data-playback").await.as_deref(), Some("paused"));
        page.value("(document.querySelector('#console-line').select(), true)")
            .await;
        page.keys(&format!("histo{TAB}")).await;
        wait_for_line(&page, "history ").await;
        enter(&page, "", "0 - history").await;
        page.keys(&format!("ls /zo{TAB}")).await;
        wait_for_line(&page, "ls /zookeeper").await;
        page.keys(&format!("{ENTER}{UP}{UP}")).await;
        wait_for_line(&page, "history ").await;
        page.keys(DOWN).await;
        wait_for_line(&page, "ls /zookeeper").await;
        page.value("(document.querySelector('#console-line').select(), true)")
            .await;
        page.keys(&format!("getA{TAB}")).await;
        page.wait_until(&format!(
            "{}.innerText.includes('getAllChildrenNumber')",
            of("console", "offered")
        ))
        .await;
        assert_eq!(page.value(FOCUSED).await, true);
        page.keys(&format!("{ESCAPE}{TAB}")).await;
        page.wait_until(&format!("!({FOCUSED})")).await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_run_without_clients_offers_one() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "at=0").await;
        page.press("tab", "console").await;
        page.press("console", "new").await;
        page.wait_until("document.querySelector('#console-line') !== null")
            .await;
        assert_sound(&page, &site).await;
    });
}
