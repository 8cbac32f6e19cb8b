//! Sticky buckets: which variation somebody once had, so that a change of weights moves nobody.

use super::Settings;
use crate::value::Value;

/// Documents in GrowthBook's form, each `{"attributeName": …, "attributeValue": …, "assignments": {"key__version": …}}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StickyBuckets {
    documents: Vec<Document>,
}

#[derive(Clone, Debug, PartialEq)]
struct Document {
    attribute: String,
    value: String,
    /// From `experiment__version` to the key of a variation.
    assignments: Vec<(String, Value)>,
}

/// What is known of somebody's earlier part in an experiment.
pub(super) enum Kept {
    Nothing,
    /// By index.
    Variation(usize),
    /// Took part in a version that was since excluded.
    Blocked,
}

impl StickyBuckets {
    /// Reads stored documents; what has not their form is left out.
    pub fn from_documents(documents: &[Value]) -> StickyBuckets {
        let read = |document: &Value| {
            Some(Document {
                attribute: document.get("attributeName")?.as_str()?.into(),
                value: document.get("attributeValue")?.as_str()?.into(),
                assignments: document.get("assignments")?.as_map()?.to_vec(),
            })
        };
        StickyBuckets { documents: documents.iter().filter_map(read).collect() }
    }

    /// All documents, under `attribute||value` each.
    pub fn to_value(&self) -> Value {
        let entry = |document: &Document| {
            let value = Value::Map(vec![
                ("attributeName".into(), document.attribute.as_str().into()),
                ("attributeValue".into(), document.value.as_str().into()),
                ("assignments".into(), Value::Map(document.assignments.clone())),
            ]);
            (format!("{}||{}", document.attribute, document.value), value)
        };
        Value::Map(self.documents.iter().map(entry).collect())
    }

    /// Keeps the documents of one person: of the attributes that the experiments in `features` go by.
    #[must_use]
    pub fn of_person(mut self, features: &Value, attributes: &Value) -> StickyBuckets {
        let mut names: Vec<&str> = Vec::new();
        for (_, feature) in features.as_map().unwrap_or(&[]) {
            let rules = feature.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().map(Settings);
            for rule in rules.filter(|rule| rule.is("variations") || rule.is("contextualVariations")) {
                names.push(rule.text("hashAttribute").unwrap_or("id"));
                names.extend(rule.text("fallbackAttribute"));
            }
        }
        self.documents.retain(|document| {
            names.contains(&document.attribute.as_str())
                && attributes.get(&document.attribute).and_then(Value::as_str) == Some(&document.value)
        });
        self
    }

    fn document(&self, (attribute, value): (&str, &str)) -> Option<&Document> {
        self.documents.iter().find(|document| document.attribute == attribute && document.value == value)
    }

    /// What the owners, most important first, had in this experiment.
    pub(super) fn find(&self, experiment: Settings<'_>, owners: &[(&str, &str)]) -> Kept {
        let key = experiment.text("key").unwrap_or("");
        let assigned = |version: f64| {
            let name = slot(key, version);
            owners.iter().filter_map(|owner| self.document(*owner)).find_map(|document| document.get(&name))
        };
        let least = experiment.number("minBucketVersion").unwrap_or(0.0);
        if self.has_below(key, least, owners) {
            return Kept::Blocked;
        }
        let Some(variation) = assigned(experiment.number("bucketVersion").unwrap_or(0.0)) else { return Kept::Nothing };
        let metas = experiment.list("meta").unwrap_or(&[]);
        let place = metas.iter().position(|meta| meta.get("key") == Some(variation));
        place.map_or(Kept::Nothing, Kept::Variation)
    }

    /// Looks at what is there, not at every version below: `least` comes from a file and may be huge.
    fn has_below(&self, key: &str, least: f64, owners: &[(&str, &str)]) -> bool {
        let blocked = |name: &str| {
            let version = name.strip_prefix(key).and_then(|rest| rest.strip_prefix("__"));
            version.and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| f64::from(version) < least)
        };
        let documents = owners.iter().filter_map(|owner| self.document(*owner));
        documents.flat_map(|document| &document.assignments).any(|(name, _)| blocked(name))
    }

    pub(super) fn keep(&mut self, attribute: &str, value: &str, key: &str, version: f64, variation: &str) {
        let name = slot(key, version);
        let known = self.documents.iter_mut().find(|d| d.attribute == attribute && d.value == value);
        let assignments = match known {
            Some(document) => &mut document.assignments,
            None => {
                let document = Document { attribute: attribute.into(), value: value.into(), assignments: Vec::new() };
                self.documents.push(document);
                let Some(document) = self.documents.last_mut() else { return };
                &mut document.assignments
            }
        };
        assignments.retain(|(known, _)| *known != name);
        assignments.push((name, variation.into()));
    }
}

impl Document {
    fn get(&self, name: &str) -> Option<&Value> {
        crate::value::lookup(&self.assignments, name)
    }
}

fn slot(key: &str, version: f64) -> String {
    format!("{key}__{}", crate::number::print(version))
}
