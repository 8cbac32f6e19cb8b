//! The scout's state, and how a signal becomes decisions.

mod turns;

use crate::browser::{clear_timeout, elapsed, set_timeout, wall};
use crate::machine::Machine;
use crate::value::{get, put, read, write};
use crate::visit::{Shelf, Visit};
use crate::watch::{Ear, Watch};
use crate::{facts, scene};
use chinwag_targeting::{
    Action, Availability, Decision, Facts, History, Now, Outcome, Rules, Signal, Trace, Value, decide,
};
use js_sys::{Array, Function, Object};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Window};

use turns::hear;
pub(crate) use turns::{adopt, answer, availability, begin, consent, destroy, goal, notice, page, set};

pub(crate) type Shared = Rc<RefCell<State>>;

/// Clocks that run while the tab is visible, and while the visitor also does something.
pub(crate) const VISIBLE: &[&str] = &["page.secondsVisible", "visit.secondsVisible"];
pub(crate) const ACTIVE: &[&str] = &["page.secondsActive", "visit.secondsActive"];
/// Without input for this long, nobody is active; milliseconds.
pub(crate) const INACTIVE_AFTER: f64 = 30_000.0;
/// The interface is fetched this long before a card may have to be shown; milliseconds.
const AHEAD: f64 = 2_000.0;
/// What was known about agents is forgotten after this; milliseconds.
const AGENTS_KEPT: f64 = 300_000.0;
/// Browsers take timers of up to 24 days; a day is enough to look again.
const LONGEST: f64 = 86_400_000.0;

/// Instants on the page clock; infinite when there is nothing to do.
pub(crate) struct Due {
    first: f64,
    wake: f64,
    soon: f64,
    pub(crate) exit: f64,
    pub(crate) inactive: f64,
}

pub(crate) struct State {
    pub(crate) window: Option<Window>,
    pub(crate) document: Option<Document>,
    pub(crate) rules: Option<Rules>,
    pub(crate) facts: Facts,
    pub(crate) history: History,
    /// The last pass over a signal, for `explain`.
    pub(crate) last: Vec<Trace>,
    host: JsValue,
    langs: Vec<String>,
    debug: bool,
    machine: Rc<Machine>,
    shelf: Shelf,
    visit: Visit,
    /// Signals that came before the first page view was looked at.
    early: Option<Vec<Signal>>,
    shown: Vec<(String, f64)>,
    views: Vec<(String, f64)>,
    path: String,
    agents_at: f64,
    pub(crate) page_start: f64,
    pub(crate) hidden_at: f64,
    pub(crate) last_input: f64,
    pub(crate) interacted: bool,
    pub(crate) exited: bool,
    pub(crate) fine_pointer: bool,
    pub(crate) framed: bool,
    pub(crate) scroll: f64,
    /// How many, where the first was, when the last was.
    pub(crate) clicks: (u32, f64, f64, f64),
    pub(crate) form: Option<Element>,
    pub(crate) due: Due,
    timer: Option<(f64, f64)>,
    /// The wake-up that was announced already.
    announced: f64,
    pub(crate) watch: Option<Watch>,
    ear: Option<Ear>,
}

impl State {
    pub(crate) fn new(context: &JsValue, host: &JsValue) -> Shared {
        let window = web_sys::window();
        let document = window.as_ref().and_then(Window::document);
        let text = |key: &str| get(context, key).as_string().unwrap_or_default();
        let langs = match read(&get(context, "langs")) {
            Value::List(langs) => langs.iter().filter_map(|lang| lang.as_str().map(Into::into)).collect(),
            _ => Vec::new(),
        };
        let mut facts = Facts::new();
        if let Some(window) = &window {
            facts::device(&mut facts, window, get(context, "allowBots").is_truthy());
        }
        let fine_pointer = facts.get("device.pointer", now()).is_some_and(|pointer| pointer.as_str() == Some("fine"));
        let never = f64::INFINITY;
        let mut state = State {
            window,
            document,
            rules: None,
            facts,
            history: History::new(),
            last: Vec::new(),
            host: host.clone(),
            langs,
            debug: get(context, "debug").is_truthy(),
            machine: Rc::default(),
            shelf: Shelf::new(&text("site")),
            visit: Visit::default(),
            early: Some(Vec::new()),
            shown: Vec::new(),
            views: Vec::new(),
            path: String::new(),
            agents_at: 0.0,
            page_start: activation(),
            hidden_at: 0.0,
            last_input: elapsed(),
            interacted: false,
            exited: false,
            fine_pointer,
            framed: false,
            scroll: 0.0,
            clicks: (0, 0.0, 0.0, 0.0),
            form: None,
            due: Due { first: elapsed(), wake: never, soon: never, exit: never, inactive: never },
            timer: None,
            announced: 0.0,
            watch: None,
            ear: None,
        };
        state.store(&text("storage"));
        state.open_page(None);
        let shared = Rc::new(RefCell::new(state));
        let listener = shared.clone();
        let ear = Closure::new(move |given: JsValue| hear(&listener, &given));
        if let Ok(mut state) = shared.try_borrow_mut() {
            state.ear = Some(ear);
        }
        shared
    }

    fn store(&mut self, consent: &str) {
        self.shelf.allow(consent == "granted");
        facts::put(&mut self.facts, "consent.storage", consent == "granted");
        self.visit.recall(&self.shelf, &mut self.history);
    }

    /// Starts a page view: its facts, its clocks, its counts.
    fn open_page(&mut self, url: Option<String>) {
        let (Some(window), Some(document)) = (&self.window, &self.document) else { return };
        let address = url.unwrap_or_else(|| window.location().href().unwrap_or_default());
        let (path, query) = facts::page(&mut self.facts, document, &address);
        self.visit.view(&path, &document.referrer(), &query);
        self.visit.keep(&self.shelf);
        let now = elapsed();
        self.visit.tell(&mut self.facts, now);
        if !self.path.is_empty() {
            facts::put(&mut self.facts, "visit.previousPage", self.path.as_str());
        }
        let views = match self.views.iter_mut().find(|(known, _)| *known == path) {
            Some((_, count)) => {
                *count += 1.0;
                *count
            }
            None => {
                self.views.push((path.clone(), 1.0));
                1.0
            }
        };
        facts::put(&mut self.facts, "page.views", views);
        self.path = path;
        facts::put(&mut self.facts, "page.scroll", 0.0);
        (self.scroll, self.exited, self.due.exit) = (0.0, false, f64::INFINITY);
        let start = self.page_start;
        for clock in ["page.seconds", "page.secondsVisible", "page.secondsActive", "page.secondsIdle"] {
            self.facts.set_running(clock, 0.0, start);
        }
        if self.facts.get("visit.secondsVisible", crate::state::now()).is_none() {
            for clock in ["visit.secondsVisible", "visit.secondsActive"] {
                self.facts.set_running(clock, 0.0, start);
            }
        }
        self.due.inactive = now + INACTIVE_AFTER;
        if document.hidden() {
            self.pause();
        }
        self.history.start_page();
    }

    /// Listens for what the rules need. The old listeners go first: to the browser they are the same as the new ones.
    fn listen(&mut self) {
        self.watch = None;
        if let (Some(ear), Some(window), Some(document), Some(rules)) =
            (&self.ear, &self.window, &self.document, &self.rules)
        {
            self.watch = Some(Watch::new(ear, window, document, rules));
        }
    }

    /// Stops the clocks that count what is seen.
    pub(crate) fn pause(&mut self) {
        self.stop(VISIBLE);
        self.stop(ACTIVE);
    }

    pub(crate) fn go_on(&mut self) {
        self.run(VISIBLE);
        self.run(ACTIVE);
    }

    fn stop(&mut self, clocks: &[&str]) {
        for clock in clocks {
            if let Some(reached) = self.facts.get(clock, now()) {
                facts::put(&mut self.facts, clock, reached);
            }
        }
    }

    pub(crate) fn run(&mut self, clocks: &[&str]) {
        for clock in clocks {
            let reached = self.facts.get(clock, now()).and_then(|reached| reached.as_f64()).unwrap_or(0.0);
            self.facts.set_running(clock, reached, elapsed());
        }
    }

    /// One frame later the scroll depth is read, however often the page scrolled until then.
    pub(crate) fn ask_frame(&mut self) {
        let wanted = self.watch.as_ref().is_some_and(|watch| watch.scroll) && !self.framed;
        if let (true, Some(window), Some(ear)) = (wanted, &self.window, &self.ear) {
            self.framed = window.request_animation_frame(ear.as_ref().unchecked_ref()).is_ok();
        }
    }

    /// What is true only at this moment: typing, dialogs, counts of other tabs, what was heard of agents.
    pub(crate) fn look(&mut self) {
        if let Some(document) = &self.document {
            scene::look(&mut self.facts, document);
        }
        if let Some(kept) = self.shelf.read("history") {
            self.history.restore(&kept);
        }
        if self.agents_at > 0.0 && elapsed() - self.agents_at > AGENTS_KEPT {
            self.agents_at = 0.0;
            facts::put(&mut self.facts, "agents.status", Value::Null);
        }
    }

    fn pass(&mut self, signal: &Signal) -> Vec<JsValue> {
        if !self.rules.as_ref().is_some_and(|rules| rules.listens(signal)) {
            return Vec::new();
        }
        self.look();
        let Some(rules) = &self.rules else { return Vec::new() };
        let pass = decide(rules, &self.facts, &self.history, signal, now());
        self.history.settle(&pass);
        self.due.wake = pass.next_wakeup.unwrap_or(f64::INFINITY);
        self.due.soon = if self.due.wake == self.announced { f64::INFINITY } else { self.due.wake - AHEAD };
        let mut made = Vec::new();
        let mut score = 0.0;
        for decision in &pass.decisions {
            let Some(rule) = rules.rules().get(usize::from(decision.rule)) else { continue };
            if !decision.visible {
                self.history.record(Outcome::Applied, rule.id(), now());
            }
            for action in rules.actions(decision) {
                if let Action::Score(points) = action {
                    score += points;
                }
            }
            made.push(self.tell(rules, decision));
        }
        if !matches!(signal, Signal::Wake) || !pass.decisions.is_empty() {
            self.last = pass.trace;
        }
        if score != 0.0 {
            let before = self.facts.get("score", now()).and_then(|score| score.as_f64()).unwrap_or(0.0);
            facts::put(&mut self.facts, "score", before + score);
        }
        made
    }

    /// A decision as the interface reads it.
    fn tell(&self, rules: &Rules, decision: &Decision) -> JsValue {
        let told = JsValue::from(Object::new());
        let langs: Vec<&str> = self.langs.iter().map(String::as_str).collect();
        if let Some(rule) = rules.rules().get(usize::from(decision.rule)) {
            put(&told, "rule", &rule.id().into());
            let variant = decision.variation.and_then(|index| rule.variations().get(usize::from(index)));
            if let Some(variant) = variant {
                put(&told, "variant", &variant.as_str().into());
            }
        }
        let actions: Array = rules.actions(decision).map(|action| write(&action.to_value(&langs))).collect();
        put(&told, "actions", &actions);
        if let Some(expires) = decision.expires {
            put(&told, "expires", &expires.into());
        }
        if decision.agents == Availability::AwayForm {
            put(&told, "agents", &"away-form".into());
        }
        told
    }

    /// The rule that would show something at the next wake-up, were nothing else to happen: passes are pure, so the
    /// future can simply be tried.
    fn foresee(&mut self) -> Option<String> {
        self.due.soon = f64::INFINITY;
        self.announced = self.due.wake;
        self.look();
        let rules = self.rules.as_ref()?;
        let ahead = (self.due.wake - elapsed()).max(0.0);
        let then = Now { page: elapsed() + ahead, wall: wall() + ahead };
        let pass = decide(rules, &self.facts, &self.history, &Signal::Wake, then);
        let shown = pass.decisions.iter().find(|decision| decision.visible)?;
        rules.rules().get(usize::from(shown.rule)).map(|rule| rule.id().into())
    }

    /// One timer for everything that is due.
    fn arm(&mut self) {
        let Due { first, wake, soon, exit, inactive } = self.due;
        let inactive = if self.watch.as_ref().is_some_and(|watch| watch.input) { inactive } else { f64::INFINITY };
        let next = first.min(wake).min(soon).min(exit).min(inactive);
        if self.timer.is_some_and(|(_, at)| at == next) {
            return;
        }
        self.disarm();
        if let (true, Some(ear)) = (next < f64::INFINITY, &self.ear) {
            let wait = (next - elapsed()).clamp(0.0, LONGEST);
            self.timer = Some((set_timeout(ear.as_ref(), wait), next));
        }
    }

    fn disarm(&mut self) {
        if let Some((timer, _)) = self.timer.take() {
            clear_timeout(timer);
        }
    }
}

pub(crate) fn now() -> Now {
    Now { page: elapsed(), wall: wall() }
}

/// When the visitor began to see the page: a prerendered one is older than its first view.
fn activation() -> f64 {
    let performance = get(&js_sys::global(), "performance");
    let list: Option<Function> = get(&performance, "getEntriesByType").dyn_into().ok();
    let entries = list.and_then(|list| list.call1(&performance, &"navigation".into()).ok()).unwrap_or_default();
    let first = if entries.is_object() { get(&entries, "0") } else { entries };
    if first.is_object() { get(&first, "activationStart").as_f64().unwrap_or(0.0) } else { 0.0 }
}
