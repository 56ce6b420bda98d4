//! What can be taken out of the lab: a disk that a real server starts from, and a whole run.
//!
//! ```text
//!   disk(server)  ──► myid  version-2/log.100000001 …             as `zablab export` writes it
//!   run_file()    ──► run.zab  disks/1/version-2/log.1 …          a link cannot carry disks
//! ```
//! Both are `tar` archives whose bytes are made piece by piece; who downloads them packs them.

use std::sync::Arc;

use super::Lab;
use super::branch::Line;
use crate::base::ServerId;
use crate::scenario::ast::Action;
use crate::scenario::{Program, parse, print};
use crate::storage::{Archiving, Content, Disk, FileName, Image, ReadFiles};
use crate::world::Command;

/// An archive on its way out.
#[derive(Clone, Debug)]
pub struct Download {
    /// What the file is called, without what it is packed with.
    pub name: String,
    archive: Archiving,
}

/// A file of a server's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskFile {
    /// Its name.
    pub name: String,
    /// Its length without the zeros at its end.
    pub data_end: u64,
    /// How much of it would survive a power loss; none when its name would not.
    pub durable_end: Option<u64>,
}

impl Download {
    /// The next bytes, about so many; none behind the end.
    pub fn next(&mut self, bytes: u64) -> Option<Vec<u8>> {
        self.archive.next(bytes)
    }
}

impl Lab {
    /// The files of a server's disk at the moment that is shown.
    pub fn disk_files(&self, server: ServerId) -> Vec<DiskFile> {
        let Some(disk) = self.disk_of(server) else {
            return Vec::new();
        };
        let file = |name: FileName| DiskFile {
            data_end: disk.content(&name).map_or(0, Content::data_end),
            durable_end: disk.durable_content(&name).map(Content::data_end),
            name: name.to_string(),
        };
        disk.names().into_iter().map(file).collect()
    }

    /// The disk of a server at the moment that is shown, for a real server to start from: what the
    /// file system shows, or what a power loss would leave.
    pub fn download_disk(&self, server: ServerId, durable: bool) -> Option<Download> {
        let disk = self.disk_of(server)?;
        let view = if durable {
            disk.durable_view()
        } else {
            disk.clone()
        };
        let id = format!("{}\n", server.0);
        let mut files = vec![("myid".to_owned(), Content::from(id.as_bytes()))];
        files.extend(version_2("", &view));
        let kind = if durable { "-durable" } else { "" };
        Some(self.download(format!("server-{}-version-2{kind}.tar", server.0), files))
    }

    /// The branch that is shown, as a script with the disks that it loads.
    pub fn download_run(&self) -> Download {
        let mut places: Vec<(String, String)> = Vec::new();
        let mut files = Vec::new();
        for (server, image) in loaded(self.line()) {
            let dir = format!("disks/{}", server.0);
            if place_of(&places, &image.name).is_none() {
                files.extend(version_2(&format!("{dir}/"), &**image));
                places.push((image.name.clone(), dir));
            }
        }
        let script = match parse(&self.line().script()) {
            Ok(program) if !places.is_empty() => print::program(&placed(&program, &places)),
            _ => self.line().script(),
        };
        files.insert(0, ("run.zab".to_owned(), Content::from(script.as_bytes())));
        self.download("zablab-run.tar".to_owned(), files)
    }

    /// The disks of all branches, to be kept beside [`Lab::saved`] and brought back by
    /// [`Lab::begin_return`].
    pub fn download_disks(&self) -> Download {
        let mut names: Vec<&str> = Vec::new();
        let mut files = Vec::new();
        let lines = self.branches.iter();
        for (_, image) in lines.flat_map(|line| loaded(line)) {
            if !names.contains(&image.name.as_str()) {
                names.push(&image.name);
                files.extend(version_2(&format!("{}/", image.name), &**image));
            }
        }
        self.download(String::new(), files)
    }

    /// True when the branch that is shown began with disks that were brought in.
    pub fn has_disks(&self) -> bool {
        loaded(self.line()).next().is_some()
    }

    pub(super) fn disk_of(&self, server: ServerId) -> Option<&Disk> {
        let world = &self.line().timeline.here()?.world;
        let host = world.hosts().iter().find(|host| host.id == server);
        host.map(|host| &host.disk)
    }

    fn download(&self, name: String, files: Vec<(String, Content)>) -> Download {
        let config = &self.line().timeline.recording().config;
        let now_s =
            config.clock_ms / 1_000 + i64::try_from(self.frame().now_us / 1_000_000).unwrap_or(0);
        Download {
            name,
            archive: Archiving::new(files, u64::try_from(now_s).unwrap_or(0)),
        }
    }
}

/// The files of a disk, by their paths in an archive.
fn version_2(dir: &str, disk: &impl ReadFiles) -> Vec<(String, Content)> {
    let path = |name: &str| match name.strip_prefix("../") {
        Some(beside) => format!("{dir}{beside}"),
        None => format!("{dir}version-2/{name}"),
    };
    let names = disk.names().into_iter();
    names
        .filter_map(|name| Some((path(&name), disk.content(&name)?.clone())))
        .collect()
}

fn loaded(line: &Line) -> impl Iterator<Item = (ServerId, &Arc<Image>)> {
    let commands = line.timeline.recording().commands.iter();
    commands.filter_map(|recorded| match &*recorded.command {
        Command::Load { server, image } => Some((*server, image)),
        _ => None,
    })
}

/// Where the archive has an image.
fn place_of<'a>(places: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = places.iter().find(|(image, _)| image == name);
    found.map(|(_, place)| place.as_str())
}

/// The program with its disks where the archive has them.
fn placed(program: &Program, places: &[(String, String)]) -> Program {
    let actions = program.actions().map(|action| match action {
        Action::Load {
            dir,
            server,
            sha256,
        } => Action::Load {
            dir: place_of(places, dir).unwrap_or(dir).to_owned(),
            server: *server,
            sha256: sha256.clone(),
        },
        other => other.clone(),
    });
    Program::of(actions)
}
