//! Where a request comes from, for counting only. Never stored, never logged.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::app::App;

/// The client's address. A proxy's word counts when it is ours.
pub(super) fn of(app: &App, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = |ip: IpAddr| ip.is_loopback() || app.config.trusted_proxies.contains(&ip);
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded
        .filter(|_| trusted(peer.ip()))
        .and_then(|line| line.to_str().ok())
        .and_then(|line| line.rsplit(',').next())
        .and_then(|last| last.trim().parse::<IpAddr>().ok());
    network(last.unwrap_or_else(|| peer.ip()))
}

/// Whoever has an IPv6 address has 2^64 of them.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        other => other,
    }
}

/// Whether a request comes from this machine and was not passed on by a proxy on it.
pub(super) fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let passed_on = ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];
    peer.ip().is_loopback() && passed_on.iter().all(|name| !headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_address() {
        let ip = |text: &str| network(text.parse().unwrap());
        assert_eq!(ip("2001:db8::1"), ip("2001:db8::ffff:2"));
        assert_ne!(ip("2001:db8::1"), ip("2001:db8:0:1::1"));
        assert_eq!(ip("::ffff:192.0.2.7"), ip("192.0.2.7"));
        assert_ne!(ip("192.0.2.7"), ip("192.0.2.8"));
    }
}
