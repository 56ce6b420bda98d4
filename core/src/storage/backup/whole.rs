//! A manifest for files that were copied in one go, whatever state they were in: with `cp`, or as the
//! stream of the admin command.
//!
//! Nothing was looked at while they were copied, so a torn tail or a damaged log may be among them.
//! The manifest promises the last record that can be read from the newest finished snapshot on.

use super::copying::{Sum, note};
use super::frames::{Frame, frame};
use super::look;
use super::manifest::{Base, FilePart, Heading, Kind, LastRecord, Manifest, Records, State, Way};
use super::seal::Seals;
use crate::model::Zxid;
use crate::storage::content::Content;
use crate::storage::disk::ReadFiles;
use crate::storage::log::HEADER_LEN;
use crate::storage::op::FileName;
use crate::storage::scan::zxid_in_name;
use crate::storage::snapshot;

impl Manifest {
    /// What is known of these files, which are a full backup.
    pub fn of_files(heading: Heading, files: &impl ReadFiles) -> Self {
        let way = heading.way;
        let mut manifest = heading.manifest(Kind::Full, None);
        // Content in memory never fails.
        let newest = look::newest_snapshot(files, |_| true).ok().flatten();
        manifest.snapshot = newest.and_then(|found| {
            let seen = match found.packed {
                Some(packed) => packed.fuzzy_to,
                None => fuzzy_to(files.content(&found.name)?),
            };
            let zxid = snapshot::zxid_of(&found.name);
            Some(Base {
                fuzzy_to: seen.map(|seen| seen.max(zxid)),
                log: look::log_of(files, zxid).ok().flatten(),
                file: found.name,
                zxid,
            })
        });
        let parts = ReadFiles::names(files).into_iter().filter_map(|name| {
            let content = files.content(&name)?;
            Some(part(name, content))
        });
        manifest.files = parts.collect();
        // The end of the chain is the last record of the newest log.
        manifest
            .files
            .sort_by_key(|part| zxid_in_name(&part.name, "log"));
        manifest.state = State::Whole;
        manifest.judge_tail();
        if way == Way::Stream {
            manifest.tail = super::manifest::Tail::Applied;
        }
        manifest
    }
}

fn part(name: FileName, content: &Content) -> FilePart {
    let bytes = content.to_vec();
    let is_log = zxid_in_name(&name, "log").0 >= 0;
    FilePart {
        records: is_log.then(|| records(&name, &bytes)).flatten(),
        from: 0,
        len: content.len(),
        sha256: Sum::of(&bytes).text(),
        name,
    }
}

fn records(name: &FileName, bytes: &[u8]) -> Option<Records> {
    let mut records = None;
    let mut at = HEADER_LEN as usize;
    while let Some(rest) = bytes.get(at..)
        && let Frame::Record(found) = frame(rest, at as u64)
    {
        let last = LastRecord {
            file: name.clone(),
            offset: at as u64,
            end: (at + found.len) as u64,
            zxid: found.zxid,
            checksum: found.checksum,
        };
        note(&mut records, last, found.time_ms);
        at += found.len;
    }
    records
}

fn fuzzy_to(content: &Content) -> Option<Zxid> {
    let mut seals = Seals::default();
    seals.pass(&content.to_vec());
    seals.finish().ok().flatten()
}
