//! A choice among few: the browser's own list, dressed as a button.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::icon::Icon;

/// Properties of [`Picker`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) label: AttrValue,
    pub(crate) class: AttrValue,
    /// `data-id` of the control.
    pub(crate) kind: AttrValue,
    /// Values and what is shown for them.
    pub(crate) options: Vec<(String, String)>,
    pub(crate) value: AttrValue,
    pub(crate) on_pick: Callback<String>,
    #[prop_or_default]
    pub(crate) icon: Option<Icon>,
}

/// The choice.
#[component]
pub(crate) fn Picker(props: &Props) -> Html {
    let node = use_node_ref();
    let onchange = {
        let (node, on_pick) = (node.clone(), props.on_pick.clone());
        Callback::from(move |_: Event| {
            if let Some(select) = node.cast::<HtmlSelectElement>() {
                on_pick.emit(select.value());
            }
        })
    };
    html! {
        <span class={classes!("picker", props.class.clone())}>
            if let Some(icon) = props.icon { { icon.html() } }
            <select ref={node} {onchange} aria-label={props.label.clone()} title={props.label.clone()}
                data-kind="picker" data-id={props.kind.clone()}>
                { for props.options.iter().map(|(value, text)| html! {
                    <option value={value.clone()} selected={*value == *props.value}>{ text }</option>
                }) }
            </select>
            { Icon::Down.at(12) }
        </span>
    }
}
