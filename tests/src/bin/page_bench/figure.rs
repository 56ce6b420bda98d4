//! A figure, its budget and its goal.

use serde_json::{Value, json};

/// Something that was measured. Less is better.
pub(crate) struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    budget: Option<f64>,
    goal: Option<f64>,
}

impl Figure {
    /// A figure that only tells something.
    pub(crate) const fn new(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self {
            name,
            value,
            unit,
            budget: None,
            goal: None,
        }
    }

    /// The most that it may be, and should be.
    pub(crate) const fn within(mut self, budget: f64, goal: f64) -> Self {
        self.budget = Some(budget);
        self.goal = Some(goal);
        self
    }

    pub(crate) fn is_missed(&self) -> bool {
        self.budget.is_some_and(|budget| self.value > budget)
    }

    fn verdict(&self) -> &'static str {
        match (self.budget, self.goal) {
            (None, _) => "",
            (Some(budget), _) if self.value > budget => "MISSED",
            (_, Some(goal)) if self.value > goal => "ok",
            _ => "ok, goal",
        }
    }

    pub(crate) fn heading() -> String {
        let line = Self::row("figure", "value", "budget", "goal", "");
        format!("{line}\n{}", "-".repeat(line.trim_end().len()))
    }

    pub(crate) fn line(&self) -> String {
        let most = |value: Option<f64>| value.map(|value| format!("<= {value}"));
        Self::row(
            self.name,
            &format!("{:.2} {}", self.value, self.unit),
            &most(self.budget).unwrap_or_default(),
            &most(self.goal).unwrap_or_default(),
            self.verdict(),
        )
    }

    fn row(name: &str, value: &str, budget: &str, goal: &str, verdict: &str) -> String {
        format!("{name:<58} {value:>16} {budget:>9} {goal:>9}  {verdict}")
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "value": (self.value * 100.0).round() / 100.0,
            "unit": self.unit,
            "budget": self.budget,
            "goal": self.goal,
            "verdict": self.verdict(),
        })
    }
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The largest one.
pub(crate) fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}
