//! Wake-ups. What is durable is never carried here: who is woken reads the log from its own cursor, so a lost or
//! doubled wake-up costs nothing. Typing and cursors are carried, because losing them costs nothing either.
//!
//! A visitor's channel has the visitor's scope as its key: nobody can listen to a foreign conversation by knowing its id.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chinwag_conversation::{ConversationId, CursorReport, Typing};
use tokio::sync::broadcast;

use crate::store::{Hash, VisitorScope};

/// Notes that may wait for one listener; more, and it is told that it lagged, which means "read".
const WAITING: usize = 8;

/// What a listener hears.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// There is something new in this conversation.
    Wake(ConversationId),
    Cursor(CursorReport),
    Typing(Typing),
    /// A session of an agent ended: sockets that live on it close.
    SessionEnded(Hash),
}

/// Where notes go in and out.
#[derive(Debug)]
pub(crate) struct Hub {
    visitors: Mutex<HashMap<VisitorScope, broadcast::Sender<Note>>>,
    agents: broadcast::Sender<Note>,
}

impl Hub {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { visitors: Mutex::default(), agents: broadcast::channel(1_024).0 })
    }

    /// Listens to one visitor's conversations until dropped.
    pub(crate) fn visitor(self: &Arc<Self>, scope: &VisitorScope) -> Listener {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        let notes = visitors.entry(scope.clone()).or_insert_with(|| broadcast::channel(WAITING).0).subscribe();
        Listener { notes: Some(notes), visitor: Some((Arc::clone(self), scope.clone())) }
    }

    /// Listens to everything that agents may see.
    pub(crate) fn agent(&self) -> Listener {
        Listener { notes: Some(self.agents.subscribe()), visitor: None }
    }

    /// Tells both sides of a conversation that it has something new.
    pub(crate) fn wake(&self, owner: &VisitorScope, conversation: ConversationId) {
        self.tell_visitor(owner, Note::Wake(conversation));
        self.tell_agents(Note::Wake(conversation));
    }

    pub(crate) fn tell_visitor(&self, owner: &VisitorScope, note: Note) {
        let visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = visitors.get(owner) {
            // No listener any more: it is about to be removed.
            let _ = channel.send(note);
        }
    }

    pub(crate) fn tell_agents(&self, note: Note) {
        // Nobody signed in: nobody to tell.
        let _ = self.agents.send(note);
    }

    #[cfg(test)]
    fn visitor_channels(&self) -> usize {
        self.visitors.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// What one listener heard.
#[derive(Debug)]
pub(crate) enum Heard {
    Note(Note),
    /// Notes were lost: read everything that is followed.
    Lagged,
}

/// One listener; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Listener {
    notes: Option<broadcast::Receiver<Note>>,
    visitor: Option<(Arc<Hub>, VisitorScope)>,
}

impl Listener {
    /// The next note. Never ends while the hub lives. Safe to cancel.
    pub(crate) async fn hear(&mut self) -> Heard {
        let Some(notes) = &mut self.notes else { return std::future::pending().await };
        match notes.recv().await {
            Ok(note) => Heard::Note(note),
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Lagged,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.notes = None;
        if let Some((hub, scope)) = self.visitor.take() {
            let mut visitors = hub.visitors.lock().unwrap_or_else(PoisonError::into_inner);
            if visitors.get(&scope).is_some_and(|channel| channel.receiver_count() == 0) {
                visitors.remove(&scope);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(name: &str) -> VisitorScope {
        VisitorScope { site: "demo".into(), visitor: crate::secret::hash(name) }
    }

    fn conversation() -> ConversationId {
        ConversationId::new(crate::clock::wall(), crate::secret::bytes())
    }

    #[tokio::test]
    async fn a_wake_up_reaches_the_owner_and_agents_and_nobody_else() {
        let hub = Hub::new();
        let (mut ada, mut bob, mut mia) = (hub.visitor(&visitor("ada")), hub.visitor(&visitor("bob")), hub.agent());
        let id = conversation();
        hub.wake(&visitor("ada"), id);
        assert!(matches!(ada.hear().await, Heard::Note(Note::Wake(heard)) if heard == id));
        assert!(matches!(mia.hear().await, Heard::Note(Note::Wake(heard)) if heard == id));
        let nothing = tokio::select! { biased; _ = bob.hear() => false, () = std::future::ready(()) => true };
        assert!(nothing);
    }

    #[tokio::test]
    async fn a_listener_that_sleeps_is_told_to_read_and_others_do_not_wait_for_it() {
        let hub = Hub::new();
        let mut sleeper = hub.visitor(&visitor("ada"));
        for _ in 0..100 {
            hub.wake(&visitor("ada"), conversation());
        }
        assert!(matches!(sleeper.hear().await, Heard::Lagged));
    }

    #[test]
    fn channels_go_with_their_last_listener() {
        let hub = Hub::new();
        let (one, other) = (hub.visitor(&visitor("ada")), hub.visitor(&visitor("ada")));
        drop(one);
        assert_eq!(hub.visitor_channels(), 1);
        drop(other);
        assert_eq!(hub.visitor_channels(), 0);
    }
}
