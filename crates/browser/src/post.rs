//! Frames by HTTP.

use chinwag_conversation::{ClientFrame, PostFailure, ServerFrame};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCredentials, RequestInit, Response};

use crate::frames;

/// Sends `frames` and waits for the answer. A visitor's body is `text/plain`: no preflight, which an outage could break.
pub(crate) async fn post(
    url: String,
    token: Option<String>,
    outgoing: Vec<ClientFrame>,
) -> Result<Vec<ServerFrame>, PostFailure> {
    let agent = token.is_none();
    let body = frames::write::post(token.as_deref(), &outgoing);
    let response = request(&url, &body, agent).await.ok_or(PostFailure::Unreachable)?;
    match response.status() {
        200 => {}
        401 | 403 | 404 => return Err(PostFailure::Refused),
        _ => return Err(PostFailure::Busy),
    }
    let text = response.text().map_err(|_| PostFailure::Unreachable)?;
    let text = JsFuture::from(text).await.map_err(|_| PostFailure::Unreachable)?;
    text.as_string().and_then(|text| frames::answer(&text)).ok_or(PostFailure::Busy)
}

async fn request(url: &str, body: &str, agent: bool) -> Option<Response> {
    let headers = Headers::new().ok()?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    if agent {
        headers.set("content-type", "application/json").ok()?;
        headers.set("x-chinwag", "1").ok()?;
        init.set_credentials(RequestCredentials::SameOrigin);
    } else {
        headers.set("content-type", "text/plain").ok()?;
        init.set_credentials(RequestCredentials::Omit);
    }
    init.set_headers(&headers);
    let promise = web_sys::window()?.fetch_with_str_and_init(url, &init);
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}
