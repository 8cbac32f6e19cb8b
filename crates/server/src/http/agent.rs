//! Routes of the console.

use std::net::SocketAddr;

use axum::{
    Json,
    body::Body,
    extract::{Extension, Path, Query, State, WebSocketUpgrade, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chinwag_conversation::{
    ConversationId, Page, Pull, Range, Stream, Summary, WallTime, frame::ConversationState, limits,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{address, body, frames as posted, visitor};
use crate::{
    app::{App, Shared},
    auth::{self, Password, Signed, check_person},
    clock,
    error::Error,
    hub::Note,
    origin,
    socket::Door,
    store::{InboxKey, InboxQuery, Intent, Me, Scope, StoreError},
};

const MAX_PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetupBody {
    code: String,
    name: String,
    email: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginBody {
    email: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IntentBody {
    intent: Intent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InboxParams {
    #[serde(default = "open")]
    state: ConversationState,
    limit: Option<usize>,
    before: Option<String>,
}

fn open() -> ConversationState {
    ConversationState::Open
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntriesParams {
    before: Option<u64>,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct Inbox {
    items: Vec<Summary>,
    next: Option<String>,
    feed: Value,
}

#[derive(Serialize)]
pub(super) struct Thread {
    summary: Summary,
    page: Page,
    visitor: Value,
}

fn shown(me: &Me) -> Json<Value> {
    Json(json!({ "name": me.name, "email": me.email, "role": me.role, "intent": me.intent }))
}

/// Routes that change something: a header that no foreign form can set, and no foreign origin.
pub(super) fn guard(app: &App, headers: &HeaderMap) -> Result<(), Error> {
    const MISSING: Error = Error::Forbidden { code: "header", message: "This route needs the header X-Chinwag: 1." };
    origin::not_foreign(headers, &app.own)?;
    match headers.get("x-chinwag").map(|value| value.as_bytes()) {
        Some(b"1") => Ok(()),
        _ => Err(MISSING),
    }
}

pub(super) async fn me(State(app): State<Shared>, headers: HeaderMap) -> Result<Json<Value>, Error> {
    Ok(shown(&app.auth.signed(&headers).await?.me))
}

pub(super) async fn setup(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    guard(&app, &headers)?;
    let form: SetupBody = body::json(&headers, body).await?;
    let (name, email) = (form.name.trim(), form.email.trim());
    check_person(name, email)?;
    let password = Password::new(form.password)?;
    let address = address::of(&app, peer, &headers).to_string();
    let opened = app.auth.setup(&form.code, name, email, password, address).await?;
    Ok(([(header::SET_COOKIE, opened.cookie)], shown(&opened.me)).into_response())
}

pub(super) async fn login(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    guard(&app, &headers)?;
    let form: LoginBody = body::json(&headers, body).await?;
    let address = address::of(&app, peer, &headers).to_string();
    let opened = app.auth.login(form.email.trim(), form.password, address).await?;
    Ok(([(header::SET_COOKIE, opened.cookie)], shown(&opened.me)).into_response())
}

pub(super) async fn logout(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Error> {
    guard(&app, &headers)?;
    let (session, cookie) = app.auth.logout(&headers).await?;
    if let Some(session) = session {
        app.presence.leave(session, clock::elapsed());
        app.hub.tell_agents(Note::SessionEnded(session));
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

pub(super) async fn intent(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Result<Json<Value>, Error> {
    guard(&app, &headers)?;
    let Signed { mut me, .. } = app.auth.signed(&headers).await?;
    let IntentBody { intent } = body::json(&headers, body).await?;
    app.store.set_intent(&me.scope(), intent).await?;
    app.presence.intent(me.agent, intent, clock::elapsed());
    me.intent = intent;
    Ok(shown(&me))
}

/// A query string that says what we understand, or a 400 in plain words.
pub(super) fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Error> {
    match query {
        Ok(Query(params)) => Ok(params),
        Err(_) => Err(Error::bad("query", "The query string has an unknown name or a wrong value.")),
    }
}

fn page_size(limit: Option<usize>) -> usize {
    limit.unwrap_or(limits::TAIL_ENTRIES).clamp(1, MAX_PAGE)
}

pub(super) async fn inbox(
    State(app): State<Shared>,
    headers: HeaderMap,
    params: Result<Query<InboxParams>, QueryRejection>,
) -> Result<Json<Inbox>, Error> {
    let agent = app.auth.signed(&headers).await?.me.scope();
    let InboxParams { state, limit, before } = query(params)?;
    let before = before.map(|text| key(&text)).transpose()?;
    let limit = page_size(limit);
    // The position before the items: what changes in between comes again, and nothing is missed.
    let seq = app.store.feed_top(&agent).await?;
    let mut items = app.store.inbox(&agent, InboxQuery { state, before, limit: limit + 1 }).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| format!("{}_{}", last.updated_at.0, last.conversation));
    Ok(Json(Inbox { items, next, feed: json!({ "epoch": app.store.epoch(), "seq": seq }) }))
}

fn key(text: &str) -> Result<InboxKey, Error> {
    let parsed = text.split_once('_').and_then(|(at, id)| {
        let updated_at = WallTime(at.parse().ok()?);
        Some(InboxKey { updated_at, conversation: ConversationId::parse(id)? })
    });
    parsed.ok_or_else(|| Error::bad("cursor", "This is not a cursor from an earlier page's `next`."))
}

pub(super) async fn entries(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
    params: Result<Query<EntriesParams>, QueryRejection>,
) -> Result<Json<Thread>, Error> {
    let agent = app.auth.signed(&headers).await?.me.scope();
    let EntriesParams { before, limit } = query(params)?;
    let id = ConversationId::parse(&id).ok_or(StoreError::NotFound)?;
    let stream = Stream::Conversation(id);
    let who = Scope::Agent(agent.clone());
    let summary = app.store.summary(&agent, id).await?;
    let state = app.desk.state(&who, stream).await?;
    let range = before.map_or(Range::Tail, Range::Before);
    let page = app.desk.pull_at_most(&who, Pull { stream, range }, page_size(limit)).await?;
    let visitor = json!({ "delivered": state.delivered, "read": state.read });
    Ok(Json(Thread { summary, page, visitor }))
}

pub(super) async fn socket(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    origin::require_own(&headers, &app.own)?;
    // Whose session it is, the greeting finds out: admission comes first.
    let session = auth::session_of(&headers)?;
    visitor::open(&app, upgrade, Door::Agent(session), address::of(&app, peer, &headers))
}

pub(super) async fn frames(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<chinwag_conversation::PostAnswer>, Error> {
    guard(&app, &headers)?;
    let Signed { me, session } = app.auth.signed(&headers).await?;
    let post: posted::Body = body::json(&headers, body).await?;
    app.presence.arrive(session, me.agent, me.intent, clock::elapsed());
    posted::answer(&app, &Scope::Agent(me.scope()), post, address::of(&app, peer, &headers)).await
}
