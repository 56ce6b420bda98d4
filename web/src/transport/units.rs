//! How far one step goes: the five units, each with what it stops at.

use yew::prelude::*;
use zablab_core::lab::{Action, Unit};

use super::words;
use crate::desk::use_desk;
use crate::popover::Item;

/// Properties of [`UnitList`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) unit: Unit,
}

/// The list.
#[component]
pub(crate) fn UnitList(props: &Props) -> Html {
    let desk = use_desk();
    html! {<>
        { for Unit::ALL.into_iter().map(|unit| {
            let (name, about) = words::unit(desk.lang, unit);
            html! {
                <Item kind="unit" id={unit.word()} onclick={desk.ask(Action::SetUnit(unit))} on={unit == props.unit}
                    {about}>{ name }</Item>
            }
        }) }
    </>}
}
