//! A vault: a directory with one directory for each backup.
//!
//! ```text
//!   VAULT/  .lock  b1/  manifest.json  snapshot.0  log.1      whole
//!                  b2.taking/  manifest.json  log.1           being taken, interrupted, or given up
//! ```
//! A backup gets its name when everything in it is on the disk. Whoever changes a vault holds its lock,
//! so what has no manifest yet was interrupted before it began, and is removed; and what is whole without
//! its name was interrupted right before it got it, and gets it.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use zablab_core::storage::backup::{
    BackupId, Fault, Kind, Link, Links, Manifest, NotRestorable, State, chain_of,
};

use super::source_dir::{SourceDir, failed};
use super::store_dir::sync_dir;
use crate::output::Failure;

/// The name of the manifest in its directory.
pub const MANIFEST: &str = "manifest.json";
const TAKING: &str = ".taking";
const LOCK: &str = ".lock";
/// Longest name of a backup.
const NAME_MAX: usize = 64;

/// A vault that was opened.
pub struct Vault {
    dir: PathBuf,
    /// Backups in order of the time they were begun.
    backups: Vec<Manifest>,
    _lock: Option<File>,
}

impl Vault {
    /// Opens a vault to look at it.
    pub fn read(dir: &Path) -> Result<Self, Failure> {
        if !dir.is_dir() {
            return Err(input(dir, &"there is no such vault"));
        }
        Self::open(dir, None)
    }

    /// Opens a vault to add to it, and makes it when there is none.
    pub fn change(dir: &Path) -> Result<Self, Failure> {
        if dir.exists() && !dir.is_dir() {
            return Err(input(dir, &"a vault is a directory, and this is none"));
        }
        fs::create_dir_all(dir).map_err(|e| input(dir, &e))?;
        let path = dir.join(LOCK);
        let lock = File::create(&path).map_err(|e| input(&path, &e))?;
        match lock.try_lock() {
            Ok(()) => {
                let vault = Self::open(dir, Some(lock))?;
                vault.name_what_is_whole()?;
                Ok(vault)
            }
            Err(fs::TryLockError::WouldBlock) => {
                Err(input(dir, &"another backup is being taken into this vault"))
            }
            Err(fs::TryLockError::Error(e)) => Err(input(&path, &e)),
        }
    }

    fn open(dir: &Path, lock: Option<File>) -> Result<Self, Failure> {
        let mut backups = Vec::new();
        for entry in fs::read_dir(dir).map_err(|e| input(dir, &e))? {
            let path = entry.map_err(|e| input(dir, &e))?.path();
            if !path.is_dir() {
                continue;
            }
            match read_manifest(&path)? {
                Some(manifest) => backups.push(manifest),
                None if lock.is_some() && path.to_string_lossy().ends_with(TAKING) => {
                    fs::remove_dir_all(&path).map_err(|e| input(&path, &e))?;
                }
                None => {}
            }
        }
        backups.sort_by(|a, b| (a.started_ms, &a.id).cmp(&(b.started_ms, &b.id)));
        Ok(Self {
            dir: dir.to_path_buf(),
            backups,
            _lock: lock,
        })
    }

    fn name_what_is_whole(&self) -> Result<(), Failure> {
        for backup in self.backups.iter().filter(|backup| backup.is_whole()) {
            if self.taking_dir(&backup.id).is_dir() {
                let named = self.settle(&backup.id);
                named.map_err(|fault| Failure::Input(fault.to_string()))?;
            }
        }
        Ok(())
    }

    /// Its backups, the oldest first.
    pub fn backups(&self) -> &[Manifest] {
        &self.backups
    }

    /// A backup by its name.
    pub fn get(&self, id: &str) -> Option<&Manifest> {
        self.backups.iter().find(|backup| &*backup.id == id)
    }

    /// The newest whole backup of that source, or of any.
    pub fn newest(&self, source: Option<&str>) -> Option<&Manifest> {
        let of_source = |backup: &&Manifest| source.is_none_or(|source| backup.source == source);
        let mut whole = self.backups.iter().filter(|backup| backup.is_whole());
        whole.rfind(of_source)
    }

    /// A backup of that kind and source that was interrupted.
    pub fn interrupted(&self, kind: Kind, source: &str) -> Option<&Manifest> {
        let mut open = self.backups.iter().rev();
        open.find(|backup| {
            let taking = matches!(backup.state, State::Taking { .. });
            taking && backup.kind == kind && backup.source == source
        })
    }

    /// A name that nobody has.
    pub fn free_name(&self, kind: Kind) -> String {
        let word = match kind {
            Kind::Full => "full",
            Kind::Incremental => "inc",
        };
        let mut names = (self.backups.len() + 1..).map(|n| format!("{word}-{n}"));
        names
            .find(|name| self.get(name).is_none())
            .expect("numbers do not end")
    }

    /// Where a backup is while it is taken.
    pub fn taking_dir(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}{TAKING}"))
    }

    /// Begins a backup: an empty directory.
    pub fn begin(&self, id: &str) -> Result<PathBuf, Failure> {
        check_name(id)?;
        let dir = self.taking_dir(id);
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(|e| input(&dir, &e))?;
        }
        fs::create_dir(&dir).map_err(|e| input(&dir, &e))?;
        Ok(dir)
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
            // One that is whole may still lack its name.
            let (named, taking) = (self.dir.join(&*manifest.id), self.taking_dir(&manifest.id));
            let dir = if named.is_dir() { named } else { taking };
            let files = SourceDir::new(dir.clone(), dir);
            Link { manifest, files }
        };
        Ok(chain.map(link).collect())
    }
}

impl Vault {
    /// Bytes of a backup and of all that it goes on from, as their manifests tell; 0 for a lost chain.
    pub fn chain_bytes(&self, id: &BackupId) -> u64 {
        let chain = chain_of(id, |id| self.get(id).cloned()).unwrap_or_default();
        let parts = chain.iter().flat_map(|manifest| &manifest.files);
        parts.fold(0, |sum, part| sum.saturating_add(part.len))
    }
}

/// Writes a manifest, all of it or nothing.
pub fn write_manifest(dir: &Path, manifest: &Manifest) -> Result<(), Fault> {
    let path = dir.join(MANIFEST);
    let tmp = dir.join(format!("{MANIFEST}.tmp"));
    let text = serde_json::to_vec_pretty(manifest).map_err(|e| failed(&path, &e))?;
    let written = File::create(&tmp).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&tmp, &path));
    placed.map_err(|e| match e.kind() {
        ErrorKind::StorageFull => Fault::Full,
        _ => failed(&path, &e),
    })?;
    sync_dir(dir)
}

fn read_manifest(dir: &Path) -> Result<Option<Manifest>, Failure> {
    let path = dir.join(MANIFEST);
    match fs::read(&path) {
        Ok(text) => {
            let read: Manifest = serde_json::from_slice(&text).map_err(|e| input(&path, &e))?;
            let name = dir.file_name().unwrap_or_default().to_string_lossy();
            match name.trim_end_matches(TAKING) == &*read.id {
                true => Ok(Some(read)),
                false => Err(input(&path, &format!("it belongs to backup {}", read.id))),
            }
        }
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(input(&path, &e)),
    }
}

fn check_name(id: &str) -> Result<(), Failure> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let good = id.len() <= NAME_MAX
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(fits)
        && !id.ends_with(TAKING);
    good.then_some(()).ok_or_else(|| {
        Failure::Input(format!(
            "zablab backup: {id:?} is no name for a backup: letters, digits, - _ . up to {NAME_MAX}"
        ))
    })
}

fn input(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("{}: {why}", path.display()))
}
