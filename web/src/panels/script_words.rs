//! The words of the script panel and of links, in both languages.

use zablab_core::lab::LINK_MAX;
use zablab_core::view::Lang;

use crate::place::Complaint;

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Copy,
    Download,
    Link,
}

impl Word {
    /// On the button.
    pub(crate) const fn get(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Copy, Lang::En) => "Copy",
            (Self::Copy, Lang::Zh) => "复制",
            (Self::Download, Lang::En) => "Download",
            (Self::Download, Lang::Zh) => "下载",
            (Self::Link, Lang::En) => "Copy link",
            (Self::Link, Lang::Zh) => "复制链接",
        }
    }

    /// What it is for.
    pub(crate) const fn why(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Copy, Lang::En) => "Copies this text",
            (Self::Copy, Lang::Zh) => "复制这段文本",
            (Self::Download, Lang::En) => {
                "Saves the run as a .zab file, with its disks as an archive"
            }
            (Self::Download, Lang::Zh) => "把运行保存为 .zab 文件；带磁盘时保存为归档",
            (Self::Link, Lang::En) => "Copies a link that carries the run and this moment",
            (Self::Link, Lang::Zh) => "复制携带本次运行和此刻的链接",
        }
    }
}

/// `Line 12:`, before the line itself.
pub(crate) fn now(lang: Lang, line: u32) -> String {
    match lang {
        Lang::En => format!("This moment, line {line}:"),
        Lang::Zh => format!("此刻对应第 {line} 行："),
    }
}

/// What is wrong with a link.
pub(crate) fn complaint(lang: Lang, complaint: &Complaint) -> String {
    match (complaint, lang) {
        (Complaint::TooLong(length), Lang::En) => format!(
            "This run is too long for a link: {length} characters, and a link has at most {LINK_MAX}. Download the run file from the script panel instead."
        ),
        (Complaint::TooLong(length), Lang::Zh) => format!(
            "这次运行太长，放不进链接：需要 {length} 个字符，链接最多 {LINK_MAX} 个。请在脚本面板下载运行文件。"
        ),
        (_, Lang::En) => "The run that this link carries cannot be read: the link may have been cut off. This is the scenario as it comes.".to_owned(),
        (_, Lang::Zh) => "无法读取链接中携带的运行：链接可能被截断。现在显示的是原始场景。".to_owned(),
    }
}
