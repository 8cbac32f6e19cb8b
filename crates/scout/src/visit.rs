//! How often this device has been here. In memory, and on the device only while storage is granted.

use crate::facts::{count, put, say, source};
use crate::js::{NONE, ask, call, get, number, parse, random, text, wall, window};
use crate::value::{array, items, json, push, read};
use chinwag_targeting::{Facts, History, Value};
use std::cell::Cell;
use wasm_bindgen::JsValue;

/// A visit ends after 30 minutes without a page view.
const GAP: f64 = 1_800_000.0;
const HOUR: f64 = 3_600_000.0;
/// So many pages of a visit are remembered, and then one begins anew.
const TRAIL: usize = 50;
/// What is kept, under `chinwag:<site>:<name>`.
pub(crate) const VISIT: &str = "visit";
pub(crate) const HISTORY: &str = "history";

/// The device's storage of one site.
pub(crate) struct Shelf {
    prefix: String,
    /// `undefined` while closed.
    store: JsValue,
    /// Has it taken all that was written? A full one does not: then what stands there is older than what we know.
    took: Cell<bool>,
}

impl Shelf {
    pub(crate) fn new(site: &str) -> Shelf {
        Shelf { prefix: ["chinwag:", site, ":"].concat(), store: NONE, took: Cell::new(true) }
    }

    /// Opens it or closes it. Closing forgets what was written.
    pub(crate) fn allow(&mut self, granted: bool) {
        if granted {
            self.store = get(&window(), "localStorage");
        } else {
            for name in &[VISIT, HISTORY] {
                ask(&self.store, "removeItem", &self.key(name));
            }
            self.store = NONE;
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.store.is_object()
    }

    /// Does it know all that we know, and what other tabs have added?
    pub(crate) fn is_current(&self) -> bool {
        self.is_open() && self.took.get()
    }

    fn key(&self, name: &str) -> String {
        [&self.prefix, name].concat()
    }

    /// How many conversations the visitor has begun on this device, which the interface keeps. `undefined` where the
    /// browser gives no storage.
    pub(crate) fn conversations(&self) -> JsValue {
        let kept = ask(&get(&window(), "localStorage"), "getItem", &self.key("begun"));
        if kept.is_undefined() { kept } else { call(&window(), "Number", kept, NONE, NONE) }
    }

    fn text(&self, name: &str) -> JsValue {
        ask(&self.store, "getItem", &self.key(name))
    }

    /// `undefined` when there is nothing.
    pub(crate) fn read(&self, name: &str) -> JsValue {
        parse(&text(&self.text(name)))
    }

    /// A full or forbidden storage leaves us with memory.
    pub(crate) fn write(&self, name: &str, value: JsValue) {
        if self.is_open() {
            let value = json(value);
            call(&self.store, "setItem", self.key(name).into(), value.clone(), NONE);
            if self.text(name) != value {
                self.took.set(false);
            }
        }
    }
}

/// This visit and the ones before.
#[derive(Default)]
pub(crate) struct Visit {
    /// The number of the visit; stamps in epoch milliseconds: first visit, start of this one, last page view, last of
    /// the visit before. Then what adds up in a visit: pages, score, seconds visible, seconds active.
    numbers: [f64; 9],
    /// Landing path; referrer; query string of the landing page: campaign and click ids; id of the visitor.
    texts: [String; 4],
    /// The paths of its pages, newest last.
    trail: Vec<String>,
}

impl Visit {
    fn stored(shelf: &Shelf) -> Visit {
        let mut kept = Visit::default();
        let parts = items(&shelf.read(VISIT));
        let mut parts = parts.iter();
        for (field, part) in kept.numbers.iter_mut().zip(&mut parts) {
            *field = number(part).min(wall());
        }
        for (field, part) in kept.texts.iter_mut().zip(&mut parts) {
            *field = text(part);
        }
        for part in parts {
            kept.trail.push(text(part));
        }
        kept
    }

    /// Another visit begins when the one before has ended.
    fn turn(&mut self, history: &mut History) {
        let [number, first, _, last, ..] = self.numbers;
        if last > 0.0 && wall() - last >= GAP {
            self.numbers = [number + 1.0, first, 0.0, 0.0, last, 0.0, 0.0, 0.0, 0.0];
            self.texts.iter_mut().take(3).for_each(String::clear);
            self.trail.clear();
            history.start_visit();
        }
    }

    /// Continues the visit that is kept on the device, or begins another.
    pub(crate) fn recall(&mut self, shelf: &Shelf, history: &mut History) {
        if !shelf.is_open() {
            return;
        }
        let since = history.to_value();
        history.restore(&read(&shelf.read(HISTORY)));
        let mut kept = Visit::stored(shelf);
        kept.turn(history);
        history.join(&since);
        let [number, _, started, last, _, sums @ ..] = &mut kept.numbers;
        if *number > 0.0 {
            let [_, _, begun, newest, _, own @ ..] = self.numbers;
            for (sum, own) in sums.iter_mut().zip(&own) {
                *sum += *own;
            }
            *last = last.max(newest);
            if *started == 0.0 {
                *started = begun;
                // All but the id.
                for (text, own) in kept.texts.iter_mut().zip(&mut self.texts).take(3) {
                    std::mem::swap(text, own);
                }
            }
            kept.trail.extend(self.trail.pop());
            *self = kept;
        }
        self.keep(shelf);
    }

    /// Takes up what other tabs have done since; also that somebody else uses the device now (`logout`).
    fn follow(&mut self, shelf: &Shelf) {
        if shelf.is_current() {
            *self = Visit::stored(shelf);
        }
    }

    /// Notes the seconds visible and active of this tab. One at a time is looked at: whichever counted last knows most.
    /// After `logout` they were somebody else's.
    pub(crate) fn spend(&mut self, shelf: &Shelf, seconds: [f64; 2]) {
        self.follow(shelf);
        let [number, .., visible, active] = &mut self.numbers;
        if *number > 0.0 {
            let [seen, done] = seconds;
            *visible = visible.max(seen);
            *active = active.max(done);
            self.keep(shelf);
        }
    }

    /// Seconds visible and active so far, in all tabs.
    pub(crate) fn spent(&self) -> [f64; 2] {
        let [.., visible, active] = self.numbers;
        [visible, active]
    }

    /// One more page view.
    pub(crate) fn view(&mut self, shelf: &Shelf, history: &mut History, path: String, referrer: String, query: String) {
        self.turn(history);
        let now = wall();
        let [number, first, started, last, _, pages, ..] = &mut self.numbers;
        *number = number.max(1.0);
        for stamp in &mut [first, started] {
            if **stamp == 0.0 {
                **stamp = now;
            }
        }
        let [landing, referred, searched, _] = &mut self.texts;
        if landing.is_empty() {
            (*landing, *referred, *searched) = (path.clone(), referrer, query);
        }
        *pages += 1.0;
        *last = now;
        if self.trail.len() == TRAIL {
            self.trail.clear();
        }
        self.trail.push(path);
        self.keep(shelf);
    }

    /// Adds to the score, and answers it.
    pub(crate) fn add(&mut self, shelf: &Shelf, points: f64) -> f64 {
        self.follow(shelf);
        let [.., score, _, _] = &mut self.numbers;
        *score += points;
        let score = *score;
        self.keep(shelf);
        score
    }

    fn keep(&mut self, shelf: &Shelf) {
        let [.., id] = &mut self.texts;
        if shelf.is_open() && id.is_empty() {
            // 20 random letters: enough for buckets, of no use for anything else.
            *id = (0..20).map(|_| char::from(b'a' + (random() * 26.0) as u8)).collect();
        }
        let row = array();
        for number in &self.numbers {
            push(&row, (*number).into());
        }
        for texts in [&self.texts[..], &self.trail] {
            for text in texts {
                push(&row, text.as_str().into());
            }
        }
        shelf.write(VISIT, row);
    }

    /// Nothing is kept any more: neither the id nor what is known of other visits.
    pub(crate) fn forget(&mut self) {
        let [.., id] = &mut self.texts;
        id.clear();
        let [number, first, started, _, before, ..] = &mut self.numbers;
        (*number, *first, *before) = (1.0, *started, 0.0);
    }

    /// `now` is the page clock.
    pub(crate) fn tell(&self, facts: &mut Facts, now: f64) {
        let since = |stamp: f64| (wall() - stamp).max(0.0);
        let [number, first, started, _, before, pages, score, ..] = self.numbers;
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
        if let [.., before, _] = &*self.trail {
            say(facts, "visit.previousPage", before);
        }
        let views = self.trail.iter().filter(|path| Some(*path) == self.trail.last()).count();
        count(facts, "page.views", views as f64);
        count(facts, "score", score);
    }
}
