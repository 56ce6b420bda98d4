//! What a server would make of its bytes, if it had to start from them.
//!
//! The recovery is the real one; here it gets words. There are two of it where something is pending:
//! a power loss leaves what is durable, the death of the process alone leaves everything.

use serde::Serialize;

use crate::model::Zxid;
use crate::storage::epochs::{EpochRefusal, Epochs};
use crate::storage::{Content, Finding, ReadFiles, Recovery, Stop, StopWhy};
use crate::view::findings;
use crate::view::frame::Zx;
use crate::view::lang::Text;
use crate::view::text::report;

/// What would have to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Cause {
    /// It dies, whichever way: nothing is pending.
    Crash,
    /// It loses power, and everything that is pending with it.
    Power,
    /// Its process dies, and nothing is lost.
    Process,
    /// It is started.
    Start,
}

/// What a server would make of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// After what.
    pub cause: Cause,
    /// The way there: which snapshot, which transactions, what is dropped.
    pub story: Text,
    /// Its last transaction then; none when it does not start.
    pub ends: Option<Zx>,
    /// Why it does not start.
    pub refusal: Option<Text>,
    /// The epochs that it finds.
    pub epochs: Option<(i64, i64)>,
    /// Transactions that are on its disk now and would not be then: the first and the last.
    pub lost: Option<(Zx, Zx)>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutlookView {
    /// One line for each thing that could happen.
    pub lines: Vec<Outlook>,
    /// Bytes that were looked through, of how many, while that is under way.
    pub reading: Option<(u64, u64)>,
    /// It takes too long while the run plays.
    pub later: bool,
}

impl Outlook {
    /// The words for a recovery of `files`.
    pub fn of(
        cause: Cause,
        recovery: &Recovery,
        epochs: Option<&Result<Epochs, EpochRefusal>>,
        files: &impl ReadFiles,
    ) -> Self {
        let refused = recovery.outcome.as_ref().err().map(findings::refusal);
        let bad_epochs = || epochs.and_then(|read| read.as_ref().err().map(findings::epochs));
        let refusal = refused.or_else(bad_epochs);
        Self {
            cause,
            story: story(recovery, files),
            ends: match refusal {
                None => ends_of(recovery).map(Zx::from),
                Some(_) => None,
            },
            refusal,
            epochs: epochs
                .and_then(|read| read.as_ref().ok())
                .map(|read| (read.accepted.0, read.current.0)),
            lost: None,
        }
    }

    /// Notes what is lost against a recovery that knows more.
    #[must_use]
    pub fn less_than(mut self, mine: Option<Zxid>, other: &Recovery) -> Self {
        let (Some(mine), Some(all)) = (mine, ends_of(other)) else {
            return self;
        };
        let beyond = other.window.iter().map(|record| record.zxid());
        let first = beyond.filter(|zxid| *zxid > mine).min();
        if all > mine {
            self.lost = Some((first.unwrap_or(all).into(), all.into()));
        }
        self
    }
}

/// The last transaction of a server that starts; none when it is refused.
pub fn ends_of(recovery: &Recovery) -> Option<Zxid> {
    recovery.outcome.as_ref().ok().map(|db| db.last_zxid)
}

fn story(recovery: &Recovery, files: &impl ReadFiles) -> Text {
    let mut en: Vec<String> = Vec::new();
    let mut zh: Vec<String> = Vec::new();
    let mut replayed: Option<(Zxid, Zxid)> = None;
    for finding in &recovery.report {
        match finding {
            Finding::SnapshotLoaded { file, .. } => {
                en.push(file.to_string());
                zh.push(file.to_string());
            }
            Finding::Replayed { first, last, .. } => {
                replayed = Some((replayed.map_or(*first, |(from, _)| from), *last));
            }
            _ => {}
        }
    }
    if let Some((first, last)) = replayed {
        let range = range(first.into(), last.into());
        en.push(format!("replay {range}"));
        zh.push(format!("重放 {range}"));
    }
    for finding in &recovery.report {
        match (finding, dropped(finding, files)) {
            (Finding::LogEnds(Stop { file, .. }), Some(bytes)) => {
                en.push(format!("{bytes} B of {file} dropped"));
                zh.push(format!("丢弃 {file} 的 {bytes} 字节"));
            }
            (Finding::TrustedEmpty | Finding::UntrustedEmpty, _) => {
                let text = findings::finding(finding);
                en.push(text.en);
                zh.push(text.zh);
            }
            (Finding::LogEnds(stop), None) if stop.why == StopWhy::Empty => {
                en.push(format!("{} removed: it is empty", stop.file));
                zh.push(format!("删除空文件 {}", stop.file));
            }
            (finding, None) if report::is_unusual(finding) => {
                let text = findings::finding(finding);
                en.push(text.en);
                zh.push(text.zh);
            }
            _ => {}
        }
    }
    Text::new(en.join(", "), zh.join("，"))
}

/// Bytes behind the place where reading a log ended.
fn dropped(finding: &Finding, files: &impl ReadFiles) -> Option<u64> {
    let Finding::LogEnds(stop) = finding else {
        return None;
    };
    let end = files.content(&stop.file).map_or(0, Content::data_end);
    end.checked_sub(stop.offset).filter(|bytes| *bytes > 0)
}

/// `e1·31–36`.
pub(super) fn range(first: Zx, last: Zx) -> String {
    if first == last {
        first.to_string()
    } else if first.epoch == last.epoch {
        format!("{first}–{}", last.counter)
    } else {
        format!("{first}–{last}")
    }
}

impl Outlook {
    /// The transactions that are lost, as people read them.
    pub fn lost_range(&self) -> Option<String> {
        self.lost.map(|(first, last)| range(first, last))
    }
}
