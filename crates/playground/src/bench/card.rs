//! What the visitor would see.

use chinwag_targeting::Value;

/// The visible actions of a rule, in one language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    pub rule: String,
    pub variation: Option<String>,
    pub notification: Option<Notification>,
    pub teaser: Option<String>,
    pub badge: Option<f64>,
    /// Whatever else happens, by name: `open`, `route`, `tag`.
    pub others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    pub from: Option<String>,
    pub text: String,
    pub replies: Vec<String>,
    pub buttons: Vec<String>,
}

impl Card {
    pub(crate) fn of(rule: &str, variation: Option<String>, actions: impl Iterator<Item = Value>) -> Self {
        let mut card = Self { rule: rule.into(), variation, ..Self::default() };
        for action in actions {
            let Some((name, operand)) = action.as_map().and_then(<[_]>::first) else { continue };
            match name.as_str() {
                "notify" => card.notification = Some(notification(operand)),
                "teaser" => card.teaser = operand.as_str().map(Into::into),
                "badge" => card.badge = operand.as_f64(),
                name => card.others.push(other(name, operand)),
            }
        }
        card
    }
}

fn notification(operand: &Value) -> Notification {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let list = |key: &str| operand.get(key).and_then(Value::as_list).unwrap_or(&[]).iter();
    Notification {
        from: text(operand, "from"),
        text: text(operand, "text").unwrap_or_default(),
        replies: list("replies").filter_map(Value::as_str).map(Into::into).collect(),
        buttons: list("buttons").filter_map(|button| text(button, "label")).collect(),
    }
}

fn other(name: &str, operand: &Value) -> String {
    let inner = operand.as_map().and_then(<[_]>::first).map_or(operand, |(_, value)| value);
    match inner {
        Value::String(text) => format!("{name}: {text}"),
        Value::Number(number) => format!("{name}: {number}"),
        _ => name.into(),
    }
}
