//! The way of a mark, from where to where.
//!
//! A mark is an HTML box as high as its column and without width: so percents are of the column, and a
//! way stays right when the window gets another size.

use std::fmt;

/// The way of a mark: start and end, across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    across: Leg,
    down: Leg,
}

/// In thousandths of a pixel or of a percent: to print a float takes a page ten kilobytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leg {
    from: u32,
    to: u32,
    percent: bool,
}

impl Leg {
    const fn px(from: u32, to: u32) -> Self {
        Self {
            from: from * 1_000,
            to: to * 1_000,
            percent: false,
        }
    }

    const fn percent(from: u32, to: u32) -> Self {
        Self {
            from,
            to,
            percent: true,
        }
    }

    fn place(self, at: u32) -> String {
        let unit = if self.percent { "%" } else { "px" };
        format!("{}{unit}", Thousandths(at.into()))
    }
}

impl Way {
    /// Down or up at a fixed `x`, in thousandths of a percent of the height.
    pub(crate) const fn vertical(x: u32, from: u32, to: u32) -> Self {
        Self {
            across: Leg::px(x, x),
            down: Leg::percent(from, to),
        }
    }

    /// Across, in the middle of the height.
    pub(crate) const fn horizontal(from: u32, to: u32) -> Self {
        Self {
            across: Leg::px(from, to),
            down: Leg::percent(50_000, 50_000),
        }
    }

    /// Both ends, as transforms.
    fn ends(self) -> [String; 2] {
        let transform = |of: fn(&Leg) -> u32| {
            let place = |leg: Leg| leg.place(of(&leg));
            format!("translate({},{})", place(self.across), place(self.down))
        };
        [transform(|leg| leg.from), transform(|leg| leg.to)]
    }

    /// Where a mark rests when the reader wants no motion: across and down the middle of its arrow.
    pub(crate) fn at_rest(self) -> [String; 2] {
        [self.across, self.down].map(|leg| leg.place(u32::midpoint(leg.from, leg.to)))
    }

    /// Reads what [`fmt::Display`] wrote.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let mut leg = || {
            let from = words.next()?.parse().ok()?;
            let to = words.next()?.parse().ok()?;
            let percent = words.next()? == "%";
            Some(Leg { from, to, percent })
        };
        Some(Self {
            across: leg()?,
            down: leg()?,
        })
    }
}

/// Both ends of a way that is written at an element, as transforms: a [`Way`], or two places in words of
/// the style sheet, `0px,50%;100%,50%`.
pub(super) fn ends(text: &str) -> Option<[String; 2]> {
    match text.split_once(';') {
        Some((from, to)) => Some([from, to].map(|place| format!("translate({place})"))),
        None => Way::parse(text).map(Way::ends),
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = |leg: Leg| if leg.percent { "%" } else { "px" };
        let Self { across, down } = self;
        write!(f, "{} {} {} ", across.from, across.to, unit(*across))?;
        write!(f, "{} {} {}", down.from, down.to, unit(*down))
    }
}

/// A number of thousandths, with its three decimals.
pub(crate) struct Thousandths(pub(crate) u64);

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_survives_its_attribute() {
        let way = Way::vertical(84, 65_875, 34_125);
        assert_eq!(Way::parse(&way.to_string()), Some(way));
        assert_eq!(way.at_rest(), ["84.000px", "50.000%"]);
        assert_eq!(
            way.ends(),
            ["translate(84.000px,65.875%)", "translate(84.000px,34.125%)"]
        );
        assert_eq!(Way::parse("1 2"), None);
        assert_eq!(ends(&way.to_string()), Some(way.ends()));
        let words = ends("1px,2%;calc(100% + 3px),4%");
        assert_eq!(
            words,
            Some(["translate(1px,2%)", "translate(calc(100% + 3px),4%)"].map(str::to_owned))
        );
    }
}
