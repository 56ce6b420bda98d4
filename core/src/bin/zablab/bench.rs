//! `zablab bench`: the engine's figures beside their budgets.
//!
//! Figures of the page (time per frame, sizes, wasm against native) are those of
//! `cargo xtask bench-page`. Nothing here is a test: a slow machine misses budgets, and that is what
//! it says; the command has reached its result all the same.
//!
//! Speeds are medians of several runs, in turns; of a look or an edit that is measured several times
//! the fastest counts, since whatever else the machine does only adds. What history costs is the
//! memory that a run with history takes more than the same run without; beside it stands the engine's
//! own estimate, by which checkpoints are thinned out.

mod backups;
mod disks;
mod figure;
mod runs;

use serde::Serialize;
use zablab_core::history::{Keep, Timeline};

use self::figure::{Figure, fastest, median, percentile};
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
/// Writes that are held.
const WRITES: u64 = 5_000;
/// Writes that are asked for at one instant: as many commands as a script may have.
const FLOOD: u64 = 2_000;
/// Looks at the past; every hundredth may be slow.
const LOOKS: usize = 1_000;
/// Edits in the past.
const EDITS: usize = 100;
/// Times that each look and each edit is measured.
const REPEATS: usize = 3;

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
    if let Some(dir) = &options.backup {
        tell(backups::figures(dir, options.runs)?)?;
    } else {
        // Memory first: what later measurements free would be used again.
        tell(histories())?;
        tell(speeds(options.runs))?;
        tell(looks())?;
        tell(edits())?;
        tell(replays(options.runs))?;
    }
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
    let mut measure = |(measured, estimate), work: &dyn Fn(&mut Timeline)| {
        // Nothing is dropped meanwhile, so that what grows is new memory.
        let mut bare = runs::standing_with(Keep::NoHistory);
        let mut full = runs::standing();
        let without = runs::grown(&mut bare, work);
        let with = runs::grown(&mut full, work);
        let bytes = |all: u64| (all as f64 / full.len() as f64, "B/event");
        if let (Some(with), Some(without)) = (with, without) {
            let value = bytes(with.saturating_sub(without));
            figures.push(Figure::at_most(measured, value, BYTES));
        }
        let value = bytes(full.bytes_retained() as u64);
        figures.push(Figure::at_most(estimate, value, BYTES));
        kept.push((bare, full));
    };
    let idle = |run: &mut Timeline| runs::go_on(run, LONG);
    let steady = |run: &mut Timeline| runs::write_steadily(run, LONG, 60);
    let flood = |run: &mut Timeline| {
        runs::write_at_once(run, FLOOD);
        runs::go_on(run, LONG - FLOOD);
    };
    measure(
        (
            ("idle-history", "history, 100,000 events, idle"),
            ("idle-estimate", "    the engine's own estimate"),
        ),
        &idle,
    );
    measure(
        (
            ("writes-history", "history, 100,000 events, 1,667 writes"),
            ("writes-estimate", "    the engine's own estimate"),
        ),
        &steady,
    );
    measure(
        (
            (
                "flood-history",
                "history, 100,000 events, 2,000 writes at once",
            ),
            ("flood-estimate", "    the engine's own estimate"),
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
    runs::write_at_once(&mut flood, FLOOD);
    runs::go_on(&mut flood, LONG - FLOOD);
    let mut longest = runs::standing();
    let rest = LONGEST - longest.len();
    runs::write_steadily(&mut longest, rest, 600);

    let times = fastest(REPEATS, || runs::seeks(&mut steady.clone(), LOOKS));
    let back = fastest(REPEATS, || {
        runs::steps_back(&mut steady.clone(), LOOKS as u64)
    });
    let flooded = fastest(REPEATS, || runs::seeks(&mut flood.clone(), LOOKS));
    let far = fastest(REPEATS, || runs::seeks(&mut longest.clone(), LOOKS));
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
                "seek, 100,000 events, 2,000 writes at once: p99",
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

/// How fast a log is replayed, with large and with small records.
fn replays(runs: usize) -> Vec<Figure> {
    let speed = |data| median(&(0..runs).map(|_| disks::replay(data)).collect::<Vec<_>>());
    let unit = "MB/s";
    vec![
        Figure::at_least(
            ("replay", "recovery, 64 MiB of log, 1,000 bytes a record"),
            (speed(1_000), unit),
            [Some(200.0), None],
        ),
        Figure::at_least(
            (
                "replay-small",
                "recovery, 64 MiB of log, 100 bytes a record",
            ),
            (speed(100), unit),
            [Some(200.0), None],
        ),
    ]
}

/// From a click in the past to the first frame of the new branch.
fn edits() -> Vec<Figure> {
    let lab = runs::lab(LONG);
    let times = fastest(REPEATS, || runs::edits(&lab, EDITS));
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
