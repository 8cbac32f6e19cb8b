//! What people write for the words of the language: `if` for `when`, `mobile` for `phone`, `visits.count` for `visit.number`.

use super::times;
use crate::vocabulary::FORMS;

/// A word of the language, and in small letters what is written for it. A word is only suggested where it is a choice.
const WORDS: &[(&str, &[&str])] = &[
    // Settings of the file and of a rule.
    ("when", &["if", "condition", "conditions", "filter", "filters"]),
    ("where", &["page", "pages", "url", "urls", "path", "paths", "location"]),
    ("on", &["trigger", "triggers", "event", "events", "signal", "signals"]),
    ("do", &["then", "action", "actions", "show", "notify", "message"]),
    ("audience", &["audiences", "segment", "segments", "who", "for"]),
    ("schedule", &["schedules", "hours", "time", "times", "week"]),
    ("from", &["start", "starts", "since", "startdate"]),
    ("until", &["end", "ends", "to", "enddate"]),
    ("enabled", &["active", "disabled", "off"]),
    ("note", &["comment", "description", "_comment"]),
    ("experiment", &["test", "ab", "abtest", "variants"]),
    ("limits", &["limit", "frequency", "cap", "caps"]),
    ("rollout", &["percent", "percentage", "sample"]),
    ("include", &["only", "pages", "in"]),
    ("exclude", &["except", "not", "without"]),
    ("outside", &["not", "except", "notin", "without", "unless"]),
    ("any", &["or", "oneof", "some"]),
    ("all", &["and", "every"]),
    ("none", &["not", "except", "exclude", "without"]),
    ("weights", &["variants", "variant", "variations", "variation", "shares", "split", "splits"]),
    ("coverage", &["traffic"]),
    ("key", &["id", "name", "seed"]),
    ("percent", &["percentage", "percents", "share", "rate"]),
    ("perVisit", &["persession", "visit", "session"]),
    ("perPage", &["perpageview", "page"]),
    ("perDay", &["daily", "day"]),
    ("ever", &["total", "lifetime", "peruser", "pervisitor", "once", "overall"]),
    ("gap", &["cooldown", "pause", "interval", "spacing"]),
    ("afterDismiss", &["afterclose", "afterclosed", "afterclosing", "afterdismissal", "onclose", "ondismiss"]),
    ("afterConversation", &["afterchat", "afterreply"]),
    ("within", &["window", "in"]),
    ("signal", &["event", "custom", "track", "name"]),
    ("need", &["status", "state", "require", "requires"]),
    ("zone", &["timezone", "tz"]),
    ("week", &["days", "hours"]),
    // Cards.
    ("text", &["body", "content", "message"]),
    ("replies", &["answers", "quickreplies"]),
    ("from", &["author", "sender", "agent", "name"]),
    ("label", &["name", "title", "text"]),
    ("dismiss", &["close", "hide"]),
    ("notify", &["notification", "card", "popup", "show", "text"]),
    ("navigate", &["link", "url", "href", "redirect", "goto"]),
    // Signals and their moments.
    ("page", &["load", "open", "pageview", "view"]),
    ("timer", &["time", "delay", "after", "seconds", "wait"]),
    ("exit", &["leave", "leaving", "exitintent", "exit-intent", "mouseleave"]),
    ("idle", &["inactive", "inactivity"]),
    ("visible", &["inview", "in-view", "viewport", "seen", "appear"]),
    ("click", &["press", "tap"]),
    ("rage", &["angry", "anger", "frustration", "frustrated"]),
    ("conversation", &["chat"]),
    ("no-reply", &["noreply", "no-answer", "noanswer", "unanswered", "waiting", "waited"]),
    ("custom", &["event", "track"]),
    ("tab-return", &["tab", "return"]),
    ("pointer", &["mouse", "cursor", "top"]),
    ("submit", &["send", "sent", "submitted"]),
    ("abandon", &["leave", "left", "abandoned"]),
    ("start", &["begin", "begun", "focus"]),
    ("opened", &["open", "start", "started"]),
    ("ended", &["end", "finished", "over"]),
    // Values.
    ("closed", &["offline", "away", "nobody", "noone", "no-one", "none", "unavailable", "absent", "gone"]),
    ("available", &["free", "ready"]),
    ("number", &["int", "integer", "float", "double", "decimal", "numeric", "money", "currency", "price"]),
    ("string", &["text", "str", "varchar", "enum"]),
    ("boolean", &["bool", "flag", "yesno"]),
    ("list", &["array", "tags"]),
    ("date", &["datetime", "timestamp"]),
    ("phone", &["mobile", "smartphone", "cell", "handheld", "handy"]),
    ("desktop", &["computer", "pc", "laptop"]),
    ("macos", &["mac", "osx", "mac os"]),
    ("search", &["organic", "seo"]),
    ("paid", &["cpc", "ppc", "ads", "sem"]),
    ("fine", &["mouse"]),
    ("coarse", &["touch", "finger"]),
    ("dark", &["night", "black"]),
    ("light", &["day", "white", "bright"]),
    ("end", &["right", "bottom-right", "bottomright"]),
    ("start", &["left", "bottom-left", "bottomleft"]),
    ("hide", &["no", "never"]),
    ("show", &["yes", "always"]),
    ("visit", &["session"]),
    ("active", &["active time"]),
    ("array", &["list"]),
    ("name", &["title", "event", "label"]),
    ("data", &["properties", "params", "props", "payload"]),
    ("minimised", &["minimized", "collapsed"]),
];

/// The same for facts. No names that a site may well give to facts of its own.
const FACTS: &[(&str, &[&str])] = &[
    ("visit.number", &["visits", "visits.count", "visits.number", "visit.count", "visitor.visits", "visit.visits"]),
    ("visit.pages", &["visits.pages", "visit.pageviews", "visit.views"]),
    ("visit.isReturning", &["visitor.isreturning", "visitor.returning", "visit.returning", "user.isreturning"]),
    ("page.path", &["url", "path", "page.pathname"]),
    ("page.seconds", &["page.time", "page.duration", "time.page", "time.onpage"]),
    ("page.scroll", &["page.scrolldepth", "page.depth"]),
    ("device.type", &["user.device", "device.ismobile", "device.mobile", "device.isphone", "device.category"]),
    ("user.language", &["user.lang", "visitor.language"]),
    ("source.referrer", &["referrer", "referer", "page.referrer", "visit.referrer"]),
    ("source.utm.source", &["utm_source", "utm.source", "source.utm_source"]),
    ("source.utm.medium", &["utm_medium", "utm.medium", "source.utm_medium"]),
    ("source.utm.campaign", &["utm_campaign", "utm.campaign", "source.utm_campaign"]),
    ("geo.country", &["user.country", "visitor.country"]),
    ("time.site.hour", &["time.hour"]),
    ("time.site.weekday", &["time.weekday", "time.day"]),
];

pub(super) fn find(
    table: &[(&'static str, &[&str])],
    written: &str,
    fits: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let written = written.to_lowercase();
    let mut found = table.iter().filter(|(word, others)| others.contains(&written.as_str()) && fits(word));
    found.next().map(|(word, _)| *word)
}

/// The one of the `choices` that is probably meant.
pub(super) fn word(written: &str, choices: &[&str]) -> Option<&'static str> {
    find(WORDS, written, |word| choices.contains(&word))
}

/// The signal that is probably meant, or how it is written with its value: `rage` for `rageclick`, and
/// `{ "exit": "pointer" }` for `exit pointer` and for `pointer`.
pub(crate) fn signal(written: &str) -> Option<String> {
    let names: Vec<&str> = FORMS.iter().map(|(name, ..)| *name).collect();
    if let Some(name) = word(written, &names) {
        return Some(name.into());
    }
    // `scroll 50%`, `after 20s`, `20s`.
    let last = written.split_whitespace().next_back().unwrap_or("");
    let starts = |name: &str| written.to_lowercase().starts_with(name);
    if let Some(percent) = last.strip_suffix('%').and_then(|digits| digits.parse::<u8>().ok()) {
        return Some(format!("{{ \"scroll\": {percent} }}"));
    }
    if let Some(duration) = times::duration(last) {
        let name = ["idle", "return"].into_iter().find(|name| starts(name)).unwrap_or("timer");
        return Some(format!("{{ \"{name}\": \"{duration}\" }}"));
    }
    let parts = parts(written);
    let first = parts.first()?;
    let said = |form: &&&str| {
        let form = self::parts(form);
        parts.iter().all(|part| form.contains(part))
    };
    if let Some(form) = FORMS.iter().flat_map(|(_, forms, _)| *forms).find(said) {
        return Some((*form).into());
    }
    let (name, forms, _) = FORMS.iter().find(|(name, ..)| first.starts_with(name))?;
    let form = forms.first().filter(|form| parts.len() > 1 && form.starts_with('{'));
    Some((*form.unwrap_or(name)).into())
}

/// The words in a text, in small letters.
fn parts(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The fact that is probably meant.
pub(crate) fn fact(path: &str) -> Option<&'static str> {
    find(FACTS, path, |_| true)
}

#[cfg(test)]
mod tests {
    use super::{fact, signal, word};
    use crate::vocabulary::fact_at;

    #[test]
    fn what_is_written_for_a_word_leads_to_it() {
        assert_eq!(word("If", &["when", "where"]), Some("when"));
        assert_eq!(word("if", &["name"]), None);
        assert_eq!(word("offline", &["available", "online", "closed", "any"]), Some("closed"));
        assert_eq!(fact("visits.count"), Some("visit.number"));
        for (written, meant) in [
            ("Angry", Some("rage")),
            ("rageclick", Some("rage")),
            ("exit pointer", Some(r#"{ "exit": "pointer" }"#)),
            ("tab-return", Some(r#"{ "exit": "tab-return" }"#)),
            ("timer 45s", Some(r#"{ "timer": "45s" }"#)),
            ("after 20s", Some(r#"{ "timer": "20s" }"#)),
            ("idle 1m", Some(r#"{ "idle": "1m" }"#)),
            ("scroll 50%", Some(r#"{ "scroll": 50 }"#)),
            ("hover", None),
            ("", None),
        ] {
            assert_eq!(signal(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn only_facts_that_there_are_are_suggested() {
        for (name, written) in super::FACTS {
            assert!(fact_at(name).is_some(), "{name}");
            for path in *written {
                assert!(fact_at(path).is_none(), "{path} is a fact itself");
            }
        }
    }
}
