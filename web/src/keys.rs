//! Which key does what: a table, read by whoever hears keys and by whoever explains them.
//!
//! A key that stands here works; a key that does not stand here is the browser's or the host's. The
//! table has one line per deed, in the order in which it is explained.

use zablab_core::lab::Direction;
use zablab_core::view::Lang;

/// What a key asks of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Plays, or pauses.
    Play,
    /// One step in the unit that is set.
    Step(Direction),
    /// To the next notable step, or the previous one.
    Notable(Direction),
    /// To the next named moment, or the previous one.
    Beat(Direction),
    /// One event.
    Micro(Direction),
    /// To the start of the run.
    Start,
    /// To the end of what is recorded.
    End,
    /// Slower, or faster.
    Speed(Direction),
    /// To the named moment of that number, from 1.
    Chapter(usize),
    /// The next coarser unit; after the coarsest the finest.
    Unit,
    /// Asks where to go.
    Go,
    /// Sets a bookmark here, or takes it away.
    Bookmark,
    /// The next bookmark.
    NextBookmark,
    /// Copies a link.
    Link,
    /// The filter of the list of events.
    Filter,
    /// On a server: it loses power.
    Crash,
    /// On a server: it starts again.
    Restart,
    /// On a server: it is frozen, or goes on.
    Freeze,
    /// Takes the last edit back.
    Undo,
    /// Does it again.
    Redo,
    /// The other language.
    Lang,
    /// The other theme.
    Theme,
    /// The whole screen.
    FullScreen,
    /// What there is to know.
    Help,
    /// Closes what is open; then lets the focus go.
    Leave,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// As the browser names them; any of them does it.
    pub(crate) keys: &'static [&'static str],
    /// With which keys held down.
    pub(crate) held: Held,
    /// What it asks.
    pub(crate) wish: Wish,
    /// As they are written for a reader.
    pub(crate) shown: &'static str,
    words: [&'static str; 2],
}

/// Keys held down meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// None that matters: a sign may need Shift on some keyboards.
    Any,
    /// Not Shift.
    Plain,
    /// Shift.
    Shift,
    /// Ctrl, or Cmd.
    Ctrl,
}

impl Key {
    /// What it does, for a reader.
    pub(crate) const fn words(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.words[0],
            Lang::Zh => self.words[1],
        }
    }
}

const BACK: Direction = Direction::Back;
const FORWARD: Direction = Direction::Forward;

macro_rules! keys {
    ($($held:ident $keys:expr, $shown:literal => $wish:expr, $en:literal, $zh:literal;)*) => {
        /// Every key that does something.
        pub(crate) const KEYS: &[Key] = &[$(Key {
            keys: &$keys,
            held: Held::$held,
            wish: $wish,
            shown: $shown,
            words: [$en, $zh],
        },)*];
    };
}

keys! {
    Plain [" ", "k", "K"], "Space, K" => Wish::Play, "play or pause", "播放或暂停";
    Plain ["ArrowRight"], "→" => Wish::Step(FORWARD), "one step forward, in the unit that is set", "按当前步长前进一步";
    Plain ["ArrowLeft"], "←" => Wish::Step(BACK), "one step back", "按当前步长后退一步";
    Shift ["ArrowRight"], "Shift + →" => Wish::Notable(FORWARD), "next notable step", "下一个要点";
    Shift ["ArrowLeft"], "Shift + ←" => Wish::Notable(BACK), "previous notable step", "上一个要点";
    Any ["PageDown"], "PageDown" => Wish::Beat(FORWARD), "next named moment", "下一个命名时刻";
    Any ["PageUp"], "PageUp" => Wish::Beat(BACK), "previous named moment", "上一个命名时刻";
    Any ["."], "." => Wish::Micro(FORWARD), "one event forward", "前进一个事件";
    Any [","], "," => Wish::Micro(BACK), "one event back", "后退一个事件";
    Any ["Home"], "Home" => Wish::Start, "start of the run", "运行的开头";
    Any ["End"], "End" => Wish::End, "end of what is recorded", "已记录部分的末尾";
    Any ["["], "[" => Wish::Speed(BACK), "slower", "放慢";
    Any ["]"], "]" => Wish::Speed(FORWARD), "faster", "加快";
    Plain ["1"], "1–9" => Wish::Chapter(1), "the named moment of that number", "跳到第几个命名时刻";
    Plain ["u", "U"], "U" => Wish::Unit, "the next step unit", "切换步长";
    Plain ["g", "G"], "G" => Wish::Go, "go to a step, a time, a zxid or a named moment", "跳转到某一步、时间、zxid 或命名时刻";
    Plain ["b", "B"], "B" => Wish::Bookmark, "bookmark this moment", "为此刻加书签";
    Shift ["B", "b"], "Shift + B" => Wish::NextBookmark, "next bookmark", "下一个书签";
    Plain ["c", "C"], "C" => Wish::Link, "copy a link to this moment", "复制此刻的链接";
    Any ["/"], "/" => Wish::Filter, "filter the list of events", "筛选事件列表";
    Plain ["x", "X"], "X" => Wish::Crash, "on a server: cut its power", "在服务器上：断电";
    Plain ["r", "R"], "R" => Wish::Restart, "on a server: restart it", "在服务器上：重启";
    Plain ["p", "P"], "P" => Wish::Freeze, "on a server: freeze or thaw it", "在服务器上：冻结或解冻";
    Ctrl ["z"], "Ctrl + Z" => Wish::Undo, "undo", "撤销";
    Ctrl ["y", "Z"], "Ctrl + Y" => Wish::Redo, "redo", "重做";
    Plain ["f", "F"], "F" => Wish::FullScreen, "full screen", "全屏";
    Plain ["l", "L"], "L" => Wish::Lang, "the other language", "切换语言";
    Plain ["t", "T"], "T" => Wish::Theme, "light or dark", "切换明暗";
    Any ["?"], "?" => Wish::Help, "this help", "打开帮助";
    Any ["Escape"], "Esc" => Wish::Leave, "close; then leave the page's keys", "关闭；再按则释放键盘焦点";
}

/// What a key asks for, as the browser names it.
pub(crate) fn wish(key: &str, shift: bool, ctrl: bool) -> Option<Wish> {
    if let ([digit @ b'1'..=b'9'], false, false) = (key.as_bytes(), shift, ctrl) {
        return Some(Wish::Chapter(usize::from(digit - b'0')));
    }
    let fits = |held: Held| match held {
        Held::Ctrl => ctrl,
        Held::Any => !ctrl,
        Held::Plain => !ctrl && !shift,
        Held::Shift => !ctrl && shift,
    };
    let found = KEYS
        .iter()
        .find(|line| fits(line.held) && line.keys.contains(&key));
    found.map(|line| line.wish)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        for line in KEYS {
            for key in line.keys {
                let (shift, ctrl) = (line.held == Held::Shift, line.held == Held::Ctrl);
                assert_eq!(wish(key, shift, ctrl), Some(line.wish), "{}", line.shown);
            }
        }
        assert_eq!(wish("4", false, false), Some(Wish::Chapter(4)));
        assert_eq!(wish("z", false, false), None);
    }
}
