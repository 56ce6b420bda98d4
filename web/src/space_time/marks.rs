//! Small drawings that are used many times: the marks of messages, and of events.

use yew::prelude::*;
use zablab_core::view::frame::Glyph;
use zablab_core::view::space_time::Mark;

use crate::bench::mark;

/// Messages, and the name of each drawing.
const GLYPHS: [(Glyph, &str, &str); 14] = [
    (Glyph::Proposal, "gs-p", "#gs-p"),
    (Glyph::Ack, "gs-a", "#gs-a"),
    (Glyph::Commit, "gs-c", "#gs-c"),
    (Glyph::Inform, "gs-i", "#gs-i"),
    (Glyph::Vote, "gs-v", "#gs-v"),
    (Glyph::Epoch, "gs-e", "#gs-e"),
    (Glyph::NewLeader, "gs-n", "#gs-n"),
    (Glyph::UpToDate, "gs-u", "#gs-u"),
    (Glyph::Diff, "gs-diff", "#gs-diff"),
    (Glyph::Trunc, "gs-trunc", "#gs-trunc"),
    (Glyph::Snap, "gs-snap", "#gs-snap"),
    (Glyph::Request, "gs-req", "#gs-req"),
    (Glyph::Reply, "gs-rep", "#gs-rep"),
    (Glyph::Ping, "gs-ping", "#gs-ping"),
];

/// The drawing of a message.
pub(super) fn glyph(glyph: Glyph) -> &'static str {
    let found = GLYPHS.iter().find(|(known, ..)| *known == glyph);
    found.map_or("#gs-ping", |(_, _, href)| href)
}

/// The colour of an arrow.
pub(super) const fn hue(glyph: Glyph) -> &'static str {
    match glyph {
        Glyph::Proposal => "vol",
        Glyph::Ack => "dur",
        Glyph::Commit | Glyph::Inform => "com",
        Glyph::Vote | Glyph::Epoch | Glyph::NewLeader | Glyph::UpToDate => "lead",
        Glyph::Diff | Glyph::Snap => "copy",
        Glyph::Trunc => "loss",
        Glyph::Request | Glyph::Reply | Glyph::Ping => "slate",
    }
}

/// The drawing of an event.
pub(super) const fn event(mark: Mark) -> &'static str {
    match mark {
        Mark::Dot | Mark::Fence => "#ev-dot",
        Mark::Death => "#ev-death",
        Mark::Start => "#ev-start",
        Mark::Looking => "#ev-look",
        Mark::Leads => "#ev-lead",
        Mark::Quorum => "#ev-quorum",
        Mark::Told => "#ev-told",
        Mark::Denied => "#ev-denied",
        Mark::Unknown => "#ev-unknown",
        Mark::Cut => "#ev-cut",
        Mark::Snapshot => "#ev-snap",
        Mark::Paused => "#ev-pause",
        Mark::Resumed => "#ev-resume",
        Mark::Trouble => "#ev-trouble",
    }
}

/// Every small drawing, once per page.
pub(crate) fn small_marks() -> Html {
    let small = |(glyph, id, _): &(Glyph, &'static str, &str)| {
        html! { <g id={*id} class="gsm">{ mark(*glyph) }</g> }
    };
    let circle = |id: &'static str, class: &'static str, sign: &'static str| {
        html! { <g {id}><circle {class} r="8" /><path class="evs" d={sign} /></g> }
    };
    html! {<>
        { for GLYPHS.iter().map(small) }
        <g id="ev-dot"><circle class="evd" r="3.2" /></g>
        { circle("ev-death", "xb", "M-3.6-3.600 3.600 3.600M3.600-3.600-3.600 3.600") }
        { circle("ev-start", "xb", "M0-4.500V0M-3.200-2.600a4.200 4.200 0 1 0 6.400 0") }
        { circle("ev-pause", "xb", "M-2-3.500V3.500M2-3.500V3.500") }
        { circle("ev-resume", "xb", "M-2-3.600 3.600 0-2 3.600Z") }
        { circle("ev-lead", "qb", "M-4.600 3.200-5-2.600-2.200 0 0-3.800 2.200 0 5-2.600 4.600 3.200Z") }
        { circle("ev-quorum", "cb2", "M-3.600 0-1.200 2.800 3.800-2.600") }
        { circle("ev-trouble", "lb2", "M0-4.200V1M0 3.600V4") }
        { circle("ev-cut", "lb2", "M-4-3.600 4 2.600M4-3.600-4 2.600") }
        <g id="ev-told"><circle class="evt" r="4.600" /><path class="evtt" d="M-2.200 0-.600 1.700 2.400-1.700" /></g>
        <g id="ev-denied"><circle class="evx" r="4.600" /><path class="evxx" d="M-2-2 2 2M2-2-2 2" /></g>
        <g id="ev-look"><circle class="qb" r="8" /><text class="q" y=".5">{ "?" }</text></g>
        <g id="ev-unknown"><circle class="lb2" r="8" /><text class="q" y=".5">{ "?" }</text></g>
        <g id="ev-snap"><rect class="sb2" x="-6" y="-6" width="12" height="12" rx="2" /><path class="evs" d="M-3-2H3M-3 1H3" /></g>
        <g id="ev-lost"><path class="lostx" d="M-5-5 5 5M5-5-5 5" /></g>
        <g id="ev-zig"><path class="zigb" d="M-9-7H9V7H-9Z" /><path class="zig" d="M-9 0H-7L-3.500-6 0 6 3.500-6 7 0H9" /></g>
        <g id="ev-zag"><path class="zigb" d="M-7-9V9H7V-9Z" /><path class="zig" d="M0-9V-7L-6-3.500 6 0-6 3.500 0 7V9" /></g>
    </>}
}
