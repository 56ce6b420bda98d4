//! What the address says and what the browser remembers: language, theme, scenario, moment.
//!
//! `?s=` scenario · `?lang=` · `?theme=` · `?ui=` full, embed or min · `?keys=off` · `#at=` a moment
//! by its name: `beat:quorum`, `commit:1.3`, `crash:S1#1`, `14`, `3.2s`.
//! Unknown keys are ignored; a bad value falls back and is a [`Complaint`]. Memory is optional: in a
//! sandboxed frame it throws, and the page goes on without.

use web_sys::{Storage, UrlSearchParams};
use zablab_core::lab::Lab;
use zablab_core::view::Lang;

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "auto" => Some(Self::Auto),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The other one of what is shown now.
    pub(crate) fn toggled(self) -> Self {
        let dark = match self {
            Self::Auto => matches("(prefers-color-scheme: dark)"),
            Self::Light => false,
            Self::Dark => true,
        };
        if dark { Self::Light } else { Self::Dark }
    }
}

/// How much of the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ui {
    /// What the window has room for.
    #[default]
    Full,
    /// The bench and one panel, in a frame of another page.
    Embed,
    /// The bench and the controls of time.
    Min,
}

impl Ui {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "full" => Some(Self::Full),
            "embed" => Some(Self::Embed),
            "min" => Some(Self::Min),
            _ => None,
        }
    }
}

/// A value in the address that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Complaint {
    /// There is no scenario of that id.
    Scenario(String),
    /// The page does not speak that language.
    Lang(String),
    /// There is no such theme.
    Theme(String),
    /// There is no such form of the page.
    Ui(String),
    /// The run that the address carries cannot be read.
    Carried,
    /// A link that carries this run would have so many characters.
    TooLong(usize),
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) scenario: Option<String>,
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    pub(crate) ui: Ui,
    /// Keys do something; a host may want them all for itself.
    pub(crate) keys: bool,
    /// The name of a moment, see [`zablab_core::lab::Anchor`].
    pub(crate) at: Option<String>,
}

impl Place {
    /// Reads address and memory, and says what it could not make sense of.
    pub(crate) fn read() -> (Self, Vec<Complaint>) {
        let location = gloo_utils::window().location();
        let query = params(&location.search().unwrap_or_default());
        let get = |key: &str| query.as_ref().and_then(|q| q.get(key));
        let mut wrong = Vec::new();
        let scenario = get("s");
        let known = |id: &String| Lab::scenarios().iter().any(|(known, _)| known == id);
        wrong.extend(
            scenario
                .clone()
                .filter(|id| !known(id))
                .map(Complaint::Scenario),
        );
        let lang = asked(get("lang"), Lang::from_tag, Complaint::Lang, &mut wrong);
        let theme = asked(get("theme"), Theme::from_word, Complaint::Theme, &mut wrong);
        let ui = asked(get("ui"), Ui::from_word, Complaint::Ui, &mut wrong);
        let at = read_at();
        let place = Self {
            scenario,
            lang: lang
                .or_else(|| Lang::from_tag(&remembered("lang")?))
                .or_else(system_lang)
                .unwrap_or_default(),
            theme: theme
                .or_else(|| Theme::from_word(&remembered("theme")?))
                .unwrap_or(Theme::Auto),
            ui: ui.unwrap_or_default(),
            keys: get("keys").as_deref() != Some("off"),
            at,
        };
        (place, wrong)
    }
}

/// The name of the moment that the address asks for.
pub(crate) fn read_at() -> Option<String> {
    let location = gloo_utils::window().location();
    let hash = location.hash().unwrap_or_default();
    let hash = hash.strip_prefix('#').unwrap_or_default();
    params(hash)?.get("at")
}

/// Does the address name a scenario or a moment? Then somebody was sent here for it.
pub(crate) fn names_a_moment() -> bool {
    let location = gloo_utils::window().location();
    let hash = location.hash().unwrap_or_default();
    let query = params(&location.search().unwrap_or_default());
    hash.contains("at=") || query.is_some_and(|query| query.has("s"))
}

/// What a value means; when it means nothing, that is noted.
fn asked<T>(
    value: Option<String>,
    read: impl Fn(&str) -> Option<T>,
    complaint: impl Fn(String) -> Complaint,
    wrong: &mut Vec<Complaint>,
) -> Option<T> {
    let value = value?;
    let meant = read(&value);
    if meant.is_none() {
        wrong.push(complaint(value));
    }
    meant
}

/// Writes the scenario into the address, so that a reload shows it again; a frame may forbid it.
pub(crate) fn note_scenario(id: Option<&str>) {
    let window = gloo_utils::window();
    let search = window.location().search().unwrap_or_default();
    let (Some(query), Ok(history)) = (params(&search), window.history()) else {
        return;
    };
    match id {
        Some(id) => query.set("s", id),
        None => query.delete("s"),
    }
    let query = query.to_string().as_string().unwrap_or_default();
    let path = window.location().pathname().unwrap_or_default();
    let address = if query.is_empty() {
        path.clone()
    } else {
        format!("{path}?{query}")
    };
    // A browser takes milliseconds to replace an address by itself.
    let hash = window.location().hash().unwrap_or_default();
    if hash.is_empty() && address.strip_prefix(&path) == Some(&search) {
        return;
    }
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
}

fn params(text: &str) -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(text).ok()
}

fn system_lang() -> Option<Lang> {
    Lang::from_tag(&gloo_utils::window().navigator().language()?)
}

/// A link to a moment of a scenario.
pub(crate) fn link(scenario: Option<&str>, lang: Lang, anchor: &str) -> String {
    let location = gloo_utils::window().location();
    let page = location.href().unwrap_or_default();
    let page = page.split(['?', '#']).next().unwrap_or_default();
    let scenario = scenario.map(|id| format!("s={id}&")).unwrap_or_default();
    let anchor = anchor.replace('#', "%23");
    format!("{page}?{scenario}lang={}#at={anchor}", lang.tag())
}

/// Tells the document and the memory which language and theme are shown.
pub(crate) fn show(lang: Lang, theme: Theme) {
    let root = gloo_utils::document_element();
    // The attribute names are valid, so writing them cannot fail.
    let _ = root.set_attribute("lang", lang.tag());
    let _ = match theme {
        Theme::Auto => root.remove_attribute("data-theme"),
        other => root.set_attribute("data-theme", other.word()),
    };
}

/// Remembers a choice, where the browser allows it.
pub(crate) fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage is no reason to stop.
        let _ = storage.set_item(&format!("zablab.{key}"), value);
    }
}

/// Remembers the theme.
pub(crate) fn remember_theme(theme: Theme) {
    remember("theme", theme.word());
}

/// What was remembered.
pub(crate) fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(&format!("zablab.{key}")).ok()?
}

fn storage() -> Option<Storage> {
    gloo_utils::window().local_storage().ok()?
}

/// Does a media query hold?
pub(crate) fn matches(query: &str) -> bool {
    let found = gloo_utils::window().match_media(query);
    found.ok().flatten().is_some_and(|list| list.matches())
}
