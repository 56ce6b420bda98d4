//! Backups on the ruler of time: when each was copied, and which moment of the run it reaches.
//!
//! ```text
//!   ──────┼──────────────●───   steps
//!      └─b1─┘└b2┘╌╌╌╌╌╌╌╌       copied from here to there; from the point that they reach on: the gap
//! ```

use std::sync::Arc;

use serde::Serialize;

use super::Lab;
use crate::base::ServerId;
use crate::model::{Epoch, Zxid};
use crate::view::frame::Zx;
use crate::world::{Outcome, Step, VaultEvent};

/// A backup on the ruler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Its name.
    pub name: String,
    /// Shown after so many steps its copy begins.
    pub from: u64,
    /// After so many it is whole, or comes no further.
    pub to: u64,
    /// Everything is there in the end.
    pub whole: bool,
    /// The last transaction in it.
    pub zxid: Option<Zx>,
    /// After so many steps that one is committed.
    pub reaches: Option<u64>,
}

/// What no backup reaches at the moment shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CoverGap {
    /// After so many steps the first such transaction is committed.
    pub from: u64,
    /// The moment shown.
    pub to: u64,
    /// How many transactions.
    pub count: u64,
}

/// When backups of one branch were copied.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    copies: Vec<Span>,
    /// Servers that an operator gave the files of a backup, with the number of steps after which they had
    /// them.
    put: Vec<(u64, ServerId, Arc<str>)>,
}

/// One copy.
#[derive(Clone, Debug)]
struct Span {
    name: Arc<str>,
    from: u64,
    /// When it was whole, and up to where, or stopped; none while it goes on.
    end: Option<(u64, Option<Zxid>)>,
}

impl Coverage {
    /// Takes a step in.
    pub(super) fn note(&mut self, step: &Step) {
        let shown = step.id.0 + 1;
        for outcome in &step.outcomes {
            match outcome {
                Outcome::BackedUp { backup, zxid, .. } => {
                    self.begin(backup, shown);
                    self.end(backup, shown, Some(*zxid));
                }
                Outcome::Copied { backup, server, .. } => {
                    self.put.push((shown, *server, Arc::clone(backup)));
                }
                Outcome::Vault(VaultEvent::Begun { backup, .. }) => self.begin(backup, shown),
                Outcome::Vault(VaultEvent::Taken { backup, zxid, .. }) => {
                    self.end(backup, shown, Some(*zxid));
                }
                Outcome::Vault(
                    VaultEvent::Stopped { backup, .. } | VaultEvent::Broken { backup, .. },
                ) => self.end(backup, shown, None),
                Outcome::Vault(VaultEvent::NothingNew { backup, .. }) => {
                    self.copies.retain(|copy| copy.name != *backup);
                }
                _ => {}
            }
        }
    }

    /// A copy begins, or goes on.
    fn begin(&mut self, name: &Arc<str>, from: u64) {
        match self.of(name) {
            Some(copy) => copy.end = None,
            None => self.copies.push(Span {
                name: Arc::clone(name),
                from,
                end: None,
            }),
        }
    }

    fn end(&mut self, name: &Arc<str>, at: u64, zxid: Option<Zxid>) {
        if let Some(copy) = self.of(name) {
            copy.end = Some((at, zxid));
        }
    }

    fn of(&mut self, name: &Arc<str>) -> Option<&mut Span> {
        self.copies.iter_mut().find(|copy| copy.name == *name)
    }

    /// The backup whose files were put on a server last, by then.
    pub(super) fn put_on(&self, server: ServerId, steps: u64) -> Option<&str> {
        let mut newest = self.put.iter().rev();
        let (.., backup) = newest.find(|(at, to, _)| *at <= steps && *to == server)?;
        Some(backup)
    }

    /// What was known after so many steps.
    #[must_use]
    pub(super) fn before(&self, steps: u64) -> Self {
        let mut kept = self.clone();
        kept.copies.retain(|copy| copy.from <= steps);
        kept.put.retain(|(at, ..)| *at <= steps);
        for copy in &mut kept.copies {
            copy.end.take_if(|(at, _)| *at > steps);
        }
        kept
    }
}

impl Lab {
    /// Every backup of the run, in the order in which they were begun.
    pub(super) fn covers(&self) -> Vec<Cover> {
        let line = self.line();
        let committed = |zxid: Zxid| {
            let commits = line.chronicle.commits();
            let at = commits.binary_search_by_key(&zxid, |(_, z)| *z).ok()?;
            Some(commits[at].0)
        };
        let copies = line.chronicle.coverage.copies.iter();
        let cover = |copy: &Span| {
            let zxid = copy.end.and_then(|(_, zxid)| zxid);
            Cover {
                name: copy.name.to_string(),
                from: copy.from,
                to: copy.end.map_or(line.timeline.len(), |(at, _)| at),
                whole: zxid.is_some(),
                zxid: zxid.map(Zx::from),
                reaches: zxid.and_then(committed),
            }
        };
        copies.map(cover).collect()
    }

    /// What no backup reaches at the moment shown.
    pub(super) fn cover_gap(&self) -> Option<CoverGap> {
        let gap = self.frame.gap?;
        let after = Zxid::new(Epoch(gap.after.epoch), gap.after.counter);
        let chronicle = &self.line().chronicle;
        // What a joint restore has ended is missed by nobody.
        let stands = |zxid: Zxid| chronicle.is_committed(zxid, self.at);
        let mut beyond = chronicle.commits().iter();
        let (from, _) = beyond.find(|(_, zxid)| *zxid > after && stands(*zxid))?;
        Some(CoverGap {
            from: *from,
            to: self.at,
            count: gap.count,
        })
    }
}
