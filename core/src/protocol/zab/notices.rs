//! What a server tells its clients without being asked: their watches fire.
//!
//! Firing is a part of applying, so the news goes out before any answer that is computed from the new
//! state, and in the order of the transactions.
//!
//! In ZooKeeper: `WatchManager.triggerWatch`, `DataTree.setWatches`, `NIOServerCnxn.process`.

use std::sync::Arc;

use super::peer::{Cx, Peer};
use crate::base::{ClientId, ConnId};
use crate::model::watch::WatchList;
use crate::model::{WatchEvent, Zxid};
use crate::protocol::machine::{Effect, ServerPacket};
use crate::tree::{NodeChange, auth};

impl Peer {
    pub(super) fn tell_watchers(&mut self, cx: &mut Cx<'_>, zxid: Zxid, changes: &[NodeChange]) {
        if self.service.watches.is_empty() {
            return;
        }
        let zxid = self.rules.events_carry_zxid.then_some(zxid);
        for change in changes {
            let Some(kind) = change.change.event() else {
                continue;
            };
            let told = self.service.watches.fire(&change.path, kind, self.rules);
            let path = Arc::clone(&change.path);
            let event = Arc::new(WatchEvent { kind, path, zxid });
            for conn in told {
                self.tell(cx, conn, &event, change);
            }
        }
    }

    /// From 3.9 on nobody hears of a node that it may not read.
    fn tell(&self, cx: &mut Cx<'_>, conn: ConnId, event: &Arc<WatchEvent>, change: &NodeChange) {
        let mut found = self.service.conns.iter().filter(|(_, c)| c.conn == conn);
        let Some((client, connection)) = found.next() else {
            return;
        };
        let list = change.acl.as_deref().unwrap_or_default();
        if self.rules.events_need_read && !auth::may_read(list, &connection.ids) {
            return;
        }
        let event = Arc::clone(event);
        cx.out.push(Effect::ToClient {
            client: *client,
            conn,
            packet: ServerPacket::Event(event),
        });
    }

    /// What has changed since the client saw `seen` is told at once; the rest is watched again.
    /// False when the server fails over one of the watches.
    pub(super) fn set_watches(
        &mut self,
        cx: &mut Cx<'_>,
        (client, conn): (ClientId, ConnId),
        seen: Zxid,
        list: &WatchList,
    ) -> bool {
        let (tree, rules) = (&self.db.tree, self.rules);
        let watches = &mut self.service.watches;
        let (missed, done) = watches.set_again(tree, conn, seen, list, rules);
        for (kind, path) in missed {
            let zxid = None;
            let packet = ServerPacket::Event(Arc::new(WatchEvent { kind, path, zxid }));
            cx.out.push(Effect::ToClient {
                client,
                conn,
                packet,
            });
        }
        done
    }
}
