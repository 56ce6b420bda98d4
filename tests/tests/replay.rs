//! Recorded traces of real servers, replayed: not one field may differ.
//!
//! `tests/traces` holds what real 3.8.0 and 3.9.4 servers answered, request by request; its README says
//! how they were recorded and what is compared.
#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};

use zablab_core::protocol::Profile;
use zablab_core::replay::{Trace, play};

fn traces(release: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("traces")
        .join(release);
    let entries = folder.read_dir().expect("the traces are part of the tests");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{release}: only {} traces", files.len());
    files
}

fn differences(release: &str, profile: Profile) -> Vec<String> {
    let mut found = Vec::new();
    for path in traces(release) {
        let text = std::fs::read_to_string(&path).expect("a trace is text");
        let trace = Trace::parse(&text).expect("a trace is well-formed");
        let name = format!(
            "{release}/{}",
            path.file_name().unwrap_or_default().display()
        );
        let outcome = play(&trace, profile).expect("every step is a request");
        assert!(outcome.steps > 0, "{name} has no steps");
        found.extend(outcome.mismatches.iter().map(|m| {
            format!(
                "{name} step {} {}: expected {}, got {}",
                m.step, m.field, m.expected, m.actual
            )
        }));
    }
    found
}

#[test]
fn a_real_3_8_0_answers_like_ours() {
    let found = differences("3.8.0", Profile::V3_8_0);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_real_3_9_4_answers_like_ours() {
    let found = differences("3.9.4", Profile::V3_9_4);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The comparison itself must be able to fail.
#[test]
fn another_release_differs() {
    let path = traces("3.9.4")
        .into_iter()
        .find(|p| p.ends_with("fixed.json"));
    let text = std::fs::read_to_string(path.expect("there is a fixed tour")).expect("it is text");
    let trace = Trace::parse(&text).expect("it is well-formed");
    let outcome = play(&trace, Profile::V3_8_0).expect("every step is a request");
    let fields: Vec<&str> = outcome
        .mismatches
        .iter()
        .map(|m| m.field.as_str())
        .collect();
    assert!(fields.contains(&"events.W1"), "{fields:?}");
    assert!(fields.contains(&"reply.err"), "{fields:?}");
}

#[test]
fn a_step_that_is_no_request_is_refused_with_its_place() {
    let refused = |step: &str| {
        let connect = r#"{"client":"A","op":"connect","args":{},"reply":{}}"#;
        let trace = Trace::parse(&format!(r#"{{"steps":[{connect},{step}]}}"#));
        play(
            &trace.expect("it has the shape of a trace"),
            Profile::V3_8_0,
        )
        .expect_err("no server can be asked that")
        .to_string()
    };
    let unknown = r#"{"client":"A","op":"explode","args":{},"reply":{}}"#;
    assert_eq!(
        refused(unknown),
        "1:1: step 1: there is no request \"explode\""
    );
    let path = r#"{"client":"A","op":"create","args":{"path":5},"reply":{}}"#;
    assert_eq!(refused(path), "1:1: step 1: path must be a text or null");
    let operations = r#"{"client":"A","op":"multi","args":{"ops":[1]},"reply":{}}"#;
    assert!(refused(operations).starts_with("1:1: step 1: an operation must be"));
}
