//! Transactions as bytes: the payload of a log record and of a PROPOSAL.
//!
//! ```text
//!   session cxid zxid time type │ body, by type │ digest version, tree digest (not on errors)
//! ```
//!
//! Caveats, all ZooKeeper's own:
//! - a create (type 1) without its last field is from before 3.4: the parent's cversion reads as -1;
//! - a closeSession whose body ends early, or is not there, is from before 3.6: its paths are not known;
//! - the parts of a multi are read when they are applied, see [`TxnBody::Unread`];
//! - a bare check (type 13) can be written, and can never be read again (ZOOKEEPER-2623);
//! - a digest of another version than 2 is skipped, and bytes after the digest are ignored.
//!
//! In ZooKeeper: `SerializeUtils`, `zookeeper.jute`.

use std::sync::Arc;

use super::corrupt::{Corrupt, Why};
use super::fields::{Name, Named};
use super::jute::Writer;
use crate::base::SessionId;
use crate::model::{Record, Txn, TxnBody, TxnHeader, Zxid, txn::Data};

/// The version of digests that is computed.
pub const DIGEST_VERSION: i32 = 2;

/// A transaction with its bytes. What is applied is what the bytes say: a text that changes on its
/// way through them (see [`super::jute`]) changes here and not only on the servers that read it.
pub fn record(txn: Txn) -> Arc<Record> {
    let payload = encode_txn(&txn);
    let may_change = payload.contains(&0xED);
    let txn = match decode_txn(&payload) {
        Ok(read) if may_change => read,
        _ => txn,
    };
    Record::new(txn, payload)
}

/// The payload of a transaction's record.
pub fn encode_txn(txn: &Txn) -> Arc<[u8]> {
    let TxnHeader {
        session,
        cxid,
        zxid,
        time_ms,
    } = txn.header;
    let mut w = Writer::new();
    w.long(session.0).int(cxid).long(zxid.0).long(time_ms);
    w.int(txn.body.type_code());
    write_body(&mut w, &txn.body);
    if let Some(digest) = txn.digest {
        w.int(DIGEST_VERSION).long(digest);
    }
    w.into_bytes().into()
}

/// The transaction of a payload.
pub fn decode_txn(payload: &[u8]) -> Result<Txn, Corrupt> {
    read_txn(&mut Named::new(payload))
}

/// The transaction of a payload, whose fields are named on the way.
pub fn read_txn(r: &mut Named<'_, '_>) -> Result<Txn, Corrupt> {
    let header = read_header(r)?;
    let code = r.int(Name::Type)?;
    let body = match code {
        13 => return Err(r.refuse(Why::TxnType(code))),
        14 => {
            let count = r.int(Name::Parts)?.max(0);
            let parts = (0..count).map(|_| read_part(r));
            TxnBody::Multi(parts.collect::<Result<_, _>>()?)
        }
        _ => read_body(r, code)?,
    };
    Ok(Txn {
        header,
        body,
        digest: read_digest(r),
    })
}

/// The zxid of a payload of which at least the start is there.
pub fn zxid_of(start: &[u8]) -> Option<Zxid> {
    let header = read_header(&mut Named::new(start)).ok()?;
    Some(header.zxid)
}

fn read_header(r: &mut Named<'_, '_>) -> Result<TxnHeader, Corrupt> {
    Ok(TxnHeader {
        session: SessionId(r.long(Name::Session)?),
        cxid: r.int(Name::Cxid)?,
        zxid: Zxid(r.long(Name::Zxid)?),
        time_ms: r.long(Name::Time)?,
    })
}

fn write_body(w: &mut Writer, body: &TxnBody) {
    match body {
        TxnBody::Create {
            path,
            data,
            acl,
            ephemeral,
            parent_cversion,
            create2: _,
        } => {
            w.string(path).buffer(data.as_deref()).acl(acl);
            w.bool(*ephemeral).int(*parent_cversion);
        }
        TxnBody::CreateTtl {
            path,
            data,
            acl,
            parent_cversion,
            ttl_ms,
        } => {
            w.string(path).buffer(data.as_deref()).acl(acl);
            w.int(*parent_cversion).long(*ttl_ms);
        }
        TxnBody::CreateContainer {
            path,
            data,
            acl,
            parent_cversion,
        } => {
            w.string(path).buffer(data.as_deref()).acl(acl);
            w.int(*parent_cversion);
        }
        TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
            w.string(path);
        }
        TxnBody::SetData {
            path,
            data,
            version,
        }
        | TxnBody::Reconfig {
            path,
            data,
            version,
        } => {
            w.string(path).buffer(data.as_deref()).int(*version);
        }
        TxnBody::SetAcl { path, acl, version } => {
            w.string(path).acl(acl).int(*version);
        }
        TxnBody::CreateSession { timeout_ms } => {
            w.int(*timeout_ms);
        }
        TxnBody::CloseSession { paths } => {
            if let Some(paths) = paths {
                w.vector(paths, |w, path| {
                    w.string(path);
                });
            }
        }
        TxnBody::Check { path, version } => {
            w.string(path).int(*version);
        }
        TxnBody::Multi(parts) => {
            w.vector(parts, |w, part| {
                w.int(part.type_code());
                if let TxnBody::Unread { bytes, .. } = part {
                    w.buffer(bytes.as_deref());
                    return;
                }
                let mut inner = Writer::new();
                write_body(&mut inner, part);
                w.buffer(Some(inner.bytes()));
            });
        }
        TxnBody::Unread { bytes, .. } => {
            w.raw(bytes.as_deref().unwrap_or_default());
        }
        TxnBody::Error { code } => {
            w.int(*code);
        }
    }
}

/// One operation of a multi. What it holds is looked at when it is applied, so here nothing is refused.
fn read_part(r: &mut Named<'_, '_>) -> Result<TxnBody, Corrupt> {
    let code = r.int(Name::PartType)?;
    let Some(bytes) = r.counted(Name::PartLength)? else {
        return Ok(TxnBody::Unread { code, bytes: None });
    };
    let body = r.inside(bytes, |inner| match code {
        13 => inner.string(Name::Path).and_then(|path| {
            let version = inner.int(Name::Version)?;
            Ok(TxnBody::Check { path, version })
        }),
        -1 | 1 | 2 | 5 | 15 | 19 | 20 | 21 => read_body(inner, code),
        _ => Err(inner.refuse(Why::TxnType(code))),
    });
    Ok(body.unwrap_or_else(|_| TxnBody::Unread {
        code,
        bytes: Some(bytes.into()),
    }))
}

fn read_body(r: &mut Named<'_, '_>, code: i32) -> Result<TxnBody, Corrupt> {
    Ok(match code {
        1 | 15 => {
            let (path, data, acl) = read_node(r)?;
            let ephemeral = r.bool(Name::Ephemeral)?;
            let last = if code == 1 && r.remaining() < 4 {
                -1
            } else {
                r.int(Name::ParentCversion)?
            };
            TxnBody::Create {
                path,
                data,
                acl,
                ephemeral,
                parent_cversion: last,
                create2: code == 15,
            }
        }
        19 | 21 => {
            let (path, data, acl) = read_node(r)?;
            let parent_cversion = r.int(Name::ParentCversion)?;
            if code == 19 {
                TxnBody::CreateContainer {
                    path,
                    data,
                    acl,
                    parent_cversion,
                }
            } else {
                TxnBody::CreateTtl {
                    path,
                    data,
                    acl,
                    parent_cversion,
                    ttl_ms: r.long(Name::Ttl)?,
                }
            }
        }
        2 => TxnBody::Delete {
            path: r.string(Name::Path)?,
        },
        20 => TxnBody::DeleteContainer {
            path: r.string(Name::Path)?,
        },
        5 => {
            let (path, data, version) = read_set(r)?;
            TxnBody::SetData {
                path,
                data,
                version,
            }
        }
        16 => {
            let (path, data, version) = read_set(r)?;
            TxnBody::Reconfig {
                path,
                data,
                version,
            }
        }
        7 => TxnBody::SetAcl {
            path: r.string(Name::Path)?,
            acl: r.acl(Name::Acl)?,
            version: r.int(Name::Version)?,
        },
        -10 => TxnBody::CreateSession {
            timeout_ms: r.int(Name::Timeout)?,
        },
        -11 => TxnBody::CloseSession {
            paths: match r.strings(Name::Paths) {
                Err(end) if end.why == Why::End => {
                    r.take(Name::Rest, r.remaining())?;
                    None
                }
                paths => Some(paths?),
            },
        },
        -1 => TxnBody::Error {
            code: r.int(Name::Code)?,
        },
        _ => return Err(r.refuse(Why::TxnType(code))),
    })
}

fn read_node(
    r: &mut Named<'_, '_>,
) -> Result<(String, Option<Data>, Vec<crate::model::Acl>), Corrupt> {
    Ok((
        r.string(Name::Path)?,
        r.buffer(Name::Data)?.map(Data::from),
        r.acl(Name::Acl)?,
    ))
}

fn read_set(r: &mut Named<'_, '_>) -> Result<(String, Option<Data>, i32), Corrupt> {
    Ok((
        r.string(Name::Path)?,
        r.buffer(Name::Data)?.map(Data::from),
        r.int(Name::Version)?,
    ))
}

fn read_digest(r: &mut Named<'_, '_>) -> Option<i64> {
    let (version, digest) = r.digest(Name::Digest)?;
    (version == DIGEST_VERSION).then_some(digest)
}
