//! S20: what an operator restored stays restored.
//!
//! An admin restore gives a server another tree. From then on the server's history is that tree and
//! what came after it, until its leader or an operator replaces the history once more. The check keeps
//! the tree and asks at each start whether the disk still gives it: an earlier zxid than that of the
//! restored tree, or another content, means that the restore went with the memory of the process. A
//! server that writes the tree down first promises nothing before it serves again.
//!
//! Whether the tree is what the ensemble has committed is another matter, and asked by S5 and S14.
//!
//! A joint restore is another thing: it declares where history ends. From then on the committed sequence
//! is what led there ([`super::ghost::Ghost::turn`]); a confirmed write that it ended and did not name
//! stays a promise, so S9 asks for it. S20 asks of each server: is the tree what the history gave there,
//! is there nothing behind it, is the epoch above every one that was led or acted on?

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::aftermath::Aftermath;
use super::compare;
use super::findings::Findings;
use super::ghost::Ghost;
use super::monitor::Monitor;
use super::replay::{self, Replay};
use super::scene::Scene;
use super::verdict::Property;
use super::what::What;
use crate::base::{Instant, ServerId, StepId};
use crate::model::{Epoch, Record, Zxid};
use crate::tree::Database;
use crate::world::vault::{Declared, VaultEvent};

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

/// The last restore of each server, and what is known of joint ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Restores {
    of: BTreeMap<ServerId, Restored>,
    /// Where joint restores ended all sessions, and the tree there.
    sessionless: Vec<(Zxid, Arc<Database>)>,
}

impl Restores {
    /// The history of that server was replaced.
    pub(super) fn forget(&mut self, server: ServerId) {
        self.of.remove(&server);
    }

    /// A server that was restored serves again: what it was given is promised now.
    pub(super) fn served(&mut self, server: ServerId) {
        if let Some(restored) = self.of.get_mut(&server) {
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
        let Some(restored) = self.of.get(&server) else {
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
        self.restores.of.insert(server, restored);
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

    /// Something happened in the vault. Only a joint restore concerns the checks.
    pub(super) fn vault_event<S: Scene>(
        &mut self,
        (event, at): (&VaultEvent, Instant),
        scene: &S,
        aftermath: &mut Aftermath,
    ) {
        if let VaultEvent::Restored { declared, epoch } = event {
            self.restored_at = Some((self.findings.step, at));
            self.restored_jointly(declared, *epoch, scene);
            for server in declared.servers.iter() {
                aftermath.disks.insert(*server);
            }
            aftermath.losses = true;
        }
    }

    /// History ends at a declared place, for all.
    fn restored_jointly<S: Scene>(&mut self, declared: &Declared, epoch: Epoch, scene: &S) {
        self.findings.apply_to(Property::S20);
        let used = self.highest_epoch();
        let end = declared.zxid;
        let sequence = self.ghost.sequence_to(end, &declared.lost);
        let same = self.ghost.agrees_with(&sequence);
        let found = declared.servers.first().map(|server| scene.survey(*server));
        let found = found.and_then(|survey| survey.database);
        let now = self.replay.at(&self.ghost.committed, same);
        let (place, base, ended) = self.start(same, &now, &sequence, declared, found.as_ref());
        self.replay.rewind(same, now);
        self.ghost.turn(sequence, self.findings.step);
        if place > same {
            self.replay.at(&self.ghost.committed, place);
        }
        self.replay.rewind(place, base);
        let ghost = &self.ghost;
        let gone = |zxid: Zxid| ghost.entry(zxid).is_some_and(|e| e.declared.is_some());
        self.clients.turned(gone);
        let places = self.ghost.committed_upto(end);
        self.ghost.sessions_ended = match declared.drop_sessions {
            true => places,
            false => ended,
        };
        let right = (end >= self.ghost.origin).then(|| {
            let mut right = self.replay.at(&self.ghost.committed, places);
            if declared.drop_sessions {
                self.replay.rewind(places, right.clone());
                right.last_zxid = end;
                right.drop_sessions();
            }
            right
        });
        for server in declared.servers.iter().copied() {
            self.ghost.replace_disk(server);
            self.restores.forget(server);
            let survey = scene.survey(server);
            let tree = survey.database.as_ref();
            let same = match (&right, tree) {
                (Some(right), Some(tree)) => {
                    tree.last_zxid == end && compare::difference(tree, right).is_none()
                }
                (None, Some(tree)) => tree.last_zxid == end,
                (_, None) => false,
            };
            if !same || !survey.log.is_empty() {
                let now = tree.map_or(Zxid::ZERO, |tree| tree.last_zxid);
                let what = What::RestoreUndone {
                    server,
                    restored: end,
                    now,
                };
                self.findings.report(Property::S20, Some(server), &[], what);
            }
            let files = scene.epochs(server);
            if epoch <= used || files != [Some(epoch); 2] {
                let what = What::RestoreEpoch {
                    server,
                    epoch,
                    used,
                };
                self.findings.report(Property::S20, Some(server), &[], what);
            }
        }
        if let Some(right) = right.as_ref().filter(|_| declared.drop_sessions) {
            let dropped = (end, Arc::new(right.clone()));
            self.restores.sessionless.push(dropped);
        }
        match right {
            Some(right) => self.replay.rewind(places, right),
            None => {
                // A point before all that this run has seen: history begins with what was restored.
                if let Some(found) = found {
                    self.ghost.begin_at(end);
                    self.replay = Replay::starting_from(found);
                }
            }
        }
    }

    /// A place in the new sequence, the database there, and where sessions ended on the way: an earlier
    /// restore may have ended them. Whether the backup is older than that, what was found tells.
    fn start(
        &self,
        same: usize,
        now: &Database,
        sequence: &[Arc<Record>],
        declared: &Declared,
        found: Option<&Database>,
    ) -> (usize, Database, usize) {
        let ended = Some(self.ghost.sessions_ended).filter(|ended| *ended <= same);
        let mut starts = vec![(same, now.clone(), ended.unwrap_or(0))];
        let before = self.replay.before_turn(same);
        starts.extend(before.map(|before| (same, before, 0)));
        starts.push((0, self.replay.origin(), 0));
        for (end, database) in &self.restores.sessionless {
            let place = sequence.partition_point(|record| record.zxid() <= *end);
            starts.push((place, Database::clone(database), place));
        }
        let gives_it = |(place, base, _): &&(usize, Database, usize)| {
            let mut tree = base.clone();
            let rest = sequence.iter().skip(*place);
            for record in rest.take_while(|record| record.zxid() <= declared.zxid) {
                replay::apply(&mut tree, record);
            }
            if declared.drop_sessions {
                tree.last_zxid = declared.zxid;
                tree.drop_sessions();
            }
            found.is_some_and(|found| compare::difference(found, &tree).is_none())
        };
        let right = starts.iter().find(gives_it).unwrap_or(&starts[0]);
        right.clone()
    }

    /// The highest epoch that was led, or that a server acted on.
    fn highest_epoch(&self) -> Epoch {
        let led = self.ghost.reigns.last().map(|(epoch, _)| *epoch);
        led.unwrap_or_default().max(self.leadership.highest())
    }
}
