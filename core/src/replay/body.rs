//! The bytes that the recording client sent for a step.
//!
//! Arguments that a step leaves out have the recorder's defaults: data empty, everybody may do
//! everything, version -1, no watch, empty lists.

use data_encoding::BASE64;
use serde_json::{Map, Value};

use crate::model::acl::perms;
use crate::protocol::wire::op;
use crate::storage::jute::Writer;

/// Arguments of a step, or of an operation of a multi.
pub(super) type Args = Map<String, Value>;

/// Why a step has no bytes.
pub(super) type BodyError = String;

/// The op code of a word of the recorder.
pub(super) fn code(word: &str) -> Option<i32> {
    Some(match word {
        "create" => op::CREATE,
        "delete" => op::DELETE,
        "exists" => op::EXISTS,
        "getData" => op::GET_DATA,
        "setData" => op::SET_DATA,
        "getACL" => op::GET_ACL,
        "setACL" => op::SET_ACL,
        "getChildren" => op::GET_CHILDREN,
        "sync" => op::SYNC,
        "ping" => op::PING,
        "getChildren2" => op::GET_CHILDREN2,
        "check" => op::CHECK,
        "multi" => op::MULTI,
        "create2" => op::CREATE2,
        "reconfig" => op::RECONFIG,
        "checkWatches" => op::CHECK_WATCHES,
        "removeWatches" => op::REMOVE_WATCHES,
        "createContainer" => op::CREATE_CONTAINER,
        "deleteContainer" => op::DELETE_CONTAINER,
        "createTTL" => op::CREATE_TTL,
        "multiRead" => op::MULTI_READ,
        "auth" => op::AUTH,
        "setWatches" => op::SET_WATCHES,
        "getEphemerals" => op::GET_EPHEMERALS,
        "getAllChildrenNumber" => op::GET_ALL_CHILDREN_NUMBER,
        "setWatches2" => op::SET_WATCHES2,
        "addWatch" => op::ADD_WATCH,
        "whoAmI" => op::WHO_AM_I,
        "closeSession" => op::CLOSE_SESSION,
        _ => return None,
    })
}

/// Op code and body of a request.
pub(super) fn request(word: &str, args: &Args) -> Result<(i32, Vec<u8>), BodyError> {
    let mut out = Writer::new();
    if word == "raw" {
        out.raw(&bytes(args, "body")?.unwrap_or_default());
        return Ok((number(args, "type", 0)? as i32, out.into_bytes()));
    }
    let op = code(word).ok_or(format!("there is no request {word:?}"))?;
    write(&mut out, op, args)?;
    Ok((op, out.into_bytes()))
}

fn write(out: &mut Writer, op: i32, args: &Args) -> Result<(), BodyError> {
    match op {
        op::AUTH => {
            let auth = bytes(args, "auth")?;
            out.int(0);
            string(out, args, "scheme")?;
            out.buffer(auth.as_deref());
            return Ok(());
        }
        op::MULTI | op::MULTI_READ => return operations(out, args),
        op::RECONFIG if !args.is_empty() => {
            for key in ["joining", "leaving", "members"] {
                string(out, args, key)?;
            }
            out.long(number(args, "version", -1)?);
            return Ok(());
        }
        op::SET_WATCHES | op::SET_WATCHES2 => return watches(out, op, args),
        _ => {}
    }
    if args.contains_key("path") {
        string(out, args, "path")?;
    }
    let int = |key: &str, default: i64| number(args, key, default).map(|n| n as i32);
    match op {
        op::CREATE | op::CREATE2 | op::CREATE_CONTAINER | op::CREATE_TTL => {
            data(out, args)?;
            acl(out, args)?;
            let flags = match op {
                op::CREATE_CONTAINER => 4,
                op::CREATE_TTL => 5,
                _ => 0,
            };
            out.int(int("flags", flags)?);
            if op == op::CREATE_TTL {
                out.long(number(args, "ttl", 0)?);
            }
        }
        op::DELETE | op::CHECK | op::DELETE_CONTAINER => {
            out.int(int("version", -1)?);
        }
        op::SET_DATA => {
            data(out, args)?;
            out.int(int("version", -1)?);
        }
        op::SET_ACL => {
            acl(out, args)?;
            out.int(int("version", -1)?);
        }
        op::EXISTS | op::GET_DATA | op::GET_CHILDREN | op::GET_CHILDREN2 => {
            out.bool(truth(args.get("watch")));
        }
        op::ADD_WATCH => {
            out.int(int("mode", 0)?);
        }
        op::REMOVE_WATCHES | op::CHECK_WATCHES => {
            out.int(int("type", 3)?);
        }
        _ => {}
    }
    Ok(())
}

fn operations(out: &mut Writer, args: &Args) -> Result<(), BodyError> {
    let list = args.get("ops").and_then(Value::as_array);
    for operation in list.ok_or("ops must be a list")? {
        let (word, inner) = match operation.as_array().map(Vec::as_slice) {
            Some([Value::String(word), Value::Object(inner)]) => (word, inner),
            _ => return Err("an operation must be [word, arguments]".to_owned()),
        };
        let (op, body) = request(word, inner)?;
        out.int(op).bool(false).int(-1).raw(&body);
    }
    out.int(-1).bool(true).int(-1);
    Ok(())
}

fn watches(out: &mut Writer, op: i32, args: &Args) -> Result<(), BodyError> {
    out.long(number(args, "zxid", 0)?);
    let all = ["data", "exist", "child", "persistent", "recursive"];
    let kinds = if op == op::SET_WATCHES { 3 } else { 5 };
    for key in &all[..kinds] {
        match args.get(*key) {
            None => {
                out.int(0);
            }
            Some(Value::Null) => {
                out.int(-1);
            }
            Some(Value::Array(paths)) => {
                out.count(paths.len());
                for path in paths {
                    out.buffer(text_bytes(path, key)?.as_deref());
                }
            }
            Some(_) => return Err(format!("{key} must be a list of paths")),
        }
    }
    Ok(())
}

fn data(out: &mut Writer, args: &Args) -> Result<(), BodyError> {
    match args.get("data") {
        None => out.buffer(Some(&[])),
        Some(_) => out.buffer(bytes(args, "data")?.as_deref()),
    };
    Ok(())
}

fn acl(out: &mut Writer, args: &Args) -> Result<(), BodyError> {
    let entries = match args.get("acl") {
        None => {
            out.int(1).int(perms::ALL);
            out.buffer(Some(b"world")).buffer(Some(b"anyone"));
            return Ok(());
        }
        Some(Value::Null) => {
            out.int(-1);
            return Ok(());
        }
        Some(value) => value.as_array().ok_or("acl must be a list")?,
    };
    out.count(entries.len());
    for entry in entries {
        let Some([perms, scheme, id]) = entry.as_array().map(Vec::as_slice) else {
            return Err("an entry of acl must be [perms, scheme, id]".to_owned());
        };
        out.int(perms.as_i64().unwrap_or(0) as i32);
        out.buffer(text_bytes(scheme, "a scheme")?.as_deref());
        out.buffer(text_bytes(id, "an id")?.as_deref());
    }
    Ok(())
}

/// A text, or null.
fn string(out: &mut Writer, args: &Args, key: &str) -> Result<(), BodyError> {
    let value = args.get(key).unwrap_or(&Value::Null);
    out.buffer(text_bytes(value, key)?.as_deref());
    Ok(())
}

/// The bytes of a text; a surrogate that stands alone is written `\ud800` by the recorder.
fn text_bytes(value: &Value, what: &str) -> Result<Option<Vec<u8>>, BodyError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(unescape(text))),
        Value::Object(_) => decoded(value, what),
        _ => Err(format!("{what} must be a text or null")),
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\ud") {
        let unit = rest
            .get(at + 2..at + 6)
            .and_then(|hex| u16::from_str_radix(hex, 16).ok());
        out.extend_from_slice(&rest.as_bytes()[..at]);
        match unit {
            Some(unit @ 0xD800..=0xDFFF) => {
                out.extend([
                    0xE0 | (unit >> 12) as u8,
                    0x80 | (unit >> 6 & 0x3F) as u8,
                    0x80 | (unit & 0x3F) as u8,
                ]);
                rest = &rest[at + 6..];
            }
            _ => {
                out.push(b'\\');
                rest = &rest[at + 1..];
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// The bytes of an argument `{"b64": ...}`, or null.
pub(super) fn bytes(args: &Args, key: &str) -> Result<Option<Vec<u8>>, BodyError> {
    match args.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => decoded(value, key),
    }
}

fn decoded(value: &Value, what: &str) -> Result<Option<Vec<u8>>, BodyError> {
    let wrong = || format!("{what} must be {{\"b64\": ...}} or null");
    let text = value.get("b64").and_then(Value::as_str).ok_or_else(wrong)?;
    BASE64
        .decode(text.as_bytes())
        .map(Some)
        .map_err(|_| wrong())
}

/// A number, or the default when it is not there.
pub(super) fn number(args: &Args, key: &str, default: i64) -> Result<i64, BodyError> {
    match args.get(key) {
        None => Ok(default),
        Some(Value::Bool(yes)) => Ok(i64::from(*yes)),
        Some(value) => match (value.as_i64(), value.as_u64()) {
            (Some(number), _) => Ok(number),
            (None, Some(number)) => Ok(number as i64),
            _ => Err(format!("{key} must be a whole number")),
        },
    }
}

fn truth(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_is_three_bytes() {
        assert_eq!(unescape("/c\\ud800x"), b"/c\xED\xA0\x80x");
        assert_eq!(unescape("a\\u00e9\\"), b"a\\u00e9\\");
    }
}
