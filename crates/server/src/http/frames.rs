//! `POST …/frames`: what a connection would carry, without one.

use axum::Json;
use chinwag_conversation::{PostAnswer, ServerFrame, limits};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    app::Shared,
    desk::Refusal,
    error::Error,
    store::Scope,
    wire::{self, Parsed},
};

/// The body; its frames are read one by one, so that a newer client's frame does not spoil the others.
#[derive(Deserialize)]
pub(super) struct Body {
    pub(super) token: Option<String>,
    frames: Vec<Value>,
}

/// Answers the frames in their order. A broken one refuses the whole request, before anything is done.
pub(super) async fn answer(app: &Shared, who: &Scope, body: Body) -> Result<Json<PostAnswer>, Error> {
    if body.frames.len() > limits::POST_FRAMES {
        let message = format!("At most {} frames fit into one request.", limits::POST_FRAMES);
        return Err(Error::bad("too_many_frames", message));
    }
    let parsed: Vec<Parsed> = body.frames.into_iter().map(wire::read).collect();
    if let Some(why) = parsed.iter().find_map(broken) {
        return Err(Error::bad("frame", format!("One of the frames is broken: {why}.")));
    }
    let mut frames = Vec::new();
    for parsed in parsed {
        match parsed {
            Parsed::Frame(frame) => match app.desk.handle(who, *frame).await {
                Ok(more) => frames.extend(more),
                Err(Refusal::Protocol) => {
                    return Err(Error::bad("protocol", "This server speaks protocol 1. Reload the page."));
                }
                Err(Refusal::Store(error)) => return Err(error.into()),
            },
            Parsed::Refused(nack) => frames.push(ServerFrame::Nack(nack)),
            Parsed::Unknown | Parsed::Broken(_) => {}
        }
    }
    Ok(Json(PostAnswer { frames }))
}

fn broken(parsed: &Parsed) -> Option<&'static str> {
    match parsed {
        Parsed::Broken(why) => Some(why),
        _ => None,
    }
}
