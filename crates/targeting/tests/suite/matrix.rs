//! Every operator on a fact that is absent, null, of another type, or empty, in both semantics.

use crate::host::Native;
use crate::json;
use chinwag_targeting::{Condition, Semantics, Truth, Value, Why};

/// Columns: absent, null, number 5, text "abc", text "", true, [], {}.
const FACTS: [&str; 8] = ["", "null", "5", "\"abc\"", "\"\"", "true", "[]", "{}"];

/// `T`, `F`, and for unknown `m` (missing), `w` (wrong type), `l` (unknown list).
const ROWS: &[(&str, &str, &str)] = &[
    // operand, reference, strict
    (r#""abc""#, "FFFTFFFF", "mmFTFwww"),
    (r#""5""#, "FFTFFFFF", "mmTFFwww"),
    (r#""""#, "FFFFTFTF", "mmFFTwww"),
    (r#""null""#, "TTFFFFFF", "mmFFFwww"),
    ("5", "FFTFFFFF", "mmTwwwww"),
    ("0", "TTFFTFTF", "mmFwwwww"),
    ("true", "FFTTFTTT", "mmwwwTww"),
    ("false", "FFFFTFFF", "mmwwwFww"),
    ("null", "TTFFFFFF", "TTFFFFFF"),
    ("[]", "FFFFFFTF", "mmwwwwTw"),
    ("{}", "FFFFFFFT", "mmwwwwwT"),
    (r#"{"$eq": 5}"#, "FFTFFFFF", "mmTwwwww"),
    (r#"{"$eq": "abc"}"#, "FFFTFFFF", "mmwTFwww"),
    (r#"{"$eq": null}"#, "TTFFFFFF", "TTFFFFFF"),
    (r#"{"$ne": 5}"#, "TTFTTTTT", "mmFwwwww"),
    (r#"{"$ne": "abc"}"#, "TTTFTTTT", "mmwFTwww"),
    (r#"{"$ne": null}"#, "FFTTTTTT", "FFTTTTTT"),
    (r#"{"$lt": 6}"#, "TTTFTTTF", "mmTwwwww"),
    (r#"{"$lte": 0}"#, "TTFFTFTF", "mmFwwwww"),
    (r#"{"$gt": -1}"#, "TTTFTTTF", "mmTwwwww"),
    (r#"{"$gte": 5}"#, "FFTFFFFF", "mmTwwwww"),
    (r#"{"$gte": "abc"}"#, "FFFTFFFF", "mmwTFwww"),
    (r#"{"$lt": "b"}"#, "FFFTTFTT", "mmwTTwww"),
    (r#"{"$exists": true}"#, "FFTTTTTT", "FFTTTTTT"),
    (r#"{"$exists": false}"#, "TTFFFFFF", "TTFFFFFF"),
    (r#"{"$in": [5, 6]}"#, "FFTFFFFF", "mmTwwwFw"),
    (r#"{"$in": ["abc"]}"#, "FFFTFFFF", "mmwTFwFw"),
    (r#"{"$in": [null, 5]}"#, "TTTFFFFF", "TTTwwwFw"),
    (r#"{"$in": []}"#, "FFFFFFFF", "mmFFFFFF"),
    (r#"{"$in": "abc"}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$nin": [5, 6]}"#, "TTFTTTTT", "mmFwwwTw"),
    (r#"{"$nin": [null]}"#, "FFTTTTTT", "FFwwwwTw"),
    (r#"{"$nin": ["abc", 5]}"#, "TTFFTTTT", "mmFFTwTw"),
    (r#"{"$nin": []}"#, "TTTTTTTT", "mmTTTTTT"),
    (r#"{"$nin": 5}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$ini": ["ABC"]}"#, "FFFTFFFF", "mmwTFwFw"),
    (r#"{"$ini": []}"#, "FFFFFFFF", "mmFFFFFF"),
    (r#"{"$ini": "abc"}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$nini": 5}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$nini": ["ABC"]}"#, "TTTFTTTT", "mmwFTwTw"),
    (r#"{"$inGroup": "known"}"#, "FFTFFFFF", "mmTwwwFw"),
    (r#"{"$inGroup": "other"}"#, "FFFFFFFF", "llllllll"),
    (r#"{"$notInGroup": "known"}"#, "TTFTTTTT", "mmFwwwTw"),
    (r#"{"$notInGroup": "other"}"#, "TTTTTTTT", "llllllll"),
    (r#"{"$all": []}"#, "FFFFFFTF", "mmwwwwTw"),
    (r#"{"$all": ["a"]}"#, "FFFFFFFF", "mmwwwwFw"),
    (r#"{"$alli": ["A"]}"#, "FFFFFFFF", "mmwwwwFw"),
    (r#"{"$all": "a"}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$alli": []}"#, "FFFFFFTF", "mmwwwwTw"),
    (r#"{"$alli": 5}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$size": {"$lte": 3}}"#, "FFFFFFTF", "mmwwwwTw"),
    (r#"{"$size": 0}"#, "FFFFFFTF", "mmwwwwTw"),
    (r#"{"$elemMatch": {"$gt": 1}}"#, "FFFFFFFF", "mmwwwwFw"),
    (r#"{"$elemMatch": {"x": 1}}"#, "FFFFFFFF", "mmwwwwFw"),
    (r#"{"$regex": "^a|5"}"#, "FFTTFFFF", "mmwTFwww"),
    (r#"{"$regex": "null"}"#, "TTFFFFFF", "mmwFFwww"),
    (r#"{"$regexi": "^A"}"#, "FFFTFFFF", "mmwTFwww"),
    (r#"{"$notRegex": "^a"}"#, "TTTFTTTT", "mmwFTwww"),
    (r#"{"$notRegexi": "^A"}"#, "TTTFTTTT", "mmwFTwww"),
    (r#"{"$regex": "["}"#, "FFFFFFFF", "mmwwwwww"),
    (r#"{"$notRegex": "["}"#, "FFFFFFFF", "mmwwwwww"),
    (r#"{"$type": "null"}"#, "TTFFFFFF", "FTFFFFFF"),
    (r#"{"$type": "undefined"}"#, "FFFFFFFF", "TFFFFFFF"),
    (r#"{"$type": "number"}"#, "FFTFFFFF", "FFTFFFFF"),
    (r#"{"$type": "array"}"#, "FFFFFFTF", "FFFFFFTF"),
    (r#"{"$type": "object"}"#, "FFFFFFFT", "FFFFFFFT"),
    (r#"{"$type": "string"}"#, "FFFTTFFF", "FFFTTFFF"),
    (r#"{"$type": "boolean"}"#, "FFFFFTFF", "FFFFFTFF"),
    (r#"{"$veq": "5"}"#, "FFTFFFFF", "mmTFFwww"),
    (r#"{"$vne": "5"}"#, "TTFTTTTT", "mmFTTwww"),
    (r#"{"$vlt": "6"}"#, "TTTFTTTT", "mmTFTwww"),
    (r#"{"$vlte": "0"}"#, "TTFFTTTT", "mmFFTwww"),
    (r#"{"$vgt": "1"}"#, "FFTTFFFF", "mmTTFwww"),
    (r#"{"$vgte": "5"}"#, "FFTTFFFF", "mmTTFwww"),
    (r#"{"$not": {"$gt": 1}}"#, "TTFTTTTT", "mmFwwwww"),
    (r#"{"$not": {"$in": [5]}}"#, "TTFTTTTT", "mmFwwwTw"),
    (r#"{"$gt": 1, "$lt": 9}"#, "FFTFFFFF", "mmTwwwww"),
    (r#"{"$not": {"$nope": 1}}"#, "TTTTTTTT", "wwwwwwww"),
    (r#"{"$nope": 1}"#, "FFFFFFFF", "wwwwwwww"),
];

fn letter(truth: Truth) -> char {
    match truth {
        Truth::True => 'T',
        Truth::False => 'F',
        Truth::Unknown(Why::Missing) => 'm',
        Truth::Unknown(Why::WrongType) => 'w',
        Truth::Unknown(Why::UnknownList) => 'l',
        Truth::Unknown(Why::Pending) => 'p',
    }
}

/// Would catch: an operator that was added to the language and not to the matrix.
#[cfg(feature = "tools")]
#[test]
fn every_operator_has_a_row() {
    let (_, problems) = Condition::compile(&json(r#"{"f": {"$nope": 1}}"#), &Value::Null, &Native);
    let [chinwag_targeting::Problem { expected: chinwag_targeting::Expected::OneOf(operators), .. }] = &problems[..]
    else {
        panic!("the operators are not listed: {problems:?}");
    };
    assert!(operators.len() >= 29, "{operators:?}");
    let has_row = |operator: &&&str| ROWS.iter().any(|(row, ..)| row.contains(&format!("{{\"{operator}\":")));
    let missing: Vec<&&str> = operators.iter().filter(|operator| !has_row(operator)).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

/// Would catch: elements left out because JavaScript takes them for false, as GrowthBook's engine once did.
#[test]
fn zero_empty_and_false_are_elements_and_null_is_none() {
    for (element, found) in [("0", true), ("\"\"", true), ("false", true), ("null", false)] {
        let condition = json(r#"{"f": {"$elemMatch": {"$ne": 9}}}"#);
        let attributes = json(&format!(r#"{{"f": [{element}]}}"#));
        let (condition, _) = Condition::compile(&condition, &Value::Null, &Native);
        let truth = condition.eval(&attributes, Semantics::Reference, &Native);
        assert_eq!(truth == Truth::True, found, "{element}");
    }
}

fn row(operand: &str, semantics: Semantics) -> String {
    let (condition, _) =
        Condition::compile(&json(&format!("{{\"f\": {operand}}}")), &json(r#"{"known": [5, 6]}"#), &Native);
    let attributes = FACTS.map(|fact| match fact {
        "" => Value::Map(Vec::new()),
        fact => json(&format!("{{\"f\": {fact}}}")),
    });
    attributes.iter().map(|attributes| letter(condition.eval(attributes, semantics, &Native))).collect()
}

#[test]
fn every_operator_on_every_kind_of_fact() {
    let mut wrong = Vec::new();
    for (operand, reference, strict) in ROWS {
        for (semantics, expected) in [(Semantics::Reference, reference), (Semantics::Strict, strict)] {
            let found = row(operand, semantics);
            if found != *expected {
                wrong.push(format!("{operand} {semantics:?}: {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Would catch: texts in the order of their bytes, where JavaScript has that of its units.
#[test]
fn texts_stand_in_the_order_of_utf16() {
    let texts = ["", "a", "ab", "z", "é", "\u{d7ff}", "😀", "😀a", "\u{10ffff}", "\u{e000}", "\u{fb01}", "\u{ffff}"];
    for a in texts {
        for b in texts {
            let below = Value::Map(vec![("f".into(), Value::Map(vec![("$lt".into(), b.into())]))]);
            let (condition, _) = Condition::compile(&below, &Value::Null, &Native);
            let truth = condition.eval(&Value::Map(vec![("f".into(), a.into())]), Semantics::Strict, &Native);
            assert_eq!(truth == Truth::True, a.encode_utf16().lt(b.encode_utf16()), "{a:?} < {b:?}");
        }
    }
}

/// Would catch: white space that passes for the number 0, and a text with such bytes in it that does.
#[test]
fn white_space_is_no_number() {
    let (condition, _) = Condition::compile(&json(r#"{"f": {"$lt": 6}}"#), &Value::Null, &Native);
    for (text, expected) in [
        (" \t\n", Truth::Unknown(Why::WrongType)),
        ("\u{a0}\u{feff}", Truth::Unknown(Why::WrongType)),
        ("\u{bb}", Truth::Unknown(Why::WrongType)),
        ("\u{a0}5 ", Truth::True),
    ] {
        let truth = condition.eval(&Value::Map(vec![("f".into(), text.into())]), Semantics::Strict, &Native);
        assert_eq!(truth, expected, "{text:?}");
    }
}
