//! A real disk as it was brought in: its files, and what a server of some release makes of them.
//!
//! ```text
//!   Image     ──► DiskView      names, sizes, where the data ends
//!   Recovery  ──► VerdictView   starts or not, at which zxid, and the story line by line
//! ```
//! The verdict is the one of `zablab recover`. Epoch files are no part of it: a lone server does not
//! read them; what a member of an ensemble would say of them stands beside it.

use serde::Serialize;

use super::findings;
use super::lang::Text;
use super::text::report;
use crate::model::Zxid;
use crate::storage::epochs::{self, EpochFile};
use crate::storage::{Content, FileName, Finding, Image, ReadFiles, Recovery};

/// A disk that was brought in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DiskView {
    /// What scripts call it.
    pub name: String,
    /// The number of the server it was taken from.
    pub myid: Option<u8>,
    /// Its files, by name.
    pub files: Vec<FileView>,
    /// What a server makes of it; none while that is being found out.
    pub verdict: Option<VerdictView>,
}

/// A file of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Its length.
    pub len: u64,
    /// Its length without the zeros at its end.
    pub data_end: u64,
}

/// What a server makes of a disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictView {
    /// It starts.
    pub starts: bool,
    /// In one sentence: where it starts, or why it does not.
    pub text: Text,
    /// The last transaction, as `0x93`.
    pub zxid: Option<String>,
    /// The snapshot it starts from.
    pub snapshot: Option<String>,
    /// Transactions replayed behind it.
    pub replayed: u64,
    /// How often its tree is not the one that the leader had.
    pub mismatches: usize,
    /// Nodes of the tree.
    pub nodes: usize,
    /// Sessions that are open.
    pub sessions: usize,
    /// `acceptedEpoch` and `currentEpoch`, where there are such files.
    pub epochs: [Option<String>; 2],
    /// Why a member of an ensemble does not start with these epochs.
    pub epochs_refused: Option<Text>,
    /// The story, in order.
    pub report: Vec<ReportLine>,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    /// What was found.
    pub text: Text,
    /// It is more than the ordinary course.
    pub unusual: bool,
}

impl DiskView {
    /// The files of an image, not yet judged.
    pub fn of(image: &Image, myid: Option<u8>) -> Self {
        let file = |(name, content): (&FileName, &Content)| FileView {
            name: name.to_string(),
            len: content.len(),
            data_end: content.data_end(),
        };
        Self {
            name: image.name.clone(),
            myid,
            files: image.files().iter().map(file).collect(),
            verdict: None,
        }
    }
}

impl VerdictView {
    /// What came of a recovery. With `resume` a log may be ahead of the epochs.
    pub fn of(image: &Image, recovery: &Recovery, resume: bool) -> Self {
        let found = &recovery.report;
        let database = recovery.outcome.as_ref().ok().map(|database| {
            let mut database = database.clone();
            database.drop_orphan_ephemerals();
            database
        });
        let zxid = database.as_ref().map(|database| database.last_zxid);
        let nodes = database.as_ref().map_or(0, |d| d.tree.len());
        let sessions = database.as_ref().map_or(0, |d| d.sessions.size());
        let refused = recovery.outcome.as_ref().err().map(findings::refusal);
        let epochs = |zxid| epochs::read(image, zxid, resume).err();
        Self {
            starts: zxid.is_some(),
            text: match (&refused, zxid) {
                (Some(why), _) => Text::new(
                    format!("does not start: {}", why.en),
                    format!("不启动：{}", why.zh),
                ),
                (None, zxid) => starts(zxid.unwrap_or(Zxid::ZERO), nodes, sessions),
            },
            zxid: zxid.map(|zxid| format!("{:#x}", zxid.0)),
            snapshot: found.iter().rev().find_map(|finding| match finding {
                Finding::SnapshotLoaded { file, .. } => Some(file.to_string()),
                _ => None,
            }),
            replayed: found.iter().map(replayed).sum(),
            mismatches: found.iter().filter(|f| is_mismatch(f)).count(),
            nodes,
            sessions,
            epochs: [EpochFile::Accepted, EpochFile::Current].map(|file| number(image, file)),
            epochs_refused: zxid.and_then(epochs).as_ref().map(findings::epochs),
            report: found.iter().map(line).collect(),
        }
    }
}

fn starts(zxid: Zxid, nodes: usize, sessions: usize) -> Text {
    let hex = format!("{:#x}", zxid.0);
    let s = |n: usize| if n == 1 { "" } else { "s" };
    Text::new(
        format!(
            "starts at {hex}: {nodes} node{}, {sessions} session{}",
            s(nodes),
            s(sessions)
        ),
        format!("从 {hex} 启动：{nodes} 个 znode，{sessions} 个会话"),
    )
}

fn line(finding: &Finding) -> ReportLine {
    ReportLine {
        text: findings::finding(finding),
        unusual: report::is_unusual(finding),
    }
}

const fn replayed(finding: &Finding) -> u64 {
    match finding {
        Finding::Replayed { records, .. } => *records,
        _ => 0,
    }
}

/// A server would say that its tree is not the leader's.
const fn is_mismatch(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::DigestMismatch { .. } | Finding::SnapshotDigestDiffers { .. }
    )
}

fn number(image: &Image, file: EpochFile) -> Option<String> {
    let bytes = image.content(file.name())?.read(0..24);
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}
