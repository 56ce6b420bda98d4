//! draft
use zablab_core::scenario::generate::programs;
use zablab_core::scenario::print;

#[test]
fn draft() {
    let from: u64 = std::env::var("FROM").map_or(1, |s| s.parse().unwrap());
    let to: u64 = std::env::var("TO").map_or(40, |s| s.parse().unwrap());
    let mut bad = 0;
    for seed in from..=to {
        let (runner, histories, error) = programs::play(seed);
        let faults = histories.judge();
        let checks: Vec<_> = runner.checks().iter().filter(|c| !c.ok).collect();
        if error.is_some() || !faults.is_empty() || !runner.passed() {
            bad += 1;
            println!("seed {seed}: {error:?} {checks:?}");
            for f in faults.iter().take(4) { println!("   {f}"); }
            if std::env::var("SCRIPT").is_ok() { println!("{}", print::program(runner.program())); }
        }
    }
    println!("{bad} bad");
}
