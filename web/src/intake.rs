//! Files that are dropped or picked: read in pieces and handed to the lab. Nothing leaves the browser.
//!
//! ```text
//!   drop, pickers ──► paths and files ──► File.slice ──────────────────────────► lab.import_bytes
//!                                            └─► DecompressionStream("gzip") ──► lab.import_unpacked
//! ```
//! The lab says after every piece whether it wants more: then a limit was reached, or somebody pressed
//! Stop. Between two pieces the page draws its frames.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry, ReadableStream, ReadableStreamDefaultReader, WritableStream,
};
use yew::Callback;
use zablab_core::lab::{Action, ImportId, Lab, Unread};

use crate::keep;

/// Bytes of a file that are read at once: few enough that no frame waits for them.
const PIECE: u32 = 256 << 10;
/// Files and directories that are looked at.
const ENTRIES_MAX: usize = 10_000;
/// Milliseconds between two looks at how far it is.
const TELL_MS: f64 = 100.0;

/// What was dropped or picked.
pub(crate) enum Picked {
    /// Directories and files of a drop.
    Entries(Vec<FileSystemEntry>),
    /// Files with their paths.
    Files(Vec<(String, File)>),
}

impl Picked {
    /// What a drop holds; it can only be asked for while the drop is being told.
    pub(crate) fn dropped(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let items = (0..items.length()).filter_map(|i| items.get(i));
        let entries = items.filter_map(|item| item.webkit_get_as_entry().ok().flatten());
        let entries: Vec<FileSystemEntry> = entries.collect();
        if entries.is_empty() {
            return Self::listed(transfer.files().as_ref());
        }
        Self::Entries(entries)
    }

    /// What a field for files holds.
    pub(crate) fn listed(files: Option<&FileList>) -> Self {
        let of = |files: &FileList| {
            let all = (0..files.length()).filter_map(|i| files.get(i));
            all.map(|file| (path_of(&file), file)).collect()
        };
        Self::Files(files.map(of).unwrap_or_default())
    }
}

/// The path of a file inside the directory that was picked, or its name.
fn path_of(file: &File) -> String {
    let path = Reflect::get(file, &"webkitRelativePath".into()).ok();
    let path = path.and_then(|path| path.as_string()).unwrap_or_default();
    if path.is_empty() { file.name() } else { path }
}

/// Reads what was picked. `told` hears now and then how far it is, and that it is through.
pub(crate) fn read(lab: &Rc<RefCell<Lab>>, picked: Picked, told: Callback<()>) {
    let lab = Rc::clone(lab);
    spawn_local(async move {
        let (files, rest) = match picked {
            Picked::Files(files) => wanted(files),
            Picked::Entries(entries) => walk(entries).await,
        };
        let total = files.iter().map(|(_, file)| file.size() as u64).sum();
        let id = lab.borrow_mut().begin_import(total);
        let intake = Intake::new(lab, id, told);
        intake.left_out(&rest);
        for (path, file) in files {
            if !intake.file(&path, &file).await {
                break;
            }
        }
        intake.lab.borrow_mut().end_import(id);
        intake.told.emit(());
    });
}

/// Brings back the disks of a run that was kept, and then the run.
pub(crate) fn bring_back(lab: &Rc<RefCell<Lab>>, saved: String, told: Callback<()>) {
    let lab = Rc::clone(lab);
    spawn_local(async move {
        match keep::disks(&saved).await {
            Some(blob) => {
                let id = lab.borrow_mut().begin_return(blob.size() as u64, saved);
                let intake = Intake::new(lab, id, told.clone());
                let begun = intake.lab(|lab, id| lab.import_archive(id, "zablab"));
                if begun && intake.unpack("zablab", &blob).await {
                    intake.lab.borrow_mut().end_import(id);
                }
            }
            None => lab.borrow_mut().dispatch(Action::Restore(saved)),
        }
        told.emit(());
    });
}

fn is_archive(path: &str) -> bool {
    [".tar", ".tar.gz", ".tgz"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn is_wanted(path: &str) -> bool {
    is_archive(path) || Lab::wants_file(path)
}

/// The files that are read, and the paths of the others.
fn wanted(files: Vec<(String, File)>) -> (Vec<(String, File)>, Vec<String>) {
    let (files, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| is_wanted(path));
    (files, rest.into_iter().map(|(path, _)| path).collect())
}

/// The files of directories, however deep.
async fn walk(entries: Vec<FileSystemEntry>) -> (Vec<(String, File)>, Vec<String>) {
    let (mut files, mut rest, mut left) = (Vec::new(), Vec::new(), entries);
    let mut seen = 0;
    while let Some(entry) = left.pop() {
        seen += 1;
        let path = entry.full_path().trim_start_matches('/').to_owned();
        if entry.is_directory() && seen < ENTRIES_MAX {
            left.extend(inside(entry.unchecked_ref()).await);
        } else if is_wanted(&path) && seen < ENTRIES_MAX {
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let file = called(|done, failed| {
                entry.file_with_callback_and_callback(done, failed);
            });
            match file.await {
                Ok(file) => files.push((path, file.unchecked_into())),
                Err(_) => rest.push(path),
            }
        } else {
            rest.push(path);
        }
    }
    (files, rest)
}

/// What lies in a directory; it is told in portions, the last of them empty.
async fn inside(directory: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let (reader, mut all) = (directory.create_reader(), Vec::new());
    loop {
        let portion = called(|done, failed| {
            // Refused directories count as empty.
            let _ = reader.read_entries_with_callback_and_callback(done, failed);
        });
        let portion: Array = match portion.await {
            Ok(portion) => portion.unchecked_into(),
            Err(_) => return all,
        };
        if portion.length() == 0 || all.len() >= ENTRIES_MAX {
            return all;
        }
        all.extend(
            portion
                .iter()
                .map(JsCast::unchecked_into::<FileSystemEntry>),
        );
    }
}

/// Waits for a function that answers by one of two callbacks.
fn called(call: impl Fn(&Function, &Function)) -> JsFuture {
    let promise = Promise::new(&mut |done, failed| call(&done, &failed));
    JsFuture::from(promise)
}

/// `GzipStream`: what is written into the one end comes out of the other.
pub(crate) fn gzip(name: &str) -> Result<(ReadableStream, WritableStream), JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &name.into())?.dyn_into()?;
    let stream = Reflect::construct(&class, &Array::of1(&"gzip".into()))?;
    let end = |name: &str| Reflect::get(&stream, &name.into());
    Ok((
        end("readable")?.unchecked_into(),
        end("writable")?.unchecked_into(),
    ))
}

/// One import that is being read.
struct Intake {
    lab: Rc<RefCell<Lab>>,
    id: ImportId,
    told: Callback<()>,
    last_ms: Cell<f64>,
}

impl Intake {
    fn new(lab: Rc<RefCell<Lab>>, id: ImportId, told: Callback<()>) -> Rc<Self> {
        let last_ms = Cell::new(0.0);
        Rc::new(Self {
            lab,
            id,
            told,
            last_ms,
        })
    }

    /// Does something to the lab. False when nothing more is wanted.
    fn lab(&self, act: impl FnOnce(&mut Lab, ImportId) -> bool) -> bool {
        let goes_on = act(&mut self.lab.borrow_mut(), self.id);
        let performance = gloo_utils::window().performance();
        let now_ms = performance.map_or(f64::MAX, |performance| performance.now());
        if now_ms - self.last_ms.get() > TELL_MS {
            self.last_ms.set(now_ms);
            self.told.emit(());
        }
        goes_on
    }

    fn failed(&self, path: &str, why: Unread) -> bool {
        self.lab.borrow_mut().import_failed(self.id, path, why);
        false
    }

    fn left_out(&self, paths: &[String]) {
        for path in paths {
            self.lab(|lab, id| lab.import_left_out(id, path));
        }
    }

    async fn file(self: &Rc<Self>, path: &str, file: &File) -> bool {
        if path.ends_with(".tar") {
            return self.lab(|lab, id| lab.import_archive(id, path))
                && self.pieces(path, file, Lab::import_unpacked_at).await;
        }
        if is_archive(path) {
            return self.lab(|lab, id| lab.import_archive(id, path))
                && self.unpack(path, file).await;
        }
        self.lab(|lab, id| lab.import_file(id, path, file.size() as u64))
            && self.pieces(path, file, Lab::import_bytes).await
    }

    async fn pieces(
        &self,
        path: &str,
        file: &File,
        take: fn(&mut Lab, ImportId, u64, &[u8]) -> bool,
    ) -> bool {
        let mut at = 0;
        while (at as f64) < file.size() {
            let Ok(piece) = piece(file, at).await else {
                return self.failed(path, Unread::File);
            };
            let bytes = piece.to_vec();
            if !self.lab(|lab, id| take(lab, id, at, &bytes)) {
                return false;
            }
            at += bytes.len() as u64;
        }
        true
    }

    async fn unpack(self: &Rc<Self>, path: &str, file: &Blob) -> bool {
        let Ok((packed_end, into)) = gzip("DecompressionStream") else {
            return self.failed(path, Unread::Gzip);
        };
        spawn_local(Rc::clone(self).feed(file.clone(), into));
        let reader: ReadableStreamDefaultReader = packed_end.get_reader().unchecked_into();
        loop {
            let Ok(read) = JsFuture::from(reader.read()).await else {
                return self.failed(path, Unread::Gzip);
            };
            let part = |name: &str| Reflect::get(&read, &name.into()).unwrap_or_default();
            if part("done").is_truthy() {
                return true;
            }
            let bytes = part("value").unchecked_into::<Uint8Array>().to_vec();
            if !self.lab(|lab, id| lab.import_unpacked(id, &bytes)) {
                let _ = JsFuture::from(reader.cancel()).await;
                return false;
            }
        }
    }

    /// Writes a file into a stream that unpacks it. Who reads the other end learns what is wrong.
    async fn feed(self: Rc<Self>, file: Blob, into: WritableStream) {
        let Ok(writer) = into.get_writer() else {
            return;
        };
        let mut at = 0;
        while (at as f64) < file.size() {
            let Ok(piece) = piece(&file, at).await else {
                break;
            };
            let len = u64::from(piece.length());
            let written = JsFuture::from(writer.write_with_chunk(&piece)).await;
            if written.is_err() || !self.lab(|lab, id| lab.import_progress(id, len)) {
                break;
            }
            at += len;
        }
        let _ = JsFuture::from(writer.close()).await;
    }
}

/// Some bytes of a file.
async fn piece(file: &Blob, at: u64) -> Result<Uint8Array, JsValue> {
    let (from, to) = (at as f64, at as f64 + f64::from(PIECE));
    let buffer = file.slice_with_f64_and_f64(from, to)?.array_buffer();
    Ok(Uint8Array::new(&JsFuture::from(buffer).await?))
}
