//! The sections about feature flags and experiments.

use super::Case;
use crate::condition::Semantics;
use crate::experiment::{self, Context, Mode, StickyBuckets};
use crate::host::Host;
use crate::value::Value;

impl Case<'_> {
    /// `[name, context, feature, expected result]`
    pub(super) fn feature(&self, semantics: Semantics, host: &dyn Host) -> bool {
        let result = experiment::feature(&context(self.at(1), semantics, host), self.text(2), None);
        alike(&result.to_value(), self.at(3))
    }

    /// `[name, context, experiment, expected value, in experiment, hash used]`
    pub(super) fn run(&self, semantics: Semantics, host: &dyn Host) -> bool {
        let result = experiment::run(&context(self.at(1), semantics, host), self.at(2), None);
        alike(&result.value, self.at(3))
            && Some(result.assignment.is_in()) == self.at(4).as_bool()
            && Some(result.assignment.is_hashed()) == self.at(5).as_bool()
    }

    /// `[name, context, documents, feature, expected result of the experiment or null, expected documents]`
    pub(super) fn sticky_bucket(&self, semantics: Semantics, host: &dyn Host) -> bool {
        let context = context(self.at(1), semantics, host);
        let documents = StickyBuckets::from_documents(self.at(2).as_list().unwrap_or(&[]));
        let mut sticky = documents.of_person(context.features, context.attributes);
        let result = experiment::feature(&context, self.text(3), Some(&mut sticky));
        let result = result.experiment.map_or(Value::Null, |(_, result)| result.to_value());
        alike(&result, self.at(4)) && alike(&sticky.to_value(), self.at(5))
    }

    /// `[name, text, key, expected text or null]`
    pub(super) fn decrypt(&self) -> bool {
        let text = experiment::decrypt(self.text(1), self.text(2));
        text.map_or(Value::Null, Value::String) == *self.at(3)
    }
}

fn context<'a>(given: &'a Value, semantics: Semantics, host: &'a dyn Host) -> Context<'a> {
    let part = |name| given.get(name).unwrap_or(&Value::Null);
    let mode = match (part("enabled").as_bool(), part("qaMode").as_bool()) {
        (Some(false), _) => Mode::Disabled,
        (_, Some(true)) => Mode::OnlyForced,
        _ => Mode::Live,
    };
    Context {
        attributes: part("attributes"),
        features: part("features"),
        saved_groups: part("savedGroups"),
        contextual_bandits: part("contextualBandits"),
        forced_variations: part("forcedVariations"),
        url: part("url").as_str().unwrap_or(""),
        mode,
        semantics,
        host,
    }
}

/// Equal but for the order of keys.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| b.get(key).is_some_and(|other| alike(value, other)))
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| alike(a, b))
        }
        _ => a == b,
    }
}
