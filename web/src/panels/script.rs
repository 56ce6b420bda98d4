//! The run as a script. Every click is a line of it; an edited, pasted or opened one is run from its
//! beginning. A bad one is told with its line, and changes nothing.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;
use zablab_core::lab::{Action, Notice, NoticeKind};

use super::pull::Pull;
use super::script_words::{self, Word as Said};
use crate::desk::{Desk, use_desk};
use crate::outlet;
use crate::share;
use crate::words::{self, Word};

/// Bytes of a file that are read: one more than a script may have, so that the limit is told.
const READ_MAX: f64 = 65_537.0;

/// Properties of [`ScriptBox`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The script of the run that is shown.
    pub(crate) script: AttrValue,
    /// The line that belongs to the moment shown, from 1.
    pub(crate) line: Option<u32>,
    pub(crate) pull: Pull,
    /// Copies a link to this moment.
    pub(crate) on_link: Callback<MouseEvent>,
    pub(crate) notice: Option<Notice>,
}

/// The box. What is typed stays until it runs or is reverted.
#[component]
pub(crate) fn ScriptBox(props: &Props) -> Html {
    let desk = use_desk();
    let (node, file) = (use_node_ref(), use_node_ref());
    let draft = use_state(|| None::<String>);
    let text = (*draft).clone().unwrap_or_else(|| props.script.to_string());
    let (mark, behind_it) = (use_node_ref(), use_node_ref());
    {
        let (node, mark) = (node.clone(), mark.clone());
        use_effect_with((props.line, draft.is_none()), move |_| {
            let field = node.cast::<HtmlTextAreaElement>();
            if let (Some(mark), Some(field)) = (mark.cast::<HtmlElement>(), field) {
                let (top, room) = (mark.offset_top(), field.client_height());
                if top < field.scroll_top() || top + 24 > field.scroll_top() + room {
                    field.set_scroll_top(top - room / 2);
                }
            }
        });
    }
    let onscroll = {
        let (node, behind_it) = (node.clone(), behind_it.clone());
        Callback::from(move |_: Event| {
            let field = node.cast::<HtmlTextAreaElement>();
            if let (Some(field), Some(behind)) = (field, behind_it.cast::<HtmlElement>()) {
                behind.set_scroll_top(field.scroll_top());
            }
        })
    };
    let error = props
        .notice
        .as_ref()
        .filter(|n| n.kind == NoticeKind::Script);
    {
        let draft = draft.clone();
        let script = props.script.clone();
        use_effect_with(script, move |script| {
            // The run has become what was typed: it is no draft any more.
            if draft.as_deref() == Some(script.as_str()) {
                draft.set(None);
            }
        });
    }
    let oninput = {
        let (node, draft) = (node.clone(), draft.clone());
        Callback::from(move |_: InputEvent| {
            if let Some(area) = node.cast::<HtmlTextAreaElement>() {
                draft.set(Some(area.value()));
            }
        })
    };
    let run = {
        let (text, act) = (text.clone(), desk.act.clone());
        Callback::from(move |_: MouseEvent| act.emit(Action::Load(text.clone())))
    };
    let revert = {
        let (draft, act) = (draft.clone(), desk.act.clone());
        Callback::from(move |_: MouseEvent| {
            draft.set(None);
            act.emit(Action::Dismiss);
        })
    };
    let choose = {
        let file = file.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = file.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let opened = {
        let (file, act, draft) = (file.clone(), desk.act.clone(), draft.clone());
        Callback::from(move |_: Event| {
            let (act, draft) = (act.clone(), draft.clone());
            read(&file, move |text| {
                draft.set(Some(text.clone()));
                act.emit(Action::Load(text));
            });
        })
    };
    let now = props.line.filter(|_| draft.is_none()).and_then(|line| {
        let said = text.lines().nth(line.checked_sub(1)? as usize)?;
        Some((line, said.to_owned()))
    });
    let copy = {
        let text = text.clone();
        Callback::from(move |_: MouseEvent| share::copy(&text))
    };
    let save = {
        let (text, pull) = (text.clone(), props.pull.clone());
        Callback::from(move |_: MouseEvent| match pull.has_disks() {
            true => outlet::offer(pull.download_run()),
            false => outlet::offer_text("run.zab", &text),
        })
    };
    html! {
        <section class="scriptbox" aria-label={desk.word(Word::Script)}>
            <div class="zabtext">
                    if draft.is_none() { { behind(&text, props.line, &mark, &behind_it) } }
                    <textarea ref={node} {oninput} {onscroll} value={text.clone()} spellcheck="false" autocomplete="off" wrap="soft"
                        aria-label={desk.word(Word::ScriptLabel)} aria-invalid={error.is_some().to_string()}
                        data-kind="script" data-id="text" />
            </div>
            if let Some(error) = error { { told(&desk, error, &text) } }
            <p class="shint" data-kind="script" data-id="now">
                if let Some((line, text)) = &now {
                    <b>{ script_words::now(desk.lang, *line) }</b>{ " " }<code>{ text }</code>
                } else {
                    { desk.word(Word::ScriptHint) }
                }
            </p>
            <div class="row2">
                <input ref={file} class="hide" type="file" accept=".zab,text/plain" onchange={opened}
                    aria-label={desk.word(Word::OpenFile)} tabindex="-1" data-kind="script" data-id="file" />
                <button type="button" class="btn" onclick={choose} data-kind="script" data-id="open">{ desk.word(Word::OpenFile) }</button>
                { tool(&desk, Said::Download, "download", save, false) }
                { tool(&desk, Said::Copy, "copy", copy, false) }
                { tool(&desk, Said::Link, "link", props.on_link.clone(), draft.is_some()) }
                <span class="gap" />
                <button type="button" class="btn" onclick={revert} disabled={draft.is_none()} data-kind="script" data-id="revert">{ desk.word(Word::Revert) }</button>
                <button type="button" class="btn primary" onclick={run} data-kind="script" data-id="run">{ desk.word(Word::Run) }</button>
            </div>
        </section>
    }
}

/// The same text behind the field, scrolled with it: the line of the moment is marked there. A draft has
/// none.
fn behind(text: &str, line: Option<u32>, mark: &NodeRef, node: &NodeRef) -> Html {
    let wanted = line.and_then(|line| (line as usize).checked_sub(1));
    let mut lines = text.split_inclusive('\n');
    let before: String = lines.by_ref().take(wanted.unwrap_or(0)).collect();
    let marked = wanted.and_then(|_| lines.next());
    let after: String = lines.collect();
    html! {
        <pre class="back" ref={node.clone()} aria-hidden="true">
            { before }
            if let Some(marked) = marked { <mark ref={mark.clone()}>{ marked.trim_end_matches('\n') }</mark>{ "\n" } }
            { after }{ "\n" }
        </pre>
    }
}

fn tool(
    desk: &Desk,
    word: Said,
    id: &'static str,
    onclick: Callback<MouseEvent>,
    disabled: bool,
) -> Html {
    html! {
        <button type="button" class="btn" {onclick} {disabled} title={word.why(desk.lang)} data-kind="script" data-id={id}>
            { word.get(desk.lang) }
        </button>
    }
}

/// What is wrong, where, and the line itself with a mark below the place.
fn told(desk: &Desk, error: &Notice, text: &str) -> Html {
    let shown = error.place.and_then(|(line, column)| {
        let line = text.lines().nth(line.checked_sub(1)? as usize)?;
        let before = column.saturating_sub(1) as usize;
        (line.chars().count() <= 200).then(|| format!("{line}\n{}^", " ".repeat(before)))
    });
    html! {
        <div class="serr" role="alert" tabindex="0" data-kind="notice" data-id="script">
            <p>
                if let Some((line, column)) = error.place { <b>{ words::position(desk.lang, line, column) }</b>{ " " } }
                { error.text.get(desk.lang) }
            </p>
            if let Some(shown) = shown { <pre>{ shown }</pre> }
        </div>
    }
}

/// Reads the file that was chosen; the same one can be chosen again afterwards.
fn read(input: &NodeRef, done: impl Fn(String) + 'static) {
    let Some(input) = input.cast::<HtmlInputElement>() else {
        return;
    };
    let file = input.files().and_then(|files| files.get(0));
    let start = file.and_then(|file| {
        let file: &Blob = file.unchecked_ref();
        file.slice_with_f64_and_f64(0.0, READ_MAX).ok()
    });
    input.set_value("");
    if let Some(start) = start {
        spawn_local(async move {
            let text = JsFuture::from(start.text()).await;
            if let Some(text) = text.ok().and_then(|text| text.as_string()) {
                done(text);
            }
        });
    }
}
