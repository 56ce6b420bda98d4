//! The vault: a restore is tried on copies of the moment, and only then done.

use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, choose, of, open_at, run_script, step};

/// Every way the page is laid out, with a theme and a language each.
const VIEWS: [(u32, u32, &str, &str); 4] = [
    (1440, 900, "dark", "zh-CN"),
    (800, 500, "light", "zh-CN"),
    (390, 844, "dark", "en"),
    (390, 844, "light", "zh-CN"),
];

/// Opens the wizard for b1 and chooses S2 alone, the others going on.
async fn choose_one(page: &Page) {
    page.press("tab", "vault").await;
    page.press("restore", "b1").await;
    page.press("way", "files").await;
    page.press("restore-to", "S1").await;
    page.press("restore-to", "S3").await;
    page.press("way", "all-stop").await;
}

/// Tries what is chosen, and waits for the last of so many trials.
async fn try_it(page: &Page, trials: usize) {
    page.press("wizard", "try").await;
    page.wait_until(&format!(
        "{} !== null",
        of("trial", &(trials - 1).to_string())
    ))
    .await;
}

/// Shows a moment.
async fn go(page: &Page, anchor: &str) {
    let before = step(page).await;
    page.value(&format!("void (location.hash = 'at={anchor}')"))
        .await;
    page.wait_until(&format!(
        "document.documentElement.dataset.step !== '{before}'"
    ))
    .await;
}

#[test]
fn a_learner_loses_a_confirmed_write_sees_which_steps_back_and_does_it_right() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=restored-one", "at=beat:told").await;
        let told = step(&page).await;
        choose_one(&page).await;
        try_it(&page, 2).await;
        assert_eq!(step(&page).await, told, "the run stays where it is");
        // S3 is down, so the two that are left decide: even as planned S1 teaches S2; without S1 nobody serves.
        let state = page
            .value(&format!("{}.dataset.state", of("trial", "0")))
            .await;
        assert_ne!(state, "lost");
        assert_sound(&page, &site).await;

        // The author's way: S2 is put back, S1 dies. The ledger names what is gone.
        go(&page, "beat:end").await;
        page.press("tab", "ledger").await;
        assert_eq!(page.count("[data-kind=write][data-state=lost]").await, 2);

        // Back to the moment before, and all together.
        go(&page, "beat:told").await;
        assert_eq!(step(&page).await, told);
        page.press("tab", "vault").await;
        page.press("restore", "b1").await;
        try_it(&page, 1).await;
        let kept = format!("{}.dataset.state", of("trial", "0"));
        assert_eq!(
            page.value(&kept).await,
            "risk",
            "two writes end, as declared"
        );
        assert_sound(&page, &site).await;
        page.press("keep-trial", "0").await;
        go(&page, "1.8s").await;
        assert_eq!(page.count("[data-kind=lamp][data-state=bad]").await, 0);
        page.press("tab", "ledger").await;
        assert_eq!(page.count("[data-kind=write][data-state=lost]").await, 2);
        page.press("tab", "tree").await;
        assert_sound(&page, &site).await;
    });
}

/// Two backups, and what came between them.
const TWO_BACKUPS: &str = "zablab 1
ensemble servers=3 seed=7
until leader 3 within=10s
client a server=3 timeout=10s
a create /p \"1\"
until reply a OK within=5s
until quiet within=5s
backup cold from=2 as=b1
a create /q \"2\"
until reply a OK within=5s
until quiet within=5s
backup cold from=3 as=b2
beat end
";

#[test]
fn each_server_may_get_another_backup_and_every_order_of_starting_is_tried() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        run_script(&page, TWO_BACKUPS).await;
        page.press("transport", "first").await;
        go(&page, "beat:end").await;
        page.press("tab", "vault").await;
        page.press("restore", "b1").await;
        page.press("way", "files").await;
        choose(&page, "of-S3", "b2").await;
        assert_eq!(page.count("[data-kind=risk][data-id=mix]").await, 1);
        try_it(&page, 4).await;
        let states =
            "[...document.querySelectorAll('[data-kind=trial]')].map(t => t.dataset.state)";
        // While S1 and S2 are without it the write is not safe, though it comes back with S3.
        assert_eq!(
            page.value(states).await,
            serde_json::json!(["risk", "risk", "risk", "lost"])
        );
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_copy_is_seen_under_way_and_its_worth_when_it_was_tried() {
    in_browser(async |site, browser| {
        let page = open_at(
            &browser,
            &site,
            "s=two-copy-orders",
            "at=beat:log-is-copied",
        )
        .await;
        page.press("tab", "vault").await;
        let wrong = ".vit[data-id=wrong]";
        page.wait_until(&format!("document.querySelector('{wrong}') !== null"))
            .await;
        assert_eq!(
            page.count(&format!("{wrong}[data-state=taking] progress"))
                .await,
            1
        );
        go(&page, "beat:refused").await;
        assert_eq!(
            page.count(&format!("{wrong} [data-kind=verdict][data-id=no]"))
                .await,
            1
        );
        go(&page, "beat:accepted").await;
        assert_eq!(
            page.count(".vit[data-id=right] [data-kind=verdict][data-id=ok]")
                .await,
            1
        );
        assert_sound(&page, &site).await;

        // A backup is begun from the panel, and its line stands in the script.
        page.press("popover", "back-up").await;
        page.press("deed", "full-S1").await;
        assert!(
            super::script(&page)
                .await
                .contains("backup full from=1 as=b1")
        );
    });
}

#[test]
fn the_wizard_fits_every_window() {
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            let page = browser
                .open(&site.page(), "s=restored-one", "at=beat:told", &view)
                .await;
            choose_one(&page).await;
            try_it(&page, 2).await;
            // Where the window is low, what was found is brought into view, and nothing else moves.
            let seen = format!(
                "(r => r.top >= 0 && r.top < innerHeight - 40)({}.getBoundingClientRect())",
                of("trial", "0")
            );
            assert_eq!(page.value(&seen).await, true, "{width}x{height}");
            let moved = "[document.documentElement, document.body, document.querySelector('.app')].map(e => e.scrollTop)";
            assert_eq!(page.value(moved).await, serde_json::json!([0, 0, 0]));
            assert_sound(&page, &site).await;
        }
    });
}
