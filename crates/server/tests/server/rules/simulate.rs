//! `chinwag rules simulate`: the numbers that people plan by.

use serde_json::{Value, json};

use crate::server::{chinwag, soon};

const RULES: &str = r#"{
  "version": 1, "timeZone": "UTC",
  "limits": { "perPage": 5, "perVisit": 5, "perDay": 2, "gap": "0s" },
  "rules": [
    { "id": "pricing", "on": { "timer": "20s" }, "where": "/pricing", "limits": { "perVisit": 1 }, "do": { "notify": { "text": "Hi" } } },
    { "id": "cart", "when": { "cart.value": { "$gte": 80 } }, "do": { "teaser": "Cart" } },
    { "id": "hot", "when": { "score": { "$gte": 3 } }, "do": { "tag": "hot" } },
    { "id": "points", "on": { "scroll": 50 }, "limits": { "perVisit": "unlimited" }, "do": { "score": 3 } }
  ]
}"#;

async fn simulate(visits: &str, format: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (rules, recorded) = (folder.path().join("rules.jsonc"), folder.path().join("v.ndjson"));
    std::fs::write(&rules, RULES).unwrap();
    std::fs::write(&recorded, visits).unwrap();
    let mut command = chinwag();
    command.args(["rules", "simulate"]).arg(&rules).arg("--visits").arg(&recorded).args(["--format", format]);
    let output = soon("the simulation", command.output()).await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

async fn report(visits: &str) -> Value {
    let (code, text) = simulate(visits, "json").await;
    assert_eq!(code, Some(0), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn time_passes_between_steps_and_after_the_last() {
    let visits = [
        // Long enough on the page; then too short; then another page.
        json!({ "at": "2026-11-20T10:00:00Z", "facts": { "page.path": "/pricing" }, "lasts": "20s" }),
        json!({ "at": "2026-11-20T10:00:00Z", "facts": { "page.path": "/pricing" }, "lasts": "19s" }),
        json!({ "at": "2026-11-20T10:00:00Z", "facts": { "page.path": "/" }, "lasts": "1h" }),
        json!({ "at": "2026-11-20T10:00:00Z", "steps": [{ "after": "30s", "page": "/pricing" }, { "after": "49s", "signal": { "click": "a" } }] }),
        json!({ "at": "2026-11-20T10:00:00Z", "steps": [{ "after": "30s", "page": "/pricing" }, { "after": "51s", "signal": { "click": "a" } }] }),
    ];
    let visits: Vec<String> = visits.iter().map(ToString::to_string).collect();
    let report = report(&visits.join("\n")).await;
    let pricing = &report["rules"][0];
    assert_eq!((&report["visits"], &pricing["visits"], &pricing["times"]), (&json!(5), &json!(2), &json!(2)));
    assert_eq!(pricing["why"], json!({ "no-event": 2, "page-not-included": 1 }));
}

#[tokio::test]
async fn a_visitor_who_comes_again_is_known_and_limited() {
    let visit = |day: &str, visitor: &str| {
        let steps = json!([{ "after": "5s", "set": { "cart.value": 90 } }, { "after": "9s", "answer": "dismissed" }]);
        json!({ "at": format!("2026-11-{day}T10:00:00Z"), "visitor": visitor, "steps": steps }).to_string()
    };
    let visits = [visit("20", "a"), visit("20", "a"), visit("20", "b"), visit("22", "a")];
    let report = report(&visits.join("\n")).await;
    let cart = &report["rules"][1];
    assert_eq!((&report["visitors"], &cart["visits"]), (&json!(2), &json!(3)));
    assert_eq!(cart["why"], json!({ "dismissed": 1 }), "the second visit came within the rest of a day");
}

#[tokio::test]
async fn a_score_wakes_the_rules_that_read_it() {
    let visit = json!({ "at": "2026-11-20T10:00:00Z", "steps": [{ "after": "1s", "signal": { "scroll": 60 } }] });
    let report = report(&visit.to_string()).await;
    assert_eq!((&report["rules"][2]["visits"], &report["rules"][3]["visits"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_bad_line_is_named_and_costs_no_other_line() {
    let good = r#"{"at":"2026-11-20T10:00:00Z"}"#;
    let bad = [
        ("{", "not JSON"),
        ("[]", "one JSON object"),
        ("{}", "`at` is missing"),
        (r#"{"at":"yesterday"}"#, "offset"),
        (r#"{"at":"2026-11-20T10:00:00Z","step":[]}"#, "`step` is not known"),
        (r#"{"at":"2026-11-20T10:00:00Z","steps":[{"after":5}]}"#, "step 1: `after` must be a duration"),
        (r#"{"at":"2026-11-20T10:00:00Z","steps":[{"after":"5s"}]}"#, "step 1: needs one of"),
        (r#"{"at":"2026-11-20T10:00:00Z","steps":[{"after":"5s","signal":{"scrol":5}}]}"#, "step 1: `signal`"),
        (r#"{"at":"2026-11-20T10:00:00Z","lasts":"9d"}"#, "more than a day"),
    ];
    for (line, message) in bad {
        let (code, text) = simulate(&format!("{good}\n\n{line}\n{good}\n"), "text").await;
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("v.ndjson:3: left out: ") && text.contains(message), "{line}: {text}");
        assert!(text.contains("2 visits by 2 visitors"), "{text}");
    }
    let long = format!("{good}\n{}\n{good}", "x".repeat(3 * 1024 * 1024));
    assert!(simulate(&long, "text").await.1.contains("v.ndjson:2: left out: the line is longer than 1 MB"));
    assert_eq!(simulate("{\n{\n", "text").await.0, Some(1), "nothing to go by");
}
