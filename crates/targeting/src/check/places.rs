//! Page patterns that are read otherwise than they look.

use super::Lints;
use crate::problem::{At, Code, Expected, Severity};
use crate::value::Value;

/// Endings of files, which hosts do not have.
const FILES: [&str; 5] = [".html", ".htm", ".php", ".aspx", ".jsp"];

impl Lints<'_> {
    /// All page patterns of the file: those of the rules, and the quiet pages.
    pub(super) fn places(&mut self) {
        let file = self.file;
        self.patterns(file.get("quiet"), &At::ROOT.key("quiet"));
        self.negated(file.get("quiet"), &At::ROOT.key("quiet"), false);
        let rules = At::ROOT.key("rules");
        for (index, rule) in file.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            let at = rules.index(index);
            let at = at.key("where");
            let place = rule.get("where");
            for (key, patterns) in [("", place), ("include", place.and_then(|place| place.get("include")))] {
                let inner = at.key(key);
                let at = if key.is_empty() { &at } else { &inner };
                self.patterns(patterns, at);
                self.negated(patterns, at, true);
            }
            let excluded = place.and_then(|place| place.get("exclude"));
            self.patterns(excluded, &at.key("exclude"));
            self.negated(excluded, &at.key("exclude"), false);
        }
    }

    /// One pattern or a list of them.
    fn patterns(&mut self, value: Option<&Value>, at: &At<'_>) {
        match value {
            Some(Value::String(pattern)) => {
                if let Some((code, meant)) = misread(pattern) {
                    self.problems.add(Severity::Warning, at, code, pattern, Expected::Names(vec![meant]));
                }
            }
            Some(Value::List(items)) => {
                items.iter().enumerate().for_each(|(index, item)| self.patterns(Some(item), &at.index(index)));
            }
            _ => {}
        }
    }

    /// Pages that are to be left out, among those that are meant. `included`: there is an `exclude` for them.
    fn negated(&mut self, patterns: Option<&Value>, at: &At<'_>, included: bool) {
        let texts: Vec<(Option<usize>, &str)> = match patterns {
            Some(Value::String(only)) => vec![(None, only)],
            Some(Value::List(items)) => {
                items.iter().enumerate().filter_map(|(index, item)| Some((Some(index), item.as_str()?))).collect()
            }
            _ => Vec::new(),
        };
        let quoted = |texts: Vec<&str>| texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ");
        let without = quoted(texts.iter().filter_map(|(_, text)| negation(text)).collect());
        let with = quoted(texts.iter().map(|(_, text)| *text).filter(|text| negation(text).is_none()).collect());
        let include = if with.is_empty() { String::new() } else { format!("\"include\": [{with}], ") };
        for (index, text) in texts.iter().filter(|(_, text)| negation(text).is_some()) {
            let meant = format!("`\"where\": {{ {include}\"exclude\": [{without}] }}`");
            let expected = if included { Expected::Names(vec![meant]) } else { Expected::Unsaid };
            let inner = index.map(|index| at.index(index));
            self.problems.add(Severity::Warning, inner.as_ref().unwrap_or(at), Code::NegatedPattern, text, expected);
        }
    }
}

/// What one pattern is read as, when that is not what it looks like, and what was probably meant. Negations are told together.
fn misread(pattern: &str) -> Option<(Code, String)> {
    if let Some(address) = address_behind(pattern) {
        return Some((Code::OddAddress, address.to_owned()));
    }
    if negation(pattern).is_some() {
        return None;
    }
    if is_regex(pattern) {
        return Some((Code::Placeholder, format!("{{ \"regex\": \"{}\" }}", pattern.replace('\\', "\\\\"))));
    }
    if let Some(meant) = several(pattern).or_else(|| without_placeholders(pattern)) {
        return Some((Code::Placeholder, meant));
    }
    misses_a_slash(pattern).then(|| (Code::PathWithoutSlash, format!("/{pattern}")))
}

/// The pattern of the pages that are not meant: `/careers` in `!/careers`. No host begins so.
fn negation(pattern: &str) -> Option<&str> {
    let marks = ["!", "-", "not ", "NOT ", "except "];
    let rest = marks.iter().find_map(|mark| pattern.strip_prefix(mark))?.trim_start();
    rest.starts_with('/').then_some(rest)
}

/// Has this what regular expressions are made of, and addresses are not?
fn is_regex(pattern: &str) -> bool {
    let path = pattern.split('?').next().unwrap_or("");
    let choice = path.contains('(') && path.contains('|') && path.contains(')');
    path.starts_with('^')
        || path.ends_with('$')
        || path.contains(".*")
        || path.contains(".+")
        || path.contains('\\')
        || choice
}

/// Patterns that stand in one text, as a list of them.
fn several(pattern: &str) -> Option<String> {
    let parts: Vec<&str> = pattern.split([',', ' ', '|']).filter(|part| !part.is_empty() && *part != "or").collect();
    let paths = parts.len() > 1 && parts.iter().all(|part| part.starts_with('/'));
    paths.then(|| format!("[{}]", parts.iter().map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(", ")))
}

/// The pattern with a star for each part that only stands for something: `/product/*` for `/product/:id`, `/product/{id}`
/// and `/product/…`.
fn without_placeholders(pattern: &str) -> Option<String> {
    let (path, rest) = pattern.split_at_checked(pattern.find(['?', '#']).unwrap_or(pattern.len()))?;
    let letters =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let within = |part: &str, open: char, close: char| {
        part.strip_prefix(open).and_then(|part| part.strip_suffix(close)).is_some_and(letters)
    };
    let part = |part: &str| match part {
        "…" | "..." => "*".to_owned(),
        part if part.strip_prefix(':').is_some_and(letters) => "*".into(),
        part if within(part, '{', '}') || within(part, '<', '>') || within(part, '[', ']') => "*".into(),
        part => match part.strip_suffix('…').or_else(|| part.strip_suffix("...")) {
            Some(begin) => format!("{begin}*"),
            None => part.to_owned(),
        },
    };
    let parts: Vec<String> = path.split('/').map(part).collect();
    let meant = parts.join("/");
    (meant != path).then(|| format!("{meant}{rest}"))
}

/// What stands before the first slash is a host. Is it hardly one? Hosts of an intranet can be written with `https://`.
fn misses_a_slash(pattern: &str) -> bool {
    let host = pattern.split(['/', '?', '#']).next().unwrap_or("").to_ascii_lowercase();
    let named = host.is_empty() || host.contains(['*', ':']) || host == "localhost";
    !named && (!host.contains('.') || FILES.iter().any(|ending| host.ends_with(ending)))
}

/// What was probably meant by an address that no page has: the part after `//`. Only `http://` and `https://`, in small
/// letters, may stand before a host.
fn address_behind(pattern: &str) -> Option<&str> {
    let address = pattern.split(['?', '#']).next().unwrap_or("");
    let scheme = address.split_once("//").map(|(scheme, _)| scheme)?;
    let odd =
        scheme.is_empty() || scheme.ends_with(':') && !scheme.contains('/') && !["http:", "https:"].contains(&scheme);
    pattern.get(scheme.len() + 2..).filter(|_| odd)
}

#[cfg(test)]
mod tests {
    use super::{address_behind, is_regex, misses_a_slash, negation, several, without_placeholders};

    #[test]
    fn what_is_no_part_of_an_address_is_told_from_what_may_be() {
        for (pattern, expected) in [
            ("/product/:id", Some("/product/*")),
            ("/product/{id}/edit", Some("/product/*/edit")),
            ("/blog/[slug]?a=b", Some("/blog/*?a=b")),
            ("/product/…", Some("/product/*")),
            ("/product/...", Some("/product/*")),
            ("/pro…", Some("/pro*")),
            ("/x/<id>", Some("/x/*")),
            ("/wiki/Help:Contents", None),
            ("localhost:8080/demo", None),
            ("/a/[b", None),
            ("/product/*", None),
            ("/search?q={query}", None),
        ] {
            assert_eq!(without_placeholders(pattern).as_deref(), expected, "{pattern}");
        }
        for (pattern, expected) in [
            ("^/shop", true),
            ("/shop/.*", true),
            ("/shop$", true),
            ("/(a|b)/c", true),
            (r"/item/\d+", true),
            ("/a.b/*", false),
            ("/f(x)", false),
            ("/shop/*", false),
            ("/go?to=.*", false),
        ] {
            assert_eq!(is_regex(pattern), expected, "{pattern}");
        }
        assert_eq!(several("/pricing, /plans or /buy").as_deref(), Some(r#"["/pricing", "/plans", "/buy"]"#));
        assert_eq!((several("/a,b"), several("/my page"), several("/a")), (None, None, None));
        for (pattern, expected) in
            [("!/careers", Some("/careers")), ("not /x", Some("/x")), ("-/x", Some("/x")), ("!", None), ("/!/x", None)]
        {
            assert_eq!(negation(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn an_address_that_no_page_has_is_told_from_a_pattern() {
        for (pattern, expected) in [
            ("//shop.example/x", Some("shop.example/x")),
            ("HTTPS://shop.example/x?a=b", Some("shop.example/x?a=b")),
            ("*://shop.example/*", Some("shop.example/*")),
            ("file:///demo/x.html", Some("/demo/x.html")),
            ("https://shop.example/x", None),
            ("http://localhost:8080/x", None),
            ("/go/ftp://x", None),
            ("/a//b", None),
            ("/go?to=ftp://x", None),
            ("*", None),
        ] {
            assert_eq!(address_behind(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn a_path_is_told_from_a_host() {
        for (pattern, expected) in [
            ("demo/pricing.html", true),
            ("pricing", true),
            ("pricing.html", true),
            ("pricing?plan=pro", true),
            ("/pricing", false),
            ("shop.example/pricing.html", false),
            ("*.example/*", false),
            ("*pricing*", false),
            ("localhost/demo", false),
            ("localhost:8080/demo", false),
            ("http://intranet/demo", false),
            ("?plan=pro", false),
        ] {
            assert_eq!(misses_a_slash(pattern), expected, "{pattern}");
        }
    }
}
