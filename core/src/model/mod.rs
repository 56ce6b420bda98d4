//! Floor 1: the words of ZooKeeper's data plane: zxid, transaction, request, quorum.

pub mod acl;
pub mod error;
pub mod quorum;
pub mod request;
pub mod txn;
pub mod zxid;

pub use acl::Acl;
pub use error::ErrorCode;
pub use quorum::{Ensemble, Quorum};
pub use request::{Reply, Request, Stat};
pub use txn::{Record, Txn, TxnBody, TxnHeader};
pub use zxid::{Epoch, Zxid};
