//! The built-in scenarios: a script that runs by itself, and its texts in both languages.
//!
//! They live in `static/scenarios/<id>/` and are compiled in. Of TOML only what such a file needs is
//! read: `key = "value"` with dotted keys, comments, and one level of `[table]` headers; a test reads
//! them all.

use std::collections::BTreeMap;

use crate::base::Gather;
use crate::view::Text;

/// A named moment, as its author tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beat {
    /// The name of the chapter.
    pub name: Text,
    /// What is to be seen there.
    pub caption: Text,
    /// What is to be looked at: words of [`crate::view::Target::named`], with spaces between.
    pub spotlight: String,
}

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
    "leader-disk-last",
    "late-followers",
    "leader-power-loss",
    "leader-after-commit",
    "follower-before-fsync",
    "follower-after-fsync",
    "not-on-disk",
    "lying-disk",
    "tail-truncated",
    "tail-promoted",
    "minority-partition",
    "paused-leader",
    "rolling-restart",
    "three-ways",
    "stale-read",
    "session-expiry",
    "fuzzy-replay",
    "torn-tail",
    "flipped-bit",
    "disk-full",
    "purge",
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
    "restored-one",
    "restored-elsewhere",
    "fuzzy-orphan-shipped",
    "fuzzy-orphan-corrected",
    "admin-restore-shipped",
    "admin-restore-corrected",
    "two-copy-orders",
    "one-restored",
    "point-in-time",
    "safe-restore",
    "sandbox-3",
    "sandbox-5",
    "sandbox-7",
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

    /// What it is about, in one line.
    pub fn about(&self) -> Text {
        self.text("about").unwrap_or_default()
    }

    /// All its beats, by their names in the script.
    pub fn beats(&self) -> BTreeMap<String, Beat> {
        let entries = self.entries();
        let get = |key: String| entries.get(&key).cloned().unwrap_or_default();
        let text = |table: &str, id: &str| {
            let of = |lang: &str| get(format!("{table}.{id}.{lang}"));
            Text::new(of("en"), of("zh"))
        };
        let of = |key: &String| {
            let id = key.strip_prefix("beats.")?.strip_suffix(".en")?;
            let beat = Beat {
                name: text("beats", id),
                caption: text("captions", id),
                spotlight: get(format!("spotlight.{id}.show")),
            };
            Some((id.to_owned(), beat))
        };
        entries.keys().filter_map(of).gather()
    }

    /// One value of its texts: `group`, `order`, `minutes`.
    pub(super) fn value(&self, key: &str) -> Option<String> {
        self.entries().get(key).cloned()
    }

    /// Has every beat a caption of its own? Then it is told beat by beat.
    pub fn tells_its_beats(&self) -> bool {
        let entries = self.entries();
        entries.keys().any(|key| key.starts_with("captions."))
    }

    /// The beat at which it is opened.
    pub fn start(&self) -> Option<String> {
        self.value("start")
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
                    let named = scenario.beats().contains_key(name.as_str());
                    assert!(named, "{id}: beat {name} has no name");
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
