//! What can happen to the console, and what it asks the world for.

use std::rc::Rc;

use chinwag_conversation::{ConversationId, FileRef, Kind, MessageId, Notice, Outgoing};

use super::{
    Attention, Bell,
    account::{SetUp, SignIn},
    answer::{EntriesPage, FeedPosition, Intent, ListPage, Me, Progress},
    files::{Picked, UploadNews},
    inbox::Tab,
    problem::Problem,
    results::{Ask, Report},
    route::Fragment,
};

/// Something happened.
#[derive(Debug)]
pub enum Action {
    /// Time went on.
    Tick,
    /// The address bar changed, or the page starts with this.
    Address(Fragment),
    Attention(Attention),

    /// Answer to [`Effect::AskMe`].
    Me(Result<Me, Problem>),
    /// Ask again who this is.
    AskMe,
    SetUp(SetUp),
    SignIn(SignIn),
    /// Answer to both.
    Entered(Result<Me, Problem>),
    /// To the sign-in form, away from the set-up form.
    ToSignIn,
    SignOut,
    SignedOut(Result<(), Problem>),

    Intend(Intent),
    Intended(Result<Me, Problem>),

    /// Show only conversations with this team or tag, or all.
    Only(Option<Rc<str>>),
    /// Show more of a list, or try again.
    More(Tab),
    List {
        tab: Tab,
        after: Option<String>,
        answer: Result<ListPage, Problem>,
    },
    /// Show more of a thread, or try again.
    Earlier(ConversationId),
    Entries {
        conversation: ConversationId,
        before: Option<u64>,
        answer: Result<Box<EntriesPage>, Problem>,
    },

    /// Another report on the page of results.
    AskReport(Ask),
    Report {
        ask: Ask,
        answer: Result<Report, Problem>,
    },

    /// From the link.
    Notice(Notice),
    /// "Try now."
    Nudge,

    Draft(ConversationId, String),
    /// Drafts that a former page left.
    Restored(Vec<(ConversationId, String)>),
    Send(ConversationId, Kind),
    /// The agent chose files; the rim holds them under these ids.
    Attach(ConversationId, Vec<Picked>),
    Uploaded(MessageId, UploadNews),
    /// There was no link to send with.
    Unsent(ConversationId, Kind),
    Retry(MessageId),
    Discard(MessageId),
    /// The newest line of the open thread came into view, or left it.
    AtLatest(bool),

    /// The agent clicked on the bell.
    Ring,
    Bell(Bell),
    /// The conversation's id went to the clipboard, or could not.
    Copied(bool),
}

/// Something is to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    AskMe,
    SetUp(SetUp),
    SignIn(SignIn),
    SignOut,
    PutIntent(Intent),
    LoadList {
        tab: Tab,
        after: Option<String>,
    },
    LoadEntries {
        conversation: ConversationId,
        before: Option<u64>,
    },
    LoadReport(Ask),
    /// Follow the feed from here.
    Follow(FeedPosition),
    Unfollow,
    Send {
        conversation: ConversationId,
        kind: Kind,
        /// With an end: the newest entry that the agent knows.
        as_of: Option<u64>,
    },
    /// Keep the name of a file whose bytes are on their way, so that the next page can tell that it was not sent.
    KeepFile(Outgoing),
    /// Send the bytes that the rim holds.
    Upload {
        id: MessageId,
        conversation: ConversationId,
    },
    /// Let go of a file, whether it is on its way or not.
    Abort(MessageId),
    /// Append the entry of an uploaded file.
    SendFile {
        id: MessageId,
        conversation: ConversationId,
        file: FileRef,
    },
    Retry(MessageId),
    Discard(MessageId),
    Report(ConversationId, Progress),
    Typing(ConversationId),
    Nudge,
    /// Read what a former page of this agent left.
    Restore {
        email: String,
    },
    KeepDraft(ConversationId, String),
    /// Forget drafts and outbox: the agent left.
    Forget,
    /// Ask for the permission, or switch off.
    AskBell,
    SilenceBell,
    Alert {
        conversation: ConversationId,
        from: String,
        text: String,
    },
}
