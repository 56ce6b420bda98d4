//! Disks that real servers wrote, in a simulated ensemble that runs on: it elects, writes, loses its
//! leader, and nothing is broken.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use zablab_core::scenario::{Images, Options, Progress, Runner, parse};
use zablab_core::storage::{Content, FileName, Image};

use super::datadirs::unpacked;

/// What is done with the disks once they are loaded.
const STORY: &str = r#"
until leader within=30s
client a server=1 timeout=20s
until quiet within=30s
a create /made-here "1"
until reply a OK within=10s
until quiet within=30s
expect equal 1,2,3
crash 3 power
until quiet within=60s
a set /made-here "2"
until reply a OK within=10s
restart 3
until synced 3 within=60s
until quiet within=60s
snapshot 1
run 1s
crash 1 process
crash 2 process
crash 3 power
restart 3
restart 2
restart 1
until leader within=60s
until quiet within=60s
expect equal 1,2,3
expect data /made-here "2" on=all
expect lost none
"#;

fn image(name: &str) -> Arc<Image> {
    let folder = unpacked().join(name).join("version-2");
    let entries = fs::read_dir(&folder).expect("the directory is recorded");
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry.expect("it can be listed").path();
        let file = path.file_name().expect("it has a name").to_string_lossy();
        let bytes = fs::read(&path).expect("it can be read");
        files.insert(FileName::from(&*file), Content::from(&bytes[..]));
    }
    Arc::new(Image::new(name, files))
}

#[test]
fn recorded_disks_run_on() {
    let images: Images = ["s1", "s2", "s3", "trace", "mix"]
        .into_iter()
        .map(|name| (name.to_owned(), image(name)))
        .collect();
    let loads = [
        ["s1", "s2", "s3"],
        ["s3", "s1", "s2"],
        ["s2", "-", "s2"],
        ["-", "s1", "-"],
        ["mix", "mix", "mix"],
        ["-", "-", "trace"],
    ];
    for profile in ["zablab", "3.8.0", "3.9.4"] {
        for load in loads {
            let mut script = format!("zablab 1\nensemble servers=3 profile={profile}\n");
            for (server, name) in (1..).zip(load).filter(|(_, name)| *name != "-") {
                script.push_str(&format!("load {name} server={server}\n"));
            }
            // Releases do not force the names of their files: a power loss may keep them from starting.
            script.push_str(&match profile {
                "zablab" => STORY.to_owned(),
                _ => STORY.replace("power", "process"),
            });
            let program = parse(&script).expect("the script is well-formed");
            let runner = Runner::new(Arc::new(program), Options::default());
            let mut runner = runner.with_images(images.clone());
            assert_eq!(runner.finish_with(&mut ()), Progress::Finished, "{load:?}");
            let failed: Vec<_> = runner.checks().iter().filter(|c| !c.ok).collect();
            // That also makes their acknowledgements of a received tree come too early.
            let early = ["S10", "S11"];
            let mut broken = runner.unforeseen();
            broken.retain(|property| profile == "zablab" || !early.contains(&property.name()));
            assert!(
                failed.is_empty() && broken.is_empty(),
                "{profile} {load:?}: {failed:?} {broken:?}"
            );
        }
    }
}
