//! Progress on standard error: a bar, bytes, speed, what is left.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Cells of the bar.
const CELLS: u64 = 24;
/// The bar is drawn this often.
const EVERY: Duration = Duration::from_millis(100);
const MEGABYTE: f64 = 1e6;

/// A bar, drawn only when somebody looks.
pub struct Bar {
    shown: bool,
    started: Instant,
    drawn: Option<Instant>,
}

impl Bar {
    /// With `wanted` it is drawn even where standard error is no terminal.
    pub fn new(wanted: bool) -> Self {
        Self {
            shown: wanted || std::io::stderr().is_terminal(),
            started: Instant::now(),
            drawn: None,
        }
    }

    /// So far: bytes done, of how many, and what is at work.
    pub fn tell(&mut self, (done, all): (u64, u64), what: &str) {
        let due = self.drawn.is_none_or(|at| at.elapsed() >= EVERY);
        if self.shown && due {
            self.draw(done, all, what);
        }
    }

    /// The last state, and a line end.
    pub fn end(&mut self, (done, all): (u64, u64), what: &str) {
        if self.shown {
            self.draw(done, all, what);
            eprintln!();
        }
    }

    fn draw(&mut self, done: u64, all: u64, what: &str) {
        self.drawn = Some(Instant::now());
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let (filled, percent) = match all {
            0 => (CELLS, 100),
            all => (CELLS * done.min(all) / all, 100 * done.min(all) / all),
        };
        let bar: String = (0..CELLS)
            .map(|cell| if cell < filled { '#' } else { '.' })
            .collect();
        let speed = done as f64 / seconds;
        let left = all.saturating_sub(done) as f64 / speed.max(1.0);
        let line = format!(
            "[{bar}] {percent:>3}%  {:.1} of {:.1} MB  {:.0} MB/s  {:.0} s left  {what}",
            done as f64 / MEGABYTE,
            all as f64 / MEGABYTE,
            speed / MEGABYTE,
            left,
        );
        eprint!("\r{line:<100}");
        // A bar that cannot be drawn stops nothing.
        let _ = std::io::stderr().flush();
    }
}
