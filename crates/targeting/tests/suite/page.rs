//! A visitor's page for tests: rules, facts, history and clocks that one moves by hand.

use crate::host::Native;
use crate::json;
use crate::program::compile;
use chinwag_targeting::{Compiled, Facts, History, Now, Outcome, Pass, Reason, Rules, Signal, Trace, Value, decide};
use std::rc::Rc;

/// 2026-11-20T09:00:00Z, a Friday, 10:00 in Paris.
pub(crate) const START: f64 = 1_795_165_200_000.0;

pub(crate) struct Page {
    pub(crate) rules: Rules,
    pub(crate) facts: Facts,
    pub(crate) history: History,
    pub(crate) now: Now,
    pub(crate) pass: Pass,
}

pub(crate) fn compiled(file: &str) -> Compiled {
    compile(&json(file), Rc::new(Native)).unwrap_or_else(|problem| panic!("{problem:?}"))
}

impl Page {
    /// A file without problems.
    pub(crate) fn new(file: &str) -> Page {
        let Compiled { rules, problems } = compiled(file);
        assert_eq!(problems, []);
        let facts = Facts::new();
        Page { rules, facts, history: History::new(), now: Now { page: 0.0, wall: START }, pass: Pass::default() }
    }

    /// A file of one visible rule with these settings, without any default manners.
    pub(crate) fn rule(settings: &str) -> Page {
        Page::with("", settings)
    }

    /// The same with settings of the file before it.
    pub(crate) fn with(settings: &str, rule: &str) -> Page {
        Page::new(&format!(
            r#"{{"version": 1, "timeZone": "Europe/Paris", {settings}
                "limits": {{"perPage": "unlimited", "perVisit": "unlimited", "perDay": "unlimited", "gap": "0s", "afterDismiss": "0s"}},
                "rules": [{{"id": "r", "do": {{"teaser": "Hi"}}, {rule} "note": ""}}]}}"#
        ))
    }

    pub(crate) fn set(&mut self, path: &str, value: impl Into<Value>) -> &mut Page {
        self.facts.set(path, value);
        self
    }

    pub(crate) fn advance(&mut self, seconds: f64) -> &mut Page {
        self.now.page += seconds * 1000.0;
        self.now.wall += seconds * 1000.0;
        self
    }

    /// A new page view.
    pub(crate) fn go(&mut self, path: &str) -> Vec<String> {
        self.facts.set("page.path", path);
        self.facts.set_running("page.seconds", 0.0, self.now.page);
        self.facts.set_running("page.secondsVisible", 0.0, self.now.page);
        self.facts.set_running("page.secondsIdle", 0.0, self.now.page);
        self.facts.set("page.scroll", 0.0);
        self.history.start_page();
        self.send(Signal::Page)
    }

    /// Decides, displays, and names the rules that fired.
    pub(crate) fn send(&mut self, signal: Signal) -> Vec<String> {
        self.pass = decide(&self.rules, &self.facts, &self.history, &signal, self.now);
        let again = decide(&self.rules, &self.facts, &self.history, &signal, self.now);
        assert_eq!(self.pass, again);
        self.history.settle(&self.pass);
        let mut fired = Vec::new();
        for decision in &self.pass.decisions {
            let id = self.rules.rules()[usize::from(decision.rule)].id();
            self.history.record(if decision.visible { Outcome::Displayed } else { Outcome::Applied }, id, self.now);
            fired.push(id.to_string());
        }
        fired
    }

    /// Sleeps until the instant that the last pass named.
    pub(crate) fn wake(&mut self) -> Vec<String> {
        let at = self.pass.next_wakeup.expect("a wake-up");
        self.now.wall += at - self.now.page;
        self.now.page = at;
        self.send(Signal::Wake)
    }

    /// The reason of a rule in the last pass.
    pub(crate) fn why(&self, id: &str) -> &'static str {
        self.reason(id).as_str()
    }

    /// The same, the fact that decided, and how many of how many clauses do not hold.
    pub(crate) fn decided(&self, id: &str) -> (&'static str, Option<&str>, (u32, u32)) {
        let trace = self.trace(id);
        let rule = &self.rules.rules()[usize::from(trace.rule)];
        let fact = trace.fact.and_then(|fact| self.rules.paths().nth(fact.into()));
        (trace.reason.as_str(), fact, self.rules.near(&self.facts, &self.history, self.now, rule))
    }

    fn reason(&self, id: &str) -> Reason {
        self.trace(id).reason
    }

    fn trace(&self, id: &str) -> &Trace {
        let index = self.rules.find(id).expect("the rule");
        self.pass.trace.iter().find(|trace| usize::from(trace.rule) == index).expect("a trace")
    }
}

pub(crate) fn custom(name: &str, data: &str) -> Signal {
    Signal::Custom(name.into(), json(data))
}
