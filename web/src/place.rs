//! What the address says and what the browser remembers: language, theme, scenario, moment.
//!
//! `?s=` scenario · `?lang=` · `?theme=` · `#at=` a step or `beat:name`. Unknown keys are ignored, bad
//! values fall back. Memory is optional: in a sandboxed frame it throws, and the page goes on without.

use web_sys::{Storage, UrlSearchParams};
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

/// Where a run is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// After so many steps.
    Step(u64),
    /// At a named moment.
    Beat(String),
}

impl At {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("beat:") {
            Some(name) => Some(Self::Beat(name.to_owned())),
            None => text
                .strip_prefix("t=")
                .unwrap_or(text)
                .parse()
                .ok()
                .map(Self::Step),
        }
    }
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) scenario: Option<String>,
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    pub(crate) at: Option<At>,
}

impl Place {
    /// Reads address and memory.
    pub(crate) fn read() -> Self {
        let location = gloo_utils::window().location();
        let query = params(&location.search().unwrap_or_default());
        let hash = params(location.hash().unwrap_or_default().trim_start_matches('#'));
        let get = |key: &str| query.as_ref().and_then(|q| q.get(key));
        let lang = get("lang").or_else(|| remembered("lang"));
        let theme = get("theme").or_else(|| remembered("theme"));
        Self {
            scenario: get("s"),
            lang: lang
                .and_then(|tag| Lang::from_tag(&tag))
                .or_else(system_lang)
                .unwrap_or_default(),
            theme: theme
                .and_then(|word| Theme::from_word(&word))
                .unwrap_or(Theme::Auto),
            at: hash.and_then(|h| h.get("at")).and_then(|at| At::parse(&at)),
        }
    }
}

fn params(text: &str) -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(text).ok()
}

fn system_lang() -> Option<Lang> {
    Lang::from_tag(&gloo_utils::window().navigator().language()?)
}

/// A link to a moment of a scenario.
pub(crate) fn link(scenario: Option<&str>, lang: Lang, step: u64) -> String {
    let location = gloo_utils::window().location();
    let page = location.href().unwrap_or_default();
    let page = page.split(['?', '#']).next().unwrap_or_default();
    let scenario = scenario.map(|id| format!("s={id}&")).unwrap_or_default();
    format!("{page}?{scenario}lang={}#at={step}", lang.tag())
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

fn remembered(key: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_step_or_a_beat() {
        let found = ["44", "t=7", "beat:quorum", "x", ""].map(At::parse);
        let beat = Some(At::Beat("quorum".to_owned()));
        assert_eq!(
            found,
            [Some(At::Step(44)), Some(At::Step(7)), beat, None, None]
        );
    }
}
