//! A finished run as JSON, in the shape that the contract fixes.

use serde::{Serialize, Serializer};
use zablab_core::check::Verdict;
use zablab_core::scenario::Runner;
use zablab_core::storage::ReadFiles;
use zablab_core::storage::epochs::EpochFile;
use zablab_core::world::Host;

/// `{"steps":…,"digest":…,"lamps":{…},…}`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The script, when a directory was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    steps: u64,
    digest: String,
    lamps: Named,
    properties: Named,
    expectations: Vec<Expectation>,
    servers: Vec<Server>,
}

/// Names with true, false or null, in their own order.
#[derive(Debug)]
struct Named(Vec<(&'static str, Option<bool>)>);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, holds)| (name, holds)))
    }
}

#[derive(Debug, Serialize)]
struct Expectation {
    line: u32,
    ok: bool,
    /// What is so instead of the claim that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    saw: Option<String>,
}

#[derive(Debug, Serialize)]
struct Server {
    id: u8,
    role: &'static str,
    phase: Option<&'static str>,
    epoch: Option<i64>,
    zxid: Option<String>,
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct File {
    name: String,
    durable: u64,
    pending: u64,
}

impl Report {
    /// The report of a run.
    pub fn of(runner: &Runner) -> Self {
        let monitor = runner.timeline().monitor();
        let named = |(name, verdict): (&'static str, Verdict)| (name, verdict.as_bool());
        let lamps = monitor.lamps().map(|l| (l.name, l.verdict.as_bool()));
        let world = runner.world();
        Self {
            file: None,
            steps: world.steps(),
            digest: format!("{:#018x}", world.digest()),
            lamps: Named(lamps.to_vec()),
            properties: Named(monitor.properties().into_iter().map(named).collect()),
            expectations: expectations(runner),
            servers: world.hosts().iter().map(server).collect(),
        }
    }
}

fn expectations(runner: &Runner) -> Vec<Expectation> {
    let checks = runner.checks().iter();
    let one = |c: &zablab_core::scenario::Check| Expectation {
        line: c.at.line,
        ok: c.ok,
        saw: c.saw.clone(),
    };
    checks.map(one).collect()
}

fn server(host: &Host) -> Server {
    let status = host.process.as_ref().map(|p| p.status());
    Server {
        id: host.id.0,
        role: status.map_or("down", |s| s.role.word()),
        phase: status.map(|s| s.phase.word()),
        epoch: current_epoch(host),
        zxid: status.map(|s| format!("{:#x}", s.applied)),
        files: host
            .disk
            .names()
            .iter()
            .filter_map(|n| file(host, n))
            .collect(),
    }
}

/// The number in currentEpoch, as a process would read it.
fn current_epoch(host: &Host) -> Option<i64> {
    let content = host.disk.content(EpochFile::Current.name())?;
    let bytes = content.read(0..content.len());
    std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
}

/// Durable and pending bytes, preallocated zeros left out.
fn file(host: &Host, name: &str) -> Option<File> {
    let view = host.disk.file(name)?;
    let durable = match host.disk.name_is_durable(name) {
        true => view.durable_end(),
        false => 0,
    };
    Some(File {
        name: name.to_owned(),
        durable,
        pending: view.pending_bytes(),
    })
}
