//! Where a client knocks: asking for a ticket, opening a socket, posting.

use std::{net::SocketAddr, time::Duration};

use chinwag_conversation::{
    Asked, ClientFrame, Post, PostAnswer, PostFailure, ServerFrame, Ticket, admission::Refused,
};
use hyper::{Method, StatusCode};
use tokio::time::timeout;

use super::Who;
use crate::{
    http::{Answer, Ask, Http, address_of},
    wire::{self, Socket},
};

/// The demo site of a new data folder.
const SITE: &str = "demo";
/// For a request, besides the time that it may be held: the machine gives up earlier.
const REQUEST: Duration = Duration::from_secs(20);

/// The way in of one client.
pub(super) struct Door {
    pub(super) number: usize,
    pub(super) server: SocketAddr,
    pub(super) who: Who,
}

impl Door {
    fn path(&self, what: &str) -> String {
        match &self.who {
            Who::Visitor { .. } => format!("/v1/sites/{SITE}/{what}"),
            Who::Agent { .. } => format!("/v1/agent/{what}"),
        }
    }

    fn cookie(&self) -> Option<&str> {
        match &self.who {
            Who::Visitor { .. } => None,
            Who::Agent { cookie } => Some(cookie),
        }
    }

    async fn request(&self, ask: Ask<'_>, held: Duration) -> Result<Answer, String> {
        let asking = async {
            let mut http = Http::connect(address_of(self.number), self.server).await?;
            http.ask(ask).await
        };
        timeout(REQUEST + held, asking).await.unwrap_or_else(|_| Err("no answer".to_owned()))
    }

    /// Whether to come now.
    pub(super) async fn ask(&self) -> Asked {
        let path = self.path("connect");
        let headers: Vec<_> = self.cookie().map(|cookie| ("cookie", cookie)).into_iter().collect();
        let ask = Ask { path: &path, headers: &headers, ..Ask::default() };
        let Ok(answer) = self.request(ask, Duration::ZERO).await else { return Asked::Unreachable };
        match answer.status {
            StatusCode::OK => answer.json::<Ticket>().map_or(Asked::Absent, Asked::Ticket),
            StatusCode::SERVICE_UNAVAILABLE => {
                serde_json::from_slice::<Refused>(&answer.body).map_or(Asked::Absent, Asked::NotNow)
            }
            _ => Asked::Absent,
        }
    }

    pub(super) async fn open(&self) -> Result<Socket, String> {
        let mut headers = vec![("origin", format!("http://{}", self.server))];
        headers.extend(self.cookie().map(|cookie| ("cookie", cookie.to_owned())));
        wire::open(address_of(self.number), self.server, &self.path("socket"), &headers).await
    }

    pub(super) async fn post(
        &self,
        frames: Vec<ClientFrame>,
        wait_ms: Option<u32>,
    ) -> Result<Vec<ServerFrame>, PostFailure> {
        let token = match &self.who {
            Who::Visitor { token, .. } => Some(token.clone()),
            Who::Agent { .. } => None,
        };
        let body = serde_json::to_vec(&Post { token, wait_ms, frames }).map_err(|_| PostFailure::Refused)?;
        let kind = if self.cookie().is_some() { "application/json" } else { "text/plain" };
        let mut headers = vec![("content-type", kind), ("x-chinwag", "1")];
        headers.extend(self.cookie().map(|cookie| ("cookie", cookie)));
        let path = self.path("frames");
        let ask = Ask { method: Method::POST, path: &path, headers: &headers, body };
        let held = Duration::from_millis(wait_ms.unwrap_or(0).into());
        let answer = self.request(ask, held).await.map_err(|_| PostFailure::Unreachable)?;
        match answer.status {
            StatusCode::OK => answer.json::<PostAnswer>().map(|answer| answer.frames).map_err(|_| PostFailure::Busy),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Err(PostFailure::Refused),
            _ => Err(PostFailure::Busy),
        }
    }
}
