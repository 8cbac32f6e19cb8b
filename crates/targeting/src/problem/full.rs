//! Everything that is wrong, for people.

use super::{Code, Expected, Mark, Problem, Severity};
use crate::rules::Status;
use crate::value::Value;

/// Where in the document the compiler is. Lives on the stack; becomes text only when there is something to report.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl Expected {
    pub(crate) fn one_of(words: &'static [&'static str]) -> Expected {
        Expected::OneOf(words)
    }

    pub(crate) fn names(names: &[&str]) -> Expected {
        Expected::Names(names.iter().map(|name| (*name).into()).collect())
    }
}

impl<'a> At<'a> {
    pub(crate) const ROOT: At<'static> = At { parent: None, step: Step::Root };

    pub(crate) fn key(&'a self, key: &'a str) -> At<'a> {
        At { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }

    /// Is this in the section of this name at the top of the file?
    pub(crate) fn is_below(&self, section: &str) -> bool {
        match (self.step, self.parent) {
            (Step::Key(key), Some(At { step: Step::Root, .. })) => key == section,
            (_, parent) => parent.is_some_and(|parent| parent.is_below(section)),
        }
    }

    pub(crate) fn pointer(&self) -> String {
        let mut text = self.parent.map(At::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => {
                text.push('/');
                for c in key.chars() {
                    match c {
                        '~' => text.push_str("~0"),
                        '/' => text.push_str("~1"),
                        c => text.push(c),
                    }
                }
            }
            Step::Index(index) => {
                text.push('/');
                text.push_str(&crate::number::integer(index as u64));
            }
        }
        text
    }
}

/// Collects problems during one compilation.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn add(&mut self, severity: Severity, at: &At<'_>, code: Code, subject: &str, expected: Expected) {
        self.found.push(Problem { severity, path: at.pointer(), code, subject: subject.into(), expected });
    }

    pub(crate) fn error(&mut self, at: &At<'_>, code: Code, subject: &str) {
        self.add(Severity::Error, at, code, subject, Expected::Unsaid);
    }

    pub(crate) fn wrong_type(&mut self, at: &At<'_>, expected: &'static [&'static str]) {
        self.add(Severity::Error, at, Code::WrongType, "", Expected::OneOf(expected));
    }

    /// Works, but is of a type that hardly means what it says.
    pub(crate) fn warn_type(&mut self, at: &At<'_>, expected: &'static str) {
        self.add(Severity::Warning, at, Code::WrongType, "", Expected::names(&[expected]));
    }

    /// The problem of a file that cannot be used.
    pub(crate) fn refuse(at: &At<'_>, code: Code, expected: &[&str]) -> Problem {
        let (severity, subject, expected) = (Severity::Error, String::new(), Expected::names(expected));
        Problem { severity, path: at.pointer(), code, subject, expected }
    }

    /// A number that is out of bounds.
    pub(crate) fn bounds(&mut self, at: &At<'_>, low: f64, high: f64) {
        let bounds = format!("from {low} to {high}");
        self.add(Severity::Error, at, Code::BadNumber, "", Expected::Names(vec![bounds]));
    }

    pub(crate) fn bad_duration(&mut self, at: &At<'_>, given: &Value) {
        let given = given.as_str().map_or_else(|| super::written::json(given), str::to_owned);
        self.error(at, Code::BadDuration, &given);
    }

    /// A setting that has to be there. Not when one beside it was meant for it: that is told already.
    pub(crate) fn missing(&mut self, at: &At<'_>, key: &str) {
        let here = at.pointer();
        let meant = |problem: &Problem| {
            let beside = super::written::last(&problem.path).0 == here;
            beside
                && problem.code == Code::UnknownKey
                && problem.severity == Severity::Error
                && problem.meant().as_deref() == Some(key)
        };
        if !self.found.iter().any(meant) {
            self.error(at, Code::Missing, key);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.found.len())
    }

    /// What the errors since `mark` make of a rule; `None` when there were none.
    pub(crate) fn verdict(&self, mark: Mark) -> Option<Status> {
        let found = self.found.get(mark.0..).unwrap_or(&[]).iter();
        let errors = found.filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| Status::of(problem.code)).reduce(Status::worse)
    }

    /// Takes back what was found since `mark`, but for the first: the rest follows from that.
    pub(crate) fn only_first_since(&mut self, mark: Mark) {
        self.found.truncate(mark.0 + 1);
    }

    /// The rule of this number is done.
    pub(crate) fn close(&mut self, _: Option<usize>, _: Mark) {}
}
