//! Recorded and actual values, field by field.
//!
//! Two values agree when they are equal, but for what a recording cannot repeat:
//!
//! - a time belongs to a transaction: the same zxid must have the same time wherever it appears, on
//!   either side, and a time is 0 on both sides or on neither;
//! - a session id stands for a session, so `ephemeralOwner` agrees when both sides mean the same one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Index of the step in the file.
    pub step: usize,
    /// Which field, with dots: `reply.stat.version`, `events`, `closed`.
    pub field: String,
    /// What was recorded.
    pub expected: Value,
    /// What this engine says.
    pub actual: Value,
}

/// What is known of the two sides' names for the same things.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Session ids of the recording, and ours.
    pub(super) sessions: BTreeMap<i64, i64>,
    /// Time of each transaction, as recorded and as ours.
    times: [BTreeMap<i64, i64>; 2],
}

/// Differences found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Differences {
    pub(super) found: Vec<Mismatch>,
    pub(super) names: Names,
    pub(super) step: usize,
}

impl Differences {
    /// Adds one.
    pub(super) fn add(&mut self, field: &str, expected: Value, actual: Value) {
        self.found.push(Mismatch {
            step: self.step,
            field: field.to_owned(),
            expected,
            actual,
        });
    }

    /// Compares all fields of two objects.
    pub(super) fn objects(
        &mut self,
        field: &str,
        expected: &Map<String, Value>,
        actual: &Map<String, Value>,
    ) {
        let mut keys: Vec<&String> = expected.keys().chain(actual.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (e, a) = (expected.get(key), actual.get(key));
            let path = format!("{field}.{key}");
            match (e, a) {
                (Some(e), Some(a)) => self.values(&path, e, a),
                _ => {
                    let or_null = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
                    self.add(&path, or_null(e), or_null(a));
                }
            }
        }
    }

    fn values(&mut self, field: &str, expected: &Value, actual: &Value) {
        match (expected, actual) {
            (Value::Object(e), Value::Object(a)) if e.contains_key("czxid") => {
                self.stats(field, e, a);
            }
            (Value::Object(e), Value::Object(a)) => self.objects(field, e, a),
            (Value::Array(e), Value::Array(a)) if e.len() == a.len() => {
                for (at, (e, a)) in e.iter().zip(a).enumerate() {
                    self.values(&format!("{field}[{at}]"), e, a);
                }
            }
            (e, a) if e == a => {}
            // An older recorder takes null for empty inside of a multi.
            (Value::String(e), Value::Null) if e.is_empty() && field.contains("results[") => {}
            (e, a) => self.add(field, e.clone(), a.clone()),
        }
    }

    fn stats(&mut self, field: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        let (mut e, mut a) = (expected.clone(), actual.clone());
        for (time, zxid) in [("ctime", "czxid"), ("mtime", "mzxid")] {
            let pairs = [&e, &a].map(|side| (long(side, zxid), long(side, time)));
            if pairs[0].0 != pairs[1].0 {
                // The zxids differ: that is told, and their times say nothing.
                e.remove(time);
                a.remove(time);
                continue;
            }
            let agree = (pairs[0].1 == 0) == (pairs[1].1 == 0);
            let known = [0, 1].map(|side| {
                let (zxid, time) = pairs[side];
                *self.names.times[side].entry(zxid).or_insert(time) == time
            });
            if agree && known == [true, true] {
                e.remove(time);
                a.remove(time);
            }
        }
        let owner = long(&e, "ephemeralOwner");
        if self.names.sessions.get(&owner) == Some(&long(&a, "ephemeralOwner")) {
            e.remove("ephemeralOwner");
            a.remove("ephemeralOwner");
        }
        self.objects(field, &e, &a);
    }
}

fn long(object: &Map<String, Value>, key: &str) -> i64 {
    object.get(key).and_then(Value::as_i64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(pairs: &[(Value, Value)]) -> Vec<String> {
        let mut differences = Differences::default();
        differences.names.sessions.insert(7, 70);
        for (expected, actual) in pairs {
            differences.values("reply", expected, actual);
        }
        differences.found.into_iter().map(|m| m.field).collect()
    }

    fn stat(zxid: i64, time: i64, owner: i64) -> Value {
        json!({ "czxid": zxid, "mzxid": zxid, "ctime": time, "mtime": time, "ephemeralOwner": owner })
    }

    #[test]
    fn a_time_belongs_to_its_transaction() {
        assert!(
            compare(&[
                (stat(1, 500, 0), stat(1, 9, 0)),
                (stat(1, 500, 0), stat(1, 9, 0))
            ])
            .is_empty()
        );
        let twice = [
            (stat(1, 500, 0), stat(1, 9, 0)),
            (stat(1, 500, 0), stat(1, 10, 0)),
        ];
        assert_eq!(compare(&twice), ["reply.ctime", "reply.mtime"]);
        assert_eq!(compare(&[(stat(0, 0, 0), stat(0, 9, 0))]).len(), 2);
    }

    #[test]
    fn an_owner_stands_for_a_session() {
        assert!(compare(&[(stat(1, 1, 7), stat(1, 1, 70))]).is_empty());
        assert_eq!(
            compare(&[(stat(1, 1, 7), stat(1, 1, 71))]),
            ["reply.ephemeralOwner"]
        );
    }

    #[test]
    fn every_other_field_must_be_equal() {
        let found = compare(&[(json!({"zxid": 3, "err": 0}), json!({"zxid": 4}))]);
        assert_eq!(found, ["reply.err", "reply.zxid"]);
        assert_eq!(compare(&[(json!([1, 2]), json!([1]))]), ["reply"]);
    }
}
