//! Real data directories, read and never written.
//!
//! ```text
//!   dataDir/    myid  initialize  version-2/  snapshot.*  acceptedEpoch  currentEpoch
//!   dataLogDir/       initialize  version-2/  log.*        (the same directory unless it is set apart)
//! ```
//!
//! A path may name `version-2` or its parent. Runs of zeros cost no memory, so a log that was
//! preallocated to 64 MiB is no larger than what is in it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use zablab_core::storage::recovery::INITIALIZE;
use zablab_core::storage::{Content, FileName};

use super::output::Failure;

/// Most bytes of content that a directory may hold, zeros not counted: they are kept in memory.
pub const CONTENT_MAX: u64 = 4 << 30;
/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// What a server finds in a folder that has the name of a file: nothing that it can read.
const NO_FILE: &[u8] = b"(this is no file)";

/// The files of one server.
pub struct DataDir {
    /// Snapshots, logs, epoch files, and the marker beside them.
    pub files: BTreeMap<FileName, Content>,
    /// What has the name of a file and is none, in words.
    pub left_out: Vec<String>,
    /// Files that a server with two directories refuses to start over.
    pub misplaced: Option<Misplaced>,
}

/// A file that lies in the wrong one of two directories.
pub struct Misplaced {
    /// The file.
    pub name: String,
    /// What it should not be in.
    pub place: &'static str,
}

/// Reads the directories of one server.
pub fn read(dir: &Path, log_dir: Option<&Path>) -> Result<DataDir, Failure> {
    let snapshots = version_2(dir)?;
    let logs = log_dir.map_or(Ok(snapshots.clone()), version_2)?;
    let mut found = DataDir {
        files: BTreeMap::new(),
        left_out: Vec::new(),
        misplaced: None,
    };
    let mut room = CONTENT_MAX;
    read_into(&mut found, &snapshots, &mut room)?;
    if logs != snapshots {
        found.misplaced = misplaced(&found, "log.", "the directory of the snapshots");
        let mut apart = DataDir {
            files: BTreeMap::new(),
            left_out: Vec::new(),
            misplaced: None,
        };
        read_into(&mut apart, &logs, &mut room)?;
        let also = misplaced(&apart, "snapshot.", "the directory of the log");
        found.misplaced = also.or(found.misplaced);
        found.left_out.extend(apart.left_out);
        let is_log = |name: &FileName| name.starts_with("log.");
        found
            .files
            .extend(apart.files.into_iter().filter(|(name, _)| is_log(name)));
    }
    let marker = logs.parent().map(|parent| parent.join("initialize"));
    if marker.is_some_and(|marker| marker.exists()) {
        found.files.insert(INITIALIZE.into(), Content::default());
    }
    Ok(found)
}

/// `DIR/version-2` when it exists, else `DIR` itself.
pub fn version_2(dir: &Path) -> Result<PathBuf, Failure> {
    let inner = dir.join("version-2");
    let found = if inner.is_dir() {
        inner
    } else {
        dir.to_path_buf()
    };
    let path = fs::canonicalize(&found).map_err(|e| bad(&found, &e))?;
    match path.is_dir() {
        true => Ok(path),
        false => Err(bad(&found, &"not a directory")),
    }
}

fn misplaced(dir: &DataDir, prefix: &str, place: &'static str) -> Option<Misplaced> {
    let name = dir.files.keys().find(|name| name.starts_with(prefix))?;
    Some(Misplaced {
        name: name.to_string(),
        place,
    })
}

fn read_into(found: &mut DataDir, dir: &Path, room: &mut u64) -> Result<(), Failure> {
    for entry in fs::read_dir(dir).map_err(|e| bad(dir, &e))? {
        let path = entry.map_err(|e| bad(dir, &e))?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else {
            continue;
        };
        if !belongs(&name) {
            continue;
        }
        let content = if path.is_file() {
            content(&path, room)?
        } else {
            found.left_out.push(format!("{name} is not a file"));
            Content::from(NO_FILE)
        };
        found.files.insert(name.as_ref().into(), content);
    }
    Ok(())
}

fn belongs(name: &str) -> bool {
    ["log.", "snapshot.", "acceptedEpoch", "currentEpoch"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// A file's bytes.
pub fn content(path: &Path, room: &mut u64) -> Result<Content, Failure> {
    let mut file = File::open(path).map_err(|e| bad(path, &e))?;
    let mut content = Content::default();
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let read = file.read(&mut piece).map_err(|e| bad(path, &e))?;
        if read == 0 {
            break;
        }
        let before = content.stored_bytes();
        content.write(at, &piece[..read]);
        at += read as u64;
        let grown = content.stored_bytes() - before;
        *room = room.checked_sub(grown).ok_or_else(|| {
            bad(
                path,
                &format!("limit reached: at most {CONTENT_MAX} bytes, zeros not counted"),
            )
        })?;
    }
    Ok(content)
}

fn bad(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("{}: {why}", path.display()))
}
