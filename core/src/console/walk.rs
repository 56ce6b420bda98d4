//! Commands that go through a subtree: `ls -R`, `setAcl -R`, `deleteall`.
//!
//! ```text
//!   ls -R /t       getData /t, then for each node: list it, visit its children, go down
//!                  /t  /t/a  /t/b  /t/a/x  …     a node is visited with its siblings
//!   deleteall /t   list level by level, then delete from the end, so leaves come first
//! ```
//! A subtree may change meanwhile. A walk passes over a node that has gone; a delete of one that has
//! gone, or that has got a child, fails.
//!
//! The real `deleteall` has up to ten multis under way and may miss the failure of one; here the
//! next waits for the last.
//!
//! In ZooKeeper: `ZKUtil.visitSubTreeDFS`, `ZKUtil.deleteRecursive`.

use std::collections::VecDeque;

use super::request::{delete, get_children, get_data, set_acl};
use super::task::Turn;
use super::wording::{keeper_error, refused};
use crate::base::Order;
use crate::model::{Acl, ErrorCode, Reply, ReplyBody, Request};
use crate::tree::path::join;

/// What is done at each node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Visit {
    /// Its path is printed.
    Print,
    /// Its access control list is replaced.
    SetAcl {
        /// The list; an empty one is refused by the client library.
        acl: Vec<Acl>,
        /// Expected aversion.
        version: i32,
    },
}

/// A walk under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Walk {
    watch: bool,
    visit: Visit,
    asked: Asked,
    /// Nodes to be listed, the next one last.
    to_list: Vec<String>,
    /// Nodes whose access control list is to be set.
    to_set: VecDeque<String>,
    /// What is printed without an end of line.
    line: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Asked {
    Nothing(String),
    Root(String),
    Children(String),
    SetAcl(String),
}

impl Walk {
    pub fn new(root: String, watch: bool, visit: Visit) -> Self {
        Self {
            watch,
            visit,
            asked: Asked::Nothing(root),
            to_list: Vec::new(),
            to_set: VecDeque::new(),
            line: String::new(),
        }
    }

    pub fn turn(&mut self, reply: Option<&Reply>) -> Turn {
        let error = reply.map_or(ErrorCode::Ok, |reply| reply.error);
        match (self.asked.clone(), error) {
            (Asked::Nothing(root), _) => {
                let request = get_data(&root, self.watch);
                self.asked = Asked::Root(root);
                Turn::ask(request)
            }
            (Asked::Root(root), ErrorCode::Ok) => {
                self.to_list.push(root.clone());
                self.visit(vec![root])
            }
            (Asked::Children(node), ErrorCode::Ok) => {
                let children = children_of(&node, reply);
                self.to_list.extend(children.iter().rev().cloned());
                self.visit(children)
            }
            (Asked::Children(_), ErrorCode::NoNode) | (Asked::SetAcl(_), ErrorCode::Ok) => {
                self.visit(Vec::new())
            }
            (Asked::SetAcl(node), error) => {
                self.line += &keeper_error(error, Some(&node));
                self.visit(Vec::new())
            }
            (Asked::Root(node) | Asked::Children(node), error) => {
                let line = std::mem::take(&mut self.line);
                Turn::last(line + &refused(error, Some(&node)))
            }
        }
    }

    /// Visits these nodes and goes on.
    fn visit(&mut self, nodes: Vec<String>) -> Turn {
        let mut print = Vec::new();
        match &self.visit {
            Visit::Print => print = nodes,
            Visit::SetAcl { acl, .. } if acl.is_empty() => {
                let said = keeper_error(ErrorCode::InvalidAcl, None);
                self.line += &said.repeat(nodes.len());
            }
            Visit::SetAcl { .. } => self.to_set.extend(nodes),
        }
        let ask = self.next_request();
        if ask.is_none() && !self.line.is_empty() {
            print.push(std::mem::take(&mut self.line));
        }
        Turn { print, ask }
    }

    fn next_request(&mut self) -> Option<Request> {
        if let (Visit::SetAcl { acl, version }, Some(node)) = (&self.visit, self.to_set.pop_front())
        {
            let request = set_acl(&node, acl, *version);
            self.asked = Asked::SetAcl(node);
            return Some(request);
        }
        let node = self.to_list.pop()?;
        let request = get_children(&node, self.watch);
        self.asked = Asked::Children(node);
        Some(request)
    }
}

/// A delete of a subtree under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct DeleteAll {
    /// Parents before children; from its end it is deleted.
    nodes: Vec<String>,
    /// Nodes that are listed or being listed.
    listed: usize,
    batch: usize,
}

impl DeleteAll {
    /// A batch that is not positive is the whole subtree.
    pub fn new(root: String, batch: i32) -> Self {
        let batch = usize::try_from(batch).ok().filter(|batch| *batch > 0);
        Self {
            nodes: vec![root],
            listed: 0,
            batch: batch.unwrap_or(usize::MAX),
        }
    }

    pub fn turn(&mut self, reply: Option<&Reply>) -> Turn {
        let listing = (1..=self.nodes.len()).contains(&self.listed);
        match reply {
            Some(reply) if listing => {
                let node = self.nodes[self.listed - 1].clone();
                if reply.error != ErrorCode::Ok {
                    return Turn::last(refused(reply.error, Some(&node)));
                }
                self.nodes.extend(children_of(&node, Some(reply)));
            }
            Some(reply) if reply.outcome() != ErrorCode::Ok => {
                let said = "Failed to delete some node(s) in the subtree!";
                return Turn::last(said.to_owned());
            }
            _ => {}
        }
        self.go_on()
    }

    fn go_on(&mut self) -> Turn {
        if let Some(node) = self.nodes.get(self.listed) {
            self.listed += 1;
            return Turn::ask(get_children(node, false));
        }
        // From now on it is more than there are nodes: nothing is listed any more.
        self.listed = usize::MAX;
        let batch = self
            .nodes
            .split_off(self.nodes.len().saturating_sub(self.batch));
        if batch.is_empty() {
            return Turn::default();
        }
        let deletes = batch.iter().rev().map(|node| delete(node, -1));
        Turn::ask(Request::Multi(deletes.collect()))
    }
}

fn children_of(node: &str, reply: Option<&Reply>) -> Vec<String> {
    let Some(ReplyBody::Children { names, .. }) = reply.map(|reply| &reply.body) else {
        return Vec::new();
    };
    let mut names = names.clone();
    names.order();
    names.iter().map(|name| join(node, name)).collect()
}
