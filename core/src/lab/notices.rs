//! What is told beside the run, in both languages.

use super::expected::{expected, said};
use super::transport::{Notice, NoticeKind};
use crate::scenario::{Problem, ScriptError};
use crate::view::Text;
use crate::view::caption::worth;
use crate::world::Refusal;

/// Why a command cannot be carried out.
pub(super) fn refused(refusal: &Refusal) -> Text {
    let zh = match refusal {
        Refusal::NoServer(s) => format!("没有服务器 {}", s.0),
        Refusal::NoClient(c) => format!("没有客户端 {c}"),
        Refusal::ClientExists(c) => format!("客户端 {c} 已存在"),
        Refusal::ClientClosed(c) => format!("客户端 {c} 已关闭会话"),
        Refusal::ClientPaused(c) => format!("客户端 {c} 已冻结"),
        Refusal::ClientPauseState(c) => format!("客户端 {c} 已是该状态"),
        Refusal::RunsRecipe(c) => format!("客户端 {c} 正在运行配方，请先用 stop 结束"),
        Refusal::RunsNoRecipe(c) => format!("客户端 {c} 没有在运行配方"),
        Refusal::Down(s) => format!("服务器 {} 没有运行", s.0),
        Refusal::Up(s) => format!("服务器 {} 正在运行", s.0),
        Refusal::Started(s) => format!("服务器 {} 已经启动；磁盘只能在一切开始之前载入", s.0),
        Refusal::PauseState(s) => format!("服务器 {} 已是该状态", s.0),
        Refusal::NoFile { server, file } => format!("服务器 {} 没有文件 {file}", server.0),
        Refusal::BeyondEnd { file, len } => format!("{file} 只有 {len} 字节"),
        Refusal::Limit(what) => format!("达到上限：{what}"),
        Refusal::NotInConnectString(s) => format!("连接串中没有服务器 {}", s.0),
        Refusal::SameEnd => "两端相同".to_owned(),
        Refusal::NoBackup(b) => format!("没有备份 {b}"),
        Refusal::BackupExists(b) => format!("备份 {b} 已存在"),
        Refusal::NoStream(b) => {
            format!("备份 {b} 是复制的文件；服务器只能恢复快照流（backup hot）")
        }
        Refusal::NoAdminCommand => "3.8.0 版没有管理命令 snapshot 和 restore".to_owned(),
        Refusal::NotServing(s) => format!("服务器 {} 没有提供服务", s.0),
        Refusal::DiskFull(s) => format!("服务器 {} 的磁盘已满", s.0),
        Refusal::Restores => "已有一次还原正在进行".to_owned(),
        Refusal::LeftOut(s) => format!(
            "联合还原须针对所有服务器：{} 未被包含却有自己的历史；请一并写上，或停止它并清空磁盘",
            s.0
        ),
        Refusal::NoQuorumOfRestored => {
            "被还原的服务器不足法定人数：空服务器可能选出一棵空树".to_owned()
        }
        Refusal::NotRestorable { name, why } => {
            format!("备份 {name} 无法还原到该点：{}", worth::not_there(why).zh)
        }
        Refusal::VaultCut => "到备份库的链路已断".to_owned(),
        Refusal::NoPower(s) => format!("服务器 {} 没有电", s.0),
        Refusal::NotWhole(b) => format!("备份 {b} 不完整，不能接续"),
        Refusal::UnderWay(b) => format!("备份 {b} 正在进行"),
        Refusal::NotUnderWay(b) => format!("没有名为 {b} 的操作正在进行"),
        Refusal::CannotResume { name, why } => {
            format!("备份 {name} 无法继续：{}", worth::cannot_resume(why).zh)
        }
        Refusal::NoPolicy => "当前没有备份策略".to_owned(),
        Refusal::NoFileInBackup(file) => format!("备份中没有文件 {file}"),
        #[allow(unreachable_patterns)]
        other => other.to_string(),
    };
    let en = match refusal {
        Refusal::NotRestorable { name, why } => {
            let why = worth::not_there(why).en;
            format!("backup {name} cannot be restored to that point: {why}")
        }
        other => other.to_string(),
    };
    Text::new(en, zh)
}

/// What is wrong with a script, and where.
pub(super) fn script_notice(error: &ScriptError) -> Notice {
    let zh = match &error.problem {
        Problem::Expected {
            what,
            found,
            nearest,
        } => {
            let found = match found {
                Some(found) => format!("，实际是 {found:?}"),
                None => "，但这一行到此结束".to_owned(),
            };
            let nearest = nearest
                .as_ref()
                .map(|n| format!("；是否想写 {n:?}？"))
                .unwrap_or_default();
            format!("此处应为{}{found}{nearest}", chinese(what))
        }
        Problem::OutOfBounds {
            what,
            bounds: (lo, hi),
            found,
        } => {
            format!("{}应在 {lo} 到 {hi} 之间，而不是 {found}", chinese(what))
        }
        Problem::Misplaced(what) => said(what).map_or_else(|| (*what).to_owned(), str::to_owned),
        Problem::Limit { what, max } => {
            format!("达到上限：最多 {max} {}", said(what).unwrap_or(what))
        }
        Problem::NoImage(name) => {
            format!("没有名为 {name:?} 的数据目录：请把它拖到页面上，或放在脚本旁边")
        }
        Problem::OtherImage(name) => format!("数据目录 {name:?} 的内容与本次运行所用的不同"),
        Problem::Refused(refusal) => refused(refusal).zh,
    };
    Notice {
        kind: NoticeKind::Script,
        text: Text::new(error.problem.to_string(), zh),
        place: Some((error.at.line, error.at.column)),
    }
}

/// What was expected, in Chinese; words of the script language stand apart.
fn chinese(what: &str) -> String {
    let zh = expected(what);
    let apart = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
    let before = if apart(zh.chars().next()) { " " } else { "" };
    let after = if apart(zh.chars().last()) { " " } else { "" };
    format!("{before}{zh}{after}")
}
