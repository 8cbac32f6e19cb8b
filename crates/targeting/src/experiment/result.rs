//! What came out, and its published form.

use super::Leaf;
use crate::value::Value;

/// Where the value of a feature comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// There is no such feature.
    UnknownFeature,
    /// No rule applied.
    DefaultValue,
    /// A rule forces it.
    Force,
    /// An experiment gave it.
    Experiment,
    /// A feature that this one needs is not as it must be.
    Prerequisite,
    /// Features need one another in a circle.
    CyclicPrerequisite,
}

impl Source {
    /// `unknownFeature`, `defaultValue`, `force`, `experiment`, `prerequisite` or `cyclicPrerequisite`.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::UnknownFeature => "unknownFeature",
            Source::DefaultValue => "defaultValue",
            Source::Force => "force",
            Source::Experiment => "experiment",
            Source::Prerequisite => "prerequisite",
            Source::CyclicPrerequisite => "cyclicPrerequisite",
        }
    }
}

/// A decided feature.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureResult {
    /// Its value for this person.
    pub value: Value,
    /// What decided it.
    pub source: Source,
    /// The id of the deciding rule; empty for none.
    pub rule: String,
    /// The experiment that gave the value, and its result.
    pub experiment: Option<(Value, ExperimentResult)>,
}

impl FeatureResult {
    pub(super) fn plain(value: Value, source: Source) -> FeatureResult {
        FeatureResult { value, source, rule: String::new(), experiment: None }
    }

    /// Is the value one that JavaScript calls true?
    pub fn is_on(&self) -> bool {
        crate::condition::View::of(&self.value).is_truthy()
    }

    /// In the form of GrowthBook's SDKs: `{"value": …, "on": …, "off": …, "source": …, "ruleId": …, …}`.
    pub fn to_value(&self) -> Value {
        let mut entries: Vec<(String, Value)> = vec![
            ("value".into(), self.value.clone()),
            ("on".into(), self.is_on().into()),
            ("off".into(), (!self.is_on()).into()),
            ("source".into(), self.source.as_str().into()),
            ("ruleId".into(), self.rule.as_str().into()),
        ];
        if let Some((experiment, result)) = &self.experiment {
            entries.push(("experiment".into(), experiment.clone()));
            entries.push(("experimentResult".into(), result.to_value()));
        }
        Value::Map(entries)
    }
}

/// How somebody came by a variation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assignment {
    /// Takes no part, and sees the first variation.
    Excluded,
    /// Took part in a version of the experiment that was since excluded.
    Unenrolled,
    /// By address, context or definition.
    Forced,
    /// By hash; `bucket` is from 0 to below 1.
    Hashed {
        /// Result of the hash.
        bucket: f64,
    },
    /// As kept from before.
    Kept {
        /// Result of the hash, which did not decide.
        bucket: f64,
    },
}

impl Assignment {
    /// Does this person take part?
    pub fn is_in(self) -> bool {
        !matches!(self, Assignment::Excluded | Assignment::Unenrolled)
    }

    /// Did the hash, now or earlier, decide?
    pub fn is_hashed(self) -> bool {
        matches!(self, Assignment::Hashed { .. } | Assignment::Kept { .. })
    }
}

/// The outcome of an experiment for one person.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentResult {
    /// The variation's own key, or its index as text.
    pub key: String,
    /// The variation's name.
    pub name: Option<String>,
    /// The feature that asked.
    pub feature: Option<String>,
    /// Index of the variation.
    pub variation: usize,
    /// The variation's value.
    pub value: Value,
    /// The attribute that people are told apart by.
    pub hash_attribute: String,
    /// Its value; the empty text when absent.
    pub hash_value: Value,
    /// How it came about.
    pub assignment: Assignment,
    /// The feature goes on to its next rule (holdouts).
    pub passthrough: bool,
    /// Of a contextual bandit: which weights the hash was held against.
    pub leaf: Option<Leaf>,
}

impl ExperimentResult {
    /// In the form of GrowthBook's SDKs.
    pub fn to_value(&self) -> Value {
        let kept = matches!(self.assignment, Assignment::Kept { .. } | Assignment::Unenrolled);
        let mut entries: Vec<(String, Value)> = vec![
            ("key".into(), self.key.as_str().into()),
            ("inExperiment".into(), self.assignment.is_in().into()),
            ("hashUsed".into(), self.assignment.is_hashed().into()),
            ("variationId".into(), Value::Number(self.variation as f64)),
            ("value".into(), self.value.clone()),
            ("hashAttribute".into(), self.hash_attribute.as_str().into()),
            ("hashValue".into(), self.hash_value.clone()),
            ("stickyBucketUsed".into(), kept.into()),
        ];
        entries.extend(self.feature.as_deref().map(|feature| ("featureId".into(), feature.into())));
        entries.extend(self.name.as_deref().map(|name| ("name".into(), name.into())));
        if let Assignment::Hashed { bucket } | Assignment::Kept { bucket } = self.assignment {
            entries.push(("bucket".into(), bucket.into()));
        }
        if self.passthrough {
            entries.push(("passthrough".into(), true.into()));
        }
        entries.extend(self.leaf.iter().flat_map(Leaf::entries));
        Value::Map(entries)
    }
}
