//! Disks that were brought in become those of a new ensemble.
//!
//! It is a script like any other: `ensemble …`, then `load NAME server=1 sha256=…`. The disks
//! themselves are part of the recording of every branch that loads them, so undo, branches and an
//! edited script find them there.

use std::sync::Arc;

use super::super::Lab;
use super::super::transport::NoticeKind;
use super::super::work::{Job, ScriptRun};
use crate::base::ServerId;
use crate::model::Ensemble;
use crate::protocol::{Config, Profile};
use crate::scenario::ast::Action;
use crate::scenario::{Images, Program, print};
use crate::storage::Image;
use crate::view::Text;
use crate::world::Command;

/// Most servers that can get a disk.
const SERVERS_MAX: usize = 9;

impl Lab {
    /// Makes the disks that are shown those of a new ensemble, and runs it.
    pub(in crate::lab) fn use_disks(&mut self, plan: &[Option<usize>]) {
        let Some(shown) = self.imports.shown.clone() else {
            return;
        };
        let known = self.images();
        let chosen = |place: &Option<usize>| self.imports.images.get((*place)?).cloned();
        let disks: Vec<Option<Arc<Image>>> = plan.iter().take(SERVERS_MAX).map(chosen).collect();
        if disks.iter().all(Option::is_none) {
            let text = Text::new("No server was given a disk.", "没有为任何服务器选择磁盘。");
            return self.say(NoticeKind::Refused, text);
        }
        let mut images = Images::new();
        let mut actions = vec![Action::Ensemble(ensemble(disks.len(), shown.profile))];
        for (id, disk) in (1..).map(ServerId).zip(&disks) {
            let Some(disk) = disk else { continue };
            let image = named_apart(disk, &known);
            actions.push(Action::Load {
                dir: image.name.clone(),
                server: id,
                sha256: Some(image.sha256.clone()),
            });
            images.insert(image.name.clone(), image);
        }
        let script = print::program(&Program::of(actions));
        self.load_with(&script, images);
    }

    /// Runs a script with disks of its own, in place of what is shown.
    pub(in crate::lab) fn load_with(&mut self, script: &str, images: Images) {
        let mut all = self.images();
        all.extend(images);
        match ScriptRun::start(script, all) {
            Ok(run) => {
                let run = Box::new(run);
                self.job = Some(Job::Load {
                    run,
                    scenario: None,
                    link: None,
                });
            }
            Err(error) => self.notice = Some(super::super::notices::script_notice(&error)),
        }
    }

    /// Every disk that a script may load: those of all branches and edits, and those just brought in.
    pub(in crate::lab) fn images(&self) -> Images {
        let mut images = Images::new();
        let lines = self.past.lines().chain(&self.branches);
        for recorded in lines.flat_map(|line| &line.timeline.recording().commands) {
            if let Command::Load { image, .. } = &*recorded.command {
                images.insert(image.name.clone(), Arc::clone(image));
            }
        }
        for image in self.imports.attic.values().chain(&self.imports.images) {
            let free = !images.contains_key(&image.name);
            if free {
                images.insert(image.name.clone(), Arc::clone(image));
            }
        }
        images
    }
}

fn ensemble(servers: usize, profile: Profile) -> Arc<Config> {
    let voters = u8::try_from(servers).unwrap_or(u8::MAX);
    Arc::new(Config {
        ensemble: Ensemble::majority(voters, 0),
        profile,
        switches: profile.switches(),
        ..Config::default()
    })
}

/// The image under a name that no other one has.
fn named_apart(image: &Arc<Image>, known: &Images) -> Arc<Image> {
    let taken = |name: &str| {
        known
            .get(name)
            .is_some_and(|other| other.sha256 != image.sha256)
    };
    if !taken(&image.name) {
        return Arc::clone(image);
    }
    let names = (2..).map(|n| format!("{}-{n}", image.name));
    let name = names.into_iter().find(|name| !taken(name));
    let mut renamed = Image::clone(image);
    renamed.name = name.unwrap_or_default();
    Arc::new(renamed)
}
