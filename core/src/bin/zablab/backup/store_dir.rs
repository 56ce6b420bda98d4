//! A real directory as where a backup, or a restored directory, is put.
//!
//! ```text
//!   whoever copies ──orders──► digester ──orders──► writer ──files──► forcer ──► on the disk
//!                  ◄──────────spent buffers────────────┘
//! ```
//! Reading goes on while bytes are digested, digesting while they are written, and writing while the
//! disk takes them: a long file is forced again and again meanwhile, so that its end finds little to do.
//! Only a backup is digested. Each thread lets a few pieces wait, and never more.
//!
//! A file counts as finished once [`StoreDir::settle`] has said so. A manifest takes the same way, and
//! nobody waits for it: it is written when all that it names is on the disk.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use zablab_core::storage::FileName;
use zablab_core::storage::backup::{Digester, Fault, FilePart, Manifest, Store, Sum};

use super::failures::failed;
use super::manifest_file::{self, MANIFEST};
use super::places::create_file;
use super::source_dir::listed;

/// Pieces that may wait for a thread.
const WAITING: usize = 8;
/// Files that may wait to be forced.
const FORCING: usize = 4;
/// So many bytes of a file are written before the disk is made to begin with them.
const FORCED_EVERY: u64 = 32 << 20;

/// A directory that is written to.
pub struct StoreDir {
    dir: PathBuf,
    orders: Option<SyncSender<Order>>,
    digests: bool,
    /// Buffers whose bytes are written.
    spent: Receiver<Vec<u8>>,
    threads: Vec<JoinHandle<()>>,
    failure: Failure,
}

type Failure = Arc<Mutex<Option<Fault>>>;

enum Order {
    Create(PathBuf),
    Write(Vec<u8>),
    /// Answer with the digest of what was written since the last file was created.
    Digest(SyncSender<String>),
    Finish,
    Note(Box<Manifest>),
    /// Answer when everything before is done.
    Tell(SyncSender<()>),
}

/// What the forcer is told.
enum Force {
    File(PathBuf, File),
    Note(Box<Manifest>),
    Tell(SyncSender<()>),
}

impl StoreDir {
    /// Writes into a directory that is there.
    pub fn new(dir: PathBuf) -> Self {
        let (orders, taken) = sync_channel(WAITING);
        let (spend, spent) = sync_channel(2 * WAITING);
        let (force, forced) = sync_channel(FORCING);
        let failure = Failure::default();
        let place = dir.clone();
        let writer = thread(&failure, move || write_all(&taken, &spend, &force));
        let forcer = thread(&failure, move || force_all(&forced, &place));
        Self {
            dir,
            orders: Some(orders),
            digests: false,
            spent,
            threads: vec![writer, forcer],
            failure,
        }
    }

    /// The same, and tells the digests of what it is given.
    pub fn digesting(dir: PathBuf) -> Self {
        let mut store = Self::new(dir);
        if let Some(next) = store.orders.take() {
            let (orders, taken) = sync_channel(WAITING);
            store.orders = Some(orders);
            store.digests = true;
            let digester = thread(&store.failure, move || {
                digest_all(&taken, &next);
                Ok(())
            });
            store.threads.push(digester);
        }
        store
    }

    /// Writes a manifest once all that was given before is on the disk.
    pub fn note(&self, manifest: Manifest) -> Result<(), Fault> {
        self.order(Order::Note(Box::new(manifest)))
    }

    /// Waits until everything is on the disk, names included.
    pub fn settle(&self) -> Result<(), Fault> {
        let (tell, told) = sync_channel(1);
        self.order(Order::Tell(tell))?;
        // When a thread is gone it has left its failure behind.
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
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Store for StoreDir {
    fn create(&mut self, name: &FileName) -> Result<(), Fault> {
        self.order(Order::Create(self.dir.join(&**name)))
    }

    fn write(&mut self, _name: &FileName, _at: u64, bytes: &[u8]) -> Result<(), Fault> {
        let mut piece = self.spent.try_recv().unwrap_or_default();
        piece.clear();
        piece.extend_from_slice(bytes);
        self.order(Order::Write(piece))
    }

    fn finish(&mut self, _name: &FileName) -> Result<(), Fault> {
        self.order(Order::Finish)
    }

    fn discard(&mut self, name: &FileName) -> Result<(), Fault> {
        self.settle()?;
        remove(&self.dir.join(&**name))
    }

    fn keep_only(&mut self, parts: &[FilePart]) -> Result<(), Fault> {
        for name in listed(&self.dir, |name| name != MANIFEST)? {
            let path = self.dir.join(&*name);
            if path.is_file() && !parts.iter().any(|part| part.name == name) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn digester(&mut self) -> Option<&mut dyn Digester> {
        match self.digests {
            true => Some(self),
            false => None,
        }
    }
}

impl Digester for StoreDir {
    fn digest(&mut self) -> Result<String, Fault> {
        let (tell, told) = sync_channel(1);
        self.order(Order::Digest(tell))?;
        match told.recv() {
            Ok(digest) => Ok(digest),
            // The thread is gone: another has failed.
            Err(_) => self.good().and(Err(failed(&self.dir, &"nobody digests"))),
        }
    }
}

/// Runs until nobody has work for it. Why it ended before that is left behind while its channels are
/// still open: nobody finds it gone without a reason.
fn thread(
    failure: &Failure,
    mut work: impl FnMut() -> Result<(), Fault> + Send + 'static,
) -> JoinHandle<()> {
    let failure = Arc::clone(failure);
    std::thread::spawn(move || {
        if let Err(why) = work()
            && let Ok(mut failure) = failure.lock()
        {
            failure.get_or_insert(why);
        }
    })
}

/// Digests what passes on its way to the writer.
fn digest_all(orders: &Receiver<Order>, next: &SyncSender<Order>) {
    let mut sum = Sum::default();
    while let Ok(order) = orders.recv() {
        match &order {
            Order::Create(_) => sum = Sum::default(),
            Order::Write(bytes) => sum.add(bytes),
            Order::Digest(told) => {
                // Whoever asked may have gone.
                let _ = told.send(sum.text());
                continue;
            }
            Order::Finish | Order::Note(_) | Order::Tell(_) => {}
        }
        if next.send(order).is_err() {
            // The writer has left its failure behind.
            return;
        }
    }
}

/// A file that is written, and how much of it the disk was not told of.
struct Open {
    path: PathBuf,
    file: File,
    since: u64,
}

fn write_all(
    orders: &Receiver<Order>,
    spend: &SyncSender<Vec<u8>>,
    force: &SyncSender<Force>,
) -> Result<(), Fault> {
    let mut open: Option<Open> = None;
    while let Ok(order) = orders.recv() {
        let mut next = None;
        match order {
            Order::Create(path) => match create_file(&path) {
                Ok(file) => {
                    open = Some(Open {
                        path,
                        file,
                        since: 0,
                    })
                }
                Err(e) => return Err(stuck(&path, &e)),
            },
            Order::Write(bytes) => {
                if let Some(open) = &mut open {
                    open.write(&bytes, force)?;
                }
                // Enough of them are waiting already.
                let _ = spend.try_send(bytes);
            }
            // It was answered on the way here.
            Order::Digest(_) => {}
            Order::Finish => {
                let finished = open.take();
                next = finished.map(|open| Force::File(open.path, open.file));
            }
            Order::Note(manifest) => next = Some(Force::Note(manifest)),
            Order::Tell(told) => next = Some(Force::Tell(told)),
        }
        if let Some(next) = next
            && force.send(next).is_err()
        {
            // The forcer has left its failure behind.
            break;
        }
    }
    Ok(())
}

impl Open {
    fn write(&mut self, bytes: &[u8], force: &SyncSender<Force>) -> Result<(), Fault> {
        let written = self.file.write_all(bytes);
        written.map_err(|e| stuck(&self.path, &e))?;
        self.since += bytes.len() as u64;
        if self.since >= FORCED_EVERY
            && let Ok(same) = self.file.try_clone()
            && let Ok(()) | Err(TrySendError::Disconnected(_)) =
                force.try_send(Force::File(self.path.clone(), same))
        {
            self.since = 0;
        }
        Ok(())
    }
}

fn force_all(files: &Receiver<Force>, dir: &Path) -> Result<(), Fault> {
    while let Ok(next) = files.recv() {
        match next {
            Force::File(path, file) => file.sync_all().map_err(|e| stuck(&path, &e))?,
            Force::Note(manifest) => {
                sync_dir(dir)?;
                manifest_file::write(dir, &manifest)?;
            }
            Force::Tell(told) => {
                // Whoever asked may have gone.
                let _ = told.send(());
            }
        }
    }
    Ok(())
}

fn stuck(path: &Path, error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::StorageFull => Fault::Full,
        _ => failed(path, error),
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
