//! What recovery found on a disk, in sentences of both languages.
//!
//! The English is that of [`super::text::report`], which the command line prints; here each sentence
//! has its Chinese. Names of files, zxids and words of ZooKeeper stay as they are.

use super::lang::Text;
use super::text::report;
use crate::storage::epochs::EpochRefusal;
use crate::storage::{BadArchive, Corrupt, Fault, Finding, Misplaced, Refusal, Stop, StopWhy, Why};

/// One line of the report.
pub fn finding(finding: &Finding) -> Text {
    Text::new(report::finding(finding), finding_zh(finding))
}

/// Why recovery refuses a disk.
pub fn refusal(why: &Refusal) -> Text {
    let zh = match why {
        Refusal::NoUsableSnapshot => "没有可用的快照".to_owned(),
        Refusal::NoSnapshot => "有日志，但没有快照".to_owned(),
        Refusal::Corrupt(why) => corrupt(why),
        Refusal::Gap(m) => format!("缺少事务：{}", misplaced(m)),
        Refusal::Disorder(m) => format!("事务顺序错误：{}", misplaced(m)),
        Refusal::Poison(zxid) => format!("没有服务器能应用 {zxid}"),
        Refusal::Damaged(why) => format!("有一条记录损坏：{}", stop(why)),
    };
    Text::new(report::refusal(why), zh)
}

/// Why the epoch files let no server start.
pub fn epochs(why: &EpochRefusal) -> Text {
    let zh = match why {
        EpochRefusal::CurrentBehindLog { current, log } => {
            format!("currentEpoch 是 {current}，而日志属于纪元 {log}")
        }
        EpochRefusal::AcceptedBehindCurrent { accepted, current } => {
            format!("acceptedEpoch 是 {accepted}，而 currentEpoch 是 {current}")
        }
        EpochRefusal::Corrupt(why) => corrupt(why),
    };
    Text::new(report::epochs(why), zh)
}

/// Why an archive cannot be read.
pub fn archive(bad: &BadArchive) -> Text {
    let zh = match bad.why {
        Fault::NoHeader => "不是 tar 文件头",
        Fault::Size => "长度不是数字",
        Fault::LongName => "名称过长",
        Fault::Sparse => "文件以稀疏方式（tar --sparse）存放",
        Fault::Cut => "归档在文件中间结束",
    };
    Text::new(bad.to_string(), format!("第 {} 字节：{zh}", bad.offset))
}

fn finding_zh(finding: &Finding) -> String {
    match finding {
        Finding::SnapshotUnfinished { file } => format!("跳过 {file}：快照没有写完"),
        Finding::SnapshotCorrupt(why) => format!("跳过一个快照：{}", corrupt(why)),
        Finding::SnapshotTooNew { file } => format!("跳过 {file}：太新"),
        Finding::SnapshotUnrepaired {
            file,
            seen,
            log_ends,
        } => {
            format!("跳过 {file}：其中可能有直到 {seen} 的修改，而日志中只到 {log_ends}")
        }
        Finding::SnapshotLoaded {
            file,
            nodes,
            sessions,
            ..
        } => format!("载入 {file}：{nodes} 个 znode，{sessions} 个会话"),
        Finding::TrustedEmpty => "磁盘为空，予以信任".to_owned(),
        Finding::UntrustedEmpty => "磁盘为空，不予信任".to_owned(),
        Finding::LogsWithoutSnapshot => "只有日志没有快照，予以信任".to_owned(),
        Finding::Replayed {
            file, first, last, ..
        } if first == last => format!("重放 {file} 中的 {first}"),
        Finding::Replayed {
            file,
            first,
            last,
            records,
        } => format!("重放 {file} 中的 {first} 至 {last}：{records} 条记录"),
        Finding::LogEnds(why) => format!("读到此处为止：{}", stop(why)),
        Finding::Gap(m) => format!("发现缺口：{}", misplaced(m)),
        Finding::Disorder(m) => format!("发现顺序错误：{}", misplaced(m)),
        Finding::DigestMismatch { zxid, .. } => {
            format!("应用 {zxid} 之后的数据树与领导者当时的不同")
        }
        Finding::SnapshotDigestAgrees { zxid } => {
            format!("数据树与快照为 {zxid} 记下的摘要一致")
        }
        Finding::SnapshotDigestDiffers { zxid, .. } => {
            format!("数据树在 {zxid} 处与快照记下的摘要不同")
        }
        Finding::SnapshotDigestNeverMet { zxid } => {
            format!("快照为 {zxid} 记下了摘要，但始终没有遇到它")
        }
    }
}

fn misplaced(m: &Misplaced) -> String {
    format!("{} 中 {} 之后是 {}", m.file, m.after, m.found)
}

fn stop(stop: &Stop) -> String {
    let Stop {
        file,
        offset,
        why,
        hides,
    } = stop;
    let why = match why {
        StopWhy::Complete => "文件结束",
        StopWhy::Padding => "之后全是零",
        StopWhy::Torn => "文件在记录中间结束",
        StopWhy::NoEndByte => "记录缺少结束字节",
        StopWhy::Short => "记录比其事务短",
        StopWhy::Empty => "文件是空的",
    };
    let hides = hides.map_or_else(String::new, |zxid| format!("，但其后还有 {zxid}"));
    format!("{file} 第 {offset} 字节，{why}{hides}")
}

fn corrupt(corrupt: &Corrupt) -> String {
    let file = corrupt.file.as_ref();
    let file = file.map_or_else(String::new, |file| format!("{file} "));
    let why = why_zh(&corrupt.why);
    format!("{file}第 {} 字节：{why}", corrupt.offset)
}

/// What is wrong with some bytes.
pub fn why(why: &Why) -> Text {
    Text::new(why.to_string(), why_zh(why))
}

fn why_zh(why: &Why) -> String {
    match why {
        Why::End => "字节过早结束".to_owned(),
        Why::Magic(_) => "魔数错误".to_owned(),
        Why::Length(len) => format!("长度 {len} 不合理"),
        Why::Null => "必须有值的地方是空值".to_owned(),
        Why::Owner(owner) => format!("节点所有者 {owner:#x} 的类型未知"),
        Why::Checksum { .. } => "校验和不符".to_owned(),
        Why::TxnType(code) => format!("不支持的事务类型 {code}"),
        Why::Unfinished => "快照没有写完".to_owned(),
        Why::TooLong => "值超过 64 MiB".to_owned(),
        Why::Packing => "无法解压".to_owned(),
        Why::Path(path) => format!("不可能的路径 {path:?}"),
        Why::Number(text) => format!("{text:?} 不是数字"),
    }
}
