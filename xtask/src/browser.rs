//! What the tests in a browser need: Chromium, chromedriver, fonts, axe-core.
//!
//! As root on Debian (a build server, a container) they are installed here. On a person's machine
//! nothing is installed without being asked: the exact command is printed instead.

use std::path::{Path, PathBuf};

use crate::packages::{apt_get, root_on_debian};
use crate::steps::Stop;
use crate::{places, shell};

/// The version of the accessibility rules.
const AXE: &str = "4.14.1";
const AXE_FILE: &str = "node_modules/axe-core/axe.min.js";

/// Chromium and chromedriver are on this machine afterwards.
pub(crate) fn chromium() -> Result<(), Stop> {
    if chromium_is_here() && chinese_font_is_here() {
        return Ok(());
    }
    let packages = ["chromium", "chromium-driver", "fonts-noto-cjk"];
    if root_on_debian() {
        apt_get(&packages)?;
    }
    if chromium_is_here() {
        Ok(())
    } else {
        let command = install_command(&packages);
        Err(Stop::Missing(format!(
            "Chromium and chromedriver of the same version. Install them with\n  {command}"
        )))
    }
}

/// The path of `axe.min.js`, if it is on this machine.
pub(crate) fn axe_if_here() -> Option<PathBuf> {
    Some(places::tool("axe-core", AXE).join(AXE_FILE)).filter(|file| file.is_file())
}

/// The path of `axe.min.js`, fetched if need be.
pub(crate) fn axe() -> Result<PathBuf, Stop> {
    if let Some(file) = axe_if_here() {
        return Ok(file);
    }
    let home = places::tool("axe-core", AXE);
    let file = home.join(AXE_FILE);
    if places::on_path("npm").is_none() && root_on_debian() {
        apt_get(&["npm"])?;
    }
    if places::on_path("npm").is_none() && places::on_path("npm.cmd").is_none() {
        return Err(Stop::Missing(format!(
            "npm, to fetch axe-core {AXE} (accessibility rules). Install Node.js, or put axe.min.js at\n  {}",
            file.display()
        )));
    }
    std::fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut npm = shell::command(npm);
    npm.args(["install", "--no-save", "--no-audit", "--no-fund"])
        .args(["--ignore-scripts", "--prefix"])
        .arg(&home)
        .arg(format!("axe-core@{AXE}"));
    shell::run(&mut npm).map_err(Stop::Missing)?;
    if file.is_file() {
        Ok(file)
    } else {
        Err(Stop::Failed(format!("npm left no {}", file.display())))
    }
}

fn chromium_is_here() -> bool {
    let browsers = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    let applications = [
        "/Applications/Google Chrome.app",
        "/Applications/Chromium.app",
    ];
    let browser = browsers.iter().any(|name| places::on_path(name).is_some())
        || applications.iter().any(|path| Path::new(path).is_dir())
        || cfg!(windows);
    browser && places::on_path("chromedriver").is_some()
}

/// Only Debian is asked: elsewhere systems bring their own Chinese fonts.
fn chinese_font_is_here() -> bool {
    !root_on_debian() || Path::new("/usr/share/fonts/opentype/noto").is_dir()
}

fn install_command(packages: &[&str]) -> String {
    let has = |name: &str| places::on_path(name).is_some();
    if has("apt-get") {
        format!("sudo apt-get install {}", packages.join(" "))
    } else if has("dnf") {
        "sudo dnf install chromium chromedriver".into()
    } else if has("pacman") {
        "sudo pacman -S chromium".into()
    } else if has("brew") {
        "brew install --cask google-chrome chromedriver".into()
    } else {
        "https://googlechromelabs.github.io/chrome-for-testing/ (both on PATH)".into()
    }
}
