//! A broken property in a sentence: what is wrong, and which assumption did not hold.
//!
//! One exhaustive `match` over [`What`], both languages side by side, so that no check can be added
//! without its sentence. Golden text, the page's lamps and its list of witnesses all say the same.

mod assumption;
mod restore;

pub use assumption::assumption;

use super::frame::Zx;
use super::lang::Text;
use crate::base::{ClientId, ServerId};
use crate::check::what::{Difference, What};
use crate::model::Zxid;
use crate::storage::epochs::EpochFile;
use crate::world::World;

/// How a zxid is spelled: `e1·4` on the page, `1.4` in text, as scripts write it.
pub type Spelling = fn(Zxid) -> String;

/// What is wrong. `world` only lends the names of clients.
pub fn what(what: &What, world: &World, z: Spelling) -> Text {
    match what {
        What::TwoLeaders {
            epoch,
            first,
            second,
        } if first == second => Text::new(
            format!(
                "{first} was established as leader of epoch {} twice.",
                epoch.0
            ),
            format!("{first} 两次成为纪元 {} 的领导者。", epoch.0),
        ),
        What::TwoLeaders {
            epoch,
            first,
            second,
        } => Text::new(
            format!("{first} and {second} both lead epoch {}.", epoch.0),
            format!("{first} 和 {second} 同时领导纪元 {}。", epoch.0),
        ),
        What::EpochFell {
            server,
            file,
            from,
            to,
        } => Text::new(
            format!(
                "{server}'s {} went back from {} to {}.",
                file_name(*file),
                from.0,
                to.0
            ),
            format!(
                "{server} 的 {} 从 {} 退回到 {}。",
                file_name(*file),
                from.0,
                to.0
            ),
        ),
        What::AcceptedBelowCurrent {
            server,
            accepted,
            current,
        } => Text::new(
            format!(
                "{server} has acceptedEpoch {}, below its currentEpoch {}.",
                accepted.0, current.0
            ),
            format!(
                "{server} 的 acceptedEpoch {} 小于 currentEpoch {}。",
                accepted.0, current.0
            ),
        ),
        What::HistoryAheadOfEpoch {
            server,
            zxid,
            current,
        } => Text::new(
            format!(
                "{server} serves a history that ends at {}, but its currentEpoch is {}.",
                z(*zxid),
                current.0
            ),
            format!(
                "{server} 的历史止于 {}，而它的 currentEpoch 只有 {}。",
                z(*zxid),
                current.0
            ),
        ),
        What::TwoTransactions { zxid, server } => Text::new(
            format!(
                "{server} holds another transaction under {} than was seen before.",
                z(*zxid)
            ),
            format!("{server} 在 {} 处持有的事务与先前所见不同。", z(*zxid)),
        ),
        What::NeverProposed { server, zxid } => Text::new(
            format!(
                "{server} delivered {}, which no leader ever proposed.",
                z(*zxid)
            ),
            format!("{server} 交付了 {}，但没有领导者提出过它。", z(*zxid)),
        ),
        What::Diverged {
            server,
            zxid,
            instead_of,
        } => diverged(*server, *zxid, *instead_of, z),
        What::ServesOtherState { server, zxid } => Text::new(
            format!(
                "{server} serves a state at {} that is not the committed one.",
                z(*zxid)
            ),
            format!("{server} 在 {} 提供的状态不是已提交的状态。", z(*zxid)),
        ),
        What::SkippedProposal {
            server,
            zxid,
            missing,
        } => Text::new(
            format!(
                "{server} delivered {} without {} before it.",
                z(*zxid),
                z(*missing)
            ),
            format!(
                "{server} 交付了 {}，却漏掉了之前的 {}。",
                z(*zxid),
                z(*missing)
            ),
        ),
        What::EpochsReversed {
            server,
            zxid,
            after,
        } => Text::new(
            format!(
                "{server} delivered {} after {}, which is of a later epoch.",
                z(*zxid),
                z(*after)
            ),
            format!(
                "{server} 在更晚纪元的 {} 之后才交付 {}。",
                z(*after),
                z(*zxid)
            ),
        ),
        What::LeaderLacks {
            leader,
            epoch,
            zxid,
        } => Text::new(
            format!(
                "{leader} proposes in epoch {} without holding {}, which was delivered earlier.",
                epoch.0,
                z(*zxid)
            ),
            format!(
                "{leader} 在纪元 {} 发出提案，却没有先前已交付的 {}。",
                epoch.0,
                z(*zxid)
            ),
        ),
        What::LateDelivery { zxid, epoch } => Text::new(
            format!(
                "{} is delivered although epoch {} began without it.",
                z(*zxid),
                epoch.0
            ),
            format!("纪元 {} 开始时不含 {}，它现在才被交付。", epoch.0, z(*zxid)),
        ),
        What::LostAtElection {
            leader,
            epoch,
            zxid,
            count,
            confirmed,
        } => {
            let (en, zh) = told(*confirmed);
            let (more, all) = others(*count);
            let zxid = z(*zxid);
            Text::new(
                format!(
                    "{leader} leads epoch {} without {zxid}{more}: committed, and lost.{en}",
                    epoch.0
                ),
                format!(
                    "{leader} 领导纪元 {}，却没有已提交的 {zxid}{all}：它丢失了。{zh}",
                    epoch.0
                ),
            )
        }
        What::OnTooFewDisks {
            zxid,
            holders,
            confirmed,
        } => {
            let (en, zh) = told(*confirmed);
            let zxid = z(*zxid);
            let (has, hold) = who_holds(holders);
            Text::new(
                format!("{zxid} is committed, but {has}.{en}"),
                format!("{zxid} 已提交，但{hold}。{zh}"),
            )
        }
        What::AckBeforeDurable {
            server,
            zxid,
            pending,
        } => too_early(*server, *zxid, *pending, z),
        What::NewLeaderLacks {
            server,
            epoch,
            missing,
        } => Text::new(
            format!(
                "{server} acknowledged the leader of epoch {} without {} safe on its disk.",
                epoch.0,
                z(*missing)
            ),
            format!(
                "{server} 确认了纪元 {} 的领导者，但 {} 尚未落盘。",
                epoch.0,
                z(*missing)
            ),
        ),
        What::NewLeaderExtra {
            server,
            epoch,
            extra,
        } => Text::new(
            format!(
                "{server} acknowledged the leader of epoch {} and still holds {}, which that leader lacks.",
                epoch.0,
                z(*extra)
            ),
            format!(
                "{server} 确认了纪元 {} 的领导者，却仍持有该领导者没有的 {}。",
                epoch.0,
                z(*extra)
            ),
        ),
        What::NewLeaderEpoch {
            server,
            epoch,
            file,
        } => {
            let holds = file.map_or("–".to_owned(), |e| e.0.to_string());
            Text::new(
                format!(
                    "{server} acknowledged the leader of epoch {} while its currentEpoch held {holds}.",
                    epoch.0
                ),
                format!(
                    "{server} 确认了纪元 {} 的领导者，而它的 currentEpoch 是 {holds}。",
                    epoch.0
                ),
            )
        }
        What::CommitOutOfOrder {
            leader,
            zxid,
            expected,
        } => Text::new(
            format!(
                "{leader} committed {}, but {} was due.",
                z(*zxid),
                z(*expected)
            ),
            format!(
                "{leader} 提交了 {}，而此时应提交 {}。",
                z(*zxid),
                z(*expected)
            ),
        ),
        What::CommitWithoutQuorum {
            leader,
            zxid,
            durable,
        } => Text::new(
            format!(
                "{leader} committed {} without a quorum of safe copies: {}.",
                z(*zxid),
                names(durable, "none", ", ")
            ),
            format!(
                "{leader} 提交了 {}，但已落盘并确认的副本不到法定人数：{}。",
                z(*zxid),
                names(durable, "没有", "、")
            ),
        ),
        What::Hole {
            server,
            after,
            next,
        } => Text::new(
            format!("{server}'s log jumps from {} to {}.", z(*after), z(*next)),
            format!("{server} 的日志从 {} 直接跳到 {}。", z(*after), z(*next)),
        ),
        What::TreeDiffers {
            server,
            zxid,
            path,
            how,
        } => tree_differs(*server, &z(*zxid), path, *how),
        What::DigestDiffers { server, zxid, .. } => {
            let zxid = z(*zxid);
            Text::new(
                format!("{server}'s tree after {zxid} has another digest than {zxid} itself says."),
                format!("应用 {zxid} 之后，{server} 数据树的摘要与该事务自带的摘要不同。"),
            )
        }
        What::EphemeralOutlives {
            server,
            session,
            path,
        } => Text::new(
            format!("{server} still has {path}, though its session {session} is closed."),
            format!("会话 {session} 已关闭，{server} 上仍有它的临时 znode {path}。"),
        ),
        What::RepliesReordered { client, .. } => {
            let client = name(*client, world);
            Text::new(
                format!("Client {client} got its answers in another order than it asked."),
                format!("客户端 {client} 收到答复的顺序与请求的顺序不同。"),
            )
        }
        What::WentBack { client, seen, now } => {
            let client = name(*client, world);
            Text::new(
                format!(
                    "Client {client} had seen {} and now sees only {}.",
                    z(*seen),
                    z(*now)
                ),
                format!(
                    "客户端 {client} 曾看到 {}，现在却只看到 {}。",
                    z(*seen),
                    z(*now)
                ),
            )
        }
        What::OwnWriteUnseen { client, write, now } => {
            let client = name(*client, world);
            Text::new(
                format!(
                    "Client {client} does not see its own write {}: it reads the state at {}.",
                    z(*write),
                    z(*now)
                ),
                format!(
                    "客户端 {client} 看不到自己的写入 {}：它读到的是 {} 的状态。",
                    z(*write),
                    z(*now)
                ),
            )
        }
        What::RestoreUndone {
            server,
            restored,
            now,
        } => restore::undone(*server, *restored, *now, z),
        What::RestoreEpoch {
            server,
            epoch,
            used,
        } => restore::epoch(*server, *epoch, *used),
        What::NoLeader => Text::new(
            "A quorum was left in peace and has no leader.",
            "多数派未受干扰，却没有选出领导者。",
        ),
        What::Unanswered { client, .. } => {
            let client = name(*client, world);
            Text::new(
                format!("A request of client {client} is not answered in time."),
                format!("客户端 {client} 的一个请求未及时得到答复。"),
            )
        }
        What::Behind {
            server,
            has,
            committed,
        } => Text::new(
            format!(
                "{server} is connected, but has only {} of what is committed up to {}.",
                z(*has),
                z(*committed)
            ),
            format!(
                "{server} 已连接，却只到 {}，而已提交到 {}。",
                z(*has),
                z(*committed)
            ),
        ),
        What::Flaps { server, times } => Text::new(
            format!("{server} left an established leader {times} times."),
            format!("{server} {times} 次离开已确立的领导者。"),
        ),
        What::SessionLingers { session } => Text::new(
            format!("Session {session} has no client any more and is still open."),
            format!("会话 {session} 已没有客户端，却仍未关闭。"),
        ),
        What::NotBack { server } => Text::new(
            format!("{server} has an intact disk and has not rejoined."),
            format!("{server} 的磁盘完好，却没有重新加入。"),
        ),
    }
}

/// `e1·4`.
pub fn on_page(zxid: Zxid) -> String {
    Zx::from(zxid).to_string()
}

/// `1.4`.
pub fn in_text(zxid: Zxid) -> String {
    zxid.to_string()
}

fn diverged(server: ServerId, zxid: Zxid, instead_of: Option<Zxid>, z: Spelling) -> Text {
    match instead_of {
        Some(other) if other == zxid => Text::new(
            format!(
                "{server} delivered another transaction as {} than the others.",
                z(zxid)
            ),
            format!("{server} 交付的 {} 与其他服务器的不是同一事务。", z(zxid)),
        ),
        Some(other) => Text::new(
            format!(
                "{server} delivered {} where others delivered {}.",
                z(zxid),
                z(other)
            ),
            format!(
                "其他服务器交付 {} 之处，{server} 交付了 {}。",
                z(other),
                z(zxid)
            ),
        ),
        None => Text::new(
            format!("{server} delivered {} where nothing may stand.", z(zxid)),
            format!("{server} 在不应有事务之处交付了 {}。", z(zxid)),
        ),
    }
}

fn too_early(server: ServerId, zxid: Zxid, pending: Zxid, z: Spelling) -> Text {
    let (what, of) = if zxid.is_epoch_start() {
        let epoch = zxid.epoch().0;
        (
            format!("NEWLEADER of epoch {epoch}"),
            format!("纪元 {epoch} 的 NEWLEADER "),
        )
    } else {
        (z(zxid), format!(" {} ", z(zxid)))
    };
    let late = if zxid == pending {
        "it".to_owned()
    } else {
        z(pending)
    };
    Text::new(
        format!("{server} acknowledged {what} before {late} was safe on its disk."),
        format!("{server} 对{of}回复了 ACK，而 {} 尚未落盘。", z(pending)),
    )
}

/// A client had been told.
const fn told(confirmed: bool) -> (&'static str, &'static str) {
    if confirmed {
        (
            " A client had been told that it is done.",
            "客户端已得到成功的答复。",
        )
    } else {
        ("", "")
    }
}

/// The first stands for several.
fn others(count: u32) -> (String, String) {
    match count {
        0 | 1 => Default::default(),
        n => (format!(" and {} more", n - 1), format!(" 等 {n} 个")),
    }
}

fn tree_differs(server: ServerId, zxid: &str, path: &str, how: Difference) -> Text {
    let (en, zh) = match how {
        Difference::Missing => ("is missing", "缺失"),
        Difference::Extra => ("should not be there", "不应存在"),
        Difference::Data => ("has other data", "的数据不同"),
        Difference::Stat => ("has another stat", "的状态（Stat）不同"),
        Difference::Children => ("has other children", "的子节点列表不同"),
        Difference::Acl => ("has another access control list", "的 ACL 不同"),
        Difference::Sessions => {
            return Text::new(
                format!(
                    "{server} at {zxid} knows other sessions than the committed history gives."
                ),
                format!("{server} 在 {zxid} 的会话表与已提交的历史不符。"),
            );
        }
    };
    Text::new(
        format!("{server}'s tree at {zxid} is not what the committed history gives: {path} {en}."),
        format!("{server} 在 {zxid} 的数据树与已提交的历史不符：{path} {zh}。"),
    )
}

const fn file_name(file: EpochFile) -> &'static str {
    match file {
        EpochFile::Accepted => "acceptedEpoch",
        EpochFile::Current => "currentEpoch",
    }
}

fn names(servers: &[ServerId], none: &str, between: &str) -> String {
    if servers.is_empty() {
        return none.to_owned();
    }
    let names: Vec<String> = servers.iter().map(ServerId::to_string).collect();
    names.join(between)
}

/// Too few to be in every quorum.
fn who_holds(holders: &[ServerId]) -> (String, String) {
    match holders {
        [] => ("no server has it".to_owned(), "没有服务器持有它".to_owned()),
        some => {
            let have = if some.len() == 1 { "has" } else { "have" };
            (
                format!(
                    "only {} {have} it: a quorum can form without it",
                    names(some, "", ", ")
                ),
                format!(
                    "只有 {} 持有它：没有它也能凑成法定人数",
                    names(some, "", "、")
                ),
            )
        }
    }
}

fn name(client: ClientId, world: &World) -> &str {
    let found = world.clients().get(usize::from(client.0));
    found.map_or("?", |client| client.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Epoch;
    use crate::world::Config;

    fn said(breach: &What) -> [String; 2] {
        let world = World::new(Config::default().into());
        let text = what(breach, &world, on_page);
        [text.en, text.zh]
    }

    #[test]
    fn a_lost_write_names_the_leader_and_says_that_a_client_was_told() {
        let lost = What::LostAtElection {
            leader: ServerId(2),
            epoch: Epoch(2),
            zxid: Zxid::new(Epoch(1), 7),
            count: 3,
            confirmed: true,
        };
        assert_eq!(
            said(&lost),
            [
                "S2 leads epoch 2 without e1·7 and 2 more: committed, and lost. \
                 A client had been told that it is done.",
                "S2 领导纪元 2，却没有已提交的 e1·7 等 3 个：它丢失了。客户端已得到成功的答复。"
            ]
        );
    }

    #[test]
    fn nobody_is_named_when_no_disk_holds_it() {
        let lost = What::OnTooFewDisks {
            zxid: Zxid::new(Epoch(1), 7),
            holders: Vec::new(),
            confirmed: false,
        };
        let [en, zh] = said(&lost);
        assert_eq!(en, "e1·7 is committed, but no server has it.");
        assert_eq!(zh, "e1·7 已提交，但没有服务器持有它。");
    }
}
