//! What is looked at closely, the menu at an element, what-if branches, and runs in links.

use zablab_tests::browser::{Page, in_browser};

use super::{
    assert_sound, digest, focus, leader, of, open_at, reload, right_click, run_script, script,
    step, wait_for_state,
};

/// Shift and F10.
const MENU: &str = "\u{e008}\u{e03a}";
const DOWN: &str = "\u{e015}";
const ESCAPE: &str = "\u{e00c}";

/// Clicks a deed by its script: it may lie in a group that is folded.
async fn deed(page: &Page, within: &str, id: &str) {
    let click = format!(
        "(() => {{ document.querySelector('{within} [data-kind=deed][data-id=\"{id}\"]').click(); return true; }})()"
    );
    page.value(&click).await;
}

#[test]
fn the_menu_of_a_server_opens_and_works_by_keyboard() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let old = leader(&page).await;
        focus(&page, "server", &old).await;
        page.keys(MENU).await;
        page.wait_until(&format!("{} !== null", of("menu", "context")))
            .await;
        let inside = "document.activeElement.closest('.ctx') !== null";
        page.wait_until(inside).await;
        assert_sound(&page, &site).await;
        page.keys(ESCAPE).await;
        page.wait_until(&format!("{} === null", of("menu", "context")))
            .await;
        let back = format!("document.activeElement === {}", of("server", &old));
        assert_eq!(page.value(&back).await, true, "the focus comes back");
        page.keys(MENU).await;
        page.wait_until(inside).await;
        // The name, the head of the group, the first deed: it loses power.
        page.keys(DOWN).await;
        page.keys(DOWN).await;
        let first = page.value("document.activeElement.dataset.id").await;
        assert_eq!(first, "crash-power");
        page.keys("\u{e007}").await;
        wait_for_state(&page, &old, "down").await;
        let line = format!("crash {} power", old.trim_start_matches('S'));
        assert!(script(&page).await.contains(&line));
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_server_is_looked_at_closely_and_its_history_leads_through_the_run() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let old = leader(&page).await;
        let server = of("server", &old);
        right_click(&page, &server).await;
        page.press("menu", "inspect").await;
        let shown = of("inspected", "server");
        page.wait_until(&format!("{shown} !== null")).await;
        let said = page.text(".inspect").await;
        for word in [
            &*old,
            "leader",
            "acceptedEpoch",
            "last committed",
            "Leader.",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert_sound(&page, &site).await;
        let before = step(&page).await;
        page.press("inspect", "earlier").await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) < {before}"
        ))
        .await;
        page.keys(ESCAPE).await;
        page.wait_until(&format!("{shown} === null")).await;
        // An event is gone to and looked at.
        page.value("(() => { document.querySelector('.evb').click(); return true; })()")
            .await;
        page.wait_until(&format!("{} !== null", of("inspected", "step")))
            .await;
        // A lamp too.
        page.value(
            "(() => { document.querySelector('[data-kind=lamp] button').click(); return true; })()",
        )
        .await;
        page.wait_until(&format!("{} !== null", of("inspected", "lamp")))
            .await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn what_if_a_message_in_flight_were_lost_is_a_branch_that_its_script_makes_again() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=60").await;
        let message = "document.querySelector('[data-kind=message]')";
        while page.value(&format!("{message} !== null")).await != true {
            page.press("transport", "forward").await;
        }
        right_click(&page, message).await;
        deed(&page, ".ctx", "what-if-lost").await;
        let branches = "document.documentElement.dataset.digest";
        let toast = of("notice", "toast");
        page.wait_until(&format!(
            "{toast} !== null && / lost\\./.test({toast}.textContent)"
        ))
        .await;
        assert!(page.value(branches).await.is_string());
        let made = script(&page).await;
        assert!(made.lines().any(|line| line.starts_with("lose ")), "{made}");
        assert_sound(&page, &site).await;
        let here = digest(&page).await;
        reload(&page).await;
        assert_eq!(digest(&page).await, here, "it comes back over a reload");
        // The copied text, run anew, ends where the branch ends.
        page.keys("\u{e010}").await;
        let end = digest(&page).await;
        run_script(&page, &made).await;
        page.wait_until(&format!(
            "document.documentElement.dataset.digest === '{end}'"
        ))
        .await;
        assert_eq!(script(&page).await, made);
    });
}

#[test]
fn a_link_carries_an_edited_run_to_the_same_moment() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let catch = "(() => { navigator.clipboard.writeText = text => { window.copied = text; \
                     return Promise.resolve(); }; return true; })()";
        page.value(catch).await;
        page.press("action", "crash-power").await;
        page.press("transport", "forward").await;
        let (here, at) = (digest(&page).await, step(&page).await);
        page.press("tab", "script").await;
        let now = page.text("[data-kind=script][data-id=now]").await;
        assert!(now.contains("power"), "the line of the moment: {now}");
        page.press("script", "link").await;
        page.wait_until("typeof window.copied === 'string'").await;
        let link = page.value("window.copied").await;
        let link = link.as_str().expect("a link").to_owned();
        assert!(
            link.len() <= 2_000 && link.contains("run=zablab+1~"),
            "{link}"
        );
        assert_sound(&page, &site).await;

        page.value("(() => { sessionStorage.clear(); localStorage.clear(); return true; })()")
            .await;
        page.go("about:blank").await;
        page.go(&link).await;
        page.wait_ready().await;
        page.wait_until(&format!("document.documentElement.dataset.step === '{at}'"))
            .await;
        assert_eq!(digest(&page).await, here);
        assert_eq!(page.count("[data-kind=notice]").await, 0);
        // Cut off on its way, it is told and the scenario shows.
        page.go("about:blank").await;
        let cut = link.split("&digest").next().expect("the first part");
        page.go(&format!("{cut}&run=%4")).await;
        page.wait_ready().await;
        let said = page.text("[data-kind=notice]").await;
        assert!(said.contains("cannot be read"), "{said}");
        assert_sound(&page, &site).await;
    });
}
