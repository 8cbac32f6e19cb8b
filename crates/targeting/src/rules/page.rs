//! Page patterns: globs on the path or on host and path, tests on the query, or a regular expression on request.

use super::known;
use crate::condition::{Regex, View};
use crate::text::own;

/// The `where` slot.
#[derive(Default)]
pub(crate) struct Place {
    /// Empty: everywhere.
    pub(crate) include: Vec<PagePattern>,
    pub(crate) exclude: Vec<PagePattern>,
}

pub(crate) struct PagePattern {
    /// As written.
    pub(crate) source: String,
    pub(crate) test: PageTest,
}

pub(crate) enum PageTest {
    Glob {
        /// In small letters; `None`: any host.
        host: Option<String>,
        /// `None`: any path.
        path: Option<String>,
        /// Slots of `page.query.*` and what they must be.
        query: Vec<(u16, String)>,
        hash: Option<String>,
    },
    Regex(Regex),
}

/// Reads facts by slot.
pub(crate) trait Read<'a> {
    fn read(&self, slot: u16) -> View<'a>;
}

impl PagePattern {
    pub(crate) fn matches<'a>(&self, facts: &impl Read<'a>) -> bool {
        let text = |slot| match facts.read(slot) {
            View::Text(text) => text,
            _ => "",
        };
        match &self.test {
            PageTest::Glob { host, path, query, hash } => {
                path.as_deref().is_none_or(|path| path_matches(path, text(known::PATH)))
                    && host.as_deref().is_none_or(|host| {
                        let mut given = own(text(known::HOST));
                        given.make_ascii_lowercase();
                        glob(host, &given)
                    })
                    && query.iter().all(|(slot, wanted)| match facts.read(*slot) {
                        View::Text(given) => glob(wanted, given),
                        _ => false,
                    })
                    && hash.as_deref().is_none_or(|hash| {
                        glob(hash, {
                            let mut given = text(known::HASH);
                            while let Some(rest) = given.strip_prefix('#') {
                                given = rest;
                            }
                            given
                        })
                    })
            }
            PageTest::Regex(regex) => match &regex.compiled {
                Some(pattern) => pattern.is_match(text(known::PATH)) || pattern.is_match(text(known::URL)),
                None => false,
            },
        }
    }
}

/// A trailing slash makes no difference, neither in the pattern nor in the address, and `/shop/*` includes `/shop`.
fn path_matches(pattern: &str, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    glob(pattern, path) || pattern.strip_suffix("/*").is_some_and(|root| glob(root, path))
}

/// `*` stands for any characters, slashes included.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to go back to: the last star, and the first character not yet given to it.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(byte) if Some(byte) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|byte| *byte == b'*')
}

/// Percent-decodes once, as `decodeURIComponent` does; a text that is not valid stays as written, all of it.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (byte, hex(i + 1), hex(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                i += 3;
            }
            (b'%', ..) => return text.into(),
            _ => {
                decoded.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.into())
}

#[cfg(test)]
mod tests {
    use super::{decode, glob, path_matches};

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("/pricing*", "/pricing", true),
            ("/pricing*", "/pricing/teams", true),
            ("/pricing*", "/price", false),
            ("*.example.com", "shop.example.com", true),
            ("/a*b*c", "/aXbYbZc", true),
            ("/a*b*c", "/aXbYbZ", false),
            ("*", "", true),
            ("", "", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn trailing_slashes_do_not_matter() {
        for (pattern, path, expected) in [
            ("/cart", "/cart/", true),
            ("/cart/", "/cart", true),
            ("/cart/*", "/cart", true),
            ("/cart/*", "/cart/", true),
            ("/cart/*", "/cartoon", false),
            ("/", "/", true),
            ("/", "/x", false),
            ("/*", "/", true),
        ] {
            assert_eq!(path_matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn decodes_once() {
        assert_eq!(decode("/caf%C3%A9"), "/café");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%2525"), "%25");
        assert_eq!(decode("%FF"), "%FF");
    }
}
