//! Other people's sites: the demo shop's pages on an origin of their own, with the tag pointing to the server under test.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};

/// How the embedding site treats scripts and styles.
#[derive(Clone, Copy)]
pub enum Policy {
    None,
    /// What docs/embedding.md asks a strict site to allow, and nothing else.
    Strict,
}

/// A running host site. It stops with the runtime of the test.
pub struct Host {
    pub origin: String,
}

struct Shop {
    server: String,
    policy: Policy,
    embed: Embed,
}

/// What a page says besides `src` and `data-site`.
#[derive(Default)]
pub struct Embed {
    /// More attributes of the tag.
    pub attributes: String,
    /// A published file, inlined as `#rules`.
    pub rules: String,
    /// What stands first in the head, before anything of ours.
    pub head: String,
    /// What stands first in the body.
    pub body: String,
}

impl Host {
    /// Reserves an origin, so that a server can be told of it before the pages know the server.
    pub async fn reserve() -> (tokio::net::TcpListener, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        (listener, origin)
    }

    /// Serves the demo shop under `/demo/`, embedding the widget of `server`.
    #[must_use]
    pub fn serve(listener: tokio::net::TcpListener, server: &str, policy: Policy) -> Self {
        Self::serve_with(listener, server, policy, Embed::default())
    }

    /// The same, embedded in another way.
    #[must_use]
    pub fn serve_with(listener: tokio::net::TcpListener, server: &str, policy: Policy, embed: Embed) -> Self {
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let shop = Arc::new(Shop { server: server.to_owned(), policy, embed });
        let app = Router::new().route("/demo/{*path}", axum::routing::get(page)).with_state(shop);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin }
    }
}

async fn page(State(shop): State<Arc<Shop>>, Path(path): Path<String>) -> impl IntoResponse {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/demo"));
    let Ok(body) = std::fs::read(root.join(&path)) else {
        return (StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new());
    };
    let mut headers = HeaderMap::new();
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    headers.insert(header::CONTENT_TYPE, kind.parse().expect("a type"));
    if let Policy::Strict = shop.policy {
        let (server, socket) = (&shop.server, shop.server.replacen("http", "ws", 1));
        let policy = format!(
            "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self' {server} 'wasm-unsafe-eval'; \
             connect-src {server} {socket}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'"
        );
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.parse().expect("a policy"));
    }
    let body = if kind.starts_with("text/html") { tagged(body, &shop) } else { body };
    (StatusCode::OK, headers, body)
}

/// A driven browser says so in `navigator.webdriver`, which the rules take for a bot unless the tag allows them.
fn tagged(page: Vec<u8>, shop: &Shop) -> Vec<u8> {
    let Shop { server, embed: Embed { attributes, rules, head, body }, .. } = shop;
    let page = String::from_utf8(page).expect("a page is text");
    let here = r#"src="/chinwag.js" data-site="demo""#;
    assert!(page.contains(here), "a demo page without the tag");
    let inline = format!(r#"<head><script type="application/json" id="rules">{rules}</script>"#);
    let page = if rules.is_empty() { page } else { page.replacen("<head>", &inline, 1) };
    let page = page.replacen("<head>", &format!("<head>{head}"), 1).replacen("<body>", &format!("<body>{body}"), 1);
    page.replace(here, &format!(r#"src="{server}/chinwag.js" data-site="demo" data-bots="allow" {attributes}"#))
        .into_bytes()
}
