//! What must stay true, as far as sources and manifests show it: run by `./build.sh check`.

mod clauses;
mod edges;
mod words;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout")
}

/// Paths from the root, and texts, of all files below `folder` whose names end like this.
fn sources(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() {
                if name != "target" && name != "node_modules" {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.to_string_lossy().ends_with(ending)) {
                let place = path.strip_prefix(root()).expect("below the root").display().to_string();
                found.push((place, std::fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    found.sort();
    found
}
