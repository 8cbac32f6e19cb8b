//! Only what switches rules off. The shapes are those of `full`, so that the compiler is written once; what they are
//! given vanishes from the module.

use super::{Code, Expected, Mark, Problem, Severity};
use crate::rules::Status;
use crate::value::Value;
use core::marker::PhantomData;

/// Nowhere in particular.
#[derive(Clone, Copy)]
pub(crate) struct At<'a>(PhantomData<&'a ()>);

impl<'a> At<'a> {
    pub(crate) const ROOT: At<'static> = At(PhantomData);

    #[inline(always)]
    pub(crate) fn key(&'a self, _: &'a str) -> At<'a> {
        At(PhantomData)
    }

    #[inline(always)]
    pub(crate) fn index(&'a self, _: usize) -> At<'a> {
        At(PhantomData)
    }
}

impl Expected {
    #[inline(always)]
    pub(crate) fn one_of(_: &'static [&'static str]) -> Expected {
        Expected::Unsaid
    }

    #[inline(always)]
    pub(crate) fn names(_: &[&str]) -> Expected {
        Expected::Unsaid
    }
}

impl Problem {
    fn brief(code: Code, path: String) -> Problem {
        Problem { severity: Severity::Error, path, code, subject: String::new(), expected: Expected::Unsaid }
    }
}

/// Counts errors, and keeps one problem for each rule that has some.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) found: Vec<Problem>,
    errors: usize,
    /// The code that decides about the rule at hand.
    code: Option<Code>,
}

impl Problems {
    #[inline(always)]
    pub(crate) fn add(&mut self, severity: Severity, _: &At<'_>, code: Code, _: &str, _: Expected) {
        if severity == Severity::Error {
            self.note(code);
        }
    }

    #[inline(always)]
    pub(crate) fn error(&mut self, _: &At<'_>, code: Code, _: &str) {
        self.note(code);
    }

    #[inline(always)]
    pub(crate) fn wrong_type(&mut self, _: &At<'_>, _: &'static [&'static str]) {
        self.note(Code::WrongType);
    }

    #[inline(always)]
    pub(crate) fn refuse(_: &At<'_>, code: Code, _: &[&str]) -> Problem {
        Problem::brief(code, String::new())
    }

    #[inline(always)]
    pub(crate) fn bounds(&mut self, _: &At<'_>, _: f64, _: f64) {
        self.note(Code::BadNumber);
    }

    #[inline(always)]
    pub(crate) fn bad_duration(&mut self, _: &At<'_>, _: &Value) {
        self.note(Code::BadDuration);
    }

    #[inline(never)]
    fn note(&mut self, code: Code) {
        self.errors += 1;
        let graver = Status::of(code) == Status::Unsupported;
        if self.code.is_none_or(|known| graver && Status::of(known) != Status::Unsupported) {
            self.code = Some(code);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.errors)
    }

    pub(crate) fn verdict(&self, mark: Mark) -> Option<Status> {
        if self.errors == mark.0 { None } else { self.code.map(Status::of) }
    }

    /// Ends a rule, or what stands before them all.
    pub(crate) fn close(&mut self, rule: Option<usize>, mark: Mark) {
        let code = self.code.take();
        let Some(code) = code.filter(|_| self.errors != mark.0) else { return };
        let mut path = String::new();
        if let Some(rule) = rule {
            path.push_str("/rules/");
            path.push_str(&crate::number::integer(rule as u64));
        }
        self.found.push(Problem::brief(code, path));
    }
}
