//! One znode in full: statistics in the words of `zkCli`, access control list, data.

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::znode::{StatLine, ZnodeView};

use super::piece::{line, piece};
use super::pull::Pull;
use super::service_words::{self as words, Word};
use crate::desk::{Desk, use_desk};

/// Properties of [`ZnodeCard`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) pull: Pull,
    pub(super) server: ServerId,
    pub(super) path: String,
}

/// The card.
#[component]
pub(super) fn ZnodeCard(props: &Props) -> Html {
    let desk = use_desk();
    let asked = (props.pull.clone(), props.server, props.path.clone());
    let view = use_memo(asked, |(pull, server, path)| pull.znode(*server, path));
    html! {
        <div class="zcard" role="region" tabindex="0" aria-label={props.path.clone()} data-kind="znode-card" data-id={props.path.clone()}>
            if let Some(view) = &*view {
                { body(&desk, view) }
            } else {
                { line("zabsent", words::absent(desk.lang, &props.path, props.server)) }
            }
        </div>
    }
}

fn body(desk: &Desk, view: &ZnodeView) -> Html {
    let mut note = words::kind_long(desk.lang, &view.kind);
    if view.looks_sequential {
        note.push(' ');
        note.push_str(Word::LooksSequential.get(desk.lang));
    }
    let lost = || Word::AclLost.get(desk.lang).to_owned();
    let acl = StatLine {
        name: Word::Acl.get(desk.lang),
        value: view.acl.as_ref().map_or_else(lost, |list| list.join(", ")),
        also: None,
    };
    let stats = view.stat.iter().map(|line| stat(line, false));
    let data = view.data.as_ref().filter(|data| data.length > 0);
    html! {<>
        { line("zpath", view.path.clone()) }
        { line("znote", note) }
        { piece("dl", "zstat", html! {<>{ for stats }{ stat(&acl, true) }</>}) }
        { line("zdhead", words::data_head(desk.lang, view.data.as_ref())) }
        if let Some(data) = data {
            { piece("pre", if data.hex { "zfull hex" } else { "zfull" }, data.text.clone().into()) }
            if data.rest > 0 { { line("svmore", words::rest(desk.lang, data.rest)) } }
        }
    </>}
}

/// Numbers share a line; zxids, dates and lists have one of their own.
fn stat(line: &StatLine, list: bool) -> Html {
    let wide = list || line.value.len() > 12 || line.value.starts_with("0x");
    let also = line.also.clone().map(|also| piece("b", "", also.into()));
    let value = html! {<>{ &line.value }{ also.unwrap_or_default() }</>};
    html! {
        <div class={if wide { "wide" } else { "" }} data-kind="stat" data-id={line.name}>
            { piece("dt", "", line.name.into()) }
            { piece("dd", "", value) }
        </div>
    }
}
