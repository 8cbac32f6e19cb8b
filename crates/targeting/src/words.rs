//! The compiled forms in words, shared by `explain` and `describe`.

use crate::action::Action;
use crate::condition::{Element, Members, Node, Order, Paths, Test, View};
use crate::rules::page::PagePattern;
use crate::rules::{Rules, Trigger};
use crate::signal::{ConversationPhase, Exit, FormPhase};
use crate::talk::WAITING;
use crate::text::resolve;
use crate::value::Value;

/// A value as JSON, shortened.
pub(crate) fn value(view: View<'_>) -> String {
    let list = |items: &[Value]| {
        let shown: Vec<String> = items.iter().take(5).map(|item| value(View::of(item))).collect();
        let more = if items.len() > 5 { format!(", and {} more", items.len() - 5) } else { String::new() };
        format!("{}{more}", shown.join(", "))
    };
    match view {
        View::Unknown(why) => why.as_str().into(),
        View::Null => "null".into(),
        View::Bool(flag) => flag.to_string(),
        View::Number(number) => figure(number),
        View::Text(text) => quoted(text),
        View::List(items) => format!("[{}]", list(items)),
        View::Map(entries) => {
            let keys: Vec<&str> = entries.iter().take(5).map(|(key, _)| key.as_str()).collect();
            format!("{{{}}}", keys.join(", "))
        }
    }
}

/// A number as people read it, with three decimals at most. (Printing one to the last digit takes 15 KB of tables, and the
/// overlay would be the only Wasm piece of a page that has them.)
pub fn figure(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    let size = number.abs();
    let thousandths = if size < 9e12 {
        (size * 1000.0).round() as u64
    } else {
        // So large that it has no thousandths; and beyond 2^53 the digits mean nothing any more.
        size.min(9_007_199_254_740_991.0) as u64 * 1000
    };
    let mut text = String::from(if number < 0.0 && thousandths > 0 { "-" } else { "" });
    text.push_str(&crate::number::integer(thousandths / 1000));
    let rest = thousandths % 1000;
    if rest > 0 {
        let digits = crate::number::integer(1000 + rest);
        text.push('.');
        text.push_str(digits.get(1..).unwrap_or("").trim_end_matches('0'));
    }
    text
}

pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\"{short}{more}\"")
}

fn members(members: &Members) -> String {
    let texts = members.texts.iter().map(|text| quoted(text));
    let all: Vec<String> = texts.chain(members.others.iter().map(|other| value(View::of(other)))).collect();
    match all.len() {
        0..=6 => all.join(", "),
        count => format!("{}, and {} more", all.iter().take(5).cloned().collect::<Vec<_>>().join(", "), count - 5),
    }
}

/// What is asked of a fact: `is at least 80`.
pub(crate) fn test(test: &Test) -> String {
    let not = |negate: bool| if negate { "not " } else { "" };
    match test {
        Test::Plain(Value::Null) | Test::Exists(false) => "is absent".into(),
        Test::Exists(true) => "is known".into(),
        Test::Plain(operand) | Test::Same(true, operand) => format!("is {}", value(View::of(operand))),
        Test::Same(false, operand) => format!("is not {}", value(View::of(operand))),
        Test::Folded(text) => format!("is {} in any case", quoted(text)),
        Test::Order(order, operand) => format!("{} {}", ordered(*order), value(View::of(operand))),
        Test::Version(order, padded) => {
            format!("{} version {}", ordered(*order), padded.replace(' ', "").replace("-~", ""))
        }
        Test::Member { negate, fold, members: list } => {
            format!("is {}one of {}{}", not(*negate), members(list), if *fold { ", in any case" } else { "" })
        }
        Test::Group { negate, name, .. } => format!("is {}in the list {}", not(*negate), quoted(name)),
        Test::Every(tests) => tests.iter().map(self::test).collect::<Vec<_>>().join(" and "),
        Test::Not(inner) => format!("not: {}", self::test(inner)),
        Test::Size(inner) => format!("has a length that {}", self::test(inner)),
        Test::Element(Element::Test(inner)) => format!("has an element that {}", self::test(inner)),
        Test::Element(Element::Node(..)) => "has a matching element".into(),
        Test::Contains(tests) => {
            let parts: Vec<String> = tests.iter().map(self::test).collect();
            format!("has elements that each: {}", parts.join("; "))
        }
        Test::Match { negate, regex } => {
            let flag = if regex.ignore_case { "i" } else { "" };
            format!("{} /{}/{flag}", if *negate { "does not match" } else { "matches" }, regex.source)
        }
        Test::Type(name) => format!("is of type {name}"),
        Test::Never => "is asked something that cannot be understood".into(),
    }
}

/// A condition as part of a sentence.
pub(crate) fn condition(node: &Node, paths: &Paths) -> String {
    let join = |nodes: &[Node], word: &str| {
        let parts: Vec<String> = nodes.iter().map(|node| nested(node, paths)).collect();
        parts.join(word)
    };
    match node {
        Node::All(nodes) if nodes.is_empty() => "always".into(),
        Node::Any(nodes) if nodes.is_empty() => "always".into(),
        Node::All(nodes) => join(nodes, " and "),
        Node::Any(nodes) => join(nodes, " or "),
        Node::Not(node) => format!("not ({})", condition(node, paths)),
        Node::Leaf(leaf) => format!("{} {}", paths.name(leaf.slot), test(&leaf.test)),
    }
}

fn nested(node: &Node, paths: &Paths) -> String {
    match node {
        Node::All(nodes) | Node::Any(nodes) if nodes.len() > 1 => format!("({})", condition(node, paths)),
        _ => condition(node, paths),
    }
}

fn ordered(order: Order) -> &'static str {
    match order {
        Order::Less => "is below",
        Order::LessOrEqual => "is at most",
        Order::Greater => "is above",
        Order::GreaterOrEqual => "is at least",
        Order::Equal => "equals",
        Order::NotEqual => "differs from",
    }
}

/// Milliseconds in the largest unit that fits: `20 s`, `1.5 h`.
pub fn span(ms: f64) -> String {
    let (scale, unit) = match ms {
        ms if ms >= 172_800_000.0 => (86_400_000.0, "d"),
        ms if ms >= 3_600_000.0 => (3_600_000.0, "h"),
        ms if ms >= 60_000.0 => (60_000.0, "min"),
        ms if ms >= 1_000.0 => (1_000.0, "s"),
        _ => (1.0, "ms"),
    };
    format!("{} {unit}", figure((ms / scale * 10.0).round() / 10.0))
}

/// What a trigger waits for, as the end of "when …".
pub(crate) fn trigger(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Page => "a page is opened".into(),
        Trigger::Timer { fact, seconds, .. } if fact == WAITING => {
            format!("nobody has answered for {}", span(seconds * 1000.0))
        }
        Trigger::Timer { fact, seconds, .. } => format!("{fact} reaches {}", span(seconds * 1000.0)),
        Trigger::Scroll(percent) => format!("{} % of the page was seen", figure(*percent)),
        Trigger::Exit(None) => "the visitor seems to leave".into(),
        Trigger::Exit(Some(Exit::Pointer)) => "the pointer leaves through the top".into(),
        Trigger::Exit(Some(Exit::TabReturn)) => "the visitor comes back from another tab".into(),
        Trigger::Idle { seconds, .. } => format!("nothing happens for {}", span(seconds * 1000.0)),
        Trigger::Return(seconds) => format!("the visitor comes back after {} or more", span(seconds * 1000.0)),
        Trigger::Visible(selector) => format!("{selector} is on screen"),
        Trigger::Click(selector) => format!("{selector} is clicked"),
        Trigger::Form(phase, target) => {
            let form = if target.is_empty() { "a form" } else { target };
            let what = match phase {
                FormPhase::Start => "is begun",
                FormPhase::Submit => "is sent",
                FormPhase::Error => "is refused",
                FormPhase::Abandon => "is left unfinished",
            };
            format!("{form} {what}")
        }
        Trigger::Rage => "the visitor clicks angrily".into(),
        Trigger::Custom(name) => format!("the site says {}", quoted(name)),
        Trigger::Fact(path) => format!("{path} changes"),
        Trigger::Conversation(phase) => match phase {
            ConversationPhase::Opened => "the panel is opened".into(),
            ConversationPhase::Sent => "the visitor writes".into(),
            ConversationPhase::Received => "a message arrives".into(),
            ConversationPhase::Ended => "the conversation ends".into(),
        },
        Trigger::Agents => "the availability of agents changes".into(),
    }
}

/// What an action does.
pub(crate) fn action(action: &Action, languages: &[&str]) -> String {
    let deed = match action {
        Action::Score(points) => return format!("add {} to the score", figure(*points)),
        Action::Deed(deed) => deed,
    };
    let operand = &deed.operand;
    let part = |key: &str| operand.get(key).map_or("", |text| resolve(text, languages));
    let text = resolve(operand, languages);
    match deed.name {
        "notify" => {
            let variant = deed.variant().map(|name| format!(" ({name})")).unwrap_or_default();
            let from = operand.get("from").map(|_| format!(" from {}", part("from"))).unwrap_or_default();
            format!("show the notification{variant} {}{from}", quoted(part("text")))
        }
        "badge" => format!("show the number {} on the launcher", figure(operand.as_f64().unwrap_or(0.0))),
        "teaser" => format!("show the teaser {}", quoted(text)),
        "open" => "open the panel".into(),
        "prefill" => format!("put {} into the composer", quoted(text)),
        "suggest" => {
            let replies = operand.as_list().unwrap_or(&[]).iter().map(|reply| quoted(resolve(reply, languages)));
            format!("suggest {}", replies.collect::<Vec<_>>().join(", "))
        }
        "message" => format!("write {} as the {}", quoted(part("text")), part("from")),
        "form" => format!("open the form {}", quoted(text)),
        "route" => format!("route to the team {}", quoted(part("team"))),
        "hide" => "hide the launcher".into(),
        "show" => "show the launcher".into(),
        "tag" => format!("tag the visitor {}", quoted(text)),
        "track" => format!("report {}", quoted(part("name"))),
        _ => format!("go to {text}"),
    }
}

pub(crate) fn patterns(patterns: &[PagePattern]) -> String {
    patterns.iter().map(|pattern| pattern.source.as_str()).collect::<Vec<_>>().join(", ")
}

impl Rules {
    pub(crate) fn audience_names(&self, indices: &[u16]) -> Vec<&str> {
        indices.iter().filter_map(|i| self.audiences.get(usize::from(*i))).map(|a| a.name.as_str()).collect()
    }

    pub(crate) fn schedule_name(&self, index: Option<u16>) -> Option<&str> {
        self.schedules.get(usize::from(index?)).map(|schedule| schedule.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_are_short_and_right() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-0.0001, "0"),
            (42.0, "42"),
            (-1.5, "-1.5"),
            (0.05, "0.05"),
            (0.1 + 0.2, "0.3"),
            (7.0000000001, "7"),
            (0.9996, "1"),
            (1234567.891, "1234567.891"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(figure(number), text, "{number}");
        }
    }
}
