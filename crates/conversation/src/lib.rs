//! What a conversation is and how the two sides of it stay in agreement.
//!
//! Pure: no clock, no I/O, no randomness. Time and random bits are arguments; bytes are somebody else's business
//! (frames are plain `serde` types). The widget, the console, the server, the load driver and the property tests share it.
//!
//! The protocol that these types spell is specified in `docs/protocol.md`.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod admission;
mod amend;
pub mod backoff;
pub mod code;
pub mod entry;
pub mod frame;
pub mod id;
pub mod limits;
pub mod markup;
pub mod outbox;
pub mod session;
pub mod time;

pub use admission::{Ticket, Transports};
pub use code::{CloseCode, NackCode};
pub use entry::{Author, AuthorKind, Context, Entry, FileRef, Kind};
pub use frame::{
    Ack, Availability, ClientFrame, ConversationState, Cursor, CursorReport, Event, Hello, Nack, Page, Post,
    PostAnswer, Pull, Range, Send, ServerFrame, Side, Stream, StreamState, Summary, Top, Typing, Welcome,
};
pub use id::{ConversationId, FileId, MessageId};
pub use outbox::{Delivery, Kept, Outbox, Outgoing};
pub use session::{Asked, Carrier, Config, Draft, Input, Link, Notice, Output, PostFailure, Role, Session};
pub use time::{Elapsed, WallTime};
