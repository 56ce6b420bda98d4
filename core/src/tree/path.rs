//! Paths: which ones are legal, and how they come apart.
//!
//! Rules are checked per UTF-16 unit, as Java strings are: a character outside of the basic plane
//! is two surrogates and so never legal. There is no Unicode normalisation.
//!
//! In ZooKeeper: `PathUtils`.

use std::fmt;

/// The root.
pub const ROOT: &str = "/";
/// Parent of the nodes that belong to the server.
pub const ZOOKEEPER: &str = "/zookeeper";
/// Parent of the quota limits.
pub const QUOTA: &str = "/zookeeper/quota";
/// The node that holds the ensemble's configuration.
pub const CONFIG: &str = "/zookeeper/config";

/// Why a path is not legal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadPath {
    /// It has no characters.
    Empty,
    /// It does not start with a slash.
    Relative,
    /// It ends with a slash.
    TrailingSlash,
    /// Two slashes follow each other.
    EmptyComponent,
    /// A component is `.` or `..`.
    RelativeComponent,
    /// A UTF-16 unit that is not allowed.
    Character(u16),
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the path is empty"),
            Self::Relative => f.write_str("the path does not start with /"),
            Self::TrailingSlash => f.write_str("the path ends with /"),
            Self::EmptyComponent => f.write_str("the path has an empty component"),
            Self::RelativeComponent => f.write_str("the path has a component . or .."),
            Self::Character(unit) => write!(f, "the path has the character U+{unit:04X}"),
        }
    }
}

/// Checks a whole path.
pub fn validate(path: &str) -> Result<(), BadPath> {
    if path.is_empty() {
        return Err(BadPath::Empty);
    }
    let Some(tail) = path.strip_prefix('/') else {
        return Err(BadPath::Relative);
    };
    if tail.is_empty() {
        return Ok(());
    }
    if tail.ends_with('/') {
        return Err(BadPath::TrailingSlash);
    }
    tail.split('/').try_for_each(validate_component)
}

fn validate_component(name: &str) -> Result<(), BadPath> {
    match name {
        "" => Err(BadPath::EmptyComponent),
        "." | ".." => Err(BadPath::RelativeComponent),
        _ => match name.encode_utf16().find(|unit| !is_legal_unit(*unit)) {
            Some(unit) => Err(BadPath::Character(unit)),
            None => Ok(()),
        },
    }
}

/// Control characters, surrogates, private use and specials are out.
const fn is_legal_unit(unit: u16) -> bool {
    !matches!(unit, 0..=0x1F | 0x7F..=0x9F | 0xD800..=0xF8FF | 0xFFF0..=0xFFFF)
}

/// Parent and last component, or `None` without a slash. The parent of `/a` is `/`; the root comes
/// apart into itself and an empty name.
pub fn split(path: &str) -> Option<(&str, &str)> {
    let slash = path.rfind('/')?;
    let parent = if slash == 0 { ROOT } else { &path[..slash] };
    Some((parent, &path[slash + 1..]))
}

/// The nodes above `path`, nearest first, the root last; none above the root.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(above(path), |path| above(path))
}

fn above(path: &str) -> Option<&str> {
    let (parent, name) = split(path)?;
    (!name.is_empty()).then_some(parent)
}

/// The path of the child `name` of `parent`.
pub fn join(parent: &str, name: &str) -> String {
    if parent == ROOT || parent.is_empty() {
        format!("/{name}")
    } else {
        format!("{parent}/{name}")
    }
}

/// The root has two names, as in a snapshot and as a client says it; this gives the second.
pub fn normal(path: &str) -> &str {
    if path.is_empty() { ROOT } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_of_the_forbidden_characters_is_where_java_has_it() {
        let legal = [
            ' ', '~', '\u{A0}', '\u{D7FF}', '\u{F900}', '\u{FFEF}', '日', '\u{301}',
        ];
        let illegal = [
            '\0', '\u{1}', '\u{1F}', '\u{7F}', '\u{9F}', '\u{E000}', '\u{F8FF}', '\u{FFF0}',
            '\u{FFFF}',
        ];
        for c in legal {
            assert_eq!(validate(&format!("/c{c}")), Ok(()), "{c:?}");
        }
        for c in illegal {
            let bad = BadPath::Character(c as u16);
            assert_eq!(validate(&format!("/c{c}")), Err(bad), "{c:?}");
        }
        assert_eq!(validate("/c😀"), Err(BadPath::Character(0xD83D)));
    }

    #[test]
    fn components_are_neither_empty_nor_relative() {
        let cases = [
            ("/", Ok(())),
            ("/a/...", Ok(())),
            ("/.b/b.", Ok(())),
            ("", Err(BadPath::Empty)),
            ("a/b", Err(BadPath::Relative)),
            ("/a/", Err(BadPath::TrailingSlash)),
            ("//", Err(BadPath::TrailingSlash)),
            ("/a//b", Err(BadPath::EmptyComponent)),
            ("/a/./b", Err(BadPath::RelativeComponent)),
            ("/..", Err(BadPath::RelativeComponent)),
        ];
        for (path, verdict) in cases {
            assert_eq!(validate(path), verdict, "{path:?}");
        }
    }

    #[test]
    fn splitting_and_joining_are_inverse() {
        for path in ["/a", "/a/b", "/a/b/c"] {
            let (parent, name) = split(path).expect("it has a slash");
            assert_eq!(join(parent, name), path);
        }
        assert_eq!(split("/a"), Some(("/", "a")));
        assert_eq!(split("/"), Some(("/", "")));
        assert_eq!(split("a"), None);
    }
}
