//! Faults by the buttons of the page, and what becomes of them in its rows.

use zablab_tests::browser::in_browser;

use super::{assert_sound, branches, leader, of, open_at, play_until, wait_for_state};

#[test]
fn the_leader_crashes_another_is_elected_and_it_recovers() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "").await;
        let old = leader(&page).await;
        page.press("server", &old).await;
        page.press("action", "crash-power").await;
        wait_for_state(&page, &old, "down").await;
        let disk = page
            .text(&format!("[data-kind=disk][data-id='{old}']"))
            .await;
        assert!(
            disk.contains("durable") && disk.contains("pending 0"),
            "{disk}"
        );
        let lost = format!("{}.querySelector('.lossb') !== null", of("disk", &old));
        assert_eq!(page.value(&lost).await, true, "what was not forced is gone");
        assert_eq!(page.count(".prow.dead").await, 1);
        assert_sound(&page, &site).await;

        let other = "document.querySelector('[data-state=leading][data-phase=broadcast]') !== null";
        play_until(&page, other).await;
        assert_ne!(leader(&page).await, old);

        page.press("server", &old).await;
        page.press("action", "restart").await;
        page.wait_until(&format!("{}.dataset.state !== 'down'", of("server", &old)))
            .await;
        let back = format!(
            "{0}.dataset.state === 'following' && {0}.dataset.phase === 'broadcast'",
            of("server", &old)
        );
        play_until(&page, &back).await;
        assert_eq!(page.count(".prow.dead").await, 0);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_write_from_the_page_is_committed_and_its_client_told() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=9999").await;
        page.press("server", "S1").await;
        page.press("action", "write").await;
        // A client of that server writes; a new one is made when the server has none.
        let told = "[...document.querySelectorAll('[data-kind=client]')]\
                    .some(c => /create .w.*confirmed at e1·/.test(c.textContent))";
        play_until(&page, told).await;
        let flags = "document.querySelectorAll('[data-kind=entry][data-id^=\"S1/\"] .flag').length";
        assert!(page.value(flags).await.as_u64() >= Some(1));
        let holds = "[...document.querySelectorAll('[data-kind=lamp]')].every(l => l.dataset.state !== 'bad')";
        assert_eq!(page.value(holds).await, true);
        assert_sound(&page, &site).await;
    });
}

#[test]
fn the_isolated_leader_claims_to_lead_and_follows_when_the_network_is_whole() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "").await;
        let old = leader(&page).await;
        page.press("server", &old).await;
        page.press("action", "isolate").await;
        page.wait_until("document.querySelector('.wires').textContent.includes('cut off')")
            .await;
        assert_sound(&page, &site).await;
        let other = format!(
            "[...document.querySelectorAll('[data-state=leading][data-phase=broadcast]')]\
             .some(s => s.dataset.id !== '{old}')"
        );
        play_until(&page, &other).await;
        page.press("action", "heal").await;
        page.wait_until("!document.querySelector('.wires').textContent.includes('cut off')")
            .await;
        let follows = format!(
            "{0}.dataset.state === 'following' && {0}.dataset.phase === 'broadcast'",
            of("server", &old)
        );
        play_until(&page, &follows).await;
        assert_sound(&page, &site).await;
    });
}

#[test]
fn an_edit_in_the_past_makes_a_branch_and_the_old_one_stays() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "", "at=9999").await;
        let end = super::digest(&page).await;
        let last = super::step(&page).await;
        page.value("(location.hash = 'at=120') && 0").await;
        page.wait_until("document.documentElement.dataset.step === '120'")
            .await;
        page.press("action", "crash-process").await;
        page.wait_until("document.querySelector('[data-state=down]') !== null")
            .await;
        assert!(
            page.text("[data-kind=notice]")
                .await
                .contains("main is kept")
        );
        assert_eq!(branches(&page).await, 2);
        assert_sound(&page, &site).await;
        page.press("popover", "branch").await;
        page.press("branch", "main").await;
        page.wait_until("document.querySelector('[data-state=down]') === null")
            .await;
        page.value(&format!("(location.hash = 'at={last}') && 0"))
            .await;
        page.wait_until(&format!(
            "document.documentElement.dataset.step === '{last}'"
        ))
        .await;
        assert_eq!(super::digest(&page).await, end);
    });
}

#[test]
fn what_is_applied_and_not_forced_does_not_look_safe() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=not-on-disk", "").await;
        play_until(&page, &format!("{} !== null", of("breach-card", "S9"))).await;
        let soft = "document.querySelectorAll('[data-id^=\"S1/\"] .e.com.soft').length";
        assert_eq!(page.value(soft).await, 3);
        let verdict = page.text("[data-kind=verdict]").await;
        assert!(verdict.contains("on 0 of 3 disks"), "{verdict}");
    });
}
