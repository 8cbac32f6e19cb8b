//! What is drawn: a picture of the scout at one moment. Pure but for the look itself.

use chinwag_scout::watched::{self, Heard, Seen};
use chinwag_targeting::{Rules, Signal, Usage, Value, readings, usage};

use crate::report::{Row, ago, customs, rows};

/// The parts of the overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Rules,
    Facts,
    Limits,
    Signals,
}

impl Tab {
    pub(crate) const ALL: [Self; 4] = [Self::Rules, Self::Facts, Self::Limits, Self::Signals];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Rules => "Rules",
            Self::Facts => "Facts",
            Self::Limits => "Limits",
            Self::Signals => "Signals",
        }
    }
}

/// A signal that was heard, in words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) signal: String,
    pub(crate) ago: String,
    /// What came of it.
    pub(crate) outcome: String,
    pub(crate) fired: bool,
}

/// The limits of one rule, under its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spent {
    pub(crate) name: String,
    pub(crate) usage: Usage,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    /// Nothing was published that could run.
    NoRules,
    Rules(Vec<Row>),
    Facts {
        /// What rules read, and what they find.
        read: Vec<(String, Option<String>)>,
        /// What else is known.
        others: Vec<(String, String)>,
    },
    Limits {
        lines: Vec<Spent>,
        /// Does the device keep it?
        kept: bool,
    },
    Signals {
        /// What the site may say to these rules.
        customs: Vec<String>,
        /// Newest first.
        heard: Vec<Line>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sight {
    pub(crate) revision: f64,
    /// What happens next.
    pub(crate) headline: Option<String>,
    pub(crate) body: Body,
}

impl Sight {
    pub(crate) fn nothing() -> Self {
        Self { revision: 0.0, headline: None, body: Body::NoRules }
    }

    pub(crate) fn of(seen: &Seen<'_>, tab: Tab) -> Self {
        let Some(rules) = seen.rules else { return Self::nothing() };
        let all = rows(rules, seen);
        let next = all.iter().find_map(|row| Some((row, row.near.as_ref().filter(|near| near.contains(" fire in "))?)));
        let headline = next.map(|(row, near)| format!("{}: {near}", row.name));
        let body = match tab {
            Tab::Rules => Body::Rules(all),
            Tab::Facts => facts(rules, seen),
            Tab::Limits => limits(rules, seen),
            Tab::Signals => signals(rules, seen),
        };
        Self { revision: seen.revision, headline, body }
    }
}

fn facts(rules: &Rules, seen: &Seen<'_>) -> Body {
    let read = readings(rules, seen.facts, seen.history, &Signal::Wake, seen.now);
    let is_read = |name: &str| read.iter().any(|(path, _)| *path == name);
    let others = seen.facts.entries(seen.now).filter(|(name, _)| !is_read(name));
    let others = others.map(|(name, value)| (name.to_owned(), value)).collect();
    let mut read: Vec<(String, Option<String>)> =
        read.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    read.sort();
    Body::Facts { read, others }
}

fn limits(rules: &Rules, seen: &Seen<'_>) -> Body {
    let name = |usage: &Usage| match usage.rule {
        Some(index) => rules.rules().get(index).map_or("", |rule| rule.name()).to_owned(),
        None => "All notifications together".to_owned(),
    };
    let lines = usage(rules, seen.history, seen.now).into_iter();
    let lines = lines.map(|usage| Spent { name: name(&usage), usage }).collect();
    Body::Limits { lines, kept: seen.facts.is("consent.storage", &true.into(), seen.now) }
}

fn signals(rules: &Rules, seen: &Seen<'_>) -> Body {
    let name = |index: &u16| rules.rules().get(usize::from(*index)).map_or("", |rule| rule.id());
    let outcome = |heard: &Heard| match heard.fired.as_slice() {
        [] if !heard.listened => "no rule listens to it".to_owned(),
        [] => "nothing fired".to_owned(),
        fired => format!("{} fired", fired.iter().map(name).collect::<Vec<_>>().join(", ")),
    };
    let heard = seen.record.heard.iter().rev().map(|heard| Line {
        signal: with_data(heard),
        ago: ago(seen.now.page - heard.at),
        outcome: outcome(heard),
        fired: !heard.fired.is_empty(),
    });
    Body::Signals { customs: customs(rules), heard: heard.collect() }
}

/// Whoever writes a rule learns here what a site sends with its signals.
fn with_data(heard: &Heard) -> String {
    if heard.data == Value::Null {
        return heard.signal.clone();
    }
    let data = js_sys::JSON::stringify(&watched::written(&heard.data)).map(String::from);
    [heard.signal.as_str(), " ", &data.unwrap_or_default()].concat()
}
