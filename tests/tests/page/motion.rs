//! Marks on their way: the browser moves them, the lab says where they are.

use std::time::Duration;

use serde_json::Value;
use zablab_tests::browser::{Page, View, in_browser};

use super::step;

/// `place(mark)`: how far a mark is on its way, in pixels from its start as it is seen. `look()`: all
/// marks. `frame()`: waits for the next frame.
const EYES: &str = "(() => {
    const place = mark => {
        const [x0, x1, , y0, y1] = mark.dataset.way.split(' ').map(text => Number(text) / 1000);
        const [seen, column] = [mark.getBoundingClientRect(), mark.offsetParent.getBoundingClientRect()];
        const down = y0 !== y1;
        const from = down ? column.top + y0 / 100 * column.height : column.left + x0;
        const way = down ? (y1 - y0) / 100 * column.height : x1 - x0;
        return { at: ((down ? seen.top : seen.left) - from) * Math.sign(way), way: Math.abs(way) };
    };
    const look = () => [...document.querySelectorAll('[data-way][data-placed]')].map(mark => {
        const [animation] = mark.getAnimations();
        const moves = Boolean(animation) && animation.playState === 'running';
        return { id: mark.dataset.id, course: mark.dataset.way, moves, ...place(mark) };
    });
    const frame = () => new Promise(requestAnimationFrame);
    window.zablabEyes = { look, frame };
    return true;
})()";

/// Looks at every mark in many frames, and tells which ones moved otherwise than steadily and how many
/// moved at all.
const FOLLOW: &str = "(async () => {
    const { look, frame } = window.zablabEyes;
    const wrong = [], moved = new Set();
    let before = new Map(), then = null;
    for (let n = 0; n < 150; n += 1) {
        const now = await frame();
        const seen = new Map(look().map(m => [m.id + m.course, m]));
        for (const [key, m] of seen) {
            const old = before.get(key);
            if (m.at < -1 || m.at > m.way + 1) wrong.push(`${key} is ${m.at} of ${m.way}`);
            if (!old) continue;
            const most = m.way * (now - then) / 600 + 2;
            const went = m.at - old.at;
            if (went < -0.5 || went > most) wrong.push(`${key} went ${went} of at most ${most}`);
            if (went > 0.5) moved.add(m.id);
        }
        [before, then] = [seen, now];
    }
    return { wrong, moved: moved.size };
})()";

/// Waits for a mark in the middle of its way, acts in a frame, and tells how much farther than time
/// allows marks went with it, in pixels, over some frames.
fn jump(act: &str, faster: f64) -> String {
    format!(
        "(async () => {{
            const {{ look, frame }} = window.zablabEyes;
            const middle = m => m.moves && m.way > 60 && m.at > m.way * 0.2 && m.at < m.way * 0.5;
            let at, before = [];
            for (let n = 0; n < 1200 && !before.some(middle); n += 1) {{
                at = await frame();
                before = look();
            }}
            {act};
            // For the message of a failed test: each mark before and after.
            const jumps = [], told = [document.documentElement.dataset.step];
            for (let n = 0; n < 3; n += 1) {{
                const now = await frame();
                // Where a mark is put tells the time of this moment: a late frame is older.
                const looked = performance.now();
                for (const old of before) {{
                    const m = look().find(m => m.id === old.id);
                    if (!m) continue;
                    // On another lane it is as far on its way.
                    const went = (m.at / m.way - old.at / old.way) * old.way;
                    const most = old.way * {faster} * (looked - at) / 600;
                    jumps.push(Math.max(-went, went - most));
                    told.push([old.id, old.course, old.at, m.course, m.at, now - at, looked - at, most, document.documentElement.dataset.step].join(' '));
                }}
            }}
            return {{ found: before.some(middle), compared: jumps.length, most: Math.max(...jumps), told }};
        }})()"
    )
}

const PLAY: &str = "document.querySelector('[data-kind=transport][data-id=play]').click()";
/// Animations of the page that do not stand still.
const RUNNING: &str = "document.getAnimations().filter(a => a.playState === 'running').length";
const PAUSED: &str = "document.documentElement.dataset.playback === 'paused'";
const PLAYING: &str = "document.documentElement.dataset.playback === 'playing'";

fn number(value: &Value, key: &str) -> f64 {
    value[key]
        .as_f64()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

/// Marks did not jump when something was done.
async fn assert_steady(page: &Page, what: &str, act: &str, faster: f64) {
    page.wait_until(PLAYING).await;
    let seen = page.value(&jump(act, faster)).await;
    assert_eq!(seen["found"], true, "{what}: {seen}");
    assert!(number(&seen, "compared") >= 1.0, "{what}: {seen}");
    assert!(number(&seen, "most") <= 2.0, "{what}: {seen}");
}

#[test]
fn while_it_plays_marks_move_forward_steadily() {
    in_browser(async |site, browser| {
        let page = browser.open(&site.page(), "", "", &View::default()).await;
        page.value(EYES).await;
        page.press("transport", "play").await;
        let seen = page.value(FOLLOW).await;
        assert_eq!(seen["wrong"], serde_json::json!([]));
        assert!(number(&seen, "moved") >= 10.0, "{seen}");
        page.assert_console_clean().await;
    });
}

#[test]
fn marks_rest_where_they_were_seen_and_go_on_from_there() {
    in_browser(async |site, browser| {
        let page = browser.open(&site.page(), "", "", &View::default()).await;
        page.value(EYES).await;
        page.press("transport", "play").await;
        for _ in 0..3 {
            assert_steady(&page, "pause", PLAY, 1.0).await;
            page.wait_until(PAUSED).await;
            assert_eq!(page.value(RUNNING).await, 0);
            assert_eq!(page.count("[style]").await, 0);
            let still = "(async () => {
                const { look, frame } = window.zablabEyes;
                const places = () => look().map(m => m.at).join(' ');
                const before = places();
                for (let n = 0; n < 20; n += 1) await frame();
                return before === places();
            })()";
            assert_eq!(page.value(still).await, true);
            let on = format!(
                "(async () => {{
                    const {{ look, frame }} = window.zablabEyes;
                    const before = look();
                    let start = await frame();
                    {PLAY};
                    let most = 0;
                    for (let n = 0; n < 5; n += 1) {{
                        const now = await frame();
                        for (const old of before) {{
                            const m = look().find(m => m.id === old.id && m.course === old.course);
                            if (m) most = Math.max(most, old.at - m.at, m.at - old.at - old.way * (now - start) / 600);
                        }}
                    }}
                    return most;
                }})()"
            );
            let most = page.value(&on).await;
            assert!(most.as_f64().is_some_and(|px| px <= 2.0), "{most}");
        }
        page.assert_console_clean().await;
    });
}

#[test]
fn speed_language_and_edits_leave_marks_where_they_are() {
    let speed = |keys: &str| {
        format!(
            "for (const key of '{keys}') document.querySelector('.app').dispatchEvent(\
             new KeyboardEvent('keydown', {{ key, bubbles: true }}))"
        )
    };
    let click = |css: &str| format!("document.querySelector('{css}').click()");
    in_browser(async |site, browser| {
        let page = browser.open(&site.page(), "", "", &View::default()).await;
        page.value(EYES).await;
        page.press("transport", "play").await;
        // A slow frame is no sleep: marks move on meanwhile, so the run does too.
        let slow = "{ const start = performance.now(); while (performance.now() - start < 500); }";
        assert_steady(&page, "a slow frame", slow, 1.0).await;
        assert_steady(&page, "slower", &speed("[["), 1.0).await;
        assert_steady(&page, "faster", &speed("]]]]"), 4.0).await;
        assert_steady(&page, "normal", &speed("[["), 4.0).await;
        assert_steady(
            &page,
            "language",
            &click("[data-kind=tool][data-id=lang]"),
            1.0,
        )
        .await;
        let write = click("[data-kind=action][data-id=write]");
        assert_steady(&page, "a write", &write, 1.0).await;
        page.assert_console_clean().await;
    });
}

/// Counts what the page asks of the browser: frames and timers; and the steps that it shows.
const COUNT: &str = "(() => {
    const count = window.zablabCount = { frames: 0, timers: 0, steps: 0 };
    const counted = (name, key) => {
        const real = window[name];
        window[name] = (...all) => { count[key] += 1; return real.apply(window, all); };
    };
    counted('requestAnimationFrame', 'frames');
    counted('setTimeout', 'timers');
    counted('setInterval', 'timers');
    new MutationObserver(() => { count.steps += 1; })
        .observe(document.documentElement, { attributes: true, attributeFilter: ['data-step'] });
    return true;
})()";

/// What was counted in some seconds.
async fn count(page: &Page, seconds: u64) -> [f64; 3] {
    page.value("Object.assign(window.zablabCount, { frames: 0, timers: 0, steps: 0 })")
        .await;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let counted = page.value("window.zablabCount").await;
    ["frames", "timers", "steps"].map(|key| number(&counted, key))
}

#[test]
fn the_page_wakes_for_steps_and_rests_when_paused_or_out_of_sight() {
    in_browser(async |site, browser| {
        let page = browser.open(&site.page(), "", "", &View::default()).await;
        page.value(COUNT).await;
        page.press("transport", "play").await;
        page.wait_until(PLAYING).await;
        let [frames, timers, steps] = count(&page, 3).await;
        assert!(steps >= 5.0, "{steps} steps");
        assert!(frames <= 3.0 * steps + 5.0, "{frames} frames");
        assert!(timers <= 2.0 * steps + 5.0, "{timers} timers");
        // Out of sight: a page that is scrolled away.
        page.value("document.querySelector('.app').classList.add('zablab-away')")
            .await;
        page.value(AWAY).await;
        page.wait_until(&format!("{RUNNING} === 0")).await;
        let [frames, timers, steps] = count(&page, 2).await;
        assert_eq!([frames, timers, steps], [0.0; 3], "out of sight");
        assert_eq!(page.root("data-playback").await.as_deref(), Some("playing"));
        page.value("document.adoptedStyleSheets = []").await;
        let here = step(&page).await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) > {here}"
        ))
        .await;
        page.press("transport", "play").await;
        page.wait_until(PAUSED).await;
        let [frames, timers, steps] = count(&page, 5).await;
        assert_eq!([frames, timers, steps], [0.0; 3], "paused");
        page.assert_console_clean().await;
    });
}

/// Moves the page out of the window, as scrolling the page around it does.
const AWAY: &str = "(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.zablab-away { position: fixed; top: 5000px }');
    document.adoptedStyleSheets = [sheet];
    return true;
})()";

#[test]
fn whoever_wants_no_motion_gets_none() {
    in_browser(async |site, browser| {
        let view = View {
            reduced_motion: true,
            ..View::default()
        };
        let page = browser.open(&site.page(), "", "", &view).await;
        page.press("transport", "play").await;
        let here = step(&page).await;
        page.wait_until(&format!(
            "Number(document.documentElement.dataset.step) > {here} + 10"
        ))
        .await;
        assert_eq!(page.value(RUNNING).await, 0);
        assert_eq!(page.count("[style]").await, 0);
        page.assert_console_clean().await;
    });
}
