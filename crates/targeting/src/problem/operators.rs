//! What people write for operators (`>` for `$gt`), and what to write where there is none (`$contains`).

use super::synonyms::find;
use super::written::json;
use crate::value::Value;
use crate::vocabulary::{Kind, OPERATORS};

/// An operator, and without the `$` and in small letters what is written for it.
const COMPARISONS: &[(&str, &[&str])] = &[
    ("$gt", &[">", "greater", "greaterthan", "above", "over", "morethan", "after", "later"]),
    ("$gte", &[">=", "=>", "≥", "min", "atleast", "ge"]),
    ("$lt", &["<", "less", "lessthan", "below", "under", "before", "earlier"]),
    ("$lte", &["<=", "=<", "≤", "max", "atmost", "le"]),
    ("$eq", &["=", "==", "===", "is", "equals", "equal"]),
    ("$ne", &["!=", "!==", "<>", "≠", "isnot", "notequal", "notequals", "neq"]),
    ("$in", &["oneof", "anyof", "any"]),
    ("$nin", &["notin", "noneof"]),
    ("$regex", &["matches", "match", "regexp"]),
    ("$exists", &["exist", "known", "isset"]),
];

/// Questions that have no operator of their own, without the `$` and in small letters.
#[derive(Clone, Copy)]
enum Question {
    Contains,
    Starts,
    Ends,
    Like,
    Between,
    Empty,
    Absent,
}

const QUESTIONS: &[(Question, &[&str])] = &[
    (Question::Contains, &["contains", "contain", "includes", "include", "has", "substring", "containsany"]),
    (Question::Starts, &["startswith", "beginswith", "prefix"]),
    (Question::Ends, &["endswith", "suffix"]),
    (Question::Like, &["like", "glob"]),
    (Question::Between, &["between", "range"]),
    (Question::Empty, &["empty", "isempty"]),
    (Question::Absent, &["null", "isnull", "missing", "exists", "exist", "set", "isset"]),
];

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

/// What to write for a question that has no operator, `operand` being what it is asked with and `kind` what is known of
/// the fact: `{ "$regex": "shop" }` for `$contains`.
pub(super) fn instead(written: &str, operand: &Value, kind: Option<Kind>) -> Option<String> {
    let bare: String = written.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    let values = operand.as_list().is_some_and(|items| items.iter().all(|item| item.as_map().is_none()));
    if bare == "or" && values {
        return Some(format!("write `{{ \"$in\": {} }}`", json(operand)));
    }
    if let "and" | "or" | "nor" = bare.as_str() {
        return Some(format!(
            "`${bare}` stands before the facts, not behind one: `\"${bare}\": [{{ \"device.type\": \"phone\" }}, {{ \"visit.pages\": {{ \"$gte\": 3 }} }}]`"
        ));
    }
    let asked = |bare: &str| QUESTIONS.iter().find(|(_, words)| words.contains(&bare)).map(|(question, _)| *question);
    let opposite = || ["doesnot", "not", "isnot", "no"].iter().find_map(|not| asked(bare.strip_prefix(not)?));
    let (question, negate) = asked(&bare).map(|question| (question, false)).or_else(|| Some((opposite()?, true)))?;
    let (regex_word, in_word) = if negate { ("$notRegex", "$nin") } else { ("$regex", "$in") };
    let regex = |stars: String| Some(format!("`{{ \"{regex_word}\": \"{}\" }}`", regex(&stars)?));
    let text = operand.as_str();
    let written = match question {
        Question::Contains => {
            let members = match operand {
                Value::List(_) => json(operand),
                single => format!("[{}]", json(single)),
            };
            let of_list = format!("`{{ \"{in_word}\": {members} }}`");
            match (kind, text.and_then(|text| regex(format!("*{text}*")))) {
                (Some(Kind::List), _) => of_list,
                (Some(_), of_text) => of_text?,
                (None, Some(of_text)) => {
                    return Some(format!("write {of_text} if it is a text, {of_list} if it is a list"));
                }
                (None, None) => of_list,
            }
        }
        Question::Starts => regex(format!("{}*", text?))?,
        Question::Ends => regex(format!("*{}", text?))?,
        Question::Like => regex(text?.replace('%', "*"))?,
        Question::Between => match operand.as_list()? {
            [low, high] if !negate => format!("`{{ \"$gte\": {}, \"$lte\": {} }}`", json(low), json(high)),
            _ => return None,
        },
        Question::Empty => match (kind, operand.as_bool().unwrap_or(true) != negate) {
            (Some(Kind::List), true) => "`{ \"$size\": 0 }`".into(),
            (Some(Kind::List), false) => "`{ \"$size\": { \"$gt\": 0 } }`".into(),
            (_, true) => {
                "`{ \"$exists\": false }` if it is not there at all, `\"\"` if it is a text without letters".into()
            }
            (_, false) => "`{ \"$exists\": true }`".into(),
        },
        Question::Absent => {
            let yes = operand.as_bool().unwrap_or(true);
            let about_presence = bare.ends_with("exists") || bare.ends_with("exist") || bare.ends_with("set");
            format!("`{{ \"$exists\": {} }}`", (yes == about_presence) != negate)
        }
    };
    Some(format!("write {written}"))
}

#[cfg(test)]
mod tests {
    use super::{comparison, instead, operator, regex};
    use crate::value::Value;
    use crate::vocabulary::{Kind, OPERATORS};

    #[test]
    fn what_is_written_for_an_operator_leads_to_it() {
        for (written, meant) in [("gt", "$gt"), (">", "$gt"), ("$>=", "$gte"), ("not in", "$nin"), ("$GT", "$gt")] {
            assert_eq!(operator(written), Some(meant), "{written}");
        }
        assert_eq!(comparison("> 80"), Some(("$gt", "80")));
        assert_eq!(comparison("≥80"), Some(("$gte", "80")));
        assert_eq!((comparison("80"), comparison("> much"), comparison("<b>")), (None, None, None));
        assert_eq!(regex("/shop/*").as_deref(), Some("^/shop/"));
        assert_eq!(regex("*/a.html*b").as_deref(), Some(r"/a\\.html.*b$"));
        assert_eq!(regex("**"), None);
        for (name, _) in super::COMPARISONS {
            assert!(OPERATORS.iter().any(|word| word.name == *name), "{name}");
        }
    }

    #[test]
    fn a_question_without_an_operator_is_put_otherwise() {
        let list = || Value::List(vec![1.0.into(), 5.0.into()]);
        for (written, operand, kind, meant) in [
            ("$contains", "a.b".into(), Some(Kind::Text), Some(r#"write `{ "$regex": "a\\.b" }`"#)),
            ("$contains", "vip".into(), Some(Kind::List), Some(r#"write `{ "$in": ["vip"] }`"#)),
            ("$notContains", "x".into(), Some(Kind::Text), Some(r#"write `{ "$notRegex": "x" }`"#)),
            (
                "$has",
                "x".into(),
                None,
                Some(r#"write `{ "$regex": "x" }` if it is a text, `{ "$in": ["x"] }` if it is a list"#),
            ),
            ("$startsWith", "/shop/".into(), Some(Kind::Text), Some(r#"write `{ "$regex": "^/shop/" }`"#)),
            ("ends_with", "x".into(), Some(Kind::Text), Some(r#"write `{ "$regex": "x$" }`"#)),
            ("$like", "a%".into(), None, Some(r#"write `{ "$regex": "^a" }`"#)),
            ("$between", list(), Some(Kind::Number), Some(r#"write `{ "$gte": 1, "$lte": 5 }`"#)),
            ("$empty", true.into(), Some(Kind::List), Some(r#"write `{ "$size": 0 }`"#)),
            ("$isNull", false.into(), None, Some(r#"write `{ "$exists": true }`"#)),
            ("$notExists", true.into(), None, Some(r#"write `{ "$exists": false }`"#)),
            ("$notEmpty", true.into(), None, Some(r#"write `{ "$exists": true }`"#)),
            ("$get", 80.0.into(), None, None),
        ] {
            assert_eq!(instead(written, &operand, kind).as_deref(), meant, "{written}");
        }
    }
}
