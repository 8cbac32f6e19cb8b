//! Contextual bandits: weights that depend on who the person is.

use super::{Evaluation, Settings};
use crate::bucketing::equal_weights;
use crate::value::Value;

/// The leaf of people whom no context describes.
const FALLBACK: f64 = -1.0;

/// The weights that hold for one person, and where they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// Number of the context; -1 when none fits.
    pub id: Value,
    /// One weight for each variation.
    pub weights: Value,
    /// Version of the definition.
    pub version: Option<Value>,
}

impl Leaf {
    /// In the form of GrowthBook's SDKs.
    pub(super) fn entries(&self) -> Vec<(String, Value)> {
        let mut entries = vec![("leafId".into(), self.id.clone()), ("variationWeights".into(), self.weights.clone())];
        entries.extend(self.version.clone().map(|version| ("banditVersion".into(), version)));
        entries
    }
}

impl Evaluation<'_, '_> {
    /// The first context that holds, or the experiment's own weights. `None` for a definition that does not exist.
    pub(super) fn leaf(&self, name: &str, experiment: Settings<'_>) -> Option<Leaf> {
        let definition = self.context.contextual_bandits.get(name)?;
        let version = definition.get("banditVersion").cloned();
        let contexts = definition.get("contexts").and_then(Value::as_list).unwrap_or(&[]);
        let holds = |context: &&Value| {
            Settings(context).get("condition").is_none_or(|condition| self.holds(condition, self.context.attributes))
        };
        let part = |context: &Value, key| context.get(key).cloned().unwrap_or_default();
        Some(match contexts.iter().find(holds) {
            Some(context) => Leaf { id: part(context, "leafId"), weights: part(context, "weights"), version },
            None => {
                let count = experiment.list("variations").map_or(0, <[Value]>::len);
                let equal = || Value::List(equal_weights(count as i32).into_iter().map(Value::Number).collect());
                let weights = experiment.get("weights").cloned().unwrap_or_else(equal);
                Leaf { id: Value::Number(FALLBACK), weights, version }
            }
        })
    }
}
