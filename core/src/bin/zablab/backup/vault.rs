//! A vault: a directory with one directory for each backup.
//!
//! ```text
//!   VAULT/  .lock  b1/  manifest.json  snapshot.0  log.1      whole
//!                  b2.taking/  manifest.json  log.1           being taken, interrupted, or given up
//!                  b3.beginning/  manifest.json               not begun: it becomes b3.taking
//! ```
//! A backup gets its name when everything in it is on the disk. Whoever changes a vault holds its lock,
//! which names the backup that is being taken. What is whole without its name was interrupted right
//! before it got it, and gets it.
//!
//! Nothing is removed that was not made here. What has a manifest that cannot be read is left alone and
//! told of, and the other backups are as good as before.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use zablab_core::storage::backup::{
    BackupId, Fault, Kind, Link, Links, Manifest, NotRestorable, State, Way, chain_of,
};

use super::super::data_dir::CONTENT_MAX;
use super::failures::{ends_at, failed, refused, words};
use super::manifest_file::{self, MANIFEST, UNFINISHED};
use super::places::{is_there, make_dirs, open_lock};
use super::source_dir::SourceDir;
use super::store_dir::sync_dir;
use crate::output::Failure;

const TAKING: &str = ".taking";
const BEGINNING: &str = ".beginning";
const LOCK: &str = ".lock";
/// Longest name of a backup.
const NAME_MAX: usize = 64;
/// Whoever only looks holds the lock for a moment.
const LOCK_TRIES: u32 = 4;
const LOCK_WAIT: Duration = Duration::from_millis(25);

/// A vault that was opened.
pub struct Vault {
    dir: PathBuf,
    /// Backups in order of the time they were begun.
    backups: Vec<Kept>,
    unreadable: Vec<Unreadable>,
    /// The backup that somebody takes at this moment.
    busy: Option<String>,
    lock: Option<File>,
}

/// A backup and its directory.
struct Kept {
    manifest: Manifest,
    dir: PathBuf,
}

/// A directory that seems to be a backup.
#[derive(Serialize)]
pub struct Unreadable {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub why: String,
}

impl Vault {
    /// Opens a vault to look at it.
    pub fn read(dir: &Path) -> Result<Self, Failure> {
        if !dir.is_dir() {
            return Err(ends_at(dir, &"there is no such vault"));
        }
        let busy = busy(dir);
        let mut vault = Self::open(dir)?;
        vault.busy = busy;
        Ok(vault)
    }

    /// Opens a vault to add to it, and makes it when there is none.
    pub fn change(dir: &Path) -> Result<Self, Failure> {
        if is_there(dir) && !dir.is_dir() {
            return Err(ends_at(dir, &"a vault is a directory, and this is none"));
        }
        make_dirs(dir)?;
        let path = dir.join(LOCK);
        let lock = open_lock(&path).map_err(|e| ends_at(&path, &e))?;
        let mut tries = (0..LOCK_TRIES).map(|at| {
            std::thread::sleep(LOCK_WAIT * at);
            lock.try_lock()
        });
        let held = tries.find(|held| !matches!(held, Err(TryLockError::WouldBlock)));
        drop(tries);
        match held {
            Some(Ok(())) => {
                lock.set_len(0).map_err(|e| ends_at(&path, &e))?;
                let mut vault = Self::open(dir)?;
                vault.lock = Some(lock);
                vault.name_what_is_whole()?;
                Ok(vault)
            }
            Some(Err(TryLockError::Error(e))) => Err(ends_at(&path, &e)),
            Some(Err(TryLockError::WouldBlock)) | None => Err(ends_at(
                dir,
                &"another backup is being taken into this vault",
            )),
        }
    }

    fn open(dir: &Path) -> Result<Self, Failure> {
        let mut vault = Self {
            dir: dir.to_path_buf(),
            backups: Vec::new(),
            unreadable: Vec::new(),
            busy: None,
            lock: None,
        };
        let mut dirs = Vec::new();
        for entry in fs::read_dir(dir).map_err(|e| ends_at(dir, &e))? {
            let path = entry.map_err(|e| ends_at(dir, &e))?.path();
            if path.is_dir() {
                dirs.push(path);
            }
        }
        // `b1` comes before `b1.taking`.
        dirs.sort();
        for dir in dirs {
            vault.look_at(dir);
        }
        let order = |kept: &Kept| (kept.manifest.started_ms, kept.manifest.id.clone());
        vault.backups.sort_by_key(order);
        Ok(vault)
    }

    fn look_at(&mut self, dir: PathBuf) {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        if name.ends_with(BEGINNING) {
            return;
        }
        let why = match manifest_file::read(&dir) {
            Ok(None) => return,
            Ok(Some(manifest)) if name.strip_suffix(TAKING).unwrap_or(&name) != &*manifest.id => {
                format!("it belongs to backup {}", manifest.id)
            }
            Ok(Some(manifest)) if self.get(&manifest.id).is_some() => {
                format!("there is a backup {} already", manifest.id)
            }
            Ok(Some(manifest)) => return self.backups.push(Kept { manifest, dir }),
            Err(why) => format!("{MANIFEST}: {why}"),
        };
        self.unreadable.push(Unreadable { name, why });
    }

    fn name_what_is_whole(&mut self) -> Result<(), Failure> {
        for at in 0..self.backups.len() {
            let Kept { manifest, dir } = &self.backups[at];
            let named = self.dir.join(&*manifest.id);
            if !manifest.is_whole() || *dir == named {
                continue;
            }
            if is_there(&named) {
                let (dir, named) = (dir.display(), named.display());
                eprintln!("{dir} is whole, and cannot get its name: move {named} away");
                continue;
            }
            self.settle(&manifest.id.clone()).map_err(|e| words(&e))?;
            self.backups[at].dir = named;
        }
        Ok(())
    }

    /// Its backups, the oldest first.
    pub fn backups(&self) -> impl DoubleEndedIterator<Item = &Manifest> + Clone {
        self.backups.iter().map(|kept| &kept.manifest)
    }

    /// What seems to be a backup, and cannot be read.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// True for the backup that somebody takes at this moment.
    pub fn is_busy(&self, backup: &Manifest) -> bool {
        !backup.is_whole() && self.busy.as_deref() == Some(&*backup.id)
    }

    /// A backup by its name.
    pub fn get(&self, id: &str) -> Option<&Manifest> {
        self.kept(id).map(|kept| &kept.manifest)
    }

    fn kept(&self, id: &str) -> Option<&Kept> {
        self.backups.iter().find(|kept| &*kept.manifest.id == id)
    }

    /// The backup that was whole last, of that source.
    pub fn newest(&self, source: &str) -> Option<&Manifest> {
        let whole = self
            .backups()
            .filter(|b| b.is_whole() && b.source == source);
        let when = |backup: &&Manifest| (backup.taken_ms, backup.zxid(), backup.id.clone());
        let mut newest = whole.clone().max_by_key(when)?;
        // A clock may have been put back, and yet what goes on from a backup is newer.
        for _ in 0..self.backups.len() {
            let after = whole
                .clone()
                .filter(|b| b.parent.as_ref() == Some(&newest.id));
            newest = after.max_by_key(when).unwrap_or(newest);
        }
        Some(newest)
    }

    /// Whose backups are whole.
    pub fn sources(&self) -> BTreeSet<&str> {
        let whole = self.backups().filter(|backup| backup.is_whole());
        whole.map(|backup| &*backup.source).collect()
    }

    /// The last backup that was interrupted and is just like that one; its name does not matter.
    pub fn interrupted(
        &self,
        kind: Kind,
        way: Way,
        source: &str,
        parent: Option<&str>,
    ) -> Option<&Manifest> {
        self.backups().rfind(|backup| {
            let taking = matches!(backup.state, State::Taking { .. });
            let same = backup.kind == kind && backup.way == way && backup.source == source;
            taking && same && parent.is_none_or(|parent| backup.parent.as_deref() == Some(parent))
        })
    }

    /// A name that nobody has.
    pub fn free_name(&self, kind: Kind) -> String {
        let word = match kind {
            Kind::Full => "full",
            Kind::Incremental => "inc",
        };
        let mut names = (self.backups.len() + 1..).map(|n| format!("{word}-{n}"));
        let free = |name: &String| {
            let ends = ["", TAKING, BEGINNING].iter();
            !ends
                .map(|end| self.dir.join(format!("{name}{end}")))
                .any(|dir| is_there(&dir))
        };
        names.find(free).expect("numbers do not end")
    }

    /// Removes what was given up of a source: it will never be whole, and a new one is begun.
    pub fn clear(&mut self, source: &str) -> Result<(), Failure> {
        let given_up = |kept: &Kept| {
            let broken = matches!(kept.manifest.state, State::Broken(_));
            broken
                && kept.manifest.source == source
                && kept.dir == self.taking_dir(&kept.manifest.id)
        };
        for kept in self.backups.iter().filter(|kept| given_up(kept)) {
            fs::remove_dir_all(&kept.dir).map_err(|e| ends_at(&kept.dir, &e))?;
        }
        Ok(())
    }

    /// Where a backup is while it is taken.
    pub fn taking_dir(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}{TAKING}"))
    }

    /// Begins a backup: a directory with its manifest and nothing else.
    pub fn begin(&mut self, manifest: &Manifest) -> Result<PathBuf, Failure> {
        let id = &*manifest.id;
        check_name(id)?;
        let (taking, beginning) = (
            self.taking_dir(id),
            self.dir.join(format!("{id}{BEGINNING}")),
        );
        if let Some(there) = [self.dir.join(id), taking.clone()]
            .iter()
            .find(|dir| is_there(dir))
        {
            return Err(ends_at(there, &"it is there already, and stays as it is"));
        }
        if is_there(&beginning) {
            // No more than this is in one of ours, and a directory with more is not removed.
            for name in [MANIFEST, UNFINISHED] {
                let _ = fs::remove_file(beginning.join(name));
            }
            fs::remove_dir(&beginning).map_err(|e| ends_at(&beginning, &e))?;
        }
        make_dirs(&beginning)?;
        manifest_file::write(&beginning, manifest).map_err(|e| words(&e))?;
        fs::rename(&beginning, &taking).map_err(|e| ends_at(&taking, &e))?;
        sync_dir(&self.dir).map_err(|e| words(&e))?;
        Ok(taking)
    }

    /// Says in the lock which backup is being taken.
    pub fn tell_busy(&mut self, id: &str) -> Result<(), Failure> {
        let told = self
            .lock
            .as_mut()
            .map_or(Ok(()), |lock| lock.write_all(id.as_bytes()));
        told.map_err(|e| ends_at(&self.dir.join(LOCK), &e))
    }

    /// The backup is whole: it gets its name.
    pub fn settle(&self, id: &str) -> Result<(), Fault> {
        let (from, to) = (self.taking_dir(id), self.dir.join(id));
        fs::rename(&from, &to).map_err(|e| failed(&to, &e))?;
        sync_dir(&self.dir)
    }

    /// A backup and all that it goes on from, with their files.
    pub fn links(&self, id: &BackupId) -> Result<Links<SourceDir>, NotRestorable> {
        let chain = chain_of(id, |id| self.get(id).cloned())?.into_iter();
        let link = |manifest: Manifest| {
            let dir = self
                .kept(&manifest.id)
                .map_or_else(PathBuf::new, |kept| kept.dir.clone());
            let files = SourceDir::new(dir.clone(), dir);
            Link { manifest, files }
        };
        Ok(chain.map(link).collect())
    }

    /// Bytes of a backup and of all that it goes on from, as their manifests tell; 0 for a lost chain.
    fn chain_bytes(&self, id: &BackupId) -> u64 {
        let chain = chain_of(id, |id| self.get(id).cloned()).unwrap_or_default();
        let bytes = chain.iter().map(Manifest::bytes);
        bytes.fold(0, u64::saturating_add)
    }
}

impl Vault {
    /// The backup of that name; else why there is none.
    pub fn known(&self, id: &str) -> Result<&Manifest, Failure> {
        let mut unreadable = self.unreadable.iter();
        let unreadable = unreadable.find(|one| one.name == id);
        self.get(id).ok_or_else(|| match unreadable {
            Some(one) => refused(&format!("{id} cannot be read: {}", one.why)),
            None => refused(&format!("there is no backup {id} in this vault")),
        })
    }

    /// Why a chain is not tried: its files are in memory meanwhile.
    pub fn too_long(&self, id: &BackupId) -> Option<String> {
        let bytes = self.chain_bytes(id);
        (bytes > CONTENT_MAX).then(|| {
            format!(
                "limit reached: {id} and what it goes on from are {bytes} bytes, and at most \
                 {CONTENT_MAX} are verified or restored, as they are kept in memory"
            )
        })
    }
}

/// The backup that somebody takes into a vault at this moment.
fn busy(dir: &Path) -> Option<String> {
    let path = dir.join(LOCK);
    let lock = File::open(&path).ok()?;
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => fs::read_to_string(&path).ok(),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// Can a backup be called so?
pub fn check_name(id: &str) -> Result<(), Failure> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let good = id.len() <= NAME_MAX
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(fits)
        && ![TAKING, BEGINNING].iter().any(|end| id.ends_with(end));
    good.then_some(()).ok_or_else(|| {
        refused(&format!(
            "{id:?} is no name for a backup: letters, digits, - _ . up to {NAME_MAX}"
        ))
    })
}
