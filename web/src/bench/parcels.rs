//! What is carried between the disks and the vault, as parcels over the bench.
//!
//! ```text
//!   server │ log columns │ disk ▭ +1,024 B      a row of the bench
//!          └─ b1 ──────┘◄──╯                    the row of the vault, under it
//! ```
//! A parcel moves like a message does: it carries its way, and the browser moves it (see `motion`). The
//! layer lies over the log columns of all rows, so that places are parts of its size and nothing is asked
//! of the page. Without motion a parcel stands where it leaves, or arrives: at the disk, or left of the
//! columns when it goes into the memory of a server.

use yew::prelude::*;
use zablab_core::view::frame::{CargoView, Course, Frame};
use zablab_core::view::strip::Strip;

use super::{Metrics, cover};
use crate::desk::{Desk, Layout};
use crate::lists::keyed;
use crate::motion::Thousandths;
use crate::words::{grouped, seconds};

/// All that is on its way.
pub(super) fn parcels(desk: &Desk, frame: &Frame, strip: &Strip, metrics: Metrics) -> Html {
    if frame.cargo.is_empty() {
        return Html::default();
    }
    let rows = frame.servers.len() as u64;
    let drawn = frame.cargo.iter().filter_map(|cargo| {
        let mut servers = frame.servers.iter();
        let at = servers.position(|row| row.id == cargo.server)? as u64;
        let y = Thousandths((2 * at + 1) * 50_000 / rows);
        let bracket = cover::place(desk, frame, strip, metrics, &cargo.backup);
        Some((cargo.id, parcel(desk, cargo, y, bracket)))
    });
    html! { <div class="cargo">{ keyed(drawn) }</div> }
}

/// One, from or to the server of the row whose middle is at `y` percent.
fn parcel(desk: &Desk, cargo: &CargoView, y: Thousandths, bracket: (u32, u32)) -> Html {
    let title = cargo.title.get(desk.lang).to_owned();
    let (class, label, state) = match cargo.course {
        Course::ToVault => ("g copy", plus(cargo.bytes), "to-vault"),
        Course::FromVault => ("g copy", plus(cargo.bytes), "from-vault"),
        Course::ToMemory => ("g copy", plus(cargo.bytes), "to-memory"),
        Course::Waits => {
            let every = seconds(cargo.due_us - cargo.sent_us);
            ("g copy hollow", every, "waits")
        }
    };
    let half = 5 + label.len() as u32 * 13 / 4;
    let outline = format!("M-{half} -9H{half}V9H-{half}Z");
    let mark = html! {
        <g {class}><path d={outline} /><text class="gl word" y=".5">{ label }</text></g>
    };
    // Where a window has no room for disks, that end is where the log ends.
    let (across, x, lower) = match desk.layout {
        _ if cargo.course == Course::ToMemory => (0, -i64::from(half), 0),
        Layout::Cockpit => (100, i64::from(half) + 16, 0),
        // The bar stands below its numbers.
        Layout::Embed if desk.width >= 760 => (100, i64::from(half) + 8, 9),
        Layout::Embed | Layout::Phone => (100, 0, 0),
    };
    let id = cargo.id.to_string();
    if desk.still {
        return html! {
            <svg class="ov" width="100%" height="100%" role="img" aria-label={title.clone()} data-kind="parcel" data-id={id} data-state={state}>
                <title>{ title }</title>
                <svg class="ov" x={format!("{across}%")} y={format!("{y}%")}><svg class="ov" x={x.to_string()} y={lower.to_string()}>{ mark }</svg></svg>
            </svg>
        };
    }
    let server = format!("calc({across}% + {x}px),calc({y}% + {lower}px)");
    let bracket = format!("{}px,calc(100% + {}px)", bracket.0, bracket.1);
    let way = match cargo.course {
        Course::ToVault => [&server, &bracket],
        Course::FromVault | Course::ToMemory => [&bracket, &server],
        Course::Waits => [&server, &server],
    };
    html! {
        <div class="flight parcel" data-id={id} data-way={way.map(String::as_str).join(";")} role="img" aria-label={title.clone()}
            data-kind="parcel" data-state={state}>
            <svg class="ov" width="1" height="1" aria-hidden="true">{ mark }</svg>
        </div>
    }
}

/// `+1,024 B`.
fn plus(bytes: u64) -> String {
    format!("+{} B", grouped(bytes))
}
