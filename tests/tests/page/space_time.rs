//! The space-time view: it follows, it leads, it scrolls, and it stays small.

use zablab_tests::browser::{View, in_browser};

use super::{assert_sound, open_at, step};

/// Elements of the view.
const ELEMENTS: &str = "document.querySelectorAll('.time *').length";
/// The number of the column that is marked as the moment shown.
const NOW: &str = "Number(document.querySelector('.stc[aria-current=step]')?.dataset.id ?? -1)";
/// Is that column inside the window?
const IN_SIGHT: &str = "(() => {
    const now = document.querySelector('.stc[aria-current=step]')?.getBoundingClientRect();
    const clip = document.querySelector('.stclip').getBoundingClientRect();
    return !!now && now.left >= clip.left && now.right <= clip.right;
})()";

fn shows(step: u64) -> String {
    format!("document.documentElement.dataset.step === '{step}'")
}

#[test]
fn a_column_leads_to_its_moment_and_the_view_follows_the_slider() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=leader-power-loss", "").await;
        let start = step(&page).await;
        let column = "[...document.querySelectorAll('[data-kind=column]')]";
        let earlier = format!(
            "Math.max(...{column}.map(c => Number(c.dataset.id)).filter(s => s < {start} - 5))"
        );
        let earlier = page.value(&earlier).await.as_u64().expect("a column");
        page.click(&format!("[data-kind=column][data-id='{earlier}']"))
            .await;
        page.wait_until(&shows(earlier + 1)).await;
        page.wait_until(&format!("{NOW} === {earlier}")).await;
        page.keys("\u{e014}").await; // arrow to the right: the next column
        page.wait_until(&format!("{NOW} > {earlier}")).await;
        assert_eq!(
            page.value("document.activeElement.dataset.kind").await,
            "column"
        );
        page.press("transport", "first").await;
        page.wait_until(&shows(0)).await;
        page.press("transport", "next-notable").await;
        page.wait_until("Number(document.documentElement.dataset.step) > 0")
            .await;
        for _ in 0..6 {
            page.press("transport", "next-notable").await;
        }
        page.wait_until(IN_SIGHT).await;
        assert!(page.value(ELEMENTS).await.as_u64().expect("a number") <= 2_000);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn it_scrolls_freely_and_comes_back_to_now() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=leader-power-loss", "").await;
        page.value("(document.querySelector('.stscroll').scrollLeft = 0, true)")
            .await;
        page.wait_until("!!document.querySelector('[data-kind=space-time][data-id=now]')")
            .await;
        page.press("space-time", "now").await;
        page.wait_until("!document.querySelector('[data-kind=space-time][data-id=now]')")
            .await;
        page.press("space-time", "causes").await;
        page.wait_until("document.querySelectorAll('.st .dim').length > 3")
            .await;
        page.press("space-time", "causes").await;
        page.wait_until("document.querySelectorAll('.st .dim').length === 0")
            .await;
        page.press("space-time", "life").await;
        page.wait_until("document.querySelectorAll('[data-kind=station]').length >= 3")
            .await;
        let first = "Number(document.querySelector('[data-kind=station]').dataset.id)";
        let asked = page.value(first).await.as_u64().expect("a step");
        page.click("[data-kind=station]").await;
        page.wait_until(&shows(asked + 1)).await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn on_a_phone_time_goes_down_and_nothing_is_wider_than_the_page() {
    in_browser(async |site, browser| {
        for (width, height) in [(390, 844), (800, 500)] {
            let view = View::sized(width, height).lang("zh-CN");
            let page = browser
                .open(&site.page(), "s=leader-power-loss", "", &view)
                .await;
            page.press("tab", "time").await;
            page.wait_until("document.querySelectorAll('[data-kind=column]').length > 5")
                .await;
            let down = page.value("!!document.querySelector('.time.down')").await;
            assert_eq!(down, width < 640);
            assert!(page.value(ELEMENTS).await.as_u64().expect("a number") <= 2_000);
            assert_sound(&page, &site).await;
        }
    });
}

/// Scrolls to and fro for some frames and notes the most elements that were there.
const SCROLL: &str = "(async () => {
    const box = document.querySelector('.stscroll');
    let worst = 0;
    for (let at = 0; at < 60; at += 1) {
        box.scrollLeft = (box.scrollWidth - box.clientWidth) * ((at * 37) % 60) / 60;
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        worst = Math.max(worst, document.querySelectorAll('.time *').length);
    }
    window.zablabWorst = worst;
})()";

#[test]
fn a_long_run_stays_small_wherever_it_is_scrolled_to() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=late-followers", "").await;
        page.value(&format!("({SCROLL}, true)")).await;
        page.wait_until("window.zablabWorst > 0").await;
        let worst = page.value("window.zablabWorst").await;
        assert!(
            worst.as_u64().is_some_and(|worst| worst <= 2_000),
            "{worst} elements"
        );
        page.assert_console_clean().await;
    });
}
