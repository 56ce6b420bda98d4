//! Disks of real servers on the page: dropped, judged, run on, taken out; and what is no disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use zablab_core::storage::{Content, RecoverOptions, Recovery, recover};
use zablab_core::view::text::report;
use zablab_tests::browser::{Page, View, in_browser};

use super::{assert_sound, digest, leader, of, open_at, reload, step};

/// A directory of our own, gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("zablab-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a directory of our own");
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("datadirs")
        .join(name)
}

fn unpack(archive: &Path, into: &Path) {
    fs::create_dir_all(into).expect("it can be made");
    let mut tar = Command::new("tar");
    let done = tar.arg("-xzf").arg(archive).arg("-C").arg(into).status();
    assert!(done.expect("tar can be run").success(), "{archive:?}");
}

/// What the command line would make of a `version-2`.
fn judged(version_2: &Path) -> Recovery {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(version_2).expect("a directory") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("it can be read");
        let name = path.file_name().expect("a name").to_string_lossy();
        files.insert(Arc::from(&*name), Content::from(&bytes[..]));
    }
    recover(&files, &RecoverOptions::V3_9_4)
}

fn zxid(recovery: &Recovery) -> String {
    let database = recovery.outcome.as_ref().expect("it starts");
    format!("{:#x}", database.last_zxid.0)
}

/// Drops files and directories of this machine on the page, as a person drags them.
async fn drop_on(page: &Page, paths: &[&Path]) {
    for kind in ["dragEnter", "dragOver", "drop"] {
        page.drag(kind, paths).await;
        if kind == "dragOver" {
            page.wait_until(&format!("{} !== null", of("drop", "veil")))
                .await;
        }
    }
}

async fn wait_judged(page: &Page, disks: usize) {
    let all = format!(
        "document.querySelectorAll('[data-kind=brought][data-state]:not([data-state=\"\"])').length === {disks} \
         && document.querySelector('[data-kind=progress]') === null"
    );
    page.wait_until(&all).await;
}

/// Lets downloads go into a directory, and waits for one of that name.
async fn download(page: &Page, into: &Path, id: &str, name: &str) -> PathBuf {
    let allow = json!({ "behavior": "allow", "downloadPath": into.display().to_string() });
    page.devtools("Browser.setDownloadBehavior", &allow).await;
    page.press("download", id).await;
    let file = into.join(name);
    for _ in 0..600 {
        if file.exists() {
            return file;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{name} was not downloaded");
}

async fn show_files(page: &Page) {
    page.press("tab", "files").await;
    page.wait_until(&format!("{} !== null", of("panel", "files")))
        .await;
}

#[test]
fn a_dropped_directory_is_judged_as_the_command_line_judges_it() {
    in_browser(async |site, browser| {
        let scratch = Scratch::new("drop");
        unpack(&recorded("standalone.tar.gz"), &scratch.0);
        for (size, lang, theme) in [
            ((1440, 900), "en", "light"),
            ((800, 500), "zh-CN", "dark"),
            ((390, 844), "en", "dark"),
        ] {
            let view = View::sized(size.0, size.1).lang(lang).theme(theme);
            let page = browser.open(&site.page(), "", "", &view).await;
            let before = (step(&page).await, digest(&page).await);
            drop_on(&page, &[&scratch.path("trace")]).await;
            wait_judged(&page, 1).await;
            let recovery = judged(&scratch.path("trace/version-2"));
            let card = page.text("[data-kind=brought]").await;
            assert!(
                card.contains(&zxid(&recovery)) && card.contains("snapshot.86"),
                "{card}"
            );
            let lines = page.count("[data-kind=brought] ol > li").await;
            assert_eq!(lines as usize, recovery.report.len());
            if lang == "en" {
                for finding in &recovery.report {
                    assert!(
                        card.contains(&report::finding(finding)),
                        "{finding:?} in {card}"
                    );
                }
            }
            assert_eq!((step(&page).await, digest(&page).await), before);
            assert_sound(&page, &site).await;
            if size.0 == 390 {
                let low = "[...document.querySelectorAll('.files button, .files select')]\
                           .filter(e => e.getBoundingClientRect().height < 44).length";
                assert_eq!(
                    page.value(low).await,
                    0,
                    "a control is too small for a thumb"
                );
            }
        }
    });
}

#[test]
fn three_dropped_disks_run_on_and_one_is_taken_out_again() {
    in_browser(async |site, browser| {
        let scratch = Scratch::new("ensemble");
        unpack(&recorded("ensemble.tar.gz"), &scratch.0);
        let servers = ["s1", "s2", "s3"].map(|server| scratch.path(server));
        let page = open_at(&browser, &site, "", "").await;
        drop_on(&page, &[&servers[0], &servers[1], &servers[2]]).await;
        wait_judged(&page, 3).await;
        page.press("import", "use").await;
        page.wait_until("document.querySelectorAll('[data-kind=server]').length === 3")
            .await;
        let leads = "document.querySelector('[data-kind=server][data-state=leading][data-phase=broadcast]') !== null";
        for _ in 0..200 {
            if page.value(leads).await == true {
                break;
            }
            page.press("transport", "next-notable").await;
            page.wait_until("document.querySelector('[data-kind=progress]') === null")
                .await;
        }
        page.wait_until(leads).await;
        assert!(!leader(&page).await.is_empty());
        assert_sound(&page, &site).await;

        let last = servers.iter().map(|dir| judged(&dir.join("version-2")));
        let last = last
            .map(|recovery| recovery.outcome.expect("it starts").last_zxid)
            .max();
        let last = format!("{:#x}", last.expect("three servers").0);
        page.press("server", "S1").await;
        show_files(&page).await;
        let packed = download(&page, &scratch.0, "disk", "server-1-version-2.tar.gz").await;
        unpack(&packed, &scratch.path("out"));
        assert_eq!(
            fs::read_to_string(scratch.path("out/myid")).expect("it is there"),
            "1\n"
        );
        assert_eq!(zxid(&judged(&scratch.path("out/version-2"))), last);

        // The run comes back over a reload, disks and all.
        let shown = (step(&page).await, digest(&page).await);
        let kept = "(async () => { const cache = await caches.open('zablab'); \
                    window.zablabKept = (await cache.keys()).length; })() && window.zablabKept === 1";
        page.wait_until(kept).await;
        reload(&page).await;
        assert_eq!((step(&page).await, digest(&page).await), shown);

        // A link cannot carry the disks; a run file can.
        page.press("transport", "link").await;
        page.wait_until(&format!("{} !== null", of("notice", "toast")))
            .await;
        page.press("notice", "close").await;
        show_files(&page).await;
        let packed = download(&page, &scratch.0, "run", "zablab-run.tar.gz").await;
        let page = open_at(&browser, &site, "", "").await;
        drop_on(&page, &[&packed]).await;
        page.wait_until("document.querySelectorAll('[data-kind=server]').length === 3")
            .await;
        page.press("tab", "script").await;
        let script = page.value(&format!("{}.value", of("script", "text"))).await;
        let script = script.as_str().unwrap_or_default();
        assert!(script.contains("load disks/2 server=2 sha256="), "{script}");
        page.assert_console_clean().await;
    });
}

#[test]
fn what_is_no_disk_is_told_and_the_run_stays() {
    in_browser(async |site, browser| {
        let scratch = Scratch::new("bad");
        let whole = fs::read(recorded("standalone.tar.gz")).expect("it is there");
        let write = |name: &str, bytes: &[u8]| {
            let path = scratch.path(name);
            fs::write(&path, bytes).expect("it can be written");
            path
        };
        let large = scratch.path("log.1");
        let file = fs::File::create(&large).expect("it can be made");
        file.set_len((1 << 30) + 1).expect("it is sparse");
        let cases = [
            (
                write("picture.png", b"\x89PNG\r\n\x1a\n"),
                "no file of a server",
            ),
            (
                write("cut.tar.gz", &whole[..whole.len() / 2]),
                "cut.tar.gz cannot be unpacked",
            ),
            (
                write("no.tar.gz", b"this is not gzip"),
                "no.tar.gz cannot be unpacked",
            ),
            (write("no.tar", &[b'x'; 2_000]), "no tar header at byte 0"),
            (large, "Too large"),
        ];
        let page = open_at(&browser, &site, "", "").await;
        let before = (step(&page).await, digest(&page).await);
        for (path, says) in cases {
            drop_on(&page, &[&path]).await;
            page.wait_until(&format!(
                "({} || {{textContent: ''}}).textContent.includes({})",
                of("notice", "toast"),
                json!(says)
            ))
            .await;
            assert_eq!((step(&page).await, digest(&page).await), before);
            assert_eq!(page.count("[data-kind=brought]").await, 0);
            page.press("notice", "close").await;
        }
        assert_sound(&page, &site).await;
    });
}

#[test]
fn sixty_megabytes_come_in_while_the_page_answers() {
    in_browser(async |site, browser| {
        let scratch = Scratch::new("large");
        let dir = scratch.path("large/version-2");
        fs::create_dir_all(&dir).expect("it can be made");
        unpack(&recorded("standalone.tar.gz"), &scratch.0);
        let snapshot = scratch.path("trace/version-2/snapshot.0");
        fs::copy(snapshot, dir.join("snapshot.0")).expect("it can be copied");
        fs::write(dir.join("log.1"), log(60 << 20)).expect("it can be written");
        let recovery = judged(&dir);
        let page = open_at(&browser, &site, "", "at=100").await;
        let watch = "(() => {
            const seen = window.zablabSeen = { gap: 0, progress: new Set() };
            let last = performance.now();
            const look = now => {
                seen.gap = Math.max(seen.gap, now - last);
                last = now;
                const bar = document.querySelector('[data-kind=progress] progress');
                if (bar) seen.progress.add(bar.value);
                requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
            return true;
        })()";
        page.value(watch).await;
        drop_on(&page, &[&scratch.path("large")]).await;
        page.wait_until(&format!("{} !== null", of("progress", "work")))
            .await;
        page.keys(",").await;
        page.wait_until("Number(document.documentElement.dataset.step) < 100")
            .await;
        wait_judged(&page, 1).await;
        let seen = page
            .value("({gap: zablabSeen.gap, steps: zablabSeen.progress.size})")
            .await;
        println!(
            "60 MB: longest gap between two frames {} ms, {} places of the bar",
            seen["gap"], seen["steps"]
        );
        assert!(seen["steps"].as_u64() > Some(10), "progress does not move");
        assert!(
            page.text("[data-kind=brought]")
                .await
                .contains(&zxid(&recovery))
        );

        drop_on(&page, &[&scratch.path("large")]).await;
        page.press("progress", "stop").await;
        page.wait_until(&format!("{} === null", of("progress", "work")))
            .await;
        assert_eq!(page.count("[data-kind=brought]").await, 1);
        assert_sound(&page, &site).await;
    });
}

/// A log of about so many bytes: a thousand nodes, each written again and again.
fn log(bytes: usize) -> Vec<u8> {
    const NODES: u64 = 1_000;
    let mut log = b"ZKLG\0\0\0\x02\0\0\0\0\0\0\0\0".to_vec();
    let data = [0x5a; 1_000];
    let mut zxid = 0_u64;
    while log.len() < bytes {
        zxid += 1;
        let path = format!("/node{:06}", (zxid - 1) % NODES);
        let creates = zxid <= NODES;
        let mut record = Vec::new();
        record.extend(0x0100_0000_0000_0001_u64.to_be_bytes());
        record.extend((zxid as u32).to_be_bytes());
        record.extend(zxid.to_be_bytes());
        record.extend((1_795_168_080_000 + zxid).to_be_bytes());
        record.extend(if creates { 1_u32 } else { 5 }.to_be_bytes());
        let mut string = |bytes: &[u8]| {
            record.extend((bytes.len() as u32).to_be_bytes());
            record.extend(bytes);
        };
        string(path.as_bytes());
        string(&data);
        if creates {
            record.extend([0, 0, 0, 1, 0, 0, 0, 31]);
            for word in ["world", "anyone"] {
                record.extend((word.len() as u32).to_be_bytes());
                record.extend(word.as_bytes());
            }
            record.push(0);
            record.extend((zxid as u32).to_be_bytes());
        } else {
            record.extend(((zxid / NODES) as u32).to_be_bytes());
        }
        let (mut a, mut b) = (1_u32, 0_u32);
        for byte in &record {
            a = (a + u32::from(*byte)) % 65_521;
            b = (b + a) % 65_521;
        }
        log.extend(u64::from(b << 16 | a).to_be_bytes());
        log.extend((record.len() as u32).to_be_bytes());
        log.extend(record);
        log.push(b'B');
    }
    log
}
