//! Bookmarks: places of a run that a reader wants to find again.
//!
//! A bookmark belongs to the branch on which it was set, and is seen on every branch that shares that
//! moment. It is no edit: undo does not take it away, and it changes nothing in the run.

use super::Lab;
use super::action::Direction;
use crate::base::Order;
use crate::view::Text;

/// Bookmarks that are kept.
const MAX: usize = 64;
/// Characters of a name.
const NAME_MAX: usize = 60;

/// A place that was marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) branch: String,
    pub(super) step: u64,
    /// Empty as long as nobody gave it one.
    pub(super) name: String,
}

/// A bookmark as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// For [`super::Action::NameBookmark`] and [`super::Action::RemoveBookmark`].
    pub id: usize,
    /// Shown after so many steps.
    pub step: u64,
    /// Its name, or the number of its step.
    pub text: Text,
    /// The name that it was given; empty without one.
    pub name: String,
}

impl Lab {
    /// The bookmarks that are seen on the branch that is shown, in the order of their steps.
    pub fn bookmarks(&self) -> Vec<Bookmark> {
        let reach = self.reach();
        let seen = |mark: &Mark| {
            let branch = reach.iter().find(|(name, _)| *name == mark.branch);
            branch.is_some_and(|(_, to)| mark.step <= *to)
        };
        let all = self.bookmarks.iter().enumerate();
        let mut list: Vec<Bookmark> = all
            .filter(|(_, m)| seen(m))
            .map(|(id, m)| listed(id, m))
            .collect();
        list.order_by_key(|bookmark| bookmark.step);
        list
    }

    /// The branches whose moments are also moments of the one that is shown, and up to which step.
    fn reach(&self) -> Vec<(String, u64)> {
        let mut reach = vec![(self.line().name.clone(), u64::MAX)];
        let (mut line, mut to) = (self.line(), u64::MAX);
        while let Some(parent) = line
            .parent
            .as_ref()
            .filter(|_| reach.len() <= self.branches.len())
        {
            to = to.min(line.from);
            reach.push((parent.clone(), to));
            match self.branches.iter().find(|l| l.name == *parent) {
                Some(found) => line = found,
                None => break,
            }
        }
        reach
    }

    /// Sets a bookmark at the moment that is shown, or takes the one there away.
    pub(super) fn toggle_bookmark(&mut self) {
        let step = self.at;
        if let Some(here) = self.bookmarks().iter().find(|b| b.step == step) {
            self.bookmarks.remove(here.id);
        } else if self.bookmarks.len() < MAX {
            let branch = self.line().name.clone();
            let name = String::new();
            self.bookmarks.push(Mark { branch, step, name });
        }
        self.edition += 1;
    }

    pub(super) fn name_bookmark(&mut self, id: usize, name: &str) {
        if let Some(mark) = self.bookmarks.get_mut(id) {
            mark.name = tidy(name);
            self.edition += 1;
        }
    }

    pub(super) fn remove_bookmark(&mut self, id: usize) {
        if id < self.bookmarks.len() {
            self.bookmarks.remove(id);
            self.edition += 1;
        }
    }

    /// Goes to the next bookmark, from the last one to the first; or the other way.
    pub(super) fn step_bookmark(&mut self, direction: Direction) {
        let list = self.bookmarks();
        let mut steps = list.iter().map(|b| b.step);
        let found = match direction {
            Direction::Forward => steps
                .clone()
                .find(|s| *s > self.at)
                .or_else(|| steps.next()),
            Direction::Back => {
                let before = steps.clone().rfind(|s| *s < self.at);
                before.or_else(|| steps.next_back())
            }
        };
        if let Some(step) = found {
            self.playing = false;
            self.jump(step);
        }
    }
}

/// A name in one line, and not too long.
pub(super) fn tidy(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").chars().take(NAME_MAX).collect()
}

fn listed(id: usize, mark: &Mark) -> Bookmark {
    let text = if mark.name.is_empty() {
        Text::new(
            format!("step {}", mark.step),
            format!("第 {} 步", mark.step),
        )
    } else {
        Text::same(&*mark.name)
    };
    Bookmark {
        id,
        step: mark.step,
        text,
        name: mark.name.clone(),
    }
}
