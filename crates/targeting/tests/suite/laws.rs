//! Properties that hold for any input.

use crate::host::Native;
use crate::json;
use crate::page::START;
use crate::program::compile;
use chinwag_targeting::{
    Condition, Exit, Facts, History, Now, Outcome, Semantics, Signal, Truth, Value, check, decide, describe, explain,
};
use proptest::prelude::*;
use std::rc::Rc;

/// Words of the language, so that arbitrary documents get past the first gate.
const KEYS: &[&str] = &[
    "version",
    "rules",
    "id",
    "on",
    "when",
    "where",
    "do",
    "timer",
    "scroll",
    "exit",
    "custom",
    "$and",
    "$or",
    "$not",
    "$gte",
    "$lt",
    "$in",
    "$regex",
    "$elemMatch",
    "$size",
    "cart.value",
    "page.path",
    "audience.a",
    "audiences",
    "a",
    "any",
    "none",
    "schedule",
    "schedules",
    "week",
    "mon-fri",
    "open",
    "closed",
    "zone",
    "limits",
    "perPage",
    "gap",
    "notify",
    "text",
    "buttons",
    "label",
    "rollout",
    "percent",
    "experiment",
    "key",
    "weights",
    "from",
    "until",
    "agents",
    "attributes",
    "default",
    "type",
    "lists",
    "holdout",
    "seed",
    "requires",
    "tests",
    "expect",
    "delay",
];
const TEXTS: &[&str] = &[
    "",
    "20s",
    "5m",
    "pointer",
    "/checkout/*",
    "https://shop.example/x?y=1",
    "a",
    "r",
    "number",
    "09:00-12:30",
    "22:00-06:00",
    "2026-11-20",
    "2026-11-20T10:00:00+01:00",
    "Europe/Paris",
    "visitor",
    "(a+)+",
    "[",
    "open",
    "été",
    "page",
    "unlimited",
    "$gte",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![
            Just(0.0),
            Just(1.0),
            Just(80.0),
            Just(-1.0),
            Just(1e300),
            (-1_000_000..1_000_000_i32).prop_map(|n| f64::from(n) / 64.0)
        ]
        .prop_map(Value::Number),
        prop::sample::select(TEXTS).prop_map(Value::from),
        ".{0,12}".prop_map(Value::String),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let key = prop_oneof![prop::sample::select(KEYS).prop_map(String::from), ".{0,6}"];
    scalar().prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(Value::Map),
        ]
    })
}

/// A file whose rules are half arbitrary.
fn file() -> impl Strategy<Value = Value> {
    let rule = prop::collection::vec((prop::sample::select(KEYS).prop_map(String::from), value()), 0..6);
    let rule = (rule, any::<bool>()).prop_map(|(mut entries, sound)| {
        entries.push(("id".into(), "r".into()));
        if sound {
            entries.push(("do".into(), "open".into()));
        }
        Value::Map(entries)
    });
    let top = prop::collection::vec((prop::sample::select(KEYS).prop_map(String::from), value()), 0..5);
    (top, prop::collection::vec(rule, 0..4)).prop_map(|(mut entries, rules)| {
        entries.push(("version".into(), Value::Number(1.0)));
        entries.push(("rules".into(), Value::List(rules)));
        Value::Map(entries)
    })
}

fn attributes() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(&["a", "b", "c"][..]).prop_map(String::from), value()), 0..4)
        .prop_map(Value::Map)
}

fn condition() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(&["a", "b", "c"][..]);
    let operator = prop::sample::select(
        &[
            "$eq", "$ne", "$lt", "$gte", "$in", "$nin", "$exists", "$size", "$type", "$regex", "$veq", "$all",
            "$inGroup",
        ][..],
    );
    let leaf = (name.clone(), prop::option::of(operator), value()).prop_map(|(name, operator, operand)| {
        let test = match operator {
            Some(operator) => Value::Map(vec![(operator.into(), operand)]),
            None => operand,
        };
        Value::Map(vec![(name.into(), test)])
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            list.clone().prop_map(|items| Value::Map(vec![("$and".into(), Value::List(items))])),
            list.prop_map(|items| Value::Map(vec![("$or".into(), Value::List(items))])),
            inner.prop_map(|item| Value::Map(vec![("$not".into(), item)])),
        ]
    })
}

fn eval(condition: &Value, attributes: &Value, semantics: Semantics) -> Truth {
    Condition::compile(condition, &json(r#"{"g": [1, "a"]}"#), &Native).0.eval(attributes, semantics, &Native)
}

/// 2, 1 or 0: Kleene's AND is the minimum, his OR the maximum.
fn rank(truth: Truth) -> u8 {
    match truth {
        Truth::True => 2,
        Truth::Unknown(_) => 1,
        Truth::False => 0,
    }
}

fn joined(junction: &str, a: &Value, b: &Value) -> Value {
    Value::Map(vec![(junction.into(), Value::List(vec![a.clone(), b.clone()]))])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_document_makes_it_panic(file in prop_oneof![file(), value()]) {
        let now = Now { page: 0.0, wall: START };
        if let Ok(compiled) = compile(&file, Rc::new(Native)) {
            let mut facts = Facts::new();
            facts.set("page.path", "/checkout/1");
            facts.set("visitor.id", "v");
            facts.set_running("page.seconds", 0.0, 0.0);
            for signal in [Signal::Page, Signal::Wake, Signal::Exit(Exit::Pointer), Signal::Fact("cart".into())] {
                explain(&compiled.rules, &facts, &History::new(), &signal, now);
            }
            describe(&compiled.rules, &["fr"]);
            for problem in compiled.problems.iter().chain(&check(&file, &compiled.rules, now)) {
                prop_assert!(!problem.message().is_empty());
                problem.hint(&file);
            }
        }
    }

    #[test]
    fn deciding_is_deterministic_and_shows_at_most_one(file in file(), cart in value(), seconds in 0.0..90.0_f64) {
        if let Ok(compiled) = compile(&file, Rc::new(Native)) {
            let again = compile(&file, Rc::new(Native)).unwrap_or_else(|_| unreachable!());
            let now = Now { page: seconds * 1000.0, wall: START + seconds * 1000.0 };
            let mut facts = Facts::new();
            facts.set("cart", cart);
            facts.set_running("page.seconds", 0.0, 0.0);
            let mut history = History::new();
            history.record(Outcome::Applied, "r", Now { wall: START - 1e6, page: 0.0 });
            for signal in [Signal::Page, Signal::Wake] {
                let pass = decide(&compiled.rules, &facts, &history, &signal, now);
                prop_assert_eq!(&pass, &decide(&again.rules, &facts, &history, &signal, now));
                prop_assert!(pass.decisions.iter().filter(|decision| decision.visible).count() <= 1);
                prop_assert_eq!(pass.trace.len(), compiled.rules.rules().len());
                prop_assert!(pass.next_wakeup.is_none_or(|at| at > now.page));
                history.settle(&pass);
            }
        }
    }

    #[test]
    fn three_valued_laws(a in condition(), b in condition(), facts in attributes()) {
        for semantics in [Semantics::Strict, Semantics::Reference] {
            let of = |condition: &Value| eval(condition, &facts, semantics);
            let not = |condition: &Value| Value::Map(vec![("$not".into(), condition.clone())]);
            let (x, y) = (of(&a), of(&b));
            prop_assert_eq!(rank(of(&not(&a))), 2 - rank(x));
            prop_assert_eq!(of(&not(&not(&a))), x);
            prop_assert_eq!(rank(of(&joined("$and", &a, &b))), rank(x).min(rank(y)));
            prop_assert_eq!(rank(of(&joined("$or", &a, &b))), rank(x).max(rank(y)));
            prop_assert_eq!(rank(of(&joined("$nor", &a, &b))), 2 - rank(x).max(rank(y)));
            if semantics == Semantics::Reference {
                prop_assert!(rank(x) != 1);
            }
        }
    }

    #[test]
    fn strict_never_says_the_opposite_without_a_conversion(number in -5.0..5.0_f64, edge in -5.0..5.0_f64) {
        let facts = Value::Map(vec![("a".into(), Value::Number(number))]);
        for operator in ["$lt", "$lte", "$gt", "$gte", "$eq", "$ne"] {
            let test = Value::Map(vec![(operator.into(), Value::Number(edge))]);
            let condition = Value::Map(vec![("a".into(), test)]);
            prop_assert_eq!(eval(&condition, &facts, Semantics::Strict), eval(&condition, &facts, Semantics::Reference));
        }
    }

    #[test]
    fn histories_survive_storage(events in prop::collection::vec((0..6_u8, 0..3_u8, 0.0..1e9_f64), 0..20)) {
        let mut history = History::new();
        for (outcome, rule, at) in events {
            let outcome = [Outcome::Displayed, Outcome::Applied, Outcome::Dismissed, Outcome::Opened,
                Outcome::Conversation, Outcome::Goal][usize::from(outcome)];
            history.record(outcome, ["a", "b", "c"][usize::from(rule)], Now { page: 0.0, wall: START + at });
        }
        let stored = serde_json::to_string(&history.to_value()).unwrap();
        let mut restored = History::new();
        restored.restore(&json(&stored));
        prop_assert_eq!(restored.to_value(), history.to_value());
    }

    #[test]
    fn values_survive_json(value in value()) {
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::to_string(&json(&text)).unwrap(), text);
    }
}
