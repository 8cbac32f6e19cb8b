//! Who can answer now. Presence is a lease: a sign of life holds it for 45 s, then it is over without anybody's help, and for
//! good: what comes late (from a process that was frozen, from a socket that thaws) finds its lease gone and has to come anew.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chinwag_conversation::{Availability, time::Elapsed};
use tokio::sync::watch;

use crate::store::{AgentId, Hash, Intent};

/// How long a sign of life counts, in milliseconds.
const LEASE_MS: u64 = 45_000;

/// One lease. No number is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LeaseId(u64);

/// The lease is over: its time ended, or its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended;

#[derive(Clone, Copy, Debug)]
struct Lease {
    session: Hash,
    agent: AgentId,
    until: Elapsed,
}

#[derive(Debug, Default)]
struct Book {
    /// Leases until now.
    given: u64,
    leases: HashMap<LeaseId, Lease>,
    /// What agents intend, as first read from the store and then as they say: newer than what an arriving socket read before.
    intents: HashMap<AgentId, Intent>,
    /// Open conversations of each agent.
    taken: HashMap<AgentId, u32>,
}

/// The leases, one for each connection, and the availability that follows from them.
#[derive(Debug)]
pub(crate) struct Presence {
    /// Open conversations with which an agent takes no more; absent: as many as come.
    capacity: Option<u32>,
    book: Mutex<Book>,
    state: watch::Sender<Availability>,
}

impl Presence {
    pub(crate) fn new(capacity: Option<u32>) -> Self {
        Self { capacity, book: Mutex::default(), state: watch::channel(Availability::Away).0 }
    }

    /// Open conversations with which an agent takes no more.
    pub(crate) fn capacity(&self) -> Option<u32> {
        self.capacity
    }

    /// The agent is here, by a socket or a frame by `POST`. `intent` as it was read from the store some time before.
    pub(crate) fn arrive(&self, session: Hash, agent: AgentId, intent: Intent, now: Elapsed) -> LeaseId {
        self.change(now, |book| {
            book.intents.entry(agent).or_insert(intent);
            book.given += 1;
            let id = LeaseId(book.given);
            book.leases.insert(id, Lease { session, agent, until: now.plus(LEASE_MS) });
            id
        })
    }

    /// A sign of life. It does not bring back what ended.
    pub(crate) fn touch(&self, id: LeaseId, now: Elapsed) -> Result<(), Ended> {
        self.change(now, |book| {
            let lease = book.leases.get_mut(&id).filter(|lease| lease.until > now).ok_or(Ended)?;
            lease.until = now.plus(LEASE_MS);
            Ok(())
        })
    }

    /// The agent accepts or does not. It takes effect at once.
    pub(crate) fn intent(&self, agent: AgentId, intent: Intent, now: Elapsed) {
        self.change(now, |book| {
            book.intents.insert(agent, intent);
        });
    }

    /// How many open conversations agents have; of those who are not named, none.
    pub(crate) fn taken(&self, taken: HashMap<AgentId, u32>, now: Elapsed) {
        self.change(now, |book| book.taken = taken);
    }

    /// The session ended, and all its leases.
    pub(crate) fn leave(&self, session: Hash, now: Elapsed) {
        self.change(now, |book| book.leases.retain(|_, lease| lease.session != session));
    }

    /// Lets leases end; to be called every second or so.
    pub(crate) fn tick(&self, now: Elapsed) {
        self.change(now, |book| book.leases.retain(|_, lease| lease.until > now));
    }

    pub(crate) fn now(&self) -> Availability {
        *self.state.borrow()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<Availability> {
        self.state.subscribe()
    }

    fn change<T>(&self, now: Elapsed, with: impl FnOnce(&mut Book) -> T) -> T {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let done = with(&mut book);
        let state = book.availability(self.capacity, now);
        self.state.send_if_modified(|current| std::mem::replace(current, state) != state);
        done
    }
}

impl Book {
    /// Somebody who takes conversations; else somebody who would, or who finishes what they have; else nobody.
    fn availability(&self, capacity: Option<u32>, now: Elapsed) -> Availability {
        let live = self.leases.values().filter(|lease| lease.until > now);
        let mut best = Availability::Away;
        for agent in live.map(|lease| lease.agent) {
            let taken = self.taken.get(&agent).copied().unwrap_or(0);
            match self.intents.get(&agent) {
                Some(Intent::Available) if capacity.is_none_or(|most| taken < most) => return Availability::Available,
                Some(Intent::Available | Intent::Finishing) => best = Availability::Busy,
                Some(Intent::Paused) | None => {}
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIA: AgentId = AgentId(1);
    const TOM: AgentId = AgentId(2);
    const DESK: Hash = Hash([1; 32]);
    const PHONE: Hash = Hash([2; 32]);

    fn presence() -> Presence {
        Presence::new(None)
    }

    #[test]
    fn an_agent_who_vanished_is_away_when_the_lease_ends() {
        let presence = presence();
        let lease = presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        presence.tick(Elapsed(44_999));
        assert_eq!(presence.now(), Availability::Available);
        assert_eq!(presence.touch(lease, Elapsed(44_999)), Ok(()));
        presence.tick(Elapsed(45_000));
        assert_eq!(presence.now(), Availability::Available, "a sign of life renews it");
        presence.tick(Elapsed(89_999));
        assert_eq!(presence.now(), Availability::Away);
    }

    /// Would catch: a frozen process that thaws and brings back agents who have long been gone.
    #[test]
    fn a_late_sign_of_life_does_not_bring_back_a_lease_that_ended() {
        let presence = presence();
        let lease = presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        assert_eq!(presence.touch(lease, Elapsed(90_000)), Err(Ended), "even before anybody looked");
        assert_eq!(presence.now(), Availability::Away);
        let next = presence.arrive(DESK, MIA, Intent::Available, Elapsed(91_000));
        assert_eq!(presence.touch(lease, Elapsed(91_001)), Err(Ended), "the older one stays ended");
        presence.tick(Elapsed(91_000 + LEASE_MS));
        assert_eq!(presence.now(), Availability::Away, "and renews nothing");
        assert_ne!(lease, next);
    }

    #[test]
    fn two_connections_of_one_session_do_not_end_each_other() {
        let presence = presence();
        let one = presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        let other = presence.arrive(DESK, MIA, Intent::Available, Elapsed(1));
        assert_eq!([presence.touch(one, Elapsed(2)), presence.touch(other, Elapsed(2))], [Ok(()); 2]);
    }

    #[test]
    fn who_signed_out_is_not_brought_back_by_an_old_socket() {
        let presence = presence();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        let phone = presence.arrive(PHONE, MIA, Intent::Available, Elapsed(0));
        presence.leave(DESK, Elapsed(1));
        assert_eq!(presence.now(), Availability::Available, "the other session stays");
        presence.leave(PHONE, Elapsed(2));
        assert_eq!(presence.touch(phone, Elapsed(3)), Err(Ended));
        assert_eq!(presence.now(), Availability::Away);
    }

    #[test]
    fn a_pause_is_away_at_once_and_a_sign_of_life_does_not_undo_it() {
        let presence = presence();
        let lease = presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        presence.intent(MIA, Intent::Paused, Elapsed(1));
        assert_eq!(presence.now(), Availability::Away);
        assert_eq!(presence.touch(lease, Elapsed(2)), Ok(()));
        assert_eq!(presence.now(), Availability::Away);
    }

    #[test]
    fn who_finishes_or_has_enough_is_busy_unless_somebody_else_takes_more() {
        let presence = Presence::new(Some(2));
        let taken = |mia, tom| HashMap::from([(MIA, mia), (TOM, tom)]);
        presence.arrive(DESK, MIA, Intent::Finishing, Elapsed(0));
        assert_eq!(presence.now(), Availability::Busy);
        presence.arrive(PHONE, TOM, Intent::Available, Elapsed(0));
        presence.taken(taken(0, 1), Elapsed(1));
        assert_eq!(presence.now(), Availability::Available);
        presence.taken(taken(0, 2), Elapsed(2));
        assert_eq!(presence.now(), Availability::Busy);
        presence.intent(MIA, Intent::Paused, Elapsed(3));
        presence.leave(PHONE, Elapsed(4));
        assert_eq!(presence.now(), Availability::Away);
    }

    #[test]
    fn a_socket_that_was_on_its_way_does_not_undo_a_pause() {
        let presence = presence();
        presence.intent(MIA, Intent::Paused, Elapsed(1));
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(2));
        assert_eq!(presence.now(), Availability::Away);
        presence.intent(MIA, Intent::Available, Elapsed(3));
        assert_eq!(presence.now(), Availability::Available);
    }

    #[test]
    fn listeners_hear_changes_only() {
        let presence = presence();
        let mut changes = presence.changes();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(0));
        assert!(changes.has_changed().is_ok_and(|changed| changed));
        changes.mark_unchanged();
        presence.arrive(DESK, MIA, Intent::Available, Elapsed(1));
        assert!(changes.has_changed().is_ok_and(|changed| !changed));
    }
}
