//! The manifest of a backup as a file, and what is not believed of it.
//!
//! Whoever can write into a vault can write anything there, so a name in a manifest is never a way to
//! another directory. A manifest of a later release is not guessed at.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path};

use serde::Serialize;
use serde_json::Value;
use zablab_core::storage::backup::{Fault, Manifest};

use super::failures::failed;
use super::places::create_file;
use super::store_dir::sync_dir;

/// The name of the manifest in its directory.
pub const MANIFEST: &str = "manifest.json";
/// Its name until it is whole.
pub const UNFINISHED: &str = "manifest.json.tmp";
/// What is in the file besides the manifest.
const FORMAT: &str = "format";
/// How it is written now.
const NOW: u64 = 1;

#[derive(Serialize)]
struct InFile<'a> {
    format: u64,
    #[serde(flatten)]
    manifest: &'a Manifest,
}

/// Writes a manifest, all of it or nothing.
pub fn write(dir: &Path, manifest: &Manifest) -> Result<(), Fault> {
    let path = dir.join(MANIFEST);
    let tmp = dir.join(UNFINISHED);
    let format = NOW;
    let text = serde_json::to_vec_pretty(&InFile { format, manifest });
    let text = text.map_err(|e| failed(&path, &e))?;
    let written = create_file(&tmp).and_then(|mut file| {
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

/// The manifest in a directory, if there is one; else why it cannot be believed.
pub fn read(dir: &Path) -> Result<Option<Manifest>, String> {
    let text = match fs::read(dir.join(MANIFEST)) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e.to_string()),
    };
    let mut value: Value = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    let format = value.as_object_mut().and_then(|all| all.remove(FORMAT));
    match format.as_ref().and_then(Value::as_u64) {
        Some(NOW) => {}
        Some(later) if later > NOW => {
            return Err(format!(
                "format {later} is of a later release, this one reads {NOW}"
            ));
        }
        _ => return Err("it does not say its format".to_owned()),
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(|e| e.to_string())?;
    if let Some(name) = manifest.names().find(|name| !is_plain(name)) {
        return Err(format!("{name:?} is no file of a server"));
    }
    Ok(Some(manifest))
}

/// A file of `version-2`, and no way to anywhere else.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let alone =
        matches!((parts.next(), parts.next()), (Some(Component::Normal(it)), None) if it == name);
    let known =
        name.starts_with("log.") || name.starts_with("snapshot.") || name.ends_with("Epoch");
    alone && known
}
