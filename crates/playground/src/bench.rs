//! The workbench: a file, a situation, and what the file's rules make of it. Pure: the clock is an argument, and what
//! only a machine can know comes through the host.

pub mod card;
pub mod fields;
pub mod paint;
pub mod recipes;

use std::{collections::BTreeMap, rc::Rc};

use card::Card;
use chinwag_targeting::{
    Explained, Facts, History, Host, Now, Outcome, Pass, Reason, Rules, Severity, Signal, Value, describe_rule,
    editing::{Finding, Usable, inspect, public},
    explain_each,
    selftest::{TestResult, parse, run_tests, signal_of},
    signal_name,
};
use fields::{Field, fields, read};

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
    /// Path of the page, perhaps with a query.
    pub page: String,
    /// What was typed into the fields of facts.
    pub given: BTreeMap<String, String>,
    /// Since the page was opened.
    pub seconds: f64,
    /// When the page was opened, in milliseconds since 1970 UTC.
    pub opened: f64,
    /// What happens now.
    pub signal: Signal,
    past: History,
}

/// What the rules make of the situation.
pub struct Verdict {
    /// In the order of evaluation.
    pub rules: Vec<Judged>,
    /// What the visitor sees.
    pub card: Option<Card>,
}

/// One rule in the situation.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub id: String,
    pub name: String,
    /// The rule as a sentence.
    pub described: String,
    pub explained: Explained,
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
            page: "/".into(),
            given: BTreeMap::new(),
            seconds: 0.0,
            opened,
            signal: Signal::Page,
            past: History::new(),
        };
        bench.load(text);
        bench
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Another file: the situation begins anew, on a page that the file is about.
    pub fn load(&mut self, text: &str) {
        self.usable = None;
        self.given.clear();
        self.edit(text);
        self.start_over();
        self.page = self.first_page().unwrap_or_else(|| "/".into());
        if let Some(signal) = self.first_signal() {
            self.signal = signal;
        }
        if let Some(given) = self.first_test() {
            for (name, value) in given {
                let is_clock = name.starts_with("page.seconds") || name.starts_with("visit.seconds");
                if let Some(seconds) = value.as_f64().filter(|_| is_clock) {
                    self.seconds = self.seconds.max(seconds);
                }
                if let Some(text) = fields::write(&value) {
                    self.given.insert(name, text);
                }
            }
        }
    }

    /// The file was edited. The situation stays.
    pub fn edit(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        let inspected = inspect(text, self.host.clone(), self.now());
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

    /// The facts of the first test: a situation in which something happens.
    fn first_test(&self) -> Option<Vec<(String, Value)>> {
        let tests = self.file()?.get("tests")?.as_list()?;
        let given = tests.iter().find_map(|test| test.get("given")?.as_map())?;
        let wanted = |(name, _): &&(String, Value)| name != "now" && name != "page.path";
        Some(given.iter().filter(wanted).cloned().collect())
    }

    fn first_page(&self) -> Option<String> {
        let tests = self.file()?.get("tests")?.as_list()?;
        let path = tests.iter().find_map(|test| test.get("given")?.get("page.path")?.as_str())?;
        Some(path.to_owned())
    }

    fn first_signal(&self) -> Option<Signal> {
        let tests = self.file()?.get("tests")?.as_list()?;
        let signal = parse(tests.first()?.get("signal")?)?;
        self.buttons().into_iter().map(|button| button.signal).find(|known| *known == signal)
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

    pub fn now(&self) -> Now {
        let page = self.seconds * 1000.0;
        Now { page, wall: self.opened + page }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        facts.set("visitor.id", "visitor-1");
        facts.set("page.scroll", 0.0);
        let (path, query) = self.page.split_once('?').unwrap_or((&self.page, ""));
        facts.set("page.path", path);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            facts.set(&format!("page.query.{name}"), value);
        }
        for clock in [
            "page.seconds",
            "page.secondsVisible",
            "page.secondsActive",
            "page.secondsIdle",
            "visit.seconds",
            "visit.secondsVisible",
            "visit.secondsActive",
        ] {
            facts.set_running(clock, 0.0, 0.0);
        }
        for field in self.fields() {
            if let Some(text) = self.given.get(&field.name).filter(|_| !field.name.starts_with("signal.")) {
                facts.set(&field.name, read(&field, text));
            }
        }
        facts
    }

    /// What happens, with the data that were typed for it.
    fn happening(&self) -> Signal {
        let Signal::Custom(name, _) = &self.signal else { return self.signal.clone() };
        let data = self.fields().into_iter().filter_map(|field| {
            let value = read(&field, self.given.get(&field.name)?);
            Some((field.name.strip_prefix("signal.")?.to_owned(), value))
        });
        Signal::Custom(name.clone(), Value::Map(data.collect()))
    }

    fn pass(&self, rules: &Rules) -> (Pass, Vec<Explained>) {
        explain_each(rules, &self.facts(), &self.past, &self.happening(), self.now())
    }

    /// What the rules make of the situation, in the languages that the visitor reads.
    pub fn verdict(&self, languages: &[&str]) -> Verdict {
        let Some(rules) = self.rules() else { return Verdict { rules: Vec::new(), card: None } };
        let (pass, explained) = self.pass(rules);
        let judged = rules.rules().iter().zip(explained).map(|(rule, explained)| {
            let described = describe_rule(rules, rule, languages);
            let described = described.trim_end();
            let described =
                described.strip_prefix(rule.id()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(described);
            let (id, name) = (rule.id().to_owned(), rule.name().to_owned());
            let mistakes = self.mistakes(&id);
            Judged { id, name, described: described.into(), explained, mistakes }
        });
        let judged = judged.collect();
        let shown = pass.decisions.iter().find(|decision| decision.visible);
        let card = shown.and_then(|decision| {
            let rule = rules.rules().get(usize::from(decision.rule))?;
            let variation = decision.variation.and_then(|index| rule.variations().get(usize::from(index)));
            let actions = rules.actions(decision).map(|action| action.to_value(languages));
            Some(Card::of(rule.id(), variation.cloned(), actions))
        });
        Verdict { rules: judged, card }
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
        let written = on.flat_map(|on| on.as_list().unwrap_or(std::slice::from_ref(on))).filter_map(parse);
        let running = self.rules().into_iter().flat_map(Rules::triggers).map(signal_of);
        for signal in written.chain(running) {
            if !signals.contains(&signal) {
                signals.push(signal);
            }
        }
        let button = |signal: Signal| Button {
            label: match &signal {
                Signal::Page => "open the page".into(),
                signal => signal_name(signal),
            },
            pressed: signal == self.signal,
            signal,
        };
        signals.into_iter().map(button).collect()
    }

    /// The situation as it was becomes the past: what fired was shown.
    fn commit(&mut self) {
        let now = self.now();
        let Some(rules) = self.rules() else { return };
        let (pass, _) = self.pass(rules);
        let shown = pass.decisions.iter().filter_map(|decision| {
            let rule = rules.rules().get(usize::from(decision.rule))?;
            Some((rule.id().to_owned(), if decision.visible { Outcome::Displayed } else { Outcome::Applied }))
        });
        let shown: Vec<(String, Outcome)> = shown.collect();
        self.past.settle(&pass);
        for (rule, outcome) in shown {
            self.past.record(outcome, &rule, now);
        }
    }

    /// Something happens, after what happened before.
    pub fn happens(&mut self, signal: Signal) {
        self.commit();
        if signal == Signal::Page {
            self.past.start_page();
            self.seconds = 0.0;
        }
        self.signal = signal;
    }

    /// The visitor does something with the card of `rule`.
    pub fn answer(&mut self, rule: &str, outcome: Outcome) {
        self.commit();
        self.past.record(outcome, rule, self.now());
        self.signal = Signal::Wake;
    }

    /// A visitor of whom nothing is known.
    pub fn start_over(&mut self) {
        self.past = History::new();
        self.seconds = 0.0;
        self.signal = Signal::Page;
    }

    /// Where a rule can be seen on the real site, from its root: the page with `?chinwag-preview=<rule>`.
    pub fn preview_address(&self, rule: &str) -> String {
        let joint = if self.page.contains('?') { '&' } else { '?' };
        let coded = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        let rule: String = rule.bytes().map(coded).collect();
        format!("{}{joint}chinwag-preview={rule}", self.page)
    }

    /// The tests that the file carries.
    pub fn tests(&self) -> Vec<TestResult> {
        self.usable.as_ref().map(|usable| run_tests(&usable.rules, &usable.file, self.now())).unwrap_or_default()
    }

    /// What browsers would get: strict JSON without notes and tests. `None` while the text cannot be read.
    pub fn published(&self) -> Option<String> {
        let usable = self.usable.as_ref().filter(|_| self.current)?;
        serde_json::to_string_pretty(&public(usable)).ok()
    }
}

#[cfg(test)]
mod tests;
