//! What people write for the words of the language: `if` for `when`, `>` for `$gt`, `visits.count` for `visit.number`.

use crate::vocabulary::{FORMS, OPERATORS};

/// A word of the language, and in small letters what is written for it. A word is only suggested where it is a choice.
const WORDS: &[(&str, &[&str])] = &[
    ("when", &["if", "condition", "conditions", "filter", "filters"]),
    ("where", &["page", "pages", "url", "urls", "path", "paths", "location"]),
    ("on", &["trigger", "triggers", "event", "events", "signal", "signals"]),
    ("do", &["then", "action", "actions", "show", "notify", "message"]),
    ("audience", &["audiences", "segment", "segments", "who", "for"]),
    ("schedule", &["schedules", "hours", "time", "times", "week"]),
    ("from", &["start", "starts", "since"]),
    ("until", &["end", "ends", "to"]),
    ("enabled", &["active", "disabled", "off"]),
    ("note", &["comment", "description", "_comment"]),
    ("experiment", &["test", "ab", "abtest", "variants"]),
    ("limits", &["limit", "frequency", "cap", "caps"]),
    ("include", &["only", "pages", "in"]),
    ("exclude", &["except", "not", "without"]),
    ("any", &["or", "oneof", "some"]),
    ("all", &["and", "every"]),
    ("none", &["not", "except", "exclude", "without"]),
    ("text", &["body", "content", "message"]),
    ("replies", &["answers", "quickreplies"]),
    ("from", &["author", "sender", "agent", "name"]),
    ("label", &["name", "title", "text"]),
    ("page", &["load", "open", "pageview", "view"]),
    ("timer", &["time", "delay", "after", "seconds", "wait"]),
    ("exit", &["leave", "leaving", "exitintent", "exit-intent", "mouseleave"]),
    ("idle", &["inactive", "inactivity"]),
    ("visible", &["inview", "in-view", "viewport", "seen", "appear"]),
    ("click", &["press", "tap"]),
    ("rage", &["angry", "anger", "frustration", "frustrated"]),
    ("conversation", &["chat"]),
    ("custom", &["event", "track"]),
    ("notify", &["notification", "card", "popup", "show", "text"]),
];

/// The same for what may be asked of a fact, without the `$`.
const COMPARISONS: &[(&str, &[&str])] = &[
    ("$gt", &[">", "greater", "greaterthan", "above", "over", "morethan"]),
    ("$gte", &[">=", "=>", "≥", "min", "atleast", "ge"]),
    ("$lt", &["<", "less", "lessthan", "below", "under"]),
    ("$lte", &["<=", "=<", "≤", "max", "atmost", "le"]),
    ("$eq", &["=", "==", "===", "is", "equals", "equal"]),
    ("$ne", &["!=", "!==", "<>", "≠", "isnot", "notequal", "notequals", "neq"]),
    ("$in", &["oneof", "anyof"]),
    ("$nin", &["notin", "noneof"]),
    ("$regex", &["matches", "match", "like"]),
    ("$exists", &["exist", "known", "isset"]),
];

/// The same for facts. No names that a site may well give to facts of its own.
const FACTS: &[(&str, &[&str])] = &[
    ("visit.number", &["visits", "visits.count", "visits.number", "visit.count", "visitor.visits", "visit.visits"]),
    ("visit.pages", &["visits.pages", "visit.pageviews", "visit.views"]),
    ("visit.isReturning", &["visitor.isreturning", "visitor.returning", "visit.returning", "user.isreturning"]),
    ("page.path", &["url", "path", "page.pathname"]),
    ("page.seconds", &["page.time", "page.duration", "time.page", "time.onpage"]),
    ("page.scroll", &["page.scrolldepth", "page.depth"]),
    ("device.type", &["user.device"]),
    ("user.language", &["user.lang", "visitor.language"]),
    ("source.referrer", &["referrer", "referer", "page.referrer", "visit.referrer"]),
    ("source.utm.source", &["utm_source", "utm.source", "source.utm_source"]),
    ("source.utm.medium", &["utm_medium", "utm.medium", "source.utm_medium"]),
    ("source.utm.campaign", &["utm_campaign", "utm.campaign", "source.utm_campaign"]),
    ("geo.country", &["user.country", "visitor.country"]),
    ("time.site.hour", &["time.hour"]),
    ("time.site.weekday", &["time.weekday", "time.day"]),
];

fn find(table: &[(&'static str, &[&str])], written: &str, fits: impl Fn(&str) -> bool) -> Option<&'static str> {
    let written = written.to_lowercase();
    let mut found = table.iter().filter(|(word, others)| others.contains(&written.as_str()) && fits(word));
    found.next().map(|(word, _)| *word)
}

/// The one of the `choices` that is probably meant.
pub(super) fn word(written: &str, choices: &[&str]) -> Option<&'static str> {
    find(WORDS, written, |word| choices.contains(&word))
}

/// The operator that is probably meant, by what is written with a `$` or without: `gt` and `$>` are `$gt`.
pub(crate) fn operator(written: &str) -> Option<&'static str> {
    let bare: String = written.chars().filter(|c| !matches!(c, '$' | ' ' | '_' | '-')).collect();
    let own =
        OPERATORS.iter().map(|word| word.name).find(|name| name.trim_start_matches('$').eq_ignore_ascii_case(&bare));
    own.or_else(|| find(COMPARISONS, &bare, |_| true))
}

/// `> 80` as an operator and what it compares with: `("$gt", "80")`.
pub(crate) fn comparison(text: &str) -> Option<(&'static str, &str)> {
    let text = text.trim();
    let sign = text.find(|c: char| !"<>=!≥≤≠".contains(c)).filter(|sign| *sign > 0)?;
    let (sign, rest) = text.split_at_checked(sign)?;
    let rest = rest.trim();
    rest.parse::<f64>().is_ok().then_some(())?;
    Some((operator(sign)?, rest))
}

/// The signal that is probably meant, or how it is written with its value: `rage` for `rageclick`, and
/// `{ "exit": "pointer" }` for `exit pointer` and for `pointer`.
pub(crate) fn signal(written: &str) -> Option<String> {
    let names: Vec<&str> = FORMS.iter().map(|(name, ..)| *name).collect();
    if let Some(name) = word(written, &names) {
        return Some(name.into());
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

/// A pattern with stars as a regular expression, as it stands in a file: `^/shop/` for `/shop/*`. Stars alone are none.
pub(crate) fn regex(pattern: &str) -> Option<String> {
    let inner = pattern.trim_matches('*');
    if inner.is_empty() {
        return None;
    }
    let mut regex = String::from(if pattern.starts_with('*') { "" } else { "^" });
    for c in inner.chars() {
        match c {
            '*' => regex.push_str(".*"),
            c if r"\^$.|?+()[]{}".contains(c) => regex.extend(['\\', '\\', c]),
            c => regex.push(c),
        }
    }
    regex.push_str(if pattern.ends_with('*') { "" } else { "$" });
    Some(regex)
}

/// The fact that is probably meant.
pub(crate) fn fact(path: &str) -> Option<&'static str> {
    find(FACTS, path, |_| true)
}

/// `mon-fri` for `Monday - Friday`; the three letters of each part.
pub(super) fn days(written: &str) -> Option<String> {
    let short = |day: &str| day.trim().to_lowercase().get(..3).map(str::to_owned);
    let known = |day: &String| ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&day.as_str());
    let days: Option<Vec<String>> = written.split(['-', '–']).map(|day| short(day).filter(known)).collect();
    days.filter(|days| days.len() <= 2).map(|days| days.join("-"))
}

/// `09:00-17:00` for `9-17`, `9am - 5pm` or `9.00–17.00`.
pub(super) fn hours(written: &str) -> Option<String> {
    let (start, end) = written.split_once(['-', '–', '—'])?;
    let (start, end) = (minute(start)?, minute(end)?);
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    (start < 1440 && start != end).then(|| format!("{}-{}", clock(start), clock(end)))
}

/// The minute of the day at a time such as `9`, `9.30` or `5pm`.
fn minute(written: &str) -> Option<u16> {
    let written = written.trim().to_lowercase();
    let half = |end: &str| written.strip_suffix(end).map(str::trim_end);
    let (digits, morning) = match (half("am"), half("pm")) {
        (Some(digits), _) => (digits, Some(true)),
        (_, Some(digits)) => (digits, Some(false)),
        _ => (written.as_str(), None),
    };
    let (hour, minute) = digits.split_once([':', '.', 'h']).unwrap_or((digits, "0"));
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match morning {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(morning) => hour % 12 + if morning { 0 } else { 12 },
    };
    (hour <= 24 && minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::{comparison, days, fact, hours, operator, regex, signal, word};
    use crate::vocabulary::{OPERATORS, fact_at};

    #[test]
    fn what_is_written_for_a_word_leads_to_it() {
        assert_eq!(word("If", &["when", "where"]), Some("when"));
        assert_eq!(word("if", &["name"]), None);
        for (written, meant) in [("gt", "$gt"), (">", "$gt"), ("$>=", "$gte"), ("not in", "$nin"), ("$GT", "$gt")] {
            assert_eq!(operator(written), Some(meant), "{written}");
        }
        assert_eq!(comparison("> 80"), Some(("$gt", "80")));
        assert_eq!(comparison("≥80"), Some(("$gte", "80")));
        assert_eq!((comparison("80"), comparison("> much"), comparison("<b>")), (None, None, None));
        assert_eq!(fact("visits.count"), Some("visit.number"));
        assert_eq!(days("Monday-Friday").as_deref(), Some("mon-fri"));
        assert_eq!((days("weekend"), days("")), (None, None));
        for (written, meant) in [
            ("9-17", Some("09:00-17:00")),
            ("9am-5:30pm", Some("09:00-17:30")),
            ("12am – 12pm", Some("00:00-12:00")),
            ("10.30-24", Some("10:30-24:00")),
            ("9-9", None),
            ("9", None),
            ("13pm-14pm", None),
            ("9-25", None),
            ("99999-3", None),
            ("all-day", None),
        ] {
            assert_eq!(hours(written).as_deref(), meant, "{written}");
        }
        assert_eq!(regex("/shop/*").as_deref(), Some("^/shop/"));
        assert_eq!(regex("*/a.html*b").as_deref(), Some(r"/a\\.html.*b$"));
        assert_eq!(regex("**"), None);
        for (written, meant) in [
            ("Angry", Some("rage")),
            ("rageclick", Some("rage")),
            ("exit pointer", Some(r#"{ "exit": "pointer" }"#)),
            ("tab-return", Some(r#"{ "exit": "tab-return" }"#)),
            ("timer 45s", Some(r#"{ "timer": "20s" }"#)),
            ("hover", None),
            ("", None),
        ] {
            assert_eq!(signal(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn only_words_that_there_are_are_suggested() {
        for (name, written) in super::FACTS {
            assert!(fact_at(name).is_some(), "{name}");
            for path in *written {
                assert!(fact_at(path).is_none(), "{path} is a fact itself");
            }
        }
        for (name, _) in super::COMPARISONS {
            assert!(OPERATORS.iter().any(|word| word.name == *name), "{name}");
        }
    }
}
