//! What each size of window shows: everything at once on a desk, no scrolling inside a frame, fingers
//! on a phone.

use zablab_tests::browser::{Page, View, in_browser};

/// Scenarios whose bench is full, and a moment at which it is.
const MOMENTS: [(&str, &str); 4] = [
    ("happy-path", "at=beat:in-flight"),
    ("leader-power-loss", "at=beat:power-loss"),
    ("late-followers", "at=beat:diff"),
    ("minority-partition", "at=beat:two-sides"),
];

/// The parts of the cockpit that are not wholly inside the window.
const OUTSIDE: &str = "(() => {
    const parts = {
        bench: '.bench', caption: '.caption', 'space-time': '.time, [data-kind=space-time]', events: '.events',
        'disk pane': '[data-kind=tab][data-id=disk]', panel: '.side .pane', transport: '.transport', lamps: '.lamps',
    };
    return Object.entries(parts).filter(([, css]) => {
        const part = document.querySelector(css);
        if (!part) return true;
        const box = part.getBoundingClientRect();
        return box.width < 20 || box.height < 14 || box.left < -1 || box.top < -1
            || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
    }).map(([name]) => name).join(', ');
})()";

/// Pixels by which the page is higher than the window.
const HIGHER: &str = "document.documentElement.scrollHeight - innerHeight";

/// Places that scroll and hold more than they show.
const SCROLLING: &str = "[...document.querySelectorAll('body *')].filter(e => {
    const style = getComputedStyle(e);
    const scrolls = (overflow, more) => (overflow === 'auto' || overflow === 'scroll') && more > 1;
    return e.getClientRects().length > 0 && e.tagName !== 'TEXTAREA'
        && (scrolls(style.overflowY, e.scrollHeight - e.clientHeight) || scrolls(style.overflowX, e.scrollWidth - e.clientWidth));
}).map(e => `${e.tagName}.${e.className} ${e.scrollWidth - e.clientWidth} ${e.scrollHeight - e.clientHeight}`).join('; ')";

/// Controls that a finger would miss: lower or narrower than 44 pixels. Marks of a drawing may be as
/// small as 24: what they lead to is reached from the panels as well.
const SMALL: &str = "[...document.querySelectorAll('button, input, select, textarea, a[href], summary, [role=button]')].filter(e => {
    if (e.getClientRects().length === 0 || getComputedStyle(e).visibility === 'hidden') return false;
    const box = e.getBoundingClientRect();
    const seen = box.right > 0 && box.left < innerWidth && box.width > 2;
    const least = e.closest('.bench, .time') ? 23.5 : 43.5;
    return seen && (box.width < least || box.height < least);
}).map(e => {
    const box = e.getBoundingClientRect();
    return `${e.dataset.kind || e.tagName} ${e.dataset.id || e.className}: ${Math.round(box.width)}x${Math.round(box.height)}`;
}).join('; ')";

async fn assert_none(page: &Page, what: &str, expression: &str, where_: &str) {
    assert_eq!(page.value(expression).await, "", "{where_}: {what}");
}

#[test]
fn a_desk_shows_everything_at_once() {
    in_browser(async |site, browser| {
        for (scenario, at) in MOMENTS {
            for lang in ["en", "zh-CN"] {
                let view = View::sized(1440, 900).lang(lang);
                let query = format!("s={scenario}");
                let page = browser.open(&site.page(), &query, at, &view).await;
                let where_ = format!("{scenario} {lang}");
                assert_eq!(page.value(HIGHER).await, 0, "{where_}: the page scrolls");
                assert_none(&page, "outside of the window", OUTSIDE, &where_).await;
            }
        }
    });
}

#[test]
fn in_a_frame_nothing_scrolls_inside() {
    in_browser(async |site, browser| {
        for (scenario, at) in MOMENTS {
            for lang in ["en", "zh-CN"] {
                let view = View::sized(800, 500).lang(lang);
                let query = format!("s={scenario}&ui=embed");
                let page = browser.open(&site.page(), &query, at, &view).await;
                let where_ = format!("{scenario} {lang}");
                assert_eq!(page.value(HIGHER).await, 0, "{where_}: the page scrolls");
                assert_none(&page, "scrolls", SCROLLING, &where_).await;
            }
        }
    });
}

#[test]
fn on_a_phone_every_control_is_as_large_as_a_finger() {
    in_browser(async |site, browser| {
        for (scenario, at) in MOMENTS {
            for lang in ["en", "zh-CN"] {
                let view = View::sized(390, 844).lang(lang);
                let query = format!("s={scenario}");
                let page = browser.open(&site.page(), &query, at, &view).await;
                let where_ = format!("{scenario} {lang}");
                let wider = "document.documentElement.scrollWidth - innerWidth";
                assert_eq!(
                    page.value(wider).await,
                    0,
                    "{where_}: wider than the window"
                );
                assert_none(&page, "small", SMALL, &where_).await;
            }
        }
    });
}

/// Cells of the bench that reach out of their column.
const BEYOND: &str = "(() => {
    const edge = document.querySelector('.leftcol').getBoundingClientRect().right;
    return [...document.querySelectorAll('.bench .disk, .bench .lcell, .bfoot')]
        .filter(e => e.getBoundingClientRect().right > edge + 1).map(e => e.className).join('; ');
})()";

#[test]
fn on_a_laptop_the_bench_stays_in_its_column() {
    in_browser(async |site, browser| {
        for (width, height) in [
            (1280, 720),
            (1366, 768),
            (1423, 800),
            (1424, 800),
            (1536, 864),
        ] {
            let view = View::sized(width, height);
            let query = "s=leader-power-loss";
            let page = browser.open(&site.page(), query, MOMENTS[1].1, &view).await;
            let where_ = format!("{width}x{height}");
            assert_none(&page, "beyond the column", BEYOND, &where_).await;
            assert_none(&page, "outside of the window", OUTSIDE, &where_).await;
        }
    });
}

#[test]
fn for_a_projector_the_same_page_is_drawn_larger() {
    in_browser(async |site, browser| {
        let view = View::sized(1920, 1080);
        let query = "s=leader-power-loss&density=projector";
        let page = browser.open(&site.page(), query, MOMENTS[1].1, &view).await;
        let inside = "document.querySelector('iframe.projector').contentWindow";
        assert_eq!(page.value(&format!("{inside}.innerWidth")).await, 1371);
        let told = "document.documentElement.dataset";
        assert_eq!(page.value(&format!("{told}.ready")).await, "true");
        page.value(&format!(
            "void {inside}.document.querySelector('[data-kind=transport][data-id=forward]').click()"
        ))
        .await;
        let step = format!(
            "{told}.step === {inside}.document.documentElement.dataset.step && {told}.step > 217"
        );
        page.wait_until(&step).await;
        assert_eq!(page.value(HIGHER).await, 0, "the page scrolls");
        assert_eq!(page.console().await, Vec::<String>::new());
    });
}
