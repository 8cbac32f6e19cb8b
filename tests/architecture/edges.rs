//! Who may use whom: the table in ARCHITECTURE.md, held against the manifests.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;

use crate::root;

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).arg("--offline").current_dir(root()).output();
    let output = output.expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn packages() -> Vec<Value> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// The folder of a manifest, such as `crates/scout`; the root's package is in `src`.
fn folder(manifest: &Path) -> String {
    let folder = manifest.strip_prefix(root()).ok().and_then(Path::parent).expect("a package of ours");
    if folder.as_os_str().is_empty() { "src".into() } else { folder.display().to_string() }
}

/// Folder and what it may use: the first and third columns of the table.
fn allowed() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let row = |(folder, rest): (&str, &str)| {
        let (_, may) = rest.trim_end().trim_end_matches('|').rsplit_once('|')?;
        let may = may.split([',', ';']).map(|one| one.trim().to_owned()).collect();
        Some((folder.to_owned(), may))
    };
    rows.filter_map(row).collect()
}

#[test]
fn packages_use_only_what_the_table_in_the_architecture_allows() {
    let allowed = allowed();
    assert!(allowed.len() > 10, "{allowed:?}");
    for package in packages() {
        let folder = folder(Path::new(package["manifest_path"].as_str().expect("a path")));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let Some(path) = dependency["path"].as_str() else { continue };
            let used = self::folder(&Path::new(path).join("Cargo.toml"));
            let short = used.strip_prefix("crates/").unwrap_or(&used);
            let may = allowed.get(&folder).is_some_and(|may| may.iter().any(|one| one == short));
            assert!(may || used == folder, "{folder} uses {short}: give the reason in the table of ARCHITECTURE.md");
        }
    }
}

#[test]
fn pure_crates_link_nothing_that_has_a_clock_chance_or_the_world() {
    let impure = [
        "tokio",
        "async",
        "futures",
        "web-sys",
        "js-sys",
        "wasm-bindgen",
        "gloo",
        "yew",
        "getrandom",
        "rand",
        "fastrand",
        "tracing",
        "log ",
        "env_logger",
        "reqwest",
        "hyper",
        "chrono",
        "time ",
        "jiff",
        "socket",
        "rusqlite",
    ];
    for package in ["chinwag-targeting", "chinwag-conversation"] {
        let tree = cargo(&["tree", "-p", package, "-e", "normal", "--prefix", "none", "-f", "{p}"]);
        assert!(tree.starts_with(package) && tree.contains("serde "), "{tree}");
        for line in tree.lines() {
            assert!(!impure.iter().any(|name| line.starts_with(name)), "{package} links {line}");
        }
    }
}

#[test]
fn a_package_has_one_binary_of_tests() {
    for package in packages() {
        let targets = package["targets"].as_array().expect("targets");
        let tests: Vec<&Value> =
            targets.iter().filter(|target| target["kind"][0] == "test").map(|test| &test["name"]).collect();
        assert!(tests.len() <= 1, "{}: {tests:?}", package["name"]);
    }
}
