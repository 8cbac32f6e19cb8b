//! What to do where one word at one place tells what was meant.

use super::{Code, Problem, times, written};
use crate::value::Value;
use crate::vocabulary::RULE;

/// A kind of problem, where it is (a step `*` is any), the words that are written there, and the whole hint.
type Advice = (Code, &'static str, &'static [&'static str], &'static str);

const ADVICE: &[Advice] = &[
    (
        Code::UnknownKey,
        "/rules/*/limits/*",
        &["gap", "inConversation"],
        "it is a setting of the file, for all rules together: put it under `limits` at the top, beside `rules`",
    ),
    (
        Code::UnknownKey,
        "/limits/*",
        &["ever", "afterConversation"],
        "it is a setting of a rule: put it under the `limits` of one of the `rules`",
    ),
    (
        Code::UnknownKey,
        "/rules/*/*",
        &["disabled", "off", "inactive"],
        "to switch the rule off, write `\"enabled\": false`",
    ),
    (
        Code::UnknownSignal,
        "",
        &["hidden", "blur", "visibilitychange", "tab-hidden"],
        "nothing can be shown in a tab that nobody looks at; wait for `\"return\"`, which is when it is looked at again",
    ),
    (
        Code::UnknownSignal,
        "",
        &["hover", "mouseover", "mouseenter"],
        "there is none for that; `{ \"visible\": \"#prices\" }` is when an element is on screen, and `click` when it is clicked",
    ),
    (
        Code::UnknownSignal,
        "",
        &["back", "backbutton", "popstate"],
        "there is none for the Back button; `exit` is when the mouse leaves the page through the top",
    ),
];

/// What opening hours are made of.
const HOURS: [&str; 7] = ["week", "open", "closed", "zone", "hours", "days", "daily"];

impl Problem {
    /// The whole hint, where there is a table entry for this word.
    pub(super) fn advice(&self, file: &Value) -> Option<String> {
        if self.code == Code::UnknownKey {
            let parent = written::last(&self.path).0;
            if fits("/rules/*/schedule", parent) && self.is_hours(written::at(file, parent)) {
                return Some(
                    "hours stand at the top of the file under a name, `\"schedules\": { \"office\": { \"week\": … } }`, and the rule has that name: `\"schedule\": \"office\"`".into(),
                );
            }
            if let ([signal], true, false) = (&*self.words(), parent.contains("/on"), self.is_setting_of_rules()) {
                return Some(format!("remove it: `{signal}` has no further settings"));
            }
        }
        let word = self.subject.as_str();
        let entry = ADVICE.iter().find(|(code, place, words, _)| {
            *code == self.code && words.contains(&word) && (place.is_empty() || fits(place, &self.path))
        });
        entry.map(|(.., hint)| (*hint).into())
    }

    fn is_setting_of_rules(&self) -> bool {
        RULE.iter().any(|word| word.name == self.subject)
    }

    /// Is this about opening hours, or about something beside them?
    fn is_hours(&self, slot: Option<&Value>) -> bool {
        let beside = slot.and_then(Value::as_map).unwrap_or(&[]).iter().map(|(key, _)| key.as_str());
        beside.chain([self.subject.as_str()]).any(|key| HOURS.contains(&key) || times::days(key).is_some())
    }
}

/// Does the JSON pointer lead to such a place?
fn fits(place: &str, pointer: &str) -> bool {
    let steps = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (place, pointer) = (steps(place), steps(pointer));
    place.len() == pointer.len() && place.iter().zip(&pointer).all(|(wanted, step)| wanted == "*" || wanted == step)
}
