//! One held `POST` for each session of a browser: a newer connection of the same session ends the older `POST`, which
//! nobody reads any more. And who was let in by `POST`: the next one of a chain is no new handshake.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chinwag_conversation::{limits, time::Elapsed};
use tokio::sync::oneshot;

use crate::store::{AgentId, Scope, VisitorScope};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Owner {
    Visitor(VisitorScope),
    Agent(AgentId),
}

type Key = (Owner, Box<str>);

/// For so long after a greeting by `POST` the client counts as connected: the longest wait, the longest gap, and the way.
const LEASE_MS: u64 = limits::WAIT_MS as u64 + 35_000;

#[derive(Debug, Default)]
pub(super) struct Fence(Mutex<Places>);

#[derive(Debug, Default)]
struct Places {
    /// Tells a place from a later one of the same key.
    next: u64,
    held: HashMap<Key, (u64, oneshot::Sender<()>)>,
    /// Let in, until then.
    admitted: HashMap<Key, Elapsed>,
    swept: Elapsed,
}

/// A held place, until dropped or taken.
#[derive(Debug)]
pub(super) struct Place {
    fence: Arc<Fence>,
    named: Option<(Key, u64)>,
    taken: oneshot::Receiver<()>,
}

fn key(who: &Scope, client: Option<&str>) -> Option<Key> {
    let client = client.filter(|id| id.len() == limits::CLIENT_CHARS && id.is_ascii())?;
    let owner = match who {
        Scope::Visitor(visitor) => Owner::Visitor(visitor.clone()),
        Scope::Agent(agent) => Owner::Agent(agent.agent),
    };
    Some((owner, client.into()))
}

impl Fence {
    /// Takes the place of this client; who had it is told. Without a proper id there is no place, and nobody is told.
    pub(super) fn hold(self: &Arc<Self>, who: &Scope, client: Option<&str>) -> Place {
        let (taker, taken) = oneshot::channel();
        let named = key(who, client).map(|key| {
            let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let number = places.next;
            places.next += 1;
            // Dropping the older sender is the message.
            places.held.insert(key.clone(), (number, taker));
            (key, number)
        });
        Place { fence: Arc::clone(self), named, taken }
    }

    /// Whether this client was let in, and not long ago; then it counts as connected for as long again.
    pub(super) fn renews(&self, who: &Scope, client: Option<&str>, now: Elapsed) -> bool {
        let Some(key) = key(who, client) else { return false };
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = places.admitted.get_mut(&key).filter(|until| now < **until);
        until.map(|until| *until = now.plus(LEASE_MS)).is_some()
    }

    /// This client was let in.
    pub(super) fn admit(&self, who: &Scope, client: Option<&str>, now: Elapsed) {
        let Some(key) = key(who, client) else { return };
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(places.swept) >= LEASE_MS {
            places.swept = now;
            places.admitted.retain(|_, until| now < *until);
        }
        places.admitted.insert(key, now.plus(LEASE_MS));
    }

    /// Ends what is held for this client: it is connected by other means.
    pub(super) fn clear(&self, who: &Scope, client: Option<&str>) {
        if let Some(key) = key(who, client) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).held.remove(&key);
        }
    }
}

impl Place {
    /// Waits until somebody else has it. Safe to cancel.
    pub(super) async fn taken(&mut self) {
        if self.named.is_none() {
            return std::future::pending().await;
        }
        let _ = (&mut self.taken).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((key, number)) = self.named.take() else { return };
        let mut places = self.fence.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.held.get(&key).is_some_and(|(current, _)| *current == number) {
            places.held.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(name: &str) -> Scope {
        Scope::Visitor(VisitorScope { site: "demo".into(), visitor: crate::secret::hash(name) })
    }

    /// Would catch: long polls that pay for a handshake each, or a lease that never ends.
    #[test]
    fn a_chain_of_posts_is_one_handshake() {
        let fence = Fence::default();
        let (client, ada) = (Some("0123456789abcdef"), visitor("ada"));
        let at = |seconds: u64| Elapsed(seconds * 1_000);
        assert!(!fence.renews(&ada, client, at(0)));
        fence.admit(&ada, client, at(0));
        assert!([30, 80, 120].iter().all(|seconds| fence.renews(&ada, client, at(*seconds))));
        assert!(!fence.renews(&visitor("bob"), client, at(121)));
        assert!(!fence.renews(&ada, client, at(181)), "silent for too long");
        fence.admit(&visitor("bob"), client, at(300));
        assert_eq!(fence.0.lock().unwrap().admitted.len(), 1);
        fence.admit(&ada, None, at(300));
        assert!(!fence.renews(&ada, None, at(300)), "without a name every greeting is the first");
    }

    #[tokio::test]
    async fn a_newer_one_ends_the_older_one_and_nobody_elses() {
        let fence = Arc::new(Fence::default());
        let client = Some("0123456789abcdef");
        let mut older = fence.hold(&visitor("ada"), client);
        let mut other = fence.hold(&visitor("bob"), client);
        let newer = fence.hold(&visitor("ada"), client);
        older.taken().await;
        drop(older);
        assert_eq!(fence.0.lock().unwrap().held.len(), 2, "the older one does not take the newer one's place along");
        fence.clear(&visitor("bob"), client);
        other.taken().await;
        drop((newer, other));
        assert!(fence.0.lock().unwrap().held.is_empty());
        let mut nameless = fence.hold(&visitor("ada"), Some("short"));
        let _newer = fence.hold(&visitor("ada"), Some("short"));
        let nothing = tokio::select! { biased; () = nameless.taken() => false, () = std::future::ready(()) => true };
        assert!(nothing);
    }
}
