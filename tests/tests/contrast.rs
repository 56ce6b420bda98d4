//! Every colour of the page can be read and told apart, by everybody.
//!
//! `static/tokens.css` is read as it is shipped, and its figures are computed anew:
//! - contrast by the formula of WCAG 2, between 1 and 21;
//! - the difference of hues by CIEDE2000, as seen by people with full colour vision and by people who
//!   lack one kind of cone (Machado et al. 2009, severity 1.0).
//!
//! A number here is what the design states. Whoever changes a colour below it fails this test.

#[path = "contrast/colour.rs"]
mod colour;

use std::collections::BTreeMap;

use colour::{Colour, Eyes};

/// The hues that carry meaning.
const HUES: [&str; 7] = ["lead", "vol", "dur", "com", "loss", "copy", "slate"];

/// The design states one decimal.
const ROUNDED: f64 = 0.05;

/// A theme's colours by name.
struct Theme(BTreeMap<String, Colour>);

impl Theme {
    /// The colours between the braces behind `head`.
    fn read(head: &str) -> Self {
        let css = include_str!("../../static/tokens.css");
        let start = css.find(head).unwrap_or_else(|| panic!("no `{head}`")) + head.len();
        let body = css[start..].split('}').next().expect("a block has an end");
        let colours = body.split(';').filter_map(|line| {
            let (name, value) = line.split_once("--")?.1.split_once(':')?;
            Some((name.to_owned(), Colour::parse(value.trim())?))
        });
        Self(colours.collect())
    }

    fn light() -> Self {
        Self::read("\n:root {")
    }

    fn dark() -> Self {
        Self::read("\n:root[data-theme=\"dark\"] {")
    }

    fn of(&self, name: &str) -> Colour {
        *self.0.get(name).unwrap_or_else(|| panic!("no --{name}"))
    }

    fn contrast(&self, a: &str, b: &str) -> f64 {
        self.of(a).contrast(self.of(b))
    }

    /// The two are at least so far apart.
    fn assert(&self, a: &str, b: &str, least: f64) {
        let contrast = self.contrast(a, b);
        assert!(
            contrast >= least - ROUNDED,
            "--{a} on --{b}: {contrast:.2} of {least}"
        );
    }

    /// A hue is as far from paper and panel as is stated, to one decimal.
    fn assert_stated(&self, hue: &str, shown: [f64; 2]) {
        for (ground, stated) in ["paper", "panel"].into_iter().zip(shown) {
            let contrast = self.contrast(hue, ground);
            let apart = (contrast - stated).abs();
            assert!(
                apart <= ROUNDED + 0.01,
                "--{hue} on --{ground}: {contrast:.2}, stated {stated}"
            );
        }
    }

    /// The two hues that are hardest to tell apart, and by whom.
    fn worst_pair(&self) -> (f64, String) {
        let mut worst = (f64::MAX, String::new());
        for eyes in Eyes::ALL {
            for (at, a) in HUES.iter().enumerate() {
                for b in &HUES[at + 1..] {
                    let apart = self.of(a).seen_by(eyes).apart(self.of(b).seen_by(eyes));
                    if apart < worst.0 {
                        worst = (apart, format!("{a}/{b} {eyes:?}"));
                    }
                }
            }
        }
        worst
    }
}

#[test]
fn the_formulas_give_known_results() {
    let white = Colour::parse("#FFFFFF").expect("a colour");
    let black = Colour::parse("#000").expect("a colour");
    assert!((white.contrast(black) - 21.0).abs() < 1e-9);
    let slate = Colour::parse("#4A4D54").expect("a colour");
    assert!((white.contrast(slate) - 8.47).abs() < 0.005);
    // A pair of the test data that Sharma et al. (2005) published with the formula.
    let [a, b] = [[50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485]];
    assert!((colour::ciede2000(a, b) - 2.0425).abs() < 5e-5);
    let [a, b] = [[22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619]];
    assert!((colour::ciede2000(a, b) - 2.0373).abs() < 5e-5);
}

#[test]
fn what_the_head_of_the_tokens_states_is_so() {
    let [light, dark] = [Theme::light(), Theme::dark()];
    let stated = [
        ("lead", [12.2, 12.6], [6.2, 5.7]),
        ("vol", [9.3, 9.6], [11.8, 10.9]),
        ("dur", [5.1, 5.3], [10.9, 10.1]),
        ("com", [5.0, 5.1], [7.3, 6.8]),
        ("loss", [4.7, 4.8], [5.8, 5.4]),
        ("copy", [7.7, 7.9], [16.3, 15.2]),
        ("slate", [8.2, 8.5], [6.2, 5.8]),
        ("ink", [17.2, 17.8], [16.9, 15.7]),
        ("ink2", [7.4, 7.6], [9.7, 9.0]),
        ("line", [3.2, 3.3], [4.1, 3.8]),
    ];
    for (hue, in_light, in_dark) in stated {
        light.assert_stated(hue, in_light);
        dark.assert_stated(hue, in_dark);
    }
}

#[test]
fn text_and_marks_can_be_read_on_every_ground() {
    for (theme, solid, own_tint, lens) in [
        (Theme::light(), 4.8, 3.7, [4.6, 4.2]),
        (Theme::dark(), 6.1, 4.2, [8.6, 4.6]),
    ] {
        for hue in HUES {
            let tint = format!("{hue}-tint");
            theme.assert(hue, "paper", 4.5);
            theme.assert(hue, "panel", 4.5);
            theme.assert("on-solid", hue, solid);
            theme.assert("ink", &tint, 9.4);
            theme.assert(hue, &tint, own_tint);
        }
        for ground in ["paper", "panel", "well", "lens"] {
            theme.assert("ink", ground, 7.0);
            theme.assert("ink2", ground, 4.5);
        }
        for ground in ["paper", "panel"] {
            theme.assert("line", ground, 3.0);
            theme.assert("focus", ground, 4.5);
        }
        theme.assert("dur", "lens", lens[0]);
        theme.assert("loss", "lens", lens[1]);
        theme.assert("focus", "focus-gap", 3.0);
        theme.assert("btn-ink", "btn", 7.0);
    }
}

#[test]
fn hues_can_be_told_apart_by_everybody() {
    for (theme, least) in [(Theme::light(), 10.65), (Theme::dark(), 12.05)] {
        let (apart, pair) = theme.worst_pair();
        assert!(apart >= least, "{pair}: {apart:.2} of {least}");
    }
}

#[test]
fn who_leaves_the_theme_to_the_system_gets_the_same_dark() {
    let asked = Theme::dark().0;
    let by_itself = Theme::read(":root:not([data-theme]) {").0;
    assert_eq!(by_itself, asked);
}
