//! `POST …/frames`: what a connection would carry, without one.

use std::{net::IpAddr, time::Duration};

use axum::Json;
use chinwag_conversation::{ClientFrame, Hello, PostAnswer, ServerFrame, frame::PROTOCOL, limits};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    admission::UnderWay,
    app::{AGENTS, App, Shared},
    clock,
    desk::Refusal,
    error::Error,
    metrics::{Carrier, Ignored},
    store::Scope,
    wire::{self, Parsed},
};

/// Refused like credentials: asking again soon would not help. The code tells the two apart.
const OTHER_PROTOCOL: Error =
    Error::Forbidden { code: "protocol", message: "This server speaks protocol 1. Reload the page." };

/// The body; its frames are read one by one, so that a newer client's frame does not spoil the others.
#[derive(Deserialize)]
pub(super) struct Body {
    pub(super) token: Option<String>,
    wait_ms: Option<u32>,
    frames: Vec<Value>,
}

/// Answers the frames in their order. What is no frame, or none that we know, is passed over and costs the others nothing:
/// a newer client's sends must not wait for ever for an older server. Refused as a whole, before anything is done: a greeting
/// in another protocol, one for which there is no room, and a request of which nothing is a frame.
pub(super) async fn answer(app: &Shared, who: &Scope, body: Body, address: IpAddr) -> Result<Json<PostAnswer>, Error> {
    if body.frames.len() > limits::POST_FRAMES {
        let message = format!("At most {} frames fit into one request.", limits::POST_FRAMES);
        return Err(Error::bad("too_many_frames", message));
    }
    let parsed: Vec<Parsed> = body.frames.into_iter().map(wire::read).collect();
    count_ignored(app, &parsed);
    let broken = parsed.iter().find_map(|parsed| if let Parsed::Broken(why) = parsed { Some(why) } else { None });
    if let Some(why) = broken
        && parsed.iter().all(|parsed| matches!(parsed, Parsed::Broken(_)))
    {
        return Err(Error::bad("frame", format!("None of the frames can be read: {why}.")));
    }
    let greeting = parsed.iter().find_map(|parsed| match parsed {
        Parsed::Frame(frame) => match &**frame {
            ClientFrame::Hello(hello) => Some(hello),
            _ => None,
        },
        _ => None,
    });
    if greeting.is_some_and(|hello| hello.protocol != PROTOCOL) {
        return Err(OTHER_PROTOCOL);
    }
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
        // A chain of held requests is one connection.
        if under_way.is_some() {
            app.metrics.greeted(Carrier::Poll);
        }
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
        Refusal::Protocol => OTHER_PROTOCOL,
        Refusal::Store(error) => error.into(),
    }
}

fn count_ignored(app: &App, parsed: &[Parsed]) {
    for parsed in parsed {
        match parsed {
            Parsed::Unknown => app.metrics.ignored(Ignored::Unknown),
            Parsed::Broken(_) => app.metrics.ignored(Ignored::Broken),
            Parsed::Frame(_) | Parsed::Refused(_) => {}
        }
    }
}
