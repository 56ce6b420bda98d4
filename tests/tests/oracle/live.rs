//! A real server, backed up while it is written to, and a real server on what is restored.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::datadirs::scratch;
use super::program::{differences, zablab};

/// The server and its writer.
struct Live {
    process: Child,
    says: BufReader<ChildStdout>,
}

impl Live {
    fn start(home: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/live.py");
        let mut process = Command::new("python3")
            .arg(script)
            .arg(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is here");
        let says = BufReader::new(process.stdout.take().expect("it was asked for"));
        let mut live = Self { process, says };
        assert_eq!(live.line().trim(), "ready");
        live
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).expect("it answers");
        line
    }

    fn ask(&mut self, what: &str) -> Value {
        let asked = self.process.stdin.as_mut().expect("it listens");
        writeln!(asked, "{what}").expect("it listens");
        serde_json::from_str(&self.line()).expect("it answers in JSON")
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn backup(options: &[&str]) -> Value {
    zablab("backup", &[], options).expect("an answer")
}

fn zxid(text: &Value) -> i64 {
    let text = text.as_str().expect("a zxid is a text");
    i64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a zxid has digits")
}

#[test]
fn a_living_server_is_backed_up_and_restored_to_a_chosen_zxid() {
    let room = scratch("live");
    let (home, vault) = (room.join("home"), room.join("vault"));
    fs::create_dir_all(home.join("version-2")).expect("a folder of the test");
    let (from, to) = (home.display().to_string(), vault.display().to_string());
    let mut live = Live::start(&home);
    let mut wrote = 0;
    let mut took = |live: &mut Live, verb: &str, rate: &[&str]| {
        let options = [&[verb, "--from", &from, "--to", &to], rate].concat();
        let answer = backup(&options);
        assert_eq!(answer["whole"], true, "{answer}");
        let count = live.ask("count")["count"].as_i64().expect("a number");
        assert!(count > wrote, "nothing was written meanwhile");
        wrote = count;
        std::thread::sleep(Duration::from_millis(300));
        answer
    };
    let full = took(&mut live, "full", &["--rate", "200K"]);
    assert!(full["backup"]["snapshot"]["zxid"] != "0x0", "{full}");
    let first = took(&mut live, "incremental", &["--rate", "200K"]);
    let mark = live.ask("mark");
    let last = took(&mut live, "incremental", &[]);
    assert_eq!(first["backup"]["parent"], full["backup"]["id"]);
    assert_eq!(last["backup"]["parent"], first["backup"]["id"]);
    assert!(zxid(&first["zxid"]) < zxid(&mark["zxid"]));
    assert!(zxid(&mark["zxid"]) < zxid(&last["zxid"]));

    let verdict = backup(&["verify", "--vault", &to]);
    for judged in verdict["backups"].as_array().expect("three") {
        assert_eq!(judged["restorable"], true, "{judged}");
    }
    let (restored, until) = (
        room.join("restored"),
        mark["zxid"].as_str().expect("a text"),
    );
    let target = restored.display().to_string();
    let answer = backup(&["restore", "--vault", &to, "--to", &target, "--until", until]);
    assert_eq!(
        (&answer["restored"], &answer["zxid"]),
        (&true.into(), &mark["zxid"])
    );

    let theirs = super::verify(&[restored], &[]).expect("a real server is asked");
    assert_eq!(theirs["started"], true, "{theirs}");
    assert_eq!(theirs["digestMismatches"], 0);
    assert_eq!(zxid(&theirs["zxid"]), zxid(&mark["zxid"]));
    assert_eq!(differences(&mark["tree"], &theirs["tree"]), [""; 0]);
}
