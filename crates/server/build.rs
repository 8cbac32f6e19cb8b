//! Makes sure that what the binary embeds is there, so that `cargo build` works before the Wasm half was built.

use std::{env, fs, path::PathBuf};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let web = root.join("dist/web");
    fs::create_dir_all(&web).expect("dist/web can be created");
    println!("cargo:rerun-if-changed={}", web.display());

    // The demo site's rules; `{}` stands for "there are none yet".
    let demo = root.join("www/demo/engagement.jsonc");
    println!("cargo:rerun-if-changed={}", demo.display());
    let text = fs::read_to_string(&demo).unwrap_or_default();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("demo-engagement.jsonc"), text).expect("OUT_DIR is writable");
}
