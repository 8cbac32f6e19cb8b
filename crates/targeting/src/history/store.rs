//! The durable part as a plain value, short names, so that it costs little in storage.

use super::{History, Record};
use crate::value::Value;

fn numbers(value: Option<&Value>) -> Vec<f64> {
    value.and_then(Value::as_list).unwrap_or(&[]).iter().filter_map(Value::as_f64).collect()
}

fn number(value: Option<&Value>) -> f64 {
    value.and_then(Value::as_f64).unwrap_or(0.0)
}

fn list(numbers: &[f64]) -> Value {
    Value::List(numbers.iter().copied().map(Value::Number).collect())
}

fn entry(key: &str, value: Value) -> (String, Value) {
    (crate::text::own(key), value)
}

impl History {
    /// The durable part: `{"v":1,"day":[…],"visit":2,"dismissed":0,"rules":{"id":{…}}}`.
    pub fn to_value(&self) -> Value {
        let rules = self.records.iter().map(|record| {
            let fields = [
                ("ever", record.ever),
                ("visit", record.visit),
                ("dismissed", record.dismissed),
                ("conversation", record.conversation),
                ("goal", record.goal),
            ];
            let mut fields: Vec<_> = fields.iter().map(|(key, stamp)| entry(key, Value::Number(*stamp))).collect();
            fields.insert(2, entry("day", list(&record.day)));
            (crate::text::own(&record.id), Value::Map(fields))
        });
        Value::Map(vec![
            entry("v", Value::Number(1.0)),
            entry("day", list(&self.day)),
            entry("visit", Value::Number(self.visit)),
            entry("dismissed", Value::Number(self.dismissed)),
            entry("rules", Value::Map(rules.collect())),
        ])
    }

    /// Replaces the durable part by what was stored, here or by another tab; the page part stays. Anything that is
    /// not a stored history counts as an empty one.
    pub fn restore(&mut self, stored: &Value) {
        let rules = stored.get("rules").and_then(Value::as_map).unwrap_or(&[]);
        self.records.clear();
        for (id, fields) in rules {
            *self.entry(id) = Record {
                id: crate::text::own(id),
                ever: number(fields.get("ever")),
                visit: number(fields.get("visit")),
                day: numbers(fields.get("day")),
                dismissed: number(fields.get("dismissed")),
                conversation: number(fields.get("conversation")),
                goal: number(fields.get("goal")),
            };
        }
        self.day = numbers(stored.get("day"));
        self.visit = number(stored.get("visit"));
        self.dismissed = number(stored.get("dismissed"));
    }
}
