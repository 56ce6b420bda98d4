//! No bytes bring a parser down: 100,000 changed inputs for each, and inputs that once did.
//!
//! It has no harness of its own, so that nothing else takes memory while it measures.

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use peak_alloc::PeakAlloc;
    use zablab_tests::fuzz::mutate::Mutator;
    use zablab_tests::fuzz::{PARSERS, Parser, memory_max, seeds};

    #[global_allocator]
    static MEMORY: PeakAlloc = PeakAlloc;

    /// Inputs for each parser.
    const INPUTS: u32 = 100_000;

    pub fn run() {
        for parser in PARSERS {
            let mut mutator = Mutator::new(7, seeds(parser.name));
            let mut worst = 0;
            for n in 0..INPUTS {
                let input = mutator.next_input(parser.repair);
                worst = worst.max(one(&parser, n, &input));
            }
            println!(
                "{}: {INPUTS} inputs, at most {worst} bytes over the input",
                parser.name
            );
        }
    }

    /// Memory that it took.
    fn one(parser: &Parser, n: u32, input: &[u8]) -> usize {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        (parser.run)(input);
        let taken = MEMORY.peak_usage().saturating_sub(before);
        let most = memory_max(parser, input.len());
        assert!(
            taken <= most,
            "{} took {taken} bytes for the {} of input {n}, at most {most} are allowed",
            parser.name,
            input.len()
        );
        taken
    }
}

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    native::run();
}
