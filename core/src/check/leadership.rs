//! S1 LeaderUnique and S2 EpochMonotone: who may lead, and what the epoch files say.
//!
//! S1 looks at a server's state before and after a step, not at what it says of itself: it is
//! established when it leads and enters broadcast. S2 reads the files each time one is renamed into
//! place and at each start. A rename that is not durable yet may be undone by a power loss; so what
//! may not go back is what the server acted on, which is the memory copy that follows the file.

use std::sync::Arc;

use super::findings::Findings;
use super::ghost::{Ghost, Reign};
use super::verdict::Property;
use super::what::What;
use crate::base::{ServerId, StepId};
use crate::model::{Epoch, Zxid};
use crate::storage::epochs::EpochFile;

/// What is known of the epochs of one server.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// What it acted on: a file is durable before memory follows it.
    acted: [(Epoch, StepId); 2],
    /// What the files hold.
    files: [Option<Epoch>; 2],
}

impl Known {
    /// Nothing yet. An empty disk that is not trusted begins with epoch -1.
    const NOTHING: Self = Self {
        acted: [(Epoch(-1), StepId(0)); 2],
        files: [None; 2],
    };
}

/// The state of both properties.
#[derive(Clone, Debug)]
pub(super) struct Leadership {
    known: Vec<Known>,
}

impl Leadership {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            known: vec![Known::NOTHING; servers],
        }
    }

    /// A server becomes the established leader of `epoch`.
    pub(super) fn established(
        ghost: &mut Ghost,
        findings: &mut Findings,
        leader: ServerId,
        epoch: Epoch,
    ) {
        if let Some(first) = ghost.reigns.get(&epoch) {
            findings.report(
                Property::S1,
                Some(leader),
                &[first.at],
                What::TwoLeaders {
                    epoch,
                    first: first.leader,
                    second: leader,
                },
            );
        }
        let reign = Reign {
            leader,
            at: findings.step,
            history: Zxid::new(epoch, 0),
            lacks: None,
            without: Arc::new([]),
        };
        ghost.reigns.insert_mut(epoch, reign);
    }

    /// A running server's epochs are these now: never less than before.
    pub(super) fn acts_on(
        &mut self,
        findings: &mut Findings,
        server: ServerId,
        epochs: [Epoch; 2],
    ) {
        let at = findings.step;
        let known = &mut self.known[usize::from(server.0) - 1];
        for (index, file) in FILES.into_iter().enumerate() {
            let (from, seen) = known.acted[index];
            let to = epochs[index];
            if to < from {
                fell(findings, server, file, (from, to), seen);
            }
            if to != from {
                known.acted[index] = (to, at);
            }
        }
    }

    /// The epoch files of a server were read. At a start they may hold no less than what the server
    /// acted on before.
    pub(super) fn files(
        &mut self,
        findings: &mut Findings,
        server: ServerId,
        files: [Option<Epoch>; 2],
        start: bool,
    ) {
        let known = &mut self.known[usize::from(server.0) - 1];
        known.files = files;
        if start {
            for (index, file) in FILES.into_iter().enumerate() {
                let (from, seen) = known.acted[index];
                let to = files[index].unwrap_or(from.min(Epoch(0)));
                if to < from {
                    fell(findings, server, file, (from, to), seen);
                }
                known.acted[index].0 = to;
            }
        }
        if let [Some(accepted), Some(current)] = files
            && accepted < current
        {
            let what = What::AcceptedBelowCurrent {
                server,
                accepted,
                current,
            };
            findings.report(Property::S2, Some(server), &[], what);
        }
    }

    /// A server begins to serve: its history may not be of a later epoch than its currentEpoch.
    pub(super) fn serves(&self, ghost: &Ghost, findings: &mut Findings, server: ServerId) {
        let zxid = ghost.seat(server).logged;
        if let Some(current) = self.current(server)
            && zxid.epoch() > current
        {
            let what = What::HistoryAheadOfEpoch {
                server,
                zxid,
                current,
            };
            findings.report(Property::S2, Some(server), &[], what);
        }
    }

    /// The highest epoch that a server has acted on.
    pub(super) fn highest(&self) -> Epoch {
        let acted = self.known.iter().flat_map(|known| known.acted);
        acted.map(|(epoch, _)| epoch).max().unwrap_or_default()
    }

    /// What currentEpoch of a server holds.
    pub(super) fn current(&self, server: ServerId) -> Option<Epoch> {
        self.known[usize::from(server.0) - 1].files[1]
    }
}

const FILES: [EpochFile; 2] = [EpochFile::Accepted, EpochFile::Current];

fn fell(
    findings: &mut Findings,
    server: ServerId,
    file: EpochFile,
    (from, to): (Epoch, Epoch),
    seen: StepId,
) {
    let what = What::EpochFell {
        server,
        file,
        from,
        to,
    };
    findings.report(Property::S2, Some(server), &[seen], what);
}
