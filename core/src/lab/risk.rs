//! What a restore puts at risk, said before it is tried: which server forgets what, who still has it,
//! and who knows of it.
//!
//! ```text
//!   ends of the disks, with the backup put where the plan says
//!      ├── a few forget     ──► who still has it, and whose failure would lose it     minority
//!      ├── many forget      ──► they can elect without the others                     majority
//!      ├── ends differ      ──► who starts first decides                              mix
//!      └── empty ones       ──► they can elect an empty tree                          empty
//!   what clients have seen  ──► who is behind refuses them                            ahead
//! ```
//! These are facts of the moment that is shown, read and not guessed. What then happens is tried by the
//! [drill](super::drill), which shows one run for each of these.

use std::collections::BTreeMap;

use super::Lab;
use super::drill::Plan;
use crate::base::{Gather, ServerId};
use crate::view::Text;
use crate::view::frame::{Frame, ServerRow, Zx};
use crate::view::ledger::Fate;

/// A danger of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Which one: `minority`, `majority`, `declared`, `mix`, `empty` or `ahead`.
    pub kind: &'static str,
    /// In words.
    pub text: Text,
}

/// Where the disk of a voter ends when the plan has been carried out.
#[derive(Clone, Debug)]
struct End {
    server: ServerId,
    /// None: it is empty.
    at: Option<Zx>,
    /// The backup whose files it has.
    backup: Option<String>,
}

/// What a plan makes of a disk.
#[derive(Clone, Debug)]
struct Put {
    /// The backup; none: it is emptied.
    backup: Option<String>,
    /// Where it ends.
    at: Option<Zx>,
}

/// Confirmed writes that the backup does not have.
struct Told {
    writes: Vec<Zx>,
    clients: Vec<String>,
}

impl Lab {
    /// What a plan puts at risk at the moment that is shown.
    pub fn risks(&mut self, plan: &Plan) -> Vec<Risk> {
        let Some(puts) = self.puts(plan) else {
            return Vec::new();
        };
        let oldest = puts.values().filter_map(|put| put.at).min();
        let ends = self.ends(&puts);
        let mut risks = Vec::new();
        if let Plan::Joint { .. } = plan {
            risks.extend(declared(&self.told_beyond(oldest), oldest));
        } else {
            for (at, servers) in groups(&puts, &ends) {
                risks.extend(forgotten(&ends, &servers, &self.told_beyond(at), at));
            }
            risks.extend(empty(&ends, self.creates_empty()));
            risks.extend(mix(&ends));
        }
        if let Some(oldest) = oldest {
            let joint = matches!(plan, Plan::Joint { .. });
            risks.extend(client_ahead(&self.seen_beyond(oldest), oldest, joint));
        }
        risks
    }

    /// What the plan makes of each disk that it touches; none when one of its backups is not whole.
    fn puts(&self, plan: &Plan) -> Option<BTreeMap<ServerId, Put>> {
        let put = |backup: &str, until: Option<Zx>| {
            Some(Put {
                at: Some(until.or(self.ends_at(backup))?),
                backup: Some(backup.to_owned()),
            })
        };
        match plan {
            Plan::Files { to, .. } => {
                let each = to.iter().map(|(id, backup)| (*id, put(backup, None)));
                let whole = each.filter_map(|(id, put)| Some((id, put?)));
                Some(whole.gather()).filter(|puts: &BTreeMap<_, _>| puts.len() == to.len())
            }
            Plan::Joint { backup, until } => {
                let put = put(backup, *until)?;
                let all = self.frame.servers.iter().map(|row| row.id);
                Some(all.map(|id| (id, put.clone())).gather())
            }
            Plan::Resync(server) => {
                let emptied = Put {
                    backup: None,
                    at: None,
                };
                Some([(*server, emptied)].into())
            }
        }
    }

    /// The last transaction of a backup that is whole.
    fn ends_at(&self, backup: &str) -> Option<Zx> {
        let world = &self.line().timeline.here()?.world;
        let backup = world.vault().get(backup)?;
        backup.manifest.is_whole().then(|| backup.zxid.into())
    }

    fn told_beyond(&mut self, point: Option<Zx>) -> Told {
        let (mut writes, mut clients) = (Vec::new(), Vec::new());
        for row in self.ledger().rows {
            let stands = row.told.is_some() && !matches!(row.fate, Fate::Lost(_));
            let Some(zxid) = row.zxid.filter(|zxid| stands && Some(*zxid) > point) else {
                continue;
            };
            writes.push(zxid);
            if !clients.contains(&row.name) {
                clients.push(row.name);
            }
        }
        writes.reverse();
        clients.reverse();
        Told { writes, clients }
    }

    /// Clients that have seen more than that.
    fn seen_beyond(&self, point: Zx) -> Vec<(String, Zx)> {
        let here = self.line().timeline.here();
        let clients = here.map(|moment| moment.world.clients().iter());
        let seen = clients.into_iter().flatten();
        let seen = seen.map(|client| (client.name.clone(), Zx::from(client.last_zxid)));
        seen.filter(|(_, zxid)| *zxid > point).collect()
    }

    /// An empty server may begin with an empty tree.
    fn creates_empty(&self) -> bool {
        let here = self.line().timeline.here();
        here.is_some_and(|moment| moment.world.config().db_autocreate)
    }

    /// Where every voter ends.
    fn ends(&self, puts: &BTreeMap<ServerId, Put>) -> Vec<End> {
        let frame: &Frame = &self.frame;
        let voters = frame.servers.iter().filter(|row| !row.observer);
        let end = |row: &ServerRow| match puts.get(&row.id) {
            Some(Put { backup, at }) => End {
                server: row.id,
                at: *at,
                backup: backup.clone(),
            },
            None => {
                let put = self.line().chronicle.coverage.put_on(row.id, self.at);
                let put = put.filter(|_| !row.power.has_memory());
                let known = |zxid: &Zx| zxid.counter > 0 || zxid.epoch > 0;
                End {
                    server: row.id,
                    at: row.reaches.filter(known),
                    backup: put.map(str::to_owned),
                }
            }
        };
        voters.map(end).collect()
    }
}

/// The voters that end at the same point by the plan, the earliest point first.
fn groups(puts: &BTreeMap<ServerId, Put>, ends: &[End]) -> BTreeMap<Option<Zx>, Vec<ServerId>> {
    let mut groups: BTreeMap<Option<Zx>, Vec<ServerId>> = BTreeMap::new();
    for end in ends.iter().filter(|end| puts.contains_key(&end.server)) {
        groups.entry(end.at).or_default().push(end.server);
    }
    groups
}

fn is_majority(some: usize, ends: &[End]) -> bool {
    2 * some > ends.len()
}

/// The servers that forget what clients were told, and those that have it then.
fn forgotten(ends: &[End], new: &[ServerId], told: &Told, point: Option<Zx>) -> Option<Risk> {
    let last = told.writes.last()?;
    let has = |end: &&End| end.at.is_some_and(|at| at >= *last);
    let keepers: Vec<ServerId> = ends.iter().filter(has).map(|e| e.server).collect();
    let others = ends.len() - keepers.len();
    let (who, writes) = (names(new), told.words());
    let (them, they_are, they) = match told.writes.as_slice() {
        [_] => ("it", "it is", "it"),
        _ => ("them", "they are", "they"),
    };
    let (end_en, end_zh) = match point {
        Some(point) => (format!("go back to {point}"), format!("退回 {point}")),
        None => ("lose the disk".to_owned(), "清空磁盘".to_owned()),
    };
    let (kept_en, kept_zh) = match keepers.as_slice() {
        [] => (
            format!("No disk has {them} any more."),
            "此后没有一块磁盘还有它们。".to_owned(),
        ),
        some if is_majority(others, ends) => {
            let some = names(some);
            (
                format!(
                    "Only {} still has {them}: if the others elect without that server, {they_are} gone for good.",
                    some.en
                ),
                format!(
                    "只有 {} 还记得：其余服务器若撇开它选出领导者，这些写入就永远丢失。",
                    some.zh
                ),
            )
        }
        some => {
            let some = names(some);
            (
                format!(
                    "{} still have {them} and can elect; lose one of these before the rest has caught up, and {they} may be gone.",
                    some.en
                ),
                format!(
                    "{} 还记得，且足以选出领导者；若在其余服务器补齐前再失去其中一台，就可能丢失。",
                    some.zh
                ),
            )
        }
    };
    let kind = match is_majority(new.len(), ends) {
        true => "majority",
        false => "minority",
    };
    let (also_en, also_zh) = match kind {
        "majority" => (", a majority,", "（已是多数派）"),
        _ => ("", " "),
    };
    Some(Risk {
        kind,
        text: Text::new(
            format!(
                "{}{also_en} will {end_en} and forget {}. {kept_en}",
                who.en, writes.en
            ),
            format!(
                "{}{also_zh}将{end_zh}，忘记 {}。{kept_zh}",
                who.zh, writes.zh
            ),
        ),
    })
}

/// What a joint restore ends.
fn declared(told: &Told, point: Option<Zx>) -> Option<Risk> {
    told.writes.last()?;
    let (writes, point) = (told.words(), point?);
    Some(Risk {
        kind: "declared",
        text: Text::new(
            format!(
                "History ends at {point} on every server. {} {} with it, as declared.",
                writes.en,
                if told.writes.len() == 1 {
                    "ends"
                } else {
                    "end"
                }
            ),
            format!(
                "每台服务器的历史都止于 {point}，{}随之放弃，事先声明。",
                writes.zh
            ),
        ),
    })
}

/// Empty servers that can begin without anybody else.
fn empty(ends: &[End], creates: bool) -> Option<Risk> {
    let empty: Vec<ServerId> = ends
        .iter()
        .filter(|e| e.at.is_none())
        .map(|e| e.server)
        .collect();
    let rest = ends
        .iter()
        .filter(|e| e.at.is_some())
        .max_by_key(|e| e.at)?;
    if !creates || !is_majority(empty.len(), ends) {
        return None;
    }
    let (who, at) = (names(&empty), rest.at?);
    let holder = rest.server;
    Some(Risk {
        kind: "empty",
        text: Text::new(
            format!(
                "{} are empty and are a majority: if they start before {holder}, they serve an empty tree, and {holder} gives up {at} to follow them.",
                who.en
            ),
            format!(
                "{} 是空的，却已占多数：若先于 {holder} 启动，就会提供一棵空树，{holder} 则放弃 {at} 去跟随它们。",
                who.zh
            ),
        ),
    })
}

/// Disks that end at different places.
fn mix(ends: &[End]) -> Option<Risk> {
    let first = ends.first()?.at;
    if ends.iter().all(|end| end.at == first) {
        return None;
    }
    let each = |none: &str| {
        let one = |end: &End| {
            let at = end.at.map_or_else(|| none.to_owned(), |at| at.to_string());
            match &end.backup {
                Some(backup) => format!("{} {at} ({backup})", end.server),
                None => format!("{} {at}", end.server),
            }
        };
        ends.iter().map(one).collect::<Vec<_>>()
    };
    let (each_en, each_zh) = (each("empty").join(", "), each("空").join("、"));
    Some(Risk {
        kind: "mix",
        text: Text::new(
            format!(
                "The disks then end at different points: {each_en}. The first majority that meets takes the newest end among its own, and the rest must follow it."
            ),
            format!(
                "此后各磁盘的终点不同：{each_zh}。最先凑齐的多数派以自己当中最新的终点为准，其余服务器只能跟随。"
            ),
        ),
    })
}

/// Clients that have seen what the restored servers do not have.
fn client_ahead(ahead: &[(String, Zx)], point: Zx, joint: bool) -> Option<Risk> {
    let (_, seen) = ahead.iter().max_by_key(|(_, zxid)| *zxid)?;
    let clients: Vec<&str> = ahead.iter().map(|(name, _)| name.as_str()).collect();
    let who = clients.join(", ");
    let who_zh = clients.join("、");
    let has = if clients.len() == 1 { "has" } else { "have" };
    let text = match joint {
        true => Text::new(
            format!(
                "{who} {has} seen {seen}. The new epoch is above that, so every server lets the client in, and it reads an older tree."
            ),
            format!(
                "{who_zh} 已见过 {seen}。新纪元高于它，各服务器都会让它连上，但它读到的是更早的数据树。"
            ),
        ),
        false => Text::new(
            format!(
                "{who} {has} seen {seen}. A server that is still at {point} refuses the client, until it has caught up."
            ),
            format!("{who_zh} 已见过 {seen}。仍停在 {point} 的服务器会拒绝它，直到该服务器追上。"),
        ),
    };
    Some(Risk {
        kind: "ahead",
        text,
    })
}

impl Told {
    /// `2 writes told to a (e1·3 … e1·4)`.
    fn words(&self) -> Text {
        let count = self.writes.len();
        let range = match self.writes.as_slice() {
            [] => String::new(),
            [one] => one.to_string(),
            [first, .., last] => format!("{first} … {last}"),
        };
        let who = self.clients.join(", ");
        let writes = if count == 1 { "write" } else { "writes" };
        Text::new(
            format!("{range} ({count} {writes} told to {who})"),
            format!(
                "{range}（已答复 {} 的 {count} 个写入）",
                self.clients.join("、")
            ),
        )
    }
}

fn names(servers: &[ServerId]) -> Text {
    let all: Vec<String> = servers.iter().map(ToString::to_string).collect();
    let en = match all.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    };
    Text::new(en, all.join("、"))
}
