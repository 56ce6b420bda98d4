//! Real directories as what a backup is taken of, and as where it is put.
//!
//! A source is opened for reading and nothing else. It may be that of a running server: files grow and
//! vanish meanwhile. What is written goes to a thread of its own, so that reading and digesting go on
//! while the disk works; a file counts as finished once its bytes were forced to the disk.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use zablab_core::storage::FileName;
use zablab_core::storage::backup::{Fault, FilePart, Source, Store};

/// Pieces that may wait for the disk.
const WAITING: usize = 8;

/// The files of a server, or of a backup.
pub struct SourceDir {
    snapshots: PathBuf,
    logs: PathBuf,
    /// The file that was read last.
    open: RefCell<Option<(FileName, File)>>,
}

impl SourceDir {
    /// Snapshots and epochs here, logs there.
    pub fn new(snapshots: PathBuf, logs: PathBuf) -> Self {
        let open = RefCell::new(None);
        Self {
            snapshots,
            logs,
            open,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        match name.starts_with("log.") {
            true => self.logs.join(name),
            false => self.snapshots.join(name),
        }
    }

    fn metadata(&self, name: &FileName) -> Result<fs::Metadata, Fault> {
        let path = self.path(name);
        let found = fs::metadata(&path).map_err(|e| fault(name, &path, &e))?;
        match found.is_file() {
            true => Ok(found),
            false => Err(failed(&path, &"not a file")),
        }
    }
}

impl Source for SourceDir {
    fn names(&self) -> Result<Vec<FileName>, Fault> {
        let mut names = listed(&self.snapshots, |name| {
            name.starts_with("snapshot.") || name.ends_with("Epoch")
        })?;
        // A server passes over a snapshot that is no file, and stops at such a log.
        names.retain(|name| self.path(name).is_file());
        names.extend(listed(&self.logs, |name| name.starts_with("log."))?);
        names.sort();
        Ok(names)
    }

    fn len(&self, name: &FileName) -> Result<u64, Fault> {
        self.metadata(name).map(|found| found.len())
    }

    fn read(&self, name: &FileName, at: u64, len: u64) -> Result<Vec<u8>, Fault> {
        let mut open = self.open.borrow_mut();
        let path = self.path(name);
        let bad = |e: io::Error| fault(name, &path, &e);
        let file = match &mut *open {
            Some((held, file)) if held == name => file,
            other => {
                let file = File::open(&path).map_err(bad)?;
                &mut other.insert((name.clone(), file)).1
            }
        };
        file.seek(SeekFrom::Start(at)).map_err(bad)?;
        let size = usize::try_from(len).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(size);
        file.take(len).read_to_end(&mut bytes).map_err(bad)?;
        Ok(bytes)
    }

    fn used(&self, name: &FileName) -> Result<u64, Fault> {
        let found = self.metadata(name)?;
        Ok(found.len().min(on_disk(&found)))
    }
}

/// Bytes that a file takes: the zeros of a sparse one take none.
#[cfg(unix)]
fn on_disk(found: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    found.blocks() * 512
}

#[cfg(not(unix))]
fn on_disk(found: &fs::Metadata) -> u64 {
    found.len()
}

/// Names in a directory; what they lead to may be anything.
fn listed(dir: &Path, belongs: impl Fn(&str) -> bool) -> Result<Vec<FileName>, Fault> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| failed(dir, &e))? {
        let entry = entry.map_err(|e| failed(dir, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if belongs(&name) {
            names.push(name.into());
        }
    }
    Ok(names)
}

/// A directory that is written to.
pub struct StoreDir {
    dir: PathBuf,
    orders: Option<SyncSender<Order>>,
    writer: Option<JoinHandle<()>>,
    failure: Arc<Mutex<Option<Fault>>>,
}

enum Order {
    Create(PathBuf),
    Write(Vec<u8>),
    Finish,
    /// Answer when everything before is done.
    Tell(SyncSender<()>),
}

impl StoreDir {
    /// Writes into a directory that is there.
    pub fn new(dir: PathBuf) -> Self {
        let (orders, taken) = sync_channel(WAITING);
        let failure = Arc::new(Mutex::new(None));
        let told = Arc::clone(&failure);
        let writer = std::thread::spawn(move || write_all(&taken, &told));
        Self {
            dir,
            orders: Some(orders),
            writer: Some(writer),
            failure,
        }
    }

    /// Waits until everything is on the disk, names included.
    pub fn settle(&self) -> Result<(), Fault> {
        let (tell, told) = sync_channel(1);
        self.order(Order::Tell(tell))?;
        // When the writer is gone it has left its failure behind.
        let _ = told.recv();
        self.good()?;
        sync_dir(&self.dir)
    }

    fn order(&self, order: Order) -> Result<(), Fault> {
        self.good()?;
        let sent = self.orders.as_ref().map(|orders| orders.send(order));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => self.good().and(Err(failed(&self.dir, &"nobody writes"))),
        }
    }

    fn good(&self) -> Result<(), Fault> {
        let failure = self.failure.lock().map_or(None, |failure| failure.clone());
        failure.map_or(Ok(()), Err)
    }
}

impl Drop for StoreDir {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Store for StoreDir {
    fn create(&mut self, name: &FileName) -> Result<(), Fault> {
        self.order(Order::Create(self.dir.join(&**name)))
    }

    fn write(&mut self, _name: &FileName, _at: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.order(Order::Write(bytes.to_vec()))
    }

    fn finish(&mut self, _name: &FileName) -> Result<(), Fault> {
        self.order(Order::Finish)
    }

    fn discard(&mut self, name: &FileName) -> Result<(), Fault> {
        self.settle()?;
        remove(&self.dir.join(&**name))
    }

    fn keep_only(&mut self, parts: &[FilePart]) -> Result<(), Fault> {
        for name in listed(&self.dir, |name| name != super::vault::MANIFEST)? {
            let path = self.dir.join(&*name);
            if path.is_file() && !parts.iter().any(|part| part.name == name) {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

fn write_all(orders: &Receiver<Order>, failure: &Mutex<Option<Fault>>) {
    let mut open: Option<(PathBuf, File)> = None;
    while let Ok(order) = orders.recv() {
        let path = open.as_ref().map(|(path, _)| path.clone());
        let done = match order {
            Order::Create(path) => match File::create(&path) {
                Ok(file) => {
                    open = Some((path, file));
                    Ok(())
                }
                Err(e) => Err((Some(path), e)),
            },
            Order::Write(bytes) => match &mut open {
                Some((_, file)) => file.write_all(&bytes).map_err(|e| (path, e)),
                None => Ok(()),
            },
            Order::Finish => match open.take() {
                Some((_, file)) => file.sync_all().map_err(|e| (path, e)),
                None => Ok(()),
            },
            Order::Tell(told) => {
                let _ = told.send(());
                Ok(())
            }
        };
        if let Err((path, error)) = done {
            let path = path.unwrap_or_default();
            if let Ok(mut failure) = failure.lock() {
                *failure = Some(match error.kind() {
                    ErrorKind::StorageFull => Fault::Full,
                    _ => failed(&path, &error),
                });
            }
            return;
        }
    }
}

/// Forces the names of a directory to the disk.
pub fn sync_dir(dir: &Path) -> Result<(), Fault> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    match cfg!(unix) {
        true => synced.map_err(|e| failed(dir, &e)),
        false => Ok(()),
    }
}

fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(failed(path, &e)),
        _ => Ok(()),
    }
}

fn fault(name: &FileName, path: &Path, error: &io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound => Fault::Gone(name.clone()),
        _ => failed(path, error),
    }
}

/// A failure in words.
pub fn failed(path: &Path, why: &dyn std::fmt::Display) -> Fault {
    Fault::Failed(format!("{}: {why}", path.display()).into())
}
