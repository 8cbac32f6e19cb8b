//! What is known about the page, the visit and the visitor: a typed store keyed by dotted path.

use crate::condition::{View, Why};
use crate::value::Value;

/// The two clocks of a pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// Milliseconds on the page's monotonic clock (`performance.now()`); behaviour is measured with it.
    pub page: f64,
    /// Milliseconds since 1970 UTC; calendars and stamps that outlive the page use it.
    pub wall: f64,
}

#[derive(Clone, Debug, PartialEq)]
enum Fact {
    Value(Value),
    /// Seconds that grow by themselves from `base`, since `since` on the page clock.
    Running {
        base: f64,
        since: f64,
    },
    Pending,
}

/// The facts. `set` is cheap; nothing is evaluated until the next pass.
///
/// Names are those of the vocabulary (`docs/targeting.md`): `page.path`, `visit.number`, `cart.value`. The engine
/// itself reads `page.path`, `page.host`, `page.hash`, `page.url`, `page.query.*`, `visitor.id`, `agents.status`
/// (and `agents.<team>.status`), `chat.state`, and the switches `page.hidden`, `page.prerendering`, `page.typing`,
/// `page.modal` and `device.bot`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Sorted by path.
    entries: Vec<(String, Fact)>,
}

impl Facts {
    /// No facts.
    pub fn new() -> Facts {
        Facts::default()
    }

    /// Sets one fact; `null` removes it and what is known below it. A map becomes reachable by longer paths (`cart` by
    /// `cart.value`), and replaces what was known there.
    pub fn set(&mut self, path: &str, value: impl Into<Value>) {
        let value = value.into();
        if matches!(value, Value::Map(_) | Value::Null) {
            let below = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
            self.entries.retain(|(name, _)| !below(name));
        }
        match value {
            Value::Null => self.entries.retain(|(name, _)| name != path),
            value => self.put(path, Fact::Value(value)),
        }
    }

    /// A fact in seconds that advances by itself: it was `base` when the page clock showed `since` (milliseconds).
    /// To stop it, `set` the number that it has reached.
    pub fn set_running(&mut self, path: &str, base: f64, since: f64) {
        self.put(path, Fact::Running { base, since });
    }

    /// Announces a fact that is being fetched: comparisons with it are unknown (`pending`), its default is not used.
    pub fn set_pending(&mut self, path: &str) {
        self.put(path, Fact::Pending);
    }

    /// The value at `now`, for display and tests.
    pub fn get(&self, path: &str, now: Now) -> Option<Value> {
        match self.view(path, now) {
            View::Unknown(_) | View::Null => None,
            View::Bool(v) => Some(Value::Bool(v)),
            View::Number(v) => Some(Value::Number(v)),
            View::Text(v) => Some(Value::String(v.into())),
            View::List(v) => Some(Value::List(v.to_vec())),
            View::Map(v) => Some(Value::Map(v.to_vec())),
        }
    }

    /// The number at `now`, when it is one.
    pub fn number(&self, path: &str, now: Now) -> Option<f64> {
        match self.view(path, now) {
            View::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The text at `now`, when it is one.
    pub fn text(&self, path: &str, now: Now) -> Option<&str> {
        match self.view(path, now) {
            View::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Is it this value already? Null (it may take along what is below it), lists and maps always count as news.
    pub fn is(&self, path: &str, value: &Value, now: Now) -> bool {
        !matches!(value, Value::Null) && crate::condition::identical(self.view(path, now), View::of(value))
    }

    /// Everything that is known at `now`, by path and in words, for views.
    #[cfg(feature = "tools")]
    pub fn entries(&self, now: Now) -> impl Iterator<Item = (&str, String)> {
        self.entries.iter().map(move |(path, _)| (path.as_str(), crate::words::value(self.view(path, now))))
    }

    fn put(&mut self, path: &str, fact: Fact) {
        match self.position(path) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.1 = fact;
                }
            }
            Err(at) => self.entries.insert(at, (crate::text::own(path), fact)),
        }
    }

    fn position(&self, path: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(name, _)| name.as_str().cmp(path))
    }

    #[inline(never)]
    fn exact(&self, path: &str) -> Option<&Fact> {
        self.entries.get(self.position(path).ok()?).map(|(_, fact)| fact)
    }

    pub(crate) fn view(&self, path: &str, now: Now) -> View<'_> {
        let mut end = path.len();
        loop {
            let (head, rest) = (path.get(..end).unwrap_or(""), path.get(end..).unwrap_or(""));
            if let Some(fact) = self.exact(head) {
                let view = match fact {
                    Fact::Value(value) => View::of(value),
                    Fact::Running { base, since } => View::Number(seconds(*base, *since, now)),
                    Fact::Pending => View::Unknown(Why::Pending),
                };
                return match rest.strip_prefix('.') {
                    Some(rest) => view.walk(rest),
                    None => view,
                };
            }
            match head.bytes().rposition(|byte| byte == b'.') {
                Some(dot) => end = dot,
                None => return View::Unknown(Why::Missing),
            }
        }
    }

    /// Does the fact advance by itself?
    pub(crate) fn is_running(&self, path: &str) -> bool {
        matches!(self.exact(path), Some(Fact::Running { .. }))
    }
}

fn seconds(base: f64, since: f64, now: Now) -> f64 {
    base + (now.page - since).max(0.0) / 1000.0
}
