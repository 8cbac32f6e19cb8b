//! GrowthBook's feature flags and experiments, decided as its SDKs decide them, so that a site can move its experiments
//! here and check that nobody changes sides.
//!
//! Everything is read from the shapes that GrowthBook publishes. Of an experiment's keys, `urlPatterns`, `url`, `groups`
//! and `include` are not read.

mod assign;
mod bandit;
mod encrypted;
mod feature;
mod result;
mod sticky;

use crate::condition::{Condition, Semantics, Truth, View};
use crate::host::Host;
use crate::value::Value;
pub use bandit::Leaf;
pub use encrypted::{DecryptError, decrypt};
pub use result::{Assignment, ExperimentResult, FeatureResult, Source};
pub use sticky::StickyBuckets;

/// Longest chain of prerequisites; a longer one counts as a cycle.
pub const MAX_PREREQUISITES: usize = 100;

/// Whether experiments run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// They do.
    #[default]
    Live,
    /// Only what is forced (`qaMode`).
    OnlyForced,
    /// None does (`enabled: false`).
    Disabled,
}

/// What one person's features are decided from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Map from name to value.
    pub attributes: &'a Value,
    /// Map from key to `{"defaultValue": …, "rules": […]}`.
    pub features: &'a Value,
    /// Map from name to list.
    pub saved_groups: &'a Value,
    /// Map from name to `{"contexts": [{"leafId": …, "condition": …, "weights": […]}], "banditVersion": …}`.
    pub contextual_bandits: &'a Value,
    /// Map from the key of an experiment to the index of a variation.
    pub forced_variations: &'a Value,
    /// The page's address; `?key=1` forces a variation.
    pub url: &'a str,
    /// Whether experiments run.
    pub mode: Mode,
    /// How conditions treat what is missing; GrowthBook's way is `Reference`.
    pub semantics: Semantics,
    /// Compiles regular expressions.
    pub host: &'a dyn Host,
}

/// Decides the feature `key`.
///
/// With `sticky`, people keep the variation that they once had, and what is new is written there.
pub fn feature(context: &Context<'_>, key: &str, sticky: Option<&mut StickyBuckets>) -> FeatureResult {
    Evaluation::new(context, sticky).feature(key)
}

/// Runs one experiment (`{"key": …, "variations": […], …}`) outside a feature.
pub fn run(context: &Context<'_>, experiment: &Value, sticky: Option<&mut StickyBuckets>) -> ExperimentResult {
    Evaluation::new(context, sticky).run(experiment, None)
}

/// What a run of prerequisites may cost in all: features that share parents would else double it at every level.
const MAX_FEATURES: usize = 10_000;

struct Evaluation<'a, 's> {
    context: Context<'a>,
    sticky: Option<&'s mut StickyBuckets>,
    /// The features being decided, outermost first.
    stack: Vec<String>,
    decided: usize,
}

/// Who is bucketed: an attribute and its value.
struct Identity<'a> {
    attribute: &'a str,
    /// `None` when absent or falsy.
    value: Option<&'a Value>,
}

impl<'a, 's> Evaluation<'a, 's> {
    fn new(context: &Context<'a>, sticky: Option<&'s mut StickyBuckets>) -> Self {
        Evaluation { context: *context, sticky, stack: Vec::new(), decided: 0 }
    }

    fn holds(&self, condition: &Value, attributes: &Value) -> bool {
        let Context { saved_groups, semantics, host, .. } = self.context;
        let (condition, _) = Condition::compile(condition, saved_groups, host);
        condition.eval(attributes, semantics, host) == Truth::True
    }

    /// The attribute (`id` when none is named), or the fallback when only that has a value.
    fn identity<'b>(&self, attribute: Option<&'b str>, fallback: Option<&'b str>) -> Identity<'b>
    where
        'a: 'b,
    {
        let attribute = attribute.unwrap_or("id");
        let value = |name: &str| self.context.attributes.get(name).filter(|value| View::of(value).is_truthy());
        match (value(attribute), fallback) {
            (None, Some(other)) if value(other).is_some() => Identity { attribute: other, value: value(other) },
            (value, _) => Identity { attribute, value },
        }
    }

    /// A value as it is hashed and kept.
    fn text(&self, value: &Value) -> String {
        View::of(value).text(self.context.host)
    }

    /// The fallback counts only where assignments are kept.
    fn fallback<'b>(&self, of: &Settings<'b>) -> Option<&'b str> {
        if self.sticks(of) { of.text("fallbackAttribute") } else { None }
    }

    fn sticks(&self, settings: &Settings<'_>) -> bool {
        self.sticky.is_some() && !settings.is("disableStickyBucketing")
    }

    /// Outside all of the parts that `filters` allow?
    fn filtered_out(&self, filters: &[Value]) -> bool {
        filters.iter().map(Settings).any(|filter| {
            let identity = self.identity(filter.text("attribute"), None);
            let bucket = identity.value.and_then(|value| {
                let seed = filter.text("seed").unwrap_or("");
                crate::bucketing::hash(seed, &self.text(value), filter.version(2))
            });
            let inside = |bucket| filter.ranges("ranges").iter().any(|range| within(bucket, *range));
            !bucket.is_some_and(inside)
        })
    }
}

fn within(bucket: f64, (start, end): (f64, f64)) -> bool {
    bucket >= start && bucket < end
}

/// The keys of a rule, a filter or an experiment. What is empty, zero or false is as good as absent, as in JavaScript.
#[derive(Clone, Copy)]
struct Settings<'a>(&'a Value);

impl<'a> Settings<'a> {
    fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| View::of(value).is_truthy())
    }

    fn is(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn text(self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    fn number(self, key: &str) -> Option<f64> {
        self.0.get(key)?.as_f64()
    }

    fn list(self, key: &str) -> Option<&'a [Value]> {
        self.get(key)?.as_list()
    }

    /// Version of the hash function; what is no number is no version.
    fn version(self, default: u32) -> u32 {
        self.get("hashVersion").map_or(default, |version| version.as_f64().unwrap_or(0.0) as u32)
    }

    fn ranges(self, key: &str) -> Vec<(f64, f64)> {
        self.list(key).unwrap_or(&[]).iter().filter_map(range).collect()
    }
}

/// `[start, end]`.
pub(crate) fn range(value: &Value) -> Option<(f64, f64)> {
    match value.as_list()? {
        [start, end] => Some((start.as_f64()?, end.as_f64()?)),
        _ => None,
    }
}
