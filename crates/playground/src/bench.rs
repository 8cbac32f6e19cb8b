//! The workbench: a file, a situation, and what the file's rules make of it. Pure: the clock is an argument, and what
//! only a machine can know comes through the host.

pub mod card;
pub mod fields;
pub mod paint;
mod place;
pub mod recipes;
pub mod shelf;
mod story;
mod tested;
pub mod typing;

use std::{collections::BTreeMap, rc::Rc};

use card::Card;
use chinwag_targeting::{
    ConversationPhase, Explained, Host, Now, Outcome, Reason, Rules, Severity, Signal, Value, WAITING, describe_action,
    describe_rule,
    editing::{Finding, Usable, inspect, public},
    selftest::{parse, signal_of},
    signal_name,
    simulate::instant,
};
use fields::{Field, fields, read};
use place::Place;
pub use story::Moment;
use story::{Act, Played, Setting, Story, Told};
pub use tested::Tested;

/// Everything that the playground knows.
pub struct Bench {
    host: Rc<dyn Host>,
    text: String,
    /// What is wrong with the text.
    pub findings: Vec<Finding>,
    /// The last version of the text that could be read.
    usable: Option<Usable>,
    /// Is that the present text?
    pub current: bool,
    /// What was typed into the fields of facts.
    pub given: BTreeMap<String, String>,
    /// When the first page was opened, in milliseconds since 1970 UTC.
    pub opened: f64,
    /// The present of whoever sits here, in the same measure.
    today: f64,
    story: Story,
}

/// What the rules make of the situation.
#[derive(Default)]
pub struct Verdict {
    /// In the order of evaluation.
    pub rules: Vec<Judged>,
    /// What the visitor sees.
    pub card: Option<Card>,
    /// What happened besides with the last act or since: a rule, and what it did.
    pub deeds: Vec<(String, String)>,
    /// Everything that happened so far.
    pub log: Vec<Moment>,
    /// What the facts of the form are by themselves, while nothing is typed for them.
    pub known: BTreeMap<String, String>,
}

/// One rule in the situation.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub id: String,
    pub name: String,
    /// The rule as a sentence.
    pub described: String,
    pub explained: Explained,
    /// When it fired, in seconds on the page.
    pub fired_at: Option<f64>,
    /// Lines with errors in it, which keep it from running.
    pub mistakes: Vec<(usize, String)>,
}

impl Judged {
    pub fn fired(&self) -> bool {
        self.explained.trace.reason == Reason::Fired
    }
}

/// A signal that can be sent by a button.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    pub label: String,
    pub signal: Signal,
    pub pressed: bool,
}

impl Bench {
    /// `opened` is the present, in milliseconds since 1970 UTC.
    pub fn new(host: Rc<dyn Host>, text: &str, opened: f64) -> Self {
        let mut bench = Self {
            host,
            text: String::new(),
            findings: Vec::new(),
            usable: None,
            current: false,
            given: BTreeMap::new(),
            opened,
            today: opened,
            story: Story::begin("/"),
        };
        bench.load(text);
        bench
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Another file: the situation begins anew, as its first test tells it.
    pub fn load(&mut self, text: &str) {
        self.usable = None;
        self.given.clear();
        self.edit(text);
        self.opened = self.today;
        self.story = Story::begin("/");
        let Some(test) = self.first_test() else { return };
        let mut seconds = 0.0_f64;
        for (name, value) in test.get("given").and_then(Value::as_map).unwrap_or(&[]) {
            let clock = name.starts_with("page.seconds") || name.starts_with("visit.seconds");
            match (name.as_str(), value) {
                ("now", Value::String(now)) => self.opened = instant(now).unwrap_or(self.today),
                ("page.path", Value::String(path)) => self.story.rename(path),
                (_, Value::Number(number)) if clock => seconds = seconds.max(*number),
                (name, value) => {
                    if let Some(text) = fields::write(value) {
                        self.given.insert(name.into(), text);
                    }
                }
            }
        }
        self.story.wait(seconds);
        if let Some(signal) = test.get("signal").and_then(|signal| parse(signal).ok()) {
            self.happens(signal);
        }
    }

    /// The file was edited. The situation stays.
    pub fn edit(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        let inspected = inspect(text, self.host.clone(), self.present());
        self.findings = inspected.findings;
        self.current = inspected.usable.is_some();
        if let Some(usable) = inspected.usable {
            self.usable = Some(usable);
        }
    }

    /// The last file that could be read.
    pub fn file(&self) -> Option<&Value> {
        self.usable.as_ref().map(|usable| &usable.file)
    }

    fn rules(&self) -> Option<&Rules> {
        self.usable.as_ref().map(|usable| &usable.rules)
    }

    /// Errors and warnings.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        (errors, self.findings.len() - errors)
    }

    /// A situation in which something happens.
    fn first_test(&self) -> Option<Value> {
        let tests = self.file()?.get("tests")?.as_list()?;
        tests.first().cloned()
    }

    /// The facts that can be set.
    pub fn fields(&self) -> Vec<Field> {
        self.file().map(fields).unwrap_or_default()
    }

    /// A field was typed into; nothing typed is a fact that nobody supplied.
    pub fn give(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.given.remove(name);
        } else {
            self.given.insert(name.into(), text.into());
        }
    }

    fn present(&self) -> Now {
        Now { page: 0.0, wall: self.today }
    }

    /// What was typed, as values; what comes with a signal apart.
    fn typed(&self) -> (Vec<(String, Value)>, Value) {
        let (mut facts, mut data) = (Vec::new(), Vec::new());
        for field in self.fields() {
            let Some(text) = self.given.get(&field.name) else { continue };
            let value = read(&field, text);
            match field.name.strip_prefix("signal.") {
                Some(name) => data.push((name.to_owned(), value)),
                None => facts.push((field.name, value)),
            }
        }
        (facts, Value::Map(data))
    }

    fn play(&self) -> Option<Played> {
        let (given, data) = self.typed();
        let rules = self.rules()?;
        Some(self.story.play(&Setting { rules, began: self.opened, given: &given, data }))
    }

    /// What the rules make of the situation, in the languages that the visitor reads.
    pub fn verdict(&self, languages: &[&str]) -> Verdict {
        let (Some(rules), Some(played)) = (self.rules(), self.play()) else {
            return Verdict::default();
        };
        let judged = rules.rules().iter().zip(played.rules).map(|(rule, told)| {
            let Told { explained, fired_at } = told;
            let described = describe_rule(rules, rule, languages);
            let described = described.trim_end();
            let described =
                described.strip_prefix(rule.id()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(described);
            let (id, name) = (rule.id().to_owned(), rule.name().to_owned());
            let mistakes = self.mistakes(&id);
            Judged { id, name, described: described.into(), explained, fired_at, mistakes }
        });
        let rule = |index: u16| rules.rules().get(usize::from(index));
        let card = played.shown.and_then(|decision| {
            let rule = rule(decision.rule)?;
            let variation = decision.variation.and_then(|index| rule.variations().get(usize::from(index)));
            let actions = rules.actions(&decision).map(|action| action.to_value(languages));
            Some(Card::of(rule.id(), variation.cloned(), actions))
        });
        let deeds = played.applied.iter().filter_map(|decision| {
            let deeds: Vec<String> = rules.actions(decision).map(|action| describe_action(action, languages)).collect();
            Some((rule(decision.rule)?.id().to_owned(), deeds.join("; ")))
        });
        let (judged, deeds) = (judged.collect(), deeds.collect());
        let untyped = self.fields().into_iter().filter(|field| !self.given.contains_key(&field.name));
        let known = untyped.filter_map(|field| {
            let value = played.facts.get(&field.name, self.now())?;
            Some((field.name, fields::write(&value)?))
        });
        Verdict { rules: judged, card, deeds, log: played.log, known: known.collect() }
    }

    fn mistakes(&self, id: &str) -> Vec<(usize, String)> {
        let rules = self.file().and_then(|file| file.get("rules")?.as_list()).unwrap_or(&[]);
        let index = rules.iter().position(|rule| rule.get("id").and_then(Value::as_str) == Some(id));
        let Some(index) = index.filter(|_| self.current) else { return Vec::new() };
        let below = format!("/rules/{index}/");
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let own =
            errors.filter(|finding| finding.path.starts_with(&below) || below.trim_end_matches('/') == finding.path);
        own.map(|finding| (finding.line, finding.message.clone())).collect()
    }

    /// What can happen: a page view, and what the rules wait for.
    pub fn buttons(&self) -> Vec<Button> {
        let mut signals = vec![Signal::Page];
        // Those of rules that are off too: their buttons must not come and go with every mistake.
        let rules = self.file().and_then(|file| file.get("rules")?.as_list()).unwrap_or(&[]);
        let on = rules.iter().filter_map(|rule| rule.get("on"));
        let written =
            on.flat_map(|on| on.as_list().unwrap_or(std::slice::from_ref(on))).filter_map(|signal| parse(signal).ok());
        let running = self.rules().into_iter().flat_map(Rules::triggers).map(signal_of);
        // Who writes, and who answers, is asked for by these facts as well.
        let asks = |rules: &Rules| rules.mentions(WAITING) || rules.mentions("chat.hoursSinceLast");
        let said = [ConversationPhase::Sent, ConversationPhase::Received].map(Signal::Conversation);
        let said = said.into_iter().filter(|_| self.rules().is_some_and(asks));
        for signal in written.chain(running).chain(said) {
            if !signals.contains(&signal) {
                signals.push(signal);
            }
        }
        let button = |signal: Signal| Button {
            label: match &signal {
                Signal::Page => "open the page".into(),
                signal => signal_name(signal),
            },
            pressed: self.is_now(&signal),
            signal,
        };
        signals.into_iter().map(button).collect()
    }

    /// Did it happen at this very moment?
    fn is_now(&self, signal: &Signal) -> bool {
        match signal {
            Signal::Timer { fact, seconds } if fact == WAITING => {
                self.story.unanswered().is_some_and(|since| self.seconds() == since + seconds)
            }
            Signal::Timer { seconds, .. } => self.seconds() == *seconds,
            Signal::Idle(seconds) => self.seconds() == self.story.last_input() + seconds,
            signal => self.story.signal() == Some(signal),
        }
    }

    /// Something happens. Timers and silence are times that pass.
    pub fn happens(&mut self, signal: Signal) {
        match signal {
            Signal::Page => self.story.act(Act::Open(self.page().into())),
            // Somebody who waits for an answer has written.
            Signal::Timer { fact, seconds } if fact == WAITING => {
                let since = self.story.unanswered().unwrap_or_else(|| {
                    self.story.act(Act::Happens(Signal::Conversation(ConversationPhase::Sent)));
                    self.seconds()
                });
                self.story.wait(since + seconds);
            }
            Signal::Timer { seconds, .. } => self.story.wait(seconds),
            Signal::Idle(seconds) => self.story.wait(self.story.last_input() + seconds),
            // Its data are those in the form.
            Signal::Custom(name, _) => self.story.act(Act::Happens(Signal::Custom(name, Value::Null))),
            signal => self.story.act(Act::Happens(signal)),
        }
    }

    /// The visitor does something with the card of `rule`.
    pub fn answer(&mut self, rule: &str, outcome: Outcome) {
        self.story.act(Act::Answer(rule.into(), outcome));
    }

    /// Time passes until so many seconds on the page; or the page is looked at as it was then.
    pub fn wait(&mut self, seconds: f64) {
        self.story.wait(seconds);
    }

    /// The visitor leaves, and comes back to the page in another visit.
    pub fn come_back(&mut self, seconds: f64) {
        self.story.come_back(seconds);
    }

    /// Address of the page: a path, perhaps with a host before it and a query behind it.
    pub fn page(&self) -> &str {
        self.story.page()
    }

    /// Another address for the page that is open.
    pub fn set_page(&mut self, page: &str) {
        self.story.rename(page);
    }

    /// Since the page was opened.
    pub fn seconds(&self) -> f64 {
        self.story.seconds()
    }

    fn now(&self) -> Now {
        let page = self.story.clock() * 1000.0;
        Now { page, wall: self.opened + page }
    }

    /// A visitor of whom nothing is known.
    pub fn start_over(&mut self) {
        self.story = Story::begin(self.page());
    }

    /// Where a rule can be seen on the real site, from its root: the page with `?chinwag-preview=<rule>`.
    pub fn preview_address(&self, rule: &str) -> String {
        let page = Place::read(self.page()).below_root();
        let joint = if page.contains('?') { '&' } else { '?' };
        let coded = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        let rule: String = rule.bytes().map(coded).collect();
        format!("{page}{joint}chinwag-preview={rule}")
    }

    /// What browsers would get: strict JSON without notes and tests. `None` while the text cannot be read.
    pub fn published(&self) -> Option<String> {
        let usable = self.usable.as_ref().filter(|_| self.current)?;
        serde_json::to_string_pretty(&public(usable)).ok()
    }
}

#[cfg(test)]
mod tests;
