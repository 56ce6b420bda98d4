//! The page as it comes: quiet, accessible, at every size, in both languages and themes.

use zablab_tests::browser::{View, in_browser};

use super::{assert_sound, of, open_at, run_script, step};

#[test]
fn the_page_loads_quietly_from_its_own_origin_and_breaks_no_accessibility_rule() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        assert_eq!(page.root("data-ready").await.as_deref(), Some("true"));
        assert_eq!(page.root("data-playback").await.as_deref(), Some("paused"));
        assert_eq!(page.count("[data-kind=server]").await, 4);
        assert_eq!(page.count("[data-kind=lamp]").await, 6);
        assert_eq!(page.count("[data-kind=panel][data-id=time]").await, 1);
        for tab in ["disk", "tree", "ledger"] {
            page.press("tab", tab).await;
            let panel = format!("[data-kind=panel][data-id={tab}]");
            assert_eq!(page.count(&panel).await, 1);
        }
        assert_sound(&page, &site).await;
    });
}

#[test]
fn the_checks_see_a_bad_page() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
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

#[test]
fn at_every_size_in_both_languages_and_themes_it_is_sound() {
    in_browser(async |site, browser| {
        for (width, height) in [
            (1440, 900),
            (1280, 800),
            (1920, 1080),
            (800, 500),
            (390, 844),
        ] {
            for (theme, lang) in [("light", "en"), ("dark", "zh-CN")] {
                let view = View::sized(width, height).theme(theme).lang(lang);
                let page = browser
                    .open(&site.page(), "s=leader-power-loss", "", &view)
                    .await;
                assert_eq!(page.root("lang").await.as_deref(), Some(lang));
                assert_eq!(page.root("data-theme").await.as_deref(), Some(theme));
                assert_sound(&page, &site).await;
            }
        }
    });
}

#[test]
fn language_and_theme_change_at_once_and_keep_the_moment() {
    in_browser(async |site, browser| {
        let view = View::default().theme("light").lang("en");
        let page = browser.open(&site.page(), "", "at=120", &view).await;
        let paper = "getComputedStyle(document.body).backgroundColor";
        let (before, light) = (page.text(".caption p").await, page.value(paper).await);
        page.press("tool", "lang").await;
        page.wait_until("document.documentElement.lang === 'zh-CN'")
            .await;
        assert_ne!(page.text(".caption p").await, before);
        page.press("tool", "theme").await;
        page.wait_until("document.documentElement.dataset.theme === 'dark'")
            .await;
        assert_ne!(page.value(paper).await, light);
        assert_eq!(step(&page).await, 120);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn bad_values_in_the_address_are_told_and_good_ones_honoured() {
    in_browser(async |site, browser| {
        let toast = of("notice", "toast");
        let bad = "s=nowhere&lang=fr&theme=pink&ui=huge";
        let page = browser
            .open(&site.page(), bad, "at=beat:never", &View::default())
            .await;
        let said = page.text("[data-kind=notice]").await;
        for word in ["nowhere", "fr", "pink", "huge", "never"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert_sound(&page, &site).await;
        page.press("notice", "close").await;
        page.wait_until(&format!("{toast} === null")).await;

        let good = "s=minority-partition&ui=embed";
        let page = browser
            .open(&site.page(), good, "at=beat:split", &View::default())
            .await;
        assert_eq!(page.count("[data-kind=notice]").await, 0);
        assert_eq!(page.count(".app.embed").await, 1);
        assert_eq!(page.count("[data-kind=server]").await, 5);
        page.value("(location.hash = 'at=77') && 0").await;
        page.wait_until("document.documentElement.dataset.step === '77'")
            .await;
        page.value("(location.hash = 'at=999999') && 0").await;
        page.wait_until(&format!("{toast} !== null")).await;
        assert!(page.text("[data-kind=notice]").await.contains("999999"));
    });
}

#[test]
fn nine_servers_and_four_observers_fit_every_window() {
    let script = "zablab 1\nensemble servers=9 observers=4 seed=2\nuntil leader within=10s\n\
                  client a server=1\nrun 300ms\na create /x \"1\"\nrun 40ms\n";
    in_browser(async |site, browser| {
        for (width, height) in [(1440, 900), (800, 500), (390, 844)] {
            let view = View::sized(width, height);
            let page = browser.open(&site.page(), "", "", &view).await;
            run_script(&page, script).await;
            page.wait_until("document.querySelectorAll('[data-kind=server]').length === 13")
                .await;
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn with_less_motion_nothing_travels() {
    in_browser(async |site, browser| {
        let view = View {
            reduced_motion: true,
            ..View::default()
        };
        let page = browser.open(&site.page(), "", "", &view).await;
        page.press("transport", "play").await;
        // Marks, looked at in many frames: on one arrow there is one place.
        let places = "new Promise(done => {
            const seen = {};
            let frames = 0;
            const look = () => {
                for (const mark of document.querySelectorAll('.wires .flight')) {
                    const at = mark.querySelector('svg svg');
                    const moved = getComputedStyle(mark).transform;
                    const place = [moved, at.getAttribute('x'), at.getAttribute('y')].join(' ');
                    (seen[mark.dataset.way] ??= new Set()).add(place);
                }
                frames += 1;
                if (frames < 60) return requestAnimationFrame(look);
                done(Object.entries(seen).filter(([, places]) => places.size > 1)
                    .map(([way, places]) => `${way}: ${[...places].join(' ')}`));
            };
            requestAnimationFrame(look);
        })";
        assert_eq!(page.value(places).await, serde_json::json!([]));
        let moved = "[...document.querySelectorAll('.flight')]
            .filter(mark => getComputedStyle(mark).transform !== 'none').length";
        assert_eq!(page.value(moved).await, 0);
        assert!(page.count(".wires [data-kind=message]").await > 0);
        let turning = "document.getAnimations().filter(a => a.playState === 'running').length";
        assert_eq!(page.value(turning).await, 0);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn paused_nothing_runs() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=40").await;
        page.press("transport", "play").await;
        page.press("transport", "play").await;
        page.wait_until("document.documentElement.dataset.playback === 'paused'")
            .await;
        let asked = "new Promise(done => {
            const real = setTimeout;
            let asked = 0;
            for (const name of ['requestAnimationFrame', 'setTimeout', 'setInterval']) {
                const old = window[name];
                window[name] = (...args) => { asked += 1; return old(...args); };
            }
            const runs = () => document.getAnimations().filter(a => a.playState === 'running');
            real(() => done(asked + runs().length), 600);
        })";
        assert_eq!(page.value(asked).await, 0);
    });
}
