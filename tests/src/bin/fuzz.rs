//! `cargo xtask fuzz`: changed inputs for one parser, for a time.
//!
//! `fuzz PARSER SECONDS` tries changed inputs; `fuzz PARSER --seeds DIR` writes the inputs to begin
//! with there; `fuzz PARSER FILE` runs one input again; `fuzz` lists the parsers. An input that brings a
//! parser down is kept, and named.

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::path::Path;
    use std::process::ExitCode;
    use std::time::{Duration, Instant};

    use zablab_tests::fuzz::mutate::Mutator;
    use zablab_tests::fuzz::{PARSERS, Parser, parser, seeds};

    /// A single input that takes longer hangs.
    const HANGS: Duration = Duration::from_secs(5);

    pub fn main() -> ExitCode {
        let args: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        let done = match words[..] {
            [] => {
                PARSERS
                    .iter()
                    .for_each(|parser| println!("{}", parser.name));
                Ok(())
            }
            [name, "--seeds", dir] => find(name).and_then(|parser| write_seeds(&parser, dir)),
            [name, what] => find(name).and_then(|parser| match what.parse() {
                Ok(seconds) => go_on(&parser, Duration::from_secs(seconds)),
                Err(_) => again(&parser, what),
            }),
            _ => Err("fuzz PARSER SECONDS | fuzz PARSER --seeds DIR | fuzz PARSER FILE".to_owned()),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        }
    }

    fn find(name: &str) -> Result<Parser, String> {
        parser(name).ok_or_else(|| {
            let names = PARSERS.map(|parser| parser.name);
            format!("there is no parser {name:?}; parsers: {}", names.join(" "))
        })
    }

    fn write_seeds(parser: &Parser, dir: &str) -> Result<(), String> {
        let bad = |e: std::io::Error| format!("{dir}: {e}");
        std::fs::create_dir_all(dir).map_err(bad)?;
        for (n, seed) in seeds(parser.name).into_iter().enumerate() {
            std::fs::write(Path::new(dir).join(format!("seed-{n}")), seed).map_err(bad)?;
        }
        Ok(())
    }

    fn again(parser: &Parser, file: &str) -> Result<(), String> {
        let input = std::fs::read(file).map_err(|e| format!("{file}: {e}"))?;
        try_one(parser, &input)
    }

    fn go_on(parser: &Parser, time: Duration) -> Result<(), String> {
        let start = Instant::now();
        let seed = std::process::id();
        let mut mutator = Mutator::new(seed.into(), seeds(parser.name));
        let mut inputs = 0_u64;
        while start.elapsed() < time {
            let input = mutator.next_input(parser.repair);
            inputs += 1;
            if let Err(why) = try_one(parser, &input) {
                let file = std::env::temp_dir().join(format!("{}-{seed}-{inputs}", parser.name));
                let kept = std::fs::write(&file, &input);
                kept.map_err(|e| format!("{why}; it could not be kept: {e}"))?;
                return Err(format!("{why}: {}", file.display()));
            }
        }
        let seconds = start.elapsed().as_secs();
        println!(
            "{}: {inputs} inputs in {seconds} s, numbers from {seed}",
            parser.name
        );
        Ok(())
    }

    fn try_one(parser: &Parser, input: &[u8]) -> Result<(), String> {
        let start = Instant::now();
        let ran = catch_unwind(AssertUnwindSafe(|| (parser.run)(input)));
        let took = start.elapsed();
        match ran {
            Err(_) => Err(format!("{} fell over an input", parser.name)),
            Ok(()) if took > HANGS => Err(format!("{} took {took:?} for an input", parser.name)),
            Ok(()) => Ok(()),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    native::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
