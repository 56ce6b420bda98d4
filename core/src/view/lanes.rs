//! Where messages between servers run on the bench.
//!
//! Servers are rows. A message leaves its sender's row to the right, goes up or down on a vertical
//! lane and comes back into its receiver's row: a bracket. Messages that left together share one, so
//! that a broadcast is one picture. When that makes too many lanes, all messages of a sender share one:
//! an election of nine servers stays narrow. Brackets that do not meet share a lane; short ones lie
//! inside long ones.
//!
//! Heights are in thousandths of a row: row 2 reaches from 2000 to 3000.

use super::frame::{EndView, MessageView};
use crate::base::{Order, ServerId};

/// Height of a row.
pub const ROW: u32 = 1_000;
/// More lanes than this, and messages of one sender are no longer kept apart.
const WIDE: usize = 3;
/// How far the ports of nested brackets lie above and below the middle of a row.
const SPREAD: u32 = 170;

/// The brackets of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// One per sender, shortest first.
    pub brackets: Vec<Bracket>,
    /// Vertical lanes in use.
    pub width: usize,
}

/// The messages of one sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Its lane, from the inside.
    pub lane: usize,
    /// Height at which it leaves the sender.
    pub leaves: u32,
    /// Heights at which it enters the receivers, ascending.
    pub enters: Vec<u32>,
    /// The messages on it, oldest first.
    pub flights: Vec<Flight>,
}

/// One message on a bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Index of the message in the frame.
    pub message: usize,
    /// Height at which it arrives.
    pub enters: u32,
}

impl Bracket {
    /// The highest and the lowest point.
    pub fn span(&self) -> (u32, u32) {
        let ends = self.enters.iter().copied().chain([self.leaves]);
        let top = ends.clone().min().unwrap_or(self.leaves);
        (top, ends.max().unwrap_or(self.leaves))
    }
}

/// Lays the messages between servers out; those of clients are not on the wire column.
pub fn lay_out(messages: &[MessageView], rows: &[ServerId]) -> Lanes {
    let row_of = |end: EndView| match end {
        EndView::Server(id) => rows.iter().position(|row| *row == id),
        EndView::Client(_) => None,
    };
    let rows_of = |view: &MessageView| Some((row_of(view.from)?, row_of(view.to)?));
    let apart = bundled(messages, rows_of, |view| view.sent_us);
    if apart.width <= WIDE {
        return apart;
    }
    bundled(messages, rows_of, |_| 0)
}

/// Lays out with one bracket for each sender and value of `key`.
fn bundled(
    messages: &[MessageView],
    rows_of: impl Fn(&MessageView) -> Option<(usize, usize)>,
    key: impl Fn(&MessageView) -> u64,
) -> Lanes {
    let mut bundles: Vec<Bundle> = Vec::new();
    for (message, view) in messages.iter().enumerate() {
        let Some((from, to)) = rows_of(view) else {
            continue;
        };
        let key = key(view);
        match bundles.iter_mut().find(|b| b.from == from && b.key == key) {
            Some(bundle) => bundle.to.push((message, to)),
            None => bundles.push(Bundle {
                from,
                key,
                to: vec![(message, to)],
                lane: 0,
            }),
        }
    }
    bundles.order_by_key(|b| (b.rows().1 - b.rows().0, b.from, b.key));
    let width = assign_lanes(&mut bundles);
    let brackets = bundles.iter().map(|b| b.bracket(width)).collect();
    Lanes { brackets, width }
}

struct Bundle {
    from: usize,
    key: u64,
    to: Vec<(usize, usize)>,
    lane: usize,
}

impl Bundle {
    /// First and last row it touches.
    fn rows(&self) -> (usize, usize) {
        let rows = self.to.iter().map(|(_, to)| *to).chain([self.from]);
        let first = rows.clone().min().unwrap_or(self.from);
        (first, rows.max().unwrap_or(self.from))
    }

    /// Inner brackets keep to the inside of the rows they join, outer ones to the outside.
    fn bracket(&self, width: usize) -> Bracket {
        let (first, last) = self.rows();
        let port = |row: usize| {
            let middle = at_most_u32(row) * ROW + ROW / 2;
            if first == last || (row != first && row != last) {
                return middle;
            }
            let outward = SPREAD * 2 * at_most_u32(self.lane) / at_most_u32(width.max(2) - 1);
            if row == first {
                middle + SPREAD - outward
            } else {
                middle - SPREAD + outward
            }
        };
        let flights: Vec<Flight> = self
            .to
            .iter()
            .map(|(message, to)| Flight {
                message: *message,
                enters: port(*to),
            })
            .collect();
        let mut enters: Vec<u32> = flights.iter().map(|f| f.enters).collect();
        enters.order();
        enters.dedup();
        Bracket {
            lane: self.lane,
            leaves: port(self.from),
            enters,
            flights,
        }
    }
}

/// Gives each bundle the innermost lane that no bundle it touches has; returns their number.
fn assign_lanes(bundles: &mut [Bundle]) -> usize {
    let mut width = 0;
    for at in 0..bundles.len() {
        let (first, last) = bundles[at].rows();
        let taken: Vec<usize> = bundles[..at]
            .iter()
            .filter(|b| b.rows().0 <= last && first <= b.rows().1)
            .map(|b| b.lane)
            .collect();
        let lane = (0..).find(|l| !taken.contains(l)).unwrap_or(0);
        bundles[at].lane = lane;
        width = width.max(lane + 1);
    }
    width
}

fn at_most_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Text;
    use crate::view::frame::{Fate, Glyph};

    fn message(from: u8, to: u8) -> MessageView {
        MessageView {
            id: u64::from(from) * 10 + u64::from(to),
            from: EndView::Server(ServerId(from)),
            to: EndView::Server(ServerId(to)),
            glyph: Glyph::Vote,
            label: Text::default(),
            title: Text::default(),
            zxid: None,
            sent_us: 0,
            due_us: 1,
            fate: Fate::Flies,
        }
    }

    fn rows(n: u8) -> Vec<ServerId> {
        (1..=n).map(ServerId).collect()
    }

    #[test]
    fn opposite_messages_nest() {
        let lanes = lay_out(&[message(2, 3), message(3, 2)], &rows(4));
        let spans: Vec<_> = lanes.brackets.iter().map(Bracket::span).collect();
        assert_eq!(lanes.width, 2);
        assert_eq!(spans, [(1_670, 2_330), (1_330, 2_670)]);
    }

    #[test]
    fn a_broadcast_is_one_bracket() {
        let all = [message(1, 2), message(1, 3), message(1, 4)];
        let lanes = lay_out(&all, &rows(4));
        assert_eq!(lanes.brackets.len(), 1);
        assert_eq!(lanes.brackets[0].enters.len(), 3);
        assert_eq!(lanes.brackets[0].flights.len(), 3);
    }

    #[test]
    fn two_broadcasts_are_two_brackets_as_long_as_there_is_room() {
        let sent = |message: MessageView, sent_us| MessageView { sent_us, ..message };
        let two = [
            sent(message(1, 2), 5),
            sent(message(1, 3), 5),
            sent(message(1, 2), 9),
        ];
        assert_eq!(lay_out(&two, &rows(3)).brackets.len(), 2);
        let many: Vec<_> = (0..6).map(|at| sent(message(1, 3), at)).collect();
        assert_eq!(lay_out(&many, &rows(3)).brackets.len(), 1);
    }

    #[test]
    fn brackets_that_do_not_meet_share_a_lane() {
        let lanes = lay_out(&[message(1, 2), message(3, 4)], &rows(4));
        assert_eq!((lanes.brackets.len(), lanes.width), (2, 1));
    }

    #[test]
    fn everybody_votes_to_everybody_in_as_many_lanes_as_senders() {
        let all: Vec<_> = (1..=5)
            .flat_map(|a| (1..=5).filter(move |b| *b != a).map(move |b| message(a, b)))
            .collect();
        assert_eq!(lay_out(&all, &rows(5)).width, 5);
    }
}
