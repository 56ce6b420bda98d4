//! Copies of recorded directories, damaged as a case says.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde_json::Value;

use super::datadirs::{scratch, unpacked};

/// The homes of one server: `data` with the snapshots, `txn` with the logs when they lie apart.
pub struct Homes {
    folder: PathBuf,
}

impl Homes {
    /// Copies a directory and does the operations of the damage to the copy.
    pub fn damaged(base: &str, damage: &[Value]) -> Self {
        let source = unpacked().join(base);
        let homes = Self {
            folder: scratch("case"),
        };
        let data = source.join("data");
        let data = if data.is_dir() { data } else { source.clone() };
        copy(&data.join("version-2"), &homes.version_2("data"));
        if source.join("txn").is_dir() {
            let logs = source.join("txn/version-2");
            copy(&logs, &homes.version_2("txn"));
        }
        for operation in damage {
            homes.damage(operation);
        }
        homes
    }

    /// The home with the snapshots.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The home with the logs, when they lie apart.
    pub fn txn(&self) -> Option<PathBuf> {
        Some(self.folder.join("txn")).filter(|home| home.is_dir())
    }

    fn version_2(&self, home: &str) -> PathBuf {
        self.folder.join(home).join("version-2")
    }

    /// The operations are described in `tests/datadirs/README.md`.
    fn damage(&self, operation: &Value) {
        let text = |key: &str| operation[key].as_str();
        let number = |key: &str| operation[key].as_u64();
        let folder = self.version_2(text("in").unwrap_or("data"));
        let name = text("file").or(text("from")).or(text("folder"));
        let path = folder.join(name.expect("an operation names a file"));
        let done = match text("op").expect("an operation has a name") {
            "rename" => fs::rename(&path, folder.join(text("to").expect("a new name"))),
            "delete" if path.is_dir() => fs::remove_dir_all(&path),
            "delete" => fs::remove_file(&path),
            "create" if text("folder").is_some() => fs::create_dir(&path),
            "create" => {
                let mut bytes = bytes(text("hex").unwrap_or_default());
                bytes.resize(number("length").expect("a length") as usize, 0);
                fs::write(&path, bytes)
            }
            "resize" => fs::read(&path).and_then(|mut bytes| {
                bytes.resize(number("length").expect("a length") as usize, 0);
                fs::write(&path, bytes)
            }),
            "write" => fs::read(&path).and_then(|mut content| {
                let bytes = bytes(text("hex").expect("bytes"));
                let at = number("offset").expect("an offset") as usize;
                content.resize(content.len().max(at + bytes.len()), 0);
                content[at..at + bytes.len()].copy_from_slice(&bytes);
                fs::write(&path, content)
            }),
            other => panic!("there is no operation {other}"),
        };
        done.unwrap_or_else(|e| panic!("{operation}: {e}"));
    }
}

impl Drop for Homes {
    fn drop(&mut self) {
        // What is left behind is removed with the build folder.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder of the tests can be written to");
    for entry in fs::read_dir(from).expect("a recorded directory") {
        let entry = entry.expect("a recorded file");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a recorded file can be copied");
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER
        .decode(hex.as_bytes())
        .expect("recorded bytes are hexadecimal")
}
