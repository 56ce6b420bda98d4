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
use super::jute::{Reader, Writer};
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
    let mut r = Reader::new(payload);
    let session = SessionId(r.long()?);
    let cxid = r.int()?;
    let zxid = Zxid(r.long()?);
    let time_ms = r.long()?;
    let code = r.int()?;
    let body = match code {
        13 => return Err(r.refuse(Why::TxnType(code))),
        14 => TxnBody::Multi(r.vector(read_part)?),
        _ => read_body(&mut r, code)?,
    };
    Ok(Txn {
        header: TxnHeader {
            session,
            cxid,
            zxid,
            time_ms,
        },
        body,
        digest: read_digest(&mut r),
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
fn read_part(r: &mut Reader<'_>) -> Result<TxnBody, Corrupt> {
    let code = r.int()?;
    let Some(bytes) = r.buffer()? else {
        return Ok(TxnBody::Unread { code, bytes: None });
    };
    let mut inner = Reader::new(bytes);
    let body = match code {
        13 => inner.string().and_then(|path| {
            let version = inner.int()?;
            Ok(TxnBody::Check { path, version })
        }),
        -1 | 1 | 2 | 5 | 15 | 19 | 20 | 21 => read_body(&mut inner, code),
        _ => Err(inner.refuse(Why::TxnType(code))),
    };
    Ok(body.unwrap_or_else(|_| TxnBody::Unread {
        code,
        bytes: Some(bytes.into()),
    }))
}

fn read_body(r: &mut Reader<'_>, code: i32) -> Result<TxnBody, Corrupt> {
    Ok(match code {
        1 | 15 => {
            let (path, data, acl) = read_node(r)?;
            let ephemeral = r.bool()?;
            let last = if code == 1 && r.remaining() < 4 {
                -1
            } else {
                r.int()?
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
            let parent_cversion = r.int()?;
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
                    ttl_ms: r.long()?,
                }
            }
        }
        2 => TxnBody::Delete { path: r.string()? },
        20 => TxnBody::DeleteContainer { path: r.string()? },
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
            path: r.string()?,
            acl: r.acl()?,
            version: r.int()?,
        },
        -10 => TxnBody::CreateSession {
            timeout_ms: r.int()?,
        },
        -11 => TxnBody::CloseSession {
            paths: match r.vector(Reader::string) {
                Err(end) if end.why == Why::End => {
                    r.take(r.remaining())?;
                    None
                }
                paths => Some(paths?),
            },
        },
        -1 => TxnBody::Error { code: r.int()? },
        _ => return Err(r.refuse(Why::TxnType(code))),
    })
}

fn read_node(
    r: &mut Reader<'_>,
) -> Result<(String, Option<Data>, Vec<crate::model::Acl>), Corrupt> {
    Ok((r.string()?, r.buffer()?.map(Data::from), r.acl()?))
}

fn read_set(r: &mut Reader<'_>) -> Result<(String, Option<Data>, i32), Corrupt> {
    Ok((r.string()?, r.buffer()?.map(Data::from), r.int()?))
}

fn read_digest(r: &mut Reader<'_>) -> Option<i64> {
    let version = r.int().ok()?;
    let digest = r.long().ok()?;
    (version == DIGEST_VERSION).then_some(digest)
}
