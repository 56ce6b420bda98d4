//! The controls of time by keyboard alone: units, breakpoints, bookmarks, places, branches compared.

use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, focus, focused, open_at, step};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";
const RIGHT: &str = "\u{e014}";
const LEFT: &str = "\u{e012}";
const PAGE_DOWN: &str = "\u{e00f}";
const PAGE_UP: &str = "\u{e00e}";

async fn wait_for_step(page: &Page, step: u64) {
    page.wait_until(&format!(
        "document.documentElement.dataset.step === '{step}'"
    ))
    .await;
}

#[test]
fn steps_go_as_far_as_the_unit_and_back_again() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=beat:first-writes").await;
        let writes = step(&page).await;
        page.keys(PAGE_DOWN).await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) > {writes}"
        ))
        .await;
        page.keys(PAGE_UP).await;
        wait_for_step(&page, writes).await;
        // The menu of units: opened, walked and closed by keys; the focus comes back.
        focus(&page, "popover", "unit").await;
        page.keys(ENTER).await;
        page.wait_until("document.activeElement.dataset.kind === 'unit'")
            .await;
        assert_eq!(focused(&page).await, "unit micro");
        page.keys(DOWN).await;
        page.keys(DOWN).await;
        assert_eq!(focused(&page).await, "unit phase");
        page.keys(ENTER).await;
        page.wait_until("document.activeElement.dataset.kind === 'popover'")
            .await;
        assert!(page.text("[data-id=unit]").await.contains("phase"));
        page.keys(RIGHT).await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) > {writes}"
        ))
        .await;
        page.keys(LEFT).await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) <= {writes}"
        ))
        .await;
        // Esc closes without a choice.
        page.keys(ENTER).await;
        page.wait_until("document.activeElement.dataset.kind === 'unit'")
            .await;
        page.assert_accessible().await;
        page.keys(ESCAPE).await;
        page.wait_until("document.querySelector('.box') === null")
            .await;
        assert_eq!(focused(&page).await, "popover unit");
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_place_is_asked_for_and_a_wrong_name_is_told() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=10").await;
        page.keys("g").await;
        page.wait_until("document.activeElement.dataset.id === 'field'")
            .await;
        page.keys("e9·9").await;
        page.keys(ENTER).await;
        page.wait_until("document.querySelector('[data-kind=go][data-id=wrong]') !== null")
            .await;
        assert!(page.text("[data-id=wrong]").await.contains("e9·9"));
        page.assert_accessible().await;
        page.value("document.activeElement.value = ''").await;
        page.keys("commit:1.2").await;
        page.keys(ENTER).await;
        page.wait_until("Number(document.documentElement.dataset.step) > 10")
            .await;
        let there = step(&page).await;
        let same = open_at(&browser, &site, "", "at=commit:1.2").await;
        wait_for_step(&same, there).await;
        assert_sound(&same, &site).await;
    });
}

#[test]
fn playing_stops_at_a_breakpoint_and_a_bookmark_is_found_again() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=beat:elected").await;
        let elected = step(&page).await;
        page.keys("b").await;
        focus(&page, "popover", "breakpoints").await;
        page.keys(ENTER).await;
        page.wait_until("document.querySelector('.box:not([hidden]) [type=checkbox]') !== null")
            .await;
        focus(&page, "breakpoint", "commit").await;
        page.keys(" ").await;
        page.wait_until("document.querySelectorAll('.flagm').length > 2")
            .await;
        page.assert_accessible().await;
        page.keys(ESCAPE).await;
        page.wait_until("document.querySelector('.box') === null")
            .await;
        page.keys("k").await;
        page.wait_until("document.documentElement.dataset.playback === 'paused'")
            .await;
        page.wait_until("document.querySelector('[data-kind=notice]') !== null")
            .await;
        assert!(step(&page).await > elected);
        page.keys("B").await;
        wait_for_step(&page, elected).await;
        // Both survive a reload.
        super::reload(&page).await;
        page.wait_until("document.querySelectorAll('.flagm').length > 2")
            .await;
        assert_eq!(page.count(".starm").await, 1);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_branch_is_begun_compared_and_taken_back_by_keys() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=beat:first-writes").await;
        let writes = step(&page).await;
        focus(&page, "server", "S2").await;
        page.keys("x").await;
        page.wait_until("document.querySelector('[data-kind=notice][data-id=undo]') !== null")
            .await;
        wait_for_step(&page, writes + 1).await;
        focus(&page, "popover", "branch").await;
        page.keys(ENTER).await;
        page.wait_until("document.querySelector('[data-kind=branch-compare]') !== null")
            .await;
        focus(&page, "branch-compare", "main").await;
        page.keys(ENTER).await;
        page.wait_until("document.querySelector('[data-kind=compare]') !== null")
            .await;
        assert!(page.count("[data-kind=compared]").await > 2);
        assert_eq!(page.count(".differs").await, 1);
        page.assert_accessible().await;
        page.keys(ESCAPE).await;
        page.wait_until("document.querySelector('.differs') === null")
            .await;
        page.keys("\u{e009}z\u{e000}").await;
        wait_for_step(&page, writes).await;
        page.wait_until("document.querySelector('[data-state=down]') === null")
            .await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn keys_are_the_hosts_when_it_wants_them() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "keys=off", "at=50").await;
        page.keys(".").await;
        page.keys(" ").await;
        page.press("transport", "forward").await;
        page.wait_until("Number(document.documentElement.dataset.step) > 50")
            .await;
        assert_eq!(page.root("data-playback").await.as_deref(), Some("paused"));
    });
}

#[test]
fn a_narrow_bar_has_everything_behind_one_button() {
    in_browser(async |site, browser| {
        for (width, height) in [(390, 844), (800, 500)] {
            let view = View {
                width,
                height,
                ..View::default()
            };
            let page = browser
                .open(&site.page(), "", "at=beat:first-writes", &view)
                .await;
            page.press("popover", "more").await;
            page.press("more", "unit").await;
            page.wait_until("document.activeElement.dataset.id === 'back'")
                .await;
            let inside = "(r => r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight)\
                          (document.querySelector('.box').getBoundingClientRect())";
            assert_eq!(page.value(inside).await, true, "{width}x{height}");
            page.press("unit", "notable").await;
            page.wait_until("document.querySelector('.box') === null")
                .await;
            let before = step(&page).await;
            page.press("transport", "forward").await;
            page.wait_until(&format!(
                "Number(document.documentElement.dataset.step) > {before}"
            ))
            .await;
            assert_sound(&page, &site).await;
        }
    });
}
