//! The scout's state: one for each page.

use crate::facts::{self, count, put, say};
use crate::js::{NONE, call, elapsed, get, granted, is, number, text, three, walk, wall, window};
use crate::machine::Machine;
use crate::value::{array, json, object, push, read, write};
use crate::visit::{HISTORY, Shelf, Visit};
use crate::watch::Watch;
use chinwag_targeting::{
    Action, Availability, ConversationPhase, Decision, Facts, History, Now, Outcome, Reason, Rule, Rules, Signal,
    Trace, Value, decide, results, talk,
};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Clocks that run while the tab is visible, and while the visitor also does something.
pub(crate) const VISIBLE: &[&str] = &["page.secondsVisible", "visit.secondsVisible"];
pub(crate) const ACTIVE: &[&str] = &["page.secondsActive", "visit.secondsActive"];
/// Without input for this long, nobody is active; milliseconds.
pub(crate) const INACTIVE_AFTER: f64 = 30_000.0;
/// The interface is fetched this long before a card may have to be shown; milliseconds.
const AHEAD: f64 = 2_000.0;
/// Browsers take timers of up to 24 days; a day is enough to look again.
const LONGEST: f64 = 86_400_000.0;
pub(crate) const NEVER: f64 = f64::INFINITY;
/// How long a card may take until the visitor sees it; milliseconds.
const SHOWING: f64 = 10_000.0;
/// Lines that wait to be sent.
const MOST_COUNTED: f64 = 50.0;

/// Instants on the page clock; infinite when there is nothing to do.
pub(crate) struct Due {
    pub(crate) first: f64,
    pub(crate) wake: f64,
    pub(crate) soon: f64,
    pub(crate) exit: f64,
    pub(crate) inactive: f64,
    /// When what is known of agents is too old to go by.
    pub(crate) agents: f64,
}

pub(crate) struct State {
    /// What the loader gave: `{decision, soon, report, hear}`.
    pub(crate) host: JsValue,
    pub(crate) rules: Option<&'static Rules>,
    pub(crate) revision: f64,
    pub(crate) facts: Facts,
    pub(crate) history: History,
    /// The last pass over a signal, for `explain`.
    pub(crate) last: Vec<Trace>,
    pub(crate) machine: Rc<Machine>,
    pub(crate) shelf: Shelf,
    pub(crate) visit: Visit,
    /// Signals that came before the page view was looked at.
    pub(crate) early: Option<Vec<Signal>>,
    /// What was counted and not yet sent, and where it goes.
    counted: JsValue,
    results: JsValue,
    pub(crate) page_start: f64,
    pub(crate) hidden_at: f64,
    pub(crate) last_input: f64,
    pub(crate) interacted: bool,
    pub(crate) exited: bool,
    /// Until then what was decided is on its way to the screen: nothing else is to come over it.
    pub(crate) showing: f64,
    pub(crate) framed: bool,
    pub(crate) scroll: f64,
    /// How many, where the first was, when the last was.
    pub(crate) clicks: (u32, f64, f64, f64),
    /// The form that was started.
    pub(crate) form: JsValue,
    /// When a form was refused.
    pub(crate) refused: f64,
    pub(crate) due: Due,
    timer: Option<(JsValue, f64)>,
    /// The wake-up that was announced already.
    announced: f64,
    pub(crate) watch: Watch,
}

impl State {
    pub(crate) fn new(context: &JsValue, host: &JsValue) -> State {
        let mut facts = Facts::new();
        facts::device(&mut facts, &window(), is(&get(context, "allowBots")));
        let mut state = State {
            host: host.clone(),
            rules: None,
            revision: 0.0,
            facts,
            history: History::new(),
            last: Vec::new(),
            machine: Rc::default(),
            shelf: Shelf::new(&text(&get(context, "site"))),
            visit: Visit::default(),
            early: Some(Vec::new()),
            counted: array(),
            results: get(context, "results"),
            page_start: activation(),
            hidden_at: 0.0,
            last_input: elapsed(),
            interacted: false,
            exited: false,
            showing: 0.0,
            framed: false,
            scroll: 0.0,
            clicks: (0, 0.0, 0.0, 0.0),
            form: NONE,
            refused: -NEVER,
            due: Due { first: elapsed(), wake: NEVER, soon: NEVER, exit: NEVER, inactive: NEVER, agents: NEVER },
            timer: None,
            announced: 0.0,
            watch: Watch::new(get(host, "hear")),
        };
        say(&mut state.facts, "chat.state", "none");
        state.store(granted(context, "storage"));
        state.analyse(context);
        state.open_page(None);
        state
    }

    /// Takes up the device's storage, or lets it go.
    pub(crate) fn store(&mut self, granted: bool) {
        self.shelf.allow(granted);
        put(&mut self.facts, "consent.storage", granted.into());
        self.visit.recall(&self.shelf, &mut self.history);
        // Another visit begins new counts, and every look takes up what is kept.
        self.keep_history();
    }

    /// Whether things may be counted, as `analytics` says. What was counted before a refusal is forgotten.
    pub(crate) fn analyse(&mut self, given: &JsValue) {
        let granted = granted(given, "analytics");
        put(&mut self.facts, "consent.analytics", granted.into());
        if !granted {
            self.counted = array();
        }
    }

    /// Counts what happened to a rule, if that counts.
    pub(crate) fn count(&mut self, outcome: Outcome, rule: &Rule) {
        let Some(rules) = self.rules else { return };
        if let Some(line) = results::count(rules, &self.facts, &mut self.history, rule, outcome, now()) {
            self.keep_history();
            let variation = line.variation.map_or(JsValue::NULL, JsValue::from);
            push(&self.counted, three(rule.id().into(), variation, line.word.into()));
            if self.waiting() >= MOST_COUNTED {
                self.send();
            }
        }
    }

    /// Lines that are not sent yet.
    fn waiting(&self) -> f64 {
        number(&get(&self.counted, "length"))
    }

    /// Sends what was counted and forgets it, whatever becomes of it: nobody waits for that.
    pub(crate) fn send(&mut self) {
        if self.waiting() > 0.0 {
            let lines = std::mem::replace(&mut self.counted, array());
            call(&get(&window(), "navigator"), "sendBeacon", self.results.clone(), json(lines), NONE);
        }
    }

    pub(crate) fn keep_history(&self) {
        self.shelf.write(HISTORY, write(&self.history.to_value()));
    }

    /// Starts a page view: its facts, its clocks, its counts. [`State::listen`] follows, once there are rules.
    pub(crate) fn open_page(&mut self, url: Option<String>) {
        let window = window();
        let address = url.unwrap_or_else(|| text(&walk(&window, "location.href")));
        let (path, query) = facts::page(&mut self.facts, &window, &address);
        let now = elapsed();
        self.look();
        self.spend();
        self.visit.view(&self.shelf, &mut self.history, path, text(&walk(&window, "document.referrer")), query);
        self.keep_history();
        self.visit.tell(&mut self.facts, now);
        put(&mut self.facts, "chat.count", read(&self.shelf.conversations()));
        (self.scroll, self.exited, self.due.exit) = (0.0, false, NEVER);
        for clock in &["page.seconds", "page.secondsIdle"] {
            self.facts.set_running(clock, 0.0, self.page_start);
        }
        for clock in &["page.secondsVisible", "page.secondsActive", "page.scroll"] {
            count(&mut self.facts, clock, 0.0);
        }
        self.go_on(self.page_start);
        self.history.start_page();
    }

    /// Notes how long the visit was looked at.
    pub(crate) fn spend(&mut self) {
        let seconds = |clock| self.seconds(clock).unwrap_or(0.0);
        self.visit.spend(&self.shelf, [seconds("visit.secondsVisible"), seconds("visit.secondsActive")]);
    }

    /// The clocks that count what is seen go on, `since` then on the page clock; those of the visit from what is noted.
    pub(crate) fn go_on(&mut self, since: f64) {
        let [visible, active] = self.visit.spent();
        count(&mut self.facts, "visit.secondsVisible", visible);
        count(&mut self.facts, "visit.secondsActive", active);
        self.run(VISIBLE, since);
        self.run(ACTIVE, since);
        self.due.inactive = elapsed() + INACTIVE_AFTER;
        if is(&walk(&window(), "document.hidden")) {
            self.pause();
        }
    }

    /// Listens for what the rules need; the elements of a new page are other elements.
    pub(crate) fn listen(&mut self) {
        if let Some(rules) = self.rules {
            self.watch.begin(rules);
            rules.paths().for_each(|path| facts::head(&mut self.facts, &window(), path));
        }
    }

    pub(crate) fn is_fine(&self) -> bool {
        self.facts.is("device.pointer", &"fine".into(), now())
    }

    pub(crate) fn seconds(&self, clock: &str) -> Option<f64> {
        self.facts.number(clock, now())
    }

    /// Stops the clocks that count what is seen.
    pub(crate) fn pause(&mut self) {
        self.stop(VISIBLE);
        self.stop(ACTIVE);
    }

    pub(crate) fn stop(&mut self, clocks: &[&str]) {
        for clock in clocks {
            if let Some(reached) = self.seconds(clock) {
                count(&mut self.facts, clock, reached);
            }
        }
    }

    pub(crate) fn run(&mut self, clocks: &[&str], since: f64) {
        for clock in clocks {
            let reached = self.seconds(clock).unwrap_or(0.0);
            self.facts.set_running(clock, reached, since);
        }
    }

    /// What is true only at this moment: typing, dialogs, counts of other tabs.
    pub(crate) fn look(&mut self) {
        facts::moment(&mut self.facts, &window(), elapsed() < self.showing);
        if self.shelf.is_current() {
            self.history.restore(&read(&self.shelf.read(HISTORY)));
        }
    }

    /// Looks at the rules; the answer is a list of decisions.
    pub(crate) fn pass(&mut self, signal: &Signal) -> Option<JsValue> {
        let rules = self.rules?;
        if !rules.listens(signal) {
            #[cfg(feature = "watched")]
            crate::watched::unheard(signal);
            return None;
        }
        self.look();
        let at = now();
        let pass = decide(rules, &self.facts, &self.history, signal, at);
        #[cfg(feature = "watched")]
        crate::watched::judged(self, rules, signal, at, &pass);
        self.history.settle(&pass);
        self.due.wake = pass.next_wakeup.unwrap_or(NEVER);
        self.due.soon = if self.due.wake == self.announced { NEVER } else { self.due.wake - AHEAD };
        for trace in &pass.trace {
            if matches!(trace.reason, Reason::Holdout | Reason::VariationControl) {
                self.count(Outcome::Held, rules.rules().get(usize::from(trace.rule))?);
            }
        }
        let made = array();
        let points = rules.points(&pass);
        for decision in &pass.decisions {
            let told = object();
            self.tell(&told, rules, decision);
            let rule = rules.rules().get(usize::from(decision.rule))?;
            if decision.visible {
                self.showing = at.page + SHOWING;
            } else {
                self.history.record(Outcome::Applied, rule.id(), at);
                self.keep_history();
            }
            push(&made, told);
        }
        if !matches!(signal, Signal::Wake) || !pass.decisions.is_empty() {
            self.last = pass.trace;
        }
        if points != 0.0 {
            let score = self.visit.add(&self.shelf, points);
            count(&mut self.facts, "score", score);
        }
        Some(made)
    }

    /// A decision as the interface reads it.
    fn tell(&self, told: &JsValue, rules: &Rules, decision: &Decision) -> Option<()> {
        let rule = rules.rules().get(usize::from(decision.rule))?;
        put_text(told, "rule", rule.id());
        if let Some(variant) = decision.variation.and_then(|index| rule.variations().get(usize::from(index))) {
            put_text(told, "variant", variant);
        }
        let actions = array();
        for action in rules.actions(decision) {
            if let Action::Deed(deed) = action {
                let entry = object();
                crate::js::put(&entry, deed.name(), write(deed.operand()));
                push(&actions, entry);
            }
        }
        crate::js::put(told, "actions", actions);
        if let Some(expires) = decision.expires {
            crate::js::put(told, "expires", expires.into());
        }
        if decision.agents == Availability::AwayForm {
            put_text(told, "agents", "away-form");
        }
        Some(())
    }

    /// The rule that would show something at the next wake-up, were nothing else to happen: passes are pure, so the
    /// future can simply be tried.
    pub(crate) fn foresee(&mut self) -> Option<JsValue> {
        self.due.soon = NEVER;
        self.announced = self.due.wake;
        self.look();
        let rules = self.rules?;
        let ahead = (self.due.wake - elapsed()).max(0.0);
        let then = Now { page: elapsed() + ahead, wall: wall() + ahead };
        let pass = decide(rules, &self.facts, &self.history, &Signal::Wake, then);
        let shown = pass.decisions.iter().find(|decision| decision.visible)?;
        rules.rules().get(usize::from(shown.rule)).map(|rule| rule.id().into())
    }

    /// One timer for everything that is due.
    pub(crate) fn arm(&mut self) {
        let Due { first, wake, soon, exit, inactive, agents } = self.due;
        let inactive = if self.watch.input { inactive } else { NEVER };
        let next = [first, wake, soon, exit, inactive, agents].into_iter().fold(NEVER, f64::min);
        if self.timer.as_ref().is_some_and(|(_, at)| *at == next) {
            return;
        }
        self.disarm();
        if next < NEVER {
            let wait = (next - elapsed()).clamp(0.0, LONGEST);
            self.timer = Some((self.watch.set_timeout(wait), next));
        }
    }

    pub(crate) fn disarm(&mut self) {
        if let Some((timer, _)) = self.timer.take() {
            call(&window(), "clearTimeout", timer, NONE, NONE);
        }
    }

    /// The timer went off.
    pub(crate) fn rang(&mut self) {
        self.timer = None;
    }

    /// Puts a published file in force. False, and nothing changed, when it cannot be used.
    pub(crate) fn adopt(&mut self, engagement: &JsValue) -> bool {
        let Some(rules) = Rules::read(&text(&get(engagement, "program")), self.machine.clone()) else { return false };
        // Kept for ever, as everything here: a page sees few files.
        self.rules = Some(Box::leak(Box::new(rules)));
        self.revision = number(&get(engagement, "revision"));
        self.listen();
        true
    }

    /// A moment of the conversation: what it starts and stops, and what is remembered of it.
    pub(crate) fn talk(&mut self, phase: ConversationPhase) {
        self.look();
        if talk(&mut self.facts, &mut self.history, phase, now()) {
            self.keep_history();
        }
    }

    /// Sets facts of the site; answers the paths of those that changed.
    pub(crate) fn set(&mut self, facts: &JsValue) -> Vec<String> {
        let Value::Map(entries) = read(facts) else { return Vec::new() };
        let mut changed = Vec::new();
        for (path, value) in entries {
            if !self.facts.is(&path, &value, now()) {
                put(&mut self.facts, &path, value);
                changed.push(path);
            }
        }
        changed
    }
}

fn put_text(object: &JsValue, key: &str, text: &str) {
    crate::js::put(object, key, text.into());
}

pub(crate) fn now() -> Now {
    Now { page: elapsed(), wall: wall() }
}

/// When the visitor began to see the page: a prerendered one is older than its first view.
fn activation() -> f64 {
    let entries = call(&get(&window(), "performance"), "getEntriesByType", "navigation".into(), NONE, NONE);
    number(&walk(&entries, "0.activationStart"))
}
