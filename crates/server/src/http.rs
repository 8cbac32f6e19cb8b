//! Routes. Each one turns bytes into words of the domain and back, and decides nothing else.

mod agent;
mod body;
mod chat;
mod frames;
mod headers;
mod health;
mod visitor;
mod web;

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post, put},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{app::Shared, error::Error};

/// For a whole request, body included.
const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) fn router(app: Shared) -> Router {
    let agent = Router::new()
        .route("/me", get(agent::me))
        .route("/setup", post(agent::setup))
        .route("/login", post(agent::login))
        .route("/logout", post(agent::logout))
        .route("/intent", put(agent::intent))
        .route("/conversations", get(agent::inbox))
        .route("/conversations/{id}/entries", get(agent::entries))
        .route("/socket", get(agent::socket))
        .route("/frames", post(agent::frames));
    let visitor = Router::new()
        .route("/socket", get(visitor::socket))
        .route("/frames", post(visitor::frames).options(visitor::preflight));
    Router::new()
        .route("/", get(async || Redirect::temporary("/demo/")))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/sites/{site}/engagement.json", get(visitor::engagement))
        .route("/sites/{site}/availability.json", get(visitor::availability))
        .nest("/v1/sites/{site}", visitor)
        .nest("/v1/agent", agent)
        .route("/chat/{site}", get(chat::begin).post(chat::go_on))
        .route("/chat.css", get(chat::style))
        .method_not_allowed_fallback(async || Error::Method)
        .fallback(web::file)
        .layer(middleware::from_fn(deadline))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(headers::for_every_answer))
        .with_state(app)
}

async fn deadline(request: Request, next: Next) -> Response {
    match tokio::time::timeout(DEADLINE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::Unavailable.into_response(),
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Error::Internal("a request panicked".into()).into_response()
}
