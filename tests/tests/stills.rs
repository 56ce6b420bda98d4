//! The stills of the gallery: how long each run is, and where its moments lie.
//!
//! `static/scenarios/stills.txt` is what a reader sees of a scenario before it runs.
//! `ZABLAB_ACCEPT=1 cargo test -p zablab-tests --test stills` writes it anew; its difference is read
//! like code.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use zablab_core::lab::scenarios::SCENARIOS;
use zablab_core::lab::{Lab, MarkKind};

#[test]
fn the_stills_are_those_of_the_runs() {
    let mut found = String::new();
    for scenario in SCENARIOS {
        let lab = Lab::open(Some(scenario.id));
        let (transport, frame) = (lab.transport(), lab.frame());
        let (voters, observers) = (frame.ensemble.voters, frame.ensemble.observers);
        let total = transport.total.max(1);
        write!(found, "{} {voters} {observers} {total}", scenario.id).expect("a string takes all");
        for mark in transport.marks {
            let kind = match mark.kind {
                MarkKind::Beat => 'b',
                MarkKind::Crash => 'c',
                MarkKind::Broken => 'x',
                MarkKind::Bookmark | MarkKind::Flag => continue,
            };
            write!(found, " {kind}{}", mark.step * 1_000 / total).expect("a string takes all");
        }
        found.push('\n');
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/scenarios/stills.txt");
    if std::env::var_os("ZABLAB_ACCEPT").is_some() {
        fs::write(&path, &found).expect("the folder can be written");
        return;
    }
    let kept = fs::read_to_string(&path).expect("the file is there");
    for (found, kept) in found.lines().zip(kept.lines()) {
        assert_eq!(found, kept, "ZABLAB_ACCEPT=1 writes it anew");
    }
    assert_eq!(found.lines().count(), kept.lines().count());
}
