//! What is carried between the disks and the vault is seen on its way; when each backup was copied stands
//! on the ruler of time; and what a restore puts at risk is said before it is tried.

use serde_json::json;
use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, open_at};

/// `middle(element)`: where it is seen.
const MIDDLE: &str = "(e => { const r = e.getBoundingClientRect(); return [(r.left + r.right) / 2, (r.top + r.bottom) / 2]; })";
/// The drawing of the parcel.
const PARCEL: &str = "document.querySelector('[data-kind=parcel] .g')";

/// Plays, and tells how high and how low, and how far left and right, parcels of a kind were seen.
async fn follow(page: &Page, kind: &str) -> [f64; 4] {
    let script = format!(
        "(async () => {{
            const seen = [];
            document.querySelector('[data-kind=transport][data-id=play]').click();
            for (let n = 0; n < 240; n += 1) {{
                await new Promise(requestAnimationFrame);
                const mark = document.querySelector('[data-kind=parcel][data-state={kind}][data-placed] .g');
                if (mark) seen.push({MIDDLE}(mark));
            }}
            document.querySelector('[data-kind=transport][data-id=play]').click();
            const [xs, ys] = [seen.map(p => p[0]), seen.map(p => p[1])];
            return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        }})()"
    );
    let seen = page.value(&script).await;
    [0, 1, 2, 3].map(|at| {
        seen[at]
            .as_f64()
            .unwrap_or_else(|| panic!("{kind} is seen: {seen}"))
    })
}

/// Where an edge of an element is: its `left`, `right`, `top` or `bottom`.
async fn edge(page: &Page, css: &str, side: &str) -> f64 {
    let edge = format!("document.querySelector('{css}').getBoundingClientRect().{side}");
    let value = page.value(&edge).await;
    value.as_f64().unwrap_or_else(|| panic!("{edge}: {value}"))
}

#[test]
fn a_piece_goes_from_the_disk_to_the_bracket_of_its_backup() {
    in_browser(async |site, browser| {
        let page = open_at(
            &browser,
            &site,
            "s=two-copy-orders",
            "at=beat:log-is-copied",
        )
        .await;
        assert_eq!(
            page.count("[data-kind=parcel][data-state=to-vault]").await,
            1
        );
        assert_eq!(page.text("[data-kind=parcel] .g").await, "+968 B");
        let said = page
            .value("document.querySelector('[data-kind=parcel]').getAttribute('aria-label')")
            .await;
        assert_eq!(said, "968 B of log.100000001 from S1 to wrong");
        // At rest it stands at the disk that it leaves.
        let on_disk = format!(
            "document.querySelector('.disk.r0').contains(document.elementFromPoint(...{MIDDLE}({PARCEL})))"
        );
        assert_eq!(page.value(&on_disk).await, true);
        assert_eq!(page.count("[style]").await, 0);
        assert_sound(&page, &site).await;

        let [left, right, high, low] = follow(&page, "to-vault").await;
        let vault = edge(&page, ".bvault", "top").await;
        let disk = edge(&page, ".disk", "left").await;
        assert!(
            high < vault && vault < low,
            "it goes down into the vault: {high} … {low}, {vault}"
        );
        assert!(
            left < disk && disk < right,
            "it leaves the disk: {left} … {right}, {disk}"
        );
        page.assert_console_clean().await;
    });
}

#[test]
fn files_of_a_restore_go_back_and_a_shipped_log_waits() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=safe-restore", "at=beat:backed-up").await;
        assert_eq!(page.count("[data-kind=parcel][data-state=waits]").await, 1);
        assert_eq!(
            page.text("[data-kind=parcel][data-state=waits] .g").await,
            "1.00 s"
        );
        let page = open_at(&browser, &site, "s=safe-restore", "at=beat:declared").await;
        assert_eq!(
            page.count("[data-kind=parcel][data-state=from-vault]")
                .await,
            1
        );
        assert_sound(&page, &site).await;
        let [left, right, high, low] = follow(&page, "from-vault").await;
        let vault = edge(&page, ".bvault", "top").await;
        let first = edge(&page, ".disk.r0", "bottom").await;
        assert!(
            high < first && vault < low,
            "up to the first row: {high} … {low}, {first} {vault}"
        );
        assert!(right - left > 40.0, "and across: {left} … {right}");
        page.assert_console_clean().await;
    });
}

#[test]
fn a_stream_goes_to_its_server_and_not_to_a_disk() {
    in_browser(async |site, browser| {
        let page = open_at(
            &browser,
            &site,
            "s=admin-restore-shipped",
            "at=beat:restored",
        )
        .await;
        let [left, right, high, low] = follow(&page, "to-memory").await;
        let (columns, disk) = (
            edge(&page, ".lcell", "left").await,
            edge(&page, ".disk", "left").await,
        );
        assert!(
            left < columns && right < disk,
            "left of the columns: {left} … {right}, {columns} {disk}"
        );
        let (row, vault) = (
            edge(&page, ".disk.r0", "bottom").await,
            edge(&page, ".bvault", "top").await,
        );
        assert!(
            high < row && vault < low,
            "from the vault up to its row: {high} … {low}, {row} {vault}"
        );
        assert_sound(&page, &site).await;
    });
}

#[test]
fn who_wants_no_motion_sees_the_parcel_at_rest() {
    in_browser(async |site, browser| {
        for (width, height) in [(1440, 900), (800, 500), (390, 844)] {
            let view = View {
                reduced_motion: true,
                ..View::sized(width, height).lang("zh-CN")
            };
            let page = browser
                .open(
                    &site.page(),
                    "s=two-copy-orders",
                    "at=beat:log-is-copied",
                    &view,
                )
                .await;
            assert_eq!(page.text("[data-kind=parcel] .g").await, "+968 B");
            let within = format!(
                "(([x, y]) => x > 0 && x < innerWidth && y > 0 && y < innerHeight)({MIDDLE}({PARCEL}))"
            );
            assert_eq!(page.value(&within).await, true, "{width}x{height}");
            assert_eq!(page.count("[data-kind=parcel][data-way]").await, 0);
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn backups_stand_on_the_ruler_of_time() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=two-copy-orders", "at=beat:refused").await;
        // Two copies, each with its two ends and its line; the second is told with where it ends.
        assert_eq!(page.count(".slider line.cov:not(.far)").await, 2);
        assert_eq!(page.count(".slider .covgap").await, 1);
        let labels = "[...document.querySelectorAll('.slider text.covl:not(.gapl)')].map(e => e.textContent)";
        let labels = page.value(labels).await;
        assert!(
            labels
                .as_array()
                .is_some_and(|all| all.contains(&json!("right e1·5"))),
            "{labels}"
        );
        assert_eq!(
            page.count(".slider svg[aria-hidden=true] .cov").await,
            page.count(".cov").await
        );
        let gap = page.value("document.querySelector('.covgap').getBoundingClientRect().right - document.querySelector('.thumb').getBoundingClientRect().left").await;
        assert!(
            gap.as_f64().is_some_and(|px| (0.0..20.0).contains(&px)),
            "up to the moment shown: {gap}"
        );
        assert_sound(&page, &site).await;
        let page = open_at(&browser, &site, "s=happy-path", "").await;
        assert_eq!(page.count(".slider .cov, .slider .covgap").await, 0);
    });
}

#[test]
fn what_a_restore_puts_at_risk_is_said_before_it_is_tried() {
    in_browser(async |site, browser| {
        let kinds = "[...document.querySelectorAll('[data-kind=risk]')].map(e => e.dataset.id)";
        let said =
            "[...document.querySelectorAll('[data-kind=risk]')].map(e => e.textContent).join(' ')";
        let page = open_at(&browser, &site, "s=restored-one", "at=beat:told").await;
        page.press("tab", "vault").await;
        page.press("restore", "b1").await;
        assert_eq!(page.value(kinds).await, json!(["declared", "ahead"]));
        page.press("way", "files").await;
        assert_eq!(page.value(kinds).await, json!(["majority", "ahead"]));
        page.press("restore-to", "S1").await;
        assert_eq!(page.value(kinds).await, json!(["majority", "mix", "ahead"]));
        page.press("restore-to", "S3").await;
        assert_eq!(page.value(kinds).await, json!(["minority", "mix", "ahead"]));
        let words = page.value(said).await;
        let words = words.as_str().unwrap_or_default();
        for fact in [
            "S2 will go back to e1·3",
            "2 writes told to a",
            "Only S1",
            "a has seen e2·2",
        ] {
            assert!(words.contains(fact), "{fact}: {words}");
        }
        assert_sound(&page, &site).await;

        // All disks are lost, and the backup is put on one new server.
        let page = open_at(&browser, &site, "s=restored-elsewhere", "at=beat:disaster").await;
        page.press("tab", "vault").await;
        page.press("restore", "b1").await;
        page.press("way", "files").await;
        page.press("restore-to", "S2").await;
        page.press("restore-to", "S3").await;
        let words = page.value(said).await;
        assert!(
            words
                .as_str()
                .is_some_and(|all| all.contains("S2 and S3 are empty")),
            "{words}"
        );
        assert_sound(&page, &site).await;
    });
}
