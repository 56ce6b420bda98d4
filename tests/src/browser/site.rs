//! A web server for one folder, as strict as the strictest host the page must live on.
//!
//! It offers the folder below a path of its own (the page must not need the root of a host) and
//! forbids inline scripts, inline styles and every other origin.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use super::skip;

/// The content security policy that the page must live under.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; frame-ancestors *";

const MOUNT: &str = "/some/where/";

/// A folder on a free port of this machine; its thread ends with the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    port: u16,
}

impl Site {
    /// Offers the folder that `ZABLAB_DIST` names; `None`, and a loud line, when it names none.
    ///
    /// # Panics
    /// With `CI=true` when there is no built page.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        let Some(dist) = env::var_os("ZABLAB_DIST").map(PathBuf::from) else {
            skip(
                "page test",
                "ZABLAB_DIST names no built page (use `cargo xtask test page`)",
            );
            return None;
        };
        assert!(
            dist.join("index.html").is_file(),
            "{} holds no index.html",
            dist.display()
        );
        Some(Self::new(&dist))
    }

    /// Offers `folder`.
    ///
    /// # Panics
    /// When this machine gives no port.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on this machine");
        let port = listener.local_addr().expect("a bound port").port();
        let folder = folder.to_path_buf();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let folder = folder.clone();
                thread::spawn(move || answer(stream, &folder));
            }
        });
        Self { port }
    }

    /// `http://127.0.0.1:<port>`
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of the page.
    #[must_use]
    pub fn page(&self) -> String {
        self.origin() + MOUNT
    }
}

/// One request, one answer, then the connection closes; a browser that hangs up early is no error.
fn answer(mut stream: TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    for line in lines {
        if line.ok()?.is_empty() {
            break;
        }
    }
    let target = request.split(' ').nth(1)?;
    let (status, kind, body) = match find(target, folder) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", b"not here".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {POLICY}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

/// Type and bytes of a file below the mount point.
fn find(target: &str, folder: &Path) -> Option<(&'static str, Vec<u8>)> {
    let path = target.split(['?', '#']).next()?.strip_prefix(MOUNT)?;
    let path = if path.is_empty() { "index.html" } else { path };
    if path.split('/').any(|part| part.is_empty() || part == "..") {
        return None;
    }
    let kind = match path.rsplit('.').next()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        _ => "application/octet-stream",
    };
    Some((kind, fs::read(folder.join(path)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folder_are_offered() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(find("/some/where/Cargo.toml?x=1", folder).is_some());
        assert!(find("/Cargo.toml", folder).is_none());
        assert!(find("/some/where/../tests/Cargo.toml", folder).is_none());
        assert!(find("/some/where//etc/passwd", folder).is_none());
    }
}
