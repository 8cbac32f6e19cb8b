//! `POST …/frames`: what a connection would carry, without one.

use std::{net::IpAddr, time::Duration};

use axum::Json;
use chinwag_conversation::{ClientFrame, Hello, PostAnswer, ServerFrame, limits};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    admission::UnderWay,
    app::{AGENTS, Shared},
    clock,
    desk::Refusal,
    error::Error,
    store::Scope,
    wire::{self, Parsed},
};

/// The body; its frames are read one by one, so that a newer client's frame does not spoil the others.
#[derive(Deserialize)]
pub(super) struct Body {
    pub(super) token: Option<String>,
    wait_ms: Option<u32>,
    frames: Vec<Value>,
}

/// Answers the frames in their order. A broken one refuses the whole request, before anything is done; and so does a
/// greeting for which there is no room.
pub(super) async fn answer(app: &Shared, who: &Scope, body: Body, address: IpAddr) -> Result<Json<PostAnswer>, Error> {
    if body.frames.len() > limits::POST_FRAMES {
        let message = format!("At most {} frames fit into one request.", limits::POST_FRAMES);
        return Err(Error::bad("too_many_frames", message));
    }
    let parsed: Vec<Parsed> = body.frames.into_iter().map(wire::read).collect();
    if let Some(why) = parsed.iter().find_map(broken) {
        return Err(Error::bad("frame", format!("One of the frames is broken: {why}.")));
    }
    let greeting = parsed.iter().find_map(|parsed| match parsed {
        Parsed::Frame(frame) => match &**frame {
            ClientFrame::Hello(hello) => Some(hello),
            _ => None,
        },
        _ => None,
    });
    let under_way = match greeting {
        Some(hello) if !app.desk.renews(who, hello.client.as_deref()) => Some(admit(app, who, hello, address).await?),
        _ => None,
    };
    let wait = body.wait_ms.unwrap_or(0).min(limits::WAIT_MS);
    let (mut frames, mut held) = (Vec::new(), None);
    for parsed in parsed {
        match parsed {
            Parsed::Frame(frame) => match *frame {
                ClientFrame::Hello(hello) if wait > 0 => held = Some(hello),
                frame => frames.extend(app.desk.handle(who, frame).await.map_err(refused)?),
            },
            Parsed::Refused(nack) => frames.push(ServerFrame::Nack(nack)),
            Parsed::Unknown | Parsed::Broken(_) => {}
        }
    }
    if let Some(hello) = held {
        drop(under_way);
        // What is answered already does not wait, and a full house holds nobody.
        let wait = if frames.is_empty() && app.open_for_new().is_ok() { wait } else { 0 };
        let wait = Duration::from_millis(wait.into());
        frames.extend(app.desk.poll(who, hello, wait, app.phases.clone()).await.map_err(refused)?);
    }
    Ok(Json(PostAnswer { frames }))
}

/// The first greeting of a client is a handshake like any other.
async fn admit(app: &Shared, who: &Scope, hello: &Hello, address: IpAddr) -> Result<UnderWay, Error> {
    let site = match who {
        Scope::Visitor(visitor) => &*visitor.site,
        Scope::Agent(_) => AGENTS,
    };
    let admitted = app.admission.greet(site, hello.ticket.as_deref(), address, clock::elapsed());
    let (under_way, turn) = admitted.map_err(|refused| Error::TooMany { after_ms: refused.after_ms })?;
    sleep(turn).await;
    app.desk.admitted(who, hello.client.as_deref());
    Ok(under_way)
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Protocol => Error::bad("protocol", "This server speaks protocol 1. Reload the page."),
        Refusal::Store(error) => error.into(),
    }
}

fn broken(parsed: &Parsed) -> Option<&'static str> {
    match parsed {
        Parsed::Broken(why) => Some(why),
        _ => None,
    }
}
