//! Floor 2a: the data tree, the database around it, and the making of transactions.
//!
//! ```text
//!   request ──▶ Prep ──▶ Txn ──(proposed, logged, committed)──▶ Database::apply ──▶ Applied
//!               leader only          every server                 every server
//!
//!   Database { sessions, last_zxid, DataTree { nodes, acls, ephemerals, digest } }
//! ```
//!
//! It is not a store: nothing here knows of files, and it sends nothing. `Applied` lists what changed,
//! [`Watches`] says who hears of it, and the floors above tell them.
//!
//! # What holds
//!
//! - A transaction carries absolute values only, so applying one to a tree that has seen it
//!   already, or that has even seen later ones, is harmless. Recovery from a fuzzy snapshot rests
//!   on this.
//! - The digest of a tree is the sum of the digests of its nodes, kept up to date by every change.
//!   The leader computes it in advance: a transaction's digest is that of the tree after it.
//! - Two servers that have applied the same transactions agree ([`DataTree::difference`]), but their
//!   numbers for access control lists may differ: each server gives them out by itself.
//! - A clone of a database costs a few pointers. Two clones share all nodes in which they agree.
//!
//! # What is left out
//!
//! SASL and X.509 identities, local sessions, changes of the membership.
//!
//! In ZooKeeper: `DataTree`, `ZKDatabase`, `PrepRequestProcessor`.

pub mod acl;
pub mod auth;
pub mod data_tree;
pub mod database;
pub mod path;
pub mod prepare;
pub mod read;
pub mod rules;
pub mod watches;
pub mod znode;

mod apply;
mod digest;
mod pending;
mod quota;
#[cfg(test)]
mod tests;

pub use acl::{AclId, AclTable};
pub use apply::{Applied, Change, NodeChange, is_poison};
pub use auth::AuthId;
pub use data_tree::DataTree;
pub use database::Database;
pub use path::BadPath;
pub use prepare::{Prep, PrepContext};
pub use quota::is_local;
pub use rules::TreeRules;
pub use watches::Watches;
pub use znode::{NodeOwner, NodeStat, Znode};
