//! Tickets: the word of this server that a client may come. Signed with a key that lives as long as the process, so that
//! nothing is stored and a restart makes everybody ask again.

use std::sync::{Mutex, PoisonError};

use chinwag_conversation::{limits, time::Elapsed};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret;

/// Number, beginning, and half of the signature.
const BYTES: usize = 8 + 8 + 16;
/// Words of one block of used numbers.
const WORDS: usize = 64;
const BLOCK: u64 = WORDS as u64 * 64;

pub(super) struct Tickets {
    key: [u8; 64],
    used: Mutex<Used>,
}

/// What a ticket is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// Its handshake was paid for when it was issued.
    Fresh,
    /// Its place in the line has not come; it stays good.
    Early { by_ms: u64 },
    /// Used before, ended, of another site or server, or none at all.
    Nothing,
}

/// Which numbers were used: a bit each, for as long as a ticket can be good.
#[derive(Debug, Default)]
struct Used {
    next: u64,
    /// Newest last: what they start with, and until when one of them may be good.
    blocks: std::collections::VecDeque<Block>,
}

#[derive(Debug)]
struct Block {
    first: u64,
    until: Elapsed,
    bits: Box<[u64; WORDS]>,
}

impl Tickets {
    pub(super) fn new(key: [u8; 64]) -> Self {
        Self { key, used: Mutex::default() }
    }

    /// A new ticket for a site, good from `after_ms` on.
    pub(super) fn issue(&self, site: &str, now: Elapsed, after_ms: u64) -> String {
        let from = now.plus(after_ms);
        let number = self.used.lock().unwrap_or_else(PoisonError::into_inner).issue(ends(from), now);
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        bytes[8..16].copy_from_slice(&from.0.to_be_bytes());
        bytes[16..].copy_from_slice(&self.sign(site, number, from));
        secret::base64url(&bytes)
    }

    /// Looks at a ticket and, when its time has come, uses it up.
    pub(super) fn redeem(&self, site: &str, ticket: &str, now: Elapsed) -> Worth {
        let Some(bytes) = secret::from_base64url::<BYTES>(ticket) else { return Worth::Nothing };
        let part = |from: usize| u64::from_be_bytes(std::array::from_fn(|n| bytes[from + n]));
        let (number, from) = (part(0), Elapsed(part(8)));
        if self.mac(site, number, from).verify_truncated_left(&bytes[16..]).is_err() || now >= ends(from) {
            return Worth::Nothing;
        }
        if now < from {
            return Worth::Early { by_ms: from.since(now) };
        }
        self.used.lock().unwrap_or_else(PoisonError::into_inner).redeem(number)
    }

    fn mac(&self, site: &str, number: u64, from: Elapsed) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        mac.update(&number.to_be_bytes());
        mac.update(&from.0.to_be_bytes());
        mac.update(site.as_bytes());
        mac
    }

    fn sign(&self, site: &str, number: u64, from: Elapsed) -> [u8; 16] {
        let whole = self.mac(site, number, from).finalize().into_bytes();
        std::array::from_fn(|n| whole[n])
    }
}

fn ends(from: Elapsed) -> Elapsed {
    from.plus(limits::TICKET_MS)
}

impl Used {
    fn issue(&mut self, ends: Elapsed, now: Elapsed) -> u64 {
        let number = self.next;
        self.next += 1;
        match self.blocks.back_mut() {
            Some(block) if number < block.first + BLOCK => block.until = block.until.max(ends),
            _ => {
                while self.blocks.front().is_some_and(|block| block.until <= now) {
                    self.blocks.pop_front();
                }
                self.blocks.push_back(Block { first: number, until: ends, bits: Box::new([0; WORDS]) });
            }
        }
        number
    }

    fn redeem(&mut self, number: u64) -> Worth {
        let Some(oldest) = self.blocks.front().map(|block| block.first) else { return Worth::Nothing };
        let place = number.checked_sub(oldest).map(|away| (away / BLOCK) as usize);
        let Some(block) = place.and_then(|place| self.blocks.get_mut(place)) else { return Worth::Nothing };
        let away = number - block.first;
        let (word, bit) = ((away / 64) as usize, 1_u64 << (away % 64));
        if block.bits[word] & bit != 0 {
            return Worth::Nothing;
        }
        block.bits[word] |= bit;
        Worth::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_for_its_site_and_in_its_time() {
        let tickets = Tickets::new([1; 64]);
        let issue = || tickets.issue("demo", Elapsed(0), 0);
        let ticket = issue();
        assert_eq!(tickets.redeem("other", &ticket, Elapsed(1)), Worth::Nothing);
        assert_eq!(tickets.redeem("demo", &ticket, Elapsed(1)), Worth::Fresh);
        assert_eq!(tickets.redeem("demo", &ticket, Elapsed(2)), Worth::Nothing, "once");
        let late = issue();
        assert_eq!(tickets.redeem("demo", &late, Elapsed(limits::TICKET_MS)), Worth::Nothing, "too late");
        let place = tickets.issue("demo", Elapsed(0), 5_000);
        assert_eq!(tickets.redeem("demo", &place, Elapsed(4_000)), Worth::Early { by_ms: 1_000 });
        assert_eq!(tickets.redeem("demo", &place, Elapsed(limits::TICKET_MS + 4_999)), Worth::Fresh);
        let elsewhere = Tickets::new([2; 64]);
        assert_eq!(elsewhere.redeem("demo", &issue(), Elapsed(1)), Worth::Nothing, "of another server");
        for place in 0..late.len() {
            let mut forged = issue().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(tickets.redeem("demo", &forged, Elapsed(1)), Worth::Nothing, "{place}");
        }
        for odd in ["", "x", &"é".repeat(30), &"A".repeat(10_000)] {
            assert_eq!(tickets.redeem("demo", odd, Elapsed(1)), Worth::Nothing);
        }
    }

    #[test]
    fn used_numbers_are_remembered_for_as_long_as_they_could_be_used_and_no_longer() {
        let tickets = Tickets::new([1; 64]);
        let first = tickets.issue("demo", Elapsed(0), 0);
        assert_eq!(tickets.redeem("demo", &first, Elapsed(0)), Worth::Fresh);
        let mut issued = Vec::new();
        for n in 0..3 * BLOCK {
            issued.push(tickets.issue("demo", Elapsed(n), 0));
        }
        for ticket in &issued {
            assert_eq!(tickets.redeem("demo", ticket, Elapsed(3 * BLOCK)), Worth::Fresh);
            assert_eq!(tickets.redeem("demo", ticket, Elapsed(3 * BLOCK)), Worth::Nothing);
        }
        assert_eq!(tickets.redeem("demo", &first, Elapsed(3 * BLOCK)), Worth::Nothing);
        for n in 0..2 * BLOCK {
            tickets.issue("demo", Elapsed(limits::TICKET_MS * 2 + n), 0);
        }
        assert!(tickets.used.lock().unwrap().blocks.len() <= 3);
    }
}
