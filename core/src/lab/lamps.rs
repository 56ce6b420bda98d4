//! The six lamps in the viewer's words.

use crate::check::{Verdict, Verdicts, What};
use crate::view::Text;
use crate::view::frame::{Broken, Lamp};

/// The lamps of a moment.
pub(super) fn lamps(verdicts: &Verdicts) -> Vec<Lamp> {
    let view = |lamp: crate::check::Lamp| Lamp {
        id: lamp.name.to_owned(),
        property: lamp.property.name().to_owned(),
        holds: lamp.verdict.as_bool(),
        meaning: meaning(lamp.name),
        broken: broken(&lamp.verdict),
    };
    verdicts.lamps().into_iter().map(view).collect()
}

fn broken(verdict: &Verdict) -> Option<Broken> {
    let violation = verdict.violation()?;
    Some(Broken {
        what: what(&violation.what),
        witness: violation.witness.iter().map(|step| step.0).collect(),
    })
}

fn meaning(name: &str) -> Text {
    match name {
        "I1" => Text::new("confirmed writes are kept", "已答复的写入不丢失"),
        "I2" => Text::new("committed prefixes agree", "已提交前缀一致"),
        "I3" => Text::new(
            "one established leader per epoch",
            "每个纪元至多一个确立的领导者",
        ),
        "I4" => Text::new("sessions never read backwards", "会话不会读到更旧的值"),
        "I5" => Text::new("snapshot + log = tree", "快照 + 日志 = 数据树"),
        _ => Text::new("no orphan ephemerals", "无残留临时 znode"),
    }
}

/// What is wrong, as the checks say it.
fn what(what: &What) -> Text {
    Text::same(format!("{what:?}"))
}
