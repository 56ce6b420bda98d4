//! Floor 2b: disks and ZooKeeper's files on them.
//!
//! Bytes are the only truth here. What a server believes after a restart is what
//! recovery parses from its disk; no second, logical log stands beside the bytes.

pub mod content;
pub mod directory;
pub mod disk;
mod inode;
pub mod log;
pub mod op;

pub use content::Content;
pub use directory::NameChange;
pub use disk::{Disk, DiskError, FileLoss, FileView, PowerLoss, ReadFiles, SyncTicket};
pub use log::LogWriter;
pub use op::{DiskStep, FileName, FileOp, SyncTarget};
