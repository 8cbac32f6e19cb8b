//! The conversation without scripts: plain forms, one style sheet. The token that makes a visitor the same visitor is made
//! here, lives in a hidden field, travels in bodies only and ends with the page.

mod page;

use std::sync::Arc;

use axum::{
    Form,
    body::Body,
    extract::{FromRequest, Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use chinwag_conversation::{
    Context, ConversationId, Entry, Kind, MessageId, NackCode, Pull, Range, Send, ServerFrame, Stream,
};
use serde::Deserialize;

use self::page::{Page, Words};
use super::{body, headers, visitor};
use crate::{
    app::Shared,
    clock,
    error::Error,
    metrics::Carrier,
    secret,
    sites::Site,
    store::{Scope, VisitorScope},
};

type SitePath = Result<Path<String>, PathRejection>;

/// What the form sends. Unknown fields come from browser extensions and are ignored.
#[derive(Deserialize)]
struct Fields {
    token: String,
    conversation: ConversationId,
    /// Made with the page, so that a form sent twice is one message.
    message_id: MessageId,
    contact_id: MessageId,
    #[serde(default)]
    text: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    refresh: String,
}

/// Hidden fields of the next page.
struct Keys {
    token: String,
    conversation: ConversationId,
    message_id: MessageId,
    contact_id: MessageId,
}

impl Keys {
    fn next(token: String, conversation: ConversationId) -> Self {
        Self { token, conversation, message_id: clock::message_id(), contact_id: clock::message_id() }
    }
}

/// `GET /chat/{site}`: an empty conversation. Nothing is stored until something is sent.
pub(super) async fn begin(State(app): State<Shared>, path: SitePath, request: HeaderMap) -> Result<Response, Error> {
    let site = visitor::site(&app, path)?;
    let conversation = ConversationId::new(clock::wall(), secret::bytes());
    let keys = Keys::next(secret::token(), conversation);
    Ok(show(&app, &site, &request, Page { keys, ..Page::empty() }))
}

/// `POST /chat/{site}`: sends what was written, if anything, and shows the thread as it is now.
pub(super) async fn go_on(
    State(app): State<Shared>,
    path: SitePath,
    request: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let site = visitor::site(&app, path)?;
    let fields = fields(body).await?;
    let who = Scope::Visitor(VisitorScope { site: site.name.clone(), visitor: secret::hash(&fields.token) });
    let refused = if fields.refresh.is_empty() { send(&app, &who, &site, &fields).await } else { None };
    let stream = Stream::Conversation(fields.conversation);
    let thread = app.desk.pull(&who, Pull { stream, range: Range::Tail }).await?;
    let thread: Vec<Entry> = page::as_edited(thread.events.into_iter().map(|event| event.entry).collect());
    let mut keys = Keys::next(fields.token.clone(), fields.conversation);
    let sent = refused.is_none() && fields.refresh.is_empty();
    if !sent {
        // Still the same message: trying again must not double it.
        (keys.message_id, keys.contact_id) = (fields.message_id, fields.contact_id);
    }
    let draft = if sent { String::new() } else { fields.text };
    Ok(show(&app, &site, &request, Page { keys, thread, refused, draft, name: fields.name, email: fields.email }))
}

async fn fields(body: Body) -> Result<Fields, Error> {
    let text = body::text(body).await?;
    let form = Request::builder()
        .method("POST")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(text))
        .map_err(|error| Error::Internal(error.to_string()))?;
    let bad = || Error::bad("form", "The form is not complete. Open the page again.");
    let Form(fields): Form<Fields> = Form::from_request(form, &()).await.map_err(|_| bad())?;
    if secret::is_token(&fields.token) { Ok(fields) } else { Err(bad()) }
}

/// Sends contact and message as far as they are there; says why not.
async fn send(app: &Shared, who: &Scope, site: &Site, fields: &Fields) -> Option<&'static str> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (name, email) = (filled(&fields.name), filled(&fields.email));
    if filled(&fields.text).is_none() && name.is_none() && email.is_none() {
        return Some("Write a message first.");
    }
    let context = Context { url: Some(format!("/chat/{}", site.name)), ..Context::default() };
    let (conversation, as_of) = (fields.conversation, None);
    let entry = |id, kind| Send { id, conversation, kind, context: Some(context.clone()), as_of };
    if name.is_some() || email.is_some() {
        let contact = entry(fields.contact_id, Kind::Contact { name, email });
        if let Some(code) = refused(app.desk.send(who, contact, Carrier::Post).await) {
            return Some(match code {
                NackCode::Malformed => "The mail address is not complete.",
                code => why(code),
            });
        }
    }
    filled(&fields.text)?;
    // Browsers send line ends as CR LF.
    let text = fields.text.replace("\r\n", "\n");
    let message = entry(fields.message_id, Kind::Message { text });
    refused(app.desk.send(who, message, Carrier::Post).await).map(why)
}

fn refused(answer: ServerFrame) -> Option<NackCode> {
    match answer {
        ServerFrame::Nack(nack) => Some(nack.code),
        _ => None,
    }
}

fn why(code: NackCode) -> &'static str {
    match code {
        NackCode::Empty => "Write a message first.",
        NackCode::TooLong => "This is too long: at most 4,000 characters. Send it in parts.",
        NackCode::Rate => "That was a lot at once. Wait a moment and send again.",
        NackCode::Unavailable => "The message could not be stored just now. Send it again.",
        NackCode::Malformed | NackCode::Forbidden => "This cannot be sent. Open the page again.",
    }
}

fn show(app: &Shared, site: &Arc<Site>, request: &HeaderMap, page: Page) -> Response {
    let words = Words::of(site, request, app.presence.now());
    let status = if page.refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = (status, Html(page.render(&site.name, &words))).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(headers::CHAT));
    // `no-referrer` would send `Origin: null` with the form.
    out.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// `GET /chat.css`
pub(super) async fn style() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (kind, include_str!("chat/chat.css")).into_response()
}
