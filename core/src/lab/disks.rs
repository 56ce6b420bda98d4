//! What the disk panel pulls while it is open: the files of a server, one of them part by part, and what
//! recovery would make of them now.
//!
//! ```text
//!   disk(server)           names and sizes
//!   file(server, ask)      parts, the fields of one, raw bytes       some bytes at a time
//!   outlook(server)        the real recovery of these very bytes     some bytes at a time
//! ```
//! Large files take longer than a frame. Then a view says how far it is, and who shows it asks again;
//! what was found is kept, and a file that has grown is read on from where it ended.

use std::collections::BTreeMap;
use std::fmt;

use super::Lab;
use crate::base::{Gather, ServerId};
use crate::model::Zxid;
use crate::protocol::switch::Switch;
use crate::storage::epochs::{self, EpochRefusal, Epochs};
use crate::storage::{
    Anatomy, Content, Disk, FileName, ReadFiles, RecoverOptions, Recovering, Recovery, scan,
};
use crate::view::disk::{Cause, DiskView, FileAsk, FileView, Outlook, OutlookView, Pick, ends_of};
use crate::world::{Host, World};

/// Bytes of a file that are passed over for one view of it.
const BYTES_PASSED: u64 = 1 << 20;
/// Bytes that are recovered for one view.
const BYTES_RECOVERED: u64 = 96 << 10;
/// Disks of which more is on them are not recovered anew with every step that is played.
const BYTES_PLAYED: u64 = 256 << 10;
/// Files whose parts are kept.
const KEPT: usize = 12;

type Files = BTreeMap<FileName, Content>;

/// What was found, so that it need not be found again. A cache and nothing else.
#[derive(Default)]
pub(super) struct Shelves {
    anatomies: BTreeMap<(ServerId, FileName), Anatomy>,
    judged: BTreeMap<(ServerId, bool), Judged>,
}

impl Clone for Shelves {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Shelves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shelves({} files)", self.anatomies.len())
    }
}

/// A recovery of some files, done or under way.
struct Judged {
    files: Files,
    options: RecoverOptions,
    state: State,
}

enum State {
    Working(Box<Recovering>),
    Done(Box<Recovery>),
}

impl Lab {
    /// The files of a server's disk at the moment shown.
    pub fn disk(&self, server: ServerId) -> Option<DiskView> {
        let moment = self.line().timeline.here()?;
        DiskView::of(&moment.world, server, moment.step.as_ref())
    }

    /// A file of a server's disk at the moment shown, as much of it as is asked for.
    pub fn file(&mut self, server: ServerId, ask: &FileAsk) -> Option<FileView> {
        let world = &self.branches[self.branch].timeline.here()?.world;
        let disk = &host(world, server)?.disk;
        let name = wanted(disk, ask, self.disk(server)?)?;
        let content = disk.content(&name)?.clone();
        let key = (server, name.clone());
        let anatomies = &mut self.shelves.anatomies;
        let kept = anatomies.remove(&key);
        let mut anatomy = match kept {
            Some(kept) => kept.renewed(&content),
            None => Anatomy::new(name, content),
        };
        anatomy.advance(BYTES_PASSED);
        let view = FileView::of(world, disk, &anatomy, ask);
        if anatomies.len() >= KEPT {
            anatomies.clear();
        }
        anatomies.insert(key, anatomy);
        Some(view)
    }

    /// What the server would make of its bytes if it died or started now.
    pub fn outlook(&mut self, server: ServerId) -> Option<OutlookView> {
        let world = &self.branches[self.branch].timeline.here()?.world;
        let host = host(world, server)?;
        let (seen, durable) = (files(&host.disk), files(&host.disk.durable_view()));
        let size: u64 = seen.values().map(Content::data_end).sum();
        if self.playing && size > BYTES_PLAYED {
            return Some(OutlookView {
                later: true,
                ..OutlookView::default()
            });
        }
        let pending = !are_same(&seen, &durable);
        let options = world.config().recover_options();
        let judged = &mut self.shelves.judged;
        let mut reading = judge(judged, (server, true), seen, options);
        if pending && reading.is_none() {
            reading = judge(judged, (server, false), durable, options);
        }
        if reading.is_some() {
            return Some(OutlookView {
                reading,
                ..OutlookView::default()
            });
        }
        Some(OutlookView {
            lines: lines(judged, host, world, pending),
            ..OutlookView::default()
        })
    }
}

fn host(world: &World, server: ServerId) -> Option<&Host> {
    world.hosts().iter().find(|host| host.id == server)
}

/// The file that is asked for; the log that holds the transaction; the newest log.
fn wanted(disk: &Disk, ask: &FileAsk, view: DiskView) -> Option<FileName> {
    let named = |name: &str| disk.names().into_iter().find(|found| **found == *name);
    let chosen = ask.choice.file.as_deref().and_then(named);
    let holding = || match ask.choice.pick {
        Pick::Transaction(zx) => {
            let zxid = Zxid((zx.epoch << 32) | i64::from(zx.counter));
            let logs = scan::log_files(disk).into_iter().rev();
            let mut older = logs.skip_while(|(first, _)| *first > zxid);
            older.next().map(|(_, name)| name)
        }
        Pick::Newest | Pick::Number(_) => None,
    };
    let newest = || view.newest().and_then(named);
    chosen.or_else(holding).or_else(newest)
}

fn files(disk: &Disk) -> Files {
    let names = disk.names().into_iter();
    let contents = names.filter_map(|name| Some((name.clone(), disk.content(&name)?.clone())));
    contents.gather()
}

fn are_same(a: &Files, b: &Files) -> bool {
    let mut pairs = a.iter().zip(b.iter());
    a.len() == b.len()
        && pairs.all(|((name, one), (other, two))| {
            name == other && one.len() == two.len() && one.same_until(two) == one.len()
        })
}

/// Goes on with a recovery; says how far it is while it is not done.
fn judge(
    judged: &mut BTreeMap<(ServerId, bool), Judged>,
    key: (ServerId, bool),
    files: Files,
    options: RecoverOptions,
) -> Option<(u64, u64)> {
    let known = |j: &Judged| j.options == options && are_same(&j.files, &files);
    if !judged.get(&key).is_some_and(known) {
        let work = Recovering::new(&files, &options);
        let state = State::Working(Box::new(work));
        judged.insert(
            key,
            Judged {
                files,
                options,
                state,
            },
        );
    }
    let one = judged.get_mut(&key)?;
    if let State::Working(work) = &mut one.state {
        if !work.advance(BYTES_RECOVERED) {
            let progress = work.progress();
            return Some((progress.done, progress.done + progress.left));
        }
        let nothing = Recovering::new(&Files::new(), &options);
        let done = std::mem::replace(&mut **work, nothing).finish();
        one.state = State::Done(Box::new(done));
    }
    None
}

fn lines(
    judged: &BTreeMap<(ServerId, bool), Judged>,
    host: &Host,
    world: &World,
    pending: bool,
) -> Vec<Outlook> {
    let done = |seen: bool| match judged.get(&(host.id, seen)) {
        Some(Judged {
            state: State::Done(done),
            files,
            ..
        }) => Some((&**done, files)),
        _ => None,
    };
    let Some((all, files)) = done(true) else {
        return Vec::new();
    };
    let line = |cause, recovery: &Recovery, files: &Files| {
        let epochs = epochs_of(world, recovery, files);
        Outlook::of(cause, recovery, epochs.as_ref(), files)
    };
    let cause = match (host.is_up(), pending) {
        (false, _) => Cause::Start,
        (true, false) => Cause::Crash,
        (true, true) => Cause::Process,
    };
    let mut lines = Vec::new();
    if let Some((durable, kept)) = done(false).filter(|_| pending) {
        let power = line(Cause::Power, durable, kept);
        lines.push(power.less_than(ends_of(durable), all));
    }
    lines.push(line(cause, all, files));
    lines
}

/// The epochs that a server would find beside that database.
fn epochs_of(
    world: &World,
    recovery: &Recovery,
    files: &Files,
) -> Option<Result<Epochs, EpochRefusal>> {
    let config = world.config();
    let last = ends_of(recovery).filter(|_| !config.standalone)?;
    let resume = config.switches.on(Switch::ResumeSync);
    Some(epochs::read(files, last, resume))
}
