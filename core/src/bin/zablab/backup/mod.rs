//! `zablab backup`: the backup engine on real directories.
//!
//! ```text
//!   full, incremental   DIR ──► VAULT/ID.taking ──► VAULT/ID     (take)
//!   verify, list        what can be restored, and to where       (judge)
//!   restore             VAULT ──► DIR/version-2.restoring ──► DIR/version-2     (restore)
//! ```
//! A source is never written to, and may be that of a running server. What is interrupted leaves
//! nothing under its final name: a backup is taken up again by the same command, a restore begins anew.

mod bar;
mod failures;
mod judge;
mod manifest_file;
mod places;
mod restore;
mod source_dir;
mod store_dir;
mod take;
mod vault;

use super::args::BackupVerb;
use super::output::Failure;

/// Bytes that are worked on between two looks at the clock.
const PIECE: u64 = 256 << 10;

/// True when the backup is whole, restorable, restored.
pub fn run(verb: &BackupVerb) -> Result<bool, Failure> {
    match verb {
        BackupVerb::Take(options) => take::run(options),
        BackupVerb::Verify(options) => judge::verify(options),
        BackupVerb::Restore(options) => restore::restore(options),
        BackupVerb::List(options) => judge::list(options),
    }
}
