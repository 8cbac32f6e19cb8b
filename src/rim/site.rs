//! What the engagement file says about the interface.

use wasm_bindgen::JsValue;

use super::read;

/// Texts are in the visitor's language.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Site {
    pub(crate) team: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) greeting: Option<String>,
    pub(crate) away: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

impl Site {
    pub(crate) fn read(engagement: &JsValue, lang: &str) -> Self {
        let team = read::get(engagement, "team");
        let contact = read::get(engagement, "contact");
        Self {
            team: read::localized(&team, "name", lang),
            about: read::localized(&team, "about", lang),
            greeting: read::localized(engagement, "greeting", lang),
            away: read::localized(engagement, "away", lang),
            email: read::text(&contact, "email"),
            phone: read::text(&contact, "phone"),
        }
    }
}

/// Light or dark; anything else follows the system.
pub(crate) fn theme(appearance: &JsValue) -> &'static str {
    match read::text(appearance, "theme").as_deref() {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "auto",
    }
}
