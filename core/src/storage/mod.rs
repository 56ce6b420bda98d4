//! Floor 2b: disks, and ZooKeeper's files on them.
//!
//! Bytes are the only truth here. What a server believes after a restart is what [`recovery`]
//! parses from its disk; no second, logical log stands beside the bytes. The formats are those of
//! ZooKeeper, byte for byte, so that a real server can start from them.
//!
//! ```text
//!   op       FileOp, SyncTarget, DiskStep: what a machine asks for
//!   disk     what is seen, what is durable, what a power loss leaves     (content, inode, directory)
//!   codec    transactions ⇄ bytes                                        (jute, corrupt)
//!   log      appending records          log_file, scan   reading and cutting them
//!   snapshot fuzzy snapshots            walk     the walk over a living tree
//!   epochs   acceptedEpoch, currentEpoch
//!   recovery snapshot + log ──► database, with a report
//!   fields   the names that readers give to bytes                      anatomy   every byte of a file named
//!   image    the files of a real directory, brought into a run
//!   archive  files in a tar archive, read and written piece by piece
//!   backup   taken, verified, restored
//!   purge    what may go                damage   what a person breaks
//! ```
//!
//! It is not a file system, and nothing here waits: the world decides how long an fsync takes and
//! calls [`Disk::finish_sync`] then.

pub mod anatomy;
pub mod archive;
pub mod backup;
pub mod codec;
pub mod content;
pub mod corrupt;
pub mod damage;
pub mod directory;
pub mod disk;
pub mod epochs;
pub mod fields;
pub mod image;
mod inode;
pub mod jute;
pub mod log;
pub mod log_file;
pub mod op;
pub mod purge;
pub mod recovery;
pub mod report;
pub mod scan;
pub mod snapshot;
mod walk;

pub use anatomy::{Anatomy, FileKind, Part, PartKind, Verdict};
pub use archive::{Archiving, BadArchive, Fault, Piece, Unpacking};
pub use codec::{decode_txn, encode_txn, record};
pub use content::Content;
pub use corrupt::{Corrupt, Why};
pub use directory::NameChange;
pub use disk::{Disk, DiskError, FileLoss, FileView, PowerLoss, ReadFiles, SyncTicket};
pub use fields::{Field, Name, Value};
pub use image::{Digesting, Image};
pub use log::LogWriter;
pub use log_file::{Found, LogFile, StopWhy};
pub use op::{DiskStep, FileName, FileOp, SyncTarget};
pub use recovery::{GapRule, Progress, RecoverOptions, Recovering, Recovery, recover};
pub use report::{Finding, Misplaced, Refusal, Report};
pub use scan::{CutRefusal, CutRule, LastLog, LogScan, Stop};
pub use snapshot::{LoadedSnapshot, Packing, SnapshotPolicy, SnapshotReader, SnapshotWriter};

#[cfg(test)]
mod tests;
