//! The built web files: loader, Wasm modules, demo, console.

use std::{borrow::Cow, fs, path::Path};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use rust_embed::Embed;

use super::headers;
use crate::{app::Shared, error::Error, secret};

#[derive(Embed)]
#[folder = "../../dist/web"]
struct Built;

/// One file as it goes out.
struct File {
    bytes: Cow<'static, [u8]>,
    /// With quotes.
    etag: String,
    encoding: Option<&'static str>,
}

const MISSING: Error = Error::NotFound("There is nothing at this address.");

/// Any path that no other route has.
pub(super) async fn file(
    State(app): State<Shared>,
    method: Method,
    uri: Uri,
    request: HeaderMap,
) -> Result<Response, Error> {
    let path = uri.path().trim_start_matches('/').to_owned();
    if !path.split('/').all(plain) {
        return Err(MISSING);
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(Error::Method);
    }
    let folder = app.config.web_dir.clone();
    let accepted = encodings(&request);
    let found = tokio::task::spawn_blocking(move || find(folder.as_deref(), &path, accepted));
    match found.await.map_err(|error| Error::Internal(error.to_string()))? {
        Found::File { path, file } => Ok(answer(&path, file, &request)),
        Found::Folder(path) => Ok(Redirect::permanent(&format!("/{path}/")).into_response()),
        Found::Nothing => Err(MISSING),
    }
}

/// A part of a path that cannot lead anywhere else.
fn plain(part: &str) -> bool {
    !part.starts_with('.') && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~'))
}

enum Found {
    File {
        path: String,
        file: File,
    },
    /// A folder's page, asked for without the slash.
    Folder(String),
    Nothing,
}

fn find(folder: Option<&Path>, path: &str, accepted: [bool; 2]) -> Found {
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    if let Some(file) = read(folder, &path, accepted) {
        return Found::File { path, file };
    }
    let has_type = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if !has_type && load(folder, &format!("{path}/index.html")).is_some() {
        return Found::Folder(path);
    }
    // Pages that route by themselves have addresses without files.
    let page = ROUTED.iter().find(|folder| !has_type && path.starts_with(**folder));
    let page = page.map(|folder| format!("{folder}index.html"));
    match page.and_then(|page| Some((read(folder, &page, accepted)?, page))) {
        Some((file, path)) => Found::File { path, file },
        None => Found::Nothing,
    }
}

/// Folders whose pages route by themselves.
const ROUTED: [&str; 2] = ["console/", "demo/app/"];

fn read(folder: Option<&Path>, path: &str, accepted: [bool; 2]) -> Option<File> {
    let plain = load(folder, path)?;
    for (accepted, (ending, encoding)) in accepted.iter().zip([("br", "br"), ("gz", "gzip")]) {
        if *accepted && let Some(small) = load(folder, &format!("{path}.{ending}")) {
            return Some(File { encoding: Some(encoding), ..small });
        }
    }
    Some(plain)
}

fn load(folder: Option<&Path>, path: &str) -> Option<File> {
    match folder {
        Some(folder) => {
            let bytes = fs::read(folder.join(path)).ok()?;
            let etag = format!("\"{}\"", secret::fingerprint(&bytes));
            Some(File { bytes: bytes.into(), etag, encoding: None })
        }
        None => {
            let file = Built::get(path)?;
            let hash = file.metadata.sha256_hash();
            let hex: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
            Some(File { bytes: file.data, etag: format!("\"{hex}\""), encoding: None })
        }
    }
}

/// Whether the client takes brotli, and gzip.
fn encodings(request: &HeaderMap) -> [bool; 2] {
    let lines = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    let mut accepted = [false; 2];
    for part in lines.flat_map(|line| line.split(',')) {
        let mut words = part.split(';').map(str::trim);
        let name = words.next().unwrap_or("");
        let refused =
            words.filter_map(|word| word.strip_prefix("q=")).any(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        for (slot, known) in accepted.iter_mut().zip(["br", "gzip"]) {
            *slot |= name.eq_ignore_ascii_case(known) && !refused;
        }
    }
    accepted
}

fn answer(path: &str, file: File, request: &HeaderMap) -> Response {
    let mut response = if headers::unchanged(request, &file.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match file.bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        let mut response = Response::new(body);
        let kind = HeaderValue::from_static(media_type(path));
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(encoding) = file.encoding {
            let encoding = HeaderValue::from_static(encoding);
            response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
        }
        response
    };
    let out = response.headers_mut();
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(freshness(path)));
    if let Ok(etag) = HeaderValue::from_str(&file.etag) {
        out.insert(header::ETAG, etag);
    }
    let policy = match path.split('/').next() {
        Some("console") => Some(headers::CONSOLE),
        Some("demo") => Some(headers::DEMO),
        Some("playground") => Some(headers::PLAYGROUND),
        _ => {
            headers::public(out);
            None
        }
    };
    if let Some(policy) = policy {
        out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    response
}

fn freshness(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else if path == "chinwag.js" {
        "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
    } else {
        "no-cache"
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "ts" | "md" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        for part in ["..", ".", ".git", "a%2fb", "a\\b", "a\0b"] {
            assert!(!plain(part), "{part}");
        }
        assert!(plain("scout-0a1B.wasm") && plain(""));
    }

    #[test]
    fn a_refused_encoding_is_not_used() {
        let check = |line: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, line.parse().unwrap());
            assert_eq!(encodings(&headers), expected, "{line}");
        };
        check("gzip, deflate, br, zstd", [true, true]);
        check("br;q=0, gzip;q=0.5", [false, true]);
        check("identity", [false, false]);
        check("GZIP; q=0.000", [false, false]);
    }
}
