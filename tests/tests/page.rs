//! The built page in Chromium.

use zablab_tests::browser::{View, in_browser};

#[test]
fn the_page_loads_quietly_from_its_own_origin_and_breaks_no_accessibility_rule() {
    in_browser(async |site, browser| {
        let page = browser.open(&site.page(), "", "", &View::default()).await;
        assert_eq!(page.root("data-ready").await.as_deref(), Some("true"));
        page.assert_console_clean().await;
        page.assert_loads_only_from(&site.origin()).await;
        page.assert_accessible().await;
    });
}

#[test]
fn the_checks_see_a_bad_page() {
    in_browser(async |site, browser| {
        let page = browser.open(&site.page(), "", "", &View::default()).await;
        page.value("console.error('a fault')").await;
        let console = page.console().await;
        assert!(
            console
                .iter()
                .any(|line| line.starts_with("SEVERE") && line.contains("a fault")),
            "{console:?}"
        );
        page.value("document.body.appendChild(document.createElement('button')) && 0")
            .await;
        if let Some(broken) = page.axe().await {
            assert!(
                broken.iter().any(|rule| rule.starts_with("button-name")),
                "{broken:?}"
            );
        }
    });
}
