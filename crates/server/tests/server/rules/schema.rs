//! `chinwag rules schema`: what editors mark must be what the compiler refuses, and nothing that it takes.

use std::path::{Path, PathBuf};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::server::{chinwag, soon};

async fn schema() -> Value {
    let output = soon("the schema", chinwag().args(["rules", "schema"]).output()).await.unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().with_draft(Draft::Draft202012).build(schema).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file as editors read it: with comments and trailing commas.
pub(super) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let strip = |text: &str| {
        let mut out = String::new();
        let (mut quoted, mut escaped) = (false, false);
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            if !quoted && c == '/' && rest.peek() == Some(&'/') {
                rest.by_ref().find(|c| *c == '\n');
                out.push('\n');
                continue;
            }
            quoted ^= c == '"' && !escaped;
            escaped = quoted && c == '\\' && !escaped;
            out.push(c);
        }
        out
    };
    serde_json::from_str(&strip(&text)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files() -> Vec<PathBuf> {
    let mut files = vec![root().join("www/demo/engagement.jsonc")];
    for name in ["five-rules.json", "shop.json"] {
        files.push(root().join("tests/cases/targeting").join(name));
    }
    let recipes = std::fs::read_dir(root().join("docs/recipes")).unwrap().map(|entry| entry.unwrap().path());
    files.extend(recipes.filter(|path| path.extension().is_some_and(|extension| extension == "jsonc")));
    files
}

#[tokio::test]
async fn every_file_that_we_publish_is_valid() {
    let schema = schema().await;
    assert!(jsonschema::meta::is_valid(&schema), "the schema itself");
    assert_eq!(schema["$id"], "chinwag://engagement.v1.schema.json");
    let validator = validator(&schema);
    for path in files() {
        let file = read(&path);
        let errors: Vec<String> =
            validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
        assert_eq!(file["$schema"], schema["$id"], "{}", path.display());
    }
}

/// Everything that an editor would colour red.
#[tokio::test]
async fn a_typo_in_any_slot_is_refused() {
    let validator = validator(&schema().await);
    let file = |rule: Value| json!({ "version": 1, "rules": [rule] });
    let rule = |slot: &str, value: Value| {
        let mut rule = json!({ "id": "a", "do": "open" });
        rule[slot] = value;
        file(rule)
    };
    assert!(validator.is_valid(&file(json!({ "id": "a", "do": "open" }))));
    let wrong = [
        json!({ "version": 2 }),
        json!({ "version": 1, "audiance": {} }),
        json!({ "version": 1, "limits": { "perVist": 1 } }),
        json!({ "version": 1, "schedules": { "a": { "week": { "monday": [] } } } }),
        json!({ "version": 1, "attributes": { "a": { "type": "nubmer" } } }),
        file(json!({ "do": "open" })),
        file(json!({ "id": "a" })),
        rule("wher", json!("/x")),
        rule("on", json!([{ "tiemr": "20s" }])),
        rule("on", json!({ "timer": 20 })),
        rule("on", json!({ "timer": "20s", "clok": "visible" })),
        rule("on", json!("scroll")),
        rule("on", json!({ "page": "/pricing" })),
        rule("when", json!({ "cart.value": { "$get": 80 } })),
        rule("when", json!({ "$orr": [] })),
        rule("when", json!({ "$or": { "a": 1 } })),
        rule("when", json!({ "a": { "$in": "x" } })),
        rule("when", json!([])),
        rule("do", json!({ "notfy": { "text": "x" } })),
        rule("do", json!({ "notify": { "txt": "x" } })),
        rule("do", json!({ "notify": { "text": "x", "buttons": [{ "label": "x", "do": "opn" }] } })),
        rule("do", json!({ "navigate": "javascript:alert(1)" })),
        rule("do", json!({ "navigate": "//elsewhere.example" })),
        rule("agents", json!({ "need": "avaliable" })),
        rule("audience", json!({ "an": ["x"] })),
        rule("where", json!({ "includes": "/x" })),
        rule("rollout", json!({ "percent": 150 })),
        rule("delay", json!("5 minutes")),
        rule("until", json!("20/11/2026")),
        rule("experiment", json!({ "key": "k" })),
        rule("limits", json!({ "perVisit": 1.5 })),
        rule("goal", json!({ "signl": "x" })),
    ];
    for file in wrong {
        assert!(!validator.is_valid(&file), "taken: {file}");
    }
}

/// Otherwise editors would mark what works.
#[tokio::test]
async fn every_way_of_writing_is_valid() {
    let validator = validator(&schema().await);
    let rule = json!({
        "id": "a", "name": "A", "note": "n", "enabled": true, "priority": 1, "group": "g", "from": "2026-11-20", "until": "2026-11-20T10:00:00+01:00",
        "on": ["page", "exit", "rage", { "rage": {} }, { "page": true }, { "agents": null }, { "timer": "1.5h", "clock": "active", "scope": "visit" }, { "form": "abandon", "target": "#f" }, { "conversation": "received" }],
        "where": [{ "regex": "^/x" }, "/y?b=1"],
        "when": { "cart": { "a": 1 }, "a": null, "b": [1], "c": {}, "$not": { "d": { "$not": { "$gt": 1 } } }, "e": { "$elemMatch": { "f": { "$size": { "$gt": 1 } } } }, "g": { "$all": ["x", { "$regex": "y" }] } },
        "audience": "loyal", "schedule": "s", "agents": { "need": "any" }, "rollout": { "percent": 0.5 },
        "limits": { "perVisit": "unlimited", "ever": 2, "afterDismiss": "0s" }, "delay": "300ms",
        "do": ["open", { "open": {} }, { "route": "sales" }, { "track": { "name": "x", "data": { "y": 1 } } }, { "score": -5 }, { "suggest": ["a", { "fr": "b" }] },
               { "notify": { "text": { "en": "x" }, "buttons": [{ "label": "l", "do": { "navigate": "/" } }] } }],
    });
    let file = json!({ "version": 1, "rules": [rule], "tests": [{ "signal": { "custom": "x", "data": { "y": 1 } }, "expect": { "rule": null } }] });
    let errors: Vec<String> =
        validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
