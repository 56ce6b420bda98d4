//! The words of this part, in both languages.

use zablab_core::view::Lang;

/// A word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Nothing,
    Gone,
    State,
    Why,
    History,
    Actions,
    Near,
    Close,
    Earlier,
    Later,
    LookClosely,
    Faults,
    Menu,
    NoHistory,
    Grave,
}

impl Word {
    /// In that language.
    pub(crate) const fn get(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Nothing => (
                "Click a server, a message, an entry, a file, a client, a lamp or an event: its state, why, its history and what can be done appear here. Right click, or Shift+F10, opens the same deeds as a menu.",
                "点击服务器、消息、日志条目、文件、客户端、指示灯或事件：这里会显示它的状态、原因、历史和可做的操作。右键或 Shift+F10 会以菜单形式打开同样的操作。",
            ),
            Self::Gone => (
                "At the moment shown there is no such thing.",
                "在所显示的时刻，它并不存在。",
            ),
            Self::State => ("State", "状态"),
            Self::Why => ("Why", "原因"),
            Self::History => ("History", "历史"),
            Self::Actions => ("What can be done", "可做的操作"),
            Self::Near => ("Look on at", "继续查看"),
            Self::Close => ("Close", "关闭"),
            Self::Earlier => ("Earlier in its history", "它的上一个事件"),
            Self::Later => ("Later in its history", "它的下一个事件"),
            Self::LookClosely => ("Look closely", "细看"),
            Self::Faults => ("Faults", "故障"),
            Self::Menu => ("What can be done", "可做的操作"),
            Self::NoHistory => ("Nothing yet.", "暂无。"),
            Self::Grave => ("takes something away for good", "不可恢复"),
        };
        match lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// Says how far back a history was searched.
pub(crate) fn searched(lang: Lang, from: u64) -> String {
    match lang {
        Lang::En => format!("Steps before #{} were not searched.", from + 1),
        Lang::Zh => format!("#{} 之前的步骤未检索。", from + 1),
    }
}
