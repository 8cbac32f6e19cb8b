//! The address of a page, as it is typed: `/plans?plan=pro`, `shop.example/plans` or whole.

use chinwag_targeting::Value;

/// An address, taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    host: String,
    pub(super) path: String,
    query: Vec<(String, String)>,
    hash: String,
}

impl Place {
    pub(super) fn read(typed: &str) -> Self {
        let typed = typed.trim();
        let address = typed.split_once("://").map_or(typed, |(_, rest)| rest);
        let (address, hash) = address.split_once('#').unwrap_or((address, ""));
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
        let path = if path.is_empty() { "/" } else { path };
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        });
        Self { host: host.into(), path: path.into(), query: query.collect(), hash: hash.into() }
    }

    /// Path and query.
    pub(super) fn below_root(&self) -> String {
        let pairs: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let joint = if pairs.is_empty() { "" } else { "?" };
        format!("{}{joint}{}", self.path, pairs.join("&"))
    }

    /// What a visit that begins here tells of its campaign; what is absent, too.
    pub(super) fn campaign(&self) -> impl Iterator<Item = (String, Value)> {
        ["source", "medium", "campaign", "term", "content"].into_iter().map(|name| {
            let told = self.query.iter().find(|(key, _)| key.strip_prefix("utm_") == Some(name));
            (format!("source.utm.{name}"), told.map_or(Value::Null, |(_, value)| value.as_str().into()))
        })
    }

    /// What the page tells, and of what was given in the form what pages tell.
    pub(super) fn facts(&self, given: &[(String, Value)]) -> Vec<(String, Value)> {
        let query = self.query.iter().map(|(name, value)| (format!("page.query.{name}"), value.as_str().into()));
        let mut facts: Vec<(String, Value)> = query.collect();
        for (name, text) in [("page.host", &self.host), ("page.hash", &self.hash)] {
            if !text.is_empty() {
                facts.push((name.into(), text.as_str().into()));
            }
        }
        facts.extend(given.iter().filter(|(name, _)| name.starts_with("page.")).cloned());
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn an_address_may_be_typed_in_any_length() {
        for (typed, host, path) in [
            ("/plans?plan=pro", "", "/plans"),
            ("shop.example/plans#top", "shop.example", "/plans"),
            ("https://shop.example", "shop.example", "/"),
            ("", "", "/"),
            ("/", "", "/"),
        ] {
            let place = Place::read(typed);
            assert_eq!((place.host.as_str(), place.path.as_str()), (host, path), "{typed}");
        }
        let facts = Place::read("https://shop.example/a?plan=pro&x#top").facts(&[]);
        let names: Vec<&str> = facts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["page.query.plan", "page.query.x", "page.host", "page.hash"]);
        let campaign: Vec<_> = Place::read("/?utm_source=newsletter&x=1").campaign().collect();
        assert_eq!(campaign[0], ("source.utm.source".into(), "newsletter".into()));
        assert!(campaign[1..].iter().all(|(_, value)| *value == chinwag_targeting::Value::Null), "{campaign:?}");
    }
}
