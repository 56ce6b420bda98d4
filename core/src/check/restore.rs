//! S20: what an operator restored stays restored.
//!
//! An admin restore gives a server another tree. From then on the server's history is that tree and
//! what came after it, until its leader or an operator replaces the history once more. The check keeps
//! the tree and asks at each start whether the disk still gives it: an earlier zxid than that of the
//! restored tree, or another content, means that the restore went with the memory of the process. A
//! server that writes the tree down first promises nothing before it serves again.
//!
//! Whether the tree is what the ensemble has committed is another matter, and asked by S5 and S14.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::compare;
use super::findings::Findings;
use super::ghost::Ghost;
use super::monitor::Monitor;
use super::replay;
use super::scene::Scene;
use super::verdict::Property;
use super::what::What;
use crate::base::{ServerId, StepId};
use crate::model::Zxid;
use crate::tree::Database;

/// A tree that was restored.
#[derive(Clone, Debug)]
struct Restored {
    /// The tree.
    database: Database,
    /// Its own last transaction.
    zxid: Zxid,
    /// Where it stands in the history of the server: later transactions come on top.
    at: Zxid,
    /// The step that restored it.
    step: StepId,
    /// The server is still writing it down: a crash may leave what was there before.
    pending: bool,
}

/// The last restore of each server.
#[derive(Clone, Debug, Default)]
pub(super) struct Restores(BTreeMap<ServerId, Restored>);

impl Restores {
    /// The history of that server was replaced.
    pub(super) fn forget(&mut self, server: ServerId) {
        self.0.remove(&server);
    }

    /// A server that was restored serves again: what it was given is promised now.
    pub(super) fn served(&mut self, server: ServerId) {
        if let Some(restored) = self.0.get_mut(&server) {
            restored.pending = false;
        }
    }

    /// A server has loaded its disk.
    pub(super) fn reloaded(
        &mut self,
        ghost: &Ghost,
        findings: &mut Findings,
        server: ServerId,
        database: &Database,
    ) {
        let Some(restored) = self.0.get(&server) else {
            return;
        };
        if restored.pending {
            self.forget(server);
            return;
        }
        if restored.is_in(ghost, server, database) {
            return;
        }
        let what = What::RestoreUndone {
            server,
            restored: restored.zxid,
            now: database.last_zxid,
        };
        findings.report(Property::S20, Some(server), &[restored.step], what);
    }
}

impl Restored {
    /// Is this the restored tree, with what the server has logged since?
    fn is_in(&self, ghost: &Ghost, server: ServerId, database: &Database) -> bool {
        let now = database.last_zxid;
        if now < self.zxid || now < self.at {
            return false;
        }
        let mut right = self.database.clone();
        let since = (Bound::Excluded(self.at), Bound::Included(now));
        let held = ghost.ledger.range(since);
        for (_, entry) in held.filter(|(zxid, _)| ghost.holds(server, **zxid)) {
            replay::apply(&mut right, &entry.record);
        }
        compare::difference(database, &right).is_none()
    }
}

impl Monitor {
    /// A server took a restored tree for its own; it ends at `zxid` and stands at `at`.
    pub(super) fn restored<S: Scene>(
        &mut self,
        server: ServerId,
        (zxid, at): (Zxid, Zxid),
        durable: bool,
        scene: &S,
    ) {
        let Some(database) = scene.database(server) else {
            return;
        };
        self.findings.apply_to(Property::S20);
        let restored = Restored {
            database: database.clone(),
            zxid,
            at,
            step: self.findings.step,
            pending: durable,
        };
        self.restores.0.insert(server, restored);
        if durable {
            self.ghost.undo_history(server, zxid, at);
            return;
        }
        let place = self.ghost.committed_upto(database.last_zxid);
        let seat = self.ghost.seat_mut(server);
        seat.applied = database.last_zxid;
        seat.place = place;
        self.compare_serving(server, database);
    }
}
