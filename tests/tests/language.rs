//! The script language: every form is read, printed and read again; garbage is refused with a place.

use zablab_core::base::Dice;
use zablab_core::base::rng::Subject;
use zablab_core::scenario::error::{Problem, ScriptError};
use zablab_core::scenario::parser::{COMMANDS_MAX, SCRIPT_BYTES_MAX, parse, parse_bytes};
use zablab_core::scenario::print;

/// Every verb, every option and every claim at least once.
const EVERYTHING: &str = r#"zablab 1
# A comment, and then the ensemble.
ensemble servers=5 observers=2 seed=0x2a profile=3.8.0 tick=2s init-limit=5 sync-limit=2 snap-count=100 commit-log=50 latency=1ms..2500us fsync=3ms force-sync=no pre-alloc=64M db-autocreate=no counter-max=20 clock=2024-02-29T23:59:59.007Z off=fsync-before-ack on=refuse-gap,epoch-after-log groups=1,2,3/4,5 weights=5:0,1:2
load "some dir" server=2 sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
client a server=2 timeout=10s
client b
a create /p "data" ephemeral sequential
a create /c container
a create /p ephemeral stat
a create /p "x" stat
a create "/with blank" hex:00ff ttl=60s sequential acl=world:anyone:r,digest:u:aGk=:cdrwa
a create /nobody acl=none
a set /p "x\n\"\\\u{1f600}" version=3
a set /p
a delete /p version=0
a get /p
a get /p watch
a ls /p
a exists /p
a sync /p
a check /p version=-2
a multi {
  create /m "1"   # one operation a line

  check /p version=2
  set /p ""
  delete /q
  acl /p world:anyone:
}
a acl /p world:anyone:r version=1
a watch /p recursive
a recipe lock /lock
a stop
a recipe lock /lock hold=5s
a recipe queue /q produce=3
a recipe queue /q consume
a recipe queue /q consume=2
b recipe config "/with blank"
b recipe election /e
b recipe barrier /b size=3
b recipe barrier /b size=3 hold=1500ms
b recipe group /g
store fencing=yes
store fencing=no
pause a
resume a
crash 2 power
crash 2 process
crash 2 power at=after-fsync zxid=1.7
crash 2 process at=during-sync
restart 2
pause 2
resume 2
cut 1 a
partition 1,2,a 3,4,5
heal
heal 1 2
slow 1 2 200ms
lose 1 3 proposal 1.7
lose a 3 request
lose 1 3 commit nth=2
late 1 3 commit 0x100000007 200ms
late 3 a reply 1ms nth=3
disk 2 full
disk 2 ok
disk 2 lying
disk 2 slow=10x
disk 2 tear
disk 2 initialize
disk 2 flip file=log.1 offset=40 bit=0
disk 2 delete file=snapshot.0
clock 2 +1h
clock 2 -1500ms
snapshot 2
purge 2 retain=3
purge 2
wipe 2
backup full from=2 as=b1 order=snapshot-first
backup full from=2 as=b0 order=log-first rate=8K
backup incremental from=2 parent=b1 as=b2
backup cold from=2 as=b3
backup hot from=2 as=b4
backup cold from=2 as=b5
backup verify b1
backup ship from=3 parent=b1 as=s every=5s
backup verify s-2
backup stop s
backup resume b2
backup policy from=2 full=1h incremental=5m keep=3 age=24h as=daily rate=1M
backup policy off
backup verify daily-7
vault cut
vault heal
vault capacity=64K
vault capacity=ok
vault flip b1 file=log.100000001 offset=40 bit=7
vault delete b2
restore b1 to=1,2,3 until=1.60 sessions=drop epoch=7
restore b1 to=1,2,3 before=2026-01-01T00:00:09.500Z
expect backup b1 whole
expect not verified b1
expect verified b1 1.60
expect declared none
expect declared 1.7
expect rpo 14
expect rto 10s
restore b1 to=1,2,3 until=1.60
copy b1 to=2
admin-restore b1 to=2
run 500ms
run 1.5m
step 3
step
at 1.256s
at 1.256004s+2
until leader within=60s
until leader 2 within=1s
until committed 1.7
until committed /p
until applied /p on=2
until applied 1.7 on=all
until reply a
until crash 2
until synced 3
until not quiet within=500ms
expect leader 3
expect leader none
expect role 2 following
expect role 7 observing
expect role 2 down
expect data /p "x" on=2
expect data /p null
expect not data /p hex:ff on=1,2,3
expect absent /p
expect not committed /p
expect lost none
expect lost 1.7
expect not lost /p
expect lamp I1 green
expect not lamp I6 red
expect property S9 true
expect property L6 false
expect sync 3 DIFF
expect file 2 log.100000001 durable=640 pending=64K
expect file 2 snapshot.0
expect equal 1,2,3
expect reply a OK
expect reply a NODEEXISTS path=/p data="x"
expect reply a unknown
expect reply a pending
expect reply a OK czxid=1.3
expect recipe a holding
expect not recipe a lost
expect recipe b watching count=2 data="x"
expect recipe b count=0
until recipe a done within=5s
expect store accepted=3 refused=1
expect store by=a accepted=2
expect store in-order no
expect epoch 2 accepted=3 current=3
expect started 2 no
beat the-crash
note "what we see: \"nothing\""
a drop
a close
"#;

#[test]
fn every_form_is_printed_and_read_again() {
    let read = parse(EVERYTHING).expect("it is valid");
    let printed = print::program(&read);
    let again = parse(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
    assert_eq!(again, read);
    assert_eq!(print::program(&again), printed);
}

#[test]
fn a_server_alone_has_no_ensemble_around_it() {
    let alone = "zablab 1\nensemble servers=1 standalone=yes seed=7\n";
    let read = parse(alone).expect("it is valid");
    assert!(read.config().standalone);
    assert_eq!(print::program(&read), alone);
    let error = parse("ensemble servers=3 standalone=yes").expect_err("three are not alone");
    assert!(error.to_string().contains("standalone=yes with servers=1"));
}

#[test]
fn lines_keep_their_place() {
    let read =
        parse("zablab 1\n\n  # nothing\nclient a\na multi {\n}\n  run 1s").expect("it is valid");
    let places: Vec<(u32, u32)> = read
        .lines
        .iter()
        .map(|l| (l.at.line, l.at.column))
        .collect();
    assert_eq!(places, [(4, 1), (5, 1), (7, 3)]);
}

/// Bad scripts, the place of the error, and a part of its message.
const BAD: &[(&str, (u32, u32), &str)] = &[
    ("crahs 2 power", (1, 1), "did you mean \"crash\"?"),
    ("crash 2 powr", (1, 9), "did you mean \"power\"?"),
    (
        "crash 2",
        (1, 8),
        "expected power or process, found the end of the line",
    ),
    (
        "crash 4 power",
        (1, 7),
        "a server id must be from 1 to 3, not 4",
    ),
    (
        "crash two power",
        (1, 7),
        "expected a server id, a whole number",
    ),
    (
        "crash 2 power at=after-fsnyc",
        (1, 18),
        "did you mean \"after-fsync\"?",
    ),
    (
        "ensemble servers=10000",
        (1, 18),
        "the number of servers must be from 1 to 9",
    ),
    (
        "ensemble servers=99999999999999999999999",
        (1, 18),
        "from 1 to 9",
    ),
    ("ensemble sevrers=3", (1, 10), "did you mean \"servers\"?"),
    (
        "ensemble servers=3 servers=5",
        (1, 20),
        "the same key stands twice",
    ),
    ("ensemble observers=5", (1, 20), "from 0 to 4"),
    (
        "ensemble off=fsync-before-akc",
        (1, 14),
        "did you mean \"fsync-before-ack\"?",
    ),
    ("run 1s\nensemble servers=3", (2, 1), "must be the first"),
    ("run 1s\nzablab 1", (2, 1), "must be the first line"),
    ("zablab 2", (1, 8), "rules version"),
    ("run", (1, 4), "a duration"),
    ("run 5", (1, 5), "a duration"),
    ("run -5s", (1, 5), "a duration"),
    ("run 1s 2s", (1, 8), "the end of the line"),
    ("run 1s within=3s", (1, 8), "no key=value here"),
    ("a create /p", (1, 1), "declare it with client NAME"),
    ("client crash", (1, 8), "that is not a verb"),
    ("client 1a", (1, 8), "a name for the client of letters"),
    ("client a\nclient a", (2, 8), "no other client"),
    ("client a\na creat /p", (2, 3), "did you mean \"create\"?"),
    ("client a\na create p", (2, 10), "a path like /p"),
    ("client a\na create /p x", (2, 13), "data in double quotes"),
    ("client a\na create /p \"x", (2, 13), "a closing quote"),
    (
        "client a\na create /p container ephemeral",
        (2, 32),
        "flags that go together",
    ),
    (
        "client a\na multi {\n  get /p\n}",
        (3, 3),
        "an operation of the multi",
    ),
    (
        "client a\na multi {\n  set /p",
        (2, 10),
        "} that ends this multi",
    ),
    ("client a\nlose a 1 proposal", (2, 10), "a kind of packet"),
    ("lose 1 1 proposal", (1, 8), "two different ends"),
    ("lose 1 2 propsal", (1, 10), "did you mean \"proposal\"?"),
    ("partition 1,2 2,3", (1, 15), "each end in one group"),
    ("expect leadr 3", (1, 8), "did you mean \"leader\"?"),
    ("expect reply b", (1, 14), "expected a client, found \"b\""),
    ("expect lamp I7 green", (1, 13), "a lamp"),
    ("expect property S21 true", (1, 17), "S1 to S20"),
    ("expect committed 1", (1, 18), "a zxid like 1.7"),
    ("expect equal 1", (1, 14), "at least two servers"),
    ("restore b to=1", (1, 9), "a backup"),
    (
        "client a\na recipe lok /l",
        (2, 10),
        "did you mean \"lock\"?",
    ),
    ("client a\na recipe barrier /b", (2, 20), "size=..."),
    ("client a\na recipe queue /q", (2, 18), "produce=3"),
    (
        "client a\na recipe lock /l size=3",
        (2, 18),
        "one of the keys hold",
    ),
    (
        "client a\nexpect recipe a holdng",
        (2, 17),
        "did you mean \"holding\"?",
    ),
    (
        "client a\nexpect recipe a",
        (2, 16),
        "a state, like holding",
    ),
    ("expect store", (1, 13), "in-order"),
    ("store fencing=maybe", (1, 15), "yes or no"),
    ("pause b", (1, 7), "a server id or a client"),
    ("client store", (1, 8), "that is not a verb"),
    (
        "disk 2 flip file=log.1 offset=1 bit=8",
        (1, 37),
        "a bit must be from 0 to 7",
    ),
    ("step 1000001", (1, 6), "from 1 to 1000000"),
    ("\"run\" 1s", (1, 1), "a verb or a client"),
    ("run=1s", (1, 1), "a verb or a client"),
];

#[test]
fn errors_name_the_place_and_what_was_expected() {
    for (text, place, message) in BAD {
        let ScriptError { at, problem } = parse(text).expect_err(text);
        assert_eq!((at.line, at.column), *place, "{text:?}: {problem}");
        assert!(problem.to_string().contains(message), "{text:?}: {problem}");
    }
}

#[test]
fn limits_are_errors_with_a_clear_text() {
    let long = "#".repeat(SCRIPT_BYTES_MAX + 1);
    let e = parse(&long).expect_err("it is refused");
    assert_eq!(
        e.to_string(),
        "1:1: limit reached: at most 65536 bytes in a script"
    );
    let many = "step\n".repeat(COMMANDS_MAX + 1);
    let e = parse(&many).expect_err("it is refused");
    assert_eq!(
        e.to_string(),
        "2001:1: limit reached: at most 2000 commands in a script"
    );
    assert!(parse(&"step\n".repeat(COMMANDS_MAX)).is_ok());
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let e = parse_bytes(b"run 1s\nrun \xff").expect_err("it is refused");
    assert_eq!((e.at.line, e.at.column), (2, 5));
    assert!(matches!(e.problem, Problem::Expected { .. }));
}

#[test]
fn random_bytes_never_panic() {
    let mut dice = Dice::new(1, Subject::Generator);
    for _ in 0..20_000 {
        let len = dice.below(60);
        let bytes: Vec<u8> = (0..len).map(|_| dice.below(256) as u8).collect();
        let _ = parse_bytes(&bytes);
    }
    let megabyte: Vec<u8> = (0..1 << 20).map(|_| dice.below(256) as u8).collect();
    assert!(parse_bytes(&megabyte).is_err());
    let letters = "a".repeat(SCRIPT_BYTES_MAX);
    assert!(parse(&letters).is_err());
}

#[test]
fn mutated_scripts_never_panic_and_those_that_are_read_print_back() {
    let mut dice = Dice::new(2, Subject::Generator);
    let lines: Vec<&str> = EVERYTHING.lines().collect();
    let mut read = 0;
    for _ in 0..30_000 {
        let text = mutated(&lines, &mut dice);
        let Ok(program) = parse(&text) else { continue };
        read += 1;
        let printed = print::program(&program);
        let again = parse(&printed).unwrap_or_else(|e| panic!("{e}\n{text}\n=>\n{printed}"));
        assert_eq!(again, program, "{text}\n=>\n{printed}");
    }
    assert!(read > 1_000, "only {read} mutants were still scripts");
}

/// A few declarations and two lines, one of them with one or two characters changed.
fn mutated(lines: &[&str], dice: &mut Dice) -> String {
    let ensemble = if dice.chance(1, 2) { lines[2] } else { "" };
    let mut text = format!("{ensemble}\nclient a\nbackup full from=1 as=b1\n");
    text.push_str(dice.pick::<&str>(lines));
    let mut line: Vec<char> = dice.pick::<&str>(lines).chars().collect();
    for _ in 0..dice.between(1, 2) {
        let at = dice.below(line.len() as u64 + 1) as usize;
        let c = *dice.pick(&[
            'a', '/', '"', '=', '#', ' ', '0', '9', '.', ',', '-', '\\', 'é', ':',
        ]);
        match dice.below(3) {
            0 => line.insert(at, c),
            _ if at == line.len() => line.push(c),
            1 => line[at] = c,
            _ => {
                line.remove(at);
            }
        }
    }
    text.push('\n');
    text.extend(line);
    text
}
