//! Files part by part and field by field: nothing is left out, nothing is said twice, and what is said
//! is what recovery reads.

use super::super::log_file::{LogFile, StopWhy};
use super::super::snapshot;
use super::{Server, create_txn};
use crate::base::{Dice, rng::Subject};
use crate::model::{Acl, Request, request::CreateMode};
use crate::storage::anatomy::ItemKind;
use crate::storage::{
    Anatomy, Content, Disk, Field, FileKind, FileName, Name, Part, PartKind, ReadFiles, Value,
    Verdict, Why,
};

/// All parts of a file, found in pieces of so many bytes.
fn anatomy(name: &str, content: &Content, piece: u64) -> Anatomy {
    let mut anatomy = Anatomy::new(name.into(), content.clone());
    while !anatomy.advance(piece) {}
    anatomy
}

fn parts(anatomy: &Anatomy) -> Vec<Part> {
    (0..anatomy.len())
        .filter_map(|number| anatomy.part(number))
        .collect()
}

/// The parts cover the file and the fields cover each part, without gap or overlap.
fn assert_covers(anatomy: &Anatomy) {
    let mut at = 0;
    for part in parts(anatomy) {
        assert_eq!(part.at.start, at, "{}: {part:?}", anatomy.name());
        for field in anatomy.dissect(&part).0 {
            assert_eq!(field.at.start, at, "{}: {field:?}", anatomy.name());
            assert!(field.at.end > at, "{}: {field:?}", anatomy.name());
            at = field.at.end;
        }
        assert_eq!(part.at.end, at, "{}: {part:?}", anatomy.name());
    }
    assert_eq!(at, anatomy.content().len(), "{}", anatomy.name());
}

/// Records that are whole, up to the first that is not: as many as a reader takes.
fn assert_agrees_with_the_reader(anatomy: &Anatomy) {
    let Ok(mut log) = LogFile::open(anatomy.name().clone(), anatomy.content().clone()) else {
        return;
    };
    let mut read = Vec::new();
    while let Ok(Ok(found)) = log.next_record() {
        read.push((found.offset..found.end, Some(found.record.zxid())));
    }
    let records = parts(anatomy).into_iter().skip(1).map_while(|part| {
        let PartKind::Record(zxid) = part.kind else {
            return None;
        };
        let whole = anatomy.dissect(&part).1 == Verdict::Whole;
        whole.then_some((part.at, zxid))
    });
    assert_eq!(records.collect::<Vec<_>>(), read, "{}", anatomy.name());
}

/// A server whose log holds every kind of field.
fn furnished() -> Server {
    let mut server = Server::new();
    server.create("/a", "one");
    server.set("/a", "two");
    for mode in [
        CreateMode::Ephemeral,
        CreateMode::Container,
        CreateMode::Ttl(60_000),
    ] {
        server.run(&Request::Create {
            path: "/n".into(),
            data: None,
            acl: Acl::open(),
            mode,
            op: mode.op(),
        });
        server.delete("/n");
    }
    server.delete("/missing");
    server.run(&Request::CloseSession);
    server
}

fn content<'a>(disk: &'a Disk, name: &str) -> &'a Content {
    disk.content(name).expect("the file is there")
}

fn log_of(server: &Server) -> (FileName, Content) {
    let names = server.disk.names().into_iter();
    let mut logs = names.filter(|name| name.starts_with("log."));
    let name = logs.next().expect("a log");
    let content = content(&server.disk, &name).clone();
    (name, content)
}

fn field(fields: &[Field], name: Name) -> &Field {
    let found = fields.iter().find(|field| field.name == name);
    found.unwrap_or_else(|| panic!("no {name:?} in {fields:?}"))
}

#[test]
fn a_log_is_a_header_records_and_zeros() {
    let server = furnished();
    let (name, log) = log_of(&server);
    let anatomy = anatomy(&name, &log, 100);
    assert_covers(&anatomy);
    assert_agrees_with_the_reader(&anatomy);
    let kinds: Vec<PartKind> = parts(&anatomy).iter().map(|part| part.kind).collect();
    assert_eq!(kinds.len(), server.records.len() + 2);
    assert_eq!(kinds.first(), Some(&PartKind::Header));
    assert_eq!(kinds.last(), Some(&PartKind::Zeros));
    let zxid = server.records[1].zxid();
    let number = anatomy.record_of(zxid).expect("the second record");
    let part = anatomy.part(number).expect("it is a part");
    let (fields, verdict) = anatomy.dissect(&part);
    assert_eq!((number, verdict), (2, Verdict::Whole));
    assert_eq!(field(&fields, Name::Zxid).value, Value::Number(zxid.0));
    assert_eq!(field(&fields, Name::Path).value, Value::Text("/a".into()));
    assert_eq!(
        field(&fields, Name::Data).value,
        Value::Data(Some(b"one".to_vec()))
    );
    assert_eq!(field(&fields, Name::End).value, Value::Flag(true));
    let Value::Sum(stored, computed) = field(&fields, Name::Checksum).value else {
        panic!("a checksum is a sum");
    };
    assert_eq!(stored, i64::from(computed));
}

#[test]
fn a_flipped_bit_a_torn_tail_and_a_lost_end_byte_are_told_apart() {
    let mut server = furnished();
    let (name, log) = log_of(&server);
    let whole = anatomy(&name, &log, u64::MAX);
    let last = whole.newest().expect("a last record");
    let at = whole.part(last).expect("it is a part").at;
    let verdict = |disk: &Disk, number: usize| {
        let anatomy = anatomy(&name, content(disk, &name), u64::MAX);
        assert_covers(&anatomy);
        assert_agrees_with_the_reader(&anatomy);
        let part = anatomy.part(number).expect("it is a part");
        anatomy.dissect(&part).1
    };
    let sound = server.disk.clone();
    server.disk.flip(&name, at.start + 30, 0);
    let found = verdict(&server.disk, last);
    assert!(matches!(found, Verdict::Damaged(Why::Checksum { .. })));
    server.disk = sound.clone();
    server.disk.zero(&name, at.start + 40..at.end);
    let Verdict::Torn(kept) = verdict(&server.disk, last) else {
        panic!("a piece of it is left");
    };
    assert!(kept <= 40);
    server.disk = sound.clone();
    server.disk.zero(&name, at.start + 10..at.end);
    let found = verdict(&server.disk, last);
    assert!(matches!(found, Verdict::Torn(kept) if kept <= 10));
    // An end byte inside the log: the records behind it are still told.
    server.disk = sound;
    server.disk.flip(&name, at.start - 1, 1);
    assert_eq!(verdict(&server.disk, last - 1), Verdict::NoEndByte);
    assert_eq!(verdict(&server.disk, last), Verdict::Whole);
}

#[test]
fn a_snapshot_is_its_items_and_the_first_wrong_seal_is_the_end() {
    let server = furnished();
    let bytes = snapshot::whole(&server.db);
    let name = "snapshot.9";
    let sound = anatomy(name, &Content::from(&bytes[..]), 50);
    assert_covers(&sound);
    assert_eq!(sound.kind(), FileKind::Snapshot);
    let items = |anatomy: &Anatomy| -> Vec<ItemKind> {
        let kinds = parts(anatomy).into_iter().filter_map(|p| match p.kind {
            PartKind::Item(item, _) => Some(item),
            _ => None,
        });
        kinds.collect()
    };
    let found = items(&sound);
    let nodes = found.iter().filter(|item| **item == ItemKind::Node).count();
    assert_eq!(nodes, server.db.tree.len());
    let tail = [
        ItemKind::End,
        ItemKind::Seal,
        ItemKind::Digest,
        ItemKind::Seal,
        ItemKind::LastZxid,
        ItemKind::Seal,
    ];
    assert_eq!(found[found.len() - 6..], tail);
    for part in parts(&sound) {
        assert_eq!(sound.dissect(&part).1, Verdict::Whole, "{part:?}");
    }
    let mut spoiled = bytes.clone();
    spoiled[90] ^= 1;
    let spoiled = anatomy(name, &Content::from(&spoiled[..]), 50);
    assert_covers(&spoiled);
    let damaged = parts(&spoiled)
        .into_iter()
        .find(|part| matches!(spoiled.dissect(part).1, Verdict::Damaged(_)));
    let seal = damaged.expect("a seal is wrong");
    assert!(matches!(seal.kind, PartKind::Item(ItemKind::Seal, _)));
    let cut = Content::from(&bytes[..bytes.len() / 2]);
    let cut = anatomy(name, &cut, 50);
    assert_covers(&cut);
    assert_eq!(cut.kind(), FileKind::UnfinishedSnapshot);
}

#[test]
fn any_damage_leaves_every_byte_with_one_name() {
    let server = furnished();
    let (name, log) = log_of(&server);
    let image = snapshot::whole(&server.db);
    for seed in 0..400 {
        let mut dice = Dice::new(seed, Subject::Disk);
        let end = log.data_end();
        let mut disk = server.disk.clone();
        for _ in 0..dice.between(1, 3) {
            let at = dice.below(end);
            if dice.chance(1, 2) {
                disk.flip(&name, at, dice.below(8) as u8);
            } else {
                disk.zero(&name, at..at + dice.between(1, 60));
            }
        }
        let mut spoiled = content(&disk, &name).clone();
        if dice.chance(1, 3) {
            spoiled.set_len(dice.below(end));
        }
        let spoiled = anatomy(&name, &spoiled, dice.between(1, 500));
        assert_covers(&spoiled);
        assert_agrees_with_the_reader(&spoiled);
        let mut bytes = image.clone();
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
        if dice.chance(1, 3) {
            bytes.truncate(at);
        }
        let bytes = Content::from(&bytes[..]);
        assert_covers(&anatomy("snapshot.9", &bytes, dice.between(1, 500)));
    }
}

#[test]
fn a_file_that_has_grown_is_read_on_and_one_that_has_changed_is_read_anew() {
    let mut server = furnished();
    let (name, before) = log_of(&server);
    let kept = anatomy(&name, &before, u64::MAX);
    for op in server.log.append(&create_txn(40, "/later")) {
        server.disk.apply(&op).expect("the disk has space");
    }
    let after = content(&server.disk, &name).clone();
    for (old, new) in [(&before, &after), (&after, &before)] {
        let old = anatomy(&name, old, u64::MAX);
        let mut renewed = old.renewed(new);
        while !renewed.advance(64) {}
        assert_covers(&renewed);
        assert_eq!(parts(&renewed), parts(&anatomy(&name, new, u64::MAX)));
    }
    let mut renewed = kept.renewed(&before);
    assert!(renewed.advance(0), "nothing has changed, nothing is read");
    let mut changed = before.clone();
    changed.write(20, b"x");
    let mut renewed = renewed.renewed(&changed);
    while !renewed.advance(u64::MAX) {}
    assert_eq!(parts(&renewed), parts(&anatomy(&name, &changed, u64::MAX)));
}

#[test]
fn what_ends_a_reading_ends_the_records() {
    // The stop of the reader is where the parts stop being records.
    let server = furnished();
    let (name, log) = log_of(&server);
    let mut reader = LogFile::open(name.clone(), log.clone()).expect("a log");
    while let Ok(Ok(_)) = reader.next_record() {}
    assert_eq!(
        reader.next_record().map(|read| read.err()),
        Ok(Some(StopWhy::Padding))
    );
    let anatomy = anatomy(&name, &log, u64::MAX);
    let zeros = anatomy.part(anatomy.len() - 1).expect("zeros");
    assert_eq!(zeros.at.start, reader.offset());
}

#[test]
fn small_files_are_a_line_of_text() {
    for (text, good) in [("12", true), ("twelve", false), ("12\n", true)] {
        let epoch = anatomy("currentEpoch", &Content::from(text.as_bytes()), 9);
        assert_covers(&epoch);
        let part = epoch.part(0).expect("one part");
        let (fields, verdict) = epoch.dissect(&part);
        assert_eq!(fields[0].value, Value::Text(text.into()));
        assert_eq!(verdict == Verdict::Whole, good, "{text}");
    }
    let foreign = anatomy("notes.txt", &Content::from(&b"hello"[..]), 9);
    assert_covers(&foreign);
    assert_eq!(foreign.kind(), FileKind::Foreign);
    let empty = anatomy("log.1", &Content::default(), 9);
    assert_covers(&empty);
    assert!(empty.is_empty());
}
