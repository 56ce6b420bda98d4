//! Four-letter words, asked of the servers of a run.

use std::sync::Arc;

use crate::base::ServerId;
use crate::scenario::{Options, Runner, parse};
use crate::view::status::answer;

#[test]
fn servers_say_what_they_are() {
    let script = "zablab 1
ensemble servers=3 clock=2026-01-01T00:00:00Z
until leader within=10s
until synced 1 within=5s
client a server=1 timeout=4s
a create /e \"x\" ephemeral
a get /e watch
a watch /x recursive
until quiet
crash 2 power
";
    let program = parse(script).expect("the script is correct");
    let mut runner = Runner::new(Arc::new(program), Options::default());
    runner.finish_with(&mut ());
    let world = runner.timeline().world();
    let say = |server, word| answer(world, ServerId(server), word);
    assert_eq!(say(2, "ruok"), ["Connection refused"]);
    assert_eq!(say(1, "ruok"), ["imok"]);
    let srvr = say(1, "srvr").join("|");
    assert!(srvr.contains("Mode: follower|Node count: 6"), "{srvr}");
    assert_eq!(
        say(1, "wchs"),
        ["1 connections watching 2 paths", "Total watches:2"]
    );
    assert_eq!(say(1, "wchp")[0], "/e");
    assert_eq!(say(1, "wchc").len(), 3);
    let dump = say(3, "dump").join("|");
    assert!(
        dump.contains("Session Sets (1)/(1):|1 expire at Thu Jan 01 00:00:0"),
        "{dump}"
    );
    assert!(dump.contains("Sessions with Ephemerals (1):"), "{dump}");
    let mntr = say(3, "mntr");
    assert!(
        mntr.contains(&"zk_server_state\tleader".to_owned()),
        "{mntr:?}"
    );
    assert!(
        mntr.contains(&"zk_synced_followers\t2".to_owned()),
        "{mntr:?}"
    );
    assert_eq!(say(3, "conf")[0], "tickTime=500");
    assert_eq!(say(9, "srvr"), ["there is no server 9"]);
}
