//! A survey: what recovery would find on a disk, now and after a power loss.
//!
//! It parses bytes and is taken only when a disk may hold less than before, or more than the log's
//! writer said: at each start, after a power loss, a cut, a purge, damage, and when a snapshot ends.

use std::sync::Arc;

use crate::model::{Record, Zxid};
use crate::protocol::{Config, Switch};
use crate::storage::recovery::recover;
use crate::storage::scan::LastLog;
use crate::storage::{Disk, Finding, Packing, RecoverOptions, epochs, purge, scan};
use crate::tree::Database;

/// What a disk holds.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    /// Recovery accepts the disk.
    pub startable: bool,
    /// Zxid of the snapshot that recovery chooses.
    pub base: Zxid,
    /// Zxid of the newest snapshot that a power loss leaves whole.
    pub base_durable: Zxid,
    /// The log beyond the older of the two snapshots, in order.
    pub log: Vec<Found>,
    /// The database that recovery makes, when it accepts the disk.
    pub database: Option<Database>,
}

/// A record found in a log.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub record: Arc<Record>,
    /// A power loss leaves it.
    pub durable: bool,
}

impl Survey {
    /// Reads a disk as a server of this configuration would at its next start.
    pub(super) fn of(disk: &Disk, config: &Config) -> Self {
        let options = RecoverOptions {
            window: 0,
            ..config.recover_options()
        };
        let recovery = recover(disk, &options);
        let loaded = |f: &Finding| match f {
            Finding::SnapshotLoaded { zxid, .. } => Some(*zxid),
            _ => None,
        };
        let base = recovery.report.iter().find_map(loaded).unwrap_or_default();
        let base_durable = durable_snapshot(disk, options.tmp_counts);
        let database = recovery.outcome.ok();
        let resume = config.switches.on(Switch::ResumeSync);
        let last = database.as_ref().map(|d| d.last_zxid);
        Self {
            startable: last.is_some_and(|last| epochs::read(disk, last, resume).is_ok()),
            base,
            base_durable,
            log: read_log(disk, base.min(base_durable)),
            database,
        }
    }
}

/// A name may wait for the sync of the directory and yet be safe: when a whole snapshot already had
/// it, a power loss leaves one of the two.
fn durable_snapshot(disk: &Disk, tmp: bool) -> Zxid {
    let before = |name: &str| {
        let durable = disk.durable_content(name);
        durable.is_some_and(|content| Packing::of_name(name).looks_whole(content))
    };
    let survives = |name: &str| {
        disk.file(name).is_some_and(|f| f.pending_bytes() == 0)
            && (disk.name_is_durable(name) || before(name))
    };
    let mut newest_first = purge::whole_snapshots(disk, tmp).into_iter();
    let durable = newest_first.find(|(_, name)| survives(name));
    durable.map(|(zxid, _)| zxid).unwrap_or_default()
}

/// Every record after `base` that can be read, up to the first damage.
fn read_log(disk: &Disk, base: Zxid) -> Vec<Found> {
    let found = scan::records(disk, base.next(), LastLog::MayBeTorn).map_while(Result::ok);
    found
        .map(|f| Found {
            durable: disk.name_is_durable(&f.file)
                && disk.file(&f.file).is_some_and(|d| d.durable_end() >= f.end),
            record: f.record,
        })
        .collect()
}
