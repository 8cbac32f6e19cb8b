//! Runs a test suite in the form of GrowthBook's `cases.json`, for `chinwag rules conformance` and for browsers.

mod experiments;

use crate::bucketing;
use crate::condition::{Condition, Semantics, Truth};
use crate::experiment::range;
use crate::host::Host;
use crate::value::Value;

/// The sections that this crate claims. The other one of the published suite, `urlRedirect`, is about what Chinwag never
/// does: sending visitors to another address.
pub const SECTIONS: [&str; 12] = [
    "evalCondition",
    "hash",
    "getBucketRange",
    "chooseVariation",
    "getEqualWeights",
    "inNamespace",
    "getQueryStringOverride",
    "feature",
    "contextualBandit",
    "run",
    "stickyBucket",
    "decrypt",
];

/// The result of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name in the suite.
    pub name: String,
    /// Cases as expected.
    pub passed: usize,
    /// All cases.
    pub total: usize,
    /// The names of the others.
    pub failures: Vec<String>,
    /// Does this crate claim it? The others are counted but not run.
    pub claimed: bool,
}

/// Runs every section of `suite`. In strict semantics, unknown counts as false: it is never true.
pub fn run(suite: &Value, semantics: Semantics, host: &dyn Host) -> Vec<Section> {
    let mut sections = Vec::new();
    for (name, cases) in suite.as_map().unwrap_or(&[]) {
        let Some(cases) = cases.as_list() else { continue };
        let claimed = SECTIONS.contains(&name.as_str());
        let mut section = Section { name: name.clone(), passed: 0, total: cases.len(), failures: Vec::new(), claimed };
        for (index, case) in cases.iter().enumerate().filter(|_| claimed) {
            let case = Case { fields: case.as_list().unwrap_or(&[]) };
            if case.passes(name, semantics, host) {
                section.passed += 1;
            } else {
                section.failures.push(case.name(index));
            }
        }
        sections.push(section);
    }
    sections
}

struct Case<'a> {
    fields: &'a [Value],
}

impl Case<'_> {
    fn at(&self, index: usize) -> &Value {
        self.fields.get(index).unwrap_or(&Value::Null)
    }

    fn text(&self, index: usize) -> &str {
        self.at(index).as_str().unwrap_or("")
    }

    fn number(&self, index: usize) -> f64 {
        self.at(index).as_f64().unwrap_or(f64::NAN)
    }

    fn name(&self, index: usize) -> String {
        match self.at(0) {
            Value::String(name) if !name.is_empty() => name.clone(),
            _ => format!("#{index}"),
        }
    }

    fn passes(&self, section: &str, semantics: Semantics, host: &dyn Host) -> bool {
        match section {
            "evalCondition" => {
                let (condition, _) = Condition::compile(self.at(1), self.at(4), host);
                let truth = condition.eval(self.at(2), semantics, host);
                self.at(3).as_bool() == Some(truth == Truth::True)
            }
            "hash" => {
                let hash = bucketing::hash(self.text(0), self.text(1), self.number(2) as u32);
                hash.map_or(Value::Null, Value::Number) == *self.at(3)
            }
            "getBucketRange" => {
                let given = Case { fields: self.at(1).as_list().unwrap_or(&[]) };
                let weights = given.at(2).as_list().map(numbers);
                let ranges = bucketing::bucket_ranges(given.number(0) as i32, given.number(1), weights.as_deref());
                let expected = ranges_of(self.at(2));
                ranges.len() == expected.len()
                    && ranges.iter().zip(&expected).all(|(a, b)| floor(a.0) == floor(b.0) && floor(a.1) == floor(b.1))
            }
            "chooseVariation" => {
                let chosen = bucketing::choose_variation(self.number(1), &ranges_of(self.at(2)));
                chosen.map_or(-1.0, |index| index as f64) == self.number(3)
            }
            "getEqualWeights" => {
                let weights: Vec<f64> =
                    bucketing::equal_weights(self.number(0) as i32).into_iter().map(floor).collect();
                let expected: Vec<f64> = self.at(1).as_list().map(numbers).unwrap_or_default();
                weights == expected.into_iter().map(floor).collect::<Vec<f64>>()
            }
            "inNamespace" => {
                let space = Case { fields: self.at(2).as_list().unwrap_or(&[]) };
                let inside = bucketing::in_namespace(self.text(1), space.text(0), space.number(1), space.number(2));
                self.at(3).as_bool() == Some(inside)
            }
            "getQueryStringOverride" => {
                let index = bucketing::query_string_override(self.text(1), self.text(2), self.number(3) as i32);
                index.map_or(Value::Null, |index| Value::Number(f64::from(index))) == *self.at(4)
            }
            "feature" | "contextualBandit" => self.feature(semantics, host),
            "run" => self.run(semantics, host),
            "stickyBucket" => self.sticky_bucket(semantics, host),
            "decrypt" => self.decrypt(),
            _ => false,
        }
    }
}

fn numbers(items: &[Value]) -> Vec<f64> {
    items.iter().filter_map(Value::as_f64).collect()
}

fn ranges_of(value: &Value) -> Vec<(f64, f64)> {
    value.as_list().unwrap_or(&[]).iter().filter_map(range).collect()
}

/// The suite compares after cutting to eight decimals.
fn floor(number: f64) -> f64 {
    (number * 1e8).floor()
}
