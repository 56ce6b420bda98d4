//! A colour: its contrast with another, how far it is from another, how others see it.

/// A colour of sRGB, its parts from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colour([f64; 3]);

/// Who looks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Eyes {
    Full,
    Protan,
    Deutan,
    Tritan,
}

impl Eyes {
    pub(crate) const ALL: [Self; 4] = [Self::Full, Self::Protan, Self::Deutan, Self::Tritan];

    /// What becomes of linear light.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Full => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::Protan => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deutan => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Self::Tritan => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        }
    }
}

impl Colour {
    /// `#RGB` or `#RRGGBB`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let part = |at: usize| {
            let hex = match digits.len() {
                3 => digits.get(at..=at)?.repeat(2),
                6 => digits.get(2 * at..2 * at + 2)?.to_owned(),
                _ => return None,
            };
            let value = u8::from_str_radix(&hex, 16).ok()?;
            Some(f64::from(value) / 255.0)
        };
        Some(Self([part(0)?, part(1)?, part(2)?]))
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|part| {
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG's contrast of the two.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The colour as those eyes see it.
    pub(crate) fn seen_by(self, eyes: Eyes) -> Self {
        let light = self.linear();
        Self(eyes.matrix().map(|row| {
            let part: f64 = row.iter().zip(light).map(|(k, part)| k * part).sum();
            let part = part.clamp(0.0, 1.0);
            if part <= 0.003_130_8 {
                part * 12.92
            } else {
                1.055 * part.powf(1.0 / 2.4) - 0.055
            }
        }))
    }

    /// CIEDE2000 between the two.
    pub(crate) fn apart(self, other: Self) -> f64 {
        ciede2000(self.lab(), other.lab())
    }

    /// CIELAB under daylight (D65).
    fn lab(self) -> [f64; 3] {
        let [r, g, b] = self.linear();
        let x = (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47;
        let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b;
        let z = (0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b) / 1.088_83;
        let f = |t: f64| {
            if t > 216.0 / 24_389.0 {
                t.cbrt()
            } else {
                (24_389.0 / 27.0 * t + 16.0) / 116.0
            }
        };
        let [x, y, z] = [x, y, z].map(f);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }
}

/// The difference of two colours of CIELAB, after Sharma, Wu and Dalal (2005).
pub(crate) fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let damp = |c: f64| {
        let c7 = c.powi(7);
        (c7 / (c7 + 25.0_f64.powi(7))).sqrt()
    };
    let g = 0.5 * (1.0 - damp(f64::midpoint(a1.hypot(b1), a2.hypot(b2))));
    let polar = |a: f64, b: f64| {
        let a = (1.0 + g) * a;
        (a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0))
    };
    let ((c1, h1), (c2, h2)) = (polar(a1, b1), polar(a2, b2));
    let (dl, dc) = (l2 - l1, c2 - c1);
    let turn = (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0;
    let gray = c1 * c2 == 0.0;
    let dh = if gray { 0.0 } else { turn };
    let dh_chord = 2.0 * (c1 * c2).sqrt() * (dh / 2.0).to_radians().sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let h = if gray {
        h1 + h2
    } else {
        (h1 + turn / 2.0).rem_euclid(360.0)
    };
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0)
        - 0.20 * cos(4.0 * h - 63.0);
    let from_50 = (l - 50.0).powi(2);
    let sl = 1.0 + 0.015 * from_50 / (20.0 + from_50).sqrt();
    let sc = 1.0 + 0.045 * c;
    let sh = 1.0 + 0.015 * c * t;
    let theta = 60.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let rt = -2.0 * damp(c) * theta.to_radians().sin();
    let (dl, dc, dh) = (dl / sl, dc / sc, dh_chord / sh);
    (dl * dl + dc * dc + dh * dh + rt * dc * dh).sqrt()
}
