//! Digests and recovery of disks that were brought in, some bytes at a time.
//!
//! ```text
//!   files ──► Digesting ──► Image ──► Recovering ──► verdict     disk after disk
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::sorting::{Disk, Found};
use super::{Goal, ImportView};
use crate::protocol::{Config, Profile, Switch};
use crate::scenario::Images;
use crate::storage::{Content, Digesting, Image, RecoverOptions, Recovering};
use crate::view::Text;
use crate::view::import::{DiskView, VerdictView};

/// Disks that are being judged.
#[derive(Clone, Debug)]
pub(super) struct Judging {
    profile: Profile,
    goal: Goal,
    notes: Vec<Text>,
    /// Files whose digest is wanted.
    raw: VecDeque<Disk>,
    /// Disks that are to be judged.
    waiting: VecDeque<(DiskView, Arc<Image>)>,
    judged: Vec<(DiskView, Arc<Image>)>,
    now: Now,
    done: u64,
    total: u64,
}

/// What a slice brought.
pub(super) enum Slice {
    /// There is more to do.
    More(Box<Judging>),
    /// Everything is known.
    Judged {
        view: ImportView,
        images: Vec<Arc<Image>>,
    },
    /// The disks are those of a run.
    Disks { goal: Goal, images: Images },
}

/// What is under way. A copy of it begins again.
#[derive(Default)]
enum Now {
    #[default]
    Nothing,
    Digest(Disk, Box<Digesting>),
    Recover(Box<DiskView>, Arc<Image>, Profile, Box<Recovering>),
}

impl Clone for Now {
    fn clone(&self) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Digest(disk, _) => Self::digest(disk.clone()),
            Self::Recover(view, image, profile, _) => {
                Self::recover(DiskView::clone(view), Arc::clone(image), *profile)
            }
        }
    }
}

impl fmt::Debug for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Digest(..) => "Digest",
            Self::Recover(..) => "Recover",
        })
    }
}

impl Now {
    fn digest(disk: Disk) -> Self {
        let work = Digesting::new(&disk.name, disk.files.clone());
        Self::Digest(disk, Box::new(work))
    }

    fn recover(view: DiskView, image: Arc<Image>, profile: Profile) -> Self {
        let work = Recovering::new(&*image, &rules(profile));
        Self::Recover(Box::new(view), image, profile, Box::new(work))
    }
}

/// How a release recovers.
fn rules(profile: Profile) -> RecoverOptions {
    let config = Config {
        profile,
        switches: profile.switches(),
        ..Config::default()
    };
    RecoverOptions {
        window: 0,
        ..config.recover_options()
    }
}

fn content_of<'a>(files: impl Iterator<Item = &'a Content>) -> u64 {
    files.map(Content::data_end).sum()
}

impl Judging {
    /// Files that were brought in.
    pub(super) fn new(found: Found, profile: Profile) -> Self {
        let sizes = found
            .disks
            .iter()
            .map(|disk| content_of(disk.files.values()));
        let content: u64 = sizes.sum();
        Self {
            profile,
            total: match found.goal {
                Goal::Show => 2 * content,
                _ => content,
            },
            goal: found.goal,
            notes: found.notes,
            raw: found.disks.into(),
            waiting: VecDeque::new(),
            judged: Vec::new(),
            now: Now::Nothing,
            done: 0,
        }
    }

    /// The same disks under another release.
    pub(super) fn again(shown: &ImportView, images: &[Arc<Image>], profile: Profile) -> Self {
        let content = images
            .iter()
            .map(|image| content_of(image.files().values()));
        let disks = shown.disks.iter().cloned().zip(images.iter().cloned());
        Self {
            profile,
            total: content.sum(),
            goal: Goal::Show,
            notes: shown.notes.clone(),
            raw: VecDeque::new(),
            waiting: disks.collect(),
            judged: Vec::new(),
            now: Now::Nothing,
            done: 0,
        }
    }

    /// Bytes looked at, and bytes in all.
    pub(super) const fn progress(&self) -> (u64, u64) {
        (self.done, self.total)
    }

    /// Goes on by about so many bytes.
    pub(super) fn advance(mut self: Box<Self>, bytes: u64) -> Slice {
        self.now = match std::mem::take(&mut self.now) {
            Now::Nothing => match self.begin() {
                Some(now) => now,
                None => return self.finish(),
            },
            Now::Digest(disk, mut work) => {
                self.done += bytes;
                if work.advance(bytes) {
                    let image = Arc::new(work.finish());
                    let view = DiskView::of(&image, disk.myid);
                    self.waiting.push_back((view, image));
                    Now::Nothing
                } else {
                    Now::Digest(disk, work)
                }
            }
            Now::Recover(mut view, image, profile, mut work) => {
                self.done += bytes;
                if work.advance(bytes) {
                    let resume = profile.switches().on(Switch::ResumeSync);
                    view.verdict = Some(VerdictView::of(&image, &work.finish(), resume));
                    self.judged.push((*view, image));
                    Now::Nothing
                } else {
                    Now::Recover(view, image, profile, work)
                }
            }
        };
        Slice::More(self)
    }

    /// What comes next; digests first, so that a run file needs no recovery.
    fn begin(&mut self) -> Option<Now> {
        if let Some(disk) = self.raw.pop_front() {
            return Some(Now::digest(disk));
        }
        if self.goal != Goal::Show {
            return None;
        }
        let (view, image) = self.waiting.pop_front()?;
        Some(Now::recover(view, image, self.profile))
    }

    fn finish(self) -> Slice {
        if self.goal != Goal::Show {
            let images = self.waiting.into_iter();
            let images = images.map(|(_, image)| (image.name.clone(), image));
            let mut all = Images::new();
            all.extend(images);
            return Slice::Disks {
                goal: self.goal,
                images: all,
            };
        }
        let (disks, images): (Vec<DiskView>, Vec<Arc<Image>>) = self.judged.into_iter().unzip();
        Slice::Judged {
            view: ImportView {
                profile: self.profile,
                plan: plan(disks.len()),
                notes: self.notes,
                disks,
            },
            images,
        }
    }
}

/// Disk by disk; never fewer than three servers.
fn plan(disks: usize) -> Vec<Option<usize>> {
    let servers = disks.max(3);
    (0..servers).map(|i| (i < disks).then_some(i)).collect()
}
