//! Every recorded state of the epoch files: does a member of an ensemble start, and with which epochs?

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use zablab_core::model::Zxid;
use zablab_core::storage::epochs::read;
use zablab_core::storage::{Content, FileName};

use super::RELEASES;
use super::damage::Homes;
use super::datadirs::recordings;

/// The last transaction of the directory that all cases begin with.
const LAST: Zxid = Zxid(0x3_0000_0013);

#[test]
fn every_state_of_the_epoch_files_is_judged_as_real_servers_do() {
    let text = fs::read_to_string(recordings().join("epochs.json")).expect("recorded cases");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("cases are JSON");
    assert!(cases.len() > 50, "only {} cases", cases.len());
    let judge = |release: &'static str| cases.iter().filter_map(move |case| wrong(case, release));
    let found: Vec<String> = RELEASES.into_iter().flat_map(judge).collect();
    assert!(
        found.is_empty(),
        "{} cases\n{}",
        found.len(),
        found.join("\n")
    );
}

fn wrong(case: &Value, release: &str) -> Option<String> {
    let base = case["base"].as_str().expect("a case has a base");
    let homes = Homes::damaged(base, case["damage"].as_array().expect("damage is a list"));
    let mut files: BTreeMap<FileName, Content> = BTreeMap::new();
    for entry in fs::read_dir(homes.data().join("version-2")).expect("a directory") {
        let entry = entry.expect("a file");
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains("Epoch") && entry.path().is_file() {
            let bytes = fs::read(entry.path()).expect("a file");
            files.insert(name.as_str().into(), Content::from(&bytes[..]));
        }
    }
    let ours = read(&files, LAST, false);
    let verdict = &case["verdicts"][release];
    let agrees = match &ours {
        Ok(epochs) => {
            let epochs = [epochs.current, epochs.accepted].map(|epoch| epoch.0);
            verdict["started"] == true
                && epochs.map(Some) == [0, 1].map(|n| number(&verdict["epochs"][n]))
        }
        Err(_) => verdict["started"] == false,
    };
    (!agrees).then(|| {
        format!(
            "{release}, {}: really {verdict}, here {ours:?}",
            case["case"]
        )
    })
}

/// A server reads the first line.
fn number(text: &Value) -> Option<i64> {
    text.as_str()?.lines().next()?.parse().ok()
}
