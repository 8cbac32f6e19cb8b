//! What people write for the words of the language: `if` for `when`, `>` for `$gt`, `visits.count` for `visit.number`.

use crate::vocabulary::OPERATORS;

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
    ("from", &["author", "sender", "agent"]),
    ("page", &["load", "open", "pageview", "view"]),
    ("timer", &["time", "delay", "after", "seconds", "wait"]),
    ("exit", &["leave", "exitintent", "exit-intent"]),
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

#[cfg(test)]
mod tests {
    use super::{comparison, days, fact, operator, word};
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
