//! The gallery: what a reader chooses a scenario by, before any of them runs.
//!
//! Titles and lines come from the texts of the scenarios. How long a run is and where its moments lie
//! is only known when it has run; that is written down in `static/scenarios/stills.txt`, one line per
//! scenario, and a test keeps it true:
//!
//! ```text
//!   leader-power-loss 3 1 333 b90 b180 c189 b412
//!   id           voters observers steps, then beats, crashes and breaks in thousandths of the run
//! ```

use super::lab::Lab;
use super::scenarios::{SCENARIOS, Scenario};
use super::transport::MarkKind;
use crate::base::Order;
use crate::view::Text;

const STILLS: &str = include_str!("../../../static/scenarios/stills.txt");

/// A scenario in the gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id, in links.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is about, in one line.
    pub about: Text,
    /// The theme it belongs to.
    pub group: Group,
    /// Minutes to step through it.
    pub minutes: u32,
    /// Which rules it runs under, when that is the point.
    pub badge: Badge,
    /// What its run looks like from far away.
    pub still: Still,
    order: u32,
}

/// A theme of the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// From proposal to answer.
    Commit,
    /// Crashes, and what recovery finds.
    Crashes,
    /// Elections and partitions.
    Elections,
    /// How a server catches up.
    Sync,
    /// What a client may rely on.
    Reads,
    /// Files, snapshots, damage.
    Disks,
    /// Old copies and how they come back.
    Backup,
    /// What is built on top.
    Recipes,
    /// Nothing yet.
    Sandbox,
}

impl Group {
    /// All of them, as they are shown.
    pub const ALL: [Self; 9] = [
        Self::Commit,
        Self::Crashes,
        Self::Elections,
        Self::Sync,
        Self::Reads,
        Self::Disks,
        Self::Backup,
        Self::Recipes,
        Self::Sandbox,
    ];

    /// Its word in the texts of a scenario.
    pub const fn id(self) -> &'static str {
        self.words()[0]
    }

    /// Its name.
    pub fn title(self) -> Text {
        let [_, en, zh] = self.words();
        Text::new(en, zh)
    }

    const fn words(self) -> [&'static str; 3] {
        match self {
            Self::Commit => ["commit", "Commit path", "提交路径"],
            Self::Crashes => ["crashes", "Crashes and recovery", "宕机与恢复"],
            Self::Elections => ["elections", "Elections and partitions", "选举与网络分区"],
            Self::Sync => ["sync", "Catching up", "数据同步"],
            Self::Reads => ["reads", "Reads and sessions", "读取与会话"],
            Self::Disks => ["disks", "Disks and snapshots", "磁盘与快照"],
            Self::Backup => ["backup", "Backup and restore", "备份与还原"],
            Self::Recipes => ["recipes", "Recipes", "客户端配方"],
            Self::Sandbox => ["sandbox", "Sandbox", "沙盒"],
        }
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.id() == word)
    }
}

/// Which rules a scenario runs under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Badge {
    /// The corrected ones, as everywhere.
    #[default]
    None,
    /// Those of a release, as it was shipped.
    Shipped(String),
    /// The corrected ones, beside a scenario of the same steps as shipped.
    Corrected,
}

/// A run from far away: its length, and where something happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Still {
    /// Voters.
    pub voters: u8,
    /// Observers.
    pub observers: u8,
    /// Steps.
    pub steps: u64,
    /// Marks, in thousandths of the run.
    pub marks: Vec<(u32, MarkKind)>,
}

impl Still {
    /// Beats of the run.
    pub fn beats(&self) -> usize {
        let beats = self
            .marks
            .iter()
            .filter(|(_, kind)| *kind == MarkKind::Beat);
        beats.count()
    }

    fn of(id: &str) -> Option<Self> {
        let mut line = STILLS.lines().map(str::split_whitespace);
        let mut words = line.find_map(|mut words| (words.next() == Some(id)).then_some(words))?;
        Some(Self {
            voters: words.next()?.parse().ok()?,
            observers: words.next()?.parse().ok()?,
            steps: words.next()?.parse().ok()?,
            marks: words.filter_map(mark).collect(),
        })
    }
}

fn mark(word: &str) -> Option<(u32, MarkKind)> {
    let kind = match word.as_bytes().first()? {
        b'b' => MarkKind::Beat,
        b'c' => MarkKind::Crash,
        b'x' => MarkKind::Broken,
        _ => return None,
    };
    Some((word.get(1..)?.parse().ok()?, kind))
}

impl Card {
    fn of(scenario: &'static Scenario) -> Self {
        let number = |key| scenario.value(key).and_then(|text| text.parse().ok());
        let group = scenario.value("group");
        Self {
            id: scenario.id.to_owned(),
            title: scenario.title(),
            about: scenario.about(),
            group: group
                .and_then(|word| Group::named(&word))
                .unwrap_or(Group::Sandbox),
            minutes: number("minutes").unwrap_or(1),
            badge: badge(scenario),
            still: Still::of(scenario.id).unwrap_or_default(),
            order: number("order").unwrap_or(0),
        }
    }

    /// Its place in its theme.
    pub const fn order(&self) -> u32 {
        self.order
    }

    /// Does it speak, in either language, of every word of `query`?
    pub fn is_about(&self, query: &str) -> bool {
        let group = self.group.title();
        let texts = [&self.title, &self.about, &group];
        let said = texts.map(|text| format!("{} {}", text.en, text.zh));
        let said = format!("{} {}", self.id, said.join(" ")).to_lowercase();
        let mut words = query.split_whitespace();
        words.all(|word| said.contains(&word.to_lowercase()))
    }
}

fn badge(scenario: &Scenario) -> Badge {
    let settings = scenario.script.lines().find(|l| l.starts_with("ensemble"));
    let words = settings.unwrap_or_default().split_whitespace();
    let release = words
        .filter_map(|word| word.strip_prefix("profile="))
        .next();
    match release {
        Some(release) => Badge::Shipped(release.to_owned()),
        None if scenario.id.ends_with("-corrected") => Badge::Corrected,
        None => Badge::None,
    }
}

impl Lab {
    /// Every built-in scenario, theme by theme.
    pub fn gallery() -> Vec<Card> {
        let mut cards: Vec<Card> = SCENARIOS.iter().map(Card::of).collect();
        cards.order_by_key(|card| (card.group, card.order));
        cards
    }
}

/// A script with servers and nothing else: the start of a run of one's own.
pub fn sandbox(voters: u8, observers: u8, profile: &str) -> String {
    let observed = match observers {
        0 => String::new(),
        n => format!(" observers={n}"),
    };
    let ruled = match profile {
        "" => String::new(),
        release => format!(" profile={release}"),
    };
    format!(
        "zablab 1\n# An empty ensemble of {voters} servers, to break as you like. Every click adds a line: \
         what happened is a script, and\n# the same script gives the same run.\nensemble servers={voters}{observed}{ruled}\nuntil leader within=10s\n\
         until quiet within=10s\nbeat ready\nexpect lost none\n"
    )
}
