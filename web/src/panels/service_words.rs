//! The words of the tree and the ledger, both languages side by side.

use zablab_core::lab::ServerId;
use zablab_core::view::Lang;
use zablab_core::view::difference::{Side, TreeDifference};
use zablab_core::view::frame::{Power, ServerRow};
use zablab_core::view::ledger::{Fate, Gone, LedgerRow, LedgerView};
use zablab_core::view::tree::{Touch, TreeView};
use zablab_core::view::znode::{DataView, NodeKind};

use crate::words;

/// Servers that are all named; of more of them the shorter list is.
const FEW: usize = 5;

words::words! {
    Server: "Server", "服务器";
    CompareWith: "Compare with", "对比";
    NoOther: "nobody", "无";
    Znode: "znode", "znode";
    NotHere: "not here", "此处没有";
    Null: "null", "null";
    Acl: "ACL", "ACL";
    AclLost: "the server has lost this list", "服务器已丢失该列表";
    LooksSequential: "The name ends like that of a sequential znode. The tree does not keep whether it was one.",
        "名称结尾与顺序 znode 相同；数据树不记录创建时是否为顺序 znode。";
    NothingTold: "No client was told of a write yet.", "还没有客户端得到写入的答复。";
    // what the step did to a node
    Created: "created", "新建";
    Changed: "data set", "数据更新";
    AclChanged: "ACL set", "ACL 更新";
    ChildrenChanged: "children", "子节点变动";
}

/// What the step shown did to a node.
pub(super) const fn touch(touch: Touch) -> Word {
    match touch {
        Touch::Created => Word::Created,
        Touch::Data => Word::Changed,
        Touch::Acl => Word::AclChanged,
        Touch::Children => Word::ChildrenChanged,
    }
}

/// `ephemeral · a`: the kind in a row.
pub(super) fn kind(lang: Lang, kind: &NodeKind) -> String {
    match (kind, lang) {
        (NodeKind::Persistent, Lang::En) => "persistent".to_owned(),
        (NodeKind::Persistent, Lang::Zh) => "持久".to_owned(),
        (NodeKind::Ephemeral { session, client }, _) => {
            let word = match lang {
                Lang::En => "ephemeral",
                Lang::Zh => "临时",
            };
            format!("{word} · {}", client.as_ref().unwrap_or(session))
        }
        (NodeKind::Container, Lang::En) => "container".to_owned(),
        (NodeKind::Container, Lang::Zh) => "容器".to_owned(),
        (NodeKind::Ttl(ms), _) => format!("TTL {ms} ms"),
    }
}

/// The kind in a sentence.
pub(super) fn kind_long(lang: Lang, kind: &NodeKind) -> String {
    match (kind, lang) {
        (NodeKind::Persistent, Lang::En) => "Persistent: it stays until it is deleted.".to_owned(),
        (NodeKind::Persistent, Lang::Zh) => "持久 znode：保留到被删除为止。".to_owned(),
        (NodeKind::Ephemeral { session, client }, Lang::En) => match client {
            Some(client) => format!("Ephemeral: it goes with client {client}'s session."),
            None => format!("Ephemeral: it goes with session {session}."),
        },
        (NodeKind::Ephemeral { session, client }, Lang::Zh) => match client {
            Some(client) => format!("临时 znode：随客户端 {client} 的会话结束而消失。"),
            None => format!("临时 znode：随会话 {session} 结束而消失。"),
        },
        (NodeKind::Container, Lang::En) => {
            "Container: the leader may delete it when its last child is gone.".to_owned()
        }
        (NodeKind::Container, Lang::Zh) => {
            "容器 znode：最后一个子 znode 消失后，领导者可将其删除。".to_owned()
        }
        (NodeKind::Ttl(ms), Lang::En) => format!(
            "TTL {ms} ms: the leader may delete it when it has no children and was not changed for so long."
        ),
        (NodeKind::Ttl(ms), Lang::Zh) => {
            format!("TTL {ms} ms：无子 znode 且超过该时间未修改后，领导者可将其删除。")
        }
    }
}

/// `Data, 4 bytes`.
pub(super) fn data_head(lang: Lang, data: Option<&DataView>) -> String {
    match (data, lang) {
        (None, Lang::En) => "Data: null".to_owned(),
        (None, Lang::Zh) => "数据：null".to_owned(),
        (Some(data), Lang::En) => {
            let hex = if data.hex { ", no text: in hex" } else { "" };
            format!("Data, {}{hex}", bytes(lang, data.length))
        }
        (Some(data), Lang::Zh) => {
            let hex = if data.hex {
                "，非文本，以十六进制显示"
            } else {
                ""
            };
            format!("数据，{}{hex}", bytes(lang, data.length))
        }
    }
}

fn bytes(lang: Lang, bytes: u64) -> String {
    match (bytes, lang) {
        (1, Lang::En) => "1 byte".to_owned(),
        (n, Lang::En) => format!("{n} bytes"),
        (n, Lang::Zh) => format!("{n} 字节"),
    }
}

/// What is not shown of the data.
pub(super) fn rest(lang: Lang, rest: u64) -> String {
    match lang {
        Lang::En => format!("{} more", bytes(lang, rest)),
        Lang::Zh => format!("另有 {}", bytes(lang, rest)),
    }
}

/// `Applied up to e1·7, 9 znodes`.
pub(super) fn about(lang: Lang, view: &TreeView) -> String {
    let TreeView { last, nodes, .. } = view;
    let mut said = match lang {
        Lang::En => format!("{nodes} znodes in memory, applied up to {last}"),
        Lang::Zh => format!("内存中 {nodes} 个 znode，已应用至 {last}"),
    };
    if !view.serves {
        said.push_str(match lang {
            Lang::En => "; answers no client now",
            Lang::Zh => "；此刻不答复客户端",
        });
    }
    said
}

/// `This step removes /a`.
pub(super) fn removed(lang: Lang, paths: &[String]) -> String {
    let paths = paths.join(" ");
    match lang {
        Lang::En => format!("This step removes {paths}"),
        Lang::Zh => format!("这一步删除 {paths}"),
    }
}

/// Rows that are left out.
pub(super) fn more(lang: Lang, more: u64) -> String {
    match lang {
        Lang::En => format!("{more} more are not shown."),
        Lang::Zh => format!("另有 {more} 行未显示。"),
    }
}

/// `/orders/2 is not on S1 at this moment.`
pub(super) fn absent(lang: Lang, path: &str, server: ServerId) -> String {
    match lang {
        Lang::En => format!("{path} is not on {server} at this moment."),
        Lang::Zh => format!("此刻 {server} 上没有 {path}。"),
    }
}

/// `S2`, or `S2, down`.
pub(super) fn server(lang: Lang, row: &ServerRow) -> String {
    match (row.power.has_memory(), lang) {
        (true, _) => row.id.to_string(),
        (false, Lang::En) => format!("{}, down", row.id),
        (false, Lang::Zh) => format!("{}，已停止", row.id),
    }
}

/// Why a server has no tree.
pub(super) fn gone(lang: Lang, row: &ServerRow) -> String {
    let id = row.id;
    let why = match (&row.power, lang) {
        (Power::PowerLost, Lang::En) => format!("{id} lost power."),
        (Power::PowerLost, Lang::Zh) => format!("{id} 断电。"),
        (Power::Halted(why), Lang::En) => format!("{id} stopped itself: {}.", why.get(lang)),
        (Power::Halted(why), Lang::Zh) => format!("{id} 自行停止：{}。", why.get(lang)),
        (_, Lang::En) => format!("The process of {id} is dead."),
        (_, Lang::Zh) => format!("{id} 的进程已退出。"),
    };
    match (row.reaches, lang) {
        (Some(zxid), Lang::En) => format!(
            "{why} Its memory is gone, and its tree with it. Its disk holds transactions up to {zxid}; it will build the tree from them."
        ),
        (Some(zxid), Lang::Zh) => {
            format!(
                "{why}内存已丢失，数据树随之消失。磁盘上的事务到 {zxid} 为止，重启后据此重建数据树。"
            )
        }
        (None, Lang::En) => format!(
            "{why} Its memory is gone, and its tree with it. Its disk holds no transaction."
        ),
        (None, Lang::Zh) => format!("{why}内存已丢失，数据树随之消失。磁盘上没有事务。"),
    }
}

/// `The trees of S1 and S3 are equal.`
pub(super) fn equality(lang: Lang, view: &TreeDifference) -> String {
    let [left, right] = view.sides.map(|side| side.server);
    let count = view.rows.len() as u64 + view.more;
    match (count, lang) {
        (0, Lang::En) => format!("The trees of {left} and {right} are equal."),
        (0, Lang::Zh) => format!("{left} 与 {right} 的数据树相同。"),
        (1, Lang::En) => format!("{left} and {right} differ in 1 znode."),
        (n, Lang::En) => format!("{left} and {right} differ in {n} znodes."),
        (n, Lang::Zh) => format!("{left} 与 {right} 有 {n} 个 znode 不同。"),
    }
}

/// How far each has come.
pub(super) fn progress(lang: Lang, view: &TreeDifference) -> String {
    let [left, right] = view.sides;
    let late = view
        .behind
        .map_or(usize::from(right.last < left.last), |b| b.side);
    let (late, early) = (view.sides[late], view.sides[1 - late]);
    let (late_at, early_at) = (late.last, early.last);
    let (late, early) = (late.server, early.server);
    if view.forked {
        return match lang {
            Lang::En => format!(
                "{late} has applied {late_at}, which is not in the history of {early}; {early} has applied {early_at}."
            ),
            Lang::Zh => {
                format!(
                    "{late} 已应用 {late_at}，它不在 {early} 的历史中；{early} 已应用至 {early_at}。"
                )
            }
        };
    }
    if let Some(behind) = view.behind {
        let by = behind.by;
        let s = if by == 1 { "" } else { "s" };
        return match lang {
            Lang::En => format!(
                "{late} is {by} transaction{s} behind {early}: it has applied {late_at}, {early} {early_at}."
            ),
            Lang::Zh => {
                format!(
                    "{late} 比 {early} 落后 {by} 个事务：{late} 已应用至 {late_at}，{early} 至 {early_at}。"
                )
            }
        };
    }
    if left.last == right.last {
        return match lang {
            Lang::En => format!("Both have applied everything up to {}.", left.last),
            Lang::Zh => format!("两者都已应用至 {}。", left.last),
        };
    }
    let at = |side: Side| format!("{} {}", side.server, side.last);
    let (left, right) = (at(left), at(right));
    match lang {
        Lang::En => {
            format!("Last applied: {left}, {right}. No committed transaction lies between.")
        }
        Lang::Zh => format!("最后应用：{left}，{right}；其间没有已提交的事务。"),
    }
}

/// `6 confirmed`, `none lost` and, if there are any, `1 unknown`.
pub(super) fn summary(lang: Lang, view: &LedgerView) -> (String, String, Option<String>) {
    let LedgerView {
        confirmed,
        lost,
        unknown,
        ..
    } = view;
    let some = |said: String| (*unknown > 0).then_some(said);
    match lang {
        Lang::En => {
            let lost = if *lost == 0 {
                "none lost".to_owned()
            } else {
                format!("{lost} lost")
            };
            let unknown = some(format!("{unknown} unknown"));
            (format!("{confirmed} confirmed"), lost, unknown)
        }
        Lang::Zh => {
            let lost = if *lost == 0 {
                "无丢失".to_owned()
            } else {
                format!("丢失 {lost}")
            };
            let unknown = some(format!("结果未知 {unknown}"));
            (format!("已答复 {confirmed}"), lost, unknown)
        }
    }
}

/// Older writes that are left out.
pub(super) fn older(lang: Lang, more: u64) -> String {
    match lang {
        Lang::En => format!("{more} older ones are not shown."),
        Lang::Zh => format!("另有 {more} 条更早的写入未显示。"),
    }
}

/// What the client knows, by whom and when.
pub(super) fn told(lang: Lang, row: &LedgerRow) -> String {
    let (name, at) = (&row.name, words::instant(row.at_us));
    match (row.told, lang) {
        (Some(server), Lang::En) => format!("{name}, told by {server} at {at} s"),
        (Some(server), Lang::Zh) => format!("{name}：{server} 于 {at} s 答复"),
        (None, Lang::En) => format!("unknown to {name} since {at} s"),
        (None, Lang::Zh) => format!("{name}：自 {at} s 起结果未知"),
    }
}

/// What became of it, in a word.
pub(super) const fn fate(lang: Lang, row: &LedgerRow) -> &'static str {
    match (row.fate, row.told.is_some(), lang) {
        (Fate::Kept, true, Lang::En) => "kept",
        (Fate::Kept, true, Lang::Zh) => "已保留",
        (Fate::Kept, false, Lang::En) => "it happened",
        (Fate::Kept, false, Lang::Zh) => "已生效",
        (Fate::AtRisk, _, Lang::En) => "at risk",
        (Fate::AtRisk, _, Lang::Zh) => "有风险",
        (Fate::Open, _, Lang::En) => "undecided",
        (Fate::Open, _, Lang::Zh) => "未定",
        (Fate::Lost(Gone::Declared), _, Lang::En) => "ended",
        (Fate::Lost(Gone::Declared), _, Lang::Zh) => "已放弃",
        (Fate::Lost(_), true, Lang::En) => "LOST",
        (Fate::Lost(_), true, Lang::Zh) => "丢失",
        (Fate::Lost(_), false, Lang::En) => "happened, gone",
        (Fate::Lost(_), false, Lang::Zh) => "曾生效，已消失",
        (Fate::Dropped(_), _, Lang::En) => "will not happen",
        (Fate::Dropped(_), _, Lang::Zh) => "不会生效",
        (Fate::NeverProposed, _, Lang::En) => "not proposed",
        (Fate::NeverProposed, _, Lang::Zh) => "未提案",
    }
}

/// Where it is now.
pub(super) fn place(lang: Lang, row: &LedgerRow) -> String {
    let disks = disks(lang, row);
    let mut parts = match (row.fate, lang) {
        (Fate::NeverProposed, Lang::En) => return "in no log: no leader proposed it".to_owned(),
        (Fate::NeverProposed, Lang::Zh) => return "不在任何日志中：没有领导者提出过它".to_owned(),
        (Fate::Kept | Fate::AtRisk, Lang::En) => vec!["committed".to_owned(), disks],
        (Fate::Kept | Fate::AtRisk, Lang::Zh) => vec!["已提交".to_owned(), disks],
        (Fate::Open, Lang::En) => vec!["not committed".to_owned(), disks],
        (Fate::Open, Lang::Zh) => vec!["未提交".to_owned(), disks],
        (Fate::Lost(Gone::NoDisk) | Fate::Dropped(Gone::NoDisk), _) => vec![disks],
        (Fate::Lost(gone) | Fate::Dropped(gone), _) => vec![overruled(lang, gone), disks],
    };
    if matches!(row.fate, Fate::Kept | Fate::AtRisk | Fate::Lost(_)) {
        parts.push(applied(lang, row));
    }
    parts.join(match lang {
        Lang::En => ", ",
        Lang::Zh => "，",
    })
}

fn overruled(lang: Lang, gone: Gone) -> String {
    match (gone, lang) {
        (Gone::NoDisk, _) => String::new(),
        (Gone::Declared, Lang::En) => "a restore ended it, as declared before".to_owned(),
        (Gone::Declared, Lang::Zh) => "还原时按事先声明放弃".to_owned(),
        (Gone::Replaced, Lang::En) => "its zxid belongs to another transaction now".to_owned(),
        (Gone::Replaced, Lang::Zh) => "它的 zxid 已被另一个事务占用".to_owned(),
        (Gone::Overruled { leader, epoch }, Lang::En) => {
            format!("{leader} began e{epoch} without it")
        }
        (Gone::Overruled { leader, epoch }, Lang::Zh) => format!("{leader} 开始 e{epoch} 时没有它"),
    }
}

fn disks(lang: Lang, row: &LedgerRow) -> String {
    let LedgerRow {
        durable, voters, ..
    } = row;
    match (durable, lang) {
        (0, Lang::En) => "durable on no disk".to_owned(),
        (0, Lang::Zh) => "没有磁盘已落盘".to_owned(),
        (_, Lang::En) => format!("durable on {durable} of {voters} disks"),
        (_, Lang::Zh) => format!("{durable}/{voters} 块磁盘已落盘"),
    }
}

/// The servers that have applied it, or the few that have not.
fn applied(lang: Lang, row: &LedgerRow) -> String {
    let names = |servers: &[ServerId]| {
        let names: Vec<String> = servers.iter().map(ServerId::to_string).collect();
        names.join(" ")
    };
    let all = row.slots.iter().map(|slot| slot.server);
    let missing: Vec<ServerId> = all.filter(|id| !row.applied.contains(id)).collect();
    let (have, lack) = (names(&row.applied), names(&missing));
    match lang {
        Lang::En if have.is_empty() => "applied nowhere".to_owned(),
        Lang::Zh if have.is_empty() => "没有服务器应用它".to_owned(),
        Lang::En if lack.is_empty() => "applied everywhere".to_owned(),
        Lang::Zh if lack.is_empty() => "所有服务器已应用".to_owned(),
        Lang::En if row.slots.len() > FEW && lack.len() < have.len() => {
            format!("applied on all but {lack}")
        }
        Lang::Zh if row.slots.len() > FEW && lack.len() < have.len() => {
            format!("除 {lack} 外均已应用")
        }
        Lang::En => format!("applied on {have}"),
        Lang::Zh => format!("已应用于 {have}"),
    }
}

/// The accessible name of a tree.
pub(super) fn tree_of(lang: Lang, server: ServerId) -> String {
    match lang {
        Lang::En => format!("Znodes of {server}"),
        Lang::Zh => format!("{server} 的 znode"),
    }
}
