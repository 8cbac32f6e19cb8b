//! Which pages may open a connection. Compared exactly, and closed when in doubt.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};

use crate::error::Error;

const REFUSED: Error = Error::Forbidden {
    code: "origin",
    message: "This page may not connect here. Add its origin to the site's `origins`.",
};

/// Of the server's own pages.
const NOT_OURS: Error = Error::Forbidden {
    code: "origin",
    message: "The server does not know itself under the address of this page. Open the address that it printed at its start, \
              or start it with --public-url and this page's origin.",
};

/// Whether a text is an origin as browsers write it: scheme, host in small letters, port only when it is not the scheme's own.
pub(crate) fn is_origin(text: &str) -> bool {
    let (host, default_port) = match text.split_once("://") {
        Some(("https", host)) => (host, ":443"),
        Some(("http", host)) => (host, ":80"),
        _ => return false,
    };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !host.is_empty() && host.chars().all(allowed) && !host.ends_with(default_port) && !host.ends_with(':')
}

/// The origins that are this server itself.
#[derive(Clone, Debug)]
pub(crate) struct OwnOrigins(Vec<String>);

impl OwnOrigins {
    /// `public_url` as the operator gave it. Without it a server that listens everywhere is known to this machine only.
    pub(crate) fn new(public_url: Option<&str>, listening: SocketAddr) -> Self {
        let (ip, port) = (listening.ip(), listening.port());
        let mut own = vec![public_url.map_or_else(|| format!("http://{listening}"), ToOwned::to_owned)];
        if ip.is_loopback() || (public_url.is_none() && ip.is_unspecified()) {
            own.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{port}")));
        }
        Self(own)
    }

    pub(crate) fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|own| own == origin)
    }
}

/// The one `Origin` of a request, if it has exactly one.
pub(crate) fn of(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::ORIGIN).iter();
    match (all.next(), all.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    }
}

/// The request's origin when `allowed` says so. Missing, doubled and `null` are refused like foreign ones.
pub(crate) fn require(headers: &HeaderMap, allowed: impl Fn(&str) -> bool) -> Result<&str, Error> {
    of(headers).filter(|origin| allowed(origin)).ok_or(REFUSED)
}

/// For the console: the page is one of this server's.
pub(crate) fn require_own(headers: &HeaderMap, own: &OwnOrigins) -> Result<(), Error> {
    of(headers).filter(|origin| own.allows(origin)).map(|_| ()).ok_or(NOT_OURS)
}

/// For the console's plain routes: an origin may be missing (no browser), but not foreign.
pub(crate) fn not_foreign(headers: &HeaderMap, own: &OwnOrigins) -> Result<(), Error> {
    if headers.contains_key(header::ORIGIN) { require_own(headers, own) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for good in ["https://shop.example.com", "http://127.0.0.1:8080", "http://[::1]:1", "https://xn--p1ai:8443"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "null",
            "https://",
            "shop.example.com",
            "https://shop.example.com/",
            "https://Shop.example.com",
            "https://shop.example.com:443",
            "http://a:80",
            "https://*.example.com",
            "ftp://a",
            "https://a b",
            "https://u@a",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn the_listened_address_counts_only_on_this_machine() {
        let own = OwnOrigins::new(Some("https://chat.example.com"), ([0, 0, 0, 0], 8080).into());
        assert!(own.allows("https://chat.example.com"));
        assert!(!own.allows("http://localhost:8080"));
        // Would catch: a set-up link that is refused under the machine's other name.
        let own = OwnOrigins::new(None, ([0, 0, 0, 0], 8080).into());
        assert!(own.allows("http://127.0.0.1:8080") && own.allows("http://localhost:8080"));
        let own = OwnOrigins::new(None, ([192, 0, 2, 7], 8080).into());
        assert!(own.allows("http://192.0.2.7:8080") && !own.allows("http://localhost:8080"));
        let own = OwnOrigins::new(None, ([127, 0, 0, 1], 8080).into());
        assert!(own.allows("http://localhost:8080"));
        assert!(!own.allows("http://localhost:8081"));
        assert!(!own.allows("http://LOCALHOST:8080"));
    }
}
