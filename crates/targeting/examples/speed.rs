//! Measures passes and loading, natively: `cargo run --release -p chinwag-targeting --example speed`.
//!
//! `--file N` prints the measured file of N rules instead, for other engines to run on.

use chinwag_targeting::{Facts, History, Host, LocalTime, Now, Pattern, Rules, Signal, Value, compile, decide};
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

struct Plain;

struct Literal(String);

impl Pattern for Literal {
    fn is_match(&self, text: &str) -> bool {
        text.contains(&self.0)
    }
}

impl Host for Plain {
    fn pattern(&self, source: &str, _: bool) -> Option<Box<dyn Pattern>> {
        Some(Box::new(Literal(source.trim_matches(['^', '$']).into())))
    }

    fn local_time(&self, _: &str, _: f64) -> Option<LocalTime> {
        Some(LocalTime { year: 2026, month: 11, day: 20, weekday: 5, minute: 600 })
    }
}

/// Rules of six clauses, none of which matches: the last clause decides.
fn file(count: usize) -> String {
    let rule = |i: usize| {
        format!(
            r#"{{"id": "rule-{i}", "on": "page", "where": {{"exclude": ["/admin/*"]}},
               "when": {{"page.path": {{"$regex": "^/checkout"}}, "cart.value": {{"$gte": {}}}, "device.type": {{"$in": ["phone", "tablet"]}},
               "geo.country": {{"$in": ["FR", "BE"]}}, "$or": [{{"customer.tier": "gold"}}, {{"visit.number": {{"$gte": 5}}}}], "visit.pages": {{"$gt": {}}}}},
               "do": {{"notify": {{"text": {{"en": "Questions about delivery?", "fr": "Des questions sur la livraison ?"}}, "replies": ["Delivery", "Returns"]}}}}}}"#,
            20 + i % 60,
            100 + i
        )
    };
    let rules: Vec<String> = (0..count).map(rule).collect();
    format!(r#"{{"version": 1, "revision": 1, "rules": [{}]}}"#, rules.join(","))
}

fn rules(count: usize) -> Rules {
    let value: Value = serde_json::from_str(&file(count)).unwrap();
    compile(&value, Rc::new(Plain)).unwrap_or_else(|_| unreachable!()).rules
}

fn facts() -> Facts {
    let mut facts = Facts::new();
    for (path, value) in [
        ("page.path", Value::from("/checkout/2")),
        ("page.host", "shop.example".into()),
        ("cart.value", 120.0.into()),
        ("device.type", "phone".into()),
        ("geo.country", "FR".into()),
        ("customer.tier", "gold".into()),
        ("visit.number", 6.0.into()),
        ("visit.pages", 4.0.into()),
    ] {
        facts.set(path, value);
    }
    facts
}

/// The best of 300 runs of about 1 ms, in microseconds: on a shared machine the others measure the neighbours.
fn measure(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..300 {
        let start = Instant::now();
        let mut count = 0;
        while start.elapsed().as_micros() < 1_000 {
            work();
            count += 1;
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(count));
    }
    best
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, count] = arguments.as_slice()
        && flag == "--file"
    {
        println!("{}", file(count.parse().unwrap()));
        return;
    }
    let (facts, history) = (facts(), History::new());
    let now = Now { page: 1000.0, wall: 1_795_165_200_000.0 };
    for count in [100, 500] {
        let rules = rules(count);
        assert!(decide(&rules, &facts, &history, &Signal::Page, now).decisions.is_empty());
        let pass = measure(|| drop(black_box(decide(&rules, &facts, &history, &Signal::Page, now))));
        let skipped = measure(|| drop(black_box(decide(&rules, &facts, &history, &Signal::Rage, now))));
        println!(
            "{count} rules of six clauses, none matching: {pass:.2} us a pass; a signal nobody mentions {skipped:.3} us"
        );
    }
    let text = file(90);
    let parse = measure(|| drop(black_box(serde_json::from_str::<Value>(&text).unwrap())));
    let value: Value = serde_json::from_str(&text).unwrap();
    let load = measure(|| assert!(black_box(compile(&value, Rc::new(Plain))).is_ok()));
    println!("{} KB file: parse {:.2} ms, compile {:.2} ms", text.len() / 1024, parse / 1000.0, load / 1000.0);
}
