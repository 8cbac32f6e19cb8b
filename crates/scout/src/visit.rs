//! How often this device has been here. In memory, and on the device only while storage is granted.

use crate::facts::{count, put, say, source};
use crate::js::{NONE, ask, call, get, parse, random, text, wall, window};
use crate::value::{json, read, write};
use chinwag_targeting::{Facts, History, Value};
use wasm_bindgen::JsValue;

/// A visit ends after 30 minutes without a page view.
const GAP: f64 = 1_800_000.0;
const HOUR: f64 = 3_600_000.0;
/// What is kept, under `chinwag:<site>:<name>`.
pub(crate) const VISIT: &str = "visit";
pub(crate) const HISTORY: &str = "history";

/// The device's storage of one site.
pub(crate) struct Shelf {
    prefix: String,
    /// `undefined` while closed.
    store: JsValue,
}

impl Shelf {
    pub(crate) fn new(site: &str) -> Shelf {
        Shelf { prefix: ["chinwag:", site, ":"].concat(), store: NONE }
    }

    /// Opens it or closes it. Closing forgets what was written.
    pub(crate) fn allow(&mut self, granted: bool) {
        if granted {
            self.store = get(&window(), "localStorage");
        } else {
            for name in [VISIT, HISTORY] {
                ask(&self.store, "removeItem", &self.key(name));
            }
            self.store = NONE;
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.store.is_object()
    }

    fn key(&self, name: &str) -> String {
        [&self.prefix, name].concat()
    }

    /// Null when there is nothing.
    pub(crate) fn read(&self, name: &str) -> Value {
        read(&parse(&text(&ask(&self.store, "getItem", &self.key(name)))))
    }

    /// A full or forbidden storage leaves us with memory.
    pub(crate) fn write(&self, name: &str, value: &Value) {
        if self.is_open() {
            call(&self.store, "setItem", self.key(name).into(), json(write(value)), NONE);
        }
    }
}

/// This visit and the ones before.
#[derive(Default)]
pub(crate) struct Visit {
    /// Number and pages of the visit; then stamps in epoch milliseconds: first visit, start of this one, last page
    /// view, last of the visit before.
    numbers: [f64; 6],
    /// Landing path; referrer; query string of the landing page: campaign and click ids; id of the visitor.
    texts: [String; 4],
}

impl Visit {
    /// Continues the visit that is kept on the device, or begins another.
    pub(crate) fn recall(&mut self, shelf: &Shelf, history: &mut History) {
        if !shelf.is_open() {
            return;
        }
        history.restore(&shelf.read(HISTORY));
        let mut kept = Visit::default();
        let stored = shelf.read(VISIT);
        let mut parts = stored.as_list().unwrap_or(&[]).iter();
        for (field, part) in kept.numbers.iter_mut().zip(&mut parts) {
            *field = part.as_f64().unwrap_or(0.0).min(wall());
        }
        for (field, part) in kept.texts.iter_mut().zip(parts) {
            *field = part.as_str().unwrap_or("").into();
        }
        let [_, pages, _, started, last, _] = self.numbers;
        if kept.numbers != [0.0; 6] {
            let [number, kept_pages, first, kept_start, kept_last, before] = kept.numbers;
            if wall() - kept_last < GAP {
                kept.numbers = [number, kept_pages + pages, first, kept_start, kept_last.max(last), before];
            } else {
                kept.numbers = [number + 1.0, pages, first, started, last, kept_last];
                history.start_visit();
                let [landing, referrer, query, _] = std::mem::take(&mut self.texts);
                let [.., id] = kept.texts;
                kept.texts = [landing, referrer, query, id];
            }
            *self = kept;
        }
        let [.., id] = &mut self.texts;
        if id.is_empty() {
            // 20 random letters: enough for buckets, of no use for anything else.
            *id = (0..20).map(|_| char::from(b'a' + (random() * 26.0) as u8)).collect();
        }
        self.keep(shelf);
    }

    /// One more page view.
    pub(crate) fn view(&mut self, path: &str, referrer: &str, query: &str) {
        let now = wall();
        let [number, pages, first, started, last, _] = &mut self.numbers;
        *number = number.max(1.0);
        for stamp in [first, started] {
            if *stamp == 0.0 {
                *stamp = now;
            }
        }
        let [landing, referred, searched, _] = &mut self.texts;
        if landing.is_empty() {
            (*landing, *referred, *searched) = (path.into(), referrer.into(), query.into());
        }
        *pages += 1.0;
        *last = now;
    }

    pub(crate) fn keep(&self, shelf: &Shelf) {
        let numbers = self.numbers.iter().copied().map(Value::Number);
        let texts = self.texts.iter().map(|text| Value::from(text.as_str()));
        shelf.write(VISIT, &Value::List(numbers.chain(texts).collect()));
    }

    /// Nothing is kept any more: neither the id nor what is known of other visits.
    pub(crate) fn forget(&mut self) {
        let [.., id] = &mut self.texts;
        id.clear();
        let [number, _, first, started, _, before] = &mut self.numbers;
        (*number, *first, *before) = (1.0, *started, 0.0);
    }

    /// `now` is the page clock.
    pub(crate) fn tell(&self, facts: &mut Facts, now: f64) {
        let since = |stamp: f64| (wall() - stamp).max(0.0);
        let [number, pages, first, started, _, before] = self.numbers;
        let [landing, referrer, query, id] = &self.texts;
        count(facts, "visit.number", number);
        put(facts, "visit.isReturning", (number > 1.0).into());
        count(facts, "visit.pages", pages);
        say(facts, "visit.landing", landing);
        facts.set_running("visit.seconds", since(started) / 1000.0, now);
        count(facts, "visit.daysSinceFirst", (since(first) / (24.0 * HOUR)).floor());
        if before > 0.0 {
            count(facts, "visit.hoursSinceLast", (since(before) / HOUR).floor());
        }
        put(facts, "visitor.id", if id.is_empty() { Value::Null } else { id.as_str().into() });
        source(facts, referrer, query);
    }
}
