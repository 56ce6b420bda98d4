//! One chromedriver with one window, both gone when the value is dropped, also when a test panics.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use super::command::Extra;
use super::{Page, View};

/// Arguments for a browser that nobody looks at and that talks to this machine only.
const ARGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

/// A headless Chromium.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    client: Client,
}

impl Browser {
    /// Starts chromedriver and a window.
    ///
    /// # Panics
    /// When chromedriver or Chromium does not start.
    pub async fn start() -> Self {
        let mut driver = Driver::start();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities())
            .connect(&format!("http://127.0.0.1:{}/", driver.port))
            .await
            .expect("chromedriver opens a window");
        driver.session = client.session_id().await.expect("chromedriver answers");
        Self { driver, client }
    }

    /// Opens `address` as `view` sees it and waits until the page says that it is ready.
    ///
    /// # Panics
    /// When the page does not become ready.
    pub async fn open(&self, base: &str, query: &str, hash: &str, view: &View) -> Page {
        let page = Page::new(self.client.clone());
        page.look(view).await;
        // A change of the hash alone would not load the page anew.
        page.go("about:blank").await;
        page.console().await;
        page.go(&view.address(base, query, hash)).await;
        page.wait_ready().await;
        page
    }

    /// The id of the chromedriver process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.driver.child.id()
    }
}

fn capabilities() -> Map<String, Value> {
    let wish = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": ARGS },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    match wish {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// How often chromedriver may end without having named a port.
const STARTS_MAX: usize = 5;

/// The chromedriver process.
#[derive(Debug)]
struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    /// Starts chromedriver. On a busy machine it has been seen to end before it names a port; then it is
    /// started again.
    fn start() -> Self {
        let mut tries = (0..STARTS_MAX).map(|_| Self::try_start());
        tries
            .find_map(|started| started)
            .expect("chromedriver names its port")
    }

    /// Starts it on a port of its own choice and reads which.
    fn try_start() -> Option<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is on PATH");
        let stdout = child.stdout.take().expect("its output is a pipe");
        let mut lines = BufReader::new(stdout).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| port_in(&line));
        let Some(port) = port else {
            child.wait().expect("it has closed its output");
            return None;
        };
        // Somebody must read on, or a talkative driver would stop at a full pipe.
        thread::spawn(move || lines.map_while(Result::ok).count());
        Some(Self {
            child,
            port,
            session: None,
        })
    }

    /// Closes the window; chromedriver alone knows the browser's processes.
    fn close_window(&self) -> Option<()> {
        let session = self.session.as_ref()?;
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!(
            "DELETE /session/{session} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).ok()?;
        stream.read(&mut [0; 256]).ok().map(|_| ())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.close_window();
        // Both fail only when the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `ChromeDriver was started successfully on port 43115.` → 43115
fn port_in(line: &str) -> Option<u16> {
    let rest = line.split("successfully on port ").nth(1)?;
    rest.trim_end_matches('.').parse().ok()
}

/// Sends a chromedriver command of our own.
pub(crate) async fn extra(client: &Client, command: Extra) -> Value {
    let name = format!("{command:?}");
    client
        .issue_cmd(command)
        .await
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn the_port_is_read_from_the_first_words_of_the_driver() {
        let line = "ChromeDriver was started successfully on port 43115.";
        assert_eq!(port_in(line), Some(43115));
        assert_eq!(port_in("Starting ChromeDriver 1 on port 0"), None);
    }
}
