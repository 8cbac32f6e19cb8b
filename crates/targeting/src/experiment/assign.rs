//! An experiment: who takes part, and with which variation.

use super::feature::Parents;
use super::sticky::Kept;
use super::{Assignment, Evaluation, ExperimentResult, Mode, Settings};
use crate::bucketing;
use crate::value::Value;

impl Evaluation<'_, '_> {
    pub(super) fn run(&mut self, experiment: &Value, feature: Option<&str>) -> ExperimentResult {
        let settings = Settings(experiment);
        let (index, assignment) = self.assign(settings);
        let result = self.describe(settings, feature, index, assignment);
        if matches!(assignment, Assignment::Hashed { .. } | Assignment::Kept { .. }) && self.sticks(&settings) {
            let text = self.text(&result.hash_value);
            let version = settings.number("bucketVersion").unwrap_or(0.0);
            let key = settings.text("key").unwrap_or("");
            if let Some(sticky) = self.sticky.as_deref_mut() {
                sticky.keep(&result.hash_attribute, &text, key, version, &result.key);
            }
        }
        result
    }

    fn assign(&mut self, settings: Settings<'_>) -> (usize, Assignment) {
        let nobody = (0, Assignment::Excluded);
        let key = settings.text("key").unwrap_or("");
        let count = settings.list("variations").map_or(0, <[Value]>::len);
        let forced = |index: f64| {
            let valid = index >= 0.0 && index < count as f64 && index.trunc() == index;
            if valid { (index as usize, Assignment::Forced) } else { nobody }
        };
        if count < 2 || self.context.mode == Mode::Disabled {
            return nobody;
        }
        if let Some(index) = bucketing::query_string_override(key, self.context.url, count as i32) {
            return forced(f64::from(index));
        }
        if let Some(index) = self.context.forced_variations.get(key) {
            return forced(index.as_f64().unwrap_or(-1.0));
        }
        let status = settings.text("status").unwrap_or("");
        if status == "draft" || settings.0.get("active").and_then(Value::as_bool) == Some(false) {
            return nobody;
        }
        let identity = self.identity(settings.text("hashAttribute"), self.fallback(&settings));
        let Some(value) = identity.value.map(|value| self.text(value)) else { return nobody };
        let kept = self.kept(settings);
        if !matches!(kept, Kept::Variation(_)) && !self.admits(settings, &value) {
            return nobody;
        }
        let Some(bucket) = bucketing::hash(settings.text("seed").unwrap_or(key), &value, settings.version(1)) else {
            return nobody;
        };
        let (index, assignment) = match kept {
            Kept::Blocked => return (0, Assignment::Unenrolled),
            Kept::Variation(index) if index >= count => return nobody,
            Kept::Variation(index) => (index, Assignment::Kept { bucket }),
            Kept::Nothing => match bucketing::choose_variation(bucket, &ranges(settings, count)) {
                Some(index) => (index, Assignment::Hashed { bucket }),
                None => return nobody,
            },
        };
        if let Some(index) = settings.0.get("force") {
            return forced(index.as_f64().unwrap_or(-1.0));
        }
        if self.context.mode == Mode::OnlyForced || status == "stopped" {
            return nobody;
        }
        (index, assignment)
    }

    /// Filters or else the namespace, then the condition, then the prerequisites.
    fn admits(&mut self, settings: Settings<'_>, value: &str) -> bool {
        let inside = match (settings.list("filters"), settings.list("namespace")) {
            (Some(filters), _) => !self.filtered_out(filters),
            (None, Some([name, start, end])) => match (name.as_str(), start.as_f64(), end.as_f64()) {
                (Some(name), Some(start), Some(end)) => bucketing::in_namespace(value, name, start, end),
                _ => false,
            },
            (None, Some(_)) => false,
            (None, None) => true,
        };
        inside
            && settings.get("condition").is_none_or(|condition| self.holds(condition, self.context.attributes))
            && matches!(self.parents(settings), Parents::Met)
    }

    fn kept(&self, settings: Settings<'_>) -> Kept {
        let Some(sticky) = self.sticky.as_deref().filter(|_| self.sticks(&settings)) else { return Kept::Nothing };
        let owner = |attribute| {
            let identity = self.identity(attribute, None);
            (identity.attribute, identity.value.map(|value| self.text(value)).unwrap_or_default())
        };
        let first = owner(settings.text("hashAttribute"));
        let second = owner(settings.text("fallbackAttribute"));
        sticky.find(settings, &[(first.0, &first.1), (second.0, &second.1)])
    }

    fn describe(
        &self,
        settings: Settings<'_>,
        feature: Option<&str>,
        index: usize,
        assignment: Assignment,
    ) -> ExperimentResult {
        let identity = self.identity(settings.text("hashAttribute"), self.fallback(&settings));
        let meta = settings.list("meta").and_then(|all| all.get(index)).unwrap_or(&Value::Null);
        let meta = Settings(meta);
        let value = settings.list("variations").and_then(|all| all.get(index)).cloned().unwrap_or_default();
        ExperimentResult {
            key: meta.text("key").map_or_else(|| crate::number::integer(index as u64), String::from),
            name: meta.text("name").map(String::from),
            feature: feature.map(String::from),
            variation: index,
            value,
            hash_attribute: identity.attribute.into(),
            hash_value: identity.value.cloned().unwrap_or_else(|| "".into()),
            assignment,
            passthrough: meta.is("passthrough"),
            leaf: None,
        }
    }
}

fn ranges(settings: Settings<'_>, count: usize) -> Vec<(f64, f64)> {
    if settings.is("ranges") {
        return settings.ranges("ranges");
    }
    let weights: Option<Vec<f64>> =
        settings.list("weights").map(|weights| weights.iter().map(|w| w.as_f64().unwrap_or(f64::NAN)).collect());
    bucketing::bucket_ranges(count as i32, settings.number("coverage").unwrap_or(1.0), weights.as_deref())
}
