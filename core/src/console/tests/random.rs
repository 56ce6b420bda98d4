//! Random text and random replies: nothing makes the console fail.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::super::verbs::known_words;
use super::super::{Next, Run, Shell, complete, parse};
use crate::model::txn::Data;
use crate::model::{Acl, ErrorCode, Reply, ReplyBody, Stat, Zxid};

const PIECES: [&str; 36] = [
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "'",
    "\"",
    "/",
    "/a",
    "/a/b",
    "/zookeeper/quota",
    "-s",
    "-w",
    "-R",
    "-v",
    "-v5",
    "-n",
    "-b",
    "-c",
    "-e",
    "-t",
    "-m",
    "--",
    "-",
    "-é",
    "=",
    "0",
    "5",
    "-1",
    "1f",
    "99999999999999999999",
    "world:anyone:cdrwa",
    "x:y",
    ",",
    "日本😀",
    "\u{0}\u{a0}\n",
];

/// A line that often gets far: a command and words that commands take.
fn line() -> impl Strategy<Value = String> {
    let command = prop::sample::select(known_words());
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12);
    prop_oneof![
        4 => (command, pieces).prop_map(|(word, rest)| format!("{word} {}", rest.concat())),
        1 => any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = Data> {
    prop_oneof![
        Just("count=5,bytes=-1=;byteHardLimit=-1;countHardLimit=-1"),
        Just("count=x"),
        Just("=,;="),
        Just("server.1=a;;\nversion="),
    ]
    .prop_map(|text| text.as_bytes().into())
}

fn stat() -> impl Strategy<Value = Stat> {
    any::<(i64, i32)>().prop_map(|(long, int)| Stat {
        czxid: Zxid(long),
        ctime: long,
        mtime: long.wrapping_mul(7),
        version: int,
        ephemeral_owner: long,
        ..Stat::default()
    })
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let name = prop::sample::select(&["a", "zookeeper_limits", "zookeeper_stats", ""][..]);
    prop::collection::vec(name.prop_map(str::to_owned), 0..3)
}

fn body() -> impl Strategy<Value = ReplyBody> {
    prop_oneof![
        Just(ReplyBody::Empty),
        stat().prop_map(ReplyBody::Stat),
        (prop::option::of(text()), stat()).prop_map(|(data, stat)| ReplyBody::Data { data, stat }),
        (names(), stat()).prop_map(|(names, stat)| ReplyBody::Children { names, stat }),
        (names(), stat()).prop_map(|(_, stat)| ReplyBody::Acl {
            list: Acl::open(),
            stat
        }),
        names().prop_map(ReplyBody::Paths),
        any::<i32>().prop_map(ReplyBody::Number),
        Just(ReplyBody::Multi(vec![(
            ErrorCode::NoNode,
            ReplyBody::Empty
        )])),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let error = prop_oneof![4 => Just(ErrorCode::Ok), 1 => prop::sample::select(ErrorCode::ALL)];
    (error, body()).prop_map(|(error, body)| Reply {
        zxid: Zxid::ZERO,
        error,
        body,
    })
}

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_000)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_line_makes_the_console_fail(lines in prop::collection::vec(line(), 1..4), alive: bool) {
        let mut shell = Shell::new();
        for line in &lines {
            match parse(line) {
                Ok(_) => {}
                Err(error) => assert!(error.advice().is_some() || !error.lines().is_empty()),
            }
            shell.enter(line, alive);
        }
        prop_assert!(shell.history().len() <= lines.len());
    }

    #[test]
    fn completion_stays_within_the_line(line in line(), cursor in 0..80_usize) {
        let children = |_: &str| vec!["a".to_owned(), "日本".to_owned()];
        let done = complete(&line, cursor, &children);
        prop_assert!(line.is_char_boundary(done.from) && done.from <= line.len());
        prop_assert!(done.candidates.is_sorted());
    }

    #[test]
    fn no_reply_makes_a_task_fail(line in line(), replies in prop::collection::vec(reply(), 0..20)) {
        let mut shell = Shell::new();
        let Some(Run::Task(mut task)) = shell.enter(&line, true).run else {
            return Ok(());
        };
        let mut replies = replies.iter();
        let mut reply = None;
        for _ in 0..60 {
            match task.next(reply.take()) {
                Next::Ask(_) => reply = replies.next(),
                Next::Print(lines) => prop_assert!(!lines.is_empty()),
                Next::Done => break,
            }
        }
    }
}
