//! Frames as each release wrote them: `tests/cases/protocol/<who>-<release>.jsonl`. Files of a release never change.

use std::{fmt::Debug, fs, path::Path};

use chinwag_conversation::{ClientFrame, Entry, Kind, Post, ServerFrame};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

fn cases(who: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/protocol");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(who)))
        .collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    files
        .iter()
        .flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// What an object is: a struct may get new fields; an enum's one key says which variant it is.
#[derive(Clone, Copy)]
enum Shape {
    Struct,
    Enum,
}

/// Puts a field that nobody knows into every struct.
fn with_news(value: &Value, shape: Shape) -> Value {
    match (value, shape) {
        (Value::Object(fields), _) => {
            let inside = |name: &str| match (shape, name) {
                (Shape::Struct, "kind" | "range") => Shape::Enum,
                _ => Shape::Struct,
            };
            let inner = fields.iter().map(|(name, field)| (name.clone(), with_news(field, inside(name))));
            let news = matches!(shape, Shape::Struct).then(|| ("news".to_owned(), json!({"of": "a later release"})));
            Value::Object(inner.chain(news).collect())
        }
        (Value::Array(list), _) => list.iter().map(|item| with_news(item, Shape::Struct)).collect(),
        (other, _) => other.clone(),
    }
}

fn stays<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) {
    let frame: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let written: Value = serde_json::to_value(&frame).unwrap();
    let kept: Value = serde_json::from_str(text).unwrap();
    assert_eq!(written, kept, "a kept frame is written as it was");
    let later = with_news(&kept, Shape::Enum);
    assert_eq!(later == kept, !text.contains(":{"), "the test must put something in");
    let read: T = serde_json::from_value(later).unwrap_or_else(|error| panic!("{text}\n{error}"));
    assert_eq!(read, frame, "unknown fields change nothing");
}

/// P1.5. Would catch: a renamed or newly required field, which tabs of an older release would not send.
#[test]
fn frames_of_every_release_are_read_and_written_as_they_were() {
    cases("client").iter().for_each(|text| stays::<ClientFrame>(text));
    cases("server").iter().for_each(|text| stays::<ServerFrame>(text));
}

/// P1.3. Would catch: a body of the first release that is refused for what it cannot know.
#[test]
fn a_body_of_the_first_release_is_read() {
    let post: Post = serde_json::from_str(r#"{"frames":[]}"#).unwrap();
    assert_eq!((post.token, post.wait_ms), (None, None));
}

/// P1.7. Would catch: a kept kind that became unknown without anybody noticing.
#[test]
fn no_kept_kind_is_unknown() {
    for text in cases("server") {
        let frame: Value = serde_json::from_str(&text).unwrap();
        let Some(entry) = frame.pointer("/event/entry") else { continue };
        let entry: Entry = serde_json::from_value(entry.clone()).unwrap();
        assert_ne!(entry.kind, Kind::Unknown, "{text}");
    }
}
