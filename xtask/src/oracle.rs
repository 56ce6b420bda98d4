//! What the tests against real ZooKeeper servers need: Java, ZooKeeper's jars, Python.
//!
//! ZooKeeper is Debian's, release 3.8.0, which starts no service of its own. Where there is no Debian
//! any release will do that `ZK_CLASSPATH` names.

use std::path::Path;

use crate::packages::{apt_get, root_on_debian};
use crate::places;
use crate::steps::Stop;

/// The jars, a logger for them, what runs them, and what drives them.
const PACKAGES: [&str; 4] = [
    "libzookeeper-java",
    "libslf4j-java",
    "default-jre-headless",
    "python3",
];
/// Where Debian puts the jars.
const JARS: [&str; 2] = [
    "/usr/share/java/zookeeper.jar",
    "/usr/share/java/slf4j-simple.jar",
];

/// Real servers can be started on this machine afterwards.
pub(crate) fn ready() -> Result<(), Stop> {
    if is_here() {
        return Ok(());
    }
    if root_on_debian() {
        apt_get(&PACKAGES)?;
    }
    if is_here() {
        return Ok(());
    }
    let how = if places::on_path("apt-get").is_some() {
        format!("sudo apt-get install {}", PACKAGES.join(" "))
    } else {
        "a JRE, Python 3, and ZK_CLASSPATH=<the jars of a ZooKeeper release>".to_owned()
    };
    Err(Stop::Missing(format!(
        "a real ZooKeeper to compare with. Install it with\n  {how}"
    )))
}

fn is_here() -> bool {
    let given = std::env::var_os("ZK_CLASSPATH").is_some();
    let jars = given || JARS.iter().all(|jar| Path::new(jar).is_file());
    let programs = ["java", "python3"];
    jars && programs.iter().all(|name| places::on_path(name).is_some())
}
