//! `zablab diff`: two data directories, recovered and compared node by node.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use zablab_core::storage::recover;
use zablab_core::tree::{DataTree, Database};
use zablab_core::view::text::report;

use super::args::DiffOptions;
use super::output::{self, Failure};
use super::tree_json::{self, Node};
use super::{data_dir, recover as verdict};

/// Most differences that are listed.
const LISTED_MAX: usize = 1_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Comparison {
    equal: bool,
    zxids: [String; 2],
    difference_count: usize,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Difference {
    Only {
        path: String,
        only: &'static str,
    },
    Field {
        path: String,
        field: String,
        first: Value,
        second: Value,
    },
}

/// True when the trees are equal.
pub fn run(options: &DiffOptions) -> Result<bool, Failure> {
    let [first, second] = &options.dirs;
    let (first, second) = (load(first, options)?, load(second, options)?);
    let differences = compare(&first.tree, &second.tree)?;
    let comparison = Comparison {
        equal: differences.is_empty(),
        zxids: [&first, &second].map(|db| format!("{:#x}", db.last_zxid.0)),
        difference_count: differences.len(),
        differences: differences.into_iter().take(LISTED_MAX).collect(),
    };
    if options.json {
        output::print_json(&comparison)?;
    } else {
        output::print(&in_words(&comparison))?;
    }
    Ok(comparison.equal)
}

fn load(dir: &Path, options: &DiffOptions) -> Result<Database, Failure> {
    let found = data_dir::read(dir, None)?;
    let recovery = recover(&found.files, &verdict::release(options.profile));
    let refused = |why| {
        let words = report::refusal(why);
        Failure::Input(format!("{}: does not start: {words}", dir.display()))
    };
    match &recovery.outcome {
        Err(why) => Err(refused(why)),
        Ok(_) => Ok(verdict::served(&recovery, true).expect("it starts")),
    }
}

fn compare(first: &DataTree, second: &DataTree) -> Result<Vec<Difference>, Failure> {
    let paths = [first, second].map(|tree| BTreeSet::from_iter(tree_json::visible(tree)));
    let mut differences = Vec::new();
    for path in paths[0].union(&paths[1]) {
        let at = |tree, seen: &BTreeSet<String>| node_at(tree, seen, path);
        match (at(first, &paths[0]), at(second, &paths[1])) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => differences.extend(fields(path, &a, &b)?),
            (a, _) => differences.push(Difference::Only {
                path: path.clone(),
                only: if a.is_some() { "first" } else { "second" },
            }),
        }
    }
    Ok(differences)
}

fn node_at(tree: &DataTree, seen: &BTreeSet<String>, path: &str) -> Option<Node> {
    let node = tree.node(path).filter(|_| seen.contains(path))?;
    Some(tree_json::node(tree, node))
}

/// The fields in which two nodes differ; those of the stat by themselves.
fn fields(path: &str, first: &Node, second: &Node) -> Result<Vec<Difference>, Failure> {
    let json = |node: &Node| {
        serde_json::to_value(node)
            .map_err(|e| Failure::Input(format!("this node has no JSON form: {e}")))
    };
    let (first, second) = (json(first)?, json(second)?);
    let mut found = Vec::new();
    for field in ["data", "acl", "children"] {
        found.extend(field_of(path, field, &first[field], &second[field]));
    }
    for field in first["stat"]
        .as_object()
        .into_iter()
        .flat_map(|stat| stat.keys())
    {
        let (a, b) = (&first["stat"][field], &second["stat"][field]);
        found.extend(field_of(path, &format!("stat.{field}"), a, b));
    }
    Ok(found)
}

fn field_of(path: &str, field: &str, first: &Value, second: &Value) -> Option<Difference> {
    (first != second).then(|| Difference::Field {
        path: path.to_owned(),
        field: field.to_owned(),
        first: first.clone(),
        second: second.clone(),
    })
}

fn in_words(comparison: &Comparison) -> String {
    let [first, second] = &comparison.zxids;
    let line = |difference: &Difference| match difference {
        Difference::Only { path, only } => format!("{path}: only in the {only}\n"),
        Difference::Field {
            path,
            field,
            first,
            second,
        } => format!("{path} {field}: {first} or {second}\n"),
    };
    let lines: String = comparison.differences.iter().map(line).collect();
    let count = comparison.difference_count;
    format!("{lines}{first} and {second}: {count} differences\n")
}
