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
    (r#"{"$nin": []}"#, "TTTTTTTT", "mmTTTTTT"),
    (r#"{"$nin": 5}"#, "FFFFFFFF", "wwwwwwww"),
    (r#"{"$ini": ["ABC"]}"#, "FFFTFFFF", "mmwTFwFw"),
    (r#"{"$nini": ["ABC"]}"#, "TTTFTTTT", "mmwFTwTw"),
    (r#"{"$inGroup": "known"}"#, "FFTFFFFF", "mmTwwwFw"),
    (r#"{"$inGroup": "other"}"#, "FFFFFFFF", "llllllll"),
    (r#"{"$notInGroup": "known"}"#, "TTFTTTTT", "mmFwwwTw"),
    (r#"{"$notInGroup": "other"}"#, "TTTTTTTT", "llllllll"),
    (r#"{"$all": []}"#, "FFFFFFTF", "mmwwwwTw"),
    (r#"{"$all": ["a"]}"#, "FFFFFFFF", "mmwwwwFw"),
    (r#"{"$alli": ["A"]}"#, "FFFFFFFF", "mmwwwwFw"),
    (r#"{"$size": 0}"#, "FFFFFFTF", "mmwwwwTw"),
    (r#"{"$elemMatch": {"$gt": 1}}"#, "FFFFFFFF", "mmwwwwFw"),
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
    (r#"{"$veq": "5"}"#, "FFTFFFFF", "mmTFFwww"),
    (r#"{"$vne": "5"}"#, "TTFTTTTT", "mmFTTwww"),
    (r#"{"$vlt": "6"}"#, "TTTFTTTT", "mmTFTwww"),
    (r#"{"$vlte": "0"}"#, "TTFFTTTT", "mmFFTwww"),
    (r#"{"$vgt": "1"}"#, "FFTTFFFF", "mmTTFwww"),
    (r#"{"$vgte": "5"}"#, "FFTTFFFF", "mmTTFwww"),
    (r#"{"$not": {"$gt": 1}}"#, "TTFTTTTT", "mmFwwwww"),
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
