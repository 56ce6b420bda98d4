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
    /// Bytes that were there before: a backup that was taken up again has some.
    before: u64,
    drawn: Option<Instant>,
    /// The cursor stands behind the bar.
    open: bool,
}

impl Bar {
    /// With `wanted` it is drawn even where standard error is no terminal.
    pub fn new(wanted: bool) -> Self {
        Self {
            shown: wanted || std::io::stderr().is_terminal(),
            started: Instant::now(),
            before: 0,
            drawn: None,
            open: false,
        }
    }

    /// From here on: so many bytes are done already.
    pub const fn from(mut self, before: u64) -> Self {
        self.before = before;
        self
    }

    /// So far: bytes done, of how many, and what is at work.
    pub fn tell(&mut self, (done, all): (u64, u64), what: &str) {
        let due = self.drawn.is_none_or(|at| at.elapsed() >= EVERY);
        if self.shown && due {
            self.draw((done, all), what, false);
        }
    }

    /// The last state, and a line end.
    pub fn end(&mut self, (done, all): (u64, u64), what: &str) {
        if self.shown {
            self.draw((done, all), what, true);
            self.close();
        }
    }

    /// What is told next begins on a line of its own.
    pub fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            eprintln!();
        }
    }

    fn draw(&mut self, (done, all): (u64, u64), what: &str, ended: bool) {
        self.drawn = Some(Instant::now());
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let (filled, percent) = match all {
            0 => (CELLS, 100),
            all => (CELLS * done.min(all) / all, 100 * done.min(all) / all),
        };
        // How much there is becomes known on the way, so what is known may all be done before the end.
        let percent = if ended { percent } else { percent.min(99) };
        let bar: String = (0..CELLS)
            .map(|cell| if cell < filled { '#' } else { '.' })
            .collect();
        let speed = done.saturating_sub(self.before) as f64 / seconds;
        let left = all.saturating_sub(done) as f64 / speed.max(1.0);
        let line = format!(
            "[{bar}] {percent:>3}%  {:.1} of {:.1} MB  {:.0} MB/s  {:.0} s left  {what}",
            done as f64 / MEGABYTE,
            all as f64 / MEGABYTE,
            speed / MEGABYTE,
            left,
        );
        eprint!("\r{line:<100}");
        self.open = true;
        // A bar that cannot be drawn stops nothing.
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.close();
    }
}
