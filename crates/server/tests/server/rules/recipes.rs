//! The recipes of docs/targeting.md: people copy them, so they must be right.

use std::path::{Path, PathBuf};

use super::schema::read;
use crate::server::{chinwag, soon};

fn recipes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/recipes");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonc")).collect()
}

async fn run(command: &str, file: &Path) -> String {
    let output = soon(command, chinwag().args(["rules", command]).arg(file).output()).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{command} {}: {text}", file.display());
    text
}

#[tokio::test]
async fn no_recipe_has_a_mistake_or_a_failing_test() {
    let recipes = recipes();
    assert!(recipes.len() >= 11, "{recipes:?}");
    for file in recipes {
        let checked = run("check", &file).await;
        assert!(checked.ends_with(": 0 errors, 0 warnings\n"), "{checked}");
        let tested = run("test", &file).await;
        // A test of what fires and one of what does not, at least.
        assert!(tested.matches("passed: ").count() >= 2, "{tested}");
    }
}

#[tokio::test]
async fn every_recipe_is_in_the_guide_and_the_other_way_round() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/targeting.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let mut named: Vec<&str> = guide.split("](recipes/").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    named.sort_unstable();
    let mut files: Vec<String> =
        recipes().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    files.sort();
    assert_eq!(named, files);
}

/// Would catch: a rule of a recipe that nothing tries. What needs a past (`soft-offer`: a card that was closed days ago) no
/// test of a file can tell; the playground's tests see it fire.
#[test]
fn every_rule_of_a_recipe_fires_in_one_of_its_tests() {
    for path in recipes() {
        let file = read(&path);
        for rule in file["rules"].as_array().unwrap() {
            let mut expected = file["tests"].as_array().unwrap().iter().map(|test| &test["expect"]["rule"]);
            let id = &rule["id"];
            assert!(id == "soft-offer" || expected.any(|rule| rule == id), "{}: {id}", path.display());
            for entry in rule["on"].as_array().into_iter().flatten() {
                let tried = file["tests"].as_array().unwrap().iter().any(|test| {
                    let signal = &test["signal"];
                    let same = |entry: &serde_json::Map<_, _>| entry.keys().any(|kind| signal.get(kind).is_some());
                    entry.as_object().map_or(signal == entry, same)
                });
                assert!(tried, "{}: {entry}", path.display());
            }
        }
    }
}

/// Would catch: a beginner who copies the guide's first rule and gets a mistake.
#[tokio::test]
async fn the_first_rule_of_the_guide_works_as_it_stands_there() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/targeting.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let rule = guide.split("```jsonc\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("engagement.jsonc");
    std::fs::write(&file, rule).unwrap();
    assert!(run("check", &file).await.ends_with(": 0 errors, 0 warnings\n"));
    assert!(run("test", &file).await.ends_with("1 of 1 tests pass\n"));
    let described = run("describe", &file).await;
    assert!(guide.contains(described.trim()), "the guide quotes what describe says: {described}");
}

/// Would catch: a piece of the guide that people put into their file, and that has a mistake or does not do what is said.
#[tokio::test]
async fn every_piece_of_the_guide_can_be_put_into_a_file() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/targeting.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("engagement.jsonc");
    let pieces: Vec<&str> = guide.split("```jsonc\n").skip(2).filter_map(|rest| rest.split("```").next()).collect();
    assert!(pieces.len() >= 5, "{pieces:?}");
    for piece in pieces {
        let of_file = piece.contains(r#""rules""#);
        let piece =
            if of_file { piece.into() } else { format!(r#""rules": [{{ "id": "a", "do": "open", {piece} }}]"#) };
        std::fs::write(&file, format!(r#"{{ "version": 1, {piece} }}"#)).unwrap();
        let checked = run("check", &file).await;
        assert!(checked.ends_with(": 0 errors, 0 warnings\n"), "{checked}{piece}");
        run("test", &file).await;
    }
}
