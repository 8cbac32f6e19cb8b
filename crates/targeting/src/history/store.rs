//! The durable part as a plain value: lists without names, so that it costs little in storage and in code.

use super::{History, Record};
use crate::value::Value;

impl History {
    /// The durable part, a list for each rule and one with an empty id for all notifications together:
    /// `[id, shown ever, shown this visit, dismissed at, conversation at, goal counted at, exposure counted at, shown at …]`.
    pub fn to_value(&self) -> Value {
        let row = |record: &Record| {
            let mut row = vec![Value::from(record.id.as_str())];
            row.extend(record.fields.iter().chain(&record.day).copied().map(Value::Number));
            Value::List(row)
        };
        Value::List(self.records.iter().map(row).collect())
    }

    /// Replaces the durable part by what was stored, here or by another tab; the page part stays. Anything that is
    /// not a stored history counts as an empty one.
    pub fn restore(&mut self, stored: &Value) {
        for record in &mut self.records {
            record.fields = Default::default();
            record.day.clear();
        }
        self.join(stored);
    }

    /// Adds what happened since, in the same form: counts add up, and the newer of two stamps counts.
    pub fn join(&mut self, since: &Value) {
        for row in since.as_list().unwrap_or(&[]) {
            let Some([Value::String(id), numbers @ ..]) = row.as_list() else { continue };
            let mut numbers = numbers.iter().filter_map(Value::as_f64);
            let record = self.entry(id);
            for (place, (field, number)) in record.fields.iter_mut().zip(&mut numbers).enumerate() {
                // The first two are counts.
                if place < 2 {
                    *field += number;
                } else if number != 0.0 {
                    *field = number;
                }
            }
            record.day.extend(numbers);
        }
    }
}
