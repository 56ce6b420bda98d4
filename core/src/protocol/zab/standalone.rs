//! A server without an ensemble: it leads nobody, and nobody may contradict it.
//!
//! There is no election and no epoch: transactions are numbered on from the last one of the disk, from 1
//! on an empty one. Everything else is that of a leader: the same preparation, the same log, the same
//! sessions. Its own fsync is the whole quorum.
//!
//! In ZooKeeper: `ZooKeeperServerMain`, `ZooKeeperServer`.

use super::broadcast::Leading;
use super::peer::{Cx, Part, Peer};
use super::state::Phase;
use super::synchronization::REAPER_INTERVAL;
use crate::protocol::machine::Timer;

impl Peer {
    /// Serves at once what the disk held.
    pub(super) fn serve_alone(&mut self, cx: &mut Cx<'_>) {
        self.drop_orphans();
        let sessions = self.tracked_sessions(cx.now);
        let last = self.db.last_zxid;
        let mut leading = Leading::new(self.id, self.accepted);
        leading.phase = Phase::Broadcast;
        leading.last_proposed = last;
        leading.last_committed = last;
        leading.sessions = sessions;
        self.part = Part::Leading(Box::new(leading));
        self.write_startup_snapshot(cx);
        cx.out.arm(Timer::Reaper, REAPER_INTERVAL);
        self.await_bucket(cx);
    }
}
