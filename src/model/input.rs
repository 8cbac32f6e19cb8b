//! What goes into the model and what comes out of it.

use chinwag_conversation::{Availability, Entry, FileRef, Kind, Link, MessageId, NackCode, Outgoing, limits::Limits};

use super::{
    decision::{Decision, Origin},
    thread::Progress,
};

/// Who opened the panel. Focus moves, and the visitor's device is used, only when the visitor did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opener {
    Visitor,
    Page,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Input {
    // The page, through the loader.
    Open(Opener),
    Close,
    Decided(Decision),
    Prefill(String),
    /// A conversation of an earlier page or of another tab is on this device; the visitor had read it up to here.
    Returned {
        read: u64,
    },
    Visible(bool),
    /// Another tab of this browser showed everything up to here.
    ReadElsewhere(u64),
    Forget,

    // The visitor.
    Escape,
    /// First gesture inside a panel that the page opened.
    Touched,
    CardShown,
    Written(String),
    LeftMessage {
        name: String,
        email: String,
        text: String,
    },
    /// A button was pressed.
    Press(Press),
    /// A file was chosen; an entry without a path until the bytes have arrived.
    Picked(Outgoing),
    Uploaded(MessageId, Result<FileRef, NackCode>),
    AtBottom(bool),
    WantsOlder,

    // The conversation.
    Link(Link),
    Welcome {
        top: u64,
        agent: Progress,
        availability: Availability,
        limits: Limits,
    },
    Entry(Entry),
    Older {
        entries: Vec<Entry>,
        start_reached: bool,
    },
    Reset,
    Outgoing(Outgoing),
    /// In this tab or in another one.
    Discarded(MessageId),
    /// The outbox is full: the text could not be taken.
    Full(String),
    Progress(Progress),
    Typing(Option<String>),
    Availability(Availability),
    Refused,

    Timer(Timer),
}

/// What the buttons do. Small and `Copy`, because every button carries one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    CardOpened,
    CardReplied(usize),
    CardPressed(usize),
    CardDismissed,
    /// Sound on or off.
    Muted,
    Suggested(usize),
    Closed,
    Newest,
    Submitted,
    Rated(u8),
    StartedNew,
    Retried(MessageId),
    Removed(MessageId),
    Edit(MessageId),
    Delete(MessageId),
    Confirmed,
    Cancelled,
    TriedNow,
}

/// One timer of each kind; starting it again replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// The connection is away long enough to say so.
    Unlinked,
    /// … and long enough to offer other ways.
    Unreachable,
    TypingEnds,
    /// Nobody has read the message yet, in any tab.
    Chimes,
    /// The card goes. It does not fire while the visitor is at the card.
    CardEnds,
}

/// What an answer to a notification was, as the scout counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Displayed,
    Dismissed,
    Opened,
    Replied,
    Conversation,
}

impl Outcome {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Displayed => "displayed",
            Self::Dismissed => "dismissed",
            Self::Opened => "opened",
            Self::Replied => "replied",
            Self::Conversation => "conversation",
        }
    }
}

/// What is said to people who do not look at the screen; words are the rim's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Message {
        name: Option<String>,
        text: String,
    },
    Typing(Option<String>),
    Joined(Option<String>),
    Deleted,
    Ended,
    Sent,
    Failed,
    Full,
    Line(Line),
    Back,
    /// Characters left near the limit; negative: too many.
    Left(i32),
    Thanks,
}

/// What is told about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Connecting,
    Reconnecting,
    Offline,
    Unreachable,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    // The page.
    Opened,
    Closed,
    /// The conversation ended, and nobody has written since.
    Ended,
    /// There is no conversation any more.
    Forgotten,
    Answer(String, Outcome),
    Unread(u32),
    Availability(Availability),
    /// To another page, because the visitor pressed a button.
    Navigate(String),
    /// A card is about to be shown.
    Notification(Option<String>),
    /// A new message, written by the visitor or not.
    Message {
        theirs: bool,
    },

    // The conversation.
    /// Make or take up the identity and connect.
    Connect,
    /// Connect with a conversation id of its own.
    ConnectAnew,
    /// With the id of what was sent before.
    Send(Kind, Option<Origin>, Option<MessageId>),
    /// Send the bytes of a file, for the first time or again.
    Upload(MessageId),
    Retry(MessageId),
    Discard(MessageId),
    Report(Progress),
    Typing,
    Older(u64),
    Nudge,

    /// Goes with the first message of a conversation.
    Tag(String),
    Route(String),

    // This device.
    Focus(Focus),
    KeepDraft(String),
    KeepRead(u64),
    /// So many messages wait for somebody who looks at another tab; 0: none, or they look here.
    Badge(u32),
    Chime,
    KeepMuted(bool),
    Say(Said),
    After(u32, Timer),
    Stop(Timer),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    Composer,
    /// The question whether to delete.
    Confirm,
    /// The first field of the form that must be mended.
    Invalid,
    Launcher,
}
