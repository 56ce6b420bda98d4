//! The mark of a server. Shape says role, ring and hatch say state.

use yew::prelude::*;
use zablab_core::view::frame::{Power, Role, ServerRow};

/// Draws the mark at `size` pixels. A small one fills its box, and its name is larger.
pub(crate) fn token(row: &ServerRow, size: u32) -> Html {
    let look = Look::of(row);
    let small = size < 42;
    let (view, ring) = if small {
        ("-26 -26 52 52", "25.5")
    } else {
        ("-32 -32 64 64", "28.5")
    };
    let size = size.to_string();
    let tok = html! {
        <svg class={classes!("tok", look.role_class(row), look.class(), small.then_some("small"), (row.id.0 > 9).then_some("long"))} width={size.clone()} height={size.clone()}
            viewBox={view} aria-hidden="true">
            { body(row, look) }
            { name(row, look) }
            { badge(row, look) }
        </svg>
    };
    if look != Look::Looking {
        return tok;
    }
    // A box of its own, which a browser turns without drawing anything again.
    html! {<>
        <svg class={classes!("tok", "ring", small.then_some("small"))} width={size.clone()} height={size} viewBox={view} aria-hidden="true">
            <circle r={ring} />
        </svg>
        { tok }
    </>}
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Leader,
    Claims,
    Looking,
    Follower,
    Paused,
    Down,
}

impl Look {
    fn of(row: &ServerRow) -> Self {
        match (&row.power, row.role) {
            (Power::Paused, _) => Self::Paused,
            (Power::PowerLost | Power::Killed | Power::Halted(_), _) => Self::Down,
            (Power::Up, Some(Role::Leading)) if row.claims => Self::Claims,
            (Power::Up, Some(Role::Leading)) => Self::Leader,
            (Power::Up, Some(Role::Looking) | None) => Self::Looking,
            (Power::Up, Some(Role::Following | Role::Observing)) => Self::Follower,
        }
    }

    fn role_class(self, row: &ServerRow) -> &'static str {
        match self {
            Self::Leader | Self::Claims => "r-L",
            _ if row.observer => "r-O",
            _ => "r-F",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Leader | Self::Follower => "s-up",
            Self::Claims => "s-claims",
            Self::Looking => "s-looking",
            Self::Paused => "s-paused",
            Self::Down => "s-down",
        }
    }
}

fn body(row: &ServerRow, look: Look) -> Html {
    let hatched = matches!(look, Look::Down | Look::Paused);
    if row.observer {
        return html! {<>
            <rect class="tk body dash" x="-22" y="-18" width="44" height="36" rx="18" />
            if hatched { <rect class="hatch" x="-22" y="-18" width="44" height="36" rx="18" /> }
        </>};
    }
    let leads = matches!(look, Look::Leader | Look::Claims);
    let class = classes!("tk", "body", (look == Look::Claims).then_some("broken"));
    html! {<>
        <rect {class} x="-20" y="-20" width="40" height="40" rx="7" />
        if look == Look::Leader { <rect class="tk inner" x="-16" y="-16" width="32" height="32" rx="4" /> }
        if leads { <path class="crown" d="M-8 -20V-29L-4 -25 0 -31 4 -25 8 -29V-20Z" /> }
        if hatched { <rect class="hatch" x="-20" y="-20" width="40" height="40" rx="7" /> }
    </>}
}

fn name(row: &ServerRow, look: Look) -> Html {
    let id = row.id.to_string();
    let eye = row.observer && !matches!(look, Look::Down | Look::Paused);
    let y = if eye { "-3" } else { "1" };
    html! {<>
        if matches!(look, Look::Down | Look::Paused) { <text class="tid halo" {y}>{ id.clone() }</text> }
        <text class="tid" {y}>{ id }</text>
        if eye {
            <g class="eye" transform="translate(0 10) scale(.78)">
                <path d="M-7 0Q0-7 7 0 0 7-7 0Z" /><circle r="2" />
            </g>
        }
    </>}
}

fn badge(row: &ServerRow, look: Look) -> Html {
    match look {
        Look::Looking => html! {
            <g transform="translate(21 -21)"><circle class="qb pb" r="8.5" /><text class="q" y=".5">{ "?" }</text></g>
        },
        Look::Paused => html! {
            <g transform="translate(20 -20)"><circle class="xb" r="9.5" /><path class="xx" d="M-2-3.5V3.5M2-3.5V3.5" /></g>
        },
        Look::Down if matches!(row.power, Power::Halted(_)) => html! {
            <g transform="translate(20 -20)"><circle class="xb bad" r="9.5" /><path class="xx" d="M0-4.500V1.500M0 4.200V4.400" /></g>
        },
        Look::Down if row.power == Power::PowerLost => html! {
            <g transform="translate(20 -20)"><circle class="xb" r="9.5" /><path class="xx fill" d="M1.5-6-4 1H-.5L-1.500 6 4-1H.5Z" /></g>
        },
        Look::Down => html! {
            <g transform="translate(20 -20)"><circle class="xb" r="9.5" /><path class="xx" d="M-4-4 4 4M4-4-4 4" /></g>
        },
        Look::Leader | Look::Claims | Look::Follower => Html::default(),
    }
}
