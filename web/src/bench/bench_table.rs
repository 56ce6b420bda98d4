//! The table itself.

use std::rc::Rc;
use std::sync::Arc;

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::Target;
use zablab_core::view::frame::{ClientView, EndView, Frame, MessageView};

use super::band::PhaseBand;
use super::client::ClientCell;
use super::cover::Backups;
use super::disk::DiskCell;
use super::glyph::Flight;
use super::legend::legend;
use super::log::{self, LogColumns, LogHead};
use super::parcels::parcels;
use super::plate::Plate;
use super::roving::use_roving;
use super::spot::Spot;
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
    /// What the author of the beat points at.
    #[prop_or_default]
    pub(crate) spotlight: Vec<Target>,
}

/// The bench of a frame.
#[component]
pub(crate) fn Bench(props: &Props) -> Html {
    let desk = use_desk();
    let frame = &*props.frame;
    let metrics = Metrics::of(desk.layout, desk.width, frame.servers.len());
    let strip = Rc::new(log::strip(frame, metrics));
    let rows = frame.servers.len();
    let density = if rows > 5 { "many" } else { "few" };
    let narrow = desk.layout != Layout::Cockpit;
    // In one line, a client that does not know what became of its write comes first.
    let waits = narrow && rows <= 5 && frame.clients.iter().any(|client| client.unknown > 0);
    let spot = Spot::of(&desk, frame, &props.spotlight);
    let whole = &props.frame;
    html! {
        <section class={classes!("bench", narrow.then_some("sm"), density, format!("n{rows}"), spot.class())}
            aria-label={desk.word(Word::Ensemble)}>
            <div class="bhead">
                <div class="hc">
                    if let (Some(store), false) = (&frame.store, narrow) { <StoreLine store={store.clone()} /> }
                    { desk.word(Word::Clients) }
                </div>
                <div class="hp">{ plate_head(&desk, frame) }</div>
                <div class="hw">{ desk.word(Word::OnTheWire) }</div>
                <div class="hl"><LogHead frame={Arc::clone(whole)} strip={Rc::clone(&strip)} {metrics} spot={spot.clone()} /></div>
                <div class="hd">{ disk_head(&desk, frame) }</div>
            </div>
            <div class="bbody">
                { for frame.servers.iter().enumerate().map(|(at, row)| {
                    let dead = !row.power.has_memory();
                    html! {<>
                        <div class={classes!("crow", format!("r{at}"))}>{ clients(&desk, frame, row.id, metrics, &spot) }</div>
                        <div class={classes!("prow", format!("r{at}"), dead.then_some("dead"), spot.server(row.id))}>
                            <Plate frame={Arc::clone(whole)} {at} {metrics} />
                        </div>
                        <div class={classes!("disk", format!("r{at}"), spot.server(row.id))}><DiskCell frame={Arc::clone(whole)} {at} /></div>
                    </>}
                }) }
                <div class="wcell"><Wires frame={Arc::clone(whole)} {metrics} spot={spot.clone()} /></div>
                <div class="lcell"><LogColumns frame={Arc::clone(whole)} strip={Rc::clone(&strip)} {metrics} spot={spot.clone()} /></div>
                { parcels(&desk, frame, &strip, metrics) }
            </div>
            if !frame.backups.is_empty() { <Backups frame={Arc::clone(whole)} strip={(*strip).clone()} {metrics} /> }
            <div class="bfoot">
                if let Some(view) = frame.phase.as_ref().filter(|_| !waits) {
                    <PhaseBand view={view.clone()} full={!narrow} />
                } else if narrow && rows > 5 {
                    <p class="counts">{ words::counts(desk.lang, &frame.servers) }</p>
                } else if narrow {
                    if let Some(client) = spokesman(&frame.clients) {
                        <ClientLine client={client.clone()} now_us={frame.now_us} />
                    }
                } else {
                    { legend(desk.lang, frame, &strip) }
                }
                if let (Some(store), true) = (&frame.store, narrow) { <StoreLine store={store.clone()} /> }
                if let Some(verdict) = &frame.verdict { <VerdictLine verdict={verdict.clone()} full={!narrow && frame.phase.is_none()} /> }
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
fn clients(desk: &Desk, frame: &Frame, server: ServerId, metrics: Metrics, spot: &Spot) -> Html {
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
        .filter_map(|m| client_flight(desk, m, server, spot));
    html! {<>
        <ClientCell clients={here} now_us={frame.now_us} tight={metrics.lines == 1} />
        <ClientWire label={desk.word(Word::OnTheWire)}>{ for flights }</ClientWire>
    </>}
}

/// Properties of [`ClientWire`].
#[derive(PartialEq, Properties)]
struct ClientWireProps {
    label: AttrValue,
    children: Html,
}

/// The wire between a server and its clients: one tab stop, arrows go from message to message.
#[component]
fn ClientWire(props: &ClientWireProps) -> Html {
    let roving = use_roving(1, Callback::noop());
    let any = !matches!(&props.children, Html::VList(list) if list.is_empty());
    html! {
        <div class="cwire" role="group" aria-label={props.label.clone()} tabindex={any.then_some("0")}
            ref={roving.node.clone()} onkeydown={roving.onkeydown()}>{ props.children.clone() }</div>
    }
}

fn client_flight(
    desk: &Desk,
    message: &MessageView,
    server: ServerId,
    spot: &Spot,
) -> Option<Html> {
    let way = match (message.from, message.to) {
        (EndView::Client(_), EndView::Server(to)) if to == server => Way::horizontal(0, 26),
        (EndView::Server(from), EndView::Client(_)) if from == server => Way::horizontal(26, 0),
        _ => return None,
    };
    let look = Flight {
        words: Html::default(),
        lit: spot.message(message),
    };
    Some(glyph::flight(desk, message, way, look))
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
