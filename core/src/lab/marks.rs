//! What is marked on the slider: named moments, deaths, broken lamps, bookmarks, and where breakpoints
//! are hit.

use super::Lab;
use super::anchor::Anchor;
use super::transport::{Mark, MarkKind};
use crate::base::Order;
use crate::view::Text;

/// Flags that are drawn at most; of more, one stands for those next to it.
const FLAGS: u64 = 240;

impl Lab {
    /// Every mark, ascending.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let line = self.line();
        let beats = line.timeline.recording().beats.iter().map(|beat| {
            let name = self.beats.get(&beat.name).map(|told| told.name.clone());
            Mark {
                step: beat.at_step,
                kind: MarkKind::Beat,
                name: name.unwrap_or_else(|| Text::same(&*beat.name)),
                anchor: Some(Anchor::Beat(beat.name.clone()).to_string()),
            }
        });
        let deaths = line.chronicle.deaths().iter().map(|(step, _, name)| {
            let died = line.chronicle.death_at(*step);
            let anchor = died.map(|(server, time)| Anchor::Crash(server, time).to_string());
            Mark {
                step: *step,
                kind: MarkKind::Crash,
                name: name.clone(),
                anchor,
            }
        });
        let lamps = line.timeline.monitor().lamps();
        let broken = lamps.iter().filter_map(|lamp| {
            Some(Mark {
                step: lamp.verdict.violation()?.at.0 + 1,
                kind: MarkKind::Broken,
                name: Text::same(lamp.name),
                anchor: None,
            })
        });
        let bookmarks = self.bookmarks().into_iter().map(|bookmark| Mark {
            step: bookmark.step,
            kind: MarkKind::Bookmark,
            name: bookmark.text,
            anchor: None,
        });
        let mut marks: Vec<Mark> = beats.chain(deaths).chain(broken).chain(bookmarks).collect();
        marks.extend(self.thin_flags());
        marks.order_by_key(|mark| mark.step);
        marks
    }

    /// One flag for each small part of the run.
    fn thin_flags(&self) -> Vec<Mark> {
        let total = self.line().timeline.len().max(1);
        let mut last = None;
        let mut flags = Vec::new();
        for (step, condition) in self.flags() {
            let part = step * FLAGS / total;
            if last != Some(part) {
                last = Some(part);
                flags.push(Mark {
                    step,
                    kind: MarkKind::Flag,
                    name: condition.text(),
                    anchor: None,
                });
            }
        }
        flags
    }
}
