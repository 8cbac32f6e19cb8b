//! Other people's sites: the demo shop's pages on an origin of their own, with the tag pointing to the server under test.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::IntoResponse,
};

use crate::address;

/// How the embedding site treats scripts, styles and other origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    None,
    /// What docs/embedding.md asks a strict site to allow, and nothing else.
    Strict,
    /// The same, with a nonce on each script instead of the server's origin.
    Nonce,
    /// Strict, and no WebAssembly.
    NoWasm,
    /// Cross-origin isolated, by COOP and COEP.
    Isolated,
}

/// A running host site. It stops with the runtime of the test.
pub struct Host {
    pub origin: String,
    shop: Arc<Mutex<Shop>>,
}

#[derive(Clone)]
struct Shop {
    server: String,
    policy: Policy,
    embed: Embed,
}

/// What a page says besides the tag's `src`.
#[derive(Clone)]
pub struct Embed {
    /// `data-site`; `None`: the attribute is missing.
    pub site: Option<&'static str>,
    /// More attributes of the tag.
    pub attributes: String,
    /// A published file, inlined as `#rules` and served as `/rules.json`.
    pub rules: String,
    /// First in `<head>`.
    pub head: String,
    /// First in `<body>`.
    pub body: String,
    /// Attributes of `<html>`.
    pub root: &'static str,
}

impl Default for Embed {
    fn default() -> Self {
        Self {
            site: Some("demo"),
            attributes: String::new(),
            rules: String::new(),
            head: String::new(),
            body: String::new(),
            root: "lang=\"en\"",
        }
    }
}

/// Goes first into a page's head: from then on `watch` knows what was said, what went wrong and what lives.
pub const WATCH: &str = "<script src=\"/watch.js\"></script>";

impl Host {
    /// Reserves an origin, so that a server can be told of it before the pages know the server.
    pub async fn reserve() -> (tokio::net::TcpListener, String) {
        let listener = tokio::net::TcpListener::bind((address::fresh(), 0)).await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        (listener, origin)
    }

    /// Serves the demo shop under `/demo/`, embedding the widget of `server`; and a page without the tag as `/elsewhere`.
    #[must_use]
    pub fn serve(listener: tokio::net::TcpListener, server: &str, policy: Policy) -> Self {
        Self::serve_with(listener, server, policy, Embed::default())
    }

    /// The same, embedded in another way.
    #[must_use]
    pub fn serve_with(listener: tokio::net::TcpListener, server: &str, policy: Policy, embed: Embed) -> Self {
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let shop = Arc::new(Mutex::new(Shop { server: server.to_owned(), policy, embed }));
        let app = Router::new().fallback(page).with_state(Arc::clone(&shop));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin, shop }
    }

    /// From the next page on.
    pub fn embeds(&self, policy: Policy, embed: Embed) {
        let mut shop = self.shop.lock().unwrap_or_else(PoisonError::into_inner);
        (shop.policy, shop.embed) = (policy, embed);
    }
}

async fn page(State(shop): State<Arc<Mutex<Shop>>>, address: Uri) -> impl IntoResponse {
    let shop = shop.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some((kind, body)) = content(address.path(), &shop) else {
        return (StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new());
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, kind.parse().expect("a type"));
    headers.insert(header::CACHE_CONTROL, "no-cache".parse().expect("a value"));
    for (name, value) in policy(&shop) {
        headers.insert(HeaderName::from_static(name), value.parse().expect("a value"));
    }
    (StatusCode::OK, headers, body)
}

fn policy(shop: &Shop) -> Vec<(&'static str, String)> {
    let (server, socket) = (&shop.server, shop.server.replacen("http", "ws", 1));
    let strict = |scripts: &str| {
        let policy = format!(
            "default-src 'none'; img-src 'self'; style-src 'self'; script-src {scripts}; \
             connect-src {server} {socket}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'"
        );
        vec![("content-security-policy", policy)]
    };
    match shop.policy {
        Policy::None => Vec::new(),
        Policy::Strict => strict(&format!("'self' {server} 'wasm-unsafe-eval'")),
        Policy::Nonce => strict("'nonce-once' 'wasm-unsafe-eval'"),
        Policy::NoWasm => strict(&format!("'self' {server}")),
        Policy::Isolated => vec![
            ("cross-origin-opener-policy", "same-origin".into()),
            ("cross-origin-embedder-policy", "require-corp".into()),
        ],
    }
}

/// Type and bytes of what is there.
fn content(path: &str, shop: &Shop) -> Option<(&'static str, Vec<u8>)> {
    const HTML: &str = "text/html; charset=utf-8";
    match path {
        "/watch.js" => return Some(("text/javascript", include_bytes!("watch.js").into())),
        "/rules.json" => return Some(("application/json", shop.embed.rules.clone().into())),
        "/elsewhere" => return Some((HTML, "<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>".into())),
        _ => {}
    }
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/demo"));
    // A client-side router: its routes are one page.
    let file = match path.strip_prefix("/demo/")? {
        "" => "index.html",
        route if route.starts_with("app/") => "app/index.html",
        file => file,
    };
    let body = std::fs::read(root.join(file)).ok()?;
    let kind = match file.rsplit('.').next() {
        Some("html") => return Some((HTML, tagged(body, shop))),
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    Some((kind, body))
}

/// A driven browser says so in `navigator.webdriver`, which the rules take for a bot unless the tag allows them.
fn tagged(page: Vec<u8>, shop: &Shop) -> Vec<u8> {
    let Shop { server, embed: Embed { site, attributes, rules, head, body, root }, .. } = shop;
    let page = String::from_utf8(page).expect("a page is text");
    let here = r#"src="/chinwag.js" data-site="demo""#;
    assert!(page.contains(here), "a demo page without the tag");
    let inline = format!(r#"<script type="application/json" id="rules">{rules}</script>"#);
    let inline = if rules.is_empty() { "" } else { &inline };
    let site = site.map_or_else(String::new, |site| format!("data-site=\"{site}\""));
    let page = page
        .replacen("<html lang=\"en\">", &format!("<html {root}>"), 1)
        .replacen("<head>", &format!("<head>{head}{inline}"), 1)
        .replacen("<body>", &format!("<body>{body}"), 1)
        .replace(here, &format!(r#"src="{server}/chinwag.js" {site} data-bots="allow" {attributes}"#));
    let page = if shop.policy == Policy::Nonce { page.replace("<script ", "<script nonce=\"once\" ") } else { page };
    page.into_bytes()
}
