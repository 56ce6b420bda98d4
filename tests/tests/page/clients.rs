//! Chips of clients: sessions that run out, bells, outcomes, recipes, and the store outside.

use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, of, open_at, step};

/// Every way the page is laid out, with a theme and a language each.
const VIEWS: [(u32, u32, &str, &str); 6] = [
    (1440, 900, "dark", "zh-CN"),
    (1280, 800, "light", "en"),
    (800, 500, "dark", "en"),
    (800, 500, "light", "zh-CN"),
    (390, 844, "light", "en"),
    (390, 844, "dark", "zh-CN"),
];

async fn left(page: &Page, client: &str) -> u64 {
    let left = format!("Number({}.dataset.left)", of("session", client));
    page.value(&left)
        .await
        .as_u64()
        .expect("a bar has a length")
}

async fn state(page: &Page, kind: &str, id: &str) -> String {
    let state = format!("{}.dataset.state", of(kind, id));
    let state = page.value(&state).await;
    state.as_str().expect("it has a state").to_owned()
}

async fn title(page: &Page, kind: &str, id: &str) -> String {
    let title = page.value(&format!("{}.title", of(kind, id))).await;
    title.as_str().expect("it has a title").to_owned()
}

/// JavaScript: clients whose bell rings.
const RINGING: &str = "[...document.querySelectorAll('[data-kind=bell][data-state=rings]')].map(b => b.dataset.id).join(' ')";

#[test]
fn a_bell_rings_in_the_step_of_its_event_alone() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=recipe-lock", "at=beat:in-line").await;
        assert_eq!(state(&page, "bell", "b").await, "quiet");
        assert_eq!(page.value(RINGING).await, "");
        let (from, mut rung) = (step(&page).await, Vec::new());
        page.go(&View::default().address(&site.page(), "s=recipe-lock", "at=beat:passed-on"))
            .await;
        let to = step(&page).await;
        for at in (from..=to).rev() {
            let slide = format!(
                "(range => {{ range.value = {at}; range.dispatchEvent(new InputEvent('input', {{bubbles: true}})); \
                 return true; }})(document.querySelector('[data-id=slider]'))"
            );
            page.value(&slide).await;
            page.wait_until(&format!("document.documentElement.dataset.step === '{at}'"))
                .await;
            let ringing = page.value(RINGING).await;
            if ringing != "" {
                let label = format!("{}.ariaLabel", of("bell", "b"));
                let label = page.value(&label).await;
                assert!(
                    label
                        .as_str()
                        .is_some_and(|l| l.contains("NodeDeleted /lock/a-1-"))
                );
                assert_sound(&page, &site).await;
                rung.push(ringing);
            }
        }
        assert_eq!(rung, ["b"], "a release wakes one client, once");
    });
}

#[test]
fn a_session_runs_out_while_its_client_is_frozen() {
    in_browser(async |site, browser| {
        let view = View::default();
        let page = browser
            .open(
                &site.page(),
                "s=lock-with-fencing",
                "at=beat:a-holds",
                &view,
            )
            .await;
        let before = left(&page, "a").await;
        let go = async |beat: &str| {
            let hash = format!("at=beat:{beat}");
            page.go(&view.address(&site.page(), "s=lock-with-fencing", &hash))
                .await;
        };
        go("paused").await;
        let after = left(&page, "a").await;
        assert!(0 < after && after < before, "{after} after {before}");
        assert!(
            page.text("[data-kind=client][data-id=a]")
                .await
                .contains("frozen")
        );
        go("b-holds").await;
        assert_eq!(state(&page, "session", "a").await, "over");
        let said = title(&page, "client", "a").await;
        assert!(
            said.contains("holds /lock") && said.contains("session over"),
            "{said}"
        );
        assert!(title(&page, "client", "b").await.contains("holds /lock"));
        assert_sound(&page, &site).await;
    });
}

#[test]
fn an_unknown_outcome_has_a_shape_and_a_word() {
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            let page = browser
                .open(
                    &site.page(),
                    "s=minority-partition",
                    "at=beat:two-sides",
                    &view,
                )
                .await;
            assert_eq!(state(&page, "outcome", "a").await, "unknown");
            let said = page.text("[data-kind=outcome][data-id=a]").await;
            let (unknown, gone) = match lang {
                "en" => ("outcome unknown", "it will not happen"),
                _ => ("结果未知", "不会生效"),
            };
            assert!(said.contains(unknown), "{said}");
            let drawn = format!(
                "{}.querySelector('svg.oc.unknown') !== null",
                of("outcome", "a")
            );
            assert_eq!(page.value(&drawn).await, true);
            // The ledger says the same of that write.
            assert!(page.text("[data-kind=verdict]").await.contains(gone));
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn a_lock_shows_its_holder_its_line_and_the_store() {
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            for (scenario, beat, is) in [
                ("lock-with-fencing", "refused", "refused"),
                ("lock-without-fencing", "both-write", "out-of-order"),
                ("recipe-lock", "in-line", "in-order"),
            ] {
                let page = browser
                    .open(
                        &site.page(),
                        &format!("s={scenario}"),
                        &format!("at=beat:{beat}"),
                        &view,
                    )
                    .await;
                assert_eq!(state(&page, "store", "store").await, is);
                assert_sound(&page, &site).await;
                if scenario == "recipe-lock" && width >= 1280 {
                    let (holds, waits) = match lang {
                        "en" => ("holds /lock", "waits behind a"),
                        _ => ("持有 /lock", "排在 a 之后"),
                    };
                    assert!(
                        page.text("[data-kind=client][data-id=a]")
                            .await
                            .contains(holds)
                    );
                    assert!(
                        page.text("[data-kind=client][data-id=b]")
                            .await
                            .contains(waits)
                    );
                }
            }
        }
        let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
        assert_eq!(page.count("[data-kind=store]").await, 0);
    });
}
