//! What to do where one word at one place tells what was meant.

use super::{Code, Problem, times, written};
use crate::value::Value;
use crate::vocabulary::{FACTS, FORMS, Fact, RULE, fact_at};

/// A kind of problem, where it is (a step `*` is any, `…` any beginning), the words that are written there, and the whole hint.
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
        Code::UnknownKey,
        "/rules/*/*",
        &["timer", "scroll", "exit", "idle", "return", "visible", "click", "rage", "custom"],
        "what the rule waits for stands under `on`: `\"on\": { \"timer\": \"20s\" }`, or `\"on\": \"exit\"`",
    ),
    (
        Code::UnknownKey,
        "/rules/*/*",
        &["notify", "teaser", "badge", "prefill", "suggest", "route", "tag", "score", "track", "navigate"],
        "what happens stands under `do`: `\"do\": { \"notify\": { \"text\": \"Hello\" } }`, or a list of several",
    ),
    (
        Code::UnknownKey,
        "/rules/*/*",
        &["text", "title", "message", "replies", "buttons", "card", "popup"],
        "what the card says stands under `do`: `\"do\": { \"notify\": { \"text\": \"Hello\", \"buttons\": [ … ] } }`",
    ),
    (
        Code::UnknownKey,
        "/rules/*/*",
        &["perPage", "perVisit", "perDay", "ever", "afterDismiss", "afterConversation"],
        "how often it may be shown stands under `limits`: `\"limits\": { \"perVisit\": 1 }`",
    ),
    (
        Code::UnknownSignal,
        "",
        &["url", "path", "pathname", "where"],
        "pages are chosen by `where` in the rule: `\"where\": \"/pricing\"`; without `on` it is looked at on each of them",
    ),
    (
        Code::UnknownKey,
        "/rules/*/*",
        &["include", "exclude"],
        "it belongs into `where`: `\"where\": { \"include\": [\"/shop/*\"], \"exclude\": [\"/shop/sale\"] }`",
    ),
    (
        Code::UnknownKey,
        "/rules/*/where/*",
        &["url", "urls", "path", "page", "pages", "contains", "match", "matches", "equals"],
        "write the pattern of the pages alone: `\"where\": \"/shop/*\"`, or `\"where\": { \"regex\": \"^/shop/\" }`",
    ),
    (
        Code::UnknownKey,
        "…/buttons/*/*",
        &["url", "link", "href", "navigate", "action", "form", "open"],
        "what a button does stands under `do`: `\"open\"`, `\"dismiss\"`, `{ \"navigate\": \"/plans\" }` or `{ \"form\": \"lead\" }`",
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
        &["all", "and", "any", "or", "not"],
        "`on` is a list, of which any one is enough; what must hold besides belongs into `when`, such as `\"page.scroll\": { \"$gte\": 50 }`",
    ),
    (
        Code::UnknownLanguage,
        "",
        &["text", "name", "label", "title", "value", "message", "content", "default", "avatar"],
        "write the text alone, or one for each language: `{ \"en\": \"Hello\", \"fr\": \"Bonjour\" }`",
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
            if fits("/rules/*/audience", parent) && (self.subject.contains('.') || self.subject.starts_with('$')) {
                return Some(
                    "a condition belongs into `when`, or under `audiences` at the top with a name, and the rule has that name: `\"audience\": \"loyal\"`".into(),
                );
            }
            if fits("/rules/*/*", &self.path) && fact_or_family(&self.subject) {
                return Some("facts belong into `when`: `\"when\": { \"device.type\": \"phone\" }`".into());
            }
            if fits("/schedules/*", parent) && times::days(&self.subject).is_some() {
                return Some("days stand under `week`: `\"week\": { \"mon-fri\": [\"09:00-17:00\"] }`".into());
            }
            if let ([signal], true, false) = (&*self.words(), parent.contains("/on"), self.is_setting_of_rules()) {
                return Some(format!("remove it: `{signal}` has no further settings"));
            }
        }
        // `!staff` and `not office`.
        if let Some(name) = ["!", "not "].iter().find_map(|not| self.subject.strip_prefix(not)) {
            match self.code {
                Code::UnknownAudience => return Some(format!("write `\"audience\": {{ \"none\": [\"{name}\"] }}`")),
                Code::UnknownSchedule => return Some(format!("write `\"schedule\": {{ \"outside\": \"{name}\" }}`")),
                _ => {}
            }
        }
        // `{ "type": "timer", … }`: the signal is the name.
        let parent = written::at(file, written::last(&self.path).0).and_then(Value::as_map).unwrap_or(&[]);
        let named = parent.iter().filter_map(|(_, value)| value.as_str());
        if self.code == Code::UnknownSignal
            && let Some((.., forms, _)) =
                named.into_iter().find_map(|name| FORMS.iter().find(|(form, ..)| *form == name))
        {
            return Some(format!("the signal is the name: write it like `{}`", forms.first()?));
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

/// Is this the name of a fact, or of a family of them that is no setting of a rule?
fn fact_or_family(name: &str) -> bool {
    let family = |fact: &Fact| fact.name.split_once('.').is_some_and(|(family, _)| family == name);
    let setting = RULE.iter().any(|word| word.name == name) || ["page", "time", "audience"].contains(&name);
    fact_at(name).is_some() || !setting && FACTS.iter().any(family)
}

/// Does the JSON pointer lead to such a place? `…` is any beginning.
fn fits(place: &str, pointer: &str) -> bool {
    let (mut place, mut pointer) = (place.rsplit('/'), pointer.rsplit('/'));
    loop {
        match (place.next(), pointer.next()) {
            (None, None) | (Some("…"), _) => return true,
            (Some(wanted), Some(step)) if wanted == "*" || wanted == step => {}
            _ => return false,
        }
    }
}
