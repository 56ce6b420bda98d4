//! Golden scripts: each script under `scripts/` is run, and its text must be the text beside it.
//!
//! A `.zab` file never contains output. `NAME.golden` beside `NAME.zab` is what `zablab run` prints
//! for it, byte for byte. `ZABLAB_ACCEPT=1 cargo test -p zablab-tests --test golden` writes the
//! golden files anew; their difference is then read like code, and never accepted unexplained.
//!
//! A scenario of the page is golden too when `scripts/scenarios/ID.golden` is there.
//!
//! A script also has to judge itself: it ends with expectations, which must hold whatever the golden
//! text says, and no property may be broken unless the script says that it must be.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zablab_core::scenario::ast::Action;
use zablab_core::scenario::runner::Options;
use zablab_core::scenario::show::heading;
use zablab_core::scenario::transcript::tell;
use zablab_core::scenario::{Program, Progress, Runner, Show, parse};
use zablab_core::view::text::Filter;

/// Golden texts of scenarios of the page, by their ids.
const SCENARIOS: &str = "scenarios";
/// More lines than this are not read by anybody.
const LINES_MAX: usize = 150;
/// A name of fewer words is no sentence.
const WORDS_MIN: usize = 4;
/// A heading of fewer letters explains nothing.
const HEADING_MIN: usize = 80;

#[test]
fn every_script_tells_its_golden_text() {
    let accept = std::env::var_os("ZABLAB_ACCEPT").is_some();
    let judge = |path: &Path| {
        let text = told(path)?;
        let golden = golden_of(path);
        if accept {
            return fs::write(&golden, text).map_err(|e| e.to_string());
        }
        match fs::read_to_string(&golden) {
            Ok(wanted) if wanted == text => Ok(()),
            Ok(wanted) => Err(difference(&wanted, &text)),
            Err(e) => Err(format!("{}: {e}", golden.display())),
        }
    };
    all_of(judge);
}

#[test]
fn every_script_is_a_sentence_with_a_reason() {
    all_of(|path| {
        let name = stem(path);
        if is_scenario(path) {
            // Its title says what it is about.
        } else if name.split('-').filter(|w| !w.is_empty()).count() < WORDS_MIN {
            return Err(format!(
                "the name has fewer than {WORDS_MIN} words joined by -"
            ));
        }
        let (text, program, _) = read(path)?;
        let said = heading(&text).join(" ");
        if said.trim().len() < HEADING_MIN || !said.contains('.') {
            return Err("the first comments do not say what is shown and why".to_owned());
        }
        match program.actions().last() {
            Some(Action::Expect(_) | Action::Until { .. }) => Ok(()),
            _ => Err("the last line is no expectation".to_owned()),
        }
    });
}

#[test]
fn every_golden_text_has_its_script() {
    for golden in files("golden") {
        let script = match golden.parent().is_some_and(|p| p.ends_with(SCENARIOS)) {
            true => scenario(&stem(&golden)),
            false => golden.with_extension("zab"),
        };
        assert!(script.is_file(), "{} has no script", golden.display());
    }
}

/// Runs a script twice; its text, when it is as it should be.
fn told(path: &Path) -> Result<String, String> {
    let (_, program, show) = read(path)?;
    let program = Arc::new(program);
    let (text, runner) = run(&program, &show)?;
    let wrong = complaints(&runner);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let (_, again) = run(&program, &show)?;
    if runner.world().digest() != again.world().digest() {
        return Err("a second run went another way".to_owned());
    }
    match text.lines().count() {
        0..=LINES_MAX => Ok(text),
        n => Err(format!(
            "{n} lines are too many to read, at most {LINES_MAX}; `# show:` chooses"
        )),
    }
}

/// The text of a script, the script, and what it shows.
fn read(path: &Path) -> Result<(String, Program, Show), String> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let program = parse(&text).map_err(|e| e.to_string())?;
    let show = Show::of_script(&text, &program).map_err(|e| e.to_string())?;
    let show = show.unwrap_or_else(|| Show::new(Filter::notable()));
    Ok((text, program, show))
}

fn run(program: &Arc<Program>, show: &Show) -> Result<(String, Runner), String> {
    let mut text = String::new();
    let keep = |piece: &str| {
        text.push_str(piece);
        Ok::<(), Infallible>(())
    };
    let Ok((runner, progress)) = tell(
        Runner::new(Arc::clone(program), Options::default()),
        show.clone(),
        keep,
    );
    match progress {
        Progress::Failed(error) => Err(error.to_string()),
        _ => Ok((text, runner)),
    }
}

/// Claims that failed, and properties that broke without being asked to.
fn complaints(runner: &Runner) -> String {
    let mut found = String::new();
    for check in runner.checks().iter().filter(|c| !c.ok) {
        let saw = check.saw.as_deref().unwrap_or("it is not so");
        writeln!(found, "line {}: {}: {saw}", check.at.line, check.text)
            .expect("a string takes all");
    }
    for property in runner.unforeseen() {
        let (name, title) = (property.name(), property.title());
        writeln!(found, "{name} {title} is broken").expect("a string takes all");
    }
    found
}

/// The first line that differs, with a few before it.
fn difference(wanted: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), found.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let start = same.saturating_sub(3);
    let part = |lines: &[&str], mark: char| {
        let from = same.min(lines.len());
        let shown = lines[from..].iter().take(8);
        shown.map(|l| format!("  {mark} {l}\n")).collect::<String>()
    };
    let before: String = old[start..same]
        .iter()
        .map(|l| format!("    {l}\n"))
        .collect();
    format!(
        "line {} differs (ZABLAB_ACCEPT=1 writes it anew)\n{before}{}{}",
        same + 1,
        part(&old, '-'),
        part(&new, '+')
    )
}

/// Every script must please `judge`; all that do not are named at once.
fn all_of(judge: impl Fn(&Path) -> Result<(), String>) {
    let mut scripts = files("zab");
    let told = files("golden").into_iter().map(|golden| stem(&golden));
    scripts.extend(told.map(|id| scenario(&id)).filter(|path| path.is_file()));
    assert!(!scripts.is_empty(), "there are no scripts");
    let wrong: Vec<String> = scripts
        .iter()
        .filter_map(|path| Some(format!("{}\n{}", short(path), judge(path).err()?)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Files of that kind in the folders below `scripts/`, in order.
fn files(extension: &str) -> BTreeSet<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let entries = |dir: &Path| {
        let read = fs::read_dir(dir).expect("the folder can be read");
        read.map(|entry| entry.expect("the folder can be read").path())
            .collect::<Vec<_>>()
    };
    let folders = entries(&root).into_iter().filter(|p| p.is_dir());
    let all = folders.flat_map(|folder| entries(&folder));
    all.filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect()
}

/// The script of a scenario of the page. Those with a text in `scripts/scenarios` are golden too.
fn scenario(id: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .join("../static/scenarios")
        .join(id)
        .join("scenario.zab")
}

fn is_scenario(path: &Path) -> bool {
    stem(path) == "scenario"
}

fn golden_of(path: &Path) -> PathBuf {
    let Some(id) = path.parent().filter(|_| is_scenario(path)).map(stem) else {
        return path.with_extension("golden");
    };
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .join("scripts")
        .join(SCENARIOS)
        .join(format!("{id}.golden"))
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// `election/NAME`.
fn short(path: &Path) -> String {
    let folder = path.parent().map(stem).unwrap_or_default();
    format!("{folder}/{}", stem(path))
}
