//! Durable state behind one trait. Every call takes a scope, so there is no way to ask for "whatever has this id":
//! authorisation is part of the query, and what a scope may not see does not exist for it.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod memory;
mod model;
mod sqlite;

use std::{pin::Pin, sync::Arc};

use chinwag_conversation::{
    Context, ConversationId, CursorReport, Entry, Event, FileId, FileRef, Kind, MessageId, Range, StreamState, Summary,
    WallTime, frame::ConversationState,
};

#[cfg(test)]
pub(crate) use memory::Memory;
pub(crate) use model::{
    AgentId, AgentRow, AgentScope, Counted, Counts, Credential, Day, Hash, Intent, Invitation, Me, NewAgent, Operator,
    Redeemed, Role, Scope, VisitorScope,
};
pub(crate) use sqlite::Sqlite;

/// The answer of a store call.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Why a store call has no answer.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Does not exist for this scope.
    NotFound,
    /// The queue is full or the engine does not take writes now; the same call may work later.
    Busy,
    /// The engine failed. The text is for the log, never for a client.
    Broken(String),
}

/// One entry to append.
#[derive(Clone, Debug)]
pub(crate) struct Append {
    pub(crate) conversation: ConversationId,
    pub(crate) id: MessageId,
    pub(crate) kind: Kind,
    /// Used only when this entry starts the conversation.
    pub(crate) context: Context,
    pub(crate) at: WallTime,
    /// Id of the `joined` entry that goes first when an agent writes into a conversation that nobody took.
    pub(crate) join_id: MessageId,
    /// A `closed` is not found when the visitor has written a message after this one.
    pub(crate) as_of: Option<u64>,
}

/// An upload to note.
#[derive(Clone, Debug)]
pub(crate) struct NewFile {
    pub(crate) conversation: ConversationId,
    pub(crate) file: FileRef,
    pub(crate) at: WallTime,
}

/// Where an upload stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Upload {
    /// Unknown so far, or just noted.
    New,
    /// Made before.
    Known(FileRef),
    /// Too many in this conversation; again after so many milliseconds.
    TooMany { after_ms: u64 },
}

/// In which time [`limits::FILES_PER_HOUR`](chinwag_conversation::limits::FILES_PER_HOUR) counts, in milliseconds.
const FILES_WITHIN_MS: u64 = 60 * 60 * 1_000;
/// An upload that was not sent by then is waste, in milliseconds: the sender may be without a network for long.
pub(crate) const WASTE_AFTER_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Appended {
    pub(crate) seq: u64,
    pub(crate) at: WallTime,
    /// The visitor side of the conversation, for wake-ups.
    pub(crate) owner: VisitorScope,
    /// Whether it was there before; nothing was written then.
    pub(crate) place: Place,
}

/// Whether an append wrote something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    New,
    Known,
}

/// What a store says of its work. Counters since the start, queues as they are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Transactions, and the operations in them.
    pub(crate) commits: u64,
    pub(crate) writes: u64,
    pub(crate) waiting_writes: usize,
    /// Operations beyond which writes are refused.
    pub(crate) most_writes: usize,
    /// Of what is found by its key.
    pub(crate) messages: Reads,
    /// Of lists, reports and sweeps.
    pub(crate) lists: Reads,
}

/// Reads that share their connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) waiting: usize,
    /// Reads beyond which more are refused.
    pub(crate) most: usize,
    pub(crate) done: u64,
    /// Refused, because too many waited or the turn came too late; or ended, because they took too long.
    pub(crate) given_up: u64,
    /// Longest that one waited which was done then, since the start.
    pub(crate) longest_wait_ms: u64,
}

/// A part of a log, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slice<T> {
    pub(crate) items: Vec<T>,
    pub(crate) top: u64,
}

/// Which part of the list of conversations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InboxQuery {
    pub(crate) state: ConversationState,
    /// The last row of the page before this one.
    pub(crate) before: Option<InboxKey>,
    pub(crate) limit: usize,
}

/// Place of a conversation in the list: newest change first, ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InboxKey {
    pub(crate) updated_at: WallTime,
    pub(crate) conversation: ConversationId,
}

/// One side's progress after a report that moved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) report: CursorReport,
    pub(crate) owner: VisitorScope,
}

/// Durable state. Writes are answered after they are committed to stable storage, never before.
pub(crate) trait Store: Send + Sync + 'static {
    /// Changes when the log was restored or rebuilt; never 0.
    fn epoch(&self) -> u64;

    /// Appends one entry. `(conversation, id)` is unique for ever: a repeated id answers with the first place and writes nothing.
    /// A visitor's first entry creates the conversation; a foreign or (for agents) unknown one is [`StoreError::NotFound`].
    fn append(&self, scope: &Scope, append: Append) -> Answer<'_, Appended>;

    /// Part of a conversation's log.
    fn entries(
        &self,
        scope: &Scope,
        conversation: ConversationId,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Slice<Entry>>;

    /// Where a conversation stands; the cursors are those of the side that is not `scope`'s.
    fn standing(&self, scope: &Scope, conversation: ConversationId) -> Answer<'_, StreamState>;

    /// The visitor side of a conversation that `scope` may see.
    fn owner(&self, scope: &Scope, conversation: ConversationId) -> Answer<'_, VisitorScope>;

    /// The visitor's open conversation with the newest change.
    fn newest_open(&self, scope: &VisitorScope) -> Answer<'_, Option<ConversationId>>;

    /// Notes how far `scope`'s side has received and read. Never moves back; `None` when nothing moved.
    fn report(&self, scope: &Scope, report: CursorReport) -> Answer<'_, Option<Moved>>;

    /// Part of the feed of all changes. The summaries show the conversation as it is now, which is at or after the entry.
    fn feed(&self, scope: &AgentScope, range: Range, limit: usize) -> Answer<'_, Slice<Event>>;

    /// Newest number of the feed.
    fn feed_top(&self, scope: &AgentScope) -> Answer<'_, u64>;

    /// Conversations, newest change first.
    fn inbox(&self, scope: &AgentScope, query: InboxQuery) -> Answer<'_, Vec<Summary>>;

    /// One conversation as the list shows it.
    fn summary(&self, scope: &AgentScope, conversation: ConversationId) -> Answer<'_, Summary>;

    /// Accepting conversations or not.
    fn set_intent(&self, scope: &AgentScope, intent: Intent) -> Answer<'_, ()>;

    /// What a sign-in needs; `NotFound` for an unknown mail address.
    fn credential(&self, email: &str) -> Answer<'_, Credential>;

    /// Opens a session of the agent that `credential` returned.
    fn open_session(&self, agent: AgentId, hash: Hash, expires_at: WallTime) -> Answer<'_, ()>;

    /// Who a session belongs to. `NotFound` when it ended.
    fn session(&self, hash: Hash, now: WallTime) -> Answer<'_, (Me, WallTime)>;

    /// Moves the end of a session.
    fn extend_session(&self, hash: Hash, expires_at: WallTime) -> Answer<'_, ()>;

    /// Ends a session. Nothing happens when there is none.
    fn close_session(&self, hash: Hash) -> Answer<'_, ()>;

    /// Turns a one-time code into an agent, once. `NotFound` when the code is unknown or was used.
    fn redeem(&self, code: Hash, new: NewAgent) -> Answer<'_, Redeemed>;

    /// What a one-time code is for.
    fn invitation(&self, code: Hash) -> Answer<'_, Invitation>;

    /// Adds a one-time code.
    fn invite(&self, scope: &Operator, code: Hash, invitation: Invitation) -> Answer<'_, ()>;

    /// Everybody who can sign in.
    fn agents(&self, scope: &Operator) -> Answer<'_, Vec<AgentRow>>;

    /// How many open conversations agents have; those who have none are left out.
    fn taken(&self, scope: &Operator) -> Answer<'_, Vec<(AgentId, u32)>>;

    /// What is known of an upload that `scope` is about to make. A foreign conversation is [`StoreError::NotFound`].
    fn upload(&self, scope: &Scope, conversation: ConversationId, id: FileId, now: WallTime) -> Answer<'_, Upload>;

    /// Notes an upload whose bytes are kept already. The same id again changes nothing and gives what was noted first.
    fn add_file(&self, scope: &Scope, file: NewFile) -> Answer<'_, Upload>;

    /// Paths of up to 100 files that nobody needs: deleted, or uploaded before `unsent_before` and never sent.
    fn waste(&self, scope: &Operator, unsent_before: WallTime) -> Answer<'_, Vec<String>>;

    /// Those of these keys (the part of a path after [`FILES`](chinwag_conversation::entry::FILES)) that belong to no file.
    fn unknown_files(&self, scope: &Operator, keys: Vec<String>) -> Answer<'_, Vec<String>>;

    /// Forgets files whose bytes are gone.
    fn forget_files(&self, scope: &Operator, paths: Vec<String>) -> Answer<'_, ()>;

    /// Adds to what was counted at a site on `day`. What is [`RESULT_DAYS`](chinwag_conversation::limits::RESULT_DAYS) or
    /// more days older is forgotten.
    fn add_results(&self, site: &str, day: Day, counts: Vec<(Counted, Counts)>) -> Answer<'_, ()>;

    /// What was counted at a site from one day to another, both included, in the order of rules and variations.
    fn results(&self, scope: &AgentScope, site: &str, from: Day, to: Day) -> Answer<'_, Vec<(Counted, Counts)>>;

    /// How much there is to do.
    fn figures(&self) -> Figures;

    /// Whether the store answers: one read, and one write that reaches stable storage.
    fn probe(&self, scope: &Operator) -> Answer<'_, ()>;
}

/// The store as everything above it holds it.
pub(crate) type SharedStore = Arc<dyn Store>;
