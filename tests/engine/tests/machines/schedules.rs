//! Opening hours around changes of the clocks and of the week. The answers in `schedules.json` are Python's.

use chinwag_engine_tests::{json, machine};
use chinwag_targeting::{Facts, History, Host, Now, Pass, Rules, Signal, Value, compile, decide};
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

const TABLE: &str = include_str!("../../../cases/targeting/schedules.json");
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `2026-03-29T00:59:59.999Z` in milliseconds since 1970.
fn instant(text: &str) -> f64 {
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().expect("digits");
    let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
    // Days before the month, counted from March, so that the leap day comes last.
    let shifted = (month + 9) % 12;
    let since_march = (153 * shifted + 2) / 5 + day - 1;
    let year = year - i64::from(month < 3);
    let days = year * 365 + year / 4 - year / 100 + year / 400 + since_march - 719_468;
    let seconds = ((days * 24 + part(11, 13)) * 60 + part(14, 16)) * 60 + part(17, 19);
    (seconds * 1000 + part(20, 23)) as f64
}

struct Row {
    at: f64,
    changes: f64,
    open: bool,
    local: String,
    zone: String,
    rules: Rules,
}

impl Row {
    fn read(row: &Value, schedules: &Value) -> Row {
        let text = |key: &str| row.get(key).and_then(Value::as_str).expect("text");
        let week = serde_json::to_string(schedules.get(text("schedule")).expect("schedule")).expect("JSON");
        let file = format!(
            r#"{{"version": 1, "schedules": {{"s": {{"zone": "{}", "week": {week}}}}},
                "rules": [{{"id": "r", "on": "page", "schedule": "s", "do": "open"}}]}}"#,
            text("zone")
        );
        let compiled = compile(&json(&file), Rc::new(machine())).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(compiled.problems.is_empty(), "{:?}", compiled.problems);
        Row {
            at: instant(text("at")),
            changes: instant(text("changes")),
            open: row.get("open").and_then(Value::as_bool).expect("bool"),
            local: text("local").into(),
            zone: text("zone").into(),
            rules: compiled.rules,
        }
    }

    fn pass(&self, wall: f64) -> Pass {
        decide(&self.rules, &Facts::new(), &History::new(), &Signal::Page, Now { page: wall - self.at, wall })
    }

    fn is_open(&self, wall: f64) -> bool {
        !self.pass(wall).decisions.is_empty()
    }

    /// Follows the wake-ups until the answer is another one.
    fn next_change(&self) -> Option<f64> {
        let mut wall = self.at;
        for _ in 0..40 {
            wall += self.pass(wall).trace.first()?.wake_in?;
            if self.is_open(wall) != self.open {
                return Some(wall);
            }
        }
        None
    }
}

fn rows() -> Vec<Row> {
    let table = json(TABLE);
    let schedules = table.get("schedules").expect("schedules");
    let instants = table.get("instants").and_then(Value::as_list).expect("instants");
    instants.iter().map(|row| Row::read(row, schedules)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_table_has_what_it_claims() {
    let rows = rows();
    let mut zones: Vec<&str> = rows.iter().map(|row| row.zone.as_str()).collect();
    zones.dedup();
    assert!(rows.len() >= 60 && zones.len() >= 8, "{} instants, {} zones", rows.len(), zones.len());
    let open = rows.iter().filter(|row| row.open).count();
    assert!(open * 3 > rows.len() && open * 3 < rows.len() * 2, "{open} of {} are open", rows.len());
}

/// Would catch: a zone's clock, or a day of the week, read wrongly by this machine.
#[wasm_bindgen_test(unsupported = test)]
fn local_time_is_that_of_the_zone() {
    let machine = machine();
    for row in rows() {
        let t = machine.local_time(&row.zone, row.at).expect("zone");
        let weekday = WEEKDAYS[usize::from(t.weekday) - 1];
        let (hour, minute) = (t.minute / 60, t.minute % 60);
        let found = format!("{}-{:02}-{:02} {hour:02}:{minute:02} {weekday}", t.year, t.month, t.day);
        assert_eq!(found, row.local, "{} {}", row.zone, row.at);
    }
}

/// Would catch: windows that are not half-open, hours that are lost past midnight, in a skipped or in a repeated hour.
#[wasm_bindgen_test(unsupported = test)]
fn schedules_are_open_when_they_should_be() {
    let wrong: Vec<String> = rows()
        .iter()
        .filter(|row| row.is_open(row.at) != row.open)
        .map(|row| format!("{} {}", row.zone, row.local))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Would catch: a rule that notices an opening or a closing late, because the clocks were changed in between.
#[wasm_bindgen_test(unsupported = test)]
fn a_change_is_noticed_at_the_instant_it_happens() {
    let wrong: Vec<String> = rows()
        .iter()
        .filter_map(|row| {
            let found = row.next_change();
            let late = found.map(|found| (found - row.changes) / 60_000.0);
            (late != Some(0.0)).then(|| format!("{} {}: {late:?} minutes late", row.zone, row.local))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
