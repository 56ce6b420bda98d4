//! Named steps, their times, and a summary that hides nothing.
//!
//! A step passes, fails, or is skipped because something is missing. A skipped step is shouted about
//! twice, where it happens and at the end; on a build server it is a failure.

use std::time::{Duration, Instant};

/// Why a step did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It ran and something is wrong.
    Failed(String),
    /// It could not run: the text says what to install and how.
    Missing(String),
}

impl From<String> for Stop {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// All steps of one run.
#[derive(Debug)]
pub(crate) struct Steps {
    strict: bool,
    done: Vec<(String, Duration, Option<Stop>)>,
}

impl Steps {
    /// With `strict`, what is missing is a failure.
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            strict,
            done: Vec::new(),
        }
    }

    /// Runs one step; gives what it made, if it passed.
    pub(crate) fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Option<T> {
        println!("\n== {name} ==");
        let start = Instant::now();
        let result = work();
        let time = start.elapsed();
        let (made, stop) = match result {
            Ok(made) => (Some(made), None),
            Err(Stop::Missing(what)) if self.strict => (None, Some(Stop::Failed(what))),
            Err(stop) => (None, Some(stop)),
        };
        match &stop {
            None => println!("-- {name}: passed in {:.1} s", time.as_secs_f64()),
            Some(Stop::Failed(why)) => println!("-- {name}: FAILED: {why}"),
            Some(Stop::Missing(what)) => println!("-- {name}: SKIPPED: {what}"),
        }
        self.done.push((name.to_owned(), time, stop));
        made
    }

    /// Prints the table; an error if a step failed.
    pub(crate) fn summary(&self) -> Result<(), String> {
        println!("\n== summary ==");
        let mut failed = Vec::new();
        let mut skipped = 0;
        for (name, time, stop) in &self.done {
            let word = match stop {
                None => "passed",
                Some(Stop::Failed(_)) => {
                    failed.push(name.as_str());
                    "FAILED"
                }
                Some(Stop::Missing(_)) => {
                    skipped += 1;
                    "SKIPPED"
                }
            };
            println!("{word:<8}{:>7.1} s  {name}", time.as_secs_f64());
            if let Some(Stop::Failed(text) | Stop::Missing(text)) = stop {
                println!("          {}", text.replace('\n', "\n          "));
            }
        }
        if skipped > 0 {
            println!(
                "\nATTENTION: {skipped} of the steps above did not run. What is missing is named there."
            );
        }
        if failed.is_empty() {
            Ok(())
        } else {
            Err(format!("failed: {}", failed.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(strict: bool, stop: Option<Stop>) -> Result<(), String> {
        let mut steps = Steps::new(strict);
        steps.step("a step", || stop.map_or(Ok(()), Err));
        steps.summary()
    }

    #[test]
    fn what_is_missing_fails_only_on_a_build_server() {
        let missing = || Some(Stop::Missing("a browser".into()));
        assert_eq!(run(false, missing()), Ok(()));
        assert_eq!(run(true, missing()), Err("failed: a step".into()));
    }

    #[test]
    fn a_failed_step_fails_the_run() {
        let failed = Some(Stop::Failed("one is not two".into()));
        assert_eq!(run(false, failed), Err("failed: a step".into()));
        assert_eq!(run(true, None), Ok(()));
    }
}
