//! What the console knows and how it changes: one value, one function, no I/O and no clock.

mod account;
mod action;
mod answer;
mod connection;
mod files;
mod inbox;
mod lines;
mod live;
mod presence;
mod problem;
mod reduce;
mod results;
mod route;
#[cfg(test)]
mod tests;
mod text;
mod thread;

use std::{collections::BTreeMap, rc::Rc};

use chinwag_conversation::{ConversationId, Elapsed, MessageId, Outgoing, WallTime};

pub use account::{Account, Ended, Form, SetUp, SignIn};
pub use action::{Action, Effect};
pub use answer::{EntriesPage, FeedPosition, Intent, ListPage, Me, Progress, Role};
pub use connection::{Connection, countdown};
pub use files::{Picked, Upload, UploadNews, UploadState};
pub use inbox::{Inbox, Listing, Load, Tab, has, waits};
pub use lines::{Content, Line, Reader, Receipt, Rights, Words, lines};
pub use presence::Presence;
pub use problem::Problem;
pub use results::{Ask, Hint, Lift, Report, ReportLoad, Results, Row, RuleResults, Span, Verdict};
pub use route::{Fragment, Route};
pub use text::{ago, excerpt, host, initials, size_of, title, visitor_name, web_url};
pub use thread::{Contact, Earlier, Thread, ThreadLoad};

/// Nothing was heard of somebody writing for this long: they stopped.
pub const TYPING_MS: u64 = 6_000;
/// Between two typing frames of the agent.
pub const TYPING_EVERY_MS: u64 = 3_000;
/// A list or the account that could not be loaded is asked for again after this.
pub const RELOAD_MS: u64 = 10_000;
/// A visitor's message older than this is caught up with, not news: no desktop notification.
pub const NEWS_MS: u64 = 120_000;

/// Both clocks, as given by the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    pub wall: WallTime,
    pub elapsed: Elapsed,
}

/// Whether the agent can see this page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attention {
    #[default]
    Here,
    Elsewhere,
}

/// Desktop notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bell {
    #[default]
    Off,
    On,
    /// The browser refuses; only its own settings can change that.
    Blocked,
}

/// One line at the foot of the page that goes away by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub until: Elapsed,
}

/// Everything that the console shows.
#[derive(Clone, Debug, Default)]
pub struct Console {
    pub now: Now,
    pub account: Account,
    pub route: Route,
    /// The list beside the thread.
    pub tab: Tab,
    pub inbox: Inbox,
    /// The lists show only conversations with this team or tag.
    pub only: Option<Rc<str>>,
    pub threads: BTreeMap<ConversationId, Rc<Thread>>,
    /// Written here and not yet known to be stored there, in the order of writing.
    pub outgoing: Rc<BTreeMap<MessageId, Outgoing>>,
    /// Files whose bytes are on their way, in the order of choosing.
    pub uploads: Rc<BTreeMap<MessageId, Upload>>,
    /// Largest file that the server takes, in bytes; 0: none.
    pub file_bytes: u32,
    /// Visitors who write, and when that was last heard.
    pub typing: BTreeMap<ConversationId, Elapsed>,
    pub drafts: BTreeMap<ConversationId, Rc<str>>,
    pub results: Results,
    pub presence: Presence,
    pub connection: Connection,
    pub attention: Attention,
    pub bell: Bell,
    pub toast: Option<Toast>,
    /// Last said by the polite live region.
    pub announcement: Rc<str>,
    /// Whether the thread's newest line is in view.
    pub at_latest: bool,
    typed: Option<(ConversationId, Elapsed)>,
    following: Following,
    asked: Option<Elapsed>,
    /// Read here while the link was down.
    owed: BTreeMap<ConversationId, Progress>,
    /// Whose drafts these are: the mail address of the last agent here.
    owner: Rc<str>,
}

/// Whether the feed is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Following {
    #[default]
    No,
    Yes,
}

impl Console {
    /// Before anything is known.
    #[must_use]
    pub fn new(now: Now) -> Self {
        Self { now, at_latest: true, ..Self::default() }
    }

    /// The open conversation, as the route names it.
    #[must_use]
    pub fn current(&self) -> Option<ConversationId> {
        match self.route {
            Route::Conversation(id) => Some(id),
            Route::List(_) | Route::Results => None,
        }
    }

    /// The signed-in agent.
    #[must_use]
    pub fn me(&self) -> Option<&Me> {
        match &self.account {
            Account::SignedIn(me) => Some(me),
            _ => None,
        }
    }

    /// Text of the browser's tab.
    #[must_use]
    pub fn title(&self) -> String {
        text::title(if self.me().is_some() { self.inbox.unread() } else { 0 })
    }
}
