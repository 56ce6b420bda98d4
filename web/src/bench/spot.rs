//! What stands in the light: the thing that is looked at closely, because a reader clicked it or the
//! author of a beat pointed at it.
//!
//! Without one, everything does. While the run plays nothing is dimmed: the style sheet sees to that.

use zablab_core::lab::ServerId;
use zablab_core::view::Target;
use zablab_core::view::frame::{EndView, Frame, MessageView, Zx};

use crate::desk::Desk;

/// The thing in the light.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spot(Option<Target>);

impl Spot {
    /// What is looked at closely, if it is drawn on the bench.
    pub(super) fn of(desk: &Desk, frame: &Frame) -> Self {
        let drawn = |target: &Target| match target {
            Target::Server(_) | Target::Entry(..) | Target::File(..) | Target::Link(..) => true,
            Target::Message(id) => {
                let mut all = frame.messages.iter().chain(&frame.lost);
                all.any(|m| m.id == *id)
            }
            Target::Transaction(zx) => frame.columns.shown.contains(zx),
            _ => false,
        };
        Self(desk.inspected.clone().filter(drawn))
    }

    /// The class of the bench.
    pub(super) fn class(&self) -> Option<&'static str> {
        self.0.is_some().then_some("spot")
    }

    fn lit(&self, is: impl Fn(&Target) -> bool) -> Option<&'static str> {
        self.0.as_ref().is_some_and(is).then_some("lit")
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
