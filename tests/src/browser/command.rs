//! The two chromedriver commands that WebDriver does not have: the console, and DevTools.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A POST to a path below the session.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    path: &'static str,
    body: Value,
}

impl Extra {
    /// What the console said since the last call.
    pub(crate) fn console() -> Self {
        Self {
            path: "se/log",
            body: json!({ "type": "browser" }),
        }
    }

    /// A command of the DevTools protocol.
    pub(crate) fn devtools(name: &str, params: &Value) -> Self {
        Self {
            path: "goog/cdp/execute",
            body: json!({ "cmd": name, "params": params }),
        }
    }
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
