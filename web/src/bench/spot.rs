//! What stands in the light: the thing that a reader looks at closely; else what the author of the beat
//! points at, one to three things.
//!
//! Without one, everything does. While the run plays nothing is dimmed: the style sheet sees to that.

use zablab_core::lab::ServerId;
use zablab_core::view::Target;
use zablab_core::view::frame::{EndView, Frame, MessageView, Zx};

use crate::desk::Desk;

/// The things in the light.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spot(Vec<Target>);

impl Spot {
    /// What is looked at closely, or pointed at, as far as it is drawn on the bench.
    pub(super) fn of(desk: &Desk, frame: &Frame, pointed: &[Target]) -> Self {
        let drawn = |target: &Target| match target {
            Target::Server(_) | Target::Entry(..) | Target::File(..) | Target::Link(..) => true,
            Target::Message(id) => {
                let mut all = frame.messages.iter().chain(&frame.lost);
                all.any(|m| m.id == *id)
            }
            Target::Transaction(zx) => frame.columns.shown.contains(zx),
            _ => false,
        };
        let looked_at = desk.inspected.as_ref().filter(|target| drawn(target));
        let chosen = looked_at.map_or(pointed, std::slice::from_ref).iter();
        Self(chosen.filter(|target| drawn(target)).cloned().collect())
    }

    /// The class of the bench.
    pub(super) fn class(&self) -> Option<&'static str> {
        (!self.0.is_empty()).then_some("spot")
    }

    fn lit(&self, is: impl Fn(&Target) -> bool) -> Option<&'static str> {
        self.0.iter().any(is).then_some("lit")
    }

    /// The class of a server's plate and disk.
    pub(super) fn server(&self, id: ServerId) -> Option<&'static str> {
        self.lit(|target| match target {
            Target::Link(a, b) => *a == id || *b == id,
            target => target.server() == Some(id),
        })
    }

    /// The class of a cell.
    pub(super) fn cell(&self, id: ServerId, zx: Zx) -> Option<&'static str> {
        self.lit(|target| match target {
            Target::Entry(server, at) => (*server, *at) == (id, zx),
            Target::Server(server) => *server == id,
            Target::Transaction(at) => *at == zx,
            _ => false,
        })
    }

    /// The class of a message.
    pub(super) fn message(&self, message: &MessageView) -> Option<&'static str> {
        self.lit(|target| match target {
            Target::Message(id) => *id == message.id,
            Target::Server(id) => {
                let end = EndView::Server(*id);
                message.from == end || message.to == end
            }
            Target::Transaction(zx) => message.zxid == Some(*zx),
            _ => false,
        })
    }
}
