//! Every recorded case: does a server start, at which zxid, with how many wrong digests, which tree?

use std::fs;
use std::thread;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha1_smol::Sha1;

use super::RELEASES;
use super::damage::Homes;
use super::datadirs::{recordings, unpacked};
use super::program::{differences, zablab};

/// Directories with the whole tree that was served from them.
const WITH_TREE: [&str; 5] = ["trace", "mix", "s1", "killed", "tail"];

/// Options of a real server and of the command line.
const FLAGS: [(&str, bool, &str); 3] = [
    ("trustEmpty", true, "--trust-empty"),
    ("autocreate", false, "--no-autocreate"),
    ("extendedTypes", false, "--no-extended-types"),
];

#[test]
fn every_directory_recovers_to_the_tree_that_was_served() {
    for release in RELEASES {
        for name in WITH_TREE {
            let homes = Homes::damaged(name, &[]);
            let said = zablab("recover", &[homes.data()], &["--as", release]).expect("a verdict");
            let text = fs::read_to_string(unpacked().join(name).join("tree.json"));
            let wanted: Value =
                serde_json::from_str(&text.expect("a recorded tree")).expect("JSON");
            let found = differences(&wanted, &said["tree"]);
            assert!(found.is_empty(), "{name} as {release}: {found:#?}");
            assert_eq!(said["digestMismatches"], 0, "{name} as {release}");
        }
    }
}

#[test]
fn every_case_has_the_verdict_of_a_real_3_8_0() {
    none(&wrong("3.8.0", "3.8.0"));
}

#[test]
fn every_case_has_the_verdict_of_a_real_3_9_4() {
    none(&wrong("3.9.4", "3.9.4"));
}

/// The comparison itself must be able to fail.
#[test]
fn another_release_judges_otherwise() {
    let found = wrong("3.8.0", "3.9.4");
    let told = found.join("\n");
    assert!(found.len() > 10, "only these cases differ:\n{told}");
    assert!(
        told.contains("an extra newer log file of 0 bytes"),
        "{told}"
    );
}

fn none(wrong: &[String]) {
    let told = wrong.join("\n");
    assert!(wrong.is_empty(), "{} cases\n{told}", wrong.len());
}

/// The cases that `zablab recover --as RELEASE` judges otherwise than a real server of another one.
fn wrong(release: &str, real: &str) -> Vec<String> {
    let text = fs::read_to_string(recordings().join("matrix.json")).expect("a recorded matrix");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("a matrix is JSON");
    assert!(cases.len() > 200, "only {} cases", cases.len());
    let share = cases
        .len()
        .div_ceil(thread::available_parallelism().map_or(1, usize::from));
    thread::scope(|scope| {
        let judge = |cases: &'_ [Value]| -> Vec<String> {
            let told = |case: &Value| judged(case, release, real).err();
            cases.iter().filter_map(told).collect()
        };
        let parts: Vec<_> = cases
            .chunks(share)
            .map(|part| scope.spawn(move || judge(part)))
            .collect();
        let parts = parts.into_iter().map(|part| part.join());
        parts
            .flat_map(|found| found.expect("a case is judged"))
            .collect()
    })
}

fn judged(case: &Value, release: &str, real: &str) -> Result<(), String> {
    let verdict = &case["verdicts"][real];
    let base = case["base"].as_str().expect("a case has a base");
    let title = format!("{} of {base}, {}", case["case"], case["options"]);
    let homes = Homes::damaged(base, case["damage"].as_array().expect("damage is a list"));
    let log_dir = homes.txn().map(|home| home.display().to_string());
    let mut options = vec!["--as", release];
    if let Some(log_dir) = &log_dir {
        options.extend(["--log-dir", log_dir]);
    }
    for (option, value, flag) in FLAGS {
        if case["options"][option] == value {
            options.push(flag);
        }
    }
    let said = zablab("recover", &[homes.data()], &options).map_err(|e| format!("{title}: {e}"))?;
    if said["started"] != verdict["started"] {
        let (ours, theirs) = (&said["error"], &verdict["why"]);
        let started = &verdict["started"];
        return Err(format!(
            "{title}: really started: {started} ({theirs}); here: {ours}"
        ));
    }
    if verdict["started"] == false {
        return Ok(());
    }
    for key in ["zxid", "digestMismatches"] {
        if said[key] != verdict[key] {
            return Err(format!(
                "{title}: {key}: really {}, here {}",
                verdict[key], said[key]
            ));
        }
    }
    let tree = readable(&said["tree"]);
    let nodes = tree.as_object().map_or(0, |tree| tree.len());
    match verdict["tree"] == short(&tree) {
        true => Ok(()),
        false => Err(format!(
            "{title}: another tree; really {} nodes, here {nodes}",
            verdict["nodes"]
        )),
    }
}

/// A tree as clients can read it: nobody reads a node whose access control list is missing, and
/// nothing is known of what is below.
fn readable(tree: &Value) -> Value {
    let mut out = serde_json::Map::new();
    let mut waiting = vec!["/".to_owned()];
    while let Some(path) = waiting.pop() {
        let node = &tree[&path];
        if node["acl"].is_null() {
            out.insert(path, json!({"error": -5}));
            continue;
        }
        let base = path.trim_end_matches('/').to_owned();
        for child in node["children"].as_array().into_iter().flatten() {
            waiting.push(format!("{base}/{}", child.as_str().unwrap_or_default()));
        }
        out.insert(path, node.clone());
    }
    Value::Object(out)
}

/// The short form of a tree, see `tests/oracle/tree.py`.
fn short(tree: &Value) -> String {
    let text = serde_json::to_string(tree).expect("a tree is text");
    HEXLOWER.encode(&Sha1::from(text).digest().bytes())
}
