//! One question at a time, and the requests that recipes are made of.

use crate::model::request::{CreateMode, CreateOp};
use crate::model::txn::Data;
use crate::model::{Acl, Reply, ReplyBody, Request, Stat, Zxid};

use super::Wish;

/// Number of a question within a program.
pub type Tag = u32;

/// The question that is open, and what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asking<Q> {
    asked: Tag,
    open: Option<(Tag, Q)>,
}

impl<Q> Asking<Q> {
    pub(super) const fn new() -> Self {
        Self {
            asked: 0,
            open: None,
        }
    }

    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn ask(&mut self, about: Q, request: Request) -> Wish {
        self.asked += 1;
        self.open = Some((self.asked, about));
        let tag = self.asked;
        Wish::Ask { tag, request }
    }

    /// Closes the question of that number, and says what it was about.
    pub(super) fn close(&mut self, tag: Tag) -> Option<Q> {
        let (_, about) = self.open.take_if(|(open, _)| *open == tag)?;
        Some(about)
    }
}

/// A create whose answer has the stat.
pub(super) fn create(path: String, data: Data, mode: CreateMode) -> Request {
    Request::Create {
        path,
        data: Some(data),
        acl: Acl::open(),
        mode,
        op: CreateOp::Create2,
    }
}

/// A plain node without content, for others to stand below.
pub(super) fn create_dir(path: String) -> Request {
    Request::create(path, None, Acl::open(), CreateMode::Persistent)
}

pub(super) fn delete(path: String) -> Request {
    Request::Delete { path, version: -1 }
}

/// A read that leaves a watch only if the node is there: a watch on a missing node would stay behind.
pub(super) fn get_and_watch(path: String) -> Request {
    Request::GetData { path, watch: true }
}

pub(super) fn list(path: String, watch: bool) -> Request {
    Request::GetChildren { path, watch }
}

pub(super) fn exists(path: String, watch: bool) -> Request {
    Request::Exists { path, watch }
}

pub(super) fn sync(path: String) -> Request {
    Request::Sync { path }
}

/// A child's path.
pub(super) fn below(dir: &str, name: &str) -> String {
    match dir {
        "/" => format!("/{name}"),
        _ => format!("{dir}/{name}"),
    }
}

/// The names in a list of children.
pub(super) fn names(reply: &Reply) -> &[String] {
    match &reply.body {
        ReplyBody::Children { names, .. } => names,
        _ => &[],
    }
}

/// The path and the czxid of a node that was created.
pub(super) fn created(reply: &Reply) -> Option<(&str, Zxid)> {
    match &reply.body {
        ReplyBody::Created { path, stat } => Some((path, stat.czxid)),
        _ => None,
    }
}

/// Data and stat of a node that was read.
pub(super) fn content(reply: &Reply) -> Option<(Option<&Data>, &Stat)> {
    match &reply.body {
        ReplyBody::Data { data, stat } => Some((data.as_ref(), stat)),
        _ => None,
    }
}

/// When the node was created, in an answer that has a stat.
pub(super) const fn czxid(reply: &Reply) -> Option<Zxid> {
    match &reply.body {
        ReplyBody::Stat(stat) | ReplyBody::Data { stat, .. } => Some(stat.czxid),
        _ => None,
    }
}

/// The number at the end of the name of a sequential node.
pub(super) fn number(name: &str) -> Option<u64> {
    let start = name.len().checked_sub(DIGITS)?;
    let digits = name.get(start..)?;
    let all = digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

/// Digits at the end of the name of a sequential node.
pub(super) const DIGITS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_closed_once_and_by_its_own_answer() {
        let mut asking = Asking::new();
        let Wish::Ask { tag, .. } = asking.ask('x', sync("/".to_owned())) else {
            panic!("it asks");
        };
        assert_eq!(asking.close(tag + 1), None);
        assert_eq!(asking.close(tag), Some('x'));
        assert_eq!(asking.close(tag), None);
    }

    #[test]
    fn the_number_is_what_the_leader_added() {
        assert_eq!(number("a-1-0000000042"), Some(42));
        assert_eq!(number("0000000042"), Some(42));
        assert_eq!(number("ready"), None);
        assert_eq!(number("a-1-00000x0042"), None);
        assert_eq!(number("第一号锁节点"), None);
    }
}
