//! Discovery: a quorum agrees on an epoch that is higher than any it accepted before.
//!
//! The leader hears acceptedEpoch of a quorum, itself included, and takes the maximum plus one. It
//! writes the number before it says it. A learner writes it before it answers, and answers with its
//! currentEpoch and last zxid: if these are ahead of the leader's, the leader gives up.
//!
//! In ZooKeeper: `Leader.getEpochToPropose`, `waitForEpochAck`, `Learner.registerWithLeader`.

use super::jobs::Then;
use super::learner::LearnStage;
use super::packet::Packet;
use super::peer::{Cx, Part, Peer};
use super::state::Phase;
use super::synchronization::LearnerState;
use crate::base::ServerId;
use crate::model::{Epoch, Zxid};
use crate::protocol::decision::{Decision, LeaveReason};
use crate::protocol::machine::{Effect, Timer};
use crate::protocol::switch::Switch;
use crate::storage::epochs::EpochFile;

impl Peer {
    // --- leader ---

    /// A learner introduced itself.
    pub(super) fn on_learner_info(
        &mut self,
        cx: &mut Cx<'_>,
        from: ServerId,
        accepted: Epoch,
        participant: bool,
    ) {
        let tick_limit = u64::from(self.config.init_limit + self.config.sync_limit);
        let forgets = self.config.switches.on(Switch::ForgetAcks);
        let yields = participant && self.config.switches.on(Switch::YieldToPromise);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        if yields && leading.epoch.is_some_and(|epoch| accepted > epoch) {
            // It makes the same promise, so that the next epoch is beyond it whoever is elected.
            let then = Then::LearnerAccepted(accepted);
            self.write_epoch(cx, EpochFile::Accepted, accepted, then);
            cx.out.push(Effect::Close(from));
            self.leave(cx, LeaveReason::HigherPromise);
            return;
        }
        let deadline = leading.tick + tick_limit;
        if forgets {
            leading.forget_acks(from);
        }
        leading
            .learners
            .insert(from, LearnerState::new(participant, deadline));
        match leading.epoch {
            Some(epoch) if leading.epoch_on_disk => {
                cx.out.send(from, Packet::LeaderInfo { epoch });
            }
            Some(_) => {}
            None => {
                if participant || !self.config.switches.on(Switch::ObserversDoNotCount) {
                    leading.announced.insert(from, accepted);
                }
                self.maybe_fix_epoch(cx);
            }
        }
    }

    /// Fixes the new epoch once a quorum has announced itself.
    pub(super) fn maybe_fix_epoch(&mut self, cx: &mut Cx<'_>) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let heard: Vec<ServerId> = leading.announced.keys().copied().collect();
        if leading.epoch.is_some() || !self.counts_as_quorum(heard) {
            return;
        }
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let highest = leading
            .announced
            .values()
            .max()
            .copied()
            .unwrap_or_default();
        let epoch = Epoch(highest.0 + 1);
        leading.epoch = Some(epoch);
        cx.out.decide(Decision::ProposedEpoch { epoch });
        self.write_epoch(cx, EpochFile::Accepted, epoch, Then::LeaderAccepted(epoch));
    }

    /// The epoch is on disk: tell it to everybody who asked.
    pub(super) fn offer_epoch(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.epoch_on_disk = true;
        leading.last_proposed = Zxid::new(epoch, 0);
        for to in leading.learners.keys() {
            cx.out.send(*to, Packet::LeaderInfo { epoch });
        }
        leading.epoch_acks.insert(self.id);
        self.arm_init_limit(cx);
        self.maybe_agree_epoch(cx);
    }

    /// A learner accepted the epoch.
    pub(super) fn on_ack_epoch(
        &mut self,
        cx: &mut Cx<'_>,
        from: ServerId,
        current: Option<Epoch>,
        last_zxid: Zxid,
    ) {
        let own = (self.current, self.history_end());
        let check = self.config.switches.on(Switch::AckEpochCheck);
        let count_all = !self.config.switches.on(Switch::ObserversDoNotCount);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let Some(learner) = leading.learners.get_mut(&from) else {
            return;
        };
        learner.last_zxid = Some(last_zxid);
        let participant = learner.participant;
        if leading.epoch_agreed {
            self.sync_learner(cx, from);
            return;
        }
        if let Some(epoch) = current {
            if check && (epoch, last_zxid) > (own.0, own.1) && participant {
                cx.out.decide(Decision::FollowerAhead {
                    follower: from,
                    epoch,
                    zxid: last_zxid,
                });
                self.leave(cx, LeaveReason::FollowerAhead);
                return;
            }
            if (participant || count_all) && last_zxid != Zxid::UNTRUSTED {
                leading.epoch_acks.insert(from);
            }
        }
        self.maybe_agree_epoch(cx);
    }

    fn maybe_agree_epoch(&mut self, cx: &mut Cx<'_>) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let Some(epoch) = leading.epoch else {
            return;
        };
        let acks: Vec<ServerId> = leading.epoch_acks.iter().copied().collect();
        if leading.epoch_agreed || !self.counts_as_quorum(acks) {
            return;
        }
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.epoch_agreed = true;
        cx.out.decide(Decision::EpochAgreed { epoch });
        self.write_epoch(cx, EpochFile::Current, epoch, Then::LeaderCurrent(epoch));
    }

    // --- learner ---

    /// Connects to the elected leader. All attempts together may take initLimit.
    pub(super) fn connect_to_leader(&mut self, cx: &mut Cx<'_>) {
        let limit = self.init_limit();
        if let Part::Learning(learning) = &mut self.part {
            learning.tries += 1;
            cx.out.push(Effect::Connect(learning.leader));
            if learning.tries == 1 {
                cx.out.arm(Timer::ReadTimeout, limit);
            }
        }
    }

    /// The connection to the leader is open: introduce myself.
    pub(super) fn register_with_leader(&mut self, cx: &mut Cx<'_>) {
        let limit = self.init_limit();
        let accepted = self.accepted;
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.stage = LearnStage::Discovery;
        let packet = if learning.observer {
            Packet::ObserverInfo { accepted }
        } else {
            Packet::FollowerInfo { accepted }
        };
        cx.out.send(learning.leader, packet);
        cx.out.arm(Timer::ReadTimeout, limit);
    }

    /// The leader told the new epoch.
    pub(super) fn on_leader_info(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        let accepted = self.accepted;
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.epoch = epoch;
        if epoch > accepted {
            cx.out.decide(Decision::AcceptedEpoch { epoch });
            learning.busy = true;
            self.write_epoch(cx, EpochFile::Accepted, epoch, Then::LearnerAccepted(epoch));
        } else if epoch == accepted {
            cx.out.decide(Decision::AcceptedEpochAgain { epoch });
            self.ack_epoch(cx, false);
        } else {
            cx.out.decide(Decision::RefusedEpoch {
                offered: epoch,
                accepted,
            });
            self.leave(cx, LeaveReason::OldEpoch);
        }
    }

    /// Answers LEADERINFO; `counts` is false when the epoch was accepted before.
    pub(super) fn ack_epoch(&mut self, cx: &mut Cx<'_>, counts: bool) {
        let last_zxid = if self.needs_snap {
            Zxid::ZERO
        } else {
            self.last_zxid()
        };
        let current = counts.then_some(self.current);
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.stage = LearnStage::Syncing;
        learning.phase = Phase::Synchronization;
        cx.out
            .send(learning.leader, Packet::AckEpoch { current, last_zxid });
    }

    /// Quorum test of discovery and synchronisation; it honours the switches that weaken it.
    pub(super) fn counts_as_quorum(&self, mut set: Vec<ServerId>) -> bool {
        if self.config.switches.on(Switch::ObserversDoNotCount) {
            return self.is_quorum(set);
        }
        let voters = self.config.ensemble.voters.len();
        set.dedup();
        set.len() > voters / 2
    }
}
