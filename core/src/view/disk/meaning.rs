//! Fields in words: their names, what such a field is, and what it says here.

use serde::Serialize;

use super::file::Tone;
use crate::base::SessionId;
use crate::model::{Acl, ErrorCode, Zxid};
use crate::storage::anatomy::ItemKind;
use crate::storage::{Field, Name, Part, PartKind, Value, Verdict};
use crate::tree::{NodeOwner, NodeStat};
use crate::view::findings;
use crate::view::frame::Zx;
use crate::view::lang::Text;
use crate::view::znode::{DataView, client_of, utc};
use crate::world::World;

/// Bytes of data that stand in a line.
const SHOWN: usize = 48;
/// Milliseconds from the start of a run that are told as seconds.
const SECONDS: i64 = 100_000_000;

/// What a field belongs to: neighbours of one group are read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Group {
    /// Around a payload: checksum, length, end byte.
    Frame,
    /// Who asked, when, what for.
    Head,
    /// The place in the order.
    Zxid,
    /// What is done, or kept.
    Body,
    /// Digest of the tree.
    Digest,
    /// Bytes without a meaning.
    Blank,
}

impl Group {
    pub(super) const fn of(name: Name) -> Self {
        match name {
            Name::Magic
            | Name::Format
            | Name::DbId
            | Name::Checksum
            | Name::Length
            | Name::End
            | Name::Seal
            | Name::Slash => Self::Frame,
            Name::Session | Name::Cxid | Name::Time | Name::Type => Self::Head,
            Name::Zxid => Self::Zxid,
            Name::Digest => Self::Digest,
            Name::Packed | Name::Zeros | Name::Rest => Self::Blank,
            _ => Self::Body,
        }
    }
}

/// A part that is being put into words.
pub(super) struct Reading<'a> {
    world: &'a World,
    item: Option<ItemKind>,
    damaged: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(world: &'a World, part: &Part, verdict: &Verdict) -> Self {
        Self {
            world,
            item: match part.kind {
                PartKind::Item(item, _) => Some(item),
                _ => None,
            },
            damaged: matches!(verdict, Verdict::Damaged(_)),
        }
    }

    fn session(&self, id: i64) -> Text {
        let session = SessionId(id);
        match client_of(self.world, session) {
            Some(name) if id != 0 => Text::new(format!("client {name}"), format!("客户端 {name}")),
            _ => Text::same(session.to_string()),
        }
    }

    fn owner(&self, owner: i64) -> Text {
        let stat = NodeStat {
            ephemeral_owner: owner,
            ..NodeStat::default()
        };
        match stat.owner() {
            NodeOwner::Nobody => Text::new("nobody", "无"),
            NodeOwner::Session(session) => self.session(session.0),
            NodeOwner::Container => Text::new("container", "容器"),
            NodeOwner::Ttl(ms) => Text::same(format!("TTL {ms} ms")),
        }
    }

    fn time(&self, ms: i64) -> Text {
        let since = ms - self.world.config().clock_ms;
        if (0..SECONDS).contains(&since) {
            Text::same(format!("{}.{:03} s", since / 1_000, since % 1_000))
        } else {
            Text::same(if ms == 0 { "0".to_owned() } else { utc(ms) })
        }
    }
}

/// The name of a field: ZooKeeper's own, where it has one.
pub(super) const fn name(reading: &Reading<'_>, field: &Field) -> &'static str {
    match field.name {
        Name::Magic => "magic",
        Name::Format | Name::Version => "version",
        Name::DbId => "dbid",
        Name::Checksum | Name::Seal => "adler32",
        Name::Length | Name::PartLength => "length",
        Name::End => "end",
        Name::Session => "session",
        Name::Cxid => "cxid",
        Name::Zxid => "zxid",
        Name::Time => "time",
        Name::Type | Name::PartType => "type",
        Name::Path if matches!(reading.item, Some(ItemKind::End)) => "end",
        Name::Path => "path",
        Name::Data => "data",
        Name::Acl => "acl",
        Name::AclId => "acl no.",
        Name::Ephemeral => "ephemeral",
        Name::ParentCversion | Name::Cversion => "cversion",
        Name::Ttl => "ttl",
        Name::Timeout => "timeout",
        Name::Paths => "paths",
        Name::Code => "err",
        Name::Parts => "parts",
        Name::Digest => "digest",
        Name::Sessions | Name::Lists => "count",
        Name::Czxid => "czxid",
        Name::Mzxid => "mzxid",
        Name::Ctime => "ctime",
        Name::Mtime => "mtime",
        Name::Aversion => "aversion",
        Name::Owner => "owner",
        Name::Pzxid => "pzxid",
        Name::Slash => "mark",
        Name::Text => "text",
        Name::Packed => "packed",
        Name::Zeros => "zeros",
        Name::Rest => "rest",
    }
}

/// What such a field is.
pub(super) fn about(reading: &Reading<'_>, field: &Field) -> Text {
    let (en, zh) = match field.name {
        Name::Magic => ("what every such file starts with", "此类文件的固定开头"),
        Name::Format => ("version of the format", "格式版本"),
        Name::DbId => (
            "number of the database; nobody looks at it",
            "数据库编号，无人使用",
        ),
        Name::Checksum => ("checksum of the payload", "载荷的校验和"),
        Name::Length | Name::PartLength => ("bytes that follow", "其后的字节数"),
        Name::End => (
            "written last: a record without it is torn",
            "最后写入；缺少它，记录就不完整",
        ),
        Name::Session => ("whose session", "所属会话"),
        Name::Cxid => ("number of the request in its session", "会话内的请求编号"),
        Name::Zxid => ("place in the order of all writes", "在所有写入中的次序"),
        Name::Time => ("the leader's clock", "领导者的时钟"),
        Name::Type | Name::PartType => ("what the transaction does", "事务类型"),
        Name::Path if matches!(reading.item, Some(ItemKind::End)) => {
            ("no more nodes follow", "其后不再有 znode")
        }
        Name::Path => ("path of the znode", "znode 的路径"),
        Name::Data => ("data of the znode", "znode 的数据"),
        Name::Acl => ("who may do what", "访问控制列表"),
        Name::AclId => (
            "number in the table of access lists",
            "在访问控制表中的编号",
        ),
        Name::Ephemeral => ("1: goes with its session", "1 表示随会话消失"),
        Name::ParentCversion => ("cversion of the parent afterwards", "父节点此后的 cversion"),
        Name::Ttl => ("time to live", "存活时间"),
        Name::Version => ("version of the data afterwards", "此后的数据版本"),
        Name::Timeout => ("timeout of the session", "会话超时"),
        Name::Paths => (
            "ephemerals that go with the session",
            "随会话删除的临时 znode",
        ),
        Name::Code => ("why the request failed", "请求失败的原因"),
        Name::Parts => ("how many operations follow", "其后的操作数"),
        Name::Digest => (
            "digest of the whole tree afterwards",
            "此后整棵数据树的摘要",
        ),
        Name::Sessions => ("how many sessions follow", "其后的会话数"),
        Name::Lists => ("how many access lists follow", "其后的访问控制表项数"),
        Name::Czxid => ("transaction that created it", "创建它的事务"),
        Name::Mzxid => (
            "transaction that changed its data last",
            "最后修改数据的事务",
        ),
        Name::Ctime => ("when it was created", "创建时间"),
        Name::Mtime => ("when its data was changed last", "最后修改数据的时间"),
        Name::Cversion => ("changes of its children", "子节点变更次数"),
        Name::Aversion => ("changes of its access list", "访问控制变更次数"),
        Name::Owner => ("session it goes with", "所属会话（临时 znode）"),
        Name::Pzxid => (
            "transaction that changed its children last",
            "最后变更子节点的事务",
        ),
        Name::Seal => ("checksum of everything before", "此前全部内容的校验和"),
        Name::Slash => ("ends a section", "一节的结束标记"),
        Name::Text => ("a line of text", "一行文本"),
        Name::Packed => ("a packed snapshot", "压缩的快照"),
        Name::Zeros => (
            "space written ahead, for records to come",
            "为后续记录预先分配",
        ),
        Name::Rest => ("no reader takes these bytes", "这些字节不会被读取"),
    };
    Text::new(en, zh)
}

/// What a field says here.
pub(super) fn meaning(reading: &Reading<'_>, field: &Field) -> Text {
    let Value::Number(number) = field.value else {
        return said(&field.value, field);
    };
    match field.name {
        Name::Session => reading.session(number),
        Name::Owner => reading.owner(number),
        Name::Zxid | Name::Czxid | Name::Mzxid | Name::Pzxid => zxid(number),
        Name::Time | Name::Ctime | Name::Mtime => reading.time(number),
        Name::Type | Name::PartType => Text::same(type_word(number)),
        Name::Timeout | Name::Ttl => Text::same(duration(number)),
        Name::Code => Text::same(error(number)),
        Name::Digest => Text::same(format!("{number:x}")),
        Name::Checksum => Text::same(format!("{number:08x}")),
        _ => Text::same(number.to_string()),
    }
}

/// What a value says that is no number.
fn said(value: &Value, field: &Field) -> Text {
    match value {
        Value::Sum(stored, computed) if *stored == i64::from(*computed) => {
            Text::new("matches", "校验通过")
        }
        Value::Sum(_, computed) => Text::new(
            format!("differs: computed {computed:08x}"),
            format!("不符：算得 {computed:08x}"),
        ),
        Value::Flag(true) if field.name == Name::End => Text::new("whole", "完整"),
        Value::Flag(false) if field.name == Name::End => Text::new("missing", "缺失"),
        Value::Flag(true) => Text::new("yes", "是"),
        Value::Flag(false) => Text::new("no", "否"),
        Value::Text(text) if text.is_empty() => Text::new("root", "根"),
        Value::Text(text) => Text::same(text.trim_end()),
        Value::Data(None) => Text::same("null"),
        Value::Data(Some(data)) if data.is_empty() => Text::new("empty", "空"),
        Value::Data(Some(data)) => Text::same(short(data)),
        Value::Acl(list) => {
            let list: Vec<String> = list.iter().map(Acl::to_string).collect();
            Text::same(list.join(", "))
        }
        Value::Paths(paths) if paths.is_empty() => Text::new("none", "无"),
        Value::Paths(paths) => Text::same(paths.join(" ")),
        Value::Digest(version, digest) => Text::same(format!("v{version} {digest:x}")),
        Value::Bytes if field.name == Name::Zeros => Text::new("written ahead", "预分配"),
        Value::Bytes | Value::Number(_) => Text::new("not read", "不读取"),
    }
}

/// How a field is to be read.
pub(super) fn tone(reading: &Reading<'_>, field: &Field) -> Tone {
    match (&field.value, field.name) {
        (Value::Sum(stored, computed), _) if *stored == i64::from(*computed) => Tone::Good,
        (Value::Flag(true), Name::End) => Tone::Good,
        (Value::Sum(..), _) | (Value::Flag(false), Name::End) => Tone::Bad,
        (_, Name::Text) if reading.damaged => Tone::Bad,
        (_, Name::Zxid) if reading.item.is_none() => Tone::Key,
        _ => Tone::Plain,
    }
}

/// What a part is, and what it is about.
pub(super) fn title(part: &Part, fields: &[Field]) -> (Text, String) {
    let number = |name: Name| {
        let found = fields.iter().find(|field| field.name == name);
        found.and_then(|field| match field.value {
            Value::Number(number) => Some(number),
            _ => None,
        })
    };
    let about = fields.iter().find_map(|field| match &field.value {
        Value::Text(path) if path.is_empty() => Some("/".to_owned()),
        Value::Text(path) => Some(path.trim_end().to_owned()),
        Value::Paths(paths) => Some(paths.join(" ")),
        _ => None,
    });
    let word = match part.kind {
        PartKind::Record(_) | PartKind::Cut => match number(Name::Type) {
            Some(code) if code != 0 => Text::same(type_word(code)),
            _ => Text::new("torn record", "残缺的记录"),
        },
        PartKind::Header => Text::new("header", "文件头"),
        PartKind::Unread => Text::new("not read", "不读取"),
        PartKind::Zeros => Text::new("zeros", "零"),
        PartKind::Text => Text::new("text", "文本"),
        PartKind::Packed => Text::new("packed", "压缩"),
        PartKind::Item(item, _) => item_word(item),
    };
    let about = match part.kind {
        PartKind::Item(ItemKind::End, _) => None,
        PartKind::Item(ItemKind::Sessions, _) => number(Name::Sessions).map(|n| n.to_string()),
        PartKind::Item(ItemKind::Lists, _) => number(Name::Lists).map(|n| n.to_string()),
        PartKind::Item(ItemKind::Session, _) => number(Name::Session).map(|n| format!("{n:#x}")),
        PartKind::Item(ItemKind::List, _) => number(Name::AclId).map(|n| n.to_string()),
        _ => about,
    };
    (word, about.unwrap_or_default())
}

/// What a reader says of a part, when it is not as it should be.
pub(super) fn verdict(verdict: &Verdict) -> Text {
    match verdict {
        Verdict::Whole => Text::default(),
        Verdict::Torn(kept) => Text::new(
            format!("torn: {kept} bytes of it are here"),
            format!("残缺：只有 {kept} 字节"),
        ),
        Verdict::NoEndByte => Text::new("its end byte is missing", "缺少结束字节"),
        Verdict::Short => Text::new("too short for its transaction", "比其事务短"),
        Verdict::Damaged(why) => findings::why(why),
        Verdict::Unread => Text::new("no reader comes here", "读取到不了这里"),
    }
}

fn item_word(item: ItemKind) -> Text {
    let (en, zh) = match item {
        ItemKind::Head => ("header", "文件头"),
        ItemKind::Sessions => ("sessions", "会话"),
        ItemKind::Session => ("session", "会话"),
        ItemKind::Lists => ("access lists", "访问控制表"),
        ItemKind::List => ("access list", "访问控制"),
        ItemKind::Node => ("node", "节点"),
        ItemKind::End => ("end of nodes", "节点结束"),
        ItemKind::Seal => ("checksum", "校验和"),
        ItemKind::Digest => ("digest", "摘要"),
        ItemKind::LastZxid => ("last zxid", "最后的 zxid"),
        ItemKind::Broken => ("cut off", "残缺"),
    };
    Text::new(en, zh)
}

fn zxid(number: i64) -> Text {
    Text::same(match number {
        0 => "0".to_owned(),
        _ => Zx::from(Zxid(number)).to_string(),
    })
}

/// The word of a transaction's type.
fn type_word(code: i64) -> String {
    let word = match code {
        -11 => "closeSession",
        -10 => "createSession",
        -1 => "error",
        1 => "create",
        2 => "delete",
        5 => "setData",
        7 => "setACL",
        13 => "check",
        14 => "multi",
        15 => "create2",
        16 => "reconfig",
        19 => "createContainer",
        20 => "deleteContainer",
        21 => "createTTL",
        _ => return format!("? {code}"),
    };
    word.to_owned()
}

fn duration(ms: i64) -> String {
    if ms % 1_000 == 0 {
        format!("{} s", ms / 1_000)
    } else {
        format!("{ms} ms")
    }
}

fn error(code: i64) -> String {
    let known = i32::try_from(code).ok().and_then(ErrorCode::from_code);
    known.map_or_else(|| code.to_string(), |code| code.to_string())
}

fn short(data: &[u8]) -> String {
    let view = DataView::short(data, SHOWN);
    let rest = if view.rest > 0 { "…" } else { "" };
    format!("{}{rest}", view.text)
}
