//! Lines entered at the prompt of a client, and what it prints then.

use super::*;

const A: ClientId = ClientId(0);

fn enter(lab: &mut Lab, line: &str) {
    let client = lab.console().client.expect("there is a client");
    lab.dispatch(Action::Enter(client, line.to_owned()));
}

/// Lets the run play until the console has nothing to wait for.
fn wait(lab: &mut Lab) {
    for _ in 0..20_000 {
        if !lab.advance(100_000) {
            return;
        }
    }
    panic!("no answer: {:#?}", texts(lab));
}

/// Enters a line and hands back what was printed for it.
fn answered(lab: &mut Lab, line: &str) -> Vec<String> {
    let before = next_number(lab);
    enter(lab, line);
    wait(lab);
    let lines = lab.console().lines;
    let new = lines.iter().filter(|line| line.number > before);
    new.map(|line| line.text.en.clone()).collect()
}

fn next_number(lab: &Lab) -> u64 {
    let lines = lab.console().lines;
    lines.last().map_or(0, |line| line.number + 1)
}

fn texts(lab: &Lab) -> Vec<String> {
    let lines = lab.console().lines;
    lines.iter().map(|line| line.text.en.clone()).collect()
}

fn last(lab: &Lab) -> ConsoleLine {
    let lines = lab.console().lines;
    lines.last().expect("something is printed").clone()
}

#[test]
fn a_node_is_created_read_and_listed() {
    let mut lab = at_end(SCRIPT);
    assert_eq!(lab.console().prompt, "[zk: s1(CONNECTED) 0] ");
    assert_eq!(answered(&mut lab, "create /y two"), ["Created /y"]);
    assert!(!lab.is_playing(), "the run stands still again");
    assert_eq!(answered(&mut lab, "get /y"), ["two"]);
    assert_eq!(answered(&mut lab, "ls /"), ["[x, y, zookeeper]"]);
    assert_eq!(lab.console().prompt, "[zk: s1(CONNECTED) 3] ");
    assert_eq!(lab.console().history, ["create /y two", "get /y", "ls /"]);
    let script = lab.script();
    assert!(script.contains("a create /y \"two\""), "{script}");
    let mut again = at_end(&script);
    assert_eq!(again.frame().digest, lab.frame().digest);
    assert_eq!(answered(&mut again, "get /y"), ["two"]);
}

#[test]
fn a_line_is_one_edit() {
    let mut lab = at_end(SCRIPT);
    for node in ["/y", "/y/1", "/y/2", "/y/2/3"] {
        answered(&mut lab, &format!("create {node}"));
    }
    let before = lab.frame();
    assert_eq!(answered(&mut lab, "deleteall /y"), Vec::<String>::new());
    assert_eq!(answered(&mut lab, "ls /"), ["[x, zookeeper]"]);
    let asked = lab.script();
    let asked = asked.lines().filter(|line| line.starts_with("a "));
    assert!(asked.count() > 8, "it asks more than once");
    lab.dispatch(Action::Undo);
    lab.dispatch(Action::Undo);
    assert_eq!(*lab.frame(), *before);
    assert_eq!(
        answered(&mut lab, "ls -R /y").last().map(String::as_str),
        Some("/y/2/3")
    );
}

#[test]
fn bad_input_is_refused_in_the_words_of_the_real_tool() {
    let mut lab = at_end(SCRIPT);
    for (line, said) in [
        ("create /x", "Node already exists: /x"),
        ("get /none", "Node does not exist: /none"),
        ("delete -v 7 /x", "version No is not valid : /x"),
    ] {
        assert_eq!(answered(&mut lab, line), [said]);
        assert_eq!(last(&lab).kind, LineKind::Refused, "{line}");
    }
    let at = lab.frame().step;
    enter(&mut lab, "lss /x");
    let lines = lab.console().lines;
    let [.., refused, advice] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(refused.text.en, "Command not found: Command not found lss");
    assert_eq!(refused.kind, LineKind::Refused);
    assert_eq!(advice.text.zh, "想输入的是 ls 吗？");
    assert_eq!(advice.instead.as_deref(), Some("ls /x"));
    assert_eq!(lab.frame().step, at, "nothing happened");
    assert!(!lab.is_playing());
}

#[test]
fn a_broken_connection_is_told_and_the_command_ends() {
    let mut lab = at_end(SCRIPT);
    enter(&mut lab, "create /y");
    for server in 1..=3 {
        lab.dispatch(Action::Perform(Command::Crash {
            server: ServerId(server),
            kind: CrashKind::Process,
        }));
    }
    for _ in 0..200 {
        lab.advance(100_000);
    }
    let said = texts(&lab);
    assert!(
        said.iter()
            .any(|line| line.contains("ConnectionLoss for /y")),
        "{said:#?}"
    );
    let heard = "WatchedEvent state:Disconnected type:None path:null";
    assert!(said.iter().any(|line| line == heard), "{said:#?}");
    assert!(!lab.console().busy);
}

#[test]
fn a_closed_session_is_told_and_connect_opens_another() {
    let mut lab = at_end(SCRIPT);
    enter(&mut lab, "close");
    wait(&mut lab);
    assert_eq!(
        last(&lab).text.en,
        "WatchedEvent state:Closed type:None path:null"
    );
    assert_eq!(answered(&mut lab, "ls /"), ["Not connected"]);
    assert_eq!(last(&lab).kind, LineKind::Refused);
    assert_eq!(lab.console().prompt, "[zk: s1(CLOSED) 2] ");
    enter(&mut lab, "connect s3:2181");
    wait(&mut lab);
    assert_eq!(lab.console().prompt, "[zk: s3(CONNECTED) 3] ");
    assert_eq!(answered(&mut lab, "ls /"), ["[x, zookeeper]"]);
}

#[test]
fn going_back_stops_a_command_without_an_answer() {
    let mut lab = at_end(SCRIPT);
    let at = lab.frame().step;
    enter(&mut lab, "create /y");
    assert!(lab.console().busy && lab.is_playing());
    lab.dispatch(Action::Pause);
    lab.dispatch(Action::Seek(at - 1));
    assert!(!lab.console().busy);
    let said = texts(&lab);
    let [.., stopped, place] = &said[..] else {
        panic!("{said:?}");
    };
    assert!(stopped.starts_with("Stopped: "), "{stopped}");
    assert_eq!(
        *place,
        format!("The run is shown at step {} of main.", at - 1)
    );
    lab.dispatch(Action::Seek(u64::MAX));
    play(&mut lab, 60);
    assert!(!texts(&lab).contains(&"Created /y".to_owned()));
}

#[test]
fn a_command_in_the_past_starts_a_branch() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::SeekBeat("elected".to_owned()));
    lab.dispatch(Action::Connect(ServerId(2)));
    wait(&mut lab);
    assert_eq!(lab.transport().branches.len(), 2);
    assert_eq!(answered(&mut lab, "ls /"), ["[zookeeper]"]);
}

#[test]
fn lines_that_are_entered_ahead_wait_for_their_turn() {
    let mut lab = at_end(SCRIPT);
    enter(&mut lab, "create /y");
    enter(&mut lab, "create /y/1");
    enter(&mut lab, "ls /y");
    wait(&mut lab);
    let said = texts(&lab);
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    assert_eq!(
        said,
        [
            "[zk: s1(CONNECTED) 0] create /y",
            "Created /y",
            "[zk: s1(CONNECTED) 1] create /y/1",
            "Created /y/1",
            "[zk: s1(CONNECTED) 2] ls /y",
            "[1]",
        ]
    );
}

#[test]
fn watches_are_heard() {
    let mut lab = at_end(SCRIPT);
    answered(&mut lab, "get -w /x");
    let said = answered(&mut lab, "set /x other");
    assert_eq!(said[..3], ["", "WATCHER::", ""]);
    let event = "WatchedEvent state:SyncConnected type:NodeDataChanged path:/x";
    assert!(said[3].starts_with(event), "{said:?}");
    assert_eq!(said.len(), 4, "the event is heard once");
}

#[test]
fn a_command_that_waits_can_be_given_up() {
    let mut lab = at_end(SCRIPT);
    enter(&mut lab, "create /y");
    lab.dispatch(Action::Interrupt(A));
    assert!(!lab.console().busy && !lab.is_playing());
    assert!(last(&lab).text.en.starts_with("Not waiting any more"));
}

#[test]
fn a_missing_proof_is_refused_and_survives_the_script() {
    let mut lab = at_end(SCRIPT);
    let said = answered(&mut lab, "addauth digest");
    let failed = "WatchedEvent state:AuthFailed type:None path:null";
    assert!(said.iter().any(|line| line == failed), "{said:?}");
    assert_eq!(answered(&mut lab, "ls /"), ["Not connected"]);
    let script = lab.script();
    assert!(script.contains("a auth \"\" \"\""), "{script}");
    at_end(&script);
}

#[test]
fn words_and_paths_are_completed() {
    let lab = at_end(SCRIPT);
    let completed = |before: &str| {
        let found = lab.complete(before);
        (found.before, found.offered)
    };
    let none = Vec::new;
    assert_eq!(completed("cre"), ("create ".to_owned(), none()));
    assert_eq!(completed("ls /zo"), ("ls /zookeeper".to_owned(), none()));
    let many = ["getAcl", "getAllChildrenNumber"].map(str::to_owned);
    assert_eq!(completed("getA"), ("getA".to_owned(), many.to_vec()));
    assert_eq!(completed("nonsense"), ("nonsense".to_owned(), none()));
}

#[test]
fn four_letter_words_are_answered_while_the_run_stands_still() {
    let mut lab = at_end(SCRIPT);
    let at = lab.frame().step;
    assert_eq!(answered(&mut lab, "ruok 2"), ["imok"]);
    assert_eq!(answered(&mut lab, "ruok 9"), ["there is no server 9"]);
    assert_eq!(lab.frame().step, at);
}

#[test]
fn a_console_keeps_so_many_lines() {
    let mut lab = at_end(SCRIPT);
    for _ in 0..30 {
        enter(&mut lab, "nonsense");
    }
    assert_eq!(lab.console().lines.len(), 500);
}
