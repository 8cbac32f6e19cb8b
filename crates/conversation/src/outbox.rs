//! What was written here and is not yet known to be stored there.
//!
//! Order is kept per conversation by sending one entry at a time: the next leaves when the one before it is committed or
//! refused for good. People write slowly enough for that, and no refusal in the middle can then change the order.

use serde::{Deserialize, Serialize};

use crate::{
    code::NackCode,
    entry::Kind,
    frame::{Ack, Nack, Send},
    id::{ConversationId, MessageId},
    time::{Elapsed, WallTime},
};

/// No ack in this time: the same id again, over any transport.
pub const ACK_MS: u64 = 8_000;

/// After this, what another tab wrote is sent from here too. The id makes that harmless.
pub const RESCUE_MS: u64 = 10_000;

/// How far a written entry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Kept on this device.
    Queued,
    /// On its way; nothing is known.
    Sending,
    /// Committed by the server. The only state that may be shown as sent.
    Sent { seq: u64, at: WallTime },
    /// Refused for good; the text is kept until the writer decides.
    Failed(NackCode),
}

/// One written entry, as the interface sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub kind: Kind,
    pub delivery: Delivery,
}

/// One written entry, as it survives a reload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub send: Send,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<NackCode>,
}

#[derive(Clone, Debug)]
struct Item {
    send: Send,
    state: ItemState,
    writer: Writer,
}

/// Who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    Here,
    /// Another tab does. This one keeps it, and sends it as well when that does not happen in [`RESCUE_MS`].
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum ItemState {
    /// May leave at this time.
    Waiting {
        from: Elapsed,
    },
    /// Left at this time.
    InFlight {
        since: Elapsed,
    },
    Failed(NackCode),
}

impl Item {
    fn outgoing(&self) -> Outgoing {
        Outgoing {
            id: self.send.id,
            conversation: self.send.conversation,
            kind: self.send.kind.clone(),
            delivery: match self.state {
                ItemState::Waiting { .. } => Delivery::Queued,
                ItemState::InFlight { .. } => Delivery::Sending,
                ItemState::Failed(code) => Delivery::Failed(code),
            },
        }
    }
}

/// Written entries in the order of writing.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    items: Vec<Item>,
}

impl Outbox {
    /// The outbox as a former page left it. Everything that was in flight waits again: its ack may have been lost.
    #[must_use]
    pub fn restore(kept: Vec<Kept>) -> Self {
        let items = kept
            .into_iter()
            .map(|kept| Item {
                send: kept.send,
                state: kept.failed.map_or(ItemState::Waiting { from: Elapsed(0) }, ItemState::Failed),
                writer: Writer::Here,
            })
            .collect();
        Self { items }
    }

    /// What must survive a reload.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        self.items
            .iter()
            .map(|item| Kept {
                send: item.send.clone(),
                failed: match item.state {
                    ItemState::Failed(code) => Some(code),
                    _ => None,
                },
            })
            .collect()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Everything in it, in order.
    pub fn outgoing(&self) -> impl Iterator<Item = Outgoing> + '_ {
        self.items.iter().map(Item::outgoing)
    }

    /// What is known under the same id gives way.
    pub(crate) fn push(&mut self, send: Send, now: Elapsed) -> Outgoing {
        self.items.retain(|item| item.send.id != send.id);
        self.insert(Item { send, state: ItemState::Waiting { from: now }, writer: Writer::Here })
    }

    /// Ids come in the order of writing.
    fn insert(&mut self, item: Item) -> Outgoing {
        let outgoing = item.outgoing();
        let at = self.items.iter().position(|later| later.send.id > outgoing.id).unwrap_or(self.items.len());
        self.items.insert(at, item);
        outgoing
    }

    /// The entries that may leave now: of each conversation the first that is not refused, if it is due.
    pub(crate) fn due(&self, now: Elapsed) -> Vec<Send> {
        self.heads().filter(|item| deadline(item).is_some_and(|at| at <= now)).map(|item| item.send.clone()).collect()
    }

    /// When the next entry becomes due.
    pub(crate) fn next_due(&self) -> Option<Elapsed> {
        self.heads().filter_map(deadline).min()
    }

    pub(crate) fn left(&mut self, id: MessageId, now: Elapsed) -> Option<Outgoing> {
        let item = self.find(id)?;
        let fresh = !matches!(item.state, ItemState::InFlight { .. });
        item.state = ItemState::InFlight { since: now };
        fresh.then(|| item.outgoing())
    }

    /// Takes over what the device keeps, in the order of writing; `None`: nothing new.
    pub(crate) fn adopt(&mut self, kept: Kept, after_ms: u64, now: Elapsed) -> Option<Outgoing> {
        let Kept { send, failed } = kept;
        let state = failed.map_or(ItemState::Waiting { from: now.plus(after_ms) }, ItemState::Failed);
        if let Some(known) = self.find(send.id) {
            let news = known.state != state
                && matches!((known.state, state), (_, ItemState::Failed(_)) | (ItemState::Failed(_), _));
            if news {
                known.state = state;
            }
            return news.then(|| known.outgoing());
        }
        let writer = if after_ms == 0 { Writer::Here } else { Writer::Elsewhere };
        Some(self.insert(Item { send, state, writer }))
    }

    /// The network is back for all tabs at once: those who wrote go first.
    pub(crate) fn yield_to_writers(&mut self, now: Elapsed) {
        for item in &mut self.items {
            if let (Writer::Elsewhere, ItemState::Waiting { .. }) = (item.writer, item.state) {
                item.state = ItemState::Waiting { from: now.plus(RESCUE_MS) };
            }
        }
    }

    /// The connection is gone: what was in flight waits again, without delay.
    pub(crate) fn recall(&mut self, now: Elapsed) -> Vec<Outgoing> {
        let in_flight = |item: &&mut Item| matches!(item.state, ItemState::InFlight { .. });
        self.items
            .iter_mut()
            .filter(in_flight)
            .map(|item| {
                item.state = ItemState::Waiting { from: now };
                item.outgoing()
            })
            .collect()
    }

    pub(crate) fn acked(&mut self, ack: &Ack) -> Option<Outgoing> {
        let at = self.items.iter().position(|item| item.send.id == ack.id)?;
        let item = self.items.remove(at);
        Some(Outgoing { delivery: Delivery::Sent { seq: ack.seq, at: ack.at }, ..item.outgoing() })
    }

    pub(crate) fn refused(&mut self, nack: &Nack, now: Elapsed) -> Option<Outgoing> {
        let item = self.find(nack.id)?;
        item.state = if nack.code.is_final() {
            ItemState::Failed(nack.code)
        } else {
            ItemState::Waiting { from: now.plus(nack.after_ms.max(500)) }
        };
        Some(item.outgoing())
    }

    /// The writer wants a refused entry tried again: the same id, behind what was written since.
    pub(crate) fn retry(&mut self, id: MessageId, now: Elapsed) -> Option<Outgoing> {
        let at = self.items.iter().position(|item| item.send.id == id)?;
        if !matches!(self.items.get(at)?.state, ItemState::Failed(_)) {
            return None;
        }
        let item = self.items.remove(at);
        Some(self.push(item.send, now))
    }

    /// The writer gives a refused entry up. Others cannot be taken back: they may already be stored.
    pub(crate) fn discard(&mut self, id: MessageId) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.send.id != id || !matches!(item.state, ItemState::Failed(_)));
        self.items.len() != before
    }

    pub(crate) fn is_in_flight(&self, id: MessageId) -> bool {
        self.items.iter().any(|item| item.send.id == id && matches!(item.state, ItemState::InFlight { .. }))
    }

    fn find(&mut self, id: MessageId) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.send.id == id)
    }

    fn heads(&self) -> impl Iterator<Item = &Item> {
        let pending = |item: &Item| !matches!(item.state, ItemState::Failed(_));
        self.items.iter().enumerate().filter_map(move |(at, item)| {
            let first = !self
                .items
                .iter()
                .take(at)
                .any(|earlier| pending(earlier) && earlier.send.conversation == item.send.conversation);
            (pending(item) && first).then_some(item)
        })
    }
}

fn deadline(item: &Item) -> Option<Elapsed> {
    match item.state {
        ItemState::Waiting { from } => Some(from),
        ItemState::InFlight { since } => Some(since.plus(ACK_MS)),
        ItemState::Failed(_) => None,
    }
}
