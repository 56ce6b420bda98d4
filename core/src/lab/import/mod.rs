//! Real disks that are brought to the page: read, sorted, judged, and made the disks of an ensemble.
//!
//! ```text
//!   begin_import ──► import_file / import_archive … ──► end_import ──► work … ──► imported()
//!                      pieces as they are read            digests, recovery        a report
//!   Judge(profile)   the same disks under another release
//!   UseDisks(plan)   a script with `load NAME server=1 sha256=…`, run with these disks
//! ```
//! Nothing here changes the run that is shown, until disks are used. Whoever reads the files asks after
//! each piece whether more is wanted: an import that was stopped, or went beyond a limit, wants nothing
//! more.
//!
//! ```text
//!   sorting   which file belongs to which server      judging   digests and recovery, in slices
//!   adopt     disks of a new ensemble
//! ```

mod adopt;
mod judging;
mod sorting;

use std::sync::Arc;

use super::Lab;
use super::transport::NoticeKind;
use super::work::{Work, WorkKind};
use crate::protocol::Profile;
use crate::scenario::Images;
use crate::storage::{BadArchive, Image, Piece, Unpacking};
use crate::view::import::DiskView;
use crate::view::{Text, findings};
use judging::{Judging, Slice};
use sorting::{Refused, Sorting};

/// Bytes that are looked at for one step of work.
const BYTES_A_STEP: u64 = 1 << 10;

/// Names one import, so that who reads its files learns that it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportId(u64);

/// Why the files themselves could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The browser refused a file.
    File,
    /// What should be packed with gzip is not, or is damaged.
    Gzip,
}

/// The disks that were brought in, as a panel shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportView {
    /// The release whose judgement is shown.
    pub profile: Profile,
    /// The disks, in order of their numbers and names.
    pub disks: Vec<DiskView>,
    /// What was left out, and what was taken to belong together.
    pub notes: Vec<Text>,
    /// Which disk each server would get, by its place in the list.
    pub plan: Vec<Option<usize>>,
}

/// What is brought in, and how far it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Imports {
    begun: u64,
    /// Files that are coming.
    reading: Option<Reading>,
    /// Disks that are being judged.
    judging: Option<Box<Judging>>,
    /// What is shown.
    shown: Option<Arc<ImportView>>,
    /// The disks that are shown.
    images: Vec<Arc<Image>>,
    /// Disks that came back with a run that was kept.
    attic: Images,
}

/// What is to come of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Goal {
    /// They are shown.
    #[default]
    Show,
    /// A script, whose disks they are.
    Run(String),
    /// A run that was kept, whose disks they are.
    Restore(String),
}

/// Files that are coming.
#[derive(Clone, Debug)]
struct Reading {
    id: ImportId,
    total: u64,
    done: u64,
    goal: Goal,
    sorting: Sorting,
    unpacking: Option<(String, Unpacking)>,
}

impl Lab {
    /// Begins to bring files in: so many bytes, as far as is known. What came before is given up.
    pub fn begin_import(&mut self, total: u64) -> ImportId {
        self.begin(total, Goal::Show)
    }

    /// Begins to bring back the disks of a run that was kept, as [`Lab::download_disks`] gave them; then
    /// the run follows, as with [`super::Action::Restore`].
    pub fn begin_return(&mut self, total: u64, saved: String) -> ImportId {
        self.begin(total, Goal::Restore(saved))
    }

    fn begin(&mut self, total: u64, goal: Goal) -> ImportId {
        self.notice = None;
        self.touch();
        let imports = &mut self.imports;
        imports.begun += 1;
        imports.judging = None;
        let id = ImportId(imports.begun);
        imports.reading = Some(Reading {
            id,
            total,
            done: 0,
            goal,
            sorting: Sorting::default(),
            unpacking: None,
        });
        id
    }

    /// Would a file of that path be looked at?
    pub fn wants_file(path: &str) -> bool {
        sorting::belongs(path)
    }

    /// A file that is not read. False when nothing more is wanted.
    pub fn import_left_out(&mut self, id: ImportId, path: &str) -> bool {
        self.import(id, |reading| {
            reading.sorting.leave_out(path);
            Ok(())
        })
    }

    /// A file begins: its path and its length. False when nothing more is wanted.
    pub fn import_file(&mut self, id: ImportId, path: &str, len: u64) -> bool {
        self.import(id, |reading| reading.sorting.file(path, len))
    }

    /// The next bytes of the file that began last. False when nothing more is wanted.
    pub fn import_bytes(&mut self, id: ImportId, offset: u64, bytes: &[u8]) -> bool {
        self.import(id, |reading| {
            reading.done += bytes.len() as u64;
            reading.sorting.bytes(offset, bytes)
        })
    }

    /// An archive begins. False when nothing more is wanted.
    pub fn import_archive(&mut self, id: ImportId, name: &str) -> bool {
        self.import(id, |reading| {
            reading.close_archive()?;
            reading.unpacking = Some((name.to_owned(), Unpacking::new()));
            Ok(())
        })
    }

    /// The next bytes of an archive, unpacked. False when nothing more is wanted.
    pub fn import_unpacked(&mut self, id: ImportId, bytes: &[u8]) -> bool {
        self.import(id, |reading| reading.unpack(bytes))
    }

    /// The next bytes of an archive that is not packed. False when nothing more is wanted.
    pub fn import_unpacked_at(&mut self, id: ImportId, _: u64, bytes: &[u8]) -> bool {
        self.import_progress(id, bytes.len() as u64) && self.import_unpacked(id, bytes)
    }

    /// So many packed bytes have been read. False when nothing more is wanted.
    pub fn import_progress(&mut self, id: ImportId, bytes: u64) -> bool {
        self.import(id, |reading| {
            reading.done += bytes;
            Ok(())
        })
    }

    /// The files cannot be read.
    pub fn import_failed(&mut self, id: ImportId, name: &str, why: Unread) {
        self.import(id, |_| {
            Err(match why {
                Unread::File => Refused::Unreadable(name.to_owned()),
                Unread::Gzip => Refused::Gzip(name.to_owned()),
            })
        });
    }

    /// All files have come; what they are is found out in slices of [`Lab::work`].
    pub fn end_import(&mut self, id: ImportId) {
        if !self.import(id, Reading::close_archive) {
            return;
        }
        let Some(reading) = self.imports.reading.take() else {
            return;
        };
        match reading.sorting.finish(reading.goal) {
            Ok(found) => {
                let profile = self.imports.shown.as_ref().map(|shown| shown.profile);
                let profile = profile.unwrap_or(Profile::V3_9_4);
                self.imports.judging = Some(Box::new(Judging::new(found, profile)));
            }
            Err(refused) => self.refuse_import(&refused),
        }
    }

    /// The disks that were brought in; none before an import is through.
    pub fn imported(&self) -> Option<Arc<ImportView>> {
        self.imports.shown.clone()
    }

    /// True while files come or are looked at.
    pub fn is_importing(&self) -> bool {
        self.imports.reading.is_some() || self.imports.judging.is_some()
    }

    fn import(
        &mut self,
        id: ImportId,
        act: impl FnOnce(&mut Reading) -> Result<(), Refused>,
    ) -> bool {
        let Some(reading) = self.imports.reading.as_mut().filter(|r| r.id == id) else {
            return false;
        };
        let done = act(reading);
        self.touch();
        if let Err(refused) = &done {
            self.refuse_import(refused);
        }
        done.is_ok()
    }

    /// The import is over; the run and what was imported before stay.
    fn refuse_import(&mut self, refused: &Refused) {
        (self.imports.reading, self.imports.judging) = (None, None);
        let kind = match refused {
            Refused::Limit(_) => NoticeKind::Limit,
            _ => NoticeKind::Refused,
        };
        self.say(kind, refused.text());
    }

    /// Gives up what is under way.
    pub(super) fn stop_import(&mut self) {
        (self.imports.reading, self.imports.judging) = (None, None);
    }

    /// The disks are shown no longer.
    pub(super) fn close_import(&mut self) {
        self.stop_import();
        (self.imports.shown, self.imports.images) = (None, Vec::new());
    }

    /// Judges the disks that are shown as another release would.
    pub(super) fn judge(&mut self, profile: Profile) {
        if let Some(shown) = &self.imports.shown {
            let again = Judging::again(shown, &self.imports.images, profile);
            self.imports.judging = Some(Box::new(again));
        }
    }

    /// How far an import is.
    pub(super) fn importing(&self) -> Option<Work> {
        let (kind, done, total) = match (&self.imports.reading, &self.imports.judging) {
            (Some(reading), _) => (WorkKind::Read, reading.done, reading.total),
            (None, Some(judging)) => {
                let (done, total) = judging.progress();
                (WorkKind::Recover, done, total)
            }
            (None, None) => return None,
        };
        let kib = |bytes: u64| u32::try_from(bytes >> 10).unwrap_or(u32::MAX);
        Some(Work {
            kind,
            line: kib(done.min(total)),
            lines: kib(total).max(1),
            steps: 0,
            now_us: 0,
        })
    }

    /// Goes on with what is being judged. True while there is more to do.
    pub(super) fn work_on_import(&mut self, steps: u64) -> bool {
        let Some(judging) = self.imports.judging.take() else {
            return false;
        };
        self.touch();
        match judging.advance(steps.saturating_mul(BYTES_A_STEP)) {
            Slice::More(judging) => self.imports.judging = Some(judging),
            Slice::Judged { view, images } => {
                (self.imports.shown, self.imports.images) = (Some(Arc::new(view)), images);
            }
            Slice::Disks { goal, images } => match goal {
                Goal::Show => {}
                Goal::Run(script) => self.load_with(&script, images),
                Goal::Restore(saved) => {
                    self.imports.attic = images;
                    self.restore(&saved);
                }
            },
        }
        self.imports.judging.is_some() || self.job.is_some()
    }
}

impl Reading {
    fn unpack(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let Some((name, unpacking)) = &mut self.unpacking else {
            return Ok(());
        };
        let sorting = &mut self.sorting;
        let mut told = Ok(());
        let pushed = unpacking.push(bytes, &mut |piece| {
            if told.is_ok() {
                told = match piece {
                    Piece::File { path, len } => sorting.file(path, len),
                    Piece::Bytes { offset, bytes } => sorting.bytes(offset, bytes),
                };
            }
        });
        pushed.map_err(|bad| Refused::archive(name, &bad))?;
        told
    }

    fn close_archive(&mut self) -> Result<(), Refused> {
        match self.unpacking.take() {
            Some((name, unpacking)) => {
                let whole = unpacking.finish();
                whole.map_err(|bad| Refused::archive(&name, &bad))
            }
            None => Ok(()),
        }
    }
}

impl Refused {
    fn archive(name: &str, bad: &BadArchive) -> Self {
        Self::Archive(name.to_owned(), findings::archive(bad))
    }
}
