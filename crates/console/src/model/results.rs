//! What rules brought: the report that is asked for, and what to do when it says little.

use std::rc::Rc;

use chinwag_conversation::Elapsed;
use serde::Deserialize;

use super::{Console, Effect, RELOAD_MS, Route, problem::Problem};

/// How many days are looked at, today included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    Week,
    #[default]
    Month,
    Quarter,
    Year,
}

impl Span {
    pub const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// Whole weeks, so that every weekday counts as often as the others.
    #[must_use]
    pub fn days(self) -> u32 {
        match self {
            Self::Week => 7,
            Self::Month => 28,
            Self::Quarter => 91,
            Self::Year => 364,
        }
    }
}

/// Which report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The first site while nobody has chosen.
    pub site: Option<String>,
    pub span: Span,
}

/// The server's report on a site.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Report {
    pub site: String,
    pub sites: Vec<String>,
    /// First and last day, like 2026-11-20.
    pub from: String,
    pub to: String,
    pub rules: Vec<RuleResults>,
}

/// One rule, with a row for each variation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RuleResults {
    pub id: String,
    pub name: String,
    pub goal: Option<String>,
    /// Whether the file of today has it.
    pub published: bool,
    pub rows: Vec<Row>,
}

/// Counts are visits, rates from 0 to 1 and absent where nothing was counted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Row {
    pub variation: Option<String>,
    pub displayed: u64,
    pub opened: u64,
    pub dismissed: u64,
    pub replied: u64,
    pub goal: u64,
    /// Visits of those who are shown nothing, to compare with.
    pub held: u64,
    pub held_goal: u64,
    pub rates: Rates,
    pub lift: Lift,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Rates {
    pub opened: Option<f64>,
    pub dismissed: Option<f64>,
    pub replied: Option<f64>,
    pub goal: Option<f64>,
    pub held_goal: Option<f64>,
}

/// Displayed against control, as a difference from -1 to 1 with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Lift {
    pub verdict: Verdict,
    #[serde(default)]
    pub difference: Option<f64>,
    #[serde(default)]
    pub low: Option<f64>,
    #[serde(default)]
    pub high: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    NoGoal,
    NoControl,
    TooFew,
    Unclear,
    Better,
    Worse,
}

/// What the site has to do before the report can say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// No rule shows anything.
    Rules,
    /// Nothing was counted: visitors have to allow it.
    Consent,
    /// No rule names a goal.
    Goal,
    /// Nobody is shown nothing, so there is nothing to compare with.
    Control,
}

impl Report {
    /// The next step, when there is one.
    #[must_use]
    pub fn hint(&self) -> Option<Hint> {
        let rows = || self.rules.iter().flat_map(|rule| &rule.rows);
        if self.rules.is_empty() {
            Some(Hint::Rules)
        } else if rows().all(|row| row.displayed + row.held == 0) {
            Some(Hint::Consent)
        } else if rows().all(|row| row.lift.verdict == Verdict::NoGoal) {
            Some(Hint::Goal)
        } else if rows().all(|row| matches!(row.lift.verdict, Verdict::NoGoal | Verdict::NoControl)) {
            Some(Hint::Control)
        } else {
            None
        }
    }

    /// The end of the axis that all differences are drawn on: the smallest of these that holds four of five intervals.
    /// A rule that was hardly shown would else make dots of all the others.
    #[must_use]
    pub fn reach(&self) -> f64 {
        let lifts = self.rules.iter().flat_map(|rule| &rule.rows).map(|row| &row.lift);
        let ends = lifts.filter_map(|lift| Some(lift.low?.abs().max(lift.high?.abs())));
        let mut ends: Vec<f64> = ends.collect();
        ends.sort_by(f64::total_cmp);
        let most = ends.get((ends.len() * 4).div_ceil(5).saturating_sub(1)).copied().unwrap_or(0.0);
        [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].into_iter().find(|reach| *reach >= most).unwrap_or(1.0)
    }
}

/// Where the report stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReportLoad {
    #[default]
    Untouched,
    Loading,
    Ready,
    Failed {
        problem: Problem,
        at: Elapsed,
    },
}

/// The page of results. The last report stays in view while another one is loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    pub ask: Ask,
    pub report: Option<Rc<Report>>,
    pub load: ReportLoad,
}

impl Console {
    /// Loads the report when it is in view and not there, or failed for a reason that may have passed.
    pub(super) fn settle_results(&mut self, effects: &mut Vec<Effect>) {
        let due = |at: Elapsed| self.now.elapsed.since(at) >= RELOAD_MS;
        let wanted = match &self.results.load {
            ReportLoad::Untouched => true,
            ReportLoad::Failed { problem, at } => problem.may_pass() && due(*at),
            ReportLoad::Loading | ReportLoad::Ready => false,
        };
        if wanted && self.route == Route::Results {
            self.results.load = ReportLoad::Loading;
            effects.push(Effect::LoadReport(self.results.ask.clone()));
        }
    }

    pub(super) fn report_arrived(&mut self, ask: Ask, answer: Result<Report, Problem>, effects: &mut Vec<Effect>) {
        if ask != self.results.ask || self.me().is_none() {
            return;
        }
        match answer {
            Ok(report) => {
                self.results.report = Some(Rc::new(report));
                self.results.load = ReportLoad::Ready;
            }
            Err(problem) => {
                self.check(&problem, effects);
                self.results.load = ReportLoad::Failed { problem, at: self.now.elapsed };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(displayed: u64, verdict: Verdict, ends: Option<(f64, f64)>) -> Row {
        let rates = Rates { opened: None, dismissed: None, replied: None, goal: None, held_goal: None };
        let lift = Lift { verdict, difference: None, low: ends.map(|ends| ends.0), high: ends.map(|ends| ends.1) };
        let (opened, dismissed, replied, goal, held, held_goal) = (0, 0, 0, 0, 0, 0);
        Row { variation: None, displayed, opened, dismissed, replied, goal, held, held_goal, rates, lift }
    }

    fn report(rows: Vec<Row>) -> Report {
        let rule = RuleResults { id: "r".into(), name: "R".into(), goal: None, published: true, rows };
        let rules = if rule.rows.is_empty() { vec![] } else { vec![rule] };
        Report { site: "demo".into(), sites: vec!["demo".into()], from: String::new(), to: String::new(), rules }
    }

    #[test]
    fn a_report_that_says_little_says_what_to_do() {
        assert_eq!(report(vec![]).hint(), Some(Hint::Rules));
        assert_eq!(report(vec![row(0, Verdict::NoGoal, None)]).hint(), Some(Hint::Consent));
        assert_eq!(report(vec![row(5, Verdict::NoGoal, None)]).hint(), Some(Hint::Goal));
        let some = vec![row(5, Verdict::NoGoal, None), row(5, Verdict::NoControl, None)];
        assert_eq!(report(some).hint(), Some(Hint::Control));
        assert_eq!(report(vec![row(5, Verdict::TooFew, None)]).hint(), None);
    }

    #[test]
    fn one_rule_of_chance_does_not_make_dots_of_the_others() {
        let reach = |ends: &[(f64, f64)]| {
            let rows = ends.iter().map(|ends| row(5, Verdict::Unclear, Some(*ends))).collect();
            (report(rows).reach() * 100.0).round()
        };
        assert_eq!(reach(&[]), 1.0);
        assert_eq!(reach(&[(-0.9, -0.6)]), 100.0);
        assert_eq!(reach(&[(0.01, 0.04), (-0.12, -0.02)]), 20.0);
        assert_eq!(reach(&[(0.0, 0.01), (0.0, 0.02), (0.0, 0.01), (0.0, 0.04), (-0.6, 0.6)]), 5.0);
    }
}
