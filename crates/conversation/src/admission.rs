//! Whether a client may connect now: the answer of `GET …/connect`, before anything is opened.

use serde::{Deserialize, Serialize};

/// 200: go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Opaque; goes into `hello.ticket`. Bound to the site.
    pub ticket: String,
    /// How long it is good from now on, in milliseconds.
    pub expires_ms: u64,
    #[serde(default)]
    pub transport: Transports,
}

/// Which transports the server wants this client to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transports {
    Socket,
    Poll,
    /// As the client finds best.
    #[default]
    #[serde(other)]
    Any,
}

/// 503: not now, but after `after_ms` and a random share of `spread_ms`: with the ticket, if there is one; else ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub after_ms: u64,
    pub spread_ms: u64,
    /// A place in the line: good from `after_ms` on, and not before.
    #[serde(flatten)]
    pub place: Option<Ticket>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P3.6. Would catch: a transport of a newer server that keeps an old widget from connecting.
    #[test]
    fn an_unknown_transport_is_any() {
        let read = |transport: &str| {
            let text = format!(r#"{{"ticket":"t","expires_ms":900000{transport}}}"#);
            serde_json::from_str::<Ticket>(&text).unwrap().transport
        };
        assert_eq!(read(r#","transport":"poll""#), Transports::Poll);
        assert_eq!(read(r#","transport":"carrier_pigeon""#), Transports::Any);
        assert_eq!(read(""), Transports::Any);
    }
}
