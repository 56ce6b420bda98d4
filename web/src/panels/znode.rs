//! One znode in full: statistics in the words of `zkCli`, access control list, data.

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::znode::{StatLine, ZnodeView};

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
                <p class="zabsent">{ words::absent(desk.lang, &props.path, props.server) }</p>
            }
        </div>
    }
}

fn body(desk: &Desk, view: &ZnodeView) -> Html {
    html! {<>
        <p class="zpath">{ &view.path }</p>
        <p class="znote">
            { words::kind_long(desk.lang, &view.kind) }
            if view.looks_sequential { { " " }{ Word::LooksSequential.get(desk.lang) } }
        </p>
        <dl class="zstat">{ for view.stat.iter().map(stat) }</dl>
        <dl class="zstat">
            <div class="wide"><dt>{ Word::Acl.get(desk.lang) }</dt><dd>
                if let Some(list) = &view.acl { { list.join(", ") } } else { { Word::AclLost.get(desk.lang) } }
            </dd></div>
        </dl>
        <p class="zdhead">{ words::data_head(desk.lang, view.data.as_ref()) }</p>
        if let Some(data) = view.data.as_ref().filter(|data| data.length > 0) {
            <pre class={classes!("zfull", data.hex.then_some("hex"))} data-kind="znode-data" data-id={view.path.clone()}>{ &data.text }</pre>
            if data.rest > 0 { <p class="svmore">{ words::rest(desk.lang, data.rest) }</p> }
        }
    </>}
}

/// Numbers share a line; zxids and dates have one of their own.
fn stat(line: &StatLine) -> Html {
    let wide = line.value.len() > 12 || line.value.starts_with("0x");
    html! {
        <div class={classes!(wide.then_some("wide"))} data-kind="stat" data-id={line.name}>
            <dt>{ line.name }</dt>
            <dd>{ &line.value }if let Some(also) = &line.also { <b>{ also }</b> }</dd>
        </div>
    }
}
