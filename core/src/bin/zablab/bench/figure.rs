//! A figure: what was measured, and what it should be.

use serde::Serialize;

/// One measured number with the limits of the product contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// A short name for programs.
    pub name: &'static str,
    /// What it is, for readers.
    pub what: &'static str,
    /// The number.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// What it must reach; `None` for a figure that is only told.
    pub budget: Option<f64>,
    /// What it should reach.
    pub goal: Option<f64>,
    /// True within the budget; `None` without one.
    pub ok: Option<bool>,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Better {
    More,
    Less,
}

impl Figure {
    /// A figure that must be at least its budget.
    pub fn at_least(
        (name, what): (&'static str, &'static str),
        (value, unit): (f64, &'static str),
        limits: [Option<f64>; 2],
    ) -> Self {
        Self::new((name, what), (value, unit), limits, Better::More)
    }

    /// A figure that must be at most its budget.
    pub fn at_most(
        (name, what): (&'static str, &'static str),
        (value, unit): (f64, &'static str),
        limits: [Option<f64>; 2],
    ) -> Self {
        Self::new((name, what), (value, unit), limits, Better::Less)
    }

    fn new(
        (name, what): (&'static str, &'static str),
        (value, unit): (f64, &'static str),
        [budget, goal]: [Option<f64>; 2],
        better: Better,
    ) -> Self {
        let keeps = |limit: f64| match better {
            Better::More => value >= limit,
            Better::Less => value <= limit,
        };
        Self {
            name,
            what,
            value: rounded(value),
            unit,
            budget,
            goal,
            ok: budget.map(keeps),
        }
    }

    /// One line of the table.
    pub fn line(&self) -> String {
        let limit = |limit: Option<f64>| limit.map_or("-".to_owned(), short);
        let verdict = match self.ok {
            Some(true) => "ok",
            Some(false) => "MISSED",
            None => "",
        };
        let line = format!(
            "{:<62} {:>10} {:<8} {:>8} {:>8}  {verdict}",
            self.what,
            short(self.value),
            self.unit,
            limit(self.budget),
            limit(self.goal),
        );
        line.trim_end().to_owned() + "\n"
    }

    /// The line above the others.
    pub fn heading() -> String {
        format!(
            "{:<62} {:>10} {:<8} {:>8} {:>8}\n",
            "measure", "value", "", "budget", "goal"
        )
    }
}

/// The middle one of several measurements.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// The same things measured several times: the fastest of each.
pub fn fastest(times: usize, mut measure: impl FnMut() -> Vec<f64>) -> Vec<f64> {
    let mut best = measure();
    for _ in 1..times {
        let again = measure();
        best.iter_mut().zip(again).for_each(|(b, a)| *b = b.min(a));
    }
    best
}

/// The value that so many of a hundred do not exceed.
pub fn percentile(values: &[f64], hundredths: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let place = (sorted.len() * hundredths).div_ceil(100).saturating_sub(1);
    sorted.get(place.min(last)).copied().unwrap_or(f64::NAN)
}

/// Three digits after the point are more than any of them means.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn short(value: f64) -> String {
    match value {
        v if v >= 100_000.0 => format!("{:.0} k", v / 1_000.0),
        v if v >= 100.0 => format!("{v:.0}"),
        v => format!("{:.2}", v),
    }
}
