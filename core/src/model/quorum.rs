//! Who votes, who only watches, and which sets of servers may decide.
//!
//! Majority: more than half of the voters. Hierarchical: more than half of the groups that have any
//! weight, each with more than half of its weight. ZooKeeper: `QuorumMaj`, `QuorumHierarchical`.

use std::collections::BTreeMap;

use crate::base::ServerId;

/// The rule that says which sets of voters are quorums.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Quorum {
    /// More than half of the voters.
    Majority,
    /// Groups of weighted voters.
    Hierarchical {
        /// Group of each voter.
        group: BTreeMap<ServerId, u8>,
        /// Weight of each voter; a missing one is 1.
        weight: BTreeMap<ServerId, u32>,
    },
}

/// The fixed membership of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ensemble {
    /// Voters in id order.
    pub voters: Vec<ServerId>,
    /// Observers in id order; they follow and never count.
    pub observers: Vec<ServerId>,
    /// The rule.
    pub quorum: Quorum,
}

impl Ensemble {
    /// `voters` voters numbered from 1, then `observers` observers, deciding by majority.
    pub fn majority(voters: u8, observers: u8) -> Self {
        Self {
            voters: (1..=voters).map(ServerId).collect(),
            observers: (voters + 1..=voters + observers).map(ServerId).collect(),
            quorum: Quorum::Majority,
        }
    }

    /// Every server in id order.
    pub fn servers(&self) -> impl Iterator<Item = ServerId> + '_ {
        self.voters.iter().chain(&self.observers).copied()
    }

    /// True when `id` votes.
    pub fn is_voter(&self, id: ServerId) -> bool {
        self.voters.contains(&id)
    }

    /// Weight of a vote for `id` as a leader: a voter of weight 0 cannot lead.
    pub fn weight(&self, id: ServerId) -> u32 {
        match &self.quorum {
            Quorum::Majority => u32::from(self.is_voter(id)),
            Quorum::Hierarchical { weight, .. } => weight.get(&id).copied().unwrap_or(1),
        }
    }

    /// True when the voters among `set` form a quorum.
    pub fn is_quorum(&self, set: impl IntoIterator<Item = ServerId>) -> bool {
        match &self.quorum {
            Quorum::Majority => {
                let votes = set.into_iter().filter(|id| self.is_voter(*id)).count();
                votes > self.voters.len() / 2
            }
            Quorum::Hierarchical { group, .. } => {
                let mut have: BTreeMap<u8, u32> = BTreeMap::new();
                for id in set {
                    if let Some(g) = group.get(&id) {
                        *have.entry(*g).or_default() += self.weight(id);
                    }
                }
                self.groups_won(group, &have)
            }
        }
    }

    fn groups_won(&self, group: &BTreeMap<ServerId, u8>, have: &BTreeMap<u8, u32>) -> bool {
        let mut total: BTreeMap<u8, u32> = BTreeMap::new();
        for (id, g) in group {
            *total.entry(*g).or_default() += self.weight(*id);
        }
        total.retain(|_, w| *w > 0);
        let won = total
            .iter()
            .filter(|(g, w)| have.get(*g).copied().unwrap_or(0) > **w / 2)
            .count();
        won > total.len() / 2
    }

    /// The smallest number of voters that can decide under a majority; shown as the tick of a
    /// quorum bar.
    pub fn majority_size(&self) -> usize {
        self.voters.len() / 2 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(list: &[u8]) -> Vec<ServerId> {
        list.iter().copied().map(ServerId).collect()
    }

    #[test]
    fn majorities_of_every_size() {
        for (voters, needed) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (9, 5)] {
            let e = Ensemble::majority(voters, 2);
            let all: Vec<u8> = (1..=voters).collect();
            assert!(e.is_quorum(ids(&all[..needed])), "{voters} voters");
            assert!(!e.is_quorum(ids(&all[..needed - 1])), "{voters} voters");
            assert_eq!(e.majority_size(), needed);
        }
    }

    #[test]
    fn observers_never_count() {
        let e = Ensemble::majority(3, 2);
        assert!(!e.is_quorum(ids(&[1, 4, 5])));
    }

    #[test]
    fn hierarchical_needs_most_groups_and_most_weight_in_each() {
        let group = (1..=9).map(|i| (ServerId(i), (i - 1) / 3)).collect();
        let e = Ensemble {
            quorum: Quorum::Hierarchical {
                group,
                weight: BTreeMap::from([(ServerId(9), 0)]),
            },
            ..Ensemble::majority(9, 0)
        };
        assert!(e.is_quorum(ids(&[1, 2, 4, 5])));
        assert!(!e.is_quorum(ids(&[1, 2, 3, 4, 7])));
        assert!(!e.is_quorum(ids(&[1, 2, 7, 9])));
        assert!(e.is_quorum(ids(&[1, 2, 7, 8])));
    }
}
