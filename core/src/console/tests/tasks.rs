//! Tasks against servers that fail on the way, and what a task does with replies it did not ask for.

use super::server::{Client, Server};
use crate::console::{Entered, Next, Run, Shell, Task, parse};
use crate::model::{ErrorCode, Reply, ReplyBody, Request, Zxid};

fn task(line: &str) -> Task {
    let entry = parse(line).expect(line);
    Task::new(entry.command).expect("a command with requests")
}

fn failed(error: ErrorCode) -> Reply {
    Reply {
        zxid: Zxid::ZERO,
        error,
        body: ReplyBody::Empty,
    }
}

fn stocked(lines: &[&str]) -> (Server, Client) {
    let mut server = Server::new();
    let mut client = server.client();
    for line in lines {
        server.enter(&mut client, line);
    }
    (server, client)
}

/// What is printed when the request with that number, counted from 0, meets this error.
fn printed(line: &str, at: usize, error: ErrorCode) -> Vec<String> {
    let (mut server, mut client) = stocked(&[
        "create /t 1",
        "create /t/a 1",
        "create /t/a/x 1",
        "create /t/b 1",
        "create /u 1",
        "create /u/v 1",
        "setquota -n 5 /t",
    ]);
    let (mut task, mut reply, mut asked, mut lines) = (task(line), None, 0, Vec::new());
    loop {
        match task.next(reply.take().as_ref()) {
            Next::Ask(request) => {
                reply = Some(match asked == at {
                    true => failed(error),
                    false => server.ask(&mut client, &request),
                });
                asked += 1;
            }
            Next::Print(more) => lines.extend(more),
            Next::Done => return lines,
        }
    }
}

#[test]
fn a_walk_passes_over_what_has_gone() {
    let whole = printed("ls -R /t", usize::MAX, ErrorCode::Ok);
    assert_eq!(whole, ["/t", "/t/a", "/t/b", "/t/a/x"]);
    // 0 reads the root, 1 lists it, 2 lists /t/a.
    assert_eq!(printed("ls -R /t", 2, ErrorCode::NoNode), whole[..3]);
    assert_eq!(printed("ls -R /t", 1, ErrorCode::NoNode), whole[..1]);
    let gone = printed("ls -R /t", 0, ErrorCode::NoNode);
    assert_eq!(gone, ["Node does not exist: /t"]);
}

#[test]
fn a_walk_ends_at_an_error() {
    let lost = printed("ls -R /t", 2, ErrorCode::ConnectionLoss);
    assert_eq!(lost[3..], ["KeeperErrorCode = ConnectionLoss for /t/a"]);
    assert_eq!(lost.len(), 4);
    let denied = printed("ls -R /t", 1, ErrorCode::NoAuth);
    assert_eq!(denied, ["/t", "Insufficient permission : /t"]);
}

#[test]
fn what_a_walk_cannot_set_is_said_on_one_line() {
    let line = "setAcl -R /t world:anyone:cdrwa";
    let none: [&str; 0] = [];
    assert_eq!(printed(line, usize::MAX, ErrorCode::Ok), none);
    let said = "KeeperErrorCode = NoAuth for /t";
    assert_eq!(printed(line, 1, ErrorCode::NoAuth), [said]);
    // 0 reads /t, 1 sets it, 2 lists it, 3 sets /t/a, 4 sets /t/b, 5 lists /t/a.
    let lost = printed(line, 5, ErrorCode::ConnectionLoss);
    assert_eq!(lost, ["KeeperErrorCode = ConnectionLoss for /t/a"]);
}

#[test]
fn a_delete_of_a_subtree_ends_with_the_first_multi_that_fails() {
    let failure = ["Failed to delete some node(s) in the subtree!"];
    let none: [&str; 0] = [];
    assert_eq!(printed("deleteall /u", usize::MAX, ErrorCode::Ok), none);
    // 0 and 1 list /u and /u/v, 2 deletes.
    assert_eq!(
        printed("deleteall /u", 2, ErrorCode::ConnectionLoss),
        failure
    );
    assert_eq!(printed("deleteall /u -b 1", 2, ErrorCode::NoNode), failure);
    let denied = printed("deleteall /u", 1, ErrorCode::NoAuth);
    assert_eq!(denied, ["Insufficient permission : /u/v"]);
}

#[test]
fn a_batch_has_so_many_deletes() {
    for (batch, sizes) in [
        ("1", &[1, 1, 1][..]),
        ("2", &[2, 1]),
        ("3", &[3]),
        ("0", &[3]),
    ] {
        let (mut server, mut client) = stocked(&["create /t 1", "create /t/a 1", "create /t/b 1"]);
        let mut task = task(&format!("deleteall /t -b {batch}"));
        let (mut found, mut reply) = (Vec::new(), None);
        while let Next::Ask(request) = task.next(reply.take().as_ref()) {
            if let Request::Multi(deletes) = &request {
                found.push(deletes.len());
            }
            reply = Some(server.ask(&mut client, &request));
        }
        assert_eq!(found, sizes, "batches of {batch}");
    }
}

/// Whatever fails, a quota command ends, and says so: but for a node that is gone or there already,
/// as that may be fine.
#[test]
fn a_quota_command_says_what_failed() {
    for line in [
        "setquota -n 5 /u/v",
        "setquota -b 7 /t",
        "delquota -n /t",
        "delquota /t",
        "listquota /t",
    ] {
        let without_error = printed(line, usize::MAX, ErrorCode::Ok);
        let requests = (0..).take_while(|at| {
            let lost = printed(line, *at, ErrorCode::ConnectionLoss);
            lost.iter().any(|said| said.contains("ConnectionLoss")) || lost != without_error
        });
        assert!(requests.count() >= 2, "{line}");
        for at in 0..30 {
            printed(line, at, ErrorCode::NoNode);
            printed(line, at, ErrorCode::NodeExists);
        }
    }
}

#[test]
fn a_task_asks_again_until_it_is_answered() {
    let mut task = task("get /a");
    let asked = task.next(None);
    assert!(matches!(asked, Next::Ask(_)));
    assert_eq!(task.next(None), asked);
    let lost = failed(ErrorCode::ConnectionLoss);
    let said = vec!["KeeperErrorCode = ConnectionLoss for /a".to_owned()];
    assert_eq!(task.next(Some(&lost)), Next::Print(said));
    assert_eq!(task.next(Some(&lost)), Next::Done);
    assert_eq!(task.next(None), Next::Done);
}

#[test]
fn a_reply_of_another_kind_prints_nothing() {
    let strange = failed(ErrorCode::Ok);
    for line in [
        "get -s /a",
        "ls /a",
        "stat /a",
        "getAcl /a",
        "create /a",
        "config",
    ] {
        let mut task = task(line);
        task.next(None);
        assert_eq!(task.next(Some(&strange)), Next::Done, "{line}");
    }
}

#[test]
fn what_is_ours_is_said_apart() {
    let mut shell = Shell::new();
    let entered = shell.enter("lss /", true);
    let last = entered.print.last().expect("the real wording");
    assert_eq!(last, "Command not found: Command not found lss");
    assert_eq!(entered.advice.expect("advice").en, "Did you mean ls?");
    let long = "x".repeat(70_000);
    let refused = shell.enter(&long, true);
    assert!(refused.print.is_empty() && refused.advice.is_some());
    assert_eq!(shell.history(), ["lss /"]);
    let help = shell.enter("help", false);
    assert!(help.advice.expect("advice").en.contains("srvr"));
}

#[test]
fn four_letter_words_need_no_session() {
    let mut shell = Shell::new();
    let run = |entered: Entered| match entered.run {
        Some(Run::FourLetter { word, server }) => Some((word, server.map(|id| id.0))),
        _ => None,
    };
    for (line, expected) in [
        ("srvr", Some(("srvr", None))),
        ("mntr 3", Some(("mntr", Some(3)))),
        ("stat 2", Some(("stat", Some(2)))),
        ("stat", None),
        ("stat /a", None),
        ("ruok 0", None),
        ("ruok 256", None),
        ("ruok x", None),
    ] {
        for alive in [true, false] {
            assert_eq!(run(shell.enter(line, alive)), expected, "{line}");
        }
    }
}

#[test]
fn the_prompt_counts_lines() {
    let mut shell = Shell::new();
    shell.enter("ls /", true);
    shell.enter("   ", true);
    assert_eq!(shell.prompt("s1", "CONNECTED"), "[zk: s1(CONNECTED) 1] ");
}
