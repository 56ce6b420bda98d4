//! The vault's events in a few words.

use crate::base::ServerId;
use crate::model::Zxid;
use crate::world::vault::{Declared, VaultEvent};

pub(super) fn event(event: &VaultEvent) -> String {
    match event {
        VaultEvent::Declared(d) => format!(
            "restoring {} will end history at {}: {}",
            d.backup,
            d.zxid,
            price(d)
        ),
        VaultEvent::Staged {
            backup,
            server,
            bytes,
        } => format!("the files of {backup} lie beside those of {server}: {bytes} B, checked"),
        VaultEvent::Restored { declared: d, epoch } => format!(
            "{} are restored to {}, epoch {epoch}: {}",
            servers(&d.servers),
            d.zxid,
            price(d)
        ),
        VaultEvent::GivenUp { backup, server } => {
            format!(
                "the restore of {backup} is given up, {server} is in the way: nothing has changed"
            )
        }
    }
}

fn price(d: &Declared) -> String {
    let lost: Vec<String> = d.lost.iter().map(Zxid::to_string).collect();
    let mut said = match lost.is_empty() {
        true => "no confirmed write is lost".to_owned(),
        false => format!("declared loss {}", lost.join(", ")),
    };
    if d.drop_sessions {
        said.push_str(match d.sessions {
            1 => "; 1 session ends",
            _ => "; all sessions end",
        });
    }
    said
}

fn servers(servers: &[ServerId]) -> String {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    names.join(",")
}
