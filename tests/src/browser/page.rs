//! What the window shows, and what a person does to it.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::command::Extra;
use super::driver::extra;
use super::{View, skip};

/// How long a condition may take to come true; ten times what it takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers axe's findings as `rule (impact): help: selector, selector`.
const AXE: &str = "
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run(document, { runOnly: tags }).then(
        result => done(result.violations.map(v =>
            `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)),
        error => done([`axe itself failed: ${error}`]));
";

/// The page in a window.
#[derive(Clone, Debug)]
pub struct Page {
    client: Client,
}

impl Page {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The WebDriver client, for what this type does not offer.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Makes the window as `view` says.
    pub async fn look(&self, view: &View) {
        let size = json!({
            "width": view.width,
            "height": view.height,
            "deviceScaleFactor": view.scale,
            "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &size)
            .await;
        let motion = if view.reduced_motion {
            "reduce"
        } else {
            "no-preference"
        };
        let theme = view.theme.as_deref().unwrap_or("light");
        let colors = if view.forced_colors { "active" } else { "none" };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": motion },
            { "name": "forced-colors", "value": colors },
        ]});
        self.devtools("Emulation.setEmulatedMedia", &media).await;
        if !view.newcomer {
            // A blank page has no storage.
            let seen = "try { localStorage.setItem('zablab.hints', 'seen'); } catch {}";
            self.devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                &json!({ "source": seen }),
            )
            .await;
        }
    }

    /// Sends a command of the DevTools protocol.
    pub async fn devtools(&self, name: &str, params: &Value) -> Value {
        extra(&self.client, Extra::devtools(name, params)).await
    }

    /// Goes to an address; does not wait for the page to be ready.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn go(&self, address: &str) {
        let gone = self.client.goto(address).await;
        gone.unwrap_or_else(|error| panic!("cannot open {address}: {error}"));
    }

    /// Waits for `<html data-ready="true">`.
    ///
    /// # Panics
    /// When it does not come, with what the console says.
    pub async fn wait_ready(&self) {
        let ready = "document.documentElement.dataset.ready === 'true'";
        if !self.comes_true(ready).await {
            let console = self.console().await;
            panic!("the page does not become ready; its console: {console:#?}");
        }
    }

    /// Waits until a JavaScript expression is true.
    ///
    /// # Panics
    /// When it does not come true.
    pub async fn wait_until(&self, expression: &str) {
        assert!(
            self.comes_true(expression).await,
            "did not come true in {PATIENCE:?}: {expression}"
        );
    }

    async fn comes_true(&self, expression: &str) -> bool {
        let start = Instant::now();
        loop {
            if self.value(expression).await == Value::Bool(true) {
                return true;
            }
            if start.elapsed() > PATIENCE {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The value of a JavaScript expression.
    ///
    /// # Panics
    /// When it throws.
    pub async fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        let value = self.client.execute(&script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// An attribute of `<html>`, such as `data-step`.
    pub async fn root(&self, attribute: &str) -> Option<String> {
        let value = self
            .value(&format!(
                "document.documentElement.getAttribute('{attribute}')"
            ))
            .await;
        value.as_str().map(str::to_owned)
    }

    /// How many elements match.
    pub async fn count(&self, css: &str) -> u64 {
        let css = json!(css);
        let length = format!("document.querySelectorAll({css}).length");
        let value = self.value(&length).await;
        value.as_u64().expect("a length is a number")
    }

    /// The text of the first element that matches, as a person sees it.
    ///
    /// # Panics
    /// When nothing matches.
    pub async fn text(&self, css: &str) -> String {
        let element = self.client.find(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("{css}: {error}"));
        let text = element.text().await;
        text.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Clicks the first element that matches, once it is there.
    ///
    /// # Panics
    /// When nothing matches or a person could not click it.
    pub async fn click(&self, css: &str) {
        let element = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"));
        let clicked = element.click().await;
        clicked.unwrap_or_else(|error| panic!("click {css}: {error}"));
    }

    /// Clicks `data-kind`, `data-id`: `press("transport", "play")`.
    pub async fn press(&self, kind: &str, id: &str) {
        self.click(&format!("[data-kind='{kind}'][data-id='{id}']"))
            .await;
    }

    /// Drags files and directories of this machine over the page: `dragEnter`, `dragOver`, `drop`.
    pub async fn drag(&self, kind: &str, paths: &[&Path]) {
        let files: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let data = json!({ "items": [], "files": files, "dragOperationsMask": 1 });
        let event = json!({ "type": kind, "x": 300, "y": 200, "data": data });
        self.devtools("Input.dispatchDragEvent", &event).await;
    }

    /// Types keys into what has the focus.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn keys(&self, keys: &str) {
        let element = self.client.active_element().await.expect("a focus");
        element.send_keys(keys).await.expect("keys can be typed");
    }

    /// What the console said since the last call, one line each: level and message.
    pub async fn console(&self) -> Vec<String> {
        let entries = extra(&self.client, Extra::console()).await;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
        entries
            .iter()
            .map(|entry| format!("{} {}", text(entry, "level"), text(entry, "message")))
            .collect()
    }

    /// The console holds no warning and no error.
    ///
    /// # Panics
    /// When it does.
    pub async fn assert_console_clean(&self) {
        let mut entries = self.console().await;
        entries.retain(|line| line.starts_with("SEVERE") || line.starts_with("WARNING"));
        assert!(entries.is_empty(), "the console is not clean: {entries:#?}");
    }

    /// Everything the page loaded came from `origin`.
    ///
    /// # Panics
    /// When something did not.
    pub async fn assert_loads_only_from(&self, origin: &str) {
        let all = "performance.getEntriesByType('resource').map(entry => entry.name)";
        let value = self.value(all).await;
        let names: Vec<&str> = value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert!(!names.is_empty(), "a page without its wasm is no page");
        let strangers: Vec<_> = names
            .iter()
            .filter(|name| !name.starts_with(origin))
            .collect();
        assert!(strangers.is_empty(), "loaded from elsewhere: {strangers:?}");
    }

    /// The accessibility rules that the page breaks; `None` when the rules are not on this machine.
    ///
    /// # Panics
    /// With `CI=true` when the rules are missing.
    pub async fn axe(&self) -> Option<Vec<String>> {
        let Some(file) = env::var_os("ZABLAB_AXE") else {
            skip("accessibility check", "ZABLAB_AXE names no axe.min.js");
            return None;
        };
        let source = std::fs::read_to_string(&file).expect("ZABLAB_AXE can be read");
        self.client
            .execute(&source, Vec::new())
            .await
            .expect("axe loads");
        let found = self
            .client
            .execute_async(AXE, Vec::new())
            .await
            .expect("axe runs");
        let found = found.as_array().expect("axe answers a list");
        Some(
            found
                .iter()
                .map(|line| line.as_str().unwrap_or("?").to_owned())
                .collect(),
        )
    }

    /// No accessibility rule is broken.
    ///
    /// # Panics
    /// When one is.
    pub async fn assert_accessible(&self) {
        if let Some(broken) = self.axe().await {
            assert!(broken.is_empty(), "accessibility rules broken: {broken:#?}");
        }
    }

    /// A PNG of the window.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub async fn screenshot(&self, file: &Path) {
        let png = self.client.screenshot().await.expect("a picture");
        std::fs::write(file, png).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
