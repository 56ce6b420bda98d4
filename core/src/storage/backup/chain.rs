//! From a backup to its base, and the files of the whole chain put together.
//!
//! ```text
//!   full         log.1 [0……400)   snapshot.0          log.1 [0………………700)
//!   incremental  log.1    [400…700)  log.9 [0…80)  ►  log.9 [0…200)
//!   incremental  log.9       [80…200)                 snapshot.0
//! ```
//! Every byte is digested on the way. A part that starts at 0 replaces a file of its name.

use std::collections::BTreeMap;

use super::copying::Sum;
use super::manifest::{BackupId, FilePart, Kind, Manifest};
use super::source::{Fault, Source};
use super::verify::NotRestorable;
use crate::storage::content::Content;
use crate::storage::op::FileName;

/// Bytes that are read at once.
const PIECE: u64 = 256 << 10;

/// A backup of a chain with its files.
#[derive(Clone, Debug)]
pub struct Link<S> {
    /// What is known of it.
    pub manifest: Manifest,
    /// Its files, each part under the name of its file.
    pub files: S,
}

/// A chain, the full backup first.
pub type Links<S> = Vec<Link<S>>;

/// The manifests from the full backup down to `id`, when `find` finds them all.
pub fn chain_of(
    id: &BackupId,
    mut find: impl FnMut(&BackupId) -> Option<Manifest>,
) -> Result<Vec<Manifest>, NotRestorable> {
    let mut chain: Vec<Manifest> = Vec::new();
    let mut wanted = id.clone();
    loop {
        let known = chain.iter().any(|manifest| manifest.id == wanted);
        let found = find(&wanted).filter(|_| !known);
        let Some(manifest) = found else {
            let backup = chain.last().map_or(id, |child| &child.id).clone();
            let parent = wanted;
            return Err(NotRestorable::ParentLost { backup, parent });
        };
        let parent = manifest.parent.clone();
        chain.push(manifest);
        match parent {
            Some(parent) => wanted = parent,
            None => break,
        }
    }
    chain.reverse();
    Ok(chain)
}

/// The files of a chain being put together.
pub struct Assembling<S> {
    links: Links<S>,
    /// The part that is read, counted over the whole chain.
    link: usize,
    part: usize,
    at: u64,
    piece: Vec<u8>,
    sum: Sum,
    done: u64,
    all: u64,
    files: BTreeMap<FileName, Content>,
}

impl<S: Source> Assembling<S> {
    /// Begins. What a chain must be is looked at here: whole backups, each the child of the one before.
    pub fn new(links: Links<S>) -> Result<Self, NotRestorable> {
        let mut before: Option<&Manifest> = None;
        for Link { manifest, .. } in &links {
            let parent = before.map(|before| &before.id);
            if manifest.parent.as_ref() != parent || (before.is_none() && !is_full(manifest)) {
                let parent = manifest.parent.clone().unwrap_or_default();
                let backup = manifest.id.clone();
                return Err(NotRestorable::ParentLost { backup, parent });
            }
            if !manifest.is_whole() {
                let (backup, state) = (manifest.id.clone(), manifest.state.clone());
                return Err(NotRestorable::Incomplete { backup, state });
            }
            before = Some(manifest);
        }
        if before.is_none() {
            return Err(NotRestorable::NoSnapshot);
        }
        let all = links.iter().map(|link| link.manifest.bytes()).sum();
        Ok(Self {
            links,
            link: 0,
            part: 0,
            at: 0,
            piece: Vec::new(),
            sum: Sum::default(),
            done: 0,
            all,
            files: BTreeMap::new(),
        })
    }

    /// Reads about `bytes` more bytes. True when all files are there.
    pub fn advance(&mut self, bytes: u64) -> Result<bool, NotRestorable> {
        let until = self.done.saturating_add(bytes.max(1));
        while let Some(link) = self.links.get(self.link) {
            let Some(part) = link.manifest.files.get(self.part) else {
                (self.link, self.part) = (self.link + 1, 0);
                continue;
            };
            let backup = link.manifest.id.clone();
            if self.at == 0 {
                begin(&backup, part, &link.files, &mut self.files)?;
            }
            if self.at < part.len {
                if self.done >= until {
                    return Ok(false);
                }
                let want = (part.len - self.at).min(PIECE).min(until - self.done);
                let piece = &mut self.piece;
                piece.clear();
                let read = link.files.append(&part.name, self.at, want, piece);
                read.map_err(|fault| missing(&backup, part, fault))?;
                if piece.is_empty() {
                    return Err(part_missing(&backup, part));
                }
                self.sum.add(piece);
                if let Some(file) = self.files.get_mut(&part.name)
                    && file.len() < part.from + part.len
                {
                    file.write(part.from + self.at, piece);
                }
                self.at += piece.len() as u64;
                self.done += piece.len() as u64;
            }
            if self.at >= part.len {
                if std::mem::take(&mut self.sum).text() != part.sha256 {
                    let file = part.name.clone();
                    return Err(NotRestorable::ChecksumWrong { backup, file });
                }
                (self.part, self.at) = (self.part + 1, 0);
            }
        }
        Ok(true)
    }

    /// Bytes read, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.done, self.all)
    }

    /// The manifests, the full backup first.
    pub fn manifests(&self) -> impl DoubleEndedIterator<Item = &Manifest> {
        self.links.iter().map(|link| &link.manifest)
    }

    /// The files as they lie in `version-2`, once [`Self::advance`] has said that all are there.
    pub fn finish(self) -> BTreeMap<FileName, Content> {
        self.files
    }

    pub(super) fn take_files(&mut self) -> BTreeMap<FileName, Content> {
        std::mem::take(&mut self.files)
    }
}

fn is_full(manifest: &Manifest) -> bool {
    manifest.kind == Kind::Full
}

/// Looks at the length of a part, and makes room for it.
fn begin(
    backup: &BackupId,
    part: &FilePart,
    from: &impl Source,
    files: &mut BTreeMap<FileName, Content>,
) -> Result<(), NotRestorable> {
    let len = from.len(&part.name);
    if len.map_err(|fault| missing(backup, part, fault))? != part.len {
        return Err(part_missing(backup, part));
    }
    let there = files.get(&part.name).map_or(0, Content::len);
    if part.from > 0 && there != part.from {
        return Err(NotRestorable::ChainBroken {
            backup: backup.clone(),
            file: part.name.clone(),
        });
    }
    if part.from == 0 {
        let content = from.shared(&part.name).unwrap_or_default();
        files.insert(part.name.clone(), content);
    }
    Ok(())
}

fn missing(backup: &BackupId, part: &FilePart, fault: Fault) -> NotRestorable {
    match fault {
        Fault::Gone(_) => part_missing(backup, part),
        fault => NotRestorable::Fault(fault),
    }
}

fn part_missing(backup: &BackupId, part: &FilePart) -> NotRestorable {
    NotRestorable::PartMissing {
        backup: backup.clone(),
        file: part.name.clone(),
    }
}
