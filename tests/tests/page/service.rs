//! The tree and the ledger: what a panel pulls of the service, at the head and back in time.

use zablab_core::lab::{Action, Lab, ServerId};
use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, choose, of, open_at, step};

/// Every way the page is laid out, with a theme and a language each.
const VIEWS: [(u32, u32, &str, &str); 6] = [
    (1440, 900, "light", "en"),
    (1440, 900, "dark", "zh-CN"),
    (800, 500, "dark", "en"),
    (800, 500, "light", "zh-CN"),
    (390, 844, "light", "en"),
    (390, 844, "dark", "zh-CN"),
];

/// JavaScript: the paths of the tree's rows, in order.
const PATHS: &str =
    "[...document.querySelectorAll('[data-kind=znode]')].map(row => row.dataset.id).join(' ')";

/// JavaScript: the node that is selected.
const CHOSEN: &str = "document.querySelector('[data-kind=znode][aria-selected=true]').dataset.id";

async fn stat(page: &Page, name: &str) -> String {
    page.text(&format!("[data-kind=stat][data-id={name}] dd"))
        .await
}

#[test]
fn the_tree_is_that_of_the_server_and_of_the_moment_in_every_layout() {
    let mut lab = Lab::open(Some("happy-path"));
    lab.dispatch(Action::SeekBeat("end".to_owned()));
    let tree = lab.tree(ServerId(2), &Default::default());
    let tree = tree.expect("S2 is up");
    let paths: Vec<&str> = tree.rows.iter().map(|row| row.path.as_str()).collect();
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            let page = browser
                .open(&site.page(), "s=happy-path", "at=beat:end", &view)
                .await;
            page.press("tab", "tree").await;
            page.press("tree-server", "S2").await;
            page.wait_until(&format!("{PATHS} === '{}'", paths.join(" ")))
                .await;
            page.press("znode", "/orders/1").await;
            page.wait_until(&format!("{CHOSEN} === '/orders/1'")).await;
            assert_eq!(page.text("[data-kind=znode-card] pre").await.trim(), "sent");
            assert_eq!(stat(&page, "dataVersion").await, "1");
            assert!(stat(&page, "cZxid").await.starts_with("0x10000000"));
            // Eleven statistics, and the access control list.
            assert_eq!(page.count("[data-kind=stat]").await, 12);
            assert_sound(&page, &site).await;
            // Before the first write there is nothing but the server's own nodes.
            page.go(&view.address(&site.page(), "s=happy-path", "at=beat:sessions"))
                .await;
            page.wait_until(&format!("{PATHS} === '/ /zookeeper'"))
                .await;
        }
    });
}

#[test]
fn the_tree_is_walked_and_folded_with_the_keyboard_and_the_run_stands_still() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
        page.press("tab", "tree").await;
        let at = step(&page).await;
        page.value("(document.querySelector('[role=tree]').focus(), true)")
            .await;
        let (up, down, left, right) = ("\u{e013}", "\u{e015}", "\u{e012}", "\u{e014}");
        let (home, end) = ("\u{e011}", "\u{e010}");
        for (keys, chosen) in [
            (home, "/"),
            (down, "/orders"),
            (right, "/orders/1"),
            (left, "/orders"),
            (end, "/zookeeper"),
            (up, "/orders/3"),
        ] {
            page.keys(keys).await;
            page.wait_until(&format!("{CHOSEN} === '{chosen}'")).await;
        }
        page.keys(left).await;
        page.wait_until(&format!("{CHOSEN} === '/orders'")).await;
        page.keys(left).await;
        page.wait_until(&format!("{PATHS} === '/ /orders /zookeeper'"))
            .await;
        let folded = format!(
            "{}.getAttribute('aria-expanded') === 'false'",
            of("znode", "/orders")
        );
        assert_eq!(page.value(&folded).await, true);
        page.keys(" ").await;
        page.wait_until(&format!("{PATHS}.includes('/orders/1')"))
            .await;
        assert_eq!(
            step(&page).await,
            at,
            "keys of the tree do not move the run"
        );
        assert_eq!(page.root("data-playback").await.as_deref(), Some("paused"));
        // What was folded and chosen is still so after a look at another panel.
        page.press("znode", "/orders/1").await;
        page.press("tab", "script").await;
        page.press("tab", "tree").await;
        page.wait_until(&format!("{CHOSEN} === '/orders/1'")).await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_server_without_power_says_that_its_memory_is_gone() {
    in_browser(async |site, browser| {
        for (lang, said) in [("en", "memory is gone"), ("zh-CN", "内存已丢失")] {
            let view = View::default().lang(lang);
            let page = browser
                .open(
                    &site.page(),
                    "s=leader-power-loss",
                    "at=beat:silence",
                    &view,
                )
                .await;
            page.press("tab", "tree").await;
            page.press("tree-server", "S3").await;
            page.wait_until(&format!("{} !== null", of("tree", "gone")))
                .await;
            let text = page.text("[data-kind=tree][data-id=gone]").await;
            assert!(text.contains(said) && text.contains("e1·"), "{text}");
            assert_eq!(page.count("[data-kind=znode]").await, 0);
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn two_servers_are_compared_value_by_value() {
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            let hash = "at=beat:majority-writes";
            let page = browser
                .open(&site.page(), "s=minority-partition", hash, &view)
                .await;
            page.press("tab", "tree").await;
            choose(&page, "compare", "5").await;
            page.wait_until(&format!("{} !== null", of("difference", "differs")))
                .await;
            let head = page.text("[data-kind=difference]").await;
            let fork = if lang == "en" {
                "not in the history of S1"
            } else {
                "不在 S1 的历史中"
            };
            assert!(head.contains("e2·1") && head.contains(fork), "{head}");
            let row = page
                .text("[data-kind=difference-row][data-id='/stock']")
                .await;
            assert!(row.contains("\"5\"") && row.contains("mZxid"), "{row}");
            assert_sound(&page, &site).await;
            choose(&page, "compare", "2").await;
            page.wait_until(&format!("{} !== null", of("difference", "equal")))
                .await;
            assert_eq!(page.count("[data-kind=difference-row]").await, 0);
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn the_ledger_names_what_is_lost_and_leads_to_the_step_of_the_promise() {
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            let page = browser
                .open(&site.page(), "s=not-on-disk", "at=beat:end", &view)
                .await;
            page.press("tab", "ledger").await;
            page.wait_until("document.querySelectorAll('[data-kind=write]').length === 2")
                .await;
            let lost = page.text("[data-kind=write][data-state=lost]").await;
            let word = if lang == "en" { "LOST" } else { "丢失" };
            assert!(
                lost.contains(word) && lost.contains("setData /account"),
                "{lost}"
            );
            assert_eq!(page.count("[data-kind=write][data-state=kept]").await, 1);
            assert_sound(&page, &site).await;
            let before = step(&page).await;
            page.press("write", "a/1").await;
            page.wait_until(&format!(
                "Number(document.documentElement.dataset.step) < {before}"
            ))
            .await;
            // Then it was no more than at risk, and one step earlier nobody had been told.
            page.wait_until(
                "document.querySelector('[data-kind=write][data-state=lost]') === null",
            )
            .await;
            assert_eq!(page.count("[data-kind=write]").await, 2);
            page.keys(",").await;
            page.wait_until("document.querySelectorAll('[data-kind=write]').length === 1")
                .await;
        }
    });
}

#[test]
fn a_write_of_unknown_outcome_is_followed_up() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=minority-partition", "at=beat:healed").await;
        page.press("tab", "ledger").await;
        page.wait_until(
            "document.querySelectorAll('[data-kind=write][data-state=never]').length === 2",
        )
        .await;
        let text = page.text("[data-kind=write][data-state=never]").await;
        assert!(
            text.contains("unknown to a") && text.contains("without it"),
            "{text}"
        );
        let summary = page.text("[data-kind=ledger][data-id=summary]").await;
        assert!(
            summary.contains("none lost") && summary.contains("2 unknown"),
            "{summary}"
        );
        assert_sound(&page, &site).await;
    });
}

#[test]
fn an_open_panel_asks_for_nothing_while_the_run_stands_still() {
    // Frames and timers that are asked for, and changes of the page.
    let asked = "new Promise(done => {
        const real = setTimeout;
        let asked = 0;
        for (const name of ['requestAnimationFrame', 'setTimeout', 'setInterval']) {
            const old = window[name];
            window[name] = (...args) => { asked += 1; return old(...args); };
        }
        new MutationObserver(seen => { asked += seen.length; })
            .observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
        real(() => done(asked), 600);
    })";
    in_browser(async |site, browser| {
        for tab in ["tree", "ledger"] {
            let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
            page.press("tab", tab).await;
            page.wait_until(&format!("{} !== null", of("panel", tab)))
                .await;
            assert_eq!(page.value(asked).await, 0, "{tab}");
        }
    });
}
