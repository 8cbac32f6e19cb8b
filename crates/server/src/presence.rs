//! Who can answer now. Presence is a lease: a sign of life holds it for 45 s, then it is over without anybody's help.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chinwag_conversation::{Availability, time::Elapsed};
use tokio::sync::watch;

use crate::store::{AgentId, Hash, Intent};

/// How long a sign of life counts, in milliseconds.
const LEASE_MS: u64 = 45_000;

/// How long an ended lease is kept for a socket that may thaw, in milliseconds.
const FORGET_MS: u64 = 10 * 60_000;

#[derive(Clone, Copy, Debug)]
struct Lease {
    agent: AgentId,
    until: Elapsed,
}

#[derive(Debug, Default)]
struct Book {
    leases: HashMap<Hash, Lease>,
    /// What agents intend, as first read from the store and then as they say: newer than what an arriving socket read before.
    intents: HashMap<AgentId, Intent>,
}

/// The leases, one for each session, and the availability that follows from them.
#[derive(Debug)]
pub(crate) struct Presence {
    book: Mutex<Book>,
    state: watch::Sender<Availability>,
}

impl Presence {
    pub(crate) fn new() -> Self {
        Self { book: Mutex::default(), state: watch::channel(Availability::Away).0 }
    }

    /// The agent is here, by a socket or a frame by `POST`. `intent` as it was read from the store some time before.
    pub(crate) fn arrive(&self, session: Hash, agent: AgentId, intent: Intent, now: Elapsed) {
        self.change(now, |book| {
            book.intents.entry(agent).or_insert(intent);
            book.leases.insert(session, Lease { agent, until: now.plus(LEASE_MS) });
        });
    }

    /// A sign of life. After [`Self::leave`] it has no effect: a socket that thaws does not bring back who signed out.
    pub(crate) fn touch(&self, session: Hash, now: Elapsed) {
        self.change(now, |book| {
            if let Some(lease) = book.leases.get_mut(&session) {
                lease.until = now.plus(LEASE_MS);
            }
        });
    }

    /// The agent accepts or pauses. It takes effect at once.
    pub(crate) fn intent(&self, agent: AgentId, intent: Intent, now: Elapsed) {
        self.change(now, |book| {
            book.intents.insert(agent, intent);
        });
    }

    /// The session ended.
    pub(crate) fn leave(&self, session: Hash, now: Elapsed) {
        self.change(now, |book| {
            book.leases.remove(&session);
        });
    }

    /// Lets leases end; to be called every second or so.
    pub(crate) fn tick(&self, now: Elapsed) {
        self.change(now, |book| book.leases.retain(|_, lease| lease.until.plus(FORGET_MS) > now));
    }

    pub(crate) fn now(&self) -> Availability {
        *self.state.borrow()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<Availability> {
        self.state.subscribe()
    }

    fn change(&self, now: Elapsed, with: impl FnOnce(&mut Book)) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        with(&mut book);
        let accepts = |lease: &Lease| lease.until > now && book.intents.get(&lease.agent) == Some(&Intent::Available);
        let state = if book.leases.values().any(accepts) { Availability::Available } else { Availability::Away };
        self.state.send_if_modified(|current| std::mem::replace(current, state) != state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIA: AgentId = AgentId(1);
    const DESK: Hash = Hash([1; 32]);
    const PHONE: Hash = Hash([2; 32]);

    #[test]
    fn an_agent_who_vanished_is_away_when_the_lease_ends() {
        let presence = Presence::new();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        presence.tick(Elapsed(44_999));
        assert_eq!(presence.now(), Availability::Available);
        presence.touch(DESK, Elapsed(44_999));
        presence.tick(Elapsed(45_000));
        assert_eq!(presence.now(), Availability::Available, "a sign of life renews it");
        presence.tick(Elapsed(89_999));
        assert_eq!(presence.now(), Availability::Away);
        presence.touch(DESK, Elapsed(90_000));
        assert_eq!(presence.now(), Availability::Available, "the socket lives after all");
    }

    #[test]
    fn who_signed_out_is_not_brought_back_by_an_old_socket() {
        let presence = Presence::new();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        presence.arrive(PHONE, MIA, Intent::Available, Elapsed(0));
        presence.leave(DESK, Elapsed(1));
        assert_eq!(presence.now(), Availability::Available, "the other session stays");
        presence.leave(PHONE, Elapsed(2));
        presence.touch(PHONE, Elapsed(3));
        assert_eq!(presence.now(), Availability::Away);
    }

    #[test]
    fn a_pause_is_away_at_once_and_a_sign_of_life_does_not_undo_it() {
        let presence = Presence::new();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        presence.intent(MIA, Intent::Paused, Elapsed(1));
        assert_eq!(presence.now(), Availability::Away);
        presence.touch(DESK, Elapsed(2));
        assert_eq!(presence.now(), Availability::Away);
    }

    #[test]
    fn a_socket_that_was_on_its_way_does_not_undo_a_pause() {
        let presence = Presence::new();
        presence.intent(MIA, Intent::Paused, Elapsed(1));
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(2));
        assert_eq!(presence.now(), Availability::Away);
        presence.intent(MIA, Intent::Available, Elapsed(3));
        assert_eq!(presence.now(), Availability::Available);
    }

    #[test]
    fn listeners_hear_changes_only() {
        let presence = Presence::new();
        let mut changes = presence.changes();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        assert!(changes.has_changed().is_ok_and(|changed| changed));
        changes.mark_unchanged();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(1));
        assert!(changes.has_changed().is_ok_and(|changed| !changed));
    }
}
