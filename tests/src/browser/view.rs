//! How the page is looked at: window size, theme, language, motion.

/// A window and the wishes of the person before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Width of the page in CSS pixels.
    pub width: u32,
    /// Height of the page in CSS pixels.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: u32,
    /// `light` or `dark`: both the system's wish and the page's `?theme=`.
    pub theme: Option<String>,
    /// `en` or `zh-CN`: the page's `?lang=`.
    pub lang: Option<String>,
    /// The system asks for less motion.
    pub reduced_motion: bool,
    /// The system shows its own few colours only.
    pub forced_colors: bool,
    /// This person has never been here: the pointers of a first visit are shown.
    pub newcomer: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            width: 1440,
            height: 900,
            scale: 1,
            theme: None,
            lang: None,
            reduced_motion: false,
            forced_colors: false,
            newcomer: false,
        }
    }
}

impl View {
    /// A window of this size.
    #[must_use]
    pub fn sized(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            ..Self::default()
        }
    }

    /// The same window in another theme.
    #[must_use]
    pub fn theme(mut self, theme: &str) -> Self {
        self.theme = Some(theme.to_owned());
        self
    }

    /// The same window in another language.
    #[must_use]
    pub fn lang(mut self, lang: &str) -> Self {
        self.lang = Some(lang.to_owned());
        self
    }

    /// The address of the page at `base`, with this view's theme and language in the query.
    #[must_use]
    pub fn address(&self, base: &str, query: &str, hash: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend((!query.is_empty()).then(|| query.to_owned()));
        parts.extend(self.theme.as_ref().map(|theme| format!("theme={theme}")));
        parts.extend(self.lang.as_ref().map(|lang| format!("lang={lang}")));
        let mut address = base.to_owned();
        if !parts.is_empty() {
            address.push(if base.contains('?') { '&' } else { '?' });
            address.push_str(&parts.join("&"));
        }
        if !hash.is_empty() {
            address.push('#');
            address.push_str(hash.trim_start_matches('#'));
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn theme_and_language_join_the_query() {
        let view = View::default().theme("dark").lang("zh-CN");
        assert_eq!(
            view.address("http://h/", "s=first", "at=4"),
            "http://h/?s=first&theme=dark&lang=zh-CN#at=4"
        );
        assert_eq!(View::default().address("http://h/", "", ""), "http://h/");
    }
}
