//! Headers that say what browsers may do with our answers.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Console: nothing from elsewhere, in nobody's frame.
pub(super) const CONSOLE: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/// The demo shop is a page as strict site owners have them.
pub(super) const DEMO: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'";
/// The playground sends nothing anywhere, and cannot.
pub(super) const PLAYGROUND: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";
/// The page without scripts.
pub(super) const CHAT: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// Answers that are no pages.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'";

pub(super) async fn for_every_answer(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(PERMISSIONS, HeaderValue::from_static("unload=()"));
    set_default(headers, header::REFERRER_POLICY, "no-referrer");
    set_default(headers, header::CONTENT_SECURITY_POLICY, DATA);
    set_default(headers, header::CACHE_CONTROL, "no-store");
    response
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Any page may read this: it is the same for everybody.
pub(super) fn public(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
}

/// Whether `If-None-Match` names this tag (which has its quotes). Weak tags compare equal, as RFC 9110 wants here.
pub(super) fn unchanged(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
