//! The table itself.

use std::sync::Arc;

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::frame::{ClientView, EndView, Frame, MessageView};

use super::client::ClientCell;
use super::disk::DiskCell;
use super::log::{self, LogColumns};
use super::plate::Plate;
use super::store::StoreLine;
use super::wires::Wires;
use super::{ClientLine, Metrics, VerdictLine, glyph};
use crate::desk::{Desk, Layout, use_desk};
use crate::motion::Way;
use crate::words::{self, Word};

/// Properties of [`Bench`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
}

/// The bench of a frame.
#[component]
pub(crate) fn Bench(props: &Props) -> Html {
    let desk = use_desk();
    let frame = &*props.frame;
    let metrics = Metrics::of(desk.layout, desk.width, frame.servers.len());
    let strip = log::strip(frame, metrics);
    let rows = frame.servers.len();
    let density = if rows > 5 { "many" } else { "few" };
    let narrow = desk.layout != Layout::Cockpit;
    html! {
        <section class={classes!("bench", narrow.then_some("sm"), density, format!("n{rows}"))}
            aria-label={desk.word(Word::Ensemble)}>
            <div class="bhead">
                <div class="hc">
                    if let (Some(store), false) = (&frame.store, narrow) { <StoreLine store={store.clone()} /> }
                    { desk.word(Word::Clients) }
                </div>
                <div class="hp">{ plate_head(&desk, frame) }</div>
                <div class="hw">{ desk.word(Word::OnTheWire) }</div>
                <div class="hl">{ log::head(&strip, metrics, desk.lang) }</div>
                <div class="hd">{ disk_head(&desk, frame) }</div>
            </div>
            <div class="bbody">
                { for frame.servers.iter().enumerate().map(|(at, row)| {
                    let dead = !row.power.has_memory();
                    html! {<>
                        <div class={classes!("crow", format!("r{at}"))}>{ clients(&desk, frame, row.id, metrics) }</div>
                        <div class={classes!("prow", format!("r{at}"), dead.then_some("dead"))}>
                            <Plate row={row.clone()} {metrics} />
                        </div>
                        <div class={classes!("disk", format!("r{at}"))} data-kind="disk" data-id={row.id.to_string()}><DiskCell row={row.clone()} scale={frame.scale.clone()} /></div>
                    </>}
                }) }
                <div class="wcell"><Wires messages={frame.messages.clone()} rows={frame.servers.clone()}
                    cuts={frame.cuts.clone()} {metrics} /></div>
                <div class="lcell"><LogColumns rows={frame.servers.clone()} strip={strip.clone()} {metrics} /></div>
            </div>
            <div class="bfoot">
                if narrow && rows > 5 {
                    <p class="counts">{ words::counts(desk.lang, &frame.servers) }</p>
                } else if narrow {
                    if let Some(client) = spokesman(&frame.clients) {
                        <ClientLine client={client.clone()} now_us={frame.now_us} />
                    }
                } else {
                    { legend(&desk) }
                }
                if let (Some(store), true) = (&frame.store, narrow) { <StoreLine store={store.clone()} /> }
                if let Some(verdict) = &frame.verdict { <VerdictLine verdict={verdict.clone()} full={!narrow} /> }
            </div>
        </section>
    }
}

fn plate_head(desk: &Desk, frame: &Frame) -> Html {
    match desk.layout {
        Layout::Cockpit => html! { desk.word(Word::Servers) },
        _ => html! { words::ensemble(desk.lang, frame.ensemble.voters, frame.ensemble.observers) },
    }
}

fn disk_head(desk: &Desk, frame: &Frame) -> Html {
    match &frame.scale.file {
        Some(file) => html! {<>
            <span class="mono">{ file }</span>
            <span class="zr">{ words::byte_range(desk.lang, frame.scale.from, frame.scale.to) }</span>
        </>},
        None => html! { desk.word(Word::Disk) },
    }
}

/// The clients of one server, with their messages to and from it.
fn clients(desk: &Desk, frame: &Frame, server: ServerId, metrics: Metrics) -> Html {
    if desk.layout != Layout::Cockpit {
        return Html::default();
    }
    let here: Vec<ClientView> = frame
        .clients
        .iter()
        .filter(|c| c.server == Some(server))
        .cloned()
        .collect();
    if here.is_empty() {
        return Html::default();
    }
    let flights = frame
        .messages
        .iter()
        .filter_map(|m| client_flight(desk, m, server));
    html! {<>
        <ClientCell clients={here} now_us={frame.now_us} tight={metrics.lines == 1} />
        <div class="cwire">{ for flights }</div>
    </>}
}

fn client_flight(desk: &Desk, message: &MessageView, server: ServerId) -> Option<Html> {
    let way = match (message.from, message.to) {
        (EndView::Client(_), EndView::Server(to)) if to == server => Way::horizontal(0, 26),
        (EndView::Server(from), EndView::Client(_)) if from == server => Way::horizontal(26, 0),
        _ => return None,
    };
    let title = message.title.get(desk.lang).to_owned();
    Some(html! {
        <div key={message.id} class="flight" role="img" aria-label={title.clone()} {title}
            data-kind="message" data-id={message.id.to_string()} data-way={way.to_string()}>
            { glyph::on_its_way(way, glyph::mark(message.glyph)) }
        </div>
    })
}

/// The client worth one line: one with an unknown outcome, else the newest that asked for something.
fn spokesman(clients: &[ClientView]) -> Option<&ClientView> {
    let unknown = clients
        .iter()
        .find(|c| c.unknown > 0 && c.request.is_some());
    unknown
        .or_else(|| {
            clients
                .iter()
                .filter(|c| c.request.is_some())
                .max_by_key(|c| c.request.as_ref().map(|r| r.since_us))
        })
        .or_else(|| clients.first())
}

fn legend(desk: &Desk) -> Html {
    let entries = [
        ("vol", false, false, Word::Proposed),
        ("dur", false, false, Word::OnDisk),
        ("com", false, false, Word::Committed),
        ("com", true, false, Word::Applied),
        ("com", true, true, Word::ClientTold),
    ];
    html! {
        <div class="legend">
            { for entries.map(|(class, bar, flag, word)| html! {
                <span>
                    <svg width="24" height="18" viewBox="-12 -9 24 18" aria-hidden="true"><g class="cell">
                        <rect class={classes!("e", class)} x="-10" y="-7.5" width="20" height="15" rx="2" />
                        if bar { <rect class="bar" x="-10" y="3.5" width="20" height="4" rx="1" /> }
                        if flag { <path class="flag" d="M1 -7.5H10V1.5Z" /> }
                    </g></svg>
                    { desk.word(word) }
                </span>
            }) }
        </div>
    }
}
