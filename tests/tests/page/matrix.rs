//! Every face of the page keeps the rules of accessibility: both languages, both themes, three windows,
//! and what the page may be doing meanwhile.

use serde_json::Value;
use zablab_tests::browser::{Page, View, in_browser};

use super::of;

const SIZES: [(u32, u32); 3] = [(1440, 900), (800, 500), (390, 844)];
/// A script with a line that says nothing.
const WRONG: &str = "zablab 1\nensemble servers=3 seed=7\nrun backwards\n";

/// Clicks an element if it is there; a narrow page has fewer of them.
async fn click(page: &Page, css: &str) {
    page.value(&format!(
        "(e => e ? (e.click(), true) : false)(document.querySelector('{css}'))"
    ))
    .await;
}

async fn tab(page: &Page, id: &str) {
    click(page, &format!("[data-kind=tab][data-id={id}]")).await;
}

/// What is wrong with the page as it is.
async fn judge(page: &Page, state: &str, where_: &str, wrong: &mut Vec<String>) {
    for rule in page.axe().await.unwrap_or_default() {
        wrong.push(format!("{where_}, {state}: {rule}"));
    }
    let styled = page.count("[style]").await;
    if styled > 0 {
        wrong.push(format!("{where_}, {state}: {styled} style attributes"));
    }
}

/// All states of one window in one language and theme.
async fn judge_all(page: &Page, where_: &str, wrong: &mut Vec<String>) {
    judge(page, "idle", where_, wrong).await;
    page.press("transport", "play").await;
    page.wait_until("document.documentElement.dataset.playback === 'playing'")
        .await;
    judge(page, "running", where_, wrong).await;
    page.press("transport", "play").await;
    page.wait_until("document.documentElement.dataset.playback === 'paused'")
        .await;
    click(page, "[data-kind=server][data-id=S1]").await;
    tab(page, "inspect").await;
    judge(page, "inspector open", where_, wrong).await;
    tab(page, "caption").await;
    page.press("transport", "back").await;
    let before = page.root("data-digest").await;
    click(page, "[data-kind=action][data-id=crash-power]").await;
    page.wait_until(&format!(
        "document.documentElement.dataset.digest !== '{}'",
        before.unwrap_or_default()
    ))
    .await;
    judge(page, "branch open", where_, wrong).await;
    tab(page, "script").await;
    let area = of("script", "text");
    page.wait_until(&format!("{area} !== null")).await;
    let text = Value::from(WRONG);
    page.value(&format!(
        "(area => {{ area.value = {text}; area.dispatchEvent(new InputEvent('input', {{bubbles: true}})); \
         return true; }})({area})"
    ))
    .await;
    click(page, "[data-kind=script][data-id=run]").await;
    page.wait_until("document.querySelector('[data-kind=notice]') !== null")
        .await;
    judge(page, "error", where_, wrong).await;
}

#[test]
fn no_rule_is_broken_in_any_language_theme_window_or_state() {
    in_browser(async |site, browser| {
        let mut wrong = Vec::new();
        for (width, height) in SIZES {
            for lang in ["en", "zh-CN"] {
                for theme in ["light", "dark"] {
                    let view = View::sized(width, height).lang(lang).theme(theme);
                    let query = "s=leader-power-loss";
                    let page = browser
                        .open(&site.page(), query, "at=beat:power-loss", &view)
                        .await;
                    let where_ = format!("{width}x{height} {lang} {theme}");
                    judge_all(&page, &where_, &mut wrong).await;
                    page.assert_console_clean().await;
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}
