//! What a script should have had at some place, in Chinese.
//!
//! The parser names what it expected in short English phrases. Here each of them has its Chinese; a
//! test reads the parser and finds those that have none. Words of the script language (`power`,
//! `1.7`, `/p`) stay as they are: they are what the user has to type.

/// The Chinese of a phrase of the parser; the phrase itself when it is a word of the language.
pub(super) fn expected(what: &str) -> String {
    if let Some(zh) = phrase(what) {
        return zh.to_owned();
    }
    let tails = [
        (", a whole number", "（整数）"),
        (", without quotes", "（不加引号）"),
        (" that is not a verb", "（不能是动词）"),
        (
            " of letters, digits, - and _",
            "（由字母、数字、- 和 _ 组成）",
        ),
    ];
    for (en, zh) in tails {
        if let Some(stem) = what.strip_suffix(en) {
            return format!("{}{zh}", expected(stem));
        }
    }
    if let Some(keys) = what.strip_prefix("one of the keys ") {
        return format!("以下键之一：{}", keys.replace(", ", "、"));
    }
    match what.strip_prefix("the number of ") {
        Some("servers") => "服务器数量".to_owned(),
        Some("observers") => "观察者数量".to_owned(),
        Some(key) => format!("{key} 的数量"),
        None => what.to_owned(),
    }
}

/// A complaint about the order of lines, or a limit, in Chinese.
pub(super) fn said(what: &str) -> Option<&'static str> {
    Some(match what {
        "the same key stands twice on this line" => "这一行中同一个键出现了两次",
        "ensemble must be the first command" => "ensemble 必须是第一条命令",
        "zablab 1 must be the first line" => "第一行必须是 zablab 1",
        "this instant has passed already" => "这个时刻已经过去",
        "there is no such event at this instant" => "这个时刻没有这样的事件",
        "bytes in a script" => "字节（脚本长度）",
        "commands in a script" => "条命令（每个脚本）",
        "steps in a run" => "步（每次运行）",
        _ => return None,
    })
}

fn phrase(what: &str) -> Option<&'static str> {
    Some(match what {
        "a verb or a client" => "动词或客户端名",
        "a client; declare it with client NAME server=1" => {
            "客户端名（先用 client NAME server=1 声明）"
        }
        "a client" => "客户端名",
        "a server id" => "服务器编号",
        "a server id or a client" => "服务器编号或客户端名",
        "a voter" => "投票者编号",
        "a backup" | "the name of a backup" => "备份名",
        "until=… or before=…, not both" => "until=… 与 before=… 二者之一",
        "keep or drop" => "keep 或 drop",
        "full, incremental, cold, hot, ship, resume, stop, verify or policy" => {
            "full、incremental、cold、hot、ship、resume、stop、verify 或 policy"
        }
        "cut, heal, capacity=64K, flip or delete" => "cut、heal、capacity=64K、flip 或 delete",
        "bytes a second" => "每秒字节数",
        "bytes in the vault" => "备份库的字节数",
        "taking, incomplete, whole, broken or gone" => "taking、incomplete、whole、broken 或 gone",
        "none or a zxid" => "none 或一个 zxid",
        "a name for the backup" => "备份的名称",
        "a name for the client" => "客户端的名称",
        "a name that no other client has" => "未被其他客户端使用的名称",
        "a name of letters, digits, - and _" => "由字母、数字、- 和 _ 组成的名称",
        "a name" => "名称",
        "a beat of this script" | "the name of a beat" => "本脚本中的时刻名（beat）",
        "the name of a recipe" => "配方名（recipe）",
        "the number of clients" => "客户端数量",
        "the number of items" => "元素数量",
        "size=..." => "size=…（客户端数量）",
        "how many" => "数量",
        "how often" => "次数",
        "a state, like holding" => "状态，如 holding",
        "produce=3, consume or consume=3" => "produce=3、consume 或 consume=3",
        "in-order, accepted=... or refused=..." => "in-order、accepted=… 或 refused=…",
        "the name of a switch" => "开关名",
        "a profile" => "版本配置（profile）",
        "a kind of line" => "行的种类",
        "a kind of packet" => "报文种类",
        "a kind of packet, like proposal" => "报文种类，如 proposal",
        "which of those that match" => "匹配的第几个",
        "a crash point" => "宕机时机",
        "standalone=yes with servers=1" => "standalone=yes 与 servers=1 同写",
        "power or process" => "power 或 process",
        "green or red" => "green 或 red",
        "true or false" => "true 或 false",
        "yes or no" => "yes 或 no",
        "snapshot-first or log-first" => "snapshot-first 或 log-first",
        "what the client does" => "客户端的操作",
        "an operation of the multi, or }" => "multi 中的一个操作，或 }",
        "a line with } that ends this multi" => "以 } 结束此 multi 的一行",
        "a fact" => "一个事实",
        "a fact, like leader" => "一个事实，如 leader",
        "a lamp, I1 to I6" => "指示灯，I1 到 I6",
        "a property, like S9" => "性质，如 S9",
        "a property, S1 to S20 or L1 to L6" => "性质，S1 到 S20 或 L1 到 L6",
        "a path like /p" => "路径，如 /p",
        "get or ls, or }" => "get 或 ls，或 }",
        "a scheme, like digest" => "认证方式，如 digest",
        "user:password in double quotes" => "双引号中的 user:password",
        "servers=... that include the server to begin with" => "包含首选服务器的 servers=...",
        "an event, like NodeDeleted" => "事件，如 NodeDeleted",
        "any, data, children, persistent or recursive" => {
            "any、data、children、persistent 或 recursive"
        }
        "connecting, connected, closed or expired" => "connecting、connected、closed 或 expired",
        "none, a zxid or a path" => "none、zxid 或路径",
        "a zxid like 1.7 or a path like /p" => "zxid（如 1.7）或路径（如 /p）",
        "a zxid like 1.7 or 0x100000007" => "zxid，如 1.7 或 0x100000007",
        "a file name like log.100000001" => "文件名，如 log.100000001",
        "a directory" => "目录",
        "an access control list like world:anyone:r" => "访问控制列表，如 world:anyone:r",
        "an access control list like world:anyone:cdrwa" => "访问控制列表，如 world:anyone:cdrwa",
        "data in double quotes" => "双引号中的数据",
        "data in double quotes, or null" => "双引号中的数据，或 null",
        "data in double quotes, or hex:00ff" => "双引号中的数据，或 hex:00ff",
        "data in double quotes, or a flag" => "双引号中的数据，或一个标志",
        "text in double quotes" => "双引号中的文本",
        "text without control characters" => "不含控制字符的文本",
        "a closing quote" => "结束的引号",
        "a blank after the quoted text" => "引号文本之后的空格",
        "a blank before the quoted text" => "引号文本之前的空格",
        r#"one of \" \\ \n \t \r \u{...}"# => r#"\" \\ \n \t \r \u{...} 之一"#,
        "UTF-8 text" => "UTF-8 文本",
        "64 hexadecimal digits" => "64 位十六进制数字",
        "a duration" => "时长",
        "this duration" => "这个时长",
        "a duration like 500ms" => "时长，如 500ms",
        "a duration like 500ms, 2s or 1.5m" => "时长，如 500ms、2s 或 1.5m",
        "a range from the shorter to the longer duration" => "从短到长的时长范围",
        "a time of whole milliseconds" => "整毫秒的时长",
        "an instant like 1.256s" => "时刻，如 1.256s",
        "a date like 2026-01-01T00:00:00Z" => "日期，如 2026-01-01T00:00:00Z",
        "a jump like +1h or -5m" => "时钟跳变，如 +1h 或 -5m",
        "a jump of whole milliseconds" => "整毫秒的时钟跳变",
        "how late, like 200ms" => "延迟多久，如 200ms",
        "how much slower, like 200ms" => "慢多少，如 200ms",
        "a size like 640, 64K or 1M" => "大小，如 640、64K 或 1M",
        "a version, a whole number" => "版本号（整数）",
        "a version" => "版本号",
        "the rules version" | "the rules version, 1" => "规则版本，即 1",
        "an epoch" => "纪元",
        "an offset" => "偏移量",
        "a bit" => "位号",
        "the number of steps" => "步数",
        "a weight" => "权重",
        "a weight like 9:0" => "权重，如 9:0",
        "at least one voter with a weight" => "至少一个有权重的投票者",
        "at least two servers, like 1,2" => "至少两台服务器，如 1,2",
        "servers like 1,2,3" => "服务器，如 1,2,3",
        "a group like 1,2,a" => "一组成员，如 1,2,a",
        "each end in one group" => "每一端只属于一个组",
        "each voter in one group" => "每个投票者只属于一个组",
        "every voter in a group" => "每个投票者都属于某个组",
        "each flag once" => "每个标志只写一次",
        "each server once" => "每台服务器只写一次",
        "two different ends" => "两个不同的端点",
        "groups=1,2,3/4,5,6 beside weights=" => "与 weights= 同写的 groups=1,2,3/4,5,6",
        "accepted=... or current=..." => "accepted=… 或 current=…",
        "flags that go together: ephemeral and sequential, or container, or ttl and sequential" => {
            "能同时使用的标志：ephemeral 与 sequential，或 container，或 ttl 与 sequential"
        }
        "a reply code, unknown or pending" => "答复码、unknown 或 pending",
        "the number of events" => "事件数",
        "no key=value here" => "此处没有 key=value",
        "DIFF, TRUNC or SNAP" => "DIFF、TRUNC 或 SNAP",
        "looking, following, leading, observing or down" => {
            "looking、following、leading、observing 或 down"
        }
        "what happens to the disk" => "磁盘发生什么",
        "full, incremental, cold, hot, verify or policy" => {
            "full、incremental、cold、hot、verify 或 policy"
        }
        "the end of the line" => "行尾",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Phrases that stand in the parser as arguments of the functions that name what is expected.
    fn phrases(source: &str) -> Vec<String> {
        let calls = [
            "expected(",
            "expected_word(",
            "next(",
            ".word(",
            "missing(",
            "let what = ",
        ];
        let mut found = Vec::new();
        for call in calls {
            for rest in source.split(call).skip(1) {
                if let Some(text) = rest.trim_start().strip_prefix('"') {
                    found.extend(text.split('"').next().map(str::to_owned));
                }
            }
        }
        found
    }

    #[test]
    fn every_phrase_of_the_parser_has_its_chinese() {
        let sources = [
            include_str!("../scenario/token.rs"),
            include_str!("../scenario/parser/mod.rs"),
            include_str!("../scenario/parser/args.rs"),
            include_str!("../scenario/parser/client.rs"),
            include_str!("../scenario/parser/fact.rs"),
            include_str!("../scenario/parser/fault.rs"),
            include_str!("../scenario/parser/recipe.rs"),
            include_str!("../scenario/parser/setup.rs"),
            include_str!("../scenario/parser/value.rs"),
            include_str!("../scenario/parser/vault.rs"),
        ];
        let all: Vec<String> = sources
            .iter()
            .map(|source| source.split("#[cfg(test)]").next().unwrap_or_default())
            .flat_map(phrases)
            .collect();
        assert!(all.len() > 40, "the parser is not read any more: {all:?}");
        let bare = |what: &&String| expected(what) == **what && *what != "{";
        let missing: Vec<&String> = all.iter().filter(bare).collect();
        assert!(missing.is_empty(), "no Chinese for {missing:?}");
    }

    #[test]
    fn a_phrase_with_a_condition_keeps_it() {
        assert_eq!(expected("a client, without quotes"), "客户端名（不加引号）");
        assert_eq!(expected("the number of servers"), "服务器数量");
        assert_eq!(expected("latency=..."), "latency=...");
    }
}
