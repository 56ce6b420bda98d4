//! Nothing is cut off: texts have room in their places, and buttons can be reached.

use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, of, play_until};

/// Elements whose text is wider than their place, or that lie below the bar of transport.
const CUT: &str = "(() => {
    const texts = '.dl > *, .dl, .plate .pt > *, .vt > *, .acts .btn, .legend, .tabs button';
    const bar = document.querySelector('.transport').getBoundingClientRect().top;
    const shown = e => e.getClientRects().length > 0;
    const wide = [...document.querySelectorAll(texts)].filter(e => shown(e) && e.scrollWidth > e.clientWidth + 1
        && getComputedStyle(e).display !== 'inline');
    const low = [...document.querySelectorAll('.cockpit .btn, .embed .acts .btn')]
        .filter(e => shown(e) && !e.closest('.transport, .breach') && e.getBoundingClientRect().bottom > bar);
    const past = [...document.querySelectorAll('.dl > *')].filter(e => shown(e)
        && e.getBoundingClientRect().right > e.closest('.disk').getBoundingClientRect().right + 1);
    return [...wide, ...low, ...past].map(e => e.className + ': ' + e.textContent).join('; ');
})()";

async fn assert_nothing_is_cut(page: &Page, where_: &str) {
    let cut = page.value(CUT).await;
    assert_eq!(cut, "", "{where_}");
}

#[test]
fn nothing_is_cut_off_in_any_scenario_size_or_language() {
    in_browser(async |site, browser| {
        for (width, height) in [
            (1440, 900),
            (1280, 800),
            (1920, 1080),
            (1024, 768),
            (800, 500),
            (390, 844),
        ] {
            for lang in ["en", "zh-CN"] {
                for scenario in [
                    "happy-path",
                    "leader-power-loss",
                    "minority-partition",
                    "late-followers",
                ] {
                    let view = View::sized(width, height).lang(lang);
                    let query = format!("s={scenario}");
                    let page = browser.open(&site.page(), &query, "", &view).await;
                    let where_ = format!("{scenario} {width}x{height} {lang}");
                    assert_nothing_is_cut(&page, &where_).await;
                }
            }
        }
    });
}

#[test]
fn a_red_lamp_leaves_room_for_the_script_and_its_buttons() {
    in_browser(async |site, browser| {
        for (width, height, lang) in [(1440, 900, "en"), (1280, 800, "zh-CN"), (1280, 640, "en")] {
            let view = View::sized(width, height).lang(lang);
            let page = browser.open(&site.page(), "s=not-on-disk", "", &view).await;
            play_until(&page, &format!("{} !== null", of("breach-card", "S9"))).await;
            assert_nothing_is_cut(&page, &format!("{width}x{height} {lang}")).await;
            page.press("tab", "script").await;
            assert_nothing_is_cut(&page, &format!("{width}x{height} {lang}, script")).await;
            let room = format!("{}.clientHeight", of("script", "text"));
            assert!(
                page.value(&room).await.as_u64() >= Some(60),
                "{width}x{height}"
            );
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn who_has_only_a_small_window_can_act_beside_the_caption() {
    in_browser(async |site, browser| {
        for (width, height) in [(800, 500), (390, 844)] {
            let page = browser
                .open(&site.page(), "", "", &View::sized(width, height))
                .await;
            page.click("[data-kind=server][data-id=S2] svg").await;
            page.press("action", "crash-power").await;
            page.wait_until(&format!("{}.dataset.state === 'down'", of("server", "S2")))
                .await;
            assert!(page.text(".caption p").await.contains("S2 loses power"));
            page.press("action", "restart").await;
            page.wait_until(&format!("{}.dataset.state !== 'down'", of("server", "S2")))
                .await;
            assert_sound(&page, &site).await;
        }
    });
}
