//! `chinwag rules publish`: what it writes is what the server would serve.

use std::{path::Path, process::Output};

use serde_json::Value;

use crate::server::{Server, chinwag, soon};

const RULES: &str = "// for people\n{ \"version\": 1, \"name\": \"one\", \"note\": \"private\", \"rules\": [{ \"id\": \"a\", \"on\": \"rage\", \"do\": \"open\" }] }";

async fn publish(file: &Path, arguments: &[&str]) -> Output {
    soon("publishing", chinwag().args(["rules", "publish"]).arg(file).args(arguments).output()).await.unwrap()
}

#[tokio::test]
async fn it_writes_what_the_server_serves() {
    let server = Server::start().await;
    let file = server.data().join("sites/demo/engagement.jsonc");
    let output = publish(&file, &[]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let served = server.get("/sites/demo/engagement.json").await.text().await.unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), served);
    assert!(served.contains("\"program\""));
}

#[tokio::test]
async fn the_revision_goes_on_from_the_file_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("rules.jsonc"), folder.path().join("engagement.json"));
    let to = ["--out", out.to_str().unwrap()];
    let read = || serde_json::from_str::<Value>(&std::fs::read_to_string(&out).unwrap()).unwrap();
    std::fs::write(&file, RULES).unwrap();
    assert!(publish(&file, &to).await.status.success());
    assert_eq!((&read()["revision"], read().get("note")), (&1.into(), None));
    assert!(publish(&file, &to).await.status.success());
    assert_eq!(read()["revision"], 1, "nothing changed");
    std::fs::write(&file, RULES.replace("one", "two")).unwrap();
    assert!(publish(&file, &to).await.status.success());
    assert_eq!((&read()["revision"], &read()["name"]), (&2.into(), &"two".into()));
    // A mistyped place must not cost somebody a file.
    let other = publish(&file, &["--out", file.to_str().unwrap()]).await;
    assert_eq!(other.status.code(), Some(2));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("// for people"));
}

#[tokio::test]
async fn a_mistake_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("rules.jsonc"), folder.path().join("engagement.json"));
    let to = ["--out", out.to_str().unwrap()];
    let refused = [
        (RULES.replace("\"rage\"", "\"rege\""), "rules.jsonc:2:", "rege"),
        (RULES.replace("\"one\",", "\"one\""), "rules.jsonc:2:", "a comma is missing"),
    ];
    for (text, place, word) in refused {
        std::fs::write(&file, &text).unwrap();
        let output = publish(&file, &to).await;
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(place) && said.contains(word), "{said}");
        let output = publish(&file, &["--format", "json"]).await;
        let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &findings[0]["line"]), (Some(1), &2.into()));
    }
    let tests = r#", "tests": [{ "name": "wrong", "signal": "rage", "expect": { "none": true } }] }"#;
    std::fs::write(&file, RULES.trim_end_matches('}').to_owned() + tests).unwrap();
    let output = publish(&file, &to).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("its own test fails: wrong"), "{said}");
    assert!(!out.exists(), "nothing was ever good enough to be written");
}
