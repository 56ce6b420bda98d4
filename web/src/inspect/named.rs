//! Which target an element of the page stands for, by its `data-kind` and `data-id`.

use web_sys::Element;
use zablab_core::lab::ServerId;
use zablab_core::view::Target;
use zablab_core::view::frame::{Frame, Zx};

/// The nearest element at or around this one that stands for something, and what.
pub(super) fn target(element: &Element, frame: &Frame) -> Option<(Element, Target)> {
    let mut here = element.closest("[data-kind][data-id]").ok().flatten();
    while let Some(found) = here {
        let name = |name| found.get_attribute(name).unwrap_or_default();
        if let Some(target) = named(&name("data-kind"), &name("data-id"), frame) {
            return Some((found, target));
        }
        let around = found.parent_element()?;
        here = around.closest("[data-kind][data-id]").ok().flatten();
    }
    None
}

/// What such a name stands for.
pub(super) fn named(kind: &str, id: &str, frame: &Frame) -> Option<Target> {
    let id = id.strip_prefix("lens/").unwrap_or(id);
    let (before, after) = id.split_once('/').unwrap_or((id, ""));
    Some(match kind {
        "server" | "disk" | "tree-server" => Target::Server(server(before)?),
        "client" | "session" | "outcome" | "bell" | "write" => {
            let client = frame.clients.iter().find(|c| c.name == before)?;
            Target::Client(client.id)
        }
        "message" => Target::Message(id.parse().ok()?),
        "entry" => Target::Entry(server(before)?, zx(after)?),
        "transaction" | "verdict" => Target::Transaction(zx(id)?),
        "file" if !after.is_empty() => Target::File(server(before)?, after.to_owned()),
        "lamp" => Target::Lamp(id.to_owned()),
        "event" | "witness" | "column" | "station" => Target::Step(id.parse().ok()?),
        "link" => {
            let (a, b) = id.split_once('-')?;
            Target::Link(server(a)?, server(b)?)
        }
        "backup" => Target::Backup(id.to_owned()),
        "vault" => Target::Vault,
        _ => return None,
    })
}

fn server(id: &str) -> Option<ServerId> {
    let number = id.trim_start_matches('S').parse().ok()?;
    Some(ServerId(number))
}

fn zx(text: &str) -> Option<Zx> {
    let (epoch, counter) = text.strip_prefix('e')?.split_once('·')?;
    Some(Zx {
        epoch: epoch.parse().ok()?,
        counter: counter.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_calls_its_elements_is_understood() {
        let frame = Frame::default();
        let of = |kind, id| named(kind, id, &frame);
        let zx = Zx {
            epoch: 1,
            counter: 7,
        };
        assert_eq!(of("server", "S2"), Some(Target::Server(ServerId(2))));
        assert_eq!(of("entry", "S2/e1·7"), Some(Target::Entry(ServerId(2), zx)));
        assert_eq!(
            of("transaction", "lens/e1·7"),
            Some(Target::Transaction(zx))
        );
        let link = Target::Link(ServerId(1), ServerId(3));
        assert_eq!(of("link", "S1-S3"), Some(link));
        let file = Target::File(ServerId(1), "log.1".to_owned());
        assert_eq!(of("file", "S1/log.1"), Some(file));
        for (kind, id) in [
            ("entry", "S2/fold"),
            ("tab", "disk"),
            ("client", "nobody"),
            ("file", "S1"),
            ("message", "x"),
        ] {
            assert_eq!(of(kind, id), None, "{kind} {id}");
        }
    }
}
