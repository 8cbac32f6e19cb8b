//! Caps and cool-downs, with the default manners.

use super::fields::Map;
use crate::problem::{Code, Expected, Severity};
use crate::rules::{InConversation, Limits, RuleLimits};
use crate::value::Value;

const MINUTE: f64 = 60_000.0;
const DAY: f64 = 86_400_000.0;

impl Map<'_, '_, '_> {
    /// The `limits` of the file.
    pub(super) fn limits(&mut self) -> Limits {
        // The default manners; each can be overridden.
        let mut limits = Limits {
            per_page: Some(1.0),
            per_visit: Some(2.0),
            per_day: Some(3.0),
            gap: MINUTE,
            after_dismiss: 30.0 * MINUTE,
            in_conversation: InConversation::Never,
        };
        let at = self.at.key("limits");
        const KEYS: &[&str] = &["perPage", "perVisit", "perDay", "gap", "afterDismiss", "inConversation"];
        if let Some(mut map) = self.child("limits", &at, KEYS) {
            map.cap("perPage", &mut limits.per_page);
            map.cap("perVisit", &mut limits.per_visit);
            map.cap("perDay", &mut limits.per_day);
            limits.gap = map.lasting("gap", limits.gap);
            limits.after_dismiss = map.lasting("afterDismiss", limits.after_dismiss);
            if map.pick("inConversation", &["never", "allow"]) == 1 {
                limits.in_conversation = InConversation::Allow;
            }
        }
        limits
    }

    /// The `limits` of a rule.
    pub(super) fn rule_limits(&mut self) -> RuleLimits {
        let mut limits = RuleLimits {
            per_page: None,
            per_visit: None,
            per_day: None,
            ever: None,
            after_dismiss: DAY,
            after_conversation: 7.0 * DAY,
        };
        let at = self.at.key("limits");
        const KEYS: &[&str] = &["perPage", "perVisit", "perDay", "ever", "afterDismiss", "afterConversation"];
        if let Some(mut map) = self.child("limits", &at, KEYS) {
            map.cap("perPage", &mut limits.per_page);
            map.cap("perVisit", &mut limits.per_visit);
            map.cap("perDay", &mut limits.per_day);
            map.cap("ever", &mut limits.ever);
            limits.after_dismiss = map.lasting("afterDismiss", limits.after_dismiss);
            limits.after_conversation = map.lasting("afterConversation", limits.after_conversation);
        }
        limits
    }

    /// A whole number, or `"unlimited"`.
    fn cap(&mut self, key: &str, cap: &mut Option<f64>) {
        match self.get(key) {
            None => {}
            Some(Value::Number(count)) if *count >= 0.0 && *count == count.trunc() => *cap = Some(*count),
            Some(Value::String(word)) if word == "unlimited" => *cap = None,
            Some(_) => {
                let expected = Expected::one_of(&["a whole number, or \"unlimited\""]);
                self.b.problems.add(Severity::Error, &self.at.key(key), Code::WrongType, "", expected);
            }
        }
    }
}
