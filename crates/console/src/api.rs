//! The agents' HTTP routes.

use chinwag_browser::json;
use chinwag_conversation::ConversationId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, DomException, Headers, RequestCredentials, RequestInit, Response};

use crate::model::{Ask, EntriesPage, Intent, ListPage, Me, Problem, Report, SetUp, SignIn, Tab};

/// No answer in this time: the request is given up, and said so.
const PATIENCE_MS: u32 = 15_000;
/// Rows of one page.
const PAGE: &str = "50";

type Answer<T> = Result<T, Problem>;

pub(crate) async fn me() -> Answer<Me> {
    get("/v1/agent/me").await
}

pub(crate) async fn set_up(form: &SetUp) -> Answer<Me> {
    read(send("POST", "/v1/agent/setup", Some(form)).await?)
}

pub(crate) async fn sign_in(form: &SignIn) -> Answer<Me> {
    read(send("POST", "/v1/agent/login", Some(form)).await?)
}

pub(crate) async fn sign_out() -> Answer<()> {
    send::<()>("POST", "/v1/agent/logout", None).await.map(drop)
}

pub(crate) async fn put_intent(intent: Intent) -> Answer<Me> {
    #[derive(Serialize)]
    struct Body {
        intent: Intent,
    }
    read(send("PUT", "/v1/agent/intent", Some(&Body { intent })).await?)
}

/// One page of a list; `after` is the former page's cursor.
pub(crate) async fn conversations(tab: Tab, after: Option<&str>) -> Answer<ListPage> {
    let state = match tab {
        Tab::Open => "open",
        Tab::Closed => "closed",
    };
    let mut url = ["/v1/agent/conversations?state=", state, "&limit=", PAGE].concat();
    if let Some(after) = after {
        url.push_str("&before=");
        url.push_str(&String::from(js_sys::encode_uri_component(after)));
    }
    get(&url).await
}

/// The newest entries before `before`, or the newest of all.
pub(crate) async fn entries(id: ConversationId, before: Option<u64>) -> Answer<EntriesPage> {
    let mut url = ["/v1/agent/conversations/", &id.to_string(), "/entries?limit=", PAGE].concat();
    if let Some(before) = before {
        url.push_str("&before=");
        url.push_str(&before.to_string());
    }
    get(&url).await
}

/// What rules brought until today.
pub(crate) async fn report(ask: &Ask) -> Answer<Report> {
    const DAY_MS: f64 = 86_400_000.0;
    let first = js_sys::Date::now() - DAY_MS * f64::from(ask.span.days() - 1);
    let first = String::from(js_sys::Date::new(&JsValue::from_f64(first)).to_iso_string());
    let mut url = ["/v1/agent/results?from=", first.get(..10).unwrap_or_default()].concat();
    if let Some(site) = &ask.site {
        url.push_str("&site=");
        url.push_str(site);
    }
    get(&url).await
}

async fn get<T: DeserializeOwned>(url: &str) -> Answer<T> {
    read(send::<()>("GET", url, None).await?)
}

fn read<T: DeserializeOwned>(text: String) -> Answer<T> {
    json::read(&text).ok_or(Problem::Unreadable)
}

async fn send<B: Serialize>(method: &str, url: &str, body: Option<&B>) -> Answer<String> {
    let promise = request(method, url, body).ok_or(Problem::Unreachable)?;
    let response: Response =
        JsFuture::from(promise).await.map_err(|error| failure(&error))?.dyn_into().map_err(|_| Problem::Unreadable)?;
    let text = response.text().map_err(|_| Problem::Unreadable)?;
    let text = JsFuture::from(text).await.map_err(|error| failure(&error))?;
    let text = text.as_string().unwrap_or_default();
    if response.ok() { Ok(text) } else { Err(refusal(response.status(), &text)) }
}

fn request<B: Serialize>(method: &str, url: &str, body: Option<&B>) -> Option<js_sys::Promise<JsValue>> {
    let headers = Headers::new().ok()?;
    headers.set("x-chinwag", "1").ok()?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    if let Some(body) = body {
        headers.set("content-type", "application/json").ok()?;
        init.set_body(&JsValue::from_str(&json::write(body)?));
    }
    init.set_headers(&headers);
    Some(web_sys::window()?.fetch_with_str_and_init(url, &init).unchecked_into())
}

fn failure(error: &JsValue) -> Problem {
    match error.dyn_ref::<DomException>().map(DomException::name).as_deref() {
        Some("TimeoutError" | "AbortError") => Problem::TimedOut,
        _ => Problem::Unreachable,
    }
}

/// What an answer that is no success says; 0: there was none.
pub(crate) fn refusal(status: u16, text: &str) -> Problem {
    #[derive(Default, Deserialize)]
    struct Body {
        error: Reason,
    }
    #[derive(Default, Deserialize)]
    struct Reason {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let Body { error } = json::read(text).unwrap_or_default();
    match status {
        0 => Problem::Unreachable,
        401 => Problem::SignedOut,
        _ => Problem::Refused { status, code: error.code, message: error.message },
    }
}
