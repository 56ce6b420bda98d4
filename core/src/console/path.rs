//! What the client library says of a path, before it sends anything.
//!
//! The rules are those of [`crate::tree::path`]; this adds the real wording, which counts in UTF-16
//! units.
//!
//! In ZooKeeper: `PathUtils.validatePath`.

const SLASH: u16 = b'/' as u16;
const DOT: u16 = b'.' as u16;

/// The real wording of what is wrong with a path.
pub fn check(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("Path length must be > 0".to_owned());
    }
    if !path.starts_with('/') {
        return Err("Path must start with / character".to_owned());
    }
    if path.len() > 1 && path.ends_with('/') {
        return Err("Path must not end with / character".to_owned());
    }
    let units: Vec<u16> = path.encode_utf16().collect();
    let mut places = 1..units.len();
    match places.find_map(|at| Some((at, fault(&units, at)?))) {
        Some((at, fault)) => Err(format!(
            "Invalid path string \"{path}\" caused by {fault} @{at}"
        )),
        None => Ok(()),
    }
}

/// What is wrong with the unit at `at`, which is not the first one.
fn fault(units: &[u16], at: usize) -> Option<&'static str> {
    let before = units[at - 1];
    let ends = units.get(at + 1).is_none_or(|next| *next == SLASH);
    match units[at] {
        0 => Some("null character not allowed"),
        SLASH if before == SLASH => Some("empty node name specified"),
        DOT if ends && before == SLASH => Some("relative paths not allowed"),
        DOT if ends && before == DOT && units[at - 2] == SLASH => {
            Some("relative paths not allowed")
        }
        0x01..=0x1F | 0x7F..=0x9F | 0xD800..=0xF8FF | 0xFFF0..=0xFFFF => Some("invalid character"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::path::validate;

    #[test]
    fn the_place_is_counted_in_units() {
        let said = |path: &str| check(path).expect_err(path);
        let invalid =
            |path: &str, why: &str| format!("Invalid path string \"{path}\" caused by {why}");
        for (path, why) in [
            ("/é/日//x", "empty node name specified @5"),
            ("/a/..", "relative paths not allowed @4"),
            ("/a/./b", "relative paths not allowed @3"),
            ("/a/x\0", "null character not allowed @4"),
            ("/é😀", "invalid character @2"),
            ("/.\u{7f}", "invalid character @2"),
        ] {
            assert_eq!(said(path), invalid(path, why));
        }
    }

    #[test]
    fn the_tree_and_the_client_refuse_the_same_paths() {
        let pieces = ["", "/", ".", "..", "a", "\0", "\u{1f}", "😀", "日", " "];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    let path = format!("{a}{b}/{c}");
                    assert_eq!(check(&path).is_ok(), validate(&path).is_ok(), "{path:?}");
                }
            }
        }
    }
}
