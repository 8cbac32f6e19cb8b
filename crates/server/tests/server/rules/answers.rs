//! `chinwag rules eval`, `conformance`, `explain` and `describe`: what people and programs read from them.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::server::{chinwag, soon};

/// How a command ended, and what it said on both outputs.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }
}

async fn run(arguments: &[&str], input: &[u8]) -> Said {
    let mut command = chinwag();
    command.arg("rules").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // Beside reading: a pipe holds little.
    let writing = tokio::spawn(async move {
        let _ = stdin.write_all(&input).await;
    });
    let output = soon("the command", child.wait_with_output()).await.unwrap();
    soon("the input", writing).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/targeting/growthbook/cases.json")
}

/// All conditions of GrowthBook's suite, as lines, and what each must be.
fn conditions() -> (String, Vec<String>) {
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(suite()).unwrap()).unwrap();
    let cases = suite["evalCondition"].as_array().unwrap();
    let line = |case: &Value| {
        let mut line = json!({ "condition": case[1], "attributes": case[2] });
        if let Some(groups) = case.get(4) {
            line["groups"] = groups.clone();
        }
        line.to_string() + "\n"
    };
    (cases.iter().map(line).collect(), cases.iter().map(|case| case[3].to_string()).collect())
}

#[tokio::test]
async fn eval_answers_the_whole_suite_line_by_line() {
    let (lines, expected) = conditions();
    let said = run(&["eval", "--semantics", "reference"], lines.as_bytes()).await;
    assert_eq!((said.code, said.lines()), (Some(0), expected.iter().map(String::as_str).collect::<Vec<_>>()));
    let strict = run(&["eval"], lines.as_bytes()).await;
    assert_eq!(strict.code, Some(0));
    let differing: Vec<(&str, &str)> = strict
        .lines()
        .into_iter()
        .zip(&expected)
        .filter_map(|(found, wanted)| {
            let same = found == wanted || found == "unknown" && wanted == "false";
            (!same).then_some((found, wanted.as_str()))
        })
        .collect();
    // What strict semantics are for: absence is not an answer.
    assert!(!differing.is_empty() && differing.iter().all(|pair| *pair == ("unknown", "true")), "{differing:?}");
}

/// Would catch: a program whose answers belong to other questions from the first bad line on.
#[tokio::test]
async fn each_line_has_its_answer_also_a_bad_one() {
    let mut input = Vec::new();
    for line in [
        &br#"{"condition": {"a": 1}, "attributes": {"a": 1}}"#[..],
        b"",
        b"not json",
        b"\xff\xfe",
        br#"{"attributes": {}}"#,
        br#"{"condition": {"a": {"$lt": 5}}}"#,
    ] {
        input.extend_from_slice(line);
        input.extend_from_slice(b"\r\n");
    }
    input.extend_from_slice(br#"{"condition": {"a": 2}, "attributes": {"a": 1}}"#);
    let said = run(&["eval", "--semantics", "strict"], &input).await;
    assert_eq!(said.lines(), ["true", "unknown", "unknown", "unknown", "unknown", "unknown", "false"]);
    assert_eq!(said.code, Some(1));
    for number in [2, 3, 4, 5] {
        assert!(said.err.contains(&format!("line {number}: ")), "{}", said.err);
    }
    assert_eq!(said.err.lines().count(), 4, "an unknown answer is no bad line: {}", said.err);
    let none = run(&["eval"], b"").await;
    assert_eq!((none.code, none.out.as_str()), (Some(0), ""));
    assert_eq!(run(&["eval", "--semantics", "loose"], b"").await.code, Some(2));
}

#[tokio::test]
async fn conformance_counts_each_section() {
    let said = run(&["conformance", suite().to_str().unwrap()], b"").await;
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert!(said.lines().contains(&"evalCondition: 248/248"), "{}", said.out);
    assert!(said.lines().contains(&"urlRedirect: 0/4 (not claimed)"), "{}", said.out);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    let wrong = json!({ "specVersion": "x", "evalCondition": [["right", { "a": 1 }, { "a": 1 }, true], ["wrong", { "a": 1 }, { "a": 1 }, false]] });
    std::fs::write(&file, wrong.to_string()).unwrap();
    let said = run(&["conformance", file.to_str().unwrap()], b"").await;
    assert_eq!((said.code, said.lines()), (Some(1), vec!["evalCondition: 1/2", "    failed: wrong"]));
    std::fs::write(&file, "{}").unwrap();
    let said = run(&["conformance", file.to_str().unwrap()], b"").await;
    assert!(said.code == Some(2) && said.err.contains("no section"), "nothing at all is no success: {}", said.err);
}

const RULES: &str = r#"{
  "version": 1, "timeZone": "UTC",
  "schedules": { "office": { "week": { "mon-fri": ["09:00-18:00"] } } },
  "rules": [
    { "id": "exit", "on": { "exit": "pointer" }, "when": { "cart.value": { "$gte": 80 } }, "do": { "notify": { "from": "Mia", "text": { "en": "Wait", "fr": "Attendez" } } } },
    { "id": "hours", "schedule": "office", "do": { "track": "open" } }
  ]
}"#;

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rules.jsonc"), RULES).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn facts(&self, facts: &Value) -> String {
        std::fs::write(self.folder.path().join("facts.json"), facts.to_string()).unwrap();
        self.path("facts.json")
    }

    async fn explain(&self, arguments: &[&str]) -> Said {
        let file = self.path("rules.jsonc");
        let all: Vec<&str> = ["explain", &file].into_iter().chain(arguments.iter().copied()).collect();
        run(&all, b"").await
    }
}

#[tokio::test]
async fn explain_tells_why_with_facts_a_signal_and_a_time() {
    let files = Files::new();
    let facts = files.facts(&json!({ "cart.value": 60 }));
    let exit = r#"{"exit": "pointer"}"#;
    let said = files.explain(&["--facts", &facts, "--signal", exit, "--at", "2026-11-20T10:00:00Z"]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.starts_with("signal: exit pointer\n- exit: condition-false\n"), "{}", said.out);
    assert!(said.out.contains("cart.value is at least 80 (it is 60)"), "{}", said.out);
    // Nested facts are facts, too; and a name alone is a signal.
    let facts = files.facts(&json!({ "cart": { "value": 90 } }));
    let said = files.explain(&["--facts", &facts, "--signal", exit]).await;
    assert!(said.out.contains("+ exit: fired"), "{}", said.out);
    let sunday = files.explain(&["--at", "2026-11-22T10:00:00Z"]).await;
    assert!(sunday.out.contains("- hours: outside-schedule"), "{}", sunday.out);
    let friday = files.explain(&["--signal", "page", "--at", "2026-11-20T10:00:00Z"]).await;
    assert!(friday.out.contains("+ hours: fired"), "{}", friday.out);
}

#[tokio::test]
async fn explain_says_what_it_cannot_use() {
    let files = Files::new();
    for (arguments, word) in [
        (&["--signal", "exti"][..], "exti: no such signal; did you mean `exit`?"),
        (&["--signal", "exit pointer"], r#"did you mean `{ "exit": "pointer" }`?"#),
        (&["--signal", "angry"], "did you mean `rage`?"),
        (&["--signal", "timer"], r#"write it like `{ "timer": "20s" }`"#),
        (&["--signal", "wiggle"], "the choices are page, timer"),
        (&["--signal", "hover"], "is when an element is on screen"),
        (&["--at", "2026-11-28T10:00"], "write 2026-11-28T10:00:00+01:00 with"),
        (&["--at", "2026-11-28"], "or 2026-11-28T00:00:00Z for UTC"),
        (&["--at", "28/11/2026"], "write it like 2026-11-20T10:00:00+01:00"),
        (&["--facts", "nowhere.json"], "nowhere.json"),
        (&["--at", "tomorrow"], "tomorrow"),
    ] {
        let said = files.explain(arguments).await;
        assert!(said.code == Some(2) && said.err.contains(word), "{arguments:?}: {}", said.err);
        assert_eq!(said.out, "");
    }
    // A rule that would listen, had it no mistake.
    let broken = RULES.replace("80", "80, \"$get\": 1");
    std::fs::write(files.path("rules.jsonc"), broken).unwrap();
    let said = files.explain(&["--signal", r#"{"exit": "pointer"}"#]).await;
    assert!(said.out.contains("No rule listens") && said.out.contains("- exit: unsupported"), "{}", said.out);
    let list = files.facts(&json!([1]));
    assert_eq!(files.explain(&["--facts", &list]).await.code, Some(2));
}

#[tokio::test]
async fn describe_reads_each_rule_aloud() {
    let files = Files::new();
    let file = files.path("rules.jsonc");
    let said = run(&["describe", &file], b"").await;
    assert_eq!(said.code, Some(0));
    assert_eq!(
        said.lines(),
        [
            r#"exit: when the pointer leaves through the top, if cart.value is at least 80: show the notification "Wait" from Mia."#,
            "",
            r#"hours: as soon as all of this holds, during office: report "open"."#,
        ]
    );
    let french = run(&["describe", &file, "--lang", "fr"], b"").await;
    assert!(french.out.contains("Attendez"), "{}", french.out);
    // A file that cannot be read is named with its place.
    let piped = run(&["describe", "-"], b"{ \"version\": 1").await;
    assert!(piped.code == Some(2) && piped.err.contains("-:1:"), "{}", piped.err);
}
