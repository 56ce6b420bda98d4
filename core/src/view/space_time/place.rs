//! Where the marks of messages stand on their arrows: in the middle, or where no other mark is.

use super::super::frame::EndView;
use super::{Arrow, ArrowEnd};

/// Places that are tried, in thousandths of the way.
const PLACES: [u32; 7] = [500, 380, 620, 270, 730, 440, 560];
/// So far apart marks do not touch: along the time axis in thousandths of a half, across in
/// thousandths of a line.
const APART: (i64, i64) = (1_200, 520);

/// A point of the picture.
#[derive(Clone, Copy, Debug)]
struct Point {
    along: i64,
    across: i64,
}

/// Finds a place for the mark of `arrow` that keeps clear of those of `others`, newest last. `line`
/// gives the number of the line of an end.
pub(super) fn place(arrow: &mut Arrow, others: &[Arrow], line: impl Fn(EndView) -> i64) {
    let at = |arrow: &Arrow, way: u32| {
        let (from, to) = (line(arrow.from) * 1_000, line(arrow.to) * 1_000);
        let (leaves, ends) = (arrow.leaves as i64 * 1_000, arrow.ends as i64 * 1_000);
        let part = |from: i64, to: i64, way: u32| from + (to - from) * i64::from(way) / 1_000;
        // A message that is lost ends before the line of its receiver.
        let down = match arrow.end {
            ArrowEnd::Lost(done) => done * way / 1_000,
            _ => way,
        };
        Point {
            along: part(leaves, ends, way),
            across: part(from, to, down),
        }
    };
    let taken: Vec<Point> = others
        .iter()
        .map(|other| at(other, other.mark_at))
        .collect();
    let room = |way: u32| {
        let here = at(arrow, way);
        let clear = taken.iter().map(|point| {
            let along = (point.along - here.along).abs() * 1_000 / APART.0;
            let across = (point.across - here.across).abs() * 1_000 / APART.1;
            along.max(across)
        });
        clear.min().unwrap_or(i64::MAX).min(1_000)
    };
    let best = PLACES.iter().copied().enumerate();
    let best = best.max_by_key(|(order, way)| (room(*way), std::cmp::Reverse(*order)));
    arrow.mark_at = best.map_or(500, |(_, way)| way);
}
