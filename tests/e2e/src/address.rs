//! Hosts of this machine: each one that is asked for is new in this run.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU16, Ordering},
};

static NEXT: AtomicU16 = AtomicU16::new(1);

/// A loopback address that nothing in this run has had. What browsers keep for a host or an origin there is nobody else's.
///
/// # Panics
/// After 65,535 of them.
#[must_use]
pub fn fresh() -> Ipv4Addr {
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(next != 0, "no more addresses");
    let [high, low] = next.to_be_bytes();
    Ipv4Addr::new(127, 1, high, low)
}
