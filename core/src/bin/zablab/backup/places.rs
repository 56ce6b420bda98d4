//! Directories that are made, and where one must not lie.
//!
//! A backup holds all data of a server, so what is made here is for its owner alone. A directory that is
//! made is forced into the one that it lies in: a power loss does not take it away with what is in it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::failures::{ends_at, refused, words};
use super::store_dir::sync_dir;
use crate::output::Failure;

/// A new file for its owner alone, in place of one that is there.
pub fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private_file(&mut options);
    options.open(path)
}

/// A file that is locked, made when it is not there, and what is in it stays.
pub fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    private_file(&mut options);
    options.open(path)
}

#[cfg(unix)]
fn private_file(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private_file(_options: &mut OpenOptions) {}

#[cfg(unix)]
fn private_dir() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_dir() -> DirBuilder {
    DirBuilder::new()
}

/// Makes a directory with all above it that are missing, and tells which it made, the outermost first.
pub fn make_dirs(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let missing = path
        .ancestors()
        .take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists());
    let missing: Vec<&Path> = missing.collect();
    let mut made = Vec::new();
    for dir in missing.into_iter().rev() {
        match private_dir().create(dir) {
            Ok(()) => made.push(dir.to_path_buf()),
            // Somebody else was faster.
            Err(e) if e.kind() == ErrorKind::AlreadyExists && dir.is_dir() => {}
            Err(e) => {
                remove_made(&made);
                return Err(ends_at(dir, &e));
            }
        }
        let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
        sync_dir(above.unwrap_or(Path::new("."))).map_err(|e| words(&e))?;
    }
    Ok(made)
}

/// Removes what [`make_dirs`] made, as far as nothing has come into it.
pub fn remove_made(made: &[PathBuf]) {
    for dir in made.iter().rev() {
        if fs::remove_dir(dir).is_err() {
            return;
        }
    }
}

/// True when something has that name, be it a link that leads nowhere.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// A vault inside of what is backed up would be written into the source, and a source inside of a vault is
/// none of its backups.
pub fn apart(vault: &Path, sources: &[&Path]) -> Result<(), Failure> {
    let place = to_be(vault)?;
    for source in sources {
        let source = real(source)?;
        // What `version-2` lies in belongs to the server, too.
        let above = source.parent().filter(|above| above.parent().is_some());
        let above = above.filter(|_| source.ends_with("version-2"));
        if place.starts_with(&source) || above.is_some_and(|above| place.starts_with(above)) {
            return Err(refused("the vault must not be inside of what is backed up"));
        }
        if vault.exists() && source.starts_with(&place) {
            return Err(refused("what is backed up must not be inside of the vault"));
        }
    }
    Ok(())
}

/// True when a directory, which need not be there yet, is another one or inside of it.
pub fn is_inside(dir: &Path, of: &Path) -> Result<bool, Failure> {
    Ok(to_be(dir)?.starts_with(real(of)?))
}

fn real(path: &Path) -> Result<PathBuf, Failure> {
    fs::canonicalize(path).map_err(|e| ends_at(path, &e))
}

/// Where a path leads to, whose end need not be there yet.
fn to_be(path: &Path) -> Result<PathBuf, Failure> {
    let mut known = path;
    while !known.as_os_str().is_empty() && !known.exists() {
        known = known.parent().unwrap_or(Path::new(""));
    }
    let rest = path.strip_prefix(known).unwrap_or(Path::new(""));
    if rest.components().any(|part| part == Component::ParentDir) {
        return Err(ends_at(path, &"a way back (..) out of what is not there"));
    }
    let known = match known.as_os_str().is_empty() {
        true => Path::new("."),
        false => known,
    };
    Ok(real(known)?.join(rest))
}
