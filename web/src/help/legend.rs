//! The marks of the bench with their meaning, drawn by the bench.

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::Lang;
use zablab_core::view::frame::{Glyph, Phase, Power, Role, ServerRow};

use super::help_words::Word;
use crate::bench::{mark, token};

/// All of them, in four groups.
pub(super) fn legend(lang: Lang) -> Html {
    html! {<>
        <h4>{ Word::Servers.get(lang) }</h4>
        <ul class="marks">{ for servers().into_iter().map(|(row, word)| one(token(&row, 40), word, lang)) }</ul>
        <h4>{ Word::Entries.get(lang) }</h4>
        <ul class="marks">{ for ENTRIES.iter().map(|(class, over, word)| one(cell(class, *over), *word, lang)) }</ul>
        <h4>{ Word::Messages.get(lang) }</h4>
        <ul class="marks">{ for MESSAGES.iter().map(|(glyph, word)| one(flying(*glyph), *word, lang)) }</ul>
        <h4>{ Word::Elsewhere.get(lang) }</h4>
        <ul class="marks">
            { one(lamp("lm ok", "lk", "M-3 0 -1 2.5 3.5 -2.500"), Word::LampGreen, lang) }
            { one(lamp("lm bad", "lx", "M0 -3V1M0 3V3.5"), Word::LampRed, lang) }
            { one(lens(), Word::Lens, lang) }
            { one(bytes(), Word::Bytes, lang) }
        </ul>
    </>}
}

fn one(drawing: Html, word: Word, lang: Lang) -> Html {
    html! { <li><span class="mk">{ drawing }</span><span>{ word.get(lang) }</span></li> }
}

fn servers() -> [(ServerRow, Word); 6] {
    let row = |id: u8, power: Power, role: Option<Role>| ServerRow {
        observer: role == Some(Role::Observing),
        power,
        role,
        phase: role.map(|_| Phase::Broadcast),
        ..ServerRow::follower(ServerId(id))
    };
    let mut claims = row(1, Power::Up, Some(Role::Leading));
    claims.claims = true;
    [
        (row(1, Power::Up, Some(Role::Leading)), Word::Leader),
        (row(2, Power::Up, Some(Role::Following)), Word::Follower),
        (row(4, Power::Up, Some(Role::Observing)), Word::Observer),
        (row(3, Power::Up, Some(Role::Looking)), Word::Looking),
        (row(3, Power::PowerLost, None), Word::Down),
        (claims, Word::Claims),
    ]
}

/// Class of an entry, what lies over it, its meaning.
const ENTRIES: [(&str, Over, Word); 7] = [
    ("vol", Over::Nothing, Word::Proposed),
    ("dur", Over::Nothing, Word::Durable),
    ("com", Over::Nothing, Word::Committed),
    ("com", Over::Bar, Word::Applied),
    ("com", Over::BarAndFlag, Word::Told),
    ("miss", Over::Nothing, Word::Missing),
    ("trunc", Over::Strike, Word::Truncated),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Bar,
    BarAndFlag,
    Strike,
}

fn cell(class: &'static str, over: Over) -> Html {
    html! {
        <svg width="32" height="24" viewBox="-16 -12 32 24" aria-hidden="true"><g class="cell">
            <rect class={classes!("e", class)} x="-13" y="-9" width="26" height="18" rx="2" />
            if matches!(over, Over::Bar | Over::BarAndFlag) { <rect class="bar" x="-13" y="5" width="26" height="4" rx="1" /> }
            if over == Over::BarAndFlag { <path class="flag" d="M4 -9H13V0Z" /> }
            if over == Over::Strike { <path class="strike" d="M-15 0H15" /> }
        </g></svg>
    }
}

const MESSAGES: [(Glyph, Word); 12] = [
    (Glyph::Proposal, Word::Proposal),
    (Glyph::Ack, Word::Ack),
    (Glyph::Commit, Word::Commit),
    (Glyph::Inform, Word::Inform),
    (Glyph::Vote, Word::Vote),
    (Glyph::Epoch, Word::Epoch),
    (Glyph::NewLeader, Word::NewLeader),
    (Glyph::UpToDate, Word::UpToDate),
    (Glyph::Diff, Word::Parcel),
    (Glyph::Request, Word::Request),
    (Glyph::Reply, Word::Reply),
    (Glyph::Ping, Word::Ping),
];

fn flying(glyph: Glyph) -> Html {
    html! { <svg width="48" height="30" viewBox="-24 -15 48 30" aria-hidden="true">{ mark(glyph) }</svg> }
}

fn lamp(ring: &'static str, sign: &'static str, path: &'static str) -> Html {
    let triangle = ring.ends_with("bad");
    html! {
        <svg width="24" height="24" viewBox="-10 -10 20 20" aria-hidden="true">
            if triangle { <path class={ring} d="M0-7 7.500 6H-7.500Z" /> } else { <circle class={ring} r="6.5" /> }
            <path class={sign} d={path} />
        </svg>
    }
}

fn lens() -> Html {
    html! {
        <svg width="32" height="30" viewBox="0 0 32 30" aria-hidden="true">
            <rect class="lens" x="4" y="2" width="24" height="26" /><path class="lensl" fill="none" d="M4 2H28V28H4Z" />
        </svg>
    }
}

fn bytes() -> Html {
    html! {
        <svg width="48" height="24" viewBox="0 0 48 24" aria-hidden="true">
            <rect class="durb" x="1" y="6" width="30" height="12" /><rect class="pendb" x="32" y="6" width="14" height="12" />
        </svg>
    }
}
