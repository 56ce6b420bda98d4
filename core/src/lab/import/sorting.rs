//! Which file belongs to which server: by the directories it lies in.
//!
//! ```text
//!   s1/version-2/log.1   s1/myid   ──► s1          version-2/log.1   myid   log.1   ──► the drop itself
//!   a/b/snapshot.0                 ──► a/b         run.zab  disks/2/version-2/log.1 ──► a run file
//! ```
//! A directory with logs alone, beside one with snapshots alone, is the log directory of the same
//! server. Files with other names are left out, and said so.

use std::collections::BTreeMap;

use super::Goal;
use crate::base::Order;
use crate::storage::recovery::INITIALIZE;
use crate::storage::{Content, FileName};
use crate::view::Text;

/// Bytes of content in all files, less the zeros at their ends.
pub(super) const CONTENT_MAX: u64 = 64 << 20;
/// Bytes of all files.
const APPARENT_MAX: u64 = 1 << 30;
/// Files that are read.
const FILES_MAX: usize = 1_000;
/// Servers of an ensemble.
const DISKS_MAX: usize = 9;
/// Bytes of a script, and one more, so that its limit is told.
const SCRIPT_MAX: u64 = 65_537;
/// Names of files that are left out, as they are listed.
const LISTED: usize = 3;
/// What the files that lie in no directory are called.
const NAMELESS: &str = "dropped";

/// Why nothing is brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A limit was reached.
    Limit(Text),
    /// There is nothing that a server would read; names of some files.
    Nothing(String),
    /// An archive cannot be read.
    Archive(String, Text),
    /// A file that should be packed is not, or is damaged.
    Gzip(String),
    /// The browser refused a file.
    Unreadable(String),
}

/// Files as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorting {
    files: Vec<(String, Content)>,
    /// The file that began last is read.
    open: bool,
    apparent: u64,
    content: u64,
    left_out: Vec<String>,
    left_out_more: usize,
}

/// What the files are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The files of each server.
    pub(super) disks: Vec<Disk>,
    /// What is to come of them.
    pub(super) goal: Goal,
    /// What is to be said.
    pub(super) notes: Vec<Text>,
}

/// The files of one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Disk {
    pub(super) name: String,
    pub(super) myid: Option<u8>,
    pub(super) files: BTreeMap<FileName, Content>,
}

impl Refused {
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Limit(text) => text.clone(),
            Self::Nothing(names) => Text::new(
                format!(
                    "There is no file of a server in it ({names}). Expected are a version-2 \
                     directory, a .tar.gz of one, or files such as log.1 and snapshot.0."
                ),
                format!(
                    "其中没有服务器的文件（{names}）。需要 version-2 目录、它的 .tar.gz，\
                     或 log.1、snapshot.0 这样的文件。"
                ),
            ),
            Self::Archive(name, why) => Text::new(
                format!("{name} cannot be read: {}.", why.en),
                format!("无法读取 {name}：{}。", why.zh),
            ),
            Self::Gzip(name) => Text::new(
                format!("{name} cannot be unpacked: it is not gzip, or it is cut off."),
                format!("无法解压 {name}：不是 gzip，或内容不完整。"),
            ),
            Self::Unreadable(name) => Text::new(
                format!("The browser cannot read {name}."),
                format!("浏览器无法读取 {name}。"),
            ),
        }
    }

    fn too_large() -> Self {
        Self::Limit(Text::new(
            "Too large: files may hold 64 MiB of content (zeros at their ends not counted) and \
             be 1 GiB long in all. The command line zablab recover takes more.",
            "文件太大：内容最多 64 MiB（末尾的零不计），总长度最多 1 GiB。更大的目录请用命令行 \
             zablab recover。",
        ))
    }

    fn too_many() -> Self {
        Self::Limit(Text::new(
            format!("At most {FILES_MAX} files of servers are read."),
            format!("最多读取 {FILES_MAX} 个服务器文件。"),
        ))
    }
}

/// Is it a file that a server reads, or a script?
pub(super) fn belongs(path: &str) -> bool {
    let name = base(path);
    is_of_disk(name) || matches!(name, "myid" | "initialize") || name.ends_with(".zab")
}

fn is_of_disk(name: &str) -> bool {
    ["log.", "snapshot.", "acceptedEpoch", "currentEpoch"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path without what means nothing; `None` when it leads out of its directory.
fn clean(path: &str) -> Option<String> {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<&str> = parts.collect();
    (!parts.contains(&"..")).then(|| parts.join("/"))
}

/// The directory of the server that a file belongs to.
fn server_of(path: &str) -> &str {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    match dir.rsplit_once('/') {
        Some((outer, "version-2")) => outer,
        None if dir == "version-2" => "",
        _ => dir,
    }
}

impl Sorting {
    pub(super) fn leave_out(&mut self, path: &str) {
        self.open = false;
        if self.left_out.len() < LISTED {
            self.left_out.push(base(path).to_owned());
        } else {
            self.left_out_more += 1;
        }
    }

    /// A file begins.
    pub(super) fn file(&mut self, path: &str, len: u64) -> Result<(), Refused> {
        if path.ends_with('/') {
            self.open = false;
            return Ok(());
        }
        let wanted = clean(path).filter(|path| belongs(path));
        let Some(path) = wanted else {
            self.leave_out(path);
            return Ok(());
        };
        self.apparent = self.apparent.saturating_add(len);
        if self.apparent > APPARENT_MAX {
            return Err(Refused::too_large());
        }
        if self.files.len() >= FILES_MAX {
            return Err(Refused::too_many());
        }
        let mut content = Content::default();
        content.set_len(len);
        self.files.push((path, content));
        self.open = true;
        Ok(())
    }

    /// Bytes of the file that began last.
    pub(super) fn bytes(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Refused> {
        let Some((_, file)) = self.files.last_mut().filter(|_| self.open) else {
            return Ok(());
        };
        if offset.saturating_add(bytes.len() as u64) > APPARENT_MAX {
            return Err(Refused::too_large());
        }
        let before = file.data_end();
        file.write(offset, bytes);
        self.content += file.data_end().saturating_sub(before);
        if self.content > CONTENT_MAX {
            return Err(Refused::too_large());
        }
        Ok(())
    }

    /// All have come.
    pub(super) fn finish(mut self, goal: Goal) -> Result<Found, Refused> {
        let shown = goal == Goal::Show;
        let (inside, goal) = match self.script().filter(|_| shown) {
            Some((dir, script)) => (dir, Goal::Run(script)),
            None => (String::new(), goal),
        };
        let mut disks: Vec<Disk> = Vec::new();
        for (path, content) in std::mem::take(&mut self.files) {
            let name = base(&path);
            if name.ends_with(".zab") {
                continue;
            }
            let disk = disk_of(&mut disks, server_of(&path));
            match name {
                "myid" => disk.myid = number(&content),
                "initialize" => {
                    disk.files.insert(INITIALIZE.into(), content);
                }
                name => {
                    disk.files.insert(name.into(), content);
                }
            }
        }
        disks.retain(|disk| disk.files.keys().any(|name| is_of_disk(name)));
        let shown = goal == Goal::Show;
        if disks.is_empty() && shown {
            return Err(Refused::Nothing(self.names_left_out()));
        }
        let mut notes = Vec::new();
        if shown {
            join_log_directory(&mut disks, &mut notes);
        }
        for disk in &mut disks {
            disk.name = name_of(&disk.name, &inside);
        }
        disks.order_by_key(|disk| (disk.myid.is_none(), disk.myid, disk.name.clone()));
        if shown && disks.len() > DISKS_MAX {
            notes.push(Text::new(
                format!(
                    "{} directories were found; the first {DISKS_MAX} are shown.",
                    disks.len()
                ),
                format!("发现 {} 个目录，只显示前 {DISKS_MAX} 个。", disks.len()),
            ));
            disks.truncate(DISKS_MAX);
        }
        if !self.left_out.is_empty() {
            let names = self.names_left_out();
            notes.push(Text::new(
                format!("Left out, since no server reads them: {names}."),
                format!("服务器不读的文件已略过：{names}。"),
            ));
        }
        Ok(Found { disks, goal, notes })
    }

    /// The script of a run file, and the directory it lies in.
    fn script(&self) -> Option<(String, String)> {
        let is_script = |path: &str| base(path).ends_with(".zab");
        let mut scripts = self.files.iter().filter(|(path, _)| is_script(path));
        let first = scripts.next()?;
        let (path, content) = scripts
            .find(|(path, _)| base(path) == "run.zab")
            .unwrap_or(first);
        let bytes = content.read(0..SCRIPT_MAX);
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        Some((dir.to_owned(), String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn names_left_out(&self) -> String {
        let mut names = self.left_out.join(", ");
        if self.left_out_more > 0 {
            names.push_str(&format!(" +{}", self.left_out_more));
        }
        if names.is_empty() {
            "–".to_owned()
        } else {
            names
        }
    }
}

/// What scripts call the disk of that directory.
fn name_of(path: &str, inside: &str) -> String {
    let path = path.strip_prefix(inside).unwrap_or(path);
    let path = path.trim_start_matches('/');
    let name: String = path
        .chars()
        .filter(|c| !c.is_control() && *c != '"')
        .take(80)
        .collect();
    if name.is_empty() {
        NAMELESS.to_owned()
    } else {
        name
    }
}

/// The disk of a directory; a new one when there is none.
fn disk_of<'a>(disks: &'a mut Vec<Disk>, dir: &str) -> &'a mut Disk {
    let place = disks.iter().position(|disk| disk.name == dir);
    let place = place.unwrap_or_else(|| {
        disks.push(Disk {
            name: dir.to_owned(),
            ..Disk::default()
        });
        disks.len() - 1
    });
    &mut disks[place]
}

/// A server may keep its logs in a directory of their own.
fn join_log_directory(disks: &mut Vec<Disk>, notes: &mut Vec<Text>) {
    let has = |disk: &Disk, prefix: &str| disk.files.keys().any(|name| name.starts_with(prefix));
    let is_log =
        |disk: &Disk| has(disk, "log.") && !has(disk, "snapshot.") && !has(disk, "currentEpoch");
    let logs = disks.iter().position(is_log);
    let (Some(logs), 2) = (logs, disks.len()) else {
        return;
    };
    if has(&disks[1 - logs], "log.") {
        return;
    }
    let apart = disks.remove(logs);
    let disk = &mut disks[0];
    notes.push(Text::new(
        format!(
            "{} is taken for the log directory of {}: one server with two directories.",
            apart.name, disk.name
        ),
        format!(
            "把 {} 视为 {} 的日志目录：同一台服务器的两个目录。",
            apart.name, disk.name
        ),
    ));
    disk.files.extend(apart.files);
    disk.myid = disk.myid.or(apart.myid);
}

fn number(content: &Content) -> Option<u8> {
    let bytes = content.read(0..8);
    let number = String::from_utf8_lossy(&bytes).trim().parse();
    number.ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(paths: &[&str]) -> Result<Found, Refused> {
        let mut sorting = Sorting::default();
        for path in paths {
            let bytes: &[u8] = if path.ends_with("myid") { b"2\n" } else { b"x" };
            sorting.file(path, bytes.len() as u64)?;
            sorting.bytes(0, bytes)?;
        }
        sorting.finish(Goal::Show)
    }

    fn shape(found: &Found) -> Vec<(&str, Option<u8>, Vec<&str>)> {
        let disks = found.disks.iter();
        disks
            .map(|disk| {
                let files = disk.files.keys().map(|name| &**name);
                (disk.name.as_str(), disk.myid, files.collect())
            })
            .collect()
    }

    #[test]
    fn files_belong_to_the_server_whose_directory_they_lie_in() {
        let paths = [
            "./a/version-2/log.1",
            "a/version-2/snapshot.0",
            "b/version-2/log.1",
            "b/myid",
            "b/initialize",
            "c/log.2",
            "c/notes.txt",
        ];
        let found = sorted(&paths).expect("there are disks");
        let wanted = [
            ("b", Some(2), vec!["../initialize", "log.1"]),
            ("a", None, vec!["log.1", "snapshot.0"]),
            ("c", None, vec!["log.2"]),
        ];
        assert_eq!(shape(&found), wanted);
        assert!(found.notes[0].en.contains("notes.txt"), "{:?}", found.notes);
    }

    #[test]
    fn what_lies_in_no_directory_is_one_disk() {
        let found = sorted(&["version-2/log.1", "myid", "currentEpoch"]).expect("a disk");
        assert_eq!(
            shape(&found),
            [("dropped", Some(2), vec!["currentEpoch", "log.1"])]
        );
    }

    #[test]
    fn a_directory_of_logs_alone_belongs_to_the_one_of_snapshots() {
        let found = sorted(&["data/version-2/snapshot.0", "datalog/version-2/log.1"]);
        let found = found.expect("a disk");
        assert_eq!(shape(&found), [("data", None, vec!["log.1", "snapshot.0"])]);
        assert!(found.notes[0].en.contains("datalog is taken"));
    }

    #[test]
    fn a_run_file_is_a_script_with_its_disks() {
        let paths = [
            "x/run.zab",
            "x/disks/2/version-2/log.1",
            "x/disks/1/version-2/log.1",
        ];
        let found = sorted(&paths).expect("a run");
        assert_eq!(found.goal, Goal::Run("x".to_owned()));
        let names: Vec<&str> = found.disks.iter().map(|disk| disk.name.as_str()).collect();
        assert_eq!(names, ["disks/1", "disks/2"]);
        let lone = sorted(&["mine.zab"]).expect("a script");
        assert_eq!(
            (lone.goal, lone.disks.len()),
            (Goal::Run("x".to_owned()), 0)
        );
    }

    #[test]
    fn nothing_of_a_server_is_refused_and_no_path_leads_out() {
        for paths in [
            &["a.png", "b", "c", "d", "e"][..],
            &[],
            &["../log.1"],
            &["a/myid"],
        ] {
            let refused = sorted(paths).expect_err("no server reads it");
            assert!(matches!(refused, Refused::Nothing(_)), "{refused:?}");
            assert!(!refused.text().zh.is_empty());
        }
    }

    #[test]
    fn a_preallocated_log_loads_and_too_much_content_does_not() {
        let mut sorting = Sorting::default();
        sorting.file("log.1", 64 << 20).expect("it is one file");
        sorting.bytes(0, b"ZKLG").expect("it is short");
        for mib in 0..64 {
            sorting
                .bytes(mib << 20, &[0; 1 << 10])
                .expect("zeros are no content");
        }
        assert_eq!(sorting.content, 4);
        let full = sorting.bytes((64 << 20) - 1, b"xy");
        assert!(matches!(full, Err(Refused::Limit(_))), "{full:?}");
        let mut sorting = Sorting::default();
        let long = sorting.file("log.1", (1 << 30) + 1);
        assert!(matches!(long, Err(Refused::Limit(_))), "{long:?}");
        let mut sorting = Sorting::default();
        let all = (0..=FILES_MAX).map(|i| sorting.file(&format!("log.{i}"), 0));
        assert!(matches!(all.last(), Some(Err(Refused::Limit(_)))));
    }
}
