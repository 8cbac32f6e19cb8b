//! What is allowed but hardly meant: findings that need the whole file, for `chinwag rules check` and editors.

mod conditions;
mod facts;
mod ignored;
mod names;
mod patterns;
mod places;
mod rules;
mod selectors;
mod texts;
mod values;

use crate::facts::Now;
use crate::problem::{At, Code, Expected, Problem, Problems, Severity};
use crate::rules::Rules;
use crate::selftest::mistakes;
use crate::value::Value;

/// Lints a file that compiled. `now` tells which rules have ended. The problems of `compile` are not repeated.
pub fn check(file: &Value, rules: &Rules, now: Now) -> Vec<Problem> {
    let mut lints = Lints { file, rules, now, problems: Problems::default() };
    lints.schedules();
    lints.zones();
    for rule in &rules.rules {
        lints.rule(rule);
    }
    lints.facts();
    lints.places();
    lints.percentages();
    lints.ignored_values();
    lints.links();
    lints.selectors();
    lints.file_limits();
    lints.shadows();
    lints.seeds();
    lints.problems.found.extend(mistakes(rules, file));
    lints.audiences();
    lints.appearance();
    lints.languages();
    lints.empty_texts();
    lints.cards();
    lints.problems.found
}

struct Lints<'a> {
    file: &'a Value,
    rules: &'a Rules,
    now: Now,
    problems: Problems,
}

impl Lints<'_> {
    fn warn(&mut self, at: &At<'_>, code: Code, subject: &str) {
        self.problems.add(Severity::Warning, at, code, subject, Expected::Unsaid);
    }

    fn schedules(&mut self) {
        let rules = self.rules;
        let schedules = At::ROOT.key("schedules");
        for schedule in rules.schedules.iter().filter(|schedule| !schedule.broken) {
            let today = rules.host.local_time(&schedule.zone, self.now.wall).map(|at| at.day_number());
            if today.is_some_and(|today| !schedule.ever_opens(today)) {
                self.warn(&schedules.key(&schedule.name), Code::DeadSchedule, &schedule.name);
            }
        }
    }

    /// Opening hours are hardly meant to be those of each visitor's own clock.
    fn zones(&mut self) {
        if !self.rules.zone.is_empty() {
            return;
        }
        let schedules = self.file.get("schedules").and_then(Value::as_map).unwrap_or(&[]).iter();
        let of_file = |schedule: &Value| matches!(schedule.get("zone").and_then(Value::as_str), None | Some("site"));
        let names: Vec<&str> = schedules.filter(|(_, it)| of_file(it)).map(|(name, _)| name.as_str()).collect();
        if let Some(first) = names.first() {
            self.warn(&At::ROOT.key("schedules").key(first), Code::NoTimeZone, &names.join(", "));
        }
    }

    fn audiences(&mut self) {
        let rules = self.rules;
        let at = At::ROOT.key("audiences");
        for audience in &rules.audiences {
            let source = self.file.get("audiences").and_then(|audiences| audiences.get(&audience.name));
            if let (Some(node), Some(source)) = (&audience.node, source) {
                self.condition(node, source, &at.key(&audience.name));
            }
        }
    }

    /// Limits of the file that a stricter one among them makes idle.
    fn file_limits(&mut self) {
        let limits = self.file.get("limits");
        let own = |key: &str| limits.and_then(|limits| limits.get(key)).and_then(Value::as_f64);
        let at = At::ROOT.key("limits");
        let all = &self.rules.limits;
        let (visit, day) = (all.per_visit, all.per_day);
        for (key, others) in [("perPage", [visit, day]), ("perVisit", [day, None])] {
            if own(key).is_some_and(|cap| others.into_iter().flatten().any(|other| other < cap)) {
                self.warn(&at.key(key), Code::UnreachableLimit, key);
            }
        }
        for key in ["perPage", "perVisit", "perDay"] {
            if own(key) == Some(0.0) {
                self.warn(&at.key(key), Code::Contradiction, key);
            }
        }
    }

    /// Names that decide who is drawn: beyond ASCII they are easily typed in two ways.
    fn seeds(&mut self) {
        let rules = self.rules;
        let at = At::ROOT.key("rules");
        for rule in &rules.rules {
            let at = at.index(rule.index);
            if rule.rollout < 1.0 && !rule.id.is_ascii() {
                self.warn(&at.key("id"), Code::NonAsciiSeed, &rule.id);
            }
            if let Some(experiment) = rule.experiment.as_ref().filter(|experiment| !experiment.key.is_ascii()) {
                self.warn(&at.key("experiment").key("key"), Code::NonAsciiSeed, &experiment.key);
            }
        }
        if let Some(holdout) = rules.holdout.as_ref().filter(|holdout| !holdout.seed.is_ascii()) {
            self.warn(&At::ROOT.key("holdout").key("seed"), Code::NonAsciiSeed, &holdout.seed);
        }
    }
}
