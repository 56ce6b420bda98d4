//! Places that are kept for panels which do not exist yet. They say what will stand there, and nothing
//! else: no invented content.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::frame::ServerRow;

use crate::desk::use_desk;
use crate::motion::Thousandths;
use crate::words::Word;

/// A kept place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    Time,
    Disk,
    Vault,
}

impl SlotKind {
    const fn id(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Disk => "disk",
            Self::Vault => "vault",
        }
    }

    const fn word(self) -> Word {
        match self {
            Self::Time => Word::Time,
            Self::Disk => Word::Disk,
            Self::Vault => Word::Vault,
        }
    }

    const fn says(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Time, Lang::En) => {
                "Kept for the space-time view: a life line per server, a line per message."
            }
            (Self::Time, Lang::Zh) => "此处留给时空图：每台服务器一条生命线，每条消息一条连线。",
            (Self::Disk, Lang::En) => {
                "Kept for the bytes of a server's files: log, snapshots, epochs, field by field."
            }
            (Self::Disk, Lang::Zh) => {
                "此处留给服务器文件的字节：日志、快照、纪元文件，逐字段解读。"
            }
            (Self::Vault, Lang::En) => {
                "Kept for backups: what each one holds, and to which zxid it restores."
            }
            (Self::Vault, Lang::Zh) => "此处留给备份：每份备份包含什么，可还原到哪个 zxid。",
        }
    }
}

/// Properties of [`Slot`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) kind: SlotKind,
}

/// A kept place.
#[component]
pub(crate) fn Slot(props: &Props) -> Html {
    let desk = use_desk();
    html! {
        <section class="slot" aria-label={desk.word(props.kind.word())} data-kind="slot" data-id={props.kind.id()}>
            <p>{ props.kind.says(desk.lang) }</p>
        </section>
    }
}

/// Properties of [`TimeSlot`].
#[derive(PartialEq, Properties)]
pub(crate) struct TimeProps {
    pub(crate) rows: Vec<ServerRow>,
}

/// The place of the space-time view: its lanes stand, nothing is drawn on them.
#[component]
pub(crate) fn TimeSlot(props: &TimeProps) -> Html {
    let desk = use_desk();
    let rows = props.rows.len().max(1);
    let lane = |(at, row): (usize, &ServerRow)| {
        let y = format!("{}%", Thousandths(((at * 2 + 1) * 50_000 / rows) as u64));
        html! {<>
            <line class="dtrack" x1="34" x2="100%" y1={y.clone()} y2={y.clone()} />
            <svg class="ov" x="0" {y} width="1" height="1"><text class="lid" y=".5">{ row.id.to_string() }</text></svg>
        </>}
    };
    html! {
        <section class={classes!("time", "slot", (rows > 5).then_some("crowded"))} aria-label={desk.word(Word::Time)} data-kind="slot" data-id="time">
            <div class="lab"><h2>{ desk.word(Word::Time) }</h2><span class="sub">{ SlotKind::Time.says(desk.lang) }</span></div>
            <svg class="st" width="100%" height="100%" aria-hidden="true">{ for props.rows.iter().enumerate().map(lane) }</svg>
        </section>
    }
}
