//! Fast leader election: servers exchange votes until a quorum says the same.
//!
//! A vote is better by (epoch, zxid, id), in that order; nothing in it is random and no clock is
//! compared. Rounds keep votes of different attempts apart. A server that is not looking answers a
//! looking one with the leader it knows.
//!
//! ```text
//!   LOOKING ──notification──► every voter            clock = round
//!     better vote  → adopt, tell everybody
//!     later round  → join it, start from my own vote
//!     a quorum votes as I do → wait 200 ms for a better one → decide
//!     a quorum follows a leader who says it leads → join it at once
//! ```
//! In ZooKeeper: `FastLeaderElection.lookForLeader`, `WorkerReceiver`.

use std::collections::BTreeMap;

use super::packet::Packet;
use super::peer::{Cx, Peer};
use super::state::Role;
use crate::base::{Duration, ServerId};
use crate::model::{Epoch, Zxid};
use crate::protocol::decision::Decision;
use crate::protocol::machine::{Effect, Timer};
use crate::protocol::switch::Switch;

/// How long a decided server waits for a better vote. ZooKeeper: `finalizeWait`.
const FINALIZE_WAIT: Duration = Duration::from_ms(200);
/// The longest wait before votes are repeated. ZooKeeper: `maxNotificationInterval`.
const NOTIFY_MAX: Duration = Duration::from_s(60);

/// What a server votes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vote {
    /// The proposed leader; `ServerId(0)` is nobody.
    pub leader: ServerId,
    /// The proposed leader's last logged zxid.
    pub zxid: Zxid,
    /// The proposed leader's currentEpoch.
    pub peer_epoch: Epoch,
}

impl Vote {
    /// An observer's first vote: it loses against everybody.
    pub const NOBODY: Self = Self {
        leader: ServerId(0),
        zxid: Zxid::LOWEST,
        peer_epoch: Epoch(i64::MIN),
    };
}

/// A notification as it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Heard {
    /// The vote.
    pub vote: Vote,
    /// The sender's round.
    pub round: u64,
    /// The sender's state.
    pub state: Role,
}

/// A running election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election {
    /// What this server votes now.
    pub vote: Vote,
    /// Votes of this round, by sender.
    pub received: BTreeMap<ServerId, Heard>,
    /// Votes of servers that follow or lead, by sender.
    pub settled: BTreeMap<ServerId, Heard>,
    /// A quorum agrees; only a better vote is still waited for.
    pub finalizing: bool,
    wait: Duration,
}

impl Peer {
    /// Starts a new round: clock + 1, vote for myself, tell every voter.
    pub(super) fn start_election(&mut self, cx: &mut Cx<'_>) {
        self.round += 1;
        let vote = self.initial_vote();
        self.vote = vote;
        self.election = Some(Election {
            vote,
            received: BTreeMap::new(),
            settled: BTreeMap::new(),
            finalizing: false,
            wait: FINALIZE_WAIT,
        });
        cx.out.decide(Decision::StartedRound {
            round: self.round,
            vote,
        });
        cx.out.arm(Timer::Notify, FINALIZE_WAIT);
        self.notify_all(cx);
        self.hear(cx, self.id, self.own_notification());
        for (from, heard) in std::mem::take(&mut self.early_votes) {
            self.on_notification(cx, from, heard);
        }
    }

    fn initial_vote(&self) -> Vote {
        if !self.config.ensemble.is_voter(self.id) {
            return Vote::NOBODY;
        }
        Vote {
            leader: self.id,
            zxid: self.last_zxid(),
            peer_epoch: self.current,
        }
    }

    fn own_notification(&self) -> Heard {
        Heard {
            vote: self.vote,
            round: self.round,
            state: self.role(),
        }
    }

    fn notify(&self, cx: &mut Cx<'_>, to: ServerId) {
        let Heard { vote, round, state } = self.own_notification();
        cx.out.send(to, Packet::Notification { vote, round, state });
    }

    fn notify_all(&self, cx: &mut Cx<'_>) {
        for to in &self.config.ensemble.voters {
            if *to != self.id {
                self.notify(cx, *to);
            }
        }
    }

    /// The election channel to `peer` works again: the last thing said is said once more.
    pub(super) fn on_link_up(&mut self, cx: &mut Cx<'_>, peer: ServerId) {
        if self.election.is_some() && self.config.ensemble.is_voter(peer) {
            self.notify(cx, peer);
        }
    }

    /// Nothing heard for a while: say it again, wait twice as long.
    pub(super) fn on_notify_timer(&mut self, cx: &mut Cx<'_>) {
        let Some(election) = &mut self.election else {
            return;
        };
        election.wait = election.wait.times(2).min(NOTIFY_MAX);
        cx.out.arm(Timer::Notify, election.wait);
        cx.out.decide(Decision::RepeatedVote);
        self.notify_all(cx);
    }

    /// A notification arrived: answer if the sender needs it, and count it if I am looking.
    ///
    /// Who has no vote is answered while it looks, and only then: it answers a looking voter itself,
    /// and the two would go on for ever.
    pub(super) fn on_notification(&mut self, cx: &mut Cx<'_>, from: ServerId, heard: Heard) {
        if !self.config.ensemble.is_voter(from) {
            if heard.state == Role::Looking {
                self.notify(cx, from);
            }
            return;
        }
        if self.election.is_some() {
            self.hear(cx, from, heard);
            if heard.state == Role::Looking && heard.round < self.round {
                self.notify(cx, from);
            }
        } else if self.role() == Role::Looking {
            self.early_votes.insert(from, heard);
        } else if heard.state == Role::Looking {
            self.notify(cx, from);
        }
    }

    fn hear(&mut self, cx: &mut Cx<'_>, from: ServerId, heard: Heard) {
        let Some(election) = &mut self.election else {
            return;
        };
        if from != self.id && !self.config.ensemble.is_voter(heard.vote.leader) {
            return;
        }
        if election.finalizing {
            if !self.beats(heard.vote, self.vote) {
                cx.out.arm(Timer::Finalize, FINALIZE_WAIT);
                return;
            }
            if let Some(election) = &mut self.election {
                election.finalizing = false;
            }
            cx.out.push(Effect::Disarm(Timer::Finalize));
            cx.out.decide(Decision::BetterVoteCame { from });
        }
        let wait = self.election.as_ref().map_or(FINALIZE_WAIT, |e| e.wait);
        cx.out.arm(Timer::Notify, wait);
        match heard.state {
            Role::Looking => self.hear_looking(cx, from, heard),
            Role::Following | Role::Leading => self.hear_settled(cx, from, heard),
            Role::Observing => {}
        }
    }

    fn hear_looking(&mut self, cx: &mut Cx<'_>, from: ServerId, heard: Heard) {
        if self.last_zxid() == Zxid::UNTRUSTED && from == self.id
            || heard.vote.zxid == Zxid::UNTRUSTED
        {
            return;
        }
        if heard.round < self.round {
            cx.out.decide(Decision::IgnoredOldRound {
                from,
                round: heard.round,
            });
            return;
        }
        if heard.round > self.round {
            self.join_round(cx, from, heard);
        } else if self.beats(heard.vote, self.vote) {
            cx.out.decide(Decision::AdoptedVote {
                from,
                vote: heard.vote,
            });
            self.change_vote(cx, heard.vote);
        } else if heard.vote != self.vote {
            cx.out.decide(Decision::KeptVote {
                from,
                vote: heard.vote,
            });
        }
        if let Some(election) = &mut self.election {
            election.received.insert(from, heard);
        }
        self.count_votes(cx);
    }

    fn join_round(&mut self, cx: &mut Cx<'_>, from: ServerId, heard: Heard) {
        self.round = heard.round;
        if let Some(election) = &mut self.election {
            election.received.clear();
        }
        cx.out.decide(Decision::JoinedRound {
            from,
            round: heard.round,
        });
        let mine = self.initial_vote();
        let vote = if self.beats(heard.vote, mine) {
            heard.vote
        } else {
            mine
        };
        self.change_vote(cx, vote);
    }

    fn change_vote(&mut self, cx: &mut Cx<'_>, vote: Vote) {
        self.vote = vote;
        if let Some(election) = &mut self.election {
            election.vote = vote;
        }
        self.notify_all(cx);
        let mine = self.own_notification();
        if self.config.ensemble.is_voter(self.id)
            && let Some(election) = &mut self.election
        {
            election.received.insert(self.id, mine);
        }
    }

    fn count_votes(&mut self, cx: &mut Cx<'_>) {
        let Some(election) = &mut self.election else {
            return;
        };
        let same: Vec<ServerId> = election
            .received
            .iter()
            .filter(|(_, h)| h.vote == election.vote && h.round == self.round)
            .map(|(id, _)| *id)
            .collect();
        if self.is_quorum(same) {
            let Some(election) = &mut self.election else {
                return;
            };
            election.finalizing = true;
            let vote = election.vote;
            cx.out.decide(Decision::QuorumOfVotes { vote });
            cx.out.push(Effect::Disarm(Timer::Notify));
            cx.out.arm(Timer::Finalize, FINALIZE_WAIT);
        }
    }

    /// The wait for a better vote is over.
    pub(super) fn on_finalize_timer(&mut self, cx: &mut Cx<'_>) {
        let Some(vote) = self
            .election
            .as_ref()
            .filter(|e| e.finalizing)
            .map(|e| e.vote)
        else {
            return;
        };
        cx.out.decide(Decision::Elected {
            leader: vote.leader,
            round: self.round,
        });
        self.take_role(cx, vote);
    }

    fn hear_settled(&mut self, cx: &mut Cx<'_>, from: ServerId, heard: Heard) {
        let leader = heard.vote.leader;
        let Some(election) = &mut self.election else {
            return;
        };
        if heard.round == self.round {
            election.received.insert(from, heard);
            let votes = self.election.as_ref().map(|e| e.received.clone());
            if votes.is_some_and(|v| self.leads_by(&v, &heard)) {
                cx.out.decide(Decision::Elected {
                    leader,
                    round: self.round,
                });
                self.take_role(cx, heard.vote);
                return;
            }
        }
        if let Some(election) = &mut self.election {
            election.settled.insert(from, heard);
            let settled = election.settled.clone();
            if self.leads_by(&settled, &heard) {
                self.round = heard.round;
                cx.out.decide(Decision::JoinedEstablished {
                    leader,
                    round: heard.round,
                });
                self.take_role(cx, heard.vote);
            }
        }
    }

    /// True when a quorum of `votes` names the leader of `heard`, and that leader says so itself.
    /// Among settled servers only leader and epoch are compared (ZOOKEEPER-1732, 1805).
    fn leads_by(&self, votes: &BTreeMap<ServerId, Heard>, heard: &Heard) -> bool {
        let leader = heard.vote.leader;
        let same: Vec<ServerId> = votes
            .iter()
            .filter(|(_, h)| match h.state {
                Role::Looking => h.vote == heard.vote && h.round == heard.round,
                _ => h.vote.leader == leader && h.vote.peer_epoch == heard.vote.peer_epoch,
            })
            .map(|(id, _)| *id)
            .collect();
        let confirmed = if leader == self.id {
            heard.round == self.round
        } else {
            votes.get(&leader).is_some_and(|h| h.state == Role::Leading)
        };
        confirmed && self.is_quorum(same)
    }

    /// ZooKeeper: `totalOrderPredicate`.
    fn beats(&self, new: Vote, old: Vote) -> bool {
        if self.config.ensemble.weight(new.leader) == 0 {
            return false;
        }
        if self.config.switches.on(Switch::VoteByEpoch) {
            (new.peer_epoch, new.zxid, new.leader) > (old.peer_epoch, old.zxid, old.leader)
        } else {
            (new.zxid, new.peer_epoch, new.leader) > (old.zxid, old.peer_epoch, old.leader)
        }
    }

    /// True when `set` may decide. Without the strict rule half of the voters is enough.
    pub(super) fn is_quorum(&self, set: Vec<ServerId>) -> bool {
        if self.config.switches.on(Switch::StrictQuorum) {
            return self.config.ensemble.is_quorum(set);
        }
        let voters = &self.config.ensemble.voters;
        set.iter().filter(|id| voters.contains(id)).count() * 2 >= voters.len()
    }
}
