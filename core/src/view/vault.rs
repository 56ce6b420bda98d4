//! The vault as a panel shows it: backups with what they cover and what they are worth, the rule by which
//! they are taken, and what the last disaster cost.
//!
//! ```text
//!   name   kind          from ▐████████▌ to    fuzzy ░░    parent ◄──    progress, verdict
//!   b1     full                ▐███░░▌                                   ✓ restorable e1·4 … e1·9
//!   b2     incremental               ▐███▌                 b1            62 %
//!   gap                                   ╌╌╌╌╌╌ 14 writes no backup holds
//! ```
//! It is plain data, made when a panel asks, of the moment that is shown.

use std::sync::Arc;

use serde::Serialize;

use super::caption::{self, worth};
use super::frame::Zx;
use super::lang::Text;
use crate::base::{Duration, Order, ServerId};
use crate::check::Toll;
use crate::model::Zxid;
use crate::storage::backup::{CopyOrder, Manifest, State, Tail, Way};
use crate::world::World;
use crate::world::vault::{Backup, BackupKind, Held, Vault, Work};

/// All of the vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VaultView {
    /// The moment that is shown, in microseconds since the start of the run.
    pub now_us: u64,
    /// The newest committed transaction.
    pub committed: Zx,
    /// Backups, oldest first.
    pub backups: Vec<VaultBackup>,
    /// The rule by which backups are taken.
    pub policy: Option<PolicyView>,
    /// Logs that are shipped all the time.
    pub ships: Vec<ShipView>,
    /// Bytes of all backups.
    pub bytes: u64,
    /// Bytes that the vault has room for; `None`: enough.
    pub capacity: Option<u64>,
    /// The link to the vault is cut.
    pub cut: bool,
    /// A joint restore under way.
    pub restoring: Option<RestoringView>,
    /// What the last disaster cost.
    pub toll: Option<TollView>,
    /// How servers came back, by themselves and by hand, oldest first.
    pub recoveries: Vec<RecoveryView>,
    /// Committed transactions that no backup holds, and how many of them clients know of.
    pub gap: Option<VaultGap>,
}

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VaultBackup {
    /// Its name; `Target::Backup` of it can be inspected.
    pub name: String,
    /// Whose files.
    pub server: ServerId,
    /// What it holds.
    pub kind: VaultKind,
    /// How it was taken, in words.
    pub way: Text,
    /// What it goes on from.
    pub parent: Option<String>,
    /// When it was begun, in microseconds of the run.
    pub begun_us: u64,
    /// When it was whole, or worked on last.
    pub taken_us: u64,
    /// The wall clock of the source then, `2026-01-01 00:00:05.250`.
    pub taken: String,
    /// The first transaction that its own files hold; `None`: from the beginning.
    pub from: Option<Zx>,
    /// The last transaction in it.
    pub to: Zx,
    /// Its snapshot, and up to where that is fuzzy.
    pub snapshot: Option<(Zx, Option<Zx>)>,
    /// Bytes that it adds to its parents.
    pub bytes: u64,
    /// Bytes with all its parents.
    pub chain_bytes: u64,
    /// Its files with their lengths.
    pub files: Vec<(String, u64)>,
    /// How far it is.
    pub state: VaultState,
    /// The ensemble may undo its end.
    pub tail_may_go: bool,
    /// What the last verification said.
    pub verdict: Option<VerdictView>,
    /// Backups that go on from it: it cannot go before them.
    pub children: Vec<String>,
}

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum VaultKind {
    /// A snapshot, and the log from there on.
    Full,
    /// The log behind its parent.
    Incremental,
    /// All files of a disk at one moment.
    Cold,
    /// A streamed snapshot.
    Hot,
}

/// How far a backup is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum VaultState {
    /// It is being copied.
    Taking {
        /// Bytes copied.
        done: u64,
        /// Bytes in all, as far as is known.
        all: u64,
        /// The file that is copied.
        file: String,
        /// When it will be whole if nothing comes between, in microseconds from now.
        eta_us: u64,
    },
    /// It stopped halfway; it can be resumed.
    Stopped {
        /// Bytes copied.
        done: u64,
        /// Bytes in all, as far as is known.
        all: u64,
        /// Why.
        why: Text,
    },
    /// Everything is there.
    Whole,
    /// It will never be whole.
    Broken(Text),
}

/// What a verification said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictView {
    /// The first and the last point that it can be restored to; `None`: it cannot.
    pub range: Option<(Zx, Zx)>,
    /// In words: that, or why not.
    pub words: Text,
    /// What is odd, and stops nothing.
    pub warnings: Vec<Text>,
    /// When it was asked, in microseconds of the run.
    pub at_us: u64,
}

/// A rule by which backups are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// Whose files.
    pub server: ServerId,
    /// The rule in words.
    pub words: Text,
    /// When the next backup is due, in microseconds from now.
    pub next_us: Option<u64>,
    /// Backups that are due to go and stay, as a child needs them: the parent, the child.
    pub held: Vec<(String, String)>,
}

/// Logs that are shipped all the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShipView {
    /// Its name.
    pub name: String,
    /// Whose logs.
    pub server: ServerId,
    /// How often, in microseconds.
    pub every_us: u64,
    /// The backup that the next increment goes on from.
    pub last: String,
    /// When that is due, in microseconds from now.
    pub next_us: u64,
}

/// A joint restore under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestoringView {
    /// Which backup.
    pub backup: String,
    /// The last transaction that stays.
    pub to: Zx,
    /// Servers that are restored.
    pub servers: Vec<ServerId>,
    /// Those whose files are ready.
    pub staged: Vec<ServerId>,
    /// Confirmed writes that end, as declared.
    pub lost: Vec<Zx>,
}

/// What a disaster cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TollView {
    /// Confirmed writes that are gone.
    pub lost: Vec<Zx>,
    /// How many of them no restore declared.
    pub undeclared: u64,
    /// The last confirmed write that is there.
    pub kept: Option<Zx>,
    /// From the last kept write to the last lost one, in microseconds.
    pub rpo_us: Option<u64>,
    /// From the last confirmed write before the recovery to the first after it; `None`: not yet.
    pub rto_us: Option<u64>,
    /// Both in a sentence.
    pub words: Text,
}

/// How a server came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecoveryView {
    /// Which.
    pub server: ServerId,
    /// By what.
    pub means: Means,
    /// What the leader did on top of what an operator had put there.
    pub then: Option<Means>,
    /// When it served again, in microseconds of the run.
    pub at_us: u64,
    /// From its start until then.
    pub took_us: u64,
    /// Bytes that were sent to it, or put on its disk.
    pub bytes: u64,
}

/// By what a server came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Means {
    /// The leader sent the transactions that it lacked.
    Diff,
    /// The leader had it cut what nobody else had.
    Trunc,
    /// The leader sent the whole tree.
    Snap,
    /// An operator put the files of this backup there.
    Copy(String),
    /// An operator restored this backup on all servers.
    Restore(String),
}

impl Means {
    /// Nobody had to do anything.
    pub const fn is_automatic(&self) -> bool {
        matches!(self, Self::Diff | Self::Trunc | Self::Snap)
    }

    /// In words.
    pub fn words(&self) -> Text {
        match self {
            Self::Diff => Text::new("DIFF from the leader", "领导者发来 DIFF"),
            Self::Trunc => Text::new("TRUNC by the leader", "领导者要求 TRUNC"),
            Self::Snap => Text::new("SNAP from the leader", "领导者发来 SNAP"),
            Self::Copy(name) => {
                Text::new(format!("files of {name}"), format!("放入 {name} 的文件"))
            }
            Self::Restore(name) => Text::new(
                format!("{name}, restored jointly"),
                format!("联合还原 {name}"),
            ),
        }
    }
}

/// What would be lost if only the vault were left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VaultGap {
    /// The last transaction that a backup holds, if there is one.
    pub after: Zx,
    /// Committed transactions behind it.
    pub count: u64,
    /// Those of them that clients were told of and that are lost already.
    pub lost: u64,
}

/// What is asked besides the world.
pub struct Accounts<'a> {
    /// The newest committed transaction.
    pub committed: Zxid,
    /// How many committed transactions lie behind one.
    pub behind: &'a dyn Fn(Zxid) -> u64,
    /// Writes that clients were told of and that are lost, without those that a restore has ended.
    pub lost: &'a [Zxid],
    /// What the last disaster cost.
    pub toll: Option<Toll>,
    /// How servers came back.
    pub recoveries: Vec<RecoveryView>,
}

impl VaultView {
    /// The vault of a world.
    pub fn of(world: &World, accounts: &Accounts<'_>) -> Self {
        let vault = world.vault();
        let mut all: Vec<_> = vault.iter().collect();
        all.order_by_key(|(name, backup)| (backup.begun_at, (*name).clone()));
        let good = all.iter().filter(|(_, backup)| backup.counts());
        let reached = good.map(|(_, backup)| backup.zxid).max();
        let reached = reached.unwrap_or(Zxid::ZERO);
        let count = (accounts.behind)(reached);
        let now = world.now();
        let policy = vault.policy.as_ref().map(|rule| PolicyView {
            server: rule.order.from,
            words: caption::policy(&rule.order),
            next_us: Some(rule.next.since(now).as_us()),
            held: vault.held.iter().map(pair).collect(),
        });
        let ships = vault.ships.values().map(|ship| ShipView {
            name: ship.order.name.to_string(),
            server: ship.order.from,
            every_us: ship.order.every.as_us(),
            last: ship.last.to_string(),
            next_us: ship.next.since(now).as_us(),
        });
        Self {
            now_us: now.0,
            committed: accounts.committed.into(),
            bytes: vault.bytes(),
            backups: all.iter().map(|(name, b)| view(vault, name, b)).collect(),
            policy,
            ships: ships.collect(),
            capacity: vault.capacity,
            cut: vault.cut,
            restoring: restoring(world),
            toll: accounts.toll.as_ref().map(toll),
            recoveries: accounts.recoveries.clone(),
            gap: (count > 0).then(|| VaultGap {
                after: reached.into(),
                count,
                lost: accounts.lost.iter().filter(|zxid| **zxid > reached).count() as u64,
            }),
        }
    }
}

fn pair(held: &Held) -> (String, String) {
    (held.parent.to_string(), held.child.to_string())
}

fn view(vault: &Vault, name: &Arc<str>, backup: &Backup) -> VaultBackup {
    let manifest = &backup.manifest;
    let chain = vault.chain(name).unwrap_or_default();
    let base = manifest.snapshot.as_ref();
    let files = backup.files.iter();
    let children = vault
        .iter()
        .filter(|(_, b)| b.manifest.parent.as_ref() == Some(name));
    let own = manifest.log().map(|log| Zx::from(log.first));
    let verdict = backup.judged.as_ref();
    VaultBackup {
        name: name.to_string(),
        server: backup.source,
        kind: match backup.kind {
            BackupKind::Cold => VaultKind::Cold,
            BackupKind::Hot => VaultKind::Hot,
            BackupKind::Full => VaultKind::Full,
            BackupKind::Incremental => VaultKind::Incremental,
        },
        way: match &manifest.parent {
            Some(parent) if manifest.way != Way::Shipped => Text::new(
                format!("log records since {parent}"),
                format!("{parent} 之后的日志记录"),
            ),
            _ => way(manifest.way),
        },
        parent: manifest.parent.as_ref().map(ToString::to_string),
        begun_us: backup.begun_at.0,
        taken_us: backup.taken_at.0,
        taken: caption::time(manifest.taken_ms),
        from: own.filter(|_| base.is_none()),
        to: backup.zxid.into(),
        snapshot: base.map(|base| (base.zxid.into(), base.fuzzy_to.map(Zx::from))),
        bytes: backup.bytes(),
        chain_bytes: match backup.stands_alone() {
            true => backup.bytes(),
            false => chain.iter().map(Manifest::bytes).sum(),
        },
        files: files
            .map(|(name, content)| (name.to_string(), content.data_end()))
            .collect(),
        state: state(backup),
        tail_may_go: manifest.tail == Tail::MayBeUncommitted,
        verdict: verdict.map(|(verdict, at)| VerdictView {
            range: verdict
                .restorable
                .as_ref()
                .ok()
                .map(|range| (range.first.into(), range.last.into())),
            words: worth::verdict(verdict),
            warnings: verdict.warnings.iter().map(worth::warning).collect(),
            at_us: at.0,
        }),
        children: children.map(|(child, _)| child.to_string()).collect(),
    }
}

fn way(way: Way) -> Text {
    match way {
        Way::Cold => Text::new("all files at one moment", "同一时刻的全部文件"),
        Way::Stream => Text::new("a snapshot, streamed", "快照流"),
        Way::Copy(CopyOrder::SnapshotFirst) => {
            Text::new("copied, snapshot first", "逐文件复制，先快照后日志")
        }
        Way::Copy(CopyOrder::LogsFirst) => {
            Text::new("copied, log first", "逐文件复制，先日志后快照")
        }
        Way::Shipped => Text::new("shipped log", "日志传送"),
    }
}

fn state(backup: &Backup) -> VaultState {
    let (done, all) = match &backup.manifest.state {
        State::Whole => return VaultState::Whole,
        State::Broken(why) => return VaultState::Broken(worth::broken(why)),
        State::Taking { done, all } => (*done, (*all).max(*done)),
    };
    match &backup.work {
        Work::Running(job) => VaultState::Taking {
            done,
            all,
            file: job.file().to_string(),
            eta_us: (all - done) * 1_000_000 / job.rate().max(1),
        },
        Work::Stopped(why) => VaultState::Stopped {
            done,
            all,
            why: worth::stopped(why),
        },
        Work::Idle => VaultState::Stopped {
            done,
            all,
            why: Text::new("Nobody takes it.", "没有人在做。"),
        },
    }
}

fn restoring(world: &World) -> Option<RestoringView> {
    let restoring = world.restoring()?;
    let declared = restoring.declared();
    Some(RestoringView {
        backup: declared.backup.to_string(),
        to: declared.zxid.into(),
        servers: declared.servers.to_vec(),
        staged: restoring.staged().to_vec(),
        lost: declared.lost.iter().map(|zxid| Zx::from(*zxid)).collect(),
    })
}

fn toll(toll: &Toll) -> TollView {
    let rpo_us = toll.rpo().map(|d| d.as_us());
    let rto_us = toll.rto().map(|d| d.as_us());
    TollView {
        lost: toll.lost.iter().map(|zxid| Zx::from(*zxid)).collect(),
        undeclared: toll.undeclared as u64,
        kept: toll.kept.map(Zx::from),
        rpo_us,
        rto_us,
        words: cost(toll),
    }
}

/// A time as people say it: `265 ms`, `1.01 s`, `11 min 20 s`.
fn length(time: Duration) -> String {
    let ms = time.as_us() / 1_000;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10),
        _ => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
    }
}

fn writes(count: usize) -> String {
    match count {
        1 => "1 confirmed write".to_owned(),
        _ => format!("{count} confirmed writes"),
    }
}

/// `RPO: 14 confirmed writes, the last 2.5 s. RTO: 6.1 s without a confirmed write.`
fn cost(toll: &Toll) -> Text {
    let count = toll.lost.len();
    let (lost_en, lost_zh) = match (count, toll.rpo()) {
        (0, _) => (
            "RPO 0: no confirmed write is lost.".to_owned(),
            "RPO 为 0：没有丢失已答复的写入。".to_owned(),
        ),
        (_, Some(rpo)) => (
            format!("RPO: {}, the last {}.", writes(count), length(rpo)),
            format!("RPO：{count} 个已答复的写入，即最后 {}。", length(rpo)),
        ),
        (_, None) => (
            format!("RPO: {}: all there were.", writes(count)),
            format!("RPO：全部 {count} 个已答复的写入。"),
        ),
    };
    let (down_en, down_zh) = match toll.rto() {
        Some(rto) => (
            format!(" RTO: {} without a confirmed write.", length(rto)),
            format!("RTO：{} 内没有写入得到答复。", length(rto)),
        ),
        None => (
            " RTO: no write is confirmed yet since.".to_owned(),
            "RTO：此后尚无写入得到答复。".to_owned(),
        ),
    };
    Text::new(format!("{lost_en}{down_en}"), format!("{lost_zh}{down_zh}"))
}
