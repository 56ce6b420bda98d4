//! What every component of the page needs: the language, the size, and where wishes go.

use yew::prelude::*;
use zablab_core::lab::{Action, ServerId};
use zablab_core::view::{Lang, Target};

use crate::place::Ui;
use crate::words::Word;

/// How the page is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// From 1280 by 640 pixels: everything at once.
    Cockpit,
    /// From 640 wide: the bench, and one panel at a time.
    Embed,
    /// Narrower: one column.
    Phone,
}

impl Layout {
    /// The layout of a window.
    pub(crate) fn of(width: u32, height: u32, ui: Ui) -> Self {
        match (width, height) {
            (1280.., 640..) if ui == Ui::Full => Self::Cockpit,
            (640.., _) => Self::Embed,
            _ => Self::Phone,
        }
    }

    /// The class of the page's root.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Cockpit => "cockpit",
            Self::Embed => "embed",
            Self::Phone => "phone",
        }
    }
}

/// The page's context.
#[derive(Clone, PartialEq)]
pub(crate) struct Desk {
    /// The language shown.
    pub(crate) lang: Lang,
    /// The layout.
    pub(crate) layout: Layout,
    /// How much of the page is asked for.
    pub(crate) ui: Ui,
    /// Width of the window, in pixels.
    pub(crate) width: u32,
    /// The reader asked for less motion.
    pub(crate) still: bool,
    /// Wishes for the lab.
    pub(crate) act: Callback<Action>,
    /// The server that the actions are about.
    pub(crate) selected: ServerId,
    /// Selects another.
    pub(crate) select: Callback<ServerId>,
    /// What is looked at closely.
    pub(crate) inspected: Option<Target>,
    /// Looks at something closely, or at nothing any more.
    pub(crate) inspect: Callback<Option<Target>>,
}

impl Desk {
    /// A word in the page's language.
    pub(crate) fn word(&self, word: Word) -> &'static str {
        word.get(self.lang)
    }

    /// A callback that turns a picked value into a wish.
    pub(crate) fn pick(&self, wish: impl Fn(&str) -> Option<Action> + 'static) -> Callback<String> {
        let act = self.act.clone();
        Callback::from(move |value: String| {
            if let Some(action) = wish(&value) {
                act.emit(action);
            }
        })
    }

    /// A callback that asks the lab for `action`.
    pub(crate) fn ask<E: 'static>(&self, action: Action) -> Callback<E> {
        self.act.reform(move |_: E| action.clone())
    }
}

/// The context; every component below the root has one.
#[hook]
pub(crate) fn use_desk() -> Desk {
    use_context::<Desk>().expect("App provides the desk to every component")
}

/// Width and height of the window, in pixels.
pub(crate) fn window_size() -> (u32, u32) {
    let window = gloo_utils::window();
    let pixels = |value: Result<wasm_bindgen::JsValue, _>| {
        let number = value.ok().and_then(|v| v.as_f64()).unwrap_or(1_000.0);
        number as u32
    };
    (pixels(window.inner_width()), pixels(window.inner_height()))
}
