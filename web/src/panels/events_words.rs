//! Words of the list of events.

use zablab_core::lab::EventKind;
use zablab_core::view::Lang;

/// The name of a kind of event.
pub(super) const fn kind(lang: Lang, kind: EventKind) -> &'static str {
    let (en, zh) = match kind {
        EventKind::All => ("all events", "全部事件"),
        EventKind::NoSmallTalk => ("no small talk", "略去闲谈"),
        EventKind::Turning => ("turning points", "关键事件"),
        EventKind::Message => ("messages", "消息"),
        EventKind::Disk => ("disk", "磁盘"),
        EventKind::Election => ("election, sync", "选举与数据同步"),
        EventKind::Client => ("clients", "客户端"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// A word of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventWord {
    /// Names the choice of a kind.
    Kind,
    /// Names the field.
    Filter,
    /// Stands in the empty field.
    Hint,
    /// The filter is taken away.
    Clear,
    /// The run is being looked through.
    Searching,
    /// The filter lets nothing through.
    Nothing,
}

/// The word.
pub(super) const fn word(lang: Lang, word: EventWord) -> &'static str {
    let (en, zh) = match word {
        EventWord::Kind => ("Kind of event", "事件种类"),
        EventWord::Filter => ("Filter events", "筛选事件"),
        EventWord::Hint => ("filter: S2 COMMIT", "筛选：S2 COMMIT"),
        EventWord::Clear => ("Show all events", "显示全部事件"),
        EventWord::Searching => ("searching…", "查找中…"),
        EventWord::Nothing => ("No event passes the filter.", "没有符合条件的事件。"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Where the moment shown is, between the events that pass.
pub(super) fn now(lang: Lang, step: u64) -> String {
    match lang {
        Lang::En => format!("now, step {step}"),
        Lang::Zh => format!("当前，第 {step} 步"),
    }
}
