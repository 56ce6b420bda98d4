//! `cargo xtask serve`: the page on this machine, rebuilt when a file changes.

use std::env;

use crate::places;
use crate::tools::Toolbox;

/// Installs what is missing, then hands over to `trunk serve`.
///
/// `--no-open` keeps the browser closed; it stays closed too where there is none to open.
/// All other arguments go to trunk.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let tools = Toolbox::ready()?;
    let mut trunk = tools.trunk(&["serve"])?;
    if !args.iter().any(|arg| arg.starts_with("--dist")) {
        // The release page in dist/ stays what it is.
        trunk.arg("--dist").arg(places::root().join("target/serve"));
    }
    let wants_open = !args.iter().any(|arg| arg == "--no-open" || arg == "--open");
    trunk.args(args.iter().filter(|arg| *arg != "--no-open"));
    if wants_open && has_a_screen() {
        trunk.arg("--open");
    } else {
        let port = port(args).unwrap_or("8080");
        println!("-- open http://127.0.0.1:{port}/ when the build below is done");
    }
    hand_over(&mut trunk)
}

fn port(args: &[String]) -> Option<&str> {
    let at = args.iter().position(|arg| arg == "--port" || arg == "-p");
    match at {
        Some(at) => args.get(at + 1).map(String::as_str),
        None => args.iter().find_map(|arg| arg.strip_prefix("--port=")),
    }
}

/// Is there a browser to open? On Linux a display says so.
fn has_a_screen() -> bool {
    if places::ci() {
        return false;
    }
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux"))
        || set("DISPLAY")
        || set("WAYLAND_DISPLAY")
        || set("WSL_DISTRO_NAME")
}

/// Becomes trunk, so that a signal meant for it reaches it.
#[cfg(unix)]
fn hand_over(command: &mut std::process::Command) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    Err(format!("trunk does not start: {}", command.exec()))
}

#[cfg(not(unix))]
fn hand_over(command: &mut std::process::Command) -> Result<(), String> {
    crate::shell::run(command)
}

#[cfg(test)]
mod tests {
    use super::port;

    #[test]
    fn the_port_is_read_in_both_spellings() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(port(&args("--release --port 9000")), Some("9000"));
        assert_eq!(port(&args("--port=9001")), Some("9001"));
        assert_eq!(port(&args("--release")), None);
    }
}
