//! Requests.

use chinwag_conversation::PostFailure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, Response};

/// Sends frames and waits for the answer. A visitor's body is `text/plain`: no preflight, which an outage could break.
pub(crate) async fn post(
    url: &str,
    body: &str,
    agent: bool,
    signal: Option<&AbortSignal>,
) -> Result<String, PostFailure> {
    let init = init(agent);
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    init.set_signal(signal);
    if let Ok(headers) = Headers::new() {
        let kind = if agent { "application/json" } else { "text/plain" };
        drop(headers.set("content-type", kind));
        if agent {
            drop(headers.set("x-chinwag", "1"));
        }
        init.set_headers(&headers);
    }
    let (status, text) = request(url, &init).await.ok_or(PostFailure::Unreachable)?;
    match status {
        200 => Ok(text),
        401 | 403 | 404 => Err(PostFailure::Refused),
        _ => Err(PostFailure::Busy),
    }
}

/// The answer, whatever its status; `None`: there is no way to the server, or it may not be read.
pub(crate) async fn get(url: &str, agent: bool) -> Option<String> {
    request(url, &init(agent)).await.map(|(_, text)| text)
}

fn init(agent: bool) -> RequestInit {
    let init = RequestInit::new();
    init.set_credentials(if agent { RequestCredentials::SameOrigin } else { RequestCredentials::Omit });
    init
}

async fn request(url: &str, init: &RequestInit) -> Option<(u16, String)> {
    let promise = web_sys::window()?.fetch_with_str_and_init(url, init);
    let response: Response = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    Some((response.status(), text.as_string()?))
}
