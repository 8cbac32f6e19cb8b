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
        let rules = At::ROOT.key("rules");
        for (index, rule) in file.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            let at = rules.index(index);
            let at = at.key("where");
            let place = rule.get("where");
            self.patterns(place, &at);
            for key in ["include", "exclude"] {
                self.patterns(place.and_then(|place| place.get(key)), &at.key(key));
            }
        }
    }

    /// One pattern or a list of them.
    fn patterns(&mut self, value: Option<&Value>, at: &At<'_>) {
        match value {
            Some(Value::String(pattern)) if address_behind(pattern).is_some() => {
                let expected = Expected::Names(address_behind(pattern).map(str::to_owned).into_iter().collect());
                self.problems.add(Severity::Warning, at, Code::OddAddress, pattern, expected);
            }
            Some(Value::String(pattern)) if misses_a_slash(pattern) => {
                let expected = Expected::Names(vec![format!("/{pattern}")]);
                self.problems.add(Severity::Warning, at, Code::PathWithoutSlash, pattern, expected);
            }
            Some(Value::List(items)) => {
                items.iter().enumerate().for_each(|(index, item)| self.patterns(Some(item), &at.index(index)));
            }
            _ => {}
        }
    }
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
    use super::{address_behind, misses_a_slash};

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
