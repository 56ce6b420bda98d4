//! What is picked out of the picture: causes and effects of a step, or the life of a write.

use zablab_core::view::frame::EndView;
use zablab_core::view::space_time::{Arrow, Column, ConeView, DiskSpan, DiskWork, Life};

/// What stays bright while the rest is dimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Focus {
    Cone(ConeView),
    Life(Life),
}

impl Focus {
    /// True for an event that belongs to it.
    pub(super) fn has(&self, column: &Column) -> bool {
        match self {
            Self::Cone(cone) => {
                column.step == cone.of || column.who.is_some_and(|who| cone.has(who, column.at))
            }
            Self::Life(life) => life.has(column.step),
        }
    }

    /// True for a message that belongs to it.
    pub(super) fn has_arrow(&self, arrow: &Arrow) -> bool {
        match self {
            Self::Cone(cone) => cone.has_arrow(arrow),
            Self::Life(life) => life.has_arrow(arrow),
        }
    }

    /// True for work of a disk that belongs to it.
    pub(super) fn has_disk(&self, disk: &DiskSpan) -> bool {
        match (self, &disk.work) {
            (Self::Cone(cone), _) => cone.has(EndView::Server(disk.server), disk.to),
            (Self::Life(life), DiskWork::Written { first, last, .. }) => {
                (*first..=*last).contains(&life.zxid)
            }
            (Self::Life(_), DiskWork::Snapshot(_)) => false,
        }
    }
}
