//! What was done on the bench, in the order of time. Nothing of its outcome is kept: it is played anew with whatever the
//! rules and the facts are by now, so that a changed rule or fact counts from the beginning.

use chinwag_targeting::{
    ConversationPhase, Decision, Explained, Facts, History, Outcome, Reason, Rules, Signal, Value, explain_each,
    explain_rule, signal_name,
    simulate::{Look, Stay},
    span,
};

use super::place::Place;

const DAY_MS: f64 = 86_400_000.0;

/// Something that the visitor does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Opens a page.
    Open(String),
    Happens(Signal),
    /// To the card of a rule.
    Answer(String, Outcome),
    /// Another visit begins; a page is opened next.
    ComeBack,
}

#[derive(Clone, Debug)]
struct Step {
    /// Seconds since the first page was opened.
    at: f64,
    act: Act,
}

/// The acts, and the instant that is looked at.
#[derive(Clone, Debug)]
pub(super) struct Story {
    steps: Vec<Step>,
    clock: f64,
}

/// What came of it.
pub(super) struct Played {
    /// One for each rule: what was last said of it that tells more than "nothing happened".
    pub(super) rules: Vec<Told>,
    /// What stands there.
    pub(super) shown: Option<Decision>,
    /// What was decided with the last act or since, and shows nothing.
    pub(super) applied: Vec<Decision>,
    pub(super) log: Vec<Moment>,
    pub(super) facts: Facts,
}

#[derive(Clone)]
pub(super) struct Told {
    pub(super) explained: Explained,
    /// When it fired, in seconds since its page was opened.
    pub(super) fired_at: Option<f64>,
}

/// One line of what happened so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Seconds on the page that was open; `None` between two visits.
    pub at: Option<f64>,
    pub what: String,
    /// Did a rule fire?
    pub fired: bool,
}

/// What is known from the first moment on.
pub(super) struct Setting<'a> {
    pub(super) rules: &'a Rules,
    /// When the first page was opened, in milliseconds since 1970 UTC.
    pub(super) began: f64,
    pub(super) given: &'a [(String, Value)],
    /// What comes with a signal of the site.
    pub(super) data: Value,
}

impl Setting<'_> {
    /// What was given and holds on every page.
    fn of_visit(&self) -> Vec<(String, Value)> {
        self.given.iter().filter(|(name, _)| !name.starts_with("page.")).cloned().collect()
    }

    /// Without the visitor's consent nothing is known longer than a page is loaded.
    fn remembers(&self) -> bool {
        !self.given.iter().any(|(name, value)| name == "consent.storage" && *value == Value::Bool(false))
    }

    /// What the device tells of a visit that begins.
    fn recall(&self, stay: &mut Stay<'_>, visit: u32, at: f64) {
        let remembers = self.remembers();
        stay.facts.set("consent.storage", remembers);
        if remembers {
            stay.arrive(visit, at);
            stay.facts.set("visitor.id", "visitor-1");
            stay.facts.set("visit.daysSinceFirst", (at / DAY_MS).floor());
        } else {
            stay.history = History::new();
            stay.arrive(1, at);
            stay.facts.set("visit.daysSinceFirst", 0.0);
        }
        stay.set(&self.of_visit());
    }
}

impl Story {
    pub(super) fn begin(page: &str) -> Self {
        Self { steps: vec![Step { at: 0.0, act: Act::Open(page.into()) }], clock: 0.0 }
    }

    /// Seconds since the first page was opened.
    pub(super) fn clock(&self) -> f64 {
        self.clock
    }

    /// Those that have happened by now.
    fn past(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.steps.iter().filter(|step| step.at <= self.clock)
    }

    /// When the page was opened that is open, and its address.
    fn page_step(&self) -> (f64, &str) {
        let opened = self.past().rev().find_map(|step| match &step.act {
            Act::Open(page) => Some((step.at, page.as_str())),
            _ => None,
        });
        opened.unwrap_or((0.0, "/"))
    }

    pub(super) fn page(&self) -> &str {
        self.page_step().1
    }

    pub(super) fn seconds(&self) -> f64 {
        self.clock - self.page_step().0
    }

    /// The address of the page that is open was another one from the beginning.
    pub(super) fn rename(&mut self, page: &str) {
        let since = self.page_step().0;
        let opened = self.steps.iter_mut().rfind(|step| step.at <= since && matches!(step.act, Act::Open(_)));
        if let Some(step) = opened {
            step.act = Act::Open(page.into());
        }
    }

    /// What happens at this very moment.
    pub(super) fn signal(&self) -> Option<&Signal> {
        match &self.past().next_back().filter(|step| step.at == self.clock)?.act {
            Act::Open(_) => Some(&Signal::Page),
            Act::Happens(signal) => Some(signal),
            Act::Answer(..) | Act::ComeBack => None,
        }
    }

    /// Time passes until so many seconds on this page; or it is looked at as it was then.
    pub(super) fn wait(&mut self, seconds: f64) {
        self.clock = self.page_step().0 + seconds.max(0.0);
    }

    /// When the visitor last did something on this page, in seconds on it.
    pub(super) fn last_input(&self) -> f64 {
        let since = self.page_step().0;
        let hands = |act: &Act| {
            matches!(act, Act::Happens(Signal::Scroll(_) | Signal::Click(_) | Signal::Form(..) | Signal::Rage))
        };
        let last = self.past().rfind(|step| step.at >= since && hands(&step.act));
        last.map_or(0.0, |step| step.at - since)
    }

    /// When the visitor wrote what nobody has answered, in seconds on this page.
    pub(super) fn unanswered(&self) -> Option<f64> {
        let talk = |waits: Option<f64>, step: &Step| match &step.act {
            Act::Happens(Signal::Conversation(ConversationPhase::Sent)) => waits.or(Some(step.at)),
            Act::Happens(Signal::Conversation(ConversationPhase::Received | ConversationPhase::Ended))
            | Act::ComeBack => None,
            _ => waits,
        };
        Some(self.past().fold(None, talk)? - self.page_step().0)
    }

    /// Something is done now; what was done later on before is forgotten.
    pub(super) fn act(&mut self, act: Act) {
        let clock = self.clock;
        self.steps.retain(|step| step.at <= clock);
        self.steps.push(Step { at: clock, act });
    }

    /// The visitor leaves and comes back to the same page so many seconds later.
    pub(super) fn come_back(&mut self, seconds: f64) {
        let page = self.page().to_owned();
        self.steps.retain(|step| step.at <= self.clock);
        self.clock += seconds;
        self.act(Act::ComeBack);
        self.act(Act::Open(page));
    }

    /// Plays all that has happened by now.
    pub(super) fn play(&self, setting: &Setting<'_>) -> Played {
        let rules = setting.rules;
        let mut stay = Stay::new(rules, setting.began, History::new());
        let mut visits = 1;
        setting.recall(&mut stay, visits, 0.0);
        let mut record = Record::new(rules);
        let (mut left, mut landed) = (0.0, false);
        for step in self.past() {
            let at = step.at * 1000.0;
            if step.act != Act::ComeBack {
                stay.sleep(at, &mut |look| record.note(look));
            }
            record.forget();
            match &step.act {
                Act::Open(page) => {
                    record.page = at;
                    record.shown = None;
                    record.say(Some(at), format!("{page} is opened"));
                    let place = Place::read(page);
                    if !setting.remembers() {
                        setting.recall(&mut stay, 1, at);
                    }
                    if !core::mem::replace(&mut landed, true) {
                        let given = |name: &str| setting.given.iter().any(|(known, _)| known == name);
                        let campaign = place.campaign().filter(|(name, _)| !given(name));
                        campaign.for_each(|(name, value)| stay.facts.set(&name, value));
                    }
                    stay.open(&place.path, &place.facts(setting.given), at);
                    stay.hear(&Signal::Page, at, &mut |look| record.note(look));
                }
                Act::Happens(signal) => {
                    record.say(Some(at), signal_name(signal));
                    let signal = match signal {
                        Signal::Custom(name, _) => Signal::Custom(name.clone(), setting.data.clone()),
                        signal => signal.clone(),
                    };
                    stay.hear(&signal, at, &mut |look| record.note(look));
                }
                Act::Answer(rule, outcome) => {
                    let what = match outcome {
                        Outcome::Dismissed => "is closed",
                        Outcome::Replied => "is answered",
                        _ => "is opened",
                    };
                    record.say(Some(at), format!("the card of {rule} {what}"));
                    record.shown = None;
                    stay.answer(*outcome, rule, at);
                    stay.hear(&Signal::Wake, at, &mut |look| record.note(look));
                }
                Act::ComeBack => {
                    landed = false;
                    visits += 1;
                    let hours = ((at - left) / 3_600_000.0).floor();
                    record.say(None, format!("comes back {} later", span(at - left)));
                    if setting.remembers() {
                        stay.facts.set("visit.hoursSinceLast", hours);
                    }
                    setting.recall(&mut stay, visits, at);
                }
            }
            left = at;
        }
        let clock = self.clock * 1000.0;
        stay.sleep(clock, &mut |look| record.note(look));
        record.look(&stay, left, clock);
        let Record { told, shown, applied, log, .. } = record;
        let shown = shown.filter(|shown| clock < shown.until).map(|shown| shown.decision);
        Played { rules: told.into_iter().flatten().collect(), shown, applied, log, facts: stay.facts }
    }
}

/// A card on the screen.
struct Shown {
    decision: Decision,
    /// Milliseconds on the clock of the stay.
    until: f64,
}

/// What is written down while a story is played.
struct Record<'a> {
    rules: &'a Rules,
    told: Vec<Option<Told>>,
    shown: Option<Shown>,
    applied: Vec<Decision>,
    log: Vec<Moment>,
    /// When the page was opened that is open.
    page: f64,
}

impl<'a> Record<'a> {
    fn new(rules: &'a Rules) -> Self {
        let told = vec![None; rules.rules().len()];
        Self { rules, told, shown: None, applied: Vec::new(), log: Vec::new(), page: 0.0 }
    }

    fn say(&mut self, at: Option<f64>, what: String) {
        self.log.push(Moment { at: at.map(|at| (at - self.page) / 1000.0), what, fired: false });
    }

    /// Another act: what was said of the rules before is of no interest any more.
    fn forget(&mut self) {
        self.told.iter_mut().for_each(|told| *told = None);
        self.applied.clear();
    }

    fn note(&mut self, look: &Look<'_>) {
        for decision in &look.pass.decisions {
            let Some(rule) = self.rules.rules().get(usize::from(decision.rule)) else { continue };
            let at = (look.now.page - self.page) / 1000.0;
            self.log.push(Moment { at: Some(at), what: rule.id().into(), fired: true });
            if decision.visible {
                let until = decision.expires.map_or(f64::INFINITY, |expires| look.now.page + expires);
                self.shown = Some(Shown { decision: *decision, until });
            } else {
                self.applied.push(*decision);
            }
        }
        // A wake-up brings news only of rules that it was for.
        for trace in &look.pass.trace {
            let index = usize::from(trace.rule);
            if matches!(look.signal, Signal::Wake) && trace.reason == Reason::NoEvent {
                continue;
            }
            let explained = explain_rule(self.rules, look.facts, look.history, look.signal, look.now, look.pass, index);
            explained.into_iter().for_each(|explained| self.tell(explained, look.now.page));
        }
    }

    /// Keeps what says most: that it fired; else the latest that is more than "nothing happened".
    fn tell(&mut self, explained: Explained, at: f64) {
        let Some(told) = self.told.get_mut(usize::from(explained.trace.rule)) else { return };
        let reason = |told: &Option<Told>| told.as_ref().map(|told| told.explained.trace.reason);
        let better = match (reason(told), explained.trace.reason) {
            (None, _) | (_, Reason::Fired) => true,
            (Some(Reason::Fired), _) => false,
            (Some(before), now) => before == Reason::NoEvent || now != Reason::NoEvent,
        };
        if better {
            let fired = explained.trace.reason == Reason::Fired;
            *told = Some(Told { explained, fired_at: fired.then_some((at - self.page) / 1000.0) });
        }
    }

    /// How things stand now, when time has passed since the last act at `left`; and for rules that did not listen to it.
    fn look(&mut self, stay: &Stay<'_>, left: f64, clock: f64) {
        let (_, explained) = explain_each(self.rules, &stay.facts, &stay.history, &Signal::Wake, stay.now(clock));
        for explained in explained {
            let untold = self.told.get(usize::from(explained.trace.rule)).is_none_or(Option::is_none);
            if untold || clock > left && explained.trace.reason != Reason::Fired {
                self.tell(explained, clock);
            }
        }
    }
}
