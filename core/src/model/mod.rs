//! Floor 1: the words of ZooKeeper's data plane: zxid, transaction, request, quorum.

pub mod acl;
pub mod error;
pub mod quorum;
pub mod reply;
pub mod request;
pub mod session;
pub mod txn;
pub mod watch;
pub mod zxid;

pub use acl::Acl;
pub use error::ErrorCode;
pub use quorum::{Ensemble, Quorum};
pub use reply::{Reply, ReplyBody, Stat};
pub use request::Request;
pub use txn::{Record, Txn, TxnBody, TxnHeader};
pub use watch::{EventKind, WatchEvent};
pub use zxid::{Epoch, Zxid};
