//! The commands about quotas: each is a program of many requests.
//!
//! A program is written as if every answer came at once. It runs again from the start whenever a
//! reply arrives, with all replies so far, and stops where the next one is missing. So all that is
//! kept is what it has heard.
//!
//! ```text
//!   setquota -n 5 /a/b    exists /a/b          is there a quota below it? above it?
//!                         create /zookeeper/quota/a, …/b, …/zookeeper_limits, …/zookeeper_stats
//! ```
//!
//! In ZooKeeper: `SetQuotaCommand`, `DelQuotaCommand`, `ListQuotaCommand`.

use super::command::{ConsoleCommand, Limit};
use super::quota::{LIMITS, ROOT, Track, limit_path, quota_path, stat_path};
use super::request::{create, delete, exists, get_children, get_data, set_data};
use super::task::Turn;
use super::wording::refused;
use crate::base::Order;
use crate::model::request::CreateMode;
use crate::model::{Acl, ErrorCode, Reply, ReplyBody, Request};
use crate::tree::path::join;

/// A command about quotas under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Limits {
    command: ConsoleCommand,
    heard: Vec<Reply>,
    printed: usize,
}

impl Limits {
    pub fn new(command: ConsoleCommand) -> Self {
        Self {
            command,
            heard: Vec::new(),
            printed: 0,
        }
    }

    pub fn turn(&mut self, reply: Option<&Reply>) -> Turn {
        self.heard.extend(reply.cloned());
        let mut talk = Talk {
            heard: self.heard.iter(),
            said: Vec::new(),
        };
        let ended = match &self.command {
            ConsoleCommand::ListQuota { path } => talk.list(path),
            ConsoleCommand::DelQuota { path, limit } => talk.remove(path, *limit),
            ConsoleCommand::SetQuota { path, limit, value } => talk.set(path, *limit, *value),
            other => unreachable!("{other:?} is not about quotas"),
        };
        let print = talk.said.split_off(self.printed);
        self.printed += print.len();
        let ask = match ended {
            Err(Stop::Ask(request)) => Some(*request),
            Err(Stop::Done) | Ok(()) => None,
        };
        Turn { print, ask }
    }
}

/// Why a program goes no further.
enum Stop {
    /// The reply to this is missing.
    Ask(Box<Request>),
    /// It has said why.
    Done,
}

struct Talk<'a> {
    heard: std::slice::Iter<'a, Reply>,
    said: Vec<String>,
}

impl<'a> Talk<'a> {
    fn list(&mut self, path: &str) -> Result<(), Stop> {
        let limits = self.quota_of(path, &limit_path(path))?;
        let used = self.quota_of(path, &stat_path(path))?;
        self.said.push(format!("Output quota for {path} {limits}"));
        self.said.push(format!("Output stat for {path} {used}"));
        Ok(())
    }

    fn remove(&mut self, path: &str, limit: Option<Limit>) -> Result<(), Stop> {
        let limits = limit_path(path);
        if !self.exists(&limits)? {
            return self.end(format!("Quota does not exist for {path}"));
        }
        let track = self.quota_of(path, &limits)?;
        let Some(limit) = limit else {
            return self.remove_nodes(path);
        };
        let text = track.with(limit, -1).to_string();
        self.done_for(path, &limits, set_data(&limits, &text, -1))
    }

    /// Deletes the two nodes, and those above them that have no other children.
    fn remove_nodes(&mut self, path: &str) -> Result<(), Stop> {
        let mut node = quota_path(path);
        for child in self.children_for(path, &node)? {
            let child = join(&node, &child);
            self.done_for(path, &child, delete(&child, -1))?;
        }
        while node != ROOT && self.children_for(path, &node)?.is_empty() {
            self.done_for(path, &node, delete(&node, -1))?;
            let (parent, _) = node
                .rsplit_once('/')
                .expect("it lies below the root of quotas");
            node = parent.to_owned();
        }
        Ok(())
    }

    fn set(&mut self, path: &str, limit: Limit, value: i64) -> Result<(), Stop> {
        if !self.exists(path)? {
            return self.end(format!("{path} does not exist."));
        }
        if let Some(child) = self.quota_below(&quota_path(path))? {
            let child = &child[ROOT.len()..];
            return self.end(format!("{path} has a child {child} which has a quota"));
        }
        if let Some(parent) = self.quota_above(path)? {
            return self.end(format!("{path} has a parent {parent} which has a quota"));
        }
        for (slash, _) in path.match_indices('/').skip(1) {
            self.make(&quota_path(&path[..slash]))?;
        }
        self.make(&quota_path(path))?;
        let (limits, used) = (limit_path(path), stat_path(path));
        if self.exists(&limits)? {
            let track = self.track(&limits)?.with(limit, value);
            let used = self.track(&used)?;
            self.said.extend(track.warnings(&used));
            return self.done(&limits, set_data(&limits, &track.to_string(), -1));
        }
        let track = Track::unlimited().with(limit, value);
        for (node, track) in [(&limits, &track), (&used, &Track::unused())] {
            let text = track.to_string();
            self.done(node, new_node(node, Some(&text)))?;
        }
        let (track, used) = (self.track(&limits)?, self.track(&used)?);
        self.said.extend(track.warnings(&used));
        Ok(())
    }

    /// The first node below `root`, itself aside, that has limits. The tool asks twice for the
    /// children of a node: when it comes to it, and when it goes down from it.
    fn quota_below(&mut self, root: &str) -> Result<Option<String>, Stop> {
        match self.ask(get_data(root, false))?.error {
            ErrorCode::Ok => {}
            ErrorCode::NoNode => return Ok(None),
            error => return self.end(refused(error, Some(root))),
        }
        let mut to_list = vec![root.to_owned()];
        while let Some(node) = to_list.pop() {
            let reply = self.ask(get_children(&node, false))?;
            if !matches!(reply.error, ErrorCode::Ok | ErrorCode::NoNode) {
                return self.end(refused(reply.error, Some(&node)));
            }
            let children = names(reply).into_iter().map(|name| join(&node, &name));
            let children: Vec<String> = children.collect();
            for child in &children {
                let reply = self.ask(get_children(child, false))?;
                if names(reply).iter().any(|name| name == LIMITS) {
                    return Ok(Some(child.clone()));
                }
            }
            to_list.extend(children.into_iter().rev());
        }
        Ok(None)
    }

    /// The first path above `path` that has limits.
    fn quota_above(&mut self, path: &str) -> Result<Option<String>, Stop> {
        for (slash, _) in path.match_indices('/').skip(1) {
            let parent = &path[..slash];
            let node = quota_path(parent);
            let reply = self.ask(get_children(&node, false))?;
            match reply.error {
                ErrorCode::Ok => {}
                ErrorCode::NoNode => return Ok(None),
                error => return self.end(refused(error, Some(&node))),
            }
            let names = names(reply);
            if names.iter().any(|name| name == LIMITS) {
                return Ok(Some(parent.to_owned()));
            }
            if names.is_empty() {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Creates a node, unless it is there.
    fn make(&mut self, node: &str) -> Result<(), Stop> {
        if self.exists(node)? {
            return Ok(());
        }
        match self.ask(new_node(node, None))?.error {
            ErrorCode::Ok | ErrorCode::NodeExists => Ok(()),
            error => self.end(refused(error, Some(node))),
        }
    }

    fn exists(&mut self, node: &str) -> Result<bool, Stop> {
        match self.ask(exists(node, false))?.error {
            ErrorCode::Ok => Ok(true),
            ErrorCode::NoNode => Ok(false),
            error => self.end(refused(error, Some(node))),
        }
    }

    fn track(&mut self, node: &str) -> Result<Track, Stop> {
        let reply = self.ask(get_data(node, false))?;
        match reply.error {
            ErrorCode::Ok => self.read(reply),
            error => self.end(refused(error, Some(node))),
        }
    }

    /// As [`Self::track`], where a missing node means that `path` has no quota.
    fn quota_of(&mut self, path: &str, node: &str) -> Result<Track, Stop> {
        let reply = self.ask(get_data(node, false))?;
        self.check_for(path, node, reply)?;
        self.read(reply)
    }

    fn read(&mut self, reply: &Reply) -> Result<Track, Stop> {
        let data = match &reply.body {
            ReplyBody::Data { data, .. } => data.as_deref(),
            _ => None,
        };
        Track::read(data).map_err(|error| {
            self.said.extend(error.lines());
            Stop::Done
        })
    }

    fn done(&mut self, node: &str, request: Request) -> Result<(), Stop> {
        match self.ask(request)?.error {
            ErrorCode::Ok => Ok(()),
            error => self.end(refused(error, Some(node))),
        }
    }

    fn done_for(&mut self, path: &str, node: &str, request: Request) -> Result<(), Stop> {
        let reply = self.ask(request)?;
        self.check_for(path, node, reply)
    }

    fn children_for(&mut self, path: &str, node: &str) -> Result<Vec<String>, Stop> {
        let reply = self.ask(get_children(node, false))?;
        self.check_for(path, node, reply)?;
        Ok(names(reply))
    }

    /// A missing node means that `path` has no quota.
    fn check_for(&mut self, path: &str, node: &str, reply: &Reply) -> Result<(), Stop> {
        match reply.error {
            ErrorCode::Ok => Ok(()),
            ErrorCode::NoNode => self.end(format!("quota for {path} does not exist.")),
            error => self.end(refused(error, Some(node))),
        }
    }

    fn ask(&mut self, request: Request) -> Result<&'a Reply, Stop> {
        let reply = self.heard.next();
        reply.ok_or_else(|| Stop::Ask(Box::new(request)))
    }

    fn end<T>(&mut self, line: String) -> Result<T, Stop> {
        self.said.push(line);
        Err(Stop::Done)
    }
}

fn new_node(node: &str, data: Option<&str>) -> Request {
    create(node, data, &Acl::open(), CreateMode::Persistent)
}

fn names(reply: &Reply) -> Vec<String> {
    let mut names = match &reply.body {
        ReplyBody::Children { names, .. } => names.clone(),
        _ => Vec::new(),
    };
    names.order();
    names
}
