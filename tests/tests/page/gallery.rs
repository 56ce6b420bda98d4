//! The gallery, the author's captions, help, the pointers of a first visit, and the page on paper.

use serde_json::json;
use zablab_tests::browser::{View, in_browser};

use super::{assert_sound, choose, focus, focused, of, open_at, step};

/// Keys as the driver names them.
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";

/// Is the sheet of that name open?
fn is_open(sheet: &str) -> String {
    format!("{}.open", of("sheet", sheet))
}

#[test]
fn a_scenario_is_found_and_opened_by_keyboard_alone() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "").await;
        focus(&page, "tool", "gallery").await;
        page.keys(ENTER).await;
        page.wait_until(&is_open("gallery")).await;
        assert_eq!(focused(&page).await, "gallery filter");
        let all = page.count("[data-kind=scenario]").await;
        assert!(all >= 40, "{all} scenarios");
        assert_sound(&page, &site).await;

        page.keys("torn").await;
        page.wait_until("document.querySelectorAll('[data-kind=scenario]').length < 4")
            .await;
        page.keys(DOWN).await;
        assert_eq!(focused(&page).await, "scenario torn-tail");
        page.keys(ENTER).await;
        page.wait_until("location.search.includes('s=torn-tail')")
            .await;
        assert_eq!(page.value(&is_open("gallery")).await, false);
        assert_eq!(focused(&page).await, "tool gallery");
        assert!(page.text(".gname").await.starts_with("A torn record"));

        page.keys(ENTER).await;
        page.wait_until(&is_open("gallery")).await;
        assert_eq!(page.count(".scn.on").await, 1);
        page.keys(ESCAPE).await;
        page.wait_until(&format!("!{}", is_open("gallery"))).await;
        assert_eq!(focused(&page).await, "tool gallery");
        assert_sound(&page, &site).await;
    });
}

#[test]
fn keys_typed_into_a_sheet_do_not_reach_the_run() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "").await;
        let before = step(&page).await;
        focus(&page, "tool", "gallery").await;
        page.keys(ENTER).await;
        page.wait_until(&is_open("gallery")).await;
        page.keys(DOWN).await;
        page.keys("\u{e014}\u{e014}k").await;
        page.keys(ESCAPE).await;
        page.wait_until(&format!("!{}", is_open("gallery"))).await;
        assert_eq!(step(&page).await, before);
        assert_eq!(page.root("data-playback").await.as_deref(), Some("paused"));
    });
}

#[test]
fn the_gallery_fits_every_window_in_both_languages_and_themes() {
    in_browser(async |site, browser| {
        for (width, height) in [(1440, 900), (800, 500), (390, 844)] {
            for (lang, theme) in [("en", "dark"), ("zh-CN", "light")] {
                let view = View::sized(width, height).lang(lang).theme(theme);
                let page = browser.open(&site.page(), "s=happy-path", "", &view).await;
                page.press("tool", "gallery").await;
                page.wait_until(&is_open("gallery")).await;
                let wide = "[...document.querySelectorAll('.gthemes, .gbody, .shead, .theme.sandbox')]\
                    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className).join()";
                assert_eq!(page.value(wide).await, "", "{width}x{height} {lang}");
                assert_sound(&page, &site).await;
            }
        }
    });
}

#[test]
fn a_sandbox_has_the_servers_and_rules_that_were_chosen() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "").await;
        page.press("tool", "gallery").await;
        page.wait_until(&is_open("gallery")).await;
        for (field, value) in [("voters", "5"), ("observers", "1"), ("rules", "3.9.4")] {
            choose(&page, field, value).await;
        }
        page.wait_until("document.querySelector('.zab').textContent.includes('profile=3.9.4')")
            .await;
        page.press("gallery", "sandbox").await;
        page.wait_until("document.querySelectorAll('[data-kind=server]').length === 6")
            .await;
        assert_eq!(page.value(&is_open("gallery")).await, false);
        let page = open_at(&browser, &site, "s=sandbox-7", "").await;
        assert_eq!(page.count("[data-kind=server]").await, 7);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_beat_is_told_by_its_author_and_what_he_points_at_can_be_looked_at() {
    in_browser(async |site, browser| {
        for lang in ["en", "zh-CN"] {
            let view = View::default().lang(lang);
            let page = browser
                .open(&site.page(), "s=leader-power-loss", "", &view)
                .await;
            assert!(page.text(".story").await.contains("e1·6"));
            assert_eq!(page.count("[data-kind=spotlight]").await, 2);
            page.press("spotlight", "S3").await;
            page.wait_until("document.querySelector('[data-kind=tab][data-id=inspect]').getAttribute('aria-pressed') === 'true'")
                .await;
            // One event further it is the engine alone that speaks.
            page.keys(".").await;
            page.wait_until("document.querySelector('.story') === null")
                .await;
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn help_opens_by_a_key_and_lists_every_key_and_mark() {
    in_browser(async |site, browser| {
        for (width, height, lang) in [(1440, 900, "en"), (390, 844, "zh-CN")] {
            let view = View::sized(width, height).lang(lang);
            let page = browser.open(&site.page(), "s=happy-path", "", &view).await;
            focus(&page, "transport", "play").await;
            page.keys("?").await;
            page.wait_until(&is_open("help")).await;
            assert!(page.count(".keysof kbd").await >= 12);
            assert!(page.count(".marks li").await >= 25);
            assert_sound(&page, &site).await;
            page.keys(ESCAPE).await;
            page.wait_until(&format!("!{}", is_open("help"))).await;
            assert_eq!(focused(&page).await, "transport play");
        }
    });
}

#[test]
fn pointers_are_for_the_first_visit_and_take_no_focus() {
    in_browser(async |site, browser| {
        let hints = "[data-kind=hint]";
        let newcomer = View {
            newcomer: true,
            ..View::default()
        };
        for query in ["s=happy-path", "ui=embed"] {
            let page = browser.open(&site.page(), query, "", &newcomer).await;
            assert_eq!(page.count(hints).await, 0, "{query}");
        }
        let page = browser.open(&site.page(), "", "", &newcomer).await;
        assert_eq!(page.count(hints).await, 1);
        assert_eq!(
            page.value("document.activeElement === document.body").await,
            true
        );
        assert_sound(&page, &site).await;
        // What lies below can be used meanwhile.
        page.press("transport", "forward").await;
        assert_eq!(page.count(hints).await, 1);
        for _ in 0..3 {
            page.press("hint-next", "hints").await;
        }
        assert_eq!(
            page.count("[data-kind='hint-next']").await,
            0,
            "the last one"
        );
        page.press("hint-close", "hints").await;
        page.wait_until("document.querySelector('[data-kind=hint]') === null")
            .await;
        let page = browser.open(&site.page(), "", "", &newcomer).await;
        assert_eq!(page.count(hints).await, 0, "they were seen");
    });
}

#[test]
fn on_paper_the_page_is_light_and_says_where_it_comes_from() {
    in_browser(async |site, browser| {
        let view = View::default().theme("dark");
        let page = browser
            .open(&site.page(), "s=leader-power-loss", "", &view)
            .await;
        let ground = "getComputedStyle(document.body).backgroundColor";
        let dark = page.value(ground).await;
        page.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }))
            .await;
        assert_ne!(page.value(ground).await, dark);
        let shown =
            |css: &str| format!("document.querySelector('{css}').getClientRects().length > 0");
        for css in [".bench", ".story", ".events", ".gname", ".printed"] {
            assert_eq!(page.value(&shown(css)).await, true, "{css}");
        }
        for css in [".transport", ".tools", ".acts"] {
            assert_eq!(page.value(&shown(css)).await, false, "{css}");
        }
        assert!(page.text(".printed").await.contains("s=leader-power-loss"));
    });
}
