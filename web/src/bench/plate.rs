//! A server's name plate: its mark and up to three lines. Pressing it selects the server; in the
//! cockpit, and when it is selected already, it is looked at closely as well.

use std::sync::Arc;

use yew::prelude::*;
use zablab_core::view::frame::{Frame, Phase, Power, Role, ServerRow};
use zablab_core::view::{Lang, Target};

use super::bench_words as say;
use super::{Metrics, token};
use crate::desk::{Layout, use_desk};
use crate::words::{self, Word};

/// Properties of [`Plate`].
#[derive(Properties)]
pub(super) struct Props {
    pub(super) frame: Arc<Frame>,
    /// Which of its rows.
    pub(super) at: usize,
    pub(super) metrics: Metrics,
}

/// Equal as long as nothing else would be drawn: what a server holds is no matter of its plate.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let is = |row: &ServerRow| {
            let state = (row.id, row.observer, row.role, row.phase, row.leader);
            let epochs = (row.claims, row.accepted, row.current, row.quorum);
            let holds = (row.snapshot, row.reaches, row.disk.lost);
            (state, epochs, holds, row.vote)
        };
        let same = |a: &ServerRow, b: &ServerRow| {
            is(a) == is(b) && a.power == b.power && a.ballot == b.ballot && a.sync == b.sync
        };
        let rows = self.row().zip(other.row());
        self.metrics == other.metrics && rows.is_some_and(|(a, b)| same(a, b))
    }
}

impl Props {
    fn row(&self) -> Option<&ServerRow> {
        self.frame.servers.get(self.at)
    }
}

/// The plate.
#[component]
pub(super) fn Plate(props: &Props) -> Html {
    let desk = use_desk();
    let Some(row) = props.row() else {
        return Html::default();
    };
    let metrics = &props.metrics;
    let id = row.id;
    let mut lines = lines(row, desk.lang);
    if let (1, Some(short)) = (metrics.lines, short(row)) {
        lines[0] = short;
    }
    let closely = desk.layout == Layout::Cockpit || desk.selected == id;
    let (select, inspect) = (desk.select.clone(), desk.inspect.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        select.emit(id);
        if closely {
            inspect.emit(Some(Target::Server(id)));
        }
    });
    let why = row.ballot.as_ref().map(|ballot| &ballot.why);
    let why = why.or(row.sync.as_ref().map(|sync| &sync.told));
    let title = why.map(|why| why.get(desk.lang).to_owned());
    html! {
        <button type="button" class="plate" {onclick} {title} aria-pressed={(desk.selected == id).to_string()}
            data-kind="server" data-id={id.to_string()} data-state={state_word(row)} data-phase={row.phase.map(|phase| phase.word())}>
            { token(row, metrics.token) }
            <span class="pt">
                <b><span class="sr">{ id.to_string() }{ " " }</span>{ &lines[0] }</b>
                { for lines[1..].iter().take(metrics.lines - 1).map(|line| html! { <span>{ line }</span> }) }
            </span>
        </button>
    }
}

/// What matters most in a phase, where there is room for a few words only: `→ S3 · 2/9`, `DIFF e1·7`.
fn short(row: &ServerRow) -> Option<String> {
    let ballot = row.ballot.as_ref().zip(row.vote);
    let vote = ballot.map(|(b, vote)| format!("→ {} · {}/{}", vote.leader, b.agree, b.heard.len()));
    vote.or_else(|| row.sync.as_ref().map(|sync| sync.what.clone()))
}

/// The lines of a plate, the most important first.
pub(crate) fn lines(row: &ServerRow, lang: Lang) -> Vec<String> {
    let word = |w: Word| w.get(lang).to_owned();
    let mut lines = match (&row.power, row.role) {
        (Power::Up, Some(role)) => running(row, role, lang),
        (Power::Up, None) => vec![word(Word::Looking)],
        (Power::Paused, role) => {
            let role = role.map(|r| words::role(r).get(lang).to_owned());
            vec![word(Word::Paused), role.unwrap_or_default()]
        }
        (Power::PowerLost, _) => vec![word(Word::PowerLost), on_disk(row, lang)],
        (Power::Killed, _) => vec![word(Word::ProcessDead), on_disk(row, lang)],
        (Power::Halted(why), _) => vec![word(Word::Halted), why.get(lang).to_owned()],
    };
    if let Some(snapshot) = row.snapshot {
        lines.truncate(2);
        lines.push(words::snapshot(lang, snapshot));
    }
    lines
}

fn running(row: &ServerRow, role: Role, lang: Lang) -> Vec<String> {
    let word = |w: Word| w.get(lang).to_owned();
    let phase = row
        .phase
        .and_then(words::phase)
        .map(word)
        .unwrap_or_default();
    match role {
        Role::Looking if row.observer => {
            vec![
                word(Word::Looking),
                word(Word::Observer),
                word(Word::NoVote),
            ]
        }
        Role::Looking => match row.vote {
            Some(vote) => vec![
                word(Word::Looking),
                words::votes(lang, vote),
                match &row.ballot {
                    Some(b) => say::agree(lang, vote.round, b.agree, b.heard.len()),
                    None => words::round(lang, vote.round),
                },
            ],
            None => vec![word(Word::Looking)],
        },
        Role::Leading if row.claims => {
            vec![
                word(Word::ClaimsToLead),
                words::no_quorum(lang, row.current),
            ]
        }
        Role::Leading => {
            let quorum = row.quorum.map(|n| words::in_step(lang, n));
            let leads = match row.phase {
                // It leads no epoch before a quorum has accepted a new one.
                Some(Phase::Discovery) => word(Word::Elected),
                _ => words::leads(lang, row.current.max(row.accepted)),
            };
            vec![leads, phase, quorum.unwrap_or_default()]
        }
        Role::Following => match &row.sync {
            Some(sync) => vec![
                words::follows(lang, row.leader),
                sync.what.clone(),
                sync.why.get(lang).to_owned(),
            ],
            None => vec![
                words::follows(lang, row.leader),
                phase,
                words::at_epoch(lang, row),
            ],
        },
        Role::Observing => match &row.sync {
            Some(sync) => vec![
                words::observes(lang, row.leader),
                sync.what.clone(),
                sync.why.get(lang).to_owned(),
            ],
            None => vec![words::observes(lang, row.leader), phase, word(Word::NoVote)],
        },
    }
}

fn on_disk(row: &ServerRow, lang: Lang) -> String {
    if row.disk.lost > 0 {
        return words::lost_bytes(lang, row.disk.lost);
    }
    let word = match row.reaches {
        Some(_) => Word::DiskIntact,
        None => Word::NoLog,
    };
    word.get(lang).to_owned()
}

/// The state in one word, for tests and hosts.
fn state_word(row: &ServerRow) -> &'static str {
    match (&row.power, row.role) {
        (Power::Up, Some(role)) => role.word(),
        (Power::Up, None) => "starting",
        (Power::Paused, _) => "paused",
        (Power::PowerLost | Power::Killed | Power::Halted(_), _) => "down",
    }
}
