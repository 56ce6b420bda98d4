//! A tree as JSON, in the shape of a dump that was taken from a real server: path by path, as far as
//! a client that begins at the root can see.

use data_encoding::BASE64;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use zablab_core::model::{Acl, Stat};
use zablab_core::tree::{DataTree, Znode};

/// A tree that can be written as JSON.
pub struct Dump<'a>(pub &'a DataTree);

/// One node.
#[derive(Debug, PartialEq, Serialize)]
pub struct Node {
    /// None when the server lacks it: then nobody can read the node.
    acl: Option<Vec<Entry>>,
    children: Vec<String>,
    data: Option<String>,
    stat: Numbers,
}

#[derive(Debug, PartialEq, Serialize)]
struct Entry {
    id: String,
    perms: i32,
    scheme: String,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Numbers {
    aversion: i32,
    ctime: i64,
    cversion: i32,
    czxid: i64,
    data_length: i32,
    ephemeral_owner: i64,
    mtime: i64,
    mzxid: i64,
    num_children: i32,
    pzxid: i64,
    version: i32,
}

impl Serialize for Dump<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let paths = visible(self.0);
        let mut map = serializer.serialize_map(Some(paths.len()))?;
        for path in paths {
            if let Some(found) = self.0.node(&path) {
                map.serialize_entry(&path, &node(self.0, found))?;
            }
        }
        map.end()
    }
}

/// Every path that can be reached from the root by lists of children, parents first.
pub fn visible(tree: &DataTree) -> Vec<String> {
    let mut paths = Vec::new();
    let mut waiting = vec![String::from("/")];
    while let Some(path) = waiting.pop() {
        let Some(node) = tree.node(&path) else {
            continue;
        };
        let base = path.trim_end_matches('/');
        let children = node.children.iter().map(|name| format!("{base}/{name}"));
        waiting.extend(children.collect::<Vec<_>>().into_iter().rev());
        paths.push(path);
    }
    paths
}

/// A node as a client sees it.
pub fn node(tree: &DataTree, node: &Znode) -> Node {
    let acl = tree.acl_of(node);
    Node {
        acl: acl.map(|list| list.iter().map(entry).collect()),
        children: node.children.iter().map(|name| name.to_string()).collect(),
        data: node.data.as_deref().map(|data| BASE64.encode(data)),
        stat: numbers(&node.client_stat()),
    }
}

fn entry(acl: &Acl) -> Entry {
    Entry {
        id: acl.id.clone(),
        perms: acl.perms,
        scheme: acl.scheme.clone(),
    }
}

fn numbers(stat: &Stat) -> Numbers {
    Numbers {
        aversion: stat.aversion,
        ctime: stat.ctime,
        cversion: stat.cversion,
        czxid: stat.czxid.0,
        data_length: stat.data_length,
        ephemeral_owner: stat.ephemeral_owner,
        mtime: stat.mtime,
        mzxid: stat.mzxid.0,
        num_children: stat.num_children,
        pzxid: stat.pzxid.0,
        version: stat.version,
    }
}
