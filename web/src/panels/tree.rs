//! The tree panel: the znodes of one server as they are in memory, or in what two servers differ.
//!
//! The server is the one that is selected on the bench. For the keyboard the tree is one stop: arrows
//! go from row to row, right and left unfold and fold.

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::frame::ServerRow;
use zablab_core::view::tree::{TreeRow, TreeView};
use zablab_core::view::znode::{DataView, NodeKind};

use super::piece::{bring_into_view, piece, span};
use super::pull::{Pull, TreeChoice};
use super::service_words::{self as words, Word};
use super::tree_difference::Differences;
use super::znode::ZnodeCard;
use crate::desk::{Desk, use_desk};
use crate::icon::Icon;
use crate::picker::Picker;

/// Levels that are indented; deeper ones stand below each other.
const LEVELS: u32 = 12;
/// Servers that get a button each; more of them are a list.
const BUTTONS: usize = 5;

/// Properties of [`TreePanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
    pub(crate) rows: Vec<ServerRow>,
}

/// The panel.
#[component]
pub(crate) fn TreePanel(props: &Props) -> Html {
    let desk = use_desk();
    let choice = use_state(|| props.pull.choice());
    let choose = {
        let (choice, pull) = (choice.clone(), props.pull.clone());
        Callback::from(move |new: TreeChoice| {
            pull.keep(&new);
            choice.set(new);
        })
    };
    let rows = &props.rows;
    let selected = rows.iter().find(|row| row.id == desk.selected);
    let Some(row) = selected.or(rows.first()) else {
        return Html::default();
    };
    let against = choice.against.filter(|other| *other != row.id);
    let other = against.and_then(|id| rows.iter().find(|row| row.id == id));
    html! {
        <section class="service" aria-label={desk.word(crate::words::Word::Tree)} data-kind="panel" data-id="tree">
            { chooser(&desk, row.id, other.map(|row| row.id), rows, &choice, &choose) }
            if let Some(other) = other {
                <Differences pull={props.pull.clone()} left={row.clone()} right={other.clone()} />
            } else {
                <Znodes pull={props.pull.clone()} row={row.clone()} choice={(*choice).clone()} {choose} />
            }
        </section>
    }
}

/// Which server, and with which other one it is compared.
fn chooser(
    desk: &Desk,
    server: ServerId,
    against: Option<ServerId>,
    rows: &[ServerRow],
    choice: &TreeChoice,
    choose: &Callback<TreeChoice>,
) -> Html {
    let none = (String::new(), Word::NoOther.get(desk.lang).to_owned());
    let others = rows.iter().filter(|row| row.id != server);
    let named = others.map(|row| (row.id.0.to_string(), words::server(desk.lang, row)));
    let options: Vec<(String, String)> = std::iter::once(none).chain(named).collect();
    let on_pick = {
        let choice = choice.clone();
        choose.reform(move |value: String| TreeChoice {
            against: value.parse().ok().map(ServerId),
            ..choice.clone()
        })
    };
    let value = against.map(|id| id.0.to_string()).unwrap_or_default();
    html! {
        <div class="svbar">
            if rows.len() > BUTTONS { { server_list(desk, server, rows) } } else { { server_buttons(desk, server, rows) } }
            { labelled(desk, Word::CompareWith, "compare", options, value, on_pick) }
        </div>
    }
}

fn server_buttons(desk: &Desk, server: ServerId, rows: &[ServerRow]) -> Html {
    let one = |row: &ServerRow| {
        let id = row.id;
        let down = !row.power.has_memory();
        html! {
            <button type="button" class={classes!(down.then_some("down"))} aria-pressed={(id == server).to_string()}
                title={words::server(desk.lang, row)} onclick={desk.select.reform(move |_| id)}
                data-kind="tree-server" data-id={id.to_string()}>{ id.to_string() }</button>
        }
    };
    html! {
        <div class="tabs" role="group" aria-label={Word::Server.get(desk.lang)}>{ for rows.iter().map(one) }</div>
    }
}

fn server_list(desk: &Desk, server: ServerId, rows: &[ServerRow]) -> Html {
    let named = rows
        .iter()
        .map(|row| (row.id.0.to_string(), words::server(desk.lang, row)));
    let options: Vec<(String, String)> = named.collect();
    let select = desk.select.clone();
    let on_pick = Callback::from(move |value: String| {
        if let Ok(id) = value.parse() {
            select.emit(ServerId(id));
        }
    });
    let value = server.0.to_string();
    labelled(desk, Word::Server, "tree-server", options, value, on_pick)
}

/// A choice with its name before it.
fn labelled(
    desk: &Desk,
    word: Word,
    kind: &'static str,
    options: Vec<(String, String)>,
    value: String,
    on_pick: Callback<String>,
) -> Html {
    let label = word.get(desk.lang);
    let inside = html! {<>
        <span aria-hidden="true">{ label }</span>
        <Picker {label} class="cmp" {kind} {options} {value} {on_pick} />
    </>};
    piece("span", "svcmp", inside)
}

/// Properties of [`Znodes`].
#[derive(PartialEq, Properties)]
struct ZnodesProps {
    pull: Pull,
    row: ServerRow,
    choice: TreeChoice,
    choose: Callback<TreeChoice>,
}

/// The tree of one server, and one node of it in full.
#[component]
fn Znodes(props: &ZnodesProps) -> Html {
    let desk = use_desk();
    let ZnodesProps {
        pull,
        row,
        choice,
        choose,
    } = props;
    let asked = (pull.clone(), row.id, choice.toggled.clone());
    let view = use_memo(asked, |(pull, server, toggled)| pull.tree(*server, toggled));
    let Some(view) = &*view else {
        return html! { <p class="svgone" data-kind="tree" data-id="gone">{ words::gone(desk.lang, row) }</p> };
    };
    let path = choice.path.clone().unwrap_or_else(|| first(view));
    let current = view.rows.iter().position(|row| row.path == path);
    let onkeydown = keys(view, current, choice, choose);
    html! {<>
        <p class="svsum" data-kind="tree" data-id="about">
            { words::about(desk.lang, view) }
            if !view.removed.is_empty() { <b>{ words::removed(desk.lang, &view.removed) }</b> }
        </p>
        <div class="svsplit">
            <div class="znodes" role="tree" tabindex="0" {onkeydown} aria-label={words::tree_of(desk.lang, row.id)}
                aria-activedescendant={current.map(item_id)} data-kind="znodes" data-id={row.id.to_string()}>
                { for view.rows.iter().enumerate().map(|(at, row)| item(&desk, at, row, current, choice, choose)) }
                if view.more > 0 { <p class="svmore" role="none">{ words::more(desk.lang, view.more) }</p> }
            </div>
            <ZnodeCard pull={pull.clone()} server={row.id} {path} />
        </div>
    </>}
}

/// What is shown in full before anything was chosen: the first node that is not the server's own.
fn first(view: &TreeView) -> String {
    let own = |row: &&TreeRow| !matches!(row.path.as_str(), "/" | "/zookeeper");
    let found = view.rows.iter().find(own).or(view.rows.first());
    found.map(|row| row.path.clone()).unwrap_or_default()
}

fn item_id(at: usize) -> String {
    format!("znode-{at}")
}

fn item(
    desk: &Desk,
    at: usize,
    row: &TreeRow,
    current: Option<usize>,
    choice: &TreeChoice,
    choose: &Callback<TreeChoice>,
) -> Html {
    let now = current == Some(at);
    let select = selecting(choice, &row.path);
    // Who has no children has nothing to unfold: there a press selects, as anywhere in the row.
    let toggle = match row.children {
        0 => select.clone(),
        _ => toggling(choice, &row.path),
    };
    let ontoggle = choose.reform(move |event: MouseEvent| {
        event.stop_propagation();
        toggle.clone()
    });
    let expanded = (row.children > 0).then(|| row.open.to_string());
    let level = row.level.min(LEVELS);
    html! {
        <div key={row.path.clone()} id={item_id(at)} role="treeitem" aria-level={row.level.to_string()} aria-expanded={expanded}
            aria-selected={now.to_string()} class={classes!("zn", format!("l{level}"), row.touched.map(|_| "touched"))}
            onclick={choose.reform(move |_| select.clone())} data-kind="znode" data-id={row.path.clone()}>
            <span class={classes!("ztw", row.open.then_some("open"))} onclick={ontoggle}>
                if row.children > 0 { { Icon::Down.at(14) } }
            </span>
            { mark(&row.kind) }
            { span("zname", row.name.clone()) }
            { row.touched.map(|touch| span("ztouch", words::touch(touch).get(desk.lang))).unwrap_or_default() }
            { span("zdata", row.data.as_ref().map(DataView::quoted).unwrap_or_default()) }
            { span(if row.kind == NodeKind::Persistent { "sr" } else { "zkind" }, words::kind(desk.lang, &row.kind)) }
            { span("zver", format!("v{}", row.version)) }
        </div>
    }
}

/// The shape of a kind: a square that stays, a dashed one that goes with its session, a box, a clock.
fn mark(kind: &NodeKind) -> Html {
    let (class, path) = match kind {
        NodeKind::Persistent => ("per", "M3 3H11V11H3Z"),
        NodeKind::Ephemeral { .. } => ("eph", "M3 3H11V11H3Z"),
        NodeKind::Container => ("con", "M2.500 5H11.500V11.500H2.500ZM4.500 2.500H9.500"),
        NodeKind::Ttl(_) => ("ttl", "M12 7A5 5 0 1 1 2 7A5 5 0 1 1 12 7ZM7 4V7L9 8.500"),
    };
    html! {
        <svg class={classes!("zmark", class)} width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path d={path} /></svg>
    }
}

fn selecting(choice: &TreeChoice, path: &str) -> TreeChoice {
    TreeChoice {
        path: Some(path.to_owned()),
        ..choice.clone()
    }
}

fn toggling(choice: &TreeChoice, path: &str) -> TreeChoice {
    let mut choice = choice.clone();
    if !choice.toggled.remove(path) {
        choice.toggled.insert(path.to_owned());
    }
    choice
}

/// Arrows and Home and End go through the rows; Right and Left unfold and fold; so do Space and Enter.
fn keys(
    view: &TreeView,
    current: Option<usize>,
    choice: &TreeChoice,
    choose: &Callback<TreeChoice>,
) -> Callback<KeyboardEvent> {
    // Path, level, children, open.
    let rows: Vec<(String, u32, bool, bool)> = view
        .rows
        .iter()
        .map(|row| (row.path.clone(), row.level, row.children > 0, row.open))
        .collect();
    let (choice, choose) = (choice.clone(), choose.clone());
    Callback::from(move |event: KeyboardEvent| {
        let Some(last) = rows.len().checked_sub(1) else {
            return;
        };
        let at = current.unwrap_or(0);
        let (path, level, has_children, open) = &rows[at];
        let parent = rows[..at].iter().rposition(|(_, l, ..)| l < level);
        let wish = match event.key().as_str() {
            "ArrowUp" => Wish::Go(at.saturating_sub(1)),
            "ArrowDown" => Wish::Go(last.min(at + usize::from(current.is_some()))),
            "Home" => Wish::Go(0),
            "End" => Wish::Go(last),
            "ArrowRight" if *has_children && !open => Wish::Toggle,
            "ArrowRight" if *has_children => Wish::Go(last.min(at + 1)),
            "ArrowLeft" if *open => Wish::Toggle,
            "ArrowLeft" => Wish::Go(parent.unwrap_or(at)),
            " " | "Enter" if *has_children => Wish::Toggle,
            "ArrowRight" | " " | "Enter" => Wish::Go(at),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        match wish {
            Wish::Toggle => choose.emit(toggling(&choice, path)),
            Wish::Go(to) => {
                show(to);
                choose.emit(selecting(&choice, &rows[to].0));
            }
        }
    })
}

enum Wish {
    Go(usize),
    Toggle,
}

/// Brings a row into view, no further than it takes.
fn show(at: usize) {
    if let Some(row) = gloo_utils::document().get_element_by_id(&item_id(at)) {
        bring_into_view(&row);
    }
}
