//! `chinwag rules check`: what a build sees of it.

use crate::server::{chinwag, soon};

/// Would catch: a rule that can never fire, and a build that is green all the same.
#[tokio::test]
async fn warnings_stop_a_build_only_when_it_asks_for_that() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.jsonc");
    for (when, arguments, code) in [
        (r#"{ "visit.pages": { "$gt": 5, "$lt": 3 } }"#, &[][..], 0),
        (r#"{ "visit.pages": { "$gt": 5, "$lt": 3 } }"#, &["--strict"], 1),
        (r#"{ "visit.pages": { "$gt": 5 } }"#, &["--strict"], 0),
        (r#"{ "visit.pages": { "$above": 5 } }"#, &[], 1),
    ] {
        let text = format!(r#"{{ "version": 1, "rules": [{{ "id": "a", "when": {when}, "do": "open" }}] }}"#);
        std::fs::write(&file, text).unwrap();
        let output =
            soon("check", chinwag().args(["rules", "check"]).arg(&file).args(arguments).output()).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{when} {arguments:?}: {said}");
    }
}
