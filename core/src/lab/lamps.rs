//! The six lamps in the viewer's words.

use crate::check::{Verdict, Verdicts};
use crate::view::frame::{Broken, Lamp};
use crate::view::{Text, breach};
use crate::world::World;

/// The lamps of a moment; `applied` says which of them had something to say by then.
pub(super) fn lamps(verdicts: &Verdicts, applied: [bool; 6], world: &World) -> Vec<Lamp> {
    let view = |(lamp, applied): (crate::check::Lamp, bool)| Lamp {
        id: lamp.name.to_owned(),
        property: lamp.property.name().to_owned(),
        holds: lamp.verdict.as_bool().filter(|_| applied),
        meaning: meaning(lamp.name),
        broken: broken(&lamp.verdict, world),
    };
    let lamps = verdicts.lamps().into_iter();
    lamps.zip(applied).map(view).collect()
}

fn broken(verdict: &Verdict, world: &World) -> Option<Broken> {
    let violation = verdict.violation()?;
    Some(Broken {
        what: breach::what(&violation.what, world, breach::on_page),
        witness: violation.witness.iter().map(|step| step.0).collect(),
    })
}

/// What a lamp says while it is green.
pub(super) fn meaning(name: &str) -> Text {
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
