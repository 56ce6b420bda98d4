//! The bench: ghosts, damage, brackets, bands, walls, and nine servers in every window.

use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, of, open_at, run_script};

const WRITES: &str = "zablab 1\nensemble servers=3 seed=5\nuntil leader within=5s\nclient a server=1\n\
    client b server=3\na create /a \"1\"\nuntil reply a within=5s\na create /b \"2\"\nuntil reply a within=5s\n\
    a create /c \"3\"\nuntil reply a within=5s\nuntil quiet within=5s\n";

/// Goes to a named moment of the run that is shown.
async fn go_to(page: &Page, beat: &str, until: &str) {
    page.value(&format!("(location.hash = 'at=beat:{beat}', true)"))
        .await;
    page.wait_until(until).await;
}

fn some(css: &str) -> String {
    format!("document.querySelector('{css}') !== null")
}

#[test]
fn a_flipped_bit_cracks_the_cell_and_the_legend_says_so() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let script = format!(
            "{WRITES}crash 2 power\ndisk 2 flip file=log.100000001 offset=200 bit=3\nbeat flipped\nrun 10ms\n"
        );
        run_script(&page, &script).await;
        let cracked = "[data-kind=entry][data-id^=\"S2/\"][data-state=corrupt] .crack";
        go_to(&page, "flipped", &some(cracked)).await;
        assert_eq!(page.count("[data-state=corrupt]").await, 1);
        assert_eq!(page.count("[data-kind=legend][data-id=corrupt]").await, 1);
        let said = "document.querySelector('[data-state=corrupt]').getAttribute('aria-label')";
        let said = page.value(said).await;
        assert!(
            said.as_str().is_some_and(|s| s.contains("checksum fails")),
            "{said}"
        );
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_cut_tail_stays_as_a_ghost_below_the_line() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let script = format!(
            "{WRITES}partition 3,b 1,2,a\nb create /tail \"x\"\nrun 60ms\ncrash 3 process\nheal\n\
             until leader within=9s\nrestart 3\nbeat back\nuntil synced 3 within=9s\nrun 2s\n"
        );
        run_script(&page, &script).await;
        go_to(
            &page,
            "back",
            &format!("{}.dataset.state === 'looking'", of("server", "S3")),
        )
        .await;
        let ghost = some("[data-kind=entry][data-id^=\"S3/\"][data-state=trunc] .strike");
        // Forward by hand until the new leader has cut the tail away.
        for _ in 0..400 {
            if page.value(&ghost).await == true {
                break;
            }
            page.press("transport", "forward").await;
        }
        assert_eq!(page.value(&ghost).await, true);
        page.press("transport", "forward").await;
        assert_eq!(
            page.value(&ghost).await,
            true,
            "it stays for more than one step"
        );
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_partition_builds_a_wall_and_a_click_on_it_looks_at_the_link() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=minority-partition", "at=beat:split").await;
        assert_eq!(page.count(".wall").await, 1);
        assert!(page.text(".wallt").await.contains("S1 S2 S3 | S4 S5"));
        let link = "[data-kind=link]";
        assert!(page.count(link).await >= 2);
        page.click(link).await;
        page.wait_until(&some(".bench.spot")).await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn an_election_has_a_band_with_every_vote_and_a_reason() {
    in_browser(async |site, browser| {
        for lang in ["en", "zh-CN"] {
            let view = View::sized(1440, 900).lang(lang);
            let page = browser
                .open(
                    &site.page(),
                    "s=leader-power-loss",
                    "at=beat:silence",
                    &view,
                )
                .await;
            for _ in 0..60 {
                if page.count("[data-kind=band][data-id=election]").await > 0 {
                    break;
                }
                page.press("transport", "forward").await;
            }
            assert_eq!(
                page.count("[data-kind=band][data-id=election] .ps").await,
                3
            );
            assert!(!page.text("[data-kind=band] .vt span").await.is_empty());
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn a_snapshot_and_a_backup_are_brackets_and_what_they_miss_is_a_gap() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let script = format!(
            "{WRITES}snapshot 1\nuntil quiet within=5s\nbackup cold from=1 as=b1\na create /d \"4\"\n\
             until reply a within=5s\na create /e \"5\"\nuntil reply a within=5s\nbeat later\nrun 10ms\n"
        );
        run_script(&page, &script).await;
        let gap = format!("{} !== null", of("gap", "2"));
        go_to(&page, "later", &gap).await;
        assert_eq!(page.count("[data-kind=span][data-id=S1]").await, 1);
        assert_eq!(page.count("[data-kind=backup][data-id=b1]").await, 1);
        assert!(page.text(".bvault").await.contains("RPO gap: 2 txns"));
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_long_log_is_walked_with_the_keyboard() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let writes: String = (0..40).map(|n| format!("a create /n{n} \"x\"\n")).collect();
        let script = format!("{WRITES}{writes}until quiet within=60s\nbeat later\nrun 10ms\n");
        run_script(&page, &script).await;
        go_to(
            &page,
            "later",
            &format!("{} !== null", of("entry", "S1/e1·43")),
        )
        .await;
        let stops = "document.querySelectorAll('.ledger button[tabindex=\"0\"]').length";
        assert_eq!(page.value(stops).await, 1, "all cells are one tab stop");
        page.press("columns", "older").await;
        page.wait_until(&some("[data-kind=columns][data-id=newer]"))
            .await;
        assert_eq!(
            page.count("[data-kind=entry][data-id=\"S1/e1·43\"]").await,
            0
        );
        page.value(&format!("({}.focus(), true)", of("entry", "S1/e1·38")))
            .await;
        page.keys("\u{e015}").await; // down
        let focused = "document.activeElement.dataset.id";
        assert_eq!(page.value(focused).await, "S2/e1·38");
        page.keys("\u{e010}").await; // end
        page.wait_until(&format!("{} !== null", of("entry", "S1/e1·43")))
            .await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn nine_servers_fit_and_every_one_can_be_pressed() {
    let script = "zablab 1\nensemble servers=9 seed=3\nuntil leader within=9s\nclient a server=1\n\
                  a create /a \"1\"\nuntil reply a within=3s\nbeat written\nrun 10ms\n";
    in_browser(async |site, browser| {
        for (width, height) in [(1440, 900), (1280, 720), (800, 500)] {
            let view = View::sized(width, height);
            let page = browser.open(&site.page(), "", "", &view).await;
            if page.count("[data-kind=script][data-id=text]").await == 0 {
                page.press("tab", "script").await;
            }
            run_script(&page, script).await;
            go_to(
                &page,
                "written",
                "document.querySelectorAll('[data-kind=server]').length === 9",
            )
            .await;
            let small = "[...document.querySelectorAll('.bench .plate, .bench .cell, .bench .dk')]
                .filter(e => e.getClientRects().length > 0)
                .map(e => e.getBoundingClientRect())
                .filter(r => r.height < 24 || r.width < 24).length";
            assert_eq!(page.value(small).await, 0, "{width}x{height}");
            assert_sound(&page, &site).await;
        }
    });
}
