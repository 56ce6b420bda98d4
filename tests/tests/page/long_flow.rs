//! The story that the page is for, from end to end, as one person does it: a write, a leader that loses
//! power between fsync and COMMIT, an election, a recovery, back to the crash, another future, both
//! compared, and the script that makes it all again.

use zablab_tests::browser::{Page, in_browser};

use super::{
    assert_sound, digest, leader, of, open_at, play_until, right_click, run_script, script, step,
    wait_for_state,
};

/// Opens the menu at an element and picks a deed of it.
async fn deed(page: &Page, element: &str, id: &str) {
    right_click(page, element).await;
    let deed = format!("document.querySelector('.ctx [data-kind=deed][data-id=\"{id}\"]')");
    page.wait_until(&format!("{deed} !== null")).await;
    page.value(&format!("({deed}.click(), true)")).await;
}

/// Goes to a named moment by the field for it.
async fn go(page: &Page, anchor: &str) {
    page.press("popover", "go").await;
    let field = of("go", "field");
    page.wait_until(&format!("{field} !== null")).await;
    page.value(&format!("({field}.value = '{anchor}', true)"))
        .await;
    page.press("go", "go").await;
}

#[test]
fn from_a_write_over_a_crash_to_another_future_and_its_script() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=sandbox-3", "").await;
        page.value(
            "(() => { navigator.clipboard.writeText = text => { window.copied = text; \
                    return Promise.resolve(); }; return true; })()",
        )
        .await;
        let old = leader(&page).await;
        let (server, number) = (of("server", &old), old.trim_start_matches('S').to_owned());

        // A first write, told to its client.
        deed(&page, &server, "write").await;
        play_until(&page, "document.querySelector('.flag') !== null").await;

        // The next one is on a quorum of disks when the leader loses power, before it commits.
        deed(&page, &server, "power-before-commit").await;
        deed(&page, &server, "write").await;
        play_until(&page, &format!("{server}.dataset.state === 'down'")).await;
        let crashed = step(&page).await;
        assert_sound(&page, &site).await;

        // The others elect, and the old leader comes back to them.
        let others = format!(
            "document.querySelector('[data-kind=server][data-state=leading][data-phase=broadcast]:not([data-id={old}])') !== null"
        );
        play_until(&page, &others).await;
        deed(&page, &server, "restart").await;
        let back = format!("{server}.dataset.phase === 'broadcast'");
        play_until(&page, &back).await;
        wait_for_state(&page, &old, "following").await;
        let end = digest(&page).await;
        assert_sound(&page, &site).await;

        // Back at the crash, by its name, then to a message that was on its way before it.
        go(&page, &format!("crash:S{number}#1")).await;
        page.wait_until(&format!(
            "document.documentElement.dataset.step <= {crashed} && {server}.dataset.state === 'down'"
        ))
        .await;
        let ack = "[...document.querySelectorAll('[data-kind=message]')].find(m => /ACK e/.test(m.outerHTML))";
        while page.value(&format!("{ack} !== undefined")).await != true {
            page.keys(",").await;
        }
        deed(&page, ack, "what-if-lost").await;
        let shown = "document.querySelector('[data-kind=popover][data-id=branch]').textContent";
        page.wait_until(&format!("/b2/.test({shown})")).await;
        assert_ne!(digest(&page).await, end);
        assert_sound(&page, &site).await;

        // Both futures beside each other, and the event with which they part.
        page.press("popover", "branch").await;
        page.press("branch-compare", "main").await;
        page.wait_until(&format!("{} !== null", of("compare", "panel")))
            .await;
        page.press("compare", "first").await;
        let compared = page.text(".cmpd").await;
        assert!(compared.contains("b2"), "{compared}");
        assert_sound(&page, &site).await;
        page.press("compare", "close").await;

        // The script of the branch makes it again.
        page.keys("\u{e010}").await; // End
        let made = script(&page).await;
        assert!(made.lines().any(|line| line.starts_with("lose ")), "{made}");
        let other = digest(&page).await;
        page.press("script", "copy").await;
        page.wait_until("typeof window.copied === 'string'").await;
        let copied = page.value("window.copied").await;
        let copied = copied.as_str().expect("a text").to_owned();
        assert_eq!(copied, made);
        page.press("tab", "disk").await;
        run_script(&page, &copied).await;
        page.wait_until(&format!(
            "document.documentElement.dataset.digest === '{other}'"
        ))
        .await;
        assert_sound(&page, &site).await;
    });
}
