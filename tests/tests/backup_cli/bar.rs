//! The progress bar: where somebody looks, and nowhere else.

use std::process::Command;

use super::datadirs::scratch;
use super::program::program;
use super::{data_dir, text, told};

#[test]
fn a_pipe_gets_no_bar_unless_it_is_asked_for() {
    let room = scratch("bar");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let full = ["full", "--from", text(&home), "--to", text(&vault)];
    let quiet = told(&full);
    assert_eq!((quiet.code, &*quiet.err), (0, ""));
    let verify = ["verify", "--vault", text(&vault)];
    assert_eq!(told(&verify).err, "");
    let to = room.join("one");
    let restore = ["restore", "--vault", text(&vault), "--to", text(&to)];
    assert_eq!(told(&restore).err, "");

    let to = room.join("two");
    let restore = ["restore", "--vault", text(&vault), "--to", text(&to)];
    for words in [&full[..], &verify, &restore] {
        let quiet_out = told(&[words, &["--json"]].concat());
        assert_eq!(quiet_out.err, "", "{words:?}");
        if words == restore {
            std::fs::remove_dir_all(&to).expect("ours");
        }
        let done = told(&[words, &["--progress", "--json"]].concat());
        assert_eq!(done.code, 0, "{words:?}: {}", done.err);
        is_bar(&done.err);
        assert!(done.out.starts_with('{') && done.out.lines().count() == 1);
    }
}

/// The last state of a bar says that all is done, and ends its line.
fn is_bar(drawn: &str) {
    let last = drawn.rsplit('\r').next().unwrap_or_default();
    assert!(
        last.starts_with("[########################] 100%"),
        "{drawn:?}"
    );
    assert!(
        last.contains(" MB/s") && last.contains(" 0 s left"),
        "{drawn:?}"
    );
    assert!(drawn.ends_with('\n'), "{drawn:?}");
}

#[test]
fn a_refusal_stands_on_a_line_of_its_own() {
    let room = scratch("bar-refused");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 2);
    let path = home.join("version-2/log.5dd");
    let mut bytes = std::fs::read(&path).expect("there");
    bytes[500_000] ^= 1;
    std::fs::write(&path, bytes).expect("spoiled");
    let full = ["full", "--from", text(&home), "--to", text(&vault)];
    let done = told(&[&full[..], &["--progress"]].concat());
    assert_eq!(done.code, 1);
    assert!(done.out.contains("log.5dd is damaged"), "{}", done.out);
    assert!(done.err.starts_with('\r') && done.err.ends_with('\n'));
    assert!(!done.err.contains("100%"), "{:?}", done.err);
}

/// `script`, of every Debian, gives a program a terminal; where there is none, nobody can look.
#[test]
fn a_terminal_gets_a_bar() {
    let room = scratch("terminal");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let zablab = program().display();
    let line = format!(
        "{zablab} backup full --from {} --to {} >/dev/null",
        home.display(),
        vault.display()
    );
    let known = Command::new("script").arg("--version").output();
    if !known.is_ok_and(|told| told.status.success()) {
        let strict = std::env::var_os("CI").is_some();
        assert!(!strict, "`script` of util-linux is missing");
        eprintln!("SKIPPED: there is no `script` of util-linux");
        return;
    }
    let done = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .output()
        .expect("it was asked for its version");
    assert!(done.status.success());
    is_bar(&String::from_utf8_lossy(&done.stdout).replace("\r\n", "\n"));
}
