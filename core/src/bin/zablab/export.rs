//! `zablab export`: a simulated disk as a directory that a real server starts from.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use zablab_core::base::ServerId;
use zablab_core::history::Keep;
use zablab_core::scenario::{Options, Progress, Runner};
use zablab_core::storage::{Content, Disk, FileName, ReadFiles};

use super::args::ExportOptions;
use super::boot;
use super::output::{self, Failure};

/// Bytes written at once.
const PIECE: u64 = 1 << 20;

#[derive(Serialize)]
struct Exported {
    server: ServerId,
    out: String,
    files: Vec<ExportedFile>,
}

#[derive(Serialize)]
struct ExportedFile {
    name: String,
    bytes: u64,
}

/// True when the script held too.
pub fn run(options: &ExportOptions) -> Result<bool, Failure> {
    let script = output::read_script(&options.path)?;
    let run_options = Options {
        keep: Keep::NoHistory,
        ..Options::default()
    };
    let images = boot::images_of(&options.path, &script.program)?;
    let mut runner = Runner::new(Arc::new(script.program), run_options).with_images(images);
    if let Progress::Failed(error) = runner.finish_with(&mut ()) {
        return Err(output::bad_script(&options.path, &error));
    }
    let hosts = runner.world().hosts();
    let host = hosts.iter().find(|host| host.id == options.server);
    let host = host.ok_or_else(|| {
        Failure::Input(format!(
            "zablab export: this ensemble has the servers 1 to {}",
            hosts.len()
        ))
    })?;
    let files = files_of(&host.disk, options.durable);
    write(&options.out, options.server, &files)?;
    tell(options, &files)?;
    Ok(runner.passed())
}

/// What the file system shows, or what would survive a power loss.
pub fn files_of(disk: &Disk, durable: bool) -> BTreeMap<FileName, Content> {
    let view = if durable {
        disk.durable_view()
    } else {
        disk.clone()
    };
    let names = view.names().into_iter();
    names
        .filter_map(|name| view.content(&name).cloned().map(|content| (name, content)))
        .collect()
}

/// Writes `OUT/myid` and `OUT/version-2/...`. A directory that holds something is left alone.
pub fn write(
    out: &Path,
    server: ServerId,
    files: &BTreeMap<FileName, Content>,
) -> Result<(), Failure> {
    let bad =
        |path: &Path, e: &dyn std::fmt::Display| Failure::Input(format!("{}: {e}", path.display()));
    if out.exists()
        && fs::read_dir(out)
            .map_err(|e| bad(out, &e))?
            .next()
            .is_some()
    {
        return Err(bad(out, &"there is something here already"));
    }
    let inner = out.join("version-2");
    fs::create_dir_all(&inner).map_err(|e| bad(&inner, &e))?;
    let id = out.join("myid");
    fs::write(&id, format!("{}\n", server.0)).map_err(|e| bad(&id, &e))?;
    for (name, content) in files {
        let path = inner.join(&**name);
        write_file(&path, content).map_err(|e| bad(&path, &e))?;
    }
    Ok(())
}

/// Runs of zeros become holes where the file system has such.
fn write_file(path: &Path, content: &Content) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    let end = content.data_end();
    let mut at = 0;
    while at < end {
        let piece = content.read(at..(at + PIECE).min(end));
        if piece.iter().any(|byte| *byte != 0) {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&piece)?;
        }
        at += piece.len() as u64;
    }
    file.set_len(content.len())
}

fn tell(options: &ExportOptions, files: &BTreeMap<FileName, Content>) -> Result<(), Failure> {
    let listed = files.iter().map(|(name, content)| ExportedFile {
        name: name.to_string(),
        bytes: content.len(),
    });
    let exported = Exported {
        server: options.server,
        out: options.out.display().to_string(),
        files: listed.collect(),
    };
    if options.json {
        return output::print_json(&exported);
    }
    let lines = exported
        .files
        .iter()
        .map(|f| format!("{} {}\n", f.bytes, f.name));
    output::print(&lines.collect::<String>())
}
