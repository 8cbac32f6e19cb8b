//! From entries to the lines of a thread: days, runs of one speaker, receipts.

use std::rc::Rc;

use chinwag_conversation::{AuthorKind, Delivery, Entry, Kind, MessageId, NackCode, Outgoing, WallTime};

use super::thread::Thread;

/// Messages of one speaker closer together than this share one heading.
const RUN_MS: u64 = 5 * 60_000;

/// One line of a thread.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A new day begins with an entry at this time.
    Day(WallTime),
    Message(Words),
    /// Something happened.
    Note {
        id: MessageId,
        at: WallTime,
        text: String,
    },
}

/// A message, as shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    pub id: MessageId,
    /// Absent until it is committed.
    pub at: Option<WallTime>,
    pub author: AuthorKind,
    /// The heading of a run; absent inside it.
    pub heading: Option<String>,
    pub text: Rc<str>,
    /// Only of agents' messages.
    pub receipt: Option<Receipt>,
}

/// How far an agent's message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    Waiting,
    Sending,
    Sent,
    Delivered,
    Read,
    Failed(NackCode),
}

/// The lines of a thread. `day` numbers the local day of a time; `me` is the name of the agent who reads.
#[must_use]
pub fn lines<'a>(
    thread: &Thread,
    outgoing: impl Iterator<Item = &'a Outgoing>,
    me: &str,
    visitor: &str,
    day: impl Fn(WallTime) -> i64,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut run = Run::default();
    let mut today = None;
    for entry in thread.entries() {
        let entry_day = day(entry.at);
        if today != Some(entry_day) {
            today = Some(entry_day);
            run = Run::default();
            lines.push(Line::Day(entry.at));
        }
        if let Kind::Edited { .. } | Kind::Deleted { .. } | Kind::Unknown = entry.kind {
            continue;
        }
        lines.push(match &entry.kind {
            Kind::Message { text } => Line::Message(run.words(entry, text, speaker(entry, visitor), thread)),
            other => {
                run = Run::default();
                Line::Note { id: entry.id, at: entry.at, text: note(entry, other, visitor) }
            }
        });
    }
    lines.extend(outgoing.map(|item| waiting(item, &mut run, me)));
    lines
}

/// The run of one speaker.
#[derive(Default)]
struct Run {
    of: Option<(AuthorKind, String)>,
    last: WallTime,
}

impl Run {
    /// The heading, when a new run begins.
    fn heading(&mut self, kind: AuthorKind, name: &str, at: Option<WallTime>) -> Option<String> {
        let at = at.unwrap_or(self.last);
        let same =
            matches!(&self.of, Some((k, n)) if *k == kind && n == name) && at.0.saturating_sub(self.last.0) < RUN_MS;
        self.last = at;
        if same {
            return None;
        }
        self.of = Some((kind, name.to_owned()));
        Some(name.to_owned())
    }

    fn words(&mut self, entry: &Entry, text: &str, speaker: &str, thread: &Thread) -> Words {
        Words {
            id: entry.id,
            at: Some(entry.at),
            author: entry.author.kind,
            heading: self.heading(entry.author.kind, speaker, Some(entry.at)),
            text: text.into(),
            receipt: (entry.author.kind == AuthorKind::Agent).then_some(match entry.seq {
                seq if seq <= thread.visitor.read => Receipt::Read,
                seq if seq <= thread.visitor.delivered => Receipt::Delivered,
                _ => Receipt::Sent,
            }),
        }
    }
}

fn speaker<'a>(entry: &'a Entry, visitor: &'a str) -> &'a str {
    match (&entry.author.name, entry.author.kind) {
        (_, AuthorKind::Visitor) => visitor,
        (Some(name), _) => name,
        (None, AuthorKind::Agent) => "Agent",
        (None, AuthorKind::Bot) => "Bot",
        (None, AuthorKind::System) => "Chinwag",
    }
}

fn waiting(item: &Outgoing, run: &mut Run, me: &str) -> Line {
    let receipt = match item.delivery {
        Delivery::Queued => Receipt::Waiting,
        Delivery::Sending => Receipt::Sending,
        Delivery::Sent { .. } => Receipt::Sent,
        Delivery::Failed(code) => Receipt::Failed(code),
    };
    let text = match &item.kind {
        Kind::Message { text } => text.as_str(),
        Kind::Closed => "(closes the conversation)",
        _ => "(takes the conversation)",
    };
    Line::Message(Words {
        id: item.id,
        at: None,
        author: AuthorKind::Agent,
        heading: run.heading(AuthorKind::Agent, me, None),
        text: text.into(),
        receipt: Some(receipt),
    })
}

fn note(entry: &Entry, kind: &Kind, visitor: &str) -> String {
    let who = speaker(entry, visitor);
    let join = |parts: &[&str]| parts.concat();
    match kind {
        Kind::Joined => join(&[who, " took the conversation"]),
        Kind::Closed => join(&["Closed by ", who]),
        Kind::Rated { score } => join(&["Rated ", &score.to_string(), " of 5"]),
        Kind::Contact { name: Some(name), email: Some(email) } => join(&["Left contact details: ", name, ", ", email]),
        Kind::Contact { name, email } => {
            let detail = name.as_deref().or(email.as_deref()).unwrap_or("none");
            join(&["Left contact details: ", detail])
        }
        Kind::File { file } => join(&[who, " sent a file: ", &file.name]),
        Kind::Message { .. } | Kind::Edited { .. } | Kind::Deleted { .. } | Kind::Unknown => String::new(),
    }
}

impl Receipt {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting for the connection",
            Self::Sending => "Sending",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Read => "Read",
            Self::Failed(NackCode::TooLong) => "Not sent: too long",
            Self::Failed(NackCode::Forbidden) => "Not sent: not allowed",
            Self::Failed(_) => "Not sent",
        }
    }
}
