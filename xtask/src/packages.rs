//! Packages of the system: installed as root on Debian, asked for everywhere else.
//!
//! On a person's machine nothing is installed without being asked: the exact command is printed.

use crate::steps::Stop;
use crate::{places, shell};

/// A build server or a container, where packages may be installed.
pub(crate) fn root_on_debian() -> bool {
    let root = || shell::output(shell::command("id").arg("-u")).as_deref() == Some("0");
    cfg!(target_os = "linux") && places::on_path("apt-get").is_some() && root()
}

/// Installs Debian packages.
pub(crate) fn apt_get(packages: &[&str]) -> Result<(), Stop> {
    println!("-- Debian packages: {}", packages.join(" "));
    let quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"];
    let mut update = shell::command("apt-get");
    shell::run(update.args(quiet).arg("update"))?;
    let mut install = shell::command("apt-get");
    install
        .args(quiet)
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    Ok(shell::run(&mut install)?)
}
