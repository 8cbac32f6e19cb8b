//! A feature: its rules in order, then its default value.

use super::{Evaluation, FeatureResult, MAX_FEATURES, MAX_PREREQUISITES, Settings, Source, within};
use crate::bucketing;
use crate::value::Value;

/// The keys that a rule hands to its experiment when they say something.
const HANDED_ON: [&str; 15] = [
    "weights",
    "hashAttribute",
    "fallbackAttribute",
    "disableStickyBucketing",
    "namespace",
    "meta",
    "ranges",
    "name",
    "phase",
    "seed",
    "hashVersion",
    "filters",
    "condition",
    "bucketVersion",
    "minBucketVersion",
];

/// What the prerequisites of a rule say.
pub(super) enum Parents {
    Met,
    Unmet,
    /// And nothing else of the feature may be tried.
    Blocking,
    Cyclic,
}

impl Evaluation<'_, '_> {
    pub(super) fn feature(&mut self, key: &str) -> FeatureResult {
        self.decided += 1;
        let endless = self.stack.len() >= MAX_PREREQUISITES || self.decided > MAX_FEATURES;
        if endless || self.stack.iter().any(|above| above == key) {
            return FeatureResult::plain(Value::Null, Source::CyclicPrerequisite);
        }
        self.stack.push(key.into());
        let result = self.rules(key);
        self.stack.pop();
        result
    }

    fn rules(&mut self, key: &str) -> FeatureResult {
        let Some(feature) = self.context.features.get(key) else {
            return FeatureResult::plain(Value::Null, Source::UnknownFeature);
        };
        for rule in feature.get("rules").and_then(Value::as_list).unwrap_or(&[]) {
            let settings = Settings(rule);
            match self.parents(settings) {
                Parents::Met => {}
                Parents::Unmet => continue,
                Parents::Blocking => return FeatureResult::plain(Value::Null, Source::Prerequisite),
                Parents::Cyclic => return FeatureResult::plain(Value::Null, Source::CyclicPrerequisite),
            }
            if settings.list("filters").is_some_and(|filters| self.filtered_out(filters)) {
                continue;
            }
            if let Some(result) = self.rule(key, rule) {
                return FeatureResult { rule: settings.text("id").unwrap_or("").into(), ..result };
            }
        }
        FeatureResult::plain(feature.get("defaultValue").cloned().unwrap_or_default(), Source::DefaultValue)
    }

    pub(super) fn parents(&mut self, settings: Settings<'_>) -> Parents {
        for parent in settings.list("parentConditions").unwrap_or(&[]) {
            let parent = Settings(parent);
            let result = self.feature(parent.text("id").unwrap_or(""));
            if result.source == Source::CyclicPrerequisite {
                return Parents::Cyclic;
            }
            let subject = Value::Map(vec![("value".into(), result.value)]);
            if !parent.get("condition").is_none_or(|condition| self.holds(condition, &subject)) {
                return if parent.is("gate") { Parents::Blocking } else { Parents::Unmet };
            }
        }
        Parents::Met
    }

    /// What one rule says; `None`: the next one decides.
    fn rule(&mut self, key: &str, rule: &Value) -> Option<FeatureResult> {
        let settings = Settings(rule);
        if let Some(value) = rule.get("force") {
            let applies =
                settings.get("condition").is_none_or(|condition| self.holds(condition, self.context.attributes));
            let forced = applies && self.rolled_out(key, settings);
            return forced.then(|| FeatureResult::plain(value.clone(), Source::Force));
        }
        let mut experiment = experiment(key, rule)?;
        let leaf = settings.text("contextualBanditRef").and_then(|name| self.leaf(name, Settings(&experiment)));
        if let (Some(leaf), Value::Map(entries)) = (&leaf, &mut experiment) {
            entries.retain(|(key, _)| key != "weights");
            entries.push(("weights".into(), leaf.weights.clone()));
        }
        let mut result = self.run(&experiment, Some(key));
        result.leaf = leaf.filter(|_| result.assignment.is_hashed());
        if let (Some(leaf), Value::Map(entries)) = (&result.leaf, &mut experiment) {
            entries.push(("contextualBandit".into(), Value::Map(leaf.entries())));
        }
        let decisive = result.assignment.is_in() && !result.passthrough;
        decisive.then(|| FeatureResult {
            value: result.value.clone(),
            source: Source::Experiment,
            rule: String::new(),
            experiment: Some((experiment, result)),
        })
    }

    fn rolled_out(&self, key: &str, settings: Settings<'_>) -> bool {
        let range = settings.get("range").map(super::range);
        let coverage = settings.number("coverage");
        if range.is_none() && coverage.is_none_or(|coverage| coverage == 0.0) {
            return coverage.is_none();
        }
        let identity = self.identity(settings.text("hashAttribute"), self.fallback(&settings));
        let Some(value) = identity.value else { return false };
        let seed = settings.text("seed").unwrap_or(key);
        let Some(bucket) = bucketing::hash(seed, &self.text(value), settings.version(1)) else { return false };
        match range {
            Some(range) => range.is_some_and(|range| within(bucket, range)),
            None => coverage.is_none_or(|coverage| bucket <= coverage),
        }
    }
}

/// The experiment of a rule, when it is one.
fn experiment(key: &str, rule: &Value) -> Option<Value> {
    let settings = Settings(rule);
    let variations = settings.get("contextualVariations").or_else(|| settings.get("variations"))?;
    let name = settings.get("key").cloned().unwrap_or_else(|| key.into());
    let mut entries = vec![("variations".into(), variations.clone()), ("key".into(), name)];
    if let Some(coverage) = rule.get("coverage") {
        entries.push(("coverage".into(), coverage.clone()));
    }
    for key in HANDED_ON {
        // A version of zero is said all the same.
        let said = if key.ends_with("ucketVersion") { rule.get(key) } else { settings.get(key) };
        entries.extend(said.map(|value| (key.into(), value.clone())));
    }
    Some(Value::Map(entries))
}
