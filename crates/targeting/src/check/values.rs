//! Values that a fact never has: dates and languages that are written otherwise, and shares in place of percentages.

use super::Lints;
use crate::problem::{At, Code, Expected, Severity};
use crate::rules::calendar::date;
use crate::value::Value;
use crate::vocabulary::fact_at;

/// English names of languages, and some of their own, with their codes.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("ar", &["arabic"]),
    ("de", &["german", "deutsch"]),
    ("en", &["english"]),
    ("es", &["spanish", "español", "espanol"]),
    ("fr", &["french", "français", "francais"]),
    ("it", &["italian", "italiano"]),
    ("ja", &["japanese"]),
    ("ko", &["korean"]),
    ("nl", &["dutch", "nederlands"]),
    ("pl", &["polish", "polski"]),
    ("pt", &["portuguese", "português", "portugues"]),
    ("ru", &["russian"]),
    ("tr", &["turkish"]),
    ("uk", &["ukrainian"]),
    ("zh", &["chinese"]),
];

/// The code of a language that was probably meant, when this is none as browsers write them: `fr-CA` for `fr_CA`.
fn other_code(written: &str) -> Option<Option<String>> {
    let lower = written.trim().to_lowercase();
    let mut parts = written.split('-');
    let language = parts.next().unwrap_or("");
    let plain =
        |part: &str| !part.is_empty() && part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let short = matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    if short && parts.all(plain) {
        return None;
    }
    let named = LANGUAGES.iter().find(|(_, names)| names.contains(&lower.as_str())).map(|(code, _)| (*code).to_owned());
    Some(named.or_else(|| {
        let (language, region) = match lower.split_once(['_', '-']) {
            Some((language, region)) => (language, format!("-{}", region.to_uppercase())),
            None => (lower.as_str(), String::new()),
        };
        let meant = format!("{language}{region}");
        (meant != written && other_code(&meant).is_none()).then_some(meant)
    }))
}

impl Lints<'_> {
    /// A text that the fact at `path` is compared with.
    pub(super) fn text_value(&mut self, path: &str, operator: &str, text: &str, at: &At<'_>) {
        let equal = matches!(operator, "" | "$eq" | "$ne" | "$in" | "$nin");
        match path {
            "user.language" | "user.languages" | "page.lang" if equal && !text.contains('*') => {
                self.language(text, at);
            }
            "page.path" | "page.url" | "page.host" | "visit.landing" | "visit.previousPage" if equal => {
                self.address(path, text, at);
            }
            // What is ordered may also be compared with the beginning of a date.
            "time.site.date" | "time.local.date" if date(text).is_none() => {
                let beginning =
                    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && text.starts_with("20");
                if equal || !beginning {
                    self.warn(at, Code::BadDate, text);
                }
            }
            _ => {}
        }
    }

    /// An address, or a part of one, that the fact never is.
    fn address(&mut self, path: &str, text: &str, at: &At<'_>) {
        let behind = text.split_once("://").map(|(_, rest)| rest);
        let (host, page) = behind.map_or(("", text), |rest| rest.split_at(rest.find('/').unwrap_or(rest.len())));
        let meant = match path {
            _ if text.contains('*') || text.is_empty() => return,
            "page.host" if behind.is_some() => host.to_owned(),
            "page.url" if text.starts_with('/') => format!("\"page.path\": \"{text}\""),
            "page.host" | "page.url" => return,
            _ if text.starts_with('/') => return,
            _ if behind.is_none() => format!("/{text}"),
            _ if page.is_empty() => "/".into(),
            _ => page.to_owned(),
        };
        self.problems.add(Severity::Warning, at, Code::OddAddress, text, Expected::Names(vec![meant]));
    }

    /// A clock that is to show just this.
    pub(super) fn exact(&mut self, path: &str, number: f64, at: &At<'_>) {
        let clock = fact_at(path).is_some_and(|fact| fact.name.to_lowercase().contains("seconds"));
        if clock || path == "page.scroll" && number > 1.0 && number < 100.0 {
            let expected = Expected::Names(vec![format!("{{ \"$gte\": {} }}", crate::number::print(number))]);
            self.problems.add(Severity::Warning, at, Code::ExactClock, path, expected);
        }
    }

    /// Hosts in `links` that are written as addresses.
    pub(super) fn links(&mut self) {
        let file = self.file;
        let links = At::ROOT.key("links");
        for (index, link) in file.get("links").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            let Some(text) = link.as_str().filter(|text| text.contains('/')) else { continue };
            let host = text.split_once("://").map_or(text, |(_, rest)| rest).split('/').next().unwrap_or("");
            let expected = Expected::Names(vec![format!("`\"{host}\"`")]);
            let expected = if host.is_empty() { Expected::Unsaid } else { expected };
            self.problems.add(Severity::Warning, &links.index(index), Code::BadLink, text, expected);
        }
    }

    /// The code of a language, as the key of a text or as what a fact is.
    pub(super) fn language(&mut self, written: &str, at: &At<'_>) {
        if let Some(meant) = other_code(written) {
            let expected = meant.map_or(Expected::Unsaid, |code| Expected::Names(vec![format!("`{code}`")]));
            self.problems.add(Severity::Warning, at, Code::UnknownLanguage, written, expected);
        }
    }

    /// Percentages below one, by people who think of shares from 0 to 1.
    pub(super) fn percentages(&mut self) {
        let file = self.file;
        self.percentage(
            file.get("holdout").and_then(|holdout| holdout.get("percent")),
            &At::ROOT.key("holdout").key("percent"),
        );
        let rules = At::ROOT.key("rules");
        for (index, rule) in file.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            let at = rules.index(index);
            let percent = rule.get("rollout").and_then(|rollout| rollout.get("percent"));
            self.percentage(percent, &at.key("rollout").key("percent"));
            let (on, at) = (rule.get("on"), at.key("on"));
            self.percentage(on.and_then(|on| on.get("scroll")), &at.key("scroll"));
            for (index, entry) in on.and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
                self.percentage(entry.get("scroll"), &at.index(index).key("scroll"));
            }
        }
    }

    pub(super) fn percentage(&mut self, value: Option<&Value>, at: &At<'_>) {
        if let Some(share) = value.and_then(Value::as_f64).filter(|share| *share > 0.0 && *share < 1.0) {
            let percent = crate::number::print((share * 1e6).round() / 1e4);
            let expected = Expected::Names(vec![format!("`{percent}` for {percent} %")]);
            self.problems.add(Severity::Warning, at, Code::SmallShare, &crate::number::print(share), expected);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::other_code;

    #[test]
    fn the_code_of_a_language_is_told_from_its_name() {
        for code in ["fr", "fr-CA", "pt-BR", "zh-Hant-TW", "gsw", "de-1996", "en-us"] {
            assert_eq!(other_code(code), None, "{code}");
        }
        for (written, meant) in [
            ("english", Some("en")),
            ("Deutsch", Some("de")),
            ("fr_CA", Some("fr-CA")),
            ("FR", Some("fr")),
            ("xx-invalid!", None),
            ("klingon", None),
            ("", None),
        ] {
            assert_eq!(other_code(written), Some(meant.map(str::to_owned)), "{written}");
        }
    }
}
