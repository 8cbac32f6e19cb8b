//! Texts in several languages: a text, or a map from language tag (`fr`, `pt-BR`) to text, in file order. And the two
//! ways to look at a text that everything here shares, because those of the standard library are larger.

use crate::value::Value;

/// The text for the first language of `preferred` that has one: exactly, then by the language alone (`fr` for
/// `fr-CA`, `pt-BR` for `pt`), then English, then whatever comes first in the file.
pub(crate) fn resolve<'a>(text: &'a Value, preferred: &[&str]) -> &'a str {
    let Value::Map(texts) = text else { return text.as_str().unwrap_or("") };
    for wanted in preferred.iter().chain(&["en"]) {
        let bare = language(wanted);
        let full = |tag: &str| tag.eq_ignore_ascii_case(wanted);
        let alone = |tag: &str| tag.eq_ignore_ascii_case(bare);
        let kin = |tag: &str| language(tag).eq_ignore_ascii_case(bare);
        let fits: [&dyn Fn(&str) -> bool; 3] = [&full, &alone, &kin];
        for fits in fits {
            if let Some((_, text)) = texts.iter().find(|(tag, _)| fits(tag)) {
                return text.as_str().unwrap_or("");
            }
        }
    }
    texts.first().and_then(|(_, text)| text.as_str()).unwrap_or("")
}

fn language(tag: &str) -> &str {
    cut(cut(tag, b'-').0, b'_').0
}

/// What is before and after the first of an ASCII character; nothing after it when there is none. The standard library's
/// way is three times as large.
#[inline(never)]
pub fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    let Some(place) = text.bytes().position(|byte| byte == at) else { return (text, None) };
    (text.get(..place).unwrap_or(""), text.get(place + 1..))
}

/// A copy. One place for what would otherwise be written out at every `into`.
#[inline(never)]
pub(crate) fn own(text: &str) -> String {
    text.into()
}

/// The place of a word in a list.
#[inline(never)]
pub(crate) fn position(words: &[&str], wanted: &str) -> Option<usize> {
    words.iter().position(|word| *word == wanted)
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::value::Value;

    #[test]
    fn falls_back_from_region_to_language_to_english() {
        let texts = [("fr", "Bonjour"), ("pt-BR", "Oi"), ("en", "Hello")];
        let text = Value::Map(texts.iter().map(|(tag, text)| ((*tag).into(), (*text).into())).collect());
        for (preferred, expected) in [
            (&["fr-CA"][..], "Bonjour"),
            (&["pt"], "Oi"),
            (&["de", "FR"], "Bonjour"),
            (&["de"], "Hello"),
            (&[], "Hello"),
        ] {
            assert_eq!(resolve(&text, preferred), expected);
        }
        assert_eq!(resolve(&"x".into(), &["fr"]), "x");
    }
}
