//! Any condition on any attributes, in both semantics.

#![no_main]

use arbitrary::{Result, Unstructured};
use chinwag_engine_tests::machine;
use chinwag_targeting::{Condition, Semantics, Truth, Value};
use libfuzzer_sys::fuzz_target;

const KEYS: &[&str] = &[
    "a",
    "b",
    "a.b",
    "b.0",
    "",
    ".",
    "é",
    "$and",
    "$or",
    "$nor",
    "$not",
    "$eq",
    "$ne",
    "$lt",
    "$lte",
    "$gt",
    "$gte",
    "$exists",
    "$in",
    "$nin",
    "$ini",
    "$nini",
    "$all",
    "$alli",
    "$regex",
    "$regexi",
    "$notRegex",
    "$notRegexi",
    "$size",
    "$elemMatch",
    "$type",
    "$veq",
    "$vne",
    "$vgt",
    "$vgte",
    "$vlt",
    "$vlte",
    "$inGroup",
    "$notInGroup",
    "$nope",
];
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "5",
    "-1.5",
    "1e400",
    "0x10",
    "1.2.3-rc.1",
    "v2.0.0",
    "null",
    "true",
    "[object Object]",
    "group",
    "number",
    "^a",
    "[a-c]+$",
    "(",
    "é",
    "İ",
    "😀",
    "\u{0}",
];

fuzz_target!(|bytes: &[u8]| {
    let mut source = Unstructured::new(bytes);
    let (Ok(condition), Ok(attributes)) = (value(&mut source, 40), value(&mut source, 40)) else { return };
    let groups = Value::Map(vec![("group".into(), Value::List(vec![5.0.into(), "a".into(), Value::Null]))]);
    let machine = machine();
    let truth = |condition: &Value, semantics| {
        Condition::compile(condition, &groups, &machine).0.eval(&attributes, semantics, &machine)
    };
    for semantics in [Semantics::Reference, Semantics::Strict] {
        let plain = truth(&condition, semantics);
        assert_eq!(plain, truth(&condition, semantics), "the same question, another answer");
        assert!(
            semantics == Semantics::Strict || !matches!(plain, Truth::Unknown(_)),
            "no answer in reference semantics"
        );
        // A level more, so not beyond the deepest that there may be.
        if depth(&condition) < 10 {
            let not = truth(&wrap("$not", condition.clone()), semantics);
            let expected = match plain {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                unknown => unknown,
            };
            assert_eq!(not, expected, "{semantics:?} {condition:?} {attributes:?}");
            let and = truth(&wrap("$and", Value::List(vec![condition.clone()])), semantics);
            let or = truth(&wrap("$or", Value::List(vec![condition.clone()])), semantics);
            assert_eq!((and, or), (plain, plain), "{semantics:?} {condition:?} {attributes:?}");
        }
    }
});

fn wrap(key: &str, inner: Value) -> Value {
    Value::Map(vec![(key.into(), inner)])
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// The fuzzer's bytes as a value, at most `deepest` levels deep.
fn value(source: &mut Unstructured<'_>, deepest: usize) -> Result<Value> {
    let kinds = if deepest == 0 { 5 } else { 9 };
    Ok(match source.int_in_range(0..=kinds - 1)? {
        0 => Value::Null,
        1 => Value::Bool(source.arbitrary()?),
        2 => Value::Number(f64::from(source.arbitrary::<i8>()?) / 2.0),
        3 => (*source.choose(TEXTS)?).into(),
        4 if source.ratio(1, 4)? => Value::Number(source.arbitrary()?),
        4 => source.arbitrary::<String>()?.into(),
        5 | 6 => {
            let count = source.int_in_range(0..=4)?;
            Value::List((0..count).map(|_| value(source, deepest - 1)).collect::<Result<_>>()?)
        }
        _ => {
            let count = source.int_in_range(0..=3)?;
            let entry = |source: &mut Unstructured<'_>| {
                let key = if source.ratio(1, 20)? { source.arbitrary()? } else { String::from(*source.choose(KEYS)?) };
                Ok((key, value(source, deepest - 1)?))
            };
            Value::Map((0..count).map(|_| entry(source)).collect::<Result<_>>()?)
        }
    })
}
