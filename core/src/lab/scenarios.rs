//! The built-in scenarios: a script that runs by itself, and its texts in both languages.
//!
//! They live in `static/scenarios/<id>/` and are compiled in. Of TOML only what such a file needs is
//! read: `key = "value"` with dotted keys, comments, and one level of `[table]` headers; a test reads
//! them all.

use std::collections::BTreeMap;

use crate::base::Gather;
use crate::view::Text;

/// A built-in scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its id, in links.
    pub id: &'static str,
    /// Its script.
    pub script: &'static str,
    texts: &'static str,
}

macro_rules! scenarios {
    ($($id:literal),* $(,)?) => {
        /// Every built-in scenario; the first one is shown when none is asked for.
        pub const SCENARIOS: &[Scenario] = &[$(Scenario {
            id: $id,
            script: include_str!(concat!("../../../static/scenarios/", $id, "/scenario.zab")),
            texts: include_str!(concat!("../../../static/scenarios/", $id, "/scenario.toml")),
        },)*];
    };
}

scenarios![
    "happy-path",
    "leader-power-loss",
    "minority-partition",
    "late-followers",
    "not-on-disk",
    "recipe-lock",
    "lock-without-fencing",
    "lock-with-fencing",
    "recipe-election",
    "recipe-queue",
    "recipe-config",
    "recipe-barrier",
    "recipe-group",
    "dirty-snapshot-shipped",
    "dirty-snapshot-corrected",
    "old-backup-shipped",
    "old-backup-corrected",
    "fuzzy-orphan-shipped",
    "fuzzy-orphan-corrected",
    "admin-restore-shipped",
    "admin-restore-corrected",
];

impl Scenario {
    /// The scenario of that id.
    pub fn find(id: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.id == id)
    }

    /// Its title.
    pub fn title(&self) -> Text {
        self.text("title").unwrap_or_else(|| Text::same(self.id))
    }

    /// The name of one of its beats.
    pub fn beat(&self, name: &str) -> Option<Text> {
        self.text(&format!("beats.{name}"))
    }

    /// The names of all its beats.
    pub fn beats(&self) -> BTreeMap<String, Text> {
        let entries = self.entries();
        let of = |key: &String| {
            let id = key.strip_prefix("beats.")?.strip_suffix(".en")?;
            let zh = entries.get(&format!("beats.{id}.zh"))?;
            Some((id.to_owned(), Text::new(entries.get(key)?, zh)))
        };
        entries.keys().filter_map(of).gather()
    }

    /// Has every beat a caption of its own? Then it is told beat by beat.
    pub fn tells_its_beats(&self) -> bool {
        let entries = self.entries();
        let told = |key: &&String| key.starts_with("captions.") || key.contains(".caption.");
        entries.keys().any(|key| told(&key))
    }

    /// The beat at which it is opened.
    pub fn start(&self) -> Option<String> {
        self.entries().get("start").cloned()
    }

    fn text(&self, key: &str) -> Option<Text> {
        let entries = self.entries();
        let get = |lang: &str| entries.get(&format!("{key}.{lang}")).cloned();
        Some(Text::new(get("en")?, get("zh")?))
    }

    fn entries(&self) -> BTreeMap<String, String> {
        entries(self.texts).unwrap_or_default()
    }
}

/// Full keys and their values; `Err` names a line that is not understood.
fn entries(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let mut table = String::new();
    let mut entries = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            table = format!("{}.", name.trim());
            continue;
        }
        let (key, value) = line.split_once('=').ok_or(at + 1)?;
        let value = value
            .trim()
            .strip_prefix('"')
            .and_then(|v| v.strip_suffix('"'));
        let value = value.filter(|v| !v.contains(['"', '\\'])).ok_or(at + 1)?;
        let key = format!("{table}{}", key.trim());
        if entries.insert(key, value.to_owned()).is_some() {
            return Err(at + 1);
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    #[test]
    fn every_scenario_is_read_and_has_both_languages() {
        for scenario in SCENARIOS {
            let id = scenario.id;
            let read = entries(scenario.texts).unwrap_or_else(|line| panic!("{id}: line {line}"));
            for key in read.keys().filter(|key| key.ends_with(".en")) {
                let zh = format!("{}.zh", key.trim_end_matches(".en"));
                assert!(read.contains_key(&zh), "{id}: {zh} is missing");
            }
            assert!(read.contains_key("title.en"), "{id} has no title");
            let program = parse(scenario.script).unwrap_or_else(|error| panic!("{id}: {error}"));
            for action in program.actions() {
                if let crate::scenario::Action::Beat(name) = action {
                    assert!(
                        scenario.beat(name).is_some(),
                        "{id}: beat {name} has no name"
                    );
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_not_understood_is_named() {
        assert_eq!(entries("a = \"b\"\nnonsense"), Err(2));
        assert_eq!(entries("a = \"b\"\na = \"c\""), Err(2));
        let read = entries("# text\n[beats.x]\nen = \"E\"\n").expect("it is well formed");
        assert_eq!(read.get("beats.x.en").map(String::as_str), Some("E"));
    }
}
