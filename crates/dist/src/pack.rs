//! Content-hashed names, compressed copies.

use crate::tokens::Tokens;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const COMPRESSIBLE: [&str; 10] = ["js", "mjs", "wasm", "json", "jsonc", "css", "html", "svg", "txt", "ts"];

/// One served file. Sizes are bytes; a file that does not get smaller keeps its raw size in the other columns.
#[derive(Debug, PartialEq)]
pub(crate) struct Packed {
    /// Name before hashing, e.g. `scout.wasm` or `console/index.html`.
    pub(crate) name: String,
    /// Path below the web folder.
    pub(crate) file: String,
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
    pub(crate) brotli: usize,
}

/// Writes the web folder from the stage. What was there before is replaced as a whole, and only if all went well.
pub(crate) fn pack(stage: &Path, web: &Path) -> Result<Vec<Packed>, String> {
    let fresh = web.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(|e| told(&fresh, e))?;
    }
    let mut tokens = Tokens::default();
    let mut files = Vec::new();
    let hashed_files = names(&stage.join("hashed"))?;
    // What belongs together shares one hash: the loader names each hash, and different ones would weigh a tenth of it.
    let mut groups: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for name in &hashed_files {
        groups.entry(group(name)).or_default().extend(load(&stage.join("hashed").join(name))?);
    }
    for name in &hashed_files {
        let bytes = load(&stage.join("hashed").join(name))?;
        let hashed = hashed_name(name, groups.get(group(name)).map_or(&bytes, |all| all));
        tokens.add_asset(name, &hashed);
        files.push(put(&fresh, name, format!("assets/{hashed}"), &bytes)?);
    }
    for name in names(&stage.join("scripts"))? {
        let bytes = filled(&tokens, &stage.join("scripts").join(&name))?;
        let hashed = hashed_name(&name, &bytes);
        tokens.add_script(&name, &hashed);
        files.push(put(&fresh, &name, format!("assets/{hashed}"), &bytes)?);
    }
    for name in names(&stage.join("web"))? {
        let path = stage.join("web").join(&name);
        let bytes = if matches!(extension(&name), "html" | "js") { filled(&tokens, &path)? } else { load(&path)? };
        files.push(put(&fresh, &name, name.clone(), &bytes)?);
    }
    if web.exists() {
        fs::remove_dir_all(web).map_err(|e| told(web, e))?;
    }
    fs::rename(&fresh, web).map_err(|e| told(web, e))?;
    Ok(files)
}

/// The piece of a file; all language tables are one.
fn group(name: &str) -> &str {
    name.split(['-', '.']).next().unwrap_or(name)
}

/// `scout.wasm` -> `scout-012345.wasm`. Six digits tell a release from those that browsers still have, and the loader names four.
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hash: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, ext)) => format!("{stem}-{hash}.{ext}"),
        None => format!("{name}-{hash}"),
    }
}

fn put(web: &Path, name: &str, file: String, bytes: &[u8]) -> Result<Packed, String> {
    let path = web.join(&file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| told(folder, e))?;
    }
    save(&path, bytes)?;
    let mut packed = Packed { name: name.to_owned(), file, raw: bytes.len(), gzip: bytes.len(), brotli: bytes.len() };
    if !COMPRESSIBLE.contains(&extension(name)) {
        return Ok(packed);
    }
    let smaller = |ending: &str, copy: Vec<u8>| {
        if copy.len() < bytes.len() {
            save(&beside(&path, ending), &copy).map(|()| copy.len())
        } else {
            Ok(bytes.len())
        }
    };
    packed.gzip = smaller("gz", gzip(bytes).map_err(|e| told(&path, e))?)?;
    packed.brotli = smaller("br", brotli(bytes).map_err(|e| told(&path, e))?)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(mut bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut out, &params)?;
    Ok(out)
}

/// The files below a folder, sorted, with `/` between parts; none if there is no such folder.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    if folder.exists() {
        walk(folder, "", &mut found).map_err(|e| told(folder, e))?;
    }
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { walk(&entry.path(), &format!("{name}/"), found)? } else { found.push(name) }
    }
    Ok(())
}

fn filled(tokens: &Tokens, path: &Path) -> Result<Vec<u8>, String> {
    let text = fs::read_to_string(path).map_err(|e| told(path, e))?;
    tokens.fill(&text).map(String::into_bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ext)| ext)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn load(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| told(path, e))
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|e| told(path, e))
}

fn told(path: &Path, error: std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join("stage").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    #[test]
    fn lays_out_the_web_folder() {
        let long = "a".repeat(400);
        let dir = stage(&[
            ("hashed/console.css", &long),
            ("scripts/console-boot.js", "f('__CONSOLE_CSS__')"),
            ("web/console/index.html", "<script src=__CONSOLE_BOOT__>"),
            ("web/demo/pixel.png", "__NOT_TEXT__"),
        ]);
        let web = dir.path().join("web");
        fs::create_dir_all(web.join("assets")).unwrap();
        fs::write(web.join("assets/stale.js"), "").unwrap();
        let files = pack(&dir.path().join("stage"), &web).unwrap();
        let css = hashed_name("console.css", long.as_bytes());
        let boot = format!("f('/assets/{css}')");
        let boot_name = hashed_name("console-boot.js", boot.as_bytes());
        assert_eq!(fs::read_to_string(web.join("assets").join(&boot_name)).unwrap(), boot);
        let page = fs::read_to_string(web.join("console/index.html")).unwrap();
        assert_eq!(page, format!("<script src=/assets/{boot_name}>"));
        assert!(web.join(format!("assets/{css}.br")).exists() && web.join(format!("assets/{css}.gz")).exists());
        assert!(!web.join("assets/stale.js").exists() && !web.join("demo/pixel.png.br").exists());
        assert_eq!(files.iter().map(|f| f.raw).collect::<Vec<_>>(), [400, boot.len(), page.len(), 12]);
        assert!(files[0].brotli < 30 && files[0].gzip < 60);
    }

    /// The loader knows one hash for each piece, so it must be the same for module and glue, and follow either.
    #[test]
    fn a_piece_has_one_hash_that_follows_all_of_its_files() {
        let hash = |glue: &str, table: &str| {
            let dir = stage(&[
                ("hashed/scout.js", glue),
                ("hashed/scout.wasm", "m"),
                ("hashed/lang-en.json", table),
                ("web/chinwag.js", "__CHINWAG_ASSETS__"),
            ]);
            let web = dir.path().join("web");
            pack(&dir.path().join("stage"), &web).unwrap();
            let loader = fs::read_to_string(web.join("chinwag.js")).unwrap();
            let assets: serde_json::Value = serde_json::from_str(&loader).unwrap();
            let hash = assets["scout"].as_str().unwrap().to_owned();
            assert!(["js", "wasm"].iter().all(|end| web.join(format!("assets/scout-{hash}.{end}")).exists()));
            hash
        };
        assert_eq!(hash("a", "{}"), hash("a", "{1}"));
        assert_ne!(hash("a", "{}"), hash("b", "{}"));
    }

    #[test]
    fn copies_decompress_to_the_original() {
        let text: String = (0..5000).map(|n| format!("{n},")).collect();
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut brotli(text.as_bytes()).unwrap().as_slice(), &mut back).unwrap();
        assert_eq!(back, text.as_bytes());
        let mut back = String::new();
        let zipped = gzip(text.as_bytes()).unwrap();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(zipped.as_slice()), &mut back).unwrap();
        assert_eq!(back, text);
    }
}
