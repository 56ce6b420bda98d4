//! Scripts on the page: bad ones, long ones, red ones, and the run over a reload.

use zablab_core::scenario::parse;
use zablab_tests::browser::{View, in_browser};

use super::{assert_sound, branches, digest, of, open_at, play_until, reload, run_script, step};

#[test]
fn a_bad_script_shows_the_error_of_the_command_line_and_keeps_the_run() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let before = (step(&page).await, digest(&page).await);
        let garbage = "\u{1F980} ".repeat(200_000);
        for script in [
            "zablab 1\nensemble servers=3\ncrsh 1 power\n",
            "zablab 1\nensemble servers=three\n",
            "zablab 1\nensemble servers=10000\n",
            &garbage,
        ] {
            run_script(&page, script).await;
            page.wait_until(&format!("{} !== null", of("notice", "script")))
                .await;
            let error = parse(script).expect_err("the script is bad");
            let said = page.text("[data-kind=notice][data-id=script]").await;
            let place = format!("line {}, column {}:", error.at.line, error.at.column);
            assert!(said.starts_with(&place), "{said}");
            assert!(said.contains(&error.problem.to_string()), "{said}");
            assert_eq!((step(&page).await, digest(&page).await), before);
            assert_sound(&page, &site).await;
            assert!(page.text(".scriptbox").await.contains("64 KiB"));
            page.press("script", "revert").await;
            page.wait_until(&format!("{} === null", of("notice", "script")))
                .await;
        }
    });
}

#[test]
fn a_long_script_runs_in_slices_while_the_page_answers() {
    let script =
        "zablab 1\nensemble servers=9 observers=4 seed=3\nuntil leader within=10s\nrun 9000s\n";
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=100").await;
        // The longest time the main thread was away from the page.
        let watch = "(() => {
            window.zablabGap = 0;
            let last = performance.now();
            const look = now => {
                window.zablabGap = Math.max(window.zablabGap, now - last);
                last = now;
                requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
            return true;
        })()";
        run_script(&page, script).await;
        page.wait_until(&format!("{} !== null", of("progress", "work")))
            .await;
        page.value(watch).await;
        page.keys("\u{e00c}").await;
        page.keys(",").await;
        page.wait_until("Number(document.documentElement.dataset.step) < 100")
            .await;
        assert_sound(&page, &site).await;
        page.wait_until(&format!("{} === null", of("progress", "work")))
            .await;
        assert_eq!(page.count("[data-kind=server]").await, 13);
        let gap = page.value("window.zablabGap").await;
        let gap = gap.as_f64().expect("a number of milliseconds");
        // Slices have 6 ms; axe above takes longer, so only a frozen tab is caught here.
        println!("longest gap between two frames: {gap:.0} ms");
    });
}

#[test]
fn a_script_that_takes_too_long_can_be_stopped() {
    let script = "zablab 1\nensemble servers=9 seed=3\nrun 9000s\n";
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let before = digest(&page).await;
        run_script(&page, script).await;
        page.press("progress", "stop").await;
        page.wait_until(&format!("{} === null", of("progress", "work")))
            .await;
        assert_eq!(digest(&page).await, before);
        assert_eq!(page.count("[data-kind=server]").await, 4);
    });
}

#[test]
fn a_red_lamp_pauses_the_page_and_its_witnesses_lead_to_their_steps() {
    in_browser(async |site, browser| {
        for (size, lang) in [
            ((1440, 900), "en"),
            ((800, 500), "zh-CN"),
            ((390, 844), "en"),
        ] {
            let view = View::sized(size.0, size.1).lang(lang);
            let page = browser.open(&site.page(), "s=not-on-disk", "", &view).await;
            let red =
                "document.querySelector('[data-kind=lamp][data-id=I1][data-state=bad]') !== null";
            assert_eq!(page.value(red).await, false);
            page.press("transport", "play").await;
            page.wait_until(red).await;
            assert_eq!(page.root("data-playback").await.as_deref(), Some("paused"));
            let at = step(&page).await;
            let card = page.text("[data-kind=breach-card]").await;
            assert!(
                card.contains("forceSync=no") && !card.contains('{'),
                "{card}"
            );
            assert_sound(&page, &site).await;
            page.click("[data-kind=witness]").await;
            page.wait_until(&format!(
                "Number(document.documentElement.dataset.step) < {at}"
            ))
            .await;
            assert_eq!(page.value(red).await, false);
        }
    });
}

#[test]
fn a_click_is_a_line_of_the_script() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=9999").await;
        page.press("server", "S2").await;
        page.press("action", "crash-power").await;
        page.press("tab", "script").await;
        let shown = format!("{}.value", of("script", "text"));
        page.wait_until(&format!("{shown}.includes('crash 2 power')"))
            .await;
        let script = page.value(&shown).await;
        let script = script.as_str().unwrap_or_default().to_owned();
        assert!(parse(&script).is_ok(), "{script}");
        let before = digest(&page).await;
        page.press("script", "run").await;
        page.wait_until(
            "!/b2/.test(document.querySelector('[data-kind=popover][data-id=branch]').textContent)",
        )
        .await;
        assert_eq!(digest(&page).await, before);
    });
}

#[test]
fn the_run_survives_a_reload_with_its_branches_and_a_link_shows_what_it_says() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=leader-power-loss", "").await;
        page.press("server", "S2").await;
        page.press("action", "crash-power").await;
        page.wait_until(
            "/b2/.test(document.querySelector('[data-kind=popover][data-id=branch]').textContent)",
        )
        .await;
        let later = format!(
            "Number(document.documentElement.dataset.step) > {}",
            step(&page).await + 15
        );
        play_until(&page, &later).await;
        let before = (step(&page).await, digest(&page).await);
        reload(&page).await;
        assert_eq!(digest(&page).await, before.1);
        assert_eq!(branches(&page).await, 2);
        assert_sound(&page, &site).await;

        let page = open_at(&browser, &site, "s=leader-power-loss", "").await;
        assert_eq!(branches(&page).await, 1);
    });
}

#[test]
fn another_scenario_is_picked_and_stays_over_a_reload() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        page.press("tool", "gallery").await;
        page.press("scenario", "late-followers").await;
        page.wait_until("document.querySelectorAll('[data-kind=server]').length === 5")
            .await;
        let opened = (step(&page).await, digest(&page).await);
        page.client()
            .refresh()
            .await
            .expect("the page can be loaded anew");
        page.wait_ready().await;
        assert_eq!((step(&page).await, digest(&page).await), opened);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn in_chinese_a_bad_script_is_told_in_chinese() {
    in_browser(async |site, browser| {
        let view = View::default().lang("zh-CN");
        let page = browser.open(&site.page(), "", "", &view).await;
        for (script, said) in [
            (
                "zablab 1\nfly 3\n",
                "第 2 行第 1 列： 此处应为动词或客户端名",
            ),
            (
                "zablab 1\nensemble servers=10000\n",
                "第 2 行第 18 列： 服务器数量应在 1 到 9 之间",
            ),
        ] {
            run_script(&page, script).await;
            page.wait_until(&format!("{} !== null", of("notice", "script")))
                .await;
            let text = page.text("[data-kind=notice][data-id=script]").await;
            assert!(text.starts_with(said), "{text}");
            assert_sound(&page, &site).await;
            page.press("script", "revert").await;
            page.wait_until(&format!("{} === null", of("notice", "script")))
                .await;
        }
    });
}
