//! The disk pane: files, records, fields and bytes of the server and of the moment that are shown.

use zablab_core::lab::{Action, Lab, ServerId};
use zablab_core::view::Lang;
use zablab_core::view::disk::FileAsk;
use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, of, open_at, run_script, step};

/// Every way the page is laid out, with a theme and a language each.
const VIEWS: [(u32, u32, &str, &str); 7] = [
    (1440, 900, "light", "en"),
    (1440, 900, "dark", "zh-CN"),
    (1920, 1080, "dark", "en"),
    (800, 500, "dark", "en"),
    (800, 500, "light", "zh-CN"),
    (390, 844, "light", "en"),
    (390, 844, "dark", "zh-CN"),
];

/// JavaScript: the name of the field that is told of in the last line.
const NAMED: &str =
    "(document.querySelector('[data-kind=disk-named]') || {dataset: {}}).dataset.id";

/// JavaScript: names of all fields, in order.
const FIELDS: &str =
    "[...document.querySelectorAll('[data-kind=disk-field]')].map(row => row.dataset.id).join(' ')";

/// JavaScript: something of the panel reaches beyond it.
const CUT: &str = "(() => { const pane = document.querySelector('.diskpane').getBoundingClientRect();
    const low = [...document.querySelectorAll('.diskpane *')].filter(e => e.getClientRects().length > 0)
        .filter(e => { const r = e.getBoundingClientRect(); return r.bottom > pane.bottom + 1 || r.right > pane.right + 1; });
    return low.map(e => e.className + ' ' + e.textContent.slice(0, 20)).join('; '); })()";

async fn meaning(page: &Page, field: &str) -> String {
    page.text(&format!("[data-kind=disk-field][data-id='{field}'] .val"))
        .await
}

/// Moves the mouse over the first element that matches.
async fn hover(page: &Page, css: &str) {
    let over = format!(
        "(e => {{ e.dispatchEvent(new MouseEvent('mouseenter', {{bubbles: false}})); \
         e.dispatchEvent(new MouseEvent('mouseover', {{bubbles: true}})); return true; }})\
         (document.querySelector(\"{css}\"))"
    );
    page.value(&over).await;
}

#[test]
fn the_pane_shows_the_newest_record_of_the_server_in_every_layout() {
    let mut lab = Lab::open(Some("happy-path"));
    lab.dispatch(Action::SeekBeat("end".to_owned()));
    let view = lab.file(ServerId(2), &FileAsk::default());
    let part = view.and_then(|view| view.part).expect("S2 has a log");
    let zxid = part.row.zxid.expect("a record").to_string();
    in_browser(async |site, browser| {
        for (width, height, theme, lang) in VIEWS {
            let view = View::sized(width, height).theme(theme).lang(lang);
            let page = browser
                .open(&site.page(), "s=happy-path", "at=beat:end", &view)
                .await;
            if width < 1280 {
                page.press("tab", "disk").await;
            }
            page.press("disk-server", "S2").await;
            page.wait_until(&format!(
                "{} !== null && document.querySelector('.diskpane .dcap b')?.textContent === '{zxid}'",
                of("disk-record", &part.row.number.to_string())
            ))
            .await;
            let where_ = format!("{width}x{height} {lang}");
            assert_eq!(page.value(CUT).await, "", "{where_}");
            let outlook = page.text("[data-kind=outlook]").await;
            assert!(
                outlook.contains("snapshot.") && outlook.contains(&zxid),
                "{outlook}"
            );
            // A field is told of when it is pointed at, in the table and among the bytes.
            hover(&page, "[data-kind=disk-field][data-id=session]").await;
            page.wait_until(&format!("{NAMED} === 'session'")).await;
            let marked = "document.querySelectorAll('.db.on').length > 0";
            if page.count("[data-kind=disk][data-id=bytes]").await > 0 {
                page.press("disk", "bytes").await;
                hover(&page, "[data-kind=disk-byte][data-id=cxid]").await;
                page.wait_until(&format!("{NAMED} === 'cxid'")).await;
            }
            page.wait_until(marked).await;
            assert_eq!(page.value(CUT).await, "", "{where_}, bytes");
            page.press("disk", "list").await;
            page.wait_until(&format!("{} !== null", of("disk-list", "log.100000001")))
                .await;
            assert_eq!(page.value(CUT).await, "", "{where_}, list");
            assert_sound(&page, &site).await;
        }
    });
}

#[test]
fn fields_and_bytes_are_walked_with_the_keyboard_and_the_run_stands_still() {
    in_browser(async |site, browser| {
        let page = open_at(&browser, &site, "s=happy-path", "at=beat:end").await;
        let at = step(&page).await;
        let fields = page.value(FIELDS).await;
        let names: Vec<&str> = fields.as_str().unwrap_or_default().split(' ').collect();
        assert_eq!(names[..5], ["adler32", "length", "session", "cxid", "zxid"]);
        let (down, up, right, home) = ("\u{e015}", "\u{e013}", "\u{e014}", "\u{e011}");
        for (list, on) in [("grid", down), ("listbox", right)] {
            // Where there is little room, fields and bytes take turns.
            let turn = if list == "grid" { "fields" } else { "bytes" };
            if page
                .count(&format!("[data-kind=disk][data-id={turn}]"))
                .await
                > 0
            {
                page.press("disk", turn).await;
            }
            page.value(&format!(
                "(document.querySelector('.diskpane [role={list}]').focus(), true)"
            ))
            .await;
            page.keys(home).await;
            page.wait_until(&format!("{NAMED} === 'adler32'")).await;
            for _ in 0..4 {
                page.keys(on).await;
            }
            page.wait_until(&format!("{NAMED} === 'zxid'")).await;
            let said = page.text("[data-kind=disk-named]").await;
            assert!(said.contains("e1·"), "{said}");
            page.keys(up).await;
            page.wait_until(&format!("{NAMED} === 'cxid'")).await;
        }
        assert_eq!(
            step(&page).await,
            at,
            "keys of the pane do not move the run"
        );
        // Another record, then the newest one again.
        if page.count("[data-kind=disk][data-id=fields]").await > 0 {
            page.press("disk", "fields").await;
        }
        page.press("disk-turn", "part-back").await;
        page.wait_until(
            "document.querySelector('[data-kind=disk][data-id=newest]').ariaPressed === 'false'",
        )
        .await;
        page.press("disk", "newest").await;
        page.wait_until(&format!("{FIELDS} === '{}'", names.join(" ")))
            .await;
        page.press("disk-file", "snapshot.0").await;
        page.wait_until(&format!("{FIELDS} === 'magic version dbid'"))
            .await;
        // There is room for some files at a time; the others are a page further.
        let there = "[data-kind=disk-file][data-id=currentEpoch]";
        while page.count(there).await == 0 {
            page.press("disk-turn", "files-next").await;
        }
        page.press("disk-file", "currentEpoch").await;
        page.wait_until(&format!("{FIELDS} === 'text'")).await;
        assert_eq!(meaning(&page, "text").await, "1");
        assert_sound(&page, &site).await;
    });
}

#[test]
fn a_flipped_bit_is_seen_in_the_checksum_and_in_what_recovery_would_do() {
    let script = "zablab 1\nensemble servers=3 seed=3\nuntil leader within=5s\n\
                  client a server=1\nrun 200ms\na create /x \"paid\"\nuntil reply a within=2s\nrun 50ms\n";
    in_browser(async |site, browser| {
        for lang in ["en", "zh-CN"] {
            let view = View::default().lang(lang);
            let page = browser.open(&site.page(), "", "", &view).await;
            for (flip, good) in [
                ("", true),
                ("disk 1 flip file=log.100000001 offset=130 bit=0\n", false),
            ] {
                run_script(&page, &format!("{script}{flip}")).await;
                page.press("tab", "disk").await;
                page.press("disk-server", "S1").await;
                page.keys("\u{e010}").await;
                let record = "[data-kind=disk-part][data-id='2']";
                page.click(record).await;
                let state = if good { "ok" } else { "bad" };
                page.wait_until(&format!(
                    "document.querySelector('[data-kind=disk-field][data-id=adler32]').classList.contains('{state}')"
                ))
                .await;
                let said = meaning(&page, "adler32").await;
                let outlook = page.text("[data-kind=outlook]").await;
                let refuses = outlook.contains("refuses") || outlook.contains("拒绝启动");
                assert_eq!(refuses, !good, "{outlook}");
                let (right, wrong) = match Lang::from_tag(lang) {
                    Some(Lang::Zh) => ("校验通过", "不符：算得"),
                    _ => ("matches", "differs: computed"),
                };
                assert!(said.contains(if good { right } else { wrong }), "{said}");
                assert_sound(&page, &site).await;
            }
        }
    });
}
