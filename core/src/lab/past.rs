//! Undo and redo.
//!
//! An edit is undone by showing again what was there before: all branches, and the place in them.
//! Lines are shared, so a scene costs little until one of them goes on. Moving about is no edit.

use std::sync::Arc;

use super::Lab;
use super::bookmarks::Mark;
use super::branch::Line;
use super::scenarios::Scenario;
use super::transport::NoticeKind;
use crate::view::Text;

/// Edits that can be undone.
const DEPTH: usize = 32;

/// A moment that can be shown again.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    /// The edit that lies between this scene and the one after it.
    pub(super) name: Text,
    pub(super) scenario: Option<&'static Scenario>,
    pub(super) branches: Vec<Arc<Line>>,
    pub(super) branch: usize,
    pub(super) at: u64,
    /// The bookmarks, where another run takes the place of this one.
    pub(super) bookmarks: Option<Vec<Mark>>,
}

/// What can be undone, and what can be done again; the nearest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    undo: Vec<Scene>,
    redo: Vec<Scene>,
}

impl Past {
    /// An edit begins: `before` is what it changes.
    pub(super) fn edit(&mut self, before: Scene) {
        self.redo.clear();
        if self.undo.len() == DEPTH {
            self.undo.remove(0);
        }
        self.undo.push(before);
    }

    /// Every branch of every scene.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Arc<Line>> {
        let scenes = self.undo.iter().chain(&self.redo);
        scenes.flat_map(|scene| &scene.branches)
    }

    /// The edit that would be undone.
    pub(super) fn undo_name(&self) -> Option<Text> {
        self.undo.last().map(|scene| scene.name.clone())
    }

    /// The edit that would be done again.
    pub(super) fn redo_name(&self) -> Option<Text> {
        self.redo.last().map(|scene| scene.name.clone())
    }
}

impl Lab {
    /// Shows what was there before the last edit.
    pub(super) fn undo(&mut self) {
        if let Some(scene) = self.past.undo.pop() {
            let now = self.scene_beside(&scene);
            self.past.redo.push(now);
            self.bring_back(scene, ("Undone", "已撤销"));
        }
    }

    /// Does the edit again that was undone last.
    pub(super) fn redo(&mut self) {
        if let Some(scene) = self.past.redo.pop() {
            let now = self.scene_beside(&scene);
            self.past.undo.push(now);
            self.bring_back(scene, ("Done again", "已重做"));
        }
    }

    /// What is shown now, to be brought back in place of `scene`.
    fn scene_beside(&self, scene: &Scene) -> Scene {
        let mut now = self.scene(scene.name.clone());
        now.bookmarks = scene.bookmarks.as_ref().map(|_| self.bookmarks.clone());
        now
    }

    fn bring_back(&mut self, scene: Scene, (en, zh): (&str, &str)) {
        self.playing = false;
        self.job = None;
        let name = &scene.name;
        let text = Text::new(format!("{en}: {}", name.en), format!("{zh}：{}", name.zh));
        self.set_scene(scene);
        self.say(NoticeKind::Done, text);
    }
}
