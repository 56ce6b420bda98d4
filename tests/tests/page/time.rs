//! Time on the page: it plays, steps, goes back, and every step has one face.

use std::collections::BTreeMap;

use zablab_tests::browser::in_browser;

use super::{assert_sound, choose_unit, digest, open_at, step};

/// Notes the digest of every step that is drawn.
const NOTE: &str = "(() => {
    const seen = window.zablabSeen = {};
    const root = document.documentElement;
    new MutationObserver(() => { seen[root.dataset.step] = root.dataset.digest; })
        .observe(root, {attributes: true});
    return true;
})()";

#[test]
fn it_plays_and_every_step_back_shows_the_digest_that_playing_showed() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let start = step(&page).await;
        page.value(NOTE).await;
        page.press("transport", "play").await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) >= {}",
            start + 25
        ))
        .await;
        page.press("transport", "play").await;
        page.wait_until("document.documentElement.dataset.playback === 'paused'")
            .await;
        let seen = page.value("window.zablabSeen").await;
        let seen: BTreeMap<u64, String> = seen
            .as_object()
            .expect("an object")
            .iter()
            .map(|(step, digest)| {
                let step = step.parse().expect("a step");
                (step, digest.as_str().unwrap_or_default().to_owned())
            })
            .collect();
        assert!(seen.len() >= 10, "{} steps were drawn", seen.len());
        choose_unit(&page, "micro").await;
        let mut compared = 0;
        for _ in 0..20 {
            let here = step(&page).await;
            if let Some(shown) = seen.get(&here) {
                assert_eq!(*shown, digest(&page).await, "step {here}");
                compared += 1;
            }
            page.press("transport", "back").await;
            // What happens at one instant is one step.
            page.wait_until(&format!(
                "Number(document.documentElement.dataset.step) < {here}"
            ))
            .await;
        }
        assert!(compared >= 10, "{compared} steps were compared");
        assert_sound(&page, &site).await;
    });
}

#[test]
fn the_slider_and_its_keys_go_to_any_step() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let slide = |to: u64| {
            format!(
                "(range => {{ range.value = {to}; range.dispatchEvent(new InputEvent('input', {{bubbles: true}})); \
                 range.focus(); return true; }})(document.querySelector('[data-id=slider]'))"
            )
        };
        page.value(&slide(60)).await;
        page.wait_until("document.documentElement.dataset.step === '60'")
            .await;
        let at_60 = digest(&page).await;
        page.keys("\u{e014}").await; // arrow to the right
        page.wait_until("document.documentElement.dataset.step === '61'")
            .await;
        assert_ne!(digest(&page).await, at_60);
        page.value(&slide(60)).await;
        page.wait_until("document.documentElement.dataset.step === '60'")
            .await;
        assert_eq!(digest(&page).await, at_60);
        page.press("transport", "first").await;
        page.wait_until("document.documentElement.dataset.step === '0'")
            .await;
        page.press("transport", "next-notable").await;
        page.wait_until("Number(document.documentElement.dataset.step) > 0")
            .await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_line_of_the_list_of_events_leads_to_its_step() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=150").await;
        page.click("[data-kind=event][data-id='147'] button").await;
        page.wait_until("document.documentElement.dataset.step === '148'")
            .await;
    });
}

#[test]
fn keys_play_step_and_undo() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=100").await;
        page.keys(".").await;
        page.wait_until("Number(document.documentElement.dataset.step) > 100")
            .await;
        page.keys(",").await;
        page.wait_until("Number(document.documentElement.dataset.step) <= 100")
            .await;
        page.keys(" ").await;
        page.wait_until("document.documentElement.dataset.playback === 'playing'")
            .await;
        page.keys(" ").await;
        page.wait_until("document.documentElement.dataset.playback === 'paused'")
            .await;
        let before = digest(&page).await;
        page.press("action", "crash-power").await;
        page.wait_until("document.querySelector('[data-state=down]') !== null")
            .await;
        page.press("transport", "undo").await;
        page.wait_until("document.querySelector('[data-state=down]') === null")
            .await;
        assert_eq!(digest(&page).await, before);
        page.press("transport", "redo").await;
        page.wait_until("document.querySelector('[data-state=down]') !== null")
            .await;
    });
}

#[test]
fn the_list_of_events_is_one_stop_and_arrows_go_from_step_to_step() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=120").await;
        let stops = "document.querySelectorAll('.events [tabindex=\"0\"], .events button:not([tabindex])').length";
        assert_eq!(page.value(stops).await, 1);
        page.value("document.querySelector('.evw').focus()").await;
        page.keys("\u{e013}").await;
        page.wait_until("document.documentElement.dataset.step === '119'")
            .await;
        page.keys("\u{e015}\u{e015}").await;
        page.wait_until("document.documentElement.dataset.step === '121'")
            .await;
        assert_sound(&page, &site).await;
    });
}
