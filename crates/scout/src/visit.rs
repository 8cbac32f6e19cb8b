//! How often this device has been here. In memory, and on the device only while storage is granted.

use crate::browser::{json, random, text, wall};
use crate::facts::{put, say};
use crate::value::{read, write};
use chinwag_targeting::{Facts, History, Value};
use web_sys::Storage;

/// A visit ends after 30 minutes without a page view.
const GAP: f64 = 1_800_000.0;

/// The device's storage of one site: keys `chinwag:<site>:visit` and `chinwag:<site>:history`.
pub(crate) struct Shelf {
    prefix: String,
    store: Option<Storage>,
}

impl Shelf {
    pub(crate) fn new(site: &str) -> Shelf {
        Shelf { prefix: ["chinwag:", site, ":"].concat(), store: None }
    }

    /// Opens it or closes it. Closing forgets what was written.
    pub(crate) fn allow(&mut self, granted: bool) {
        if granted {
            self.store = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
        } else if let Some(store) = self.store.take() {
            for name in ["visit", "history"] {
                let _ = store.remove_item(&self.key(name));
            }
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.store.is_some()
    }

    fn key(&self, name: &str) -> String {
        [&self.prefix, name].concat()
    }

    pub(crate) fn read(&self, name: &str) -> Option<Value> {
        let stored = self.store.as_ref()?.get_item(&self.key(name)).ok().flatten()?;
        json(&stored).ok().map(|value| read(&value))
    }

    pub(crate) fn write(&self, name: &str, value: &Value) {
        if let Some(store) = &self.store {
            // A full or forbidden storage leaves us with memory.
            let _ = store.set_item(&self.key(name), &text(&write(value)));
        }
    }
}

/// This visit and the ones before. Stamps in epoch milliseconds.
#[derive(Default)]
pub(crate) struct Visit {
    number: f64,
    pages: f64,
    first: f64,
    started: f64,
    /// The last page view, and the last of the visit before.
    last: f64,
    before: f64,
    landing: String,
    referrer: String,
    /// The query string of the landing page: campaign and click ids.
    query: String,
    id: String,
}

impl Visit {
    /// Continues the visit that is kept on the device, or begins another.
    pub(crate) fn recall(&mut self, shelf: &Shelf, history: &mut History) {
        if !shelf.is_open() {
            return;
        }
        if let Some(kept) = shelf.read("history") {
            history.restore(&kept);
        }
        if let Some(kept) = shelf.read("visit") {
            let number = |key: &str| kept.get(key).and_then(Value::as_f64).unwrap_or(0.0);
            let text = |key: &str| kept.get(key).and_then(Value::as_str).unwrap_or("").into();
            let now = wall();
            let goes_on = now - number("last") < GAP;
            self.first = number("first").min(now);
            self.id = text("id");
            if goes_on {
                self.number = number("number");
                self.pages += number("pages");
                self.started = number("started").min(now);
                self.before = number("before");
                (self.landing, self.referrer, self.query) = (text("landing"), text("referrer"), text("query"));
            } else {
                self.number = number("number") + 1.0;
                self.before = number("last");
                history.start_visit();
            }
        }
        if self.id.is_empty() {
            self.id = id();
        }
        self.keep(shelf);
    }

    /// One more page view.
    pub(crate) fn view(&mut self, path: &str, referrer: &str, query: &str) {
        let now = wall();
        if self.number == 0.0 {
            (self.number, self.first, self.started) = (1.0, now, now);
        }
        if self.landing.is_empty() {
            (self.landing, self.referrer, self.query) = (path.into(), referrer.into(), query.into());
        }
        self.pages += 1.0;
        self.last = now;
    }

    pub(crate) fn keep(&self, shelf: &Shelf) {
        if !shelf.is_open() {
            return;
        }
        let numbers = [
            ("number", self.number),
            ("pages", self.pages),
            ("first", self.first),
            ("started", self.started),
            ("last", self.last),
            ("before", self.before),
        ];
        let texts =
            [("landing", &self.landing), ("referrer", &self.referrer), ("query", &self.query), ("id", &self.id)];
        let numbers = numbers.into_iter().map(|(key, number)| (key.into(), Value::Number(number)));
        let texts = texts.into_iter().map(|(key, text)| (key.into(), Value::String(text.clone())));
        shelf.write("visit", &Value::Map(numbers.chain(texts).collect()));
    }

    /// Nothing is kept any more: neither the id nor what is known of other visits.
    pub(crate) fn forget(&mut self) {
        self.id.clear();
        (self.number, self.before) = (1.0, 0.0);
        self.first = self.started;
    }

    /// `now` is the page clock.
    pub(crate) fn tell(&self, facts: &mut Facts, now: f64) {
        let since = |stamp: f64| (wall() - stamp).max(0.0);
        put(facts, "visit.number", self.number);
        put(facts, "visit.isReturning", self.number > 1.0);
        put(facts, "visit.pages", self.pages);
        say(facts, "visit.landing", &self.landing);
        facts.set_running("visit.seconds", since(self.started) / 1000.0, now);
        put(facts, "visit.daysSinceFirst", (since(self.first) / 86_400_000.0).floor());
        if self.before > 0.0 {
            put(facts, "visit.hoursSinceLast", (since(self.before) / 3_600_000.0).floor());
        }
        put(facts, "visitor.id", if self.id.is_empty() { Value::Null } else { Value::from(self.id.as_str()) });
        crate::facts::source(facts, &self.referrer, &self.query);
    }
}

/// 20 random letters: enough for buckets, of no use for anything else.
fn id() -> String {
    (0..20).map(|_| char::from(b'a' + (random() * 26.0) as u8)).collect()
}
