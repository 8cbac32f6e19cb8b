//! Page patterns.

use super::Builder;
use super::fields::Map;
use crate::condition::regex;
use crate::problem::At;
use crate::rules::page::{PagePattern, PageTest, Place};
use crate::text::cut;
use crate::value::Value;

impl<'a> Map<'a, '_, '_> {
    /// The `where` slot: a pattern, a list of them, or `include` and `exclude`.
    pub(super) fn place(&mut self) -> Place {
        let at = self.at.key("where");
        match self.get("where") {
            Some(Value::Map(entries)) if !entries.iter().any(|(key, _)| key == "regex") => {
                let mut map = self.b.map(entries, &at, &["include", "exclude"]);
                Place { include: map.patterns("include"), exclude: map.patterns("exclude") }
            }
            _ => Place { include: self.patterns("where"), exclude: Vec::new() },
        }
    }

    pub(super) fn patterns(&mut self, key: &str) -> Vec<PagePattern> {
        let at = self.at.key(key);
        match self.get(key) {
            None => Vec::new(),
            Some(Value::List(items)) => {
                items.iter().enumerate().filter_map(|(i, item)| self.b.pattern(item, &at.index(i))).collect()
            }
            Some(single) => self.b.pattern(single, &at).into_iter().collect(),
        }
    }
}

impl Builder<'_> {
    fn pattern(&mut self, value: &Value, at: &At<'_>) -> Option<PagePattern> {
        if let Some(source) = value.get("regex").and_then(Value::as_str) {
            let test = PageTest::Regex(regex(source, false, self.host, &mut self.problems, at));
            return Some(PagePattern { source: crate::text::own(source), test });
        }
        match value.as_str() {
            Some(source) if !source.is_empty() => {
                Some(PagePattern { source: crate::text::own(source), test: self.glob(source) })
            }
            _ => {
                self.problems.wrong_type(at, &["a page pattern such as `\"/checkout/*\"` or `{ \"regex\": \"…\" }`"]);
                None
            }
        }
    }

    fn glob(&mut self, source: &str) -> PageTest {
        let (rest, hash) = cut(source, b'#');
        let (address, tests) = cut(rest, b'?');
        let address = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address);
        let slash = address.bytes().position(|byte| byte == b'/').unwrap_or(address.len());
        let (host, path) = (address.get(..slash).unwrap_or(""), address.get(slash..).unwrap_or(""));
        let (host, path) = if address == "*" { ("", "") } else { (host, path) };
        let mut query = Vec::new();
        let mut left = tests;
        while let Some(tests) = left {
            let (test, rest) = cut(tests, b'&');
            left = rest;
            if !test.is_empty() {
                let (name, wanted) = cut(test, b'=');
                let mut path = String::from("page.query.");
                path.push_str(&self.decode(name));
                query.push((self.paths.intern(&path), self.decode(wanted.unwrap_or("*"))));
            }
        }
        PageTest::Glob {
            query,
            host: (!host.is_empty()).then(|| host.to_ascii_lowercase()),
            path: (!path.is_empty()).then(|| self.decode(path)),
            hash: hash.map(|hash| self.decode(hash)),
        }
    }

    fn decode(&self, text: &str) -> String {
        if text.bytes().any(|byte| byte == b'%') { self.host.decode(text) } else { crate::text::own(text) }
    }
}
