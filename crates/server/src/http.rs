//! Routes. Each one turns bytes into words of the domain and back, and decides nothing else.

mod address;
mod agent;
mod body;
mod chat;
mod connect;
mod files;
mod frames;
mod headers;
mod health;
mod metrics;
mod results;
mod visitor;
mod web;

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post, put},
};
use chinwag_conversation::limits;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{app::Shared, error::Error};

/// For a whole request, body included.
const DEADLINE: Duration = Duration::from_secs(10);
/// The same where an answer may wait for news.
const HELD_DEADLINE: Duration = Duration::from_secs(limits::WAIT_MS as u64 / 1_000 + 10);

pub(crate) fn router(app: Shared) -> Router {
    let quick = Router::new()
        .route("/", get(async || Redirect::temporary("/demo/")))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::text))
        .route("/sites/{site}/engagement.json", get(visitor::engagement))
        .route("/sites/{site}/availability.json", get(visitor::availability))
        .route("/v1/sites/{site}/connect", get(connect::visitor))
        .route("/v1/sites/{site}/socket", get(visitor::socket))
        .route("/v1/sites/{site}/results", post(results::add))
        .route("/v1/agent/me", get(agent::me))
        .route("/v1/agent/setup", post(agent::setup))
        .route("/v1/agent/login", post(agent::login))
        .route("/v1/agent/logout", post(agent::logout))
        .route("/v1/agent/intent", put(agent::intent))
        .route("/v1/agent/conversations", get(agent::inbox))
        .route("/v1/agent/conversations/{id}/entries", get(agent::entries))
        .route("/v1/agent/results", get(results::read))
        .route("/v1/agent/connect", get(connect::agent))
        .route("/v1/agent/socket", get(agent::socket))
        .route("/files/{key}/{name}", get(files::serve))
        .route("/chat/{site}", get(chat::begin).post(chat::go_on))
        .route("/chat.css", get(chat::style))
        .method_not_allowed_fallback(async || Error::Method)
        .fallback(web::file);
    let held = Router::new()
        .route("/v1/sites/{site}/frames", post(visitor::frames).options(visitor::preflight))
        .route("/v1/agent/frames", post(agent::frames))
        .method_not_allowed_fallback(async || Error::Method);
    let files = Router::new()
        .route("/v1/sites/{site}/files", post(files::visitor).options(visitor::preflight))
        .route("/v1/agent/files", post(files::from_agent))
        .method_not_allowed_fallback(async || Error::Method)
        .layer(DefaultBodyLimit::max(files::FORM_BYTES));
    timed(quick, DEADLINE)
        .merge(timed(held, HELD_DEADLINE))
        .merge(timed(files, files::DEADLINE))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(headers::for_every_answer))
        .with_state(app)
}

/// Routes whose whole requests, bodies included, take so long at most.
fn timed(routes: Router<Shared>, deadline: Duration) -> Router<Shared> {
    routes.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        match tokio::time::timeout(deadline, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Error::Unavailable.into_response(),
        }
    }))
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Error::Internal("a request panicked".into()).into_response()
}
