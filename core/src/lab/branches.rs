//! Branches as things of their own: their names, their tree, and taking one away.

use std::sync::Arc;

use super::Lab;
use super::bookmarks::tidy;
use super::branch::Line;
use super::transport::Branch;
use crate::view::Text;

impl Lab {
    /// Every branch, in the order in which they were begun.
    pub(super) fn branch_list(&self) -> Vec<Branch> {
        let place = |name: &String| self.branches.iter().position(|line| line.name == *name);
        let listed = |line: &Arc<Line>| Branch {
            name: line.name.clone(),
            title: line.title.clone(),
            from: line.from,
            parent: line.parent.as_ref().and_then(place),
            total: line.timeline.len(),
        };
        self.branches.iter().map(listed).collect()
    }

    /// A name that no branch has, nor one that an undo could bring back.
    pub(super) fn free_branch_name(&self) -> String {
        let all = self.branches.iter().chain(self.past.lines());
        let number = |line: &Arc<Line>| line.name.strip_prefix('b')?.parse::<u32>().ok();
        let last = all.filter_map(number).max().unwrap_or(1);
        format!("b{}", last + 1)
    }

    /// Calls a branch something else. An empty name is none.
    pub(super) fn name_branch(&mut self, at: usize, name: &str) {
        if let Some(line) = self.branches.get_mut(at) {
            Arc::make_mut(line).title = Text::same(tidy(name));
            self.edition += 1;
        }
    }

    /// Takes a branch away; the last one stays. What left it now leaves the branch that it left.
    pub(super) fn delete_branch(&mut self, at: usize) {
        if at >= self.branches.len() || self.branches.len() == 1 {
            return;
        }
        let name = self.branches[at].name.clone();
        let before = self.scene(Text::new(
            format!("branch {name} deleted"),
            format!("删除分支 {name}"),
        ));
        self.past.edit(before);
        let gone = self.branches.remove(at);
        for line in &mut self.branches {
            if line.parent.as_ref() == Some(&name) {
                let line = Arc::make_mut(line);
                line.parent.clone_from(&gone.parent);
                line.from = match gone.parent {
                    Some(_) => line.from.min(gone.from),
                    None => 0,
                };
            }
        }
        let shown = self.branch;
        self.edition += 1;
        if shown == at {
            let parent = gone.parent.as_ref();
            let place = self
                .branches
                .iter()
                .position(|line| Some(&line.name) == parent);
            self.branch = place.unwrap_or(0);
            self.playing = false;
            self.jump(self.at.min(gone.from));
        } else if shown > at {
            self.branch -= 1;
        }
    }
}
