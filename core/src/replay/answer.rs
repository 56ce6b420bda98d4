//! Our answers in the shape of the recording: encoded as a server sends them, then read as the recorder
//! reads them.
//!
//! The detour by bytes is on purpose: where the recorder only kept a length, the length must agree.

use data_encoding::BASE64;
use serde_json::{Map, Value, json};

use crate::model::request::CreateOp;
use crate::model::{Acl, ErrorCode, Reply, ReplyBody, Request, Stat};
use crate::protocol::wire::op;
use crate::storage::Corrupt;
use crate::storage::jute::{Reader, Writer};
use crate::tree::TreeRules;

/// The body of a reply to a request of type `op`, whose own body was `asked`.
pub(super) fn encode(
    op: i32,
    asked: &[u8],
    request: &Request,
    reply: &Reply,
    rules: TreeRules,
) -> Vec<u8> {
    let mut out = Writer::new();
    match (&reply.body, request) {
        (ReplyBody::Multi(results), _) => multi(&mut out, request, results, rules),
        _ if reply.error != ErrorCode::Ok => {}
        (_, Request::Sync { .. }) => echo(&mut out, asked),
        (_, Request::AddWatch { .. }) => {
            out.int(0);
        }
        (body, _) => single(&mut out, op, body),
    }
    out.into_bytes()
}

/// SYNC answers with the path that it was asked for, null included.
fn echo(out: &mut Writer, asked: &[u8]) {
    let mut reader = Reader::new(asked);
    if let Ok(path) = reader.buffer() {
        out.buffer(path);
    }
}

fn single(out: &mut Writer, op: i32, body: &ReplyBody) {
    match body {
        ReplyBody::Empty | ReplyBody::Session { .. } | ReplyBody::Multi(_) => {}
        ReplyBody::Created { path, stat: s } => {
            out.string(path);
            if op != op::CREATE {
                stat(out, s);
            }
        }
        ReplyBody::Stat(s) => stat(out, s),
        ReplyBody::Data { data, stat: s } => {
            out.buffer(data.as_deref());
            stat(out, s);
        }
        ReplyBody::Children { names, stat: s } => {
            strings(out, names);
            if op != op::GET_CHILDREN {
                stat(out, s);
            }
        }
        ReplyBody::Acl { list, stat: s } => {
            out.vector(list, |out, entry: &Acl| {
                out.int(entry.perms).string(&entry.scheme).string(&entry.id);
            });
            stat(out, s);
        }
        ReplyBody::Paths(paths) => strings(out, paths),
        ReplyBody::Number(number) => {
            out.int(*number);
        }
        ReplyBody::Identities(ids) => {
            out.vector(ids, |out, (scheme, id): &(String, String)| {
                out.string(scheme).string(id);
            });
        }
    }
}

fn multi(
    out: &mut Writer,
    request: &Request,
    results: &[(ErrorCode, ReplyBody)],
    rules: TreeRules,
) {
    let asked: &[Request] = match request {
        Request::Multi(asked) | Request::MultiRead(asked) => asked,
        _ => &[],
    };
    let failed = matches!(request, Request::Multi(_))
        && results.iter().any(|(code, _)| *code != ErrorCode::Ok);
    for ((code, body), request) in results.iter().zip(asked) {
        if failed || *code != ErrorCode::Ok {
            out.int(-1).bool(false).int(code.code()).int(code.code());
            continue;
        }
        let op = result_type(request, rules);
        out.int(op).bool(false).int(0);
        single(out, op, body);
    }
    out.int(-1).bool(true).int(-1);
}

/// The type of a result in a multi.
const fn result_type(request: &Request, rules: TreeRules) -> i32 {
    match request {
        Request::Create { op, .. } => match op {
            CreateOp::Create => op::CREATE,
            CreateOp::Create2 if !rules.multi_keeps_create2 => op::CREATE,
            _ => op::CREATE2,
        },
        Request::Delete { .. } => op::DELETE,
        Request::SetData { .. } => op::SET_DATA,
        Request::GetData { .. } => op::GET_DATA,
        Request::GetChildren { .. } => op::GET_CHILDREN,
        _ => op::CHECK,
    }
}

fn strings(out: &mut Writer, texts: &[String]) {
    out.vector(texts, |out, text: &String| {
        out.string(text);
    });
}

fn stat(out: &mut Writer, stat: &Stat) {
    out.long(stat.czxid.0).long(stat.mzxid.0);
    out.long(stat.ctime).long(stat.mtime);
    out.int(stat.version).int(stat.cversion).int(stat.aversion);
    out.long(stat.ephemeral_owner);
    out.int(stat.data_length).int(stat.num_children);
    out.long(stat.pzxid.0);
}

/// What the recorder makes of a body; `word` is the step's op.
pub(super) fn read(word: &str, body: &[u8]) -> Map<String, Value> {
    let mut reader = Reader::new(body);
    if reader.remaining() == 0 {
        return Map::new();
    }
    let read = fields(word, &mut reader);
    let found = read.unwrap_or_else(|_| json!({ "unreadable": body.len() }));
    match found {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn fields(word: &str, r: &mut Reader<'_>) -> Result<Value, Corrupt> {
    Ok(match word {
        "create" => json!({ "path": r.string()? }),
        "create2" | "createContainer" | "createTTL" => {
            json!({ "path": r.string()?, "stat": read_stat(r)? })
        }
        "exists" | "setData" | "setACL" | "check" => json!({ "stat": read_stat(r)? }),
        "getData" => json!({ "data": read_data(r)?, "stat": read_stat(r)? }),
        "getChildren" => json!({ "children": sorted(r)? }),
        "getChildren2" => json!({ "children": sorted(r)?, "stat": read_stat(r)? }),
        "getACL" => json!({
            "acl": r.vector(|r| Ok(json!([r.int()?, r.string()?, r.string()?])))?,
            "stat": read_stat(r)?,
        }),
        "sync" => {
            let path = r.buffer()?.map(String::from_utf8_lossy);
            json!({ "path": path })
        }
        "getEphemerals" => json!({ "ephemerals": sorted(r)? }),
        "getAllChildrenNumber" => json!({ "total": r.int()? }),
        "multi" | "multiRead" => json!({ "results": read_results(r)? }),
        _ => json!({ "raw": r.remaining() }),
    })
}

/// A text as it reaches a client: characters beyond the basic plane become six wrong ones.
pub(super) fn on_the_wire(text: &str) -> String {
    let mut out = Writer::new();
    out.string(text);
    String::from_utf8_lossy(&out.bytes()[4..]).into_owned()
}

/// The recorders of whoAmI differ: the older one kept a length alone.
pub(super) fn identities(body: &[u8]) -> Option<Value> {
    let mut reader = Reader::new(body);
    let pair = |r: &mut Reader<'_>| Ok(json!([r.string()?, r.string()?]));
    reader.vector(pair).ok().map(Value::Array)
}

fn read_results(r: &mut Reader<'_>) -> Result<Vec<Value>, Corrupt> {
    let mut results = Vec::new();
    loop {
        let (kind, done, _) = (r.int()?, r.bool()?, r.int()?);
        if done {
            return Ok(results);
        }
        results.push(match kind {
            -1 => json!({ "err": r.int()? }),
            op::CREATE => json!({ "op": "create", "path": r.string()? }),
            op::CREATE2 => json!({ "op": "create2", "path": r.string()?, "stat": read_stat(r)? }),
            op::SET_DATA => json!({ "op": "setData", "stat": read_stat(r)? }),
            op::GET_DATA => {
                json!({ "op": "getData", "data": read_data(r)?, "stat": read_stat(r)? })
            }
            op::GET_CHILDREN => json!({ "op": "getChildren", "children": sorted(r)? }),
            op::DELETE => json!({ "op": "delete" }),
            op::CHECK => json!({ "op": "check" }),
            other => json!({ "op": other }),
        });
    }
}

fn read_data(r: &mut Reader<'_>) -> Result<Option<String>, Corrupt> {
    Ok(r.buffer()?.map(|data| BASE64.encode(data)))
}

fn sorted(r: &mut Reader<'_>) -> Result<Vec<String>, Corrupt> {
    let mut names = r.vector(Reader::string)?;
    names.sort_unstable();
    Ok(names)
}

fn read_stat(r: &mut Reader<'_>) -> Result<Value, Corrupt> {
    Ok(json!({
        "czxid": r.long()?,
        "mzxid": r.long()?,
        "ctime": r.long()?,
        "mtime": r.long()?,
        "version": r.int()?,
        "cversion": r.int()?,
        "aversion": r.int()?,
        "ephemeralOwner": r.long()?,
        "dataLength": r.int()?,
        "numChildren": r.int()?,
        "pzxid": r.long()?,
    }))
}
