//! The run as a script. Every click is a line of it; an edited one is run from its beginning.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;
use zablab_core::lab::{Action, Notice, NoticeKind};

use crate::desk::use_desk;
use crate::words::Word;

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
    let node = use_node_ref();
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
    html! {
        <section class="scriptbox" aria-label={desk.word(Word::Script)}>
            <textarea ref={node} {oninput} value={text} spellcheck="false" autocomplete="off" wrap="off"
                aria-label={desk.word(Word::ScriptLabel)} aria-invalid={error.is_some().to_string()}
                data-kind="script" data-id="text" />
            if let Some(error) = error {
                <p class="serr" role="alert" data-kind="notice" data-id="script">
                    if let Some((line, column)) = error.place {
                        <b>{ format!("{} {line}, {} {column}", desk.word(Word::Line), desk.word(Word::Column)) }</b>
                        { " " }
                    }
                    { error.text.get(desk.lang) }
                </p>
            } else {
                <p class="shint">{ desk.word(Word::ScriptHint) }</p>
            }
            <div class="row2">
                <button type="button" class="btn" onclick={revert} disabled={draft.is_none()} data-kind="script" data-id="revert">{ desk.word(Word::Revert) }</button>
                <button type="button" class="btn primary" onclick={run} data-kind="script" data-id="run">{ desk.word(Word::Run) }</button>
            </div>
        </section>
    }
}
