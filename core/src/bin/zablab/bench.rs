//! `zablab bench`: the engine's figures beside their budgets.
//!
//! Figures of the page (time per frame, sizes, wasm against native) are those of
//! `cargo xtask bench-page`. Nothing here is a test: a slow machine misses budgets, and that is what
//! it says; the command has reached its result all the same.
//!
//! Speeds are medians of several runs. *Memory grown* is what the whole process grew by, the run's
//! own present state included, so it is an upper bound of what history costs; the engine's own
//! *estimate* is what the checkpoints' budget goes by.

mod figure;
mod runs;

use serde::Serialize;
use zablab_core::history::Timeline;

use self::figure::{Figure, median, percentile};
use super::args::BenchOptions;
use super::output::{self, Failure};

#[derive(Serialize)]
struct Report {
    figures: Vec<Figure>,
    /// True when no budget is missed.
    ok: bool,
}

/// Events of a long run.
const LONG: u64 = 100_000;
/// Events of the longest run that is allowed.
const LONGEST: u64 = 1_000_000;
/// Writes that are held, or queued at once.
const WRITES: u64 = 5_000;
/// Looks at the past; every hundredth may be slow.
const LOOKS: usize = 1_000;
/// Edits in the past.
const EDITS: usize = 100;

/// Most bytes of history per event, and how few it should be.
const BYTES: [Option<f64>; 2] = [Some(200.0), Some(64.0)];
/// Most milliseconds of a look at the past.
const SEEK: [Option<f64>; 2] = [Some(5.0), Some(5.0)];

/// Measures and prints. True: a budget that is missed is a result as well.
pub fn run(options: &BenchOptions) -> Result<bool, Failure> {
    let mut figures = Vec::new();
    let mut tell = |more: Vec<Figure>| -> Result<(), Failure> {
        if !options.json {
            let lines: String = more.iter().map(Figure::line).collect();
            output::print(&lines)?;
        }
        figures.extend(more);
        Ok(())
    };
    if !options.json {
        output::print(&Figure::heading())?;
    }
    // Memory first: what later measurements free would be used again.
    tell(histories())?;
    tell(speeds(options.runs))?;
    tell(looks())?;
    tell(edits())?;
    let ok = figures.iter().all(|f| f.ok != Some(false));
    if options.json {
        output::print_json(&Report { figures, ok })?;
    }
    Ok(true)
}

/// What history costs: a run in peace, one with a steady writer, one that is flooded.
fn histories() -> Vec<Figure> {
    let mut kept = Vec::new();
    let mut figures = Vec::new();
    let mut measure = |(grown, estimate), work: &dyn Fn(&mut Timeline)| {
        let mut run = runs::standing();
        let before = runs::resident();
        work(&mut run);
        let bytes = |all: u64| all as f64 / run.len() as f64;
        let after = runs::resident();
        if let (Some(before), Some(after)) = (before, after) {
            let value = (bytes(after.saturating_sub(before)), "B/event");
            figures.push(Figure::at_most(grown, value, BYTES));
        }
        let value = (bytes(run.bytes_retained() as u64), "B/event");
        figures.push(Figure::at_most(estimate, value, BYTES));
        kept.push(run);
    };
    let idle = |run: &mut Timeline| runs::go_on(run, LONG);
    let steady = |run: &mut Timeline| runs::write_steadily(run, LONG, 60);
    let flood = |run: &mut Timeline| {
        runs::write_at_once(run, WRITES);
        runs::go_on(run, LONG - WRITES);
    };
    measure(
        (
            ("idle-memory", "memory grown, 100,000 events, idle"),
            ("idle-history", "history kept (estimate), idle"),
        ),
        &idle,
    );
    measure(
        (
            (
                "writes-memory",
                "memory grown, 100,000 events, 1,667 writes",
            ),
            ("writes-history", "history kept (estimate), 1,667 writes"),
        ),
        &steady,
    );
    measure(
        (
            (
                "flood-memory",
                "memory grown, 100,000 events, 5,000 writes at once",
            ),
            (
                "flood-history",
                "history kept (estimate), 5,000 writes at once",
            ),
        ),
        &flood,
    );
    figures
}

/// Events a second, idle and with 5,000 writes held, in turns so that a busy machine slows both.
fn speeds(runs: usize) -> Vec<Figure> {
    let mut idle = runs::standing();
    let mut full = runs::holding(WRITES);
    let (mut idles, mut fulls, mut writings) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        idles.push(runs::rate(LONG, || runs::go_on(&mut idle, LONG)));
        fulls.push(runs::rate(LONG, || runs::go_on(&mut full, LONG)));
        let mut writing = full.clone();
        writings.push(runs::rate(LONG, || {
            runs::write_steadily(&mut writing, LONG, 20);
        }));
    }
    let [idle, full, writing] = [idles, fulls, writings].map(|rates| median(&rates));
    let events = "events/s";
    vec![
        Figure::at_least(
            ("idle", "5 servers idle, checks and history on"),
            (idle, events),
            [Some(300_000.0), Some(1_000_000.0)],
        ),
        Figure::at_least(
            ("holding", "the same while holding 5,000 writes"),
            (full, events),
            [None, None],
        ),
        Figure::at_most(
            (
                "holding-times",
                "times slower with 5,000 writes held than without",
            ),
            (idle / full, "x"),
            [Some(2.0), Some(1.2)],
        ),
        Figure::at_least(
            ("writing", "the same while writing: a write every 20 events"),
            (writing, events),
            [None, None],
        ),
    ]
}

/// How long it takes to look at any step.
fn looks() -> Vec<Figure> {
    let mut steady = runs::standing();
    runs::write_steadily(&mut steady, LONG, 60);
    let mut flood = runs::standing();
    runs::write_at_once(&mut flood, WRITES);
    runs::go_on(&mut flood, LONG - WRITES);
    let mut longest = runs::standing();
    let rest = LONGEST - longest.len();
    runs::write_steadily(&mut longest, rest, 600);

    let times = runs::seeks(&mut steady, LOOKS);
    let back = runs::steps_back(&mut steady, LOOKS as u64);
    let flooded = runs::seeks(&mut flood, LOOKS);
    let far = runs::seeks(&mut longest, LOOKS);
    let at_most = |what, times: &[f64], hundredths, limits| {
        Figure::at_most(what, (percentile(times, hundredths), "ms"), limits)
    };
    vec![
        at_most(
            ("seek-p50", "seek, 100,000 events, 1,667 writes: p50"),
            &times,
            50,
            [None, None],
        ),
        at_most(
            ("seek-p99", "seek, 100,000 events, 1,667 writes: p99"),
            &times,
            99,
            SEEK,
        ),
        at_most(
            (
                "flood-seek-p99",
                "seek, 100,000 events, 5,000 writes at once: p99",
            ),
            &flooded,
            99,
            SEEK,
        ),
        at_most(
            ("far-seek-p99", "seek, 1,000,000 events: p99"),
            &far,
            99,
            [None, Some(5.0)],
        ),
        at_most(("back-p99", "one step back: p99"), &back, 99, SEEK),
    ]
}

/// From a click in the past to the first frame of the new branch.
fn edits() -> Vec<Figure> {
    let lab = runs::lab(LONG);
    let times = runs::edits(&lab, EDITS);
    let limits = [Some(16.0), Some(16.0)];
    vec![
        Figure::at_most(
            (
                "edit-p50",
                "edit in the past to first frame, 100,000 events: p50",
            ),
            (median(&times), "ms"),
            limits,
        ),
        Figure::at_most(
            (
                "edit-p99",
                "edit in the past to first frame, 100,000 events: p99",
            ),
            (percentile(&times, 99), "ms"),
            limits,
        ),
    ]
}
