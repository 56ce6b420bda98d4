//! The run as a script. Every click is a line of it; an edited, pasted or opened one is run from its
//! beginning. A bad one is told with its line, and changes nothing.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;
use zablab_core::lab::{Action, Notice, NoticeKind};

use crate::desk::{Desk, use_desk};
use crate::words::{self, Word};

/// Bytes of a file that are read: one more than a script may have, so that the limit is told.
const READ_MAX: f64 = 65_537.0;

/// Properties of [`ScriptBox`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The script of the run that is shown.
    pub(crate) script: AttrValue,
    pub(crate) notice: Option<Notice>,
}

/// The box. What is typed stays until it runs or is reverted.
#[component]
pub(crate) fn ScriptBox(props: &Props) -> Html {
    let desk = use_desk();
    let (node, file) = (use_node_ref(), use_node_ref());
    let draft = use_state(|| None::<String>);
    let text = (*draft).clone().unwrap_or_else(|| props.script.to_string());
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
    html! {
        <section class="scriptbox" aria-label={desk.word(Word::Script)}>
            <textarea ref={node} {oninput} value={text.clone()} spellcheck="false" autocomplete="off" wrap="soft"
                aria-label={desk.word(Word::ScriptLabel)} aria-invalid={error.is_some().to_string()}
                data-kind="script" data-id="text" />
            if let Some(error) = error { { told(&desk, error, &text) } }
            <p class="shint">{ desk.word(Word::ScriptHint) }</p>
            <div class="row2">
                <input ref={file} class="hide" type="file" accept=".zab,text/plain" onchange={opened}
                    aria-label={desk.word(Word::OpenFile)} tabindex="-1" data-kind="script" data-id="file" />
                <button type="button" class="btn" onclick={choose} data-kind="script" data-id="open">{ desk.word(Word::OpenFile) }</button>
                <span class="gap" />
                <button type="button" class="btn" onclick={revert} disabled={draft.is_none()} data-kind="script" data-id="revert">{ desk.word(Word::Revert) }</button>
                <button type="button" class="btn primary" onclick={run} data-kind="script" data-id="run">{ desk.word(Word::Run) }</button>
            </div>
        </section>
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
