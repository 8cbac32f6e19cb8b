//! The tests that the file carries, as people read them: what is given, what is expected, what came.

use chinwag_targeting::{
    Value,
    editing::{Document, Place},
    selftest::{TestResult, run_tests},
};

use super::Bench;

/// One test of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    pub result: TestResult,
    /// `cart.value 92, signal exit`; empty when it gives nothing.
    pub given: String,
    /// `offer fires`
    pub expected: String,
    /// Where it stands; unknown while the text cannot be read.
    pub place: Option<Place>,
}

impl Bench {
    /// The tests that the file carries, in its order.
    pub fn tests(&self) -> Vec<Tested> {
        let Some(usable) = &self.usable else { return Vec::new() };
        let written = usable.file.get("tests").and_then(Value::as_list).unwrap_or(&[]);
        let document = Document::parse(&self.text).ok().filter(|_| self.current);
        let results = run_tests(&usable.rules, &usable.file, self.present());
        let all = results.into_iter().zip(written).enumerate();
        let tested = all.map(|(index, (result, test))| Tested {
            result,
            given: given(test),
            expected: expected(test),
            place: document.as_ref().map(|document| document.place(&format!("/tests/{index}"))),
        });
        tested.collect()
    }
}

fn given(test: &Value) -> String {
    let facts = entries(test.get("given")).iter().map(|(name, value)| format!("{name} {}", plain(value)));
    let signal = test.get("signal").map(|signal| match signal {
        Value::Map(parts) => {
            parts.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(" ")
        }
        name => plain(name),
    });
    facts.chain(signal).collect::<Vec<_>>().join(", ")
}

fn expected(test: &Value) -> String {
    let Some(expect) = test.get("expect") else { return "nothing in particular".into() };
    let rule = expect.get("rule").map(|rule| match rule {
        Value::String(rule) => format!("{rule} fires"),
        _ => "nothing fires".into(),
    });
    let none = expect.get("none").filter(|none| **none == Value::Bool(true)).map(|_| "nothing fires".into());
    let why = entries(expect.get("why")).iter().map(|(rule, reason)| format!("{rule}: {}", plain(reason)));
    rule.or(none).into_iter().chain(why).collect::<Vec<_>>().join(", ")
}

/// A text without its quotes; everything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => serde_json::to_string(value).unwrap_or_default(),
    }
}

fn entries(value: Option<&Value>) -> &[(String, Value)] {
    value.and_then(Value::as_map).unwrap_or(&[])
}
