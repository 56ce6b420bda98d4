//! An invariant: what it says, and what broke it.

use super::source::Source;
use super::{Inspection, Look, Near};
use crate::check::Property;
use crate::view::lang::Text;
use crate::view::target::Target;

pub(super) fn inspect(id: &str, look: &Look<'_>) -> Option<Inspection> {
    let lamp = look.frame.lamps.iter().find(|lamp| lamp.id == id)?;
    let (en, zh) = match lamp.holds {
        Some(true) => ("holds so far", "目前成立"),
        Some(false) => ("broken", "已被破坏"),
        None => ("nothing could have broken it yet", "尚无可能破坏它的事件"),
    };
    let title = Text::same(format!("{id} · {}", lamp.property));
    let mut it = Inspection::new(title, Text::new(en, zh));
    it.row("it says", "含义", lamp.meaning.clone());
    if let Some(property) = Property::from_name(&lamp.property) {
        it.row("property", "性质", Text::same(property.title()));
    }
    match &lamp.broken {
        Some(broken) => {
            it.row("what happened", "发生了什么", broken.what.clone()).bad = true;
            it.because(broken.what.clone(), Source::code("product contract, section 5"));
            let witness = broken.witness.iter().rev().map(|step| Near {
                name: Text::new(format!("witness #{}", step + 1), format!("证据 #{}", step + 1)),
                target: Target::Step(*step),
            });
            it.near = witness.collect();
        }
        None => it.because(
            Text::new(
                "It is checked after every step, by somebody who sees all servers and all disks at once.",
                "每一步之后都会检查，检查者同时看得见所有服务器和磁盘。",
            ),
            Source::code("ZabLab"),
        ),
    }
    Some(it)
}
