//! The file: steps with their requests and recorded replies.

use std::fmt;

use serde_json::{Map, Value};

/// Most steps of a trace.
const STEPS_MAX: usize = 1_000_000;

/// A recorded trace.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What the recorder says of the server.
    pub server: String,
    /// Steps and headings, by their index in the file.
    pub steps: Vec<Step>,
}

/// One entry of the file.
#[derive(Clone, Debug)]
pub enum Step {
    /// A heading.
    Section,
    /// A request and its reply.
    Request(Box<Exchange>),
}

/// A request, and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Name of the connection.
    pub client: String,
    /// What is asked, in the words of the recorder.
    pub op: String,
    /// Its arguments.
    pub args: Map<String, Value>,
    /// The recorded reply.
    pub reply: Map<String, Value>,
    /// What clients heard, each in order.
    pub events: Vec<Heard>,
    /// Connections that the server closed; `None` when the recorder did not look.
    pub closed: Option<Vec<String>>,
}

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Who heard it.
    pub to: String,
    /// `NodeCreated`, ...
    pub kind: String,
    /// Which node.
    pub path: String,
    /// The zxid of the header.
    pub zxid: i64,
}

/// Why a file is no trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceError {
    /// It is not JSON: the place, and why.
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        why: String,
    },
    /// A step, by its index, lacks what it must have.
    Step {
        /// Index in the file.
        step: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The file as a whole is not a trace.
    Shape(String),
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column, why } => write!(f, "{line}:{column}: {why}"),
            Self::Step { step, why } => write!(f, "1:1: step {step}: {why}"),
            Self::Shape(why) => write!(f, "1:1: {why}"),
        }
    }
}

impl Trace {
    /// Reads a trace.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let file: Value = serde_json::from_str(text).map_err(|error| TraceError::Json {
            line: error.line(),
            column: error.column(),
            why: error.to_string(),
        })?;
        let server = file.get("server").and_then(Value::as_str);
        let Some(steps) = file.get("steps").and_then(Value::as_array) else {
            let why = "expected an object with the list steps".to_owned();
            return Err(TraceError::Shape(why));
        };
        if steps.len() > STEPS_MAX {
            let why = format!("limit reached: at most {STEPS_MAX} steps in a trace");
            return Err(TraceError::Shape(why));
        }
        let steps = steps
            .iter()
            .enumerate()
            .map(|(at, value)| step(value).map_err(|why| TraceError::Step { step: at, why }));
        Ok(Self {
            server: server.unwrap_or_default().to_owned(),
            steps: steps.collect::<Result<_, _>>()?,
        })
    }

    /// True when the recorder says that hard quotas were enforced.
    pub fn enforces_quota(&self) -> bool {
        self.server.contains("enforceQuota=true")
    }

    /// The exchanges, each with its index.
    pub fn exchanges(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        self.steps
            .iter()
            .enumerate()
            .filter_map(|(at, step)| match step {
                Step::Section => None,
                Step::Request(exchange) => Some((at, &**exchange)),
            })
    }
}

fn step(value: &Value) -> Result<Step, String> {
    if value.get("section").is_some() {
        return Ok(Step::Section);
    }
    let object = |key: &str| value.get(key).and_then(Value::as_object);
    let args = object("args").cloned().unwrap_or_default();
    let reply = object("reply").cloned();
    let events = list(value, "events")?;
    let closed = match value.get("closed") {
        None => None,
        Some(_) => Some(
            list(value, "closed")?
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .ok_or("closed must be a list of names")?,
        ),
    };
    Ok(Step::Request(Box::new(Exchange {
        client: text(value, "client")?,
        op: text(value, "op")?,
        args,
        reply: reply.ok_or("expected an object reply")?,
        events: events.iter().map(heard).collect::<Result<_, _>>()?,
        closed,
    })))
}

fn heard(value: &Value) -> Result<Heard, String> {
    Ok(Heard {
        to: text(value, "to")?,
        kind: text(value, "type")?,
        path: text(value, "path")?,
        zxid: value.get("zxid").and_then(Value::as_i64).unwrap_or(-1),
    })
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    let found = value.get(key).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or(format!("expected a text {key}"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], String> {
    match value.get(key) {
        None => Ok(&[]),
        Some(found) => found
            .as_array()
            .map(Vec::as_slice)
            .ok_or(format!("{key} must be a list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_trace_is_refused_with_its_place() {
        let error = |text: &str| Trace::parse(text).expect_err("it is no trace").to_string();
        assert!(error("{").starts_with("1:1: "), "{}", error("{"));
        assert_eq!(error("[]"), "1:1: expected an object with the list steps");
        let text = r#"{"steps":[{"section":"x"},{"client":"A","op":"exists"}]}"#;
        assert_eq!(error(text), "1:1: step 1: expected an object reply");
    }
}
