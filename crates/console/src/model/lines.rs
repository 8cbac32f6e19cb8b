//! From entries to the lines of a thread: days, runs of one speaker, receipts, what edits and deletions left.

use std::rc::Rc;

use chinwag_conversation::{AuthorKind, Delivery, Entry, FileRef, Kind, MessageId, NackCode, Outgoing, WallTime};

use super::{
    answer::Role,
    files::{Upload, UploadState},
    problem::Problem,
    thread::Thread,
};

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
    pub content: Content,
    pub rights: Rights,
    /// Only of agents' messages.
    pub receipt: Option<Receipt>,
}

/// What stands in a bubble.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Text(Rc<str>),
    Edited(Rc<str>),
    Deleted,
    File(Box<FileRef>),
    /// A file whose bytes are on their way: name and size.
    Upload(String, u64),
}

/// What the reader may do to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    Read,
    Delete,
    /// … and delete.
    Edit,
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader<'a> {
    pub name: &'a str,
    pub role: Role,
}

/// How far an agent's message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// This many percent of a file have left.
    Uploading(u8),
    Waiting,
    Sending,
    Sent,
    Delivered,
    Read,
    Failed(NackCode),
    NotUploaded(Problem),
}

/// The lines of a thread. `day` numbers the local day of a time.
#[must_use]
pub fn lines<'a>(
    thread: &Thread,
    outgoing: impl Iterator<Item = &'a Outgoing>,
    uploads: impl Iterator<Item = (&'a MessageId, &'a Upload)>,
    reader: Reader<'_>,
    visitor: &str,
    day: impl Fn(WallTime) -> i64,
) -> Vec<Line> {
    let outgoing: Vec<_> = outgoing.collect();
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
        let change = outgoing.iter().rfind(|item| is_change(item) && item.kind.amends() == Some(entry.id));
        lines.push(match content(entry, thread) {
            Some(before) => {
                let content = change.map_or(before, |item| changed(&item.kind));
                let words = run.words(entry, content, reader, visitor, thread);
                let under_way = change.map(|item| receipt(item.delivery));
                Line::Message(Words { receipt: under_way.or(words.receipt), ..words })
            }
            None => {
                run = Run::default();
                Line::Note { id: entry.id, at: entry.at, text: note(entry, visitor) }
            }
        });
    }
    let alone = outgoing.into_iter().filter(|item| !is_change(item));
    lines.extend(alone.map(|item| run.own(item.id, waiting(&item.kind), receipt(item.delivery), reader)));
    lines.extend(uploads.map(|(id, upload)| {
        let receipt = match &upload.state {
            UploadState::Going(percent) => Receipt::Uploading(*percent),
            UploadState::Waiting => Receipt::Waiting,
            UploadState::Failed(problem) => Receipt::NotUploaded(problem.clone()),
        };
        run.own(*id, Content::Upload(upload.name.clone(), upload.size), receipt, reader)
    }));
    lines
}

/// An edit or a deletion that may still come about: it shows in the message that it changes.
fn is_change(item: &Outgoing) -> bool {
    item.kind.amends().is_some() && !matches!(item.delivery, Delivery::Failed(_))
}

fn changed(by: &Kind) -> Content {
    match by {
        Kind::Edited { text, .. } => Content::Edited(text.as_str().into()),
        _ => Content::Deleted,
    }
}

fn content(entry: &Entry, thread: &Thread) -> Option<Content> {
    Some(match &entry.kind {
        kind if kind.is_deleted() => Content::Deleted,
        Kind::Message { text } if thread.amendments(entry.id).next().is_some() => Content::Edited(text.as_str().into()),
        Kind::Message { text } => Content::Text(text.as_str().into()),
        Kind::File { file } => Content::File(Box::new(file.clone())),
        _ => return None,
    })
}

/// As the server decides it; agents are told apart by their names here, and the server knows better.
fn rights(author: AuthorKind, name: Option<&str>, content: &Content, reader: Reader<'_>) -> Rights {
    let own = author == AuthorKind::Agent && (name == Some(reader.name) || reader.role == Role::Admin);
    match content {
        Content::Deleted | Content::Upload(..) => Rights::Read,
        Content::Text(_) | Content::Edited(_) if own => Rights::Edit,
        _ if own || reader.role == Role::Admin => Rights::Delete,
        _ => Rights::Read,
    }
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

    fn words(&mut self, entry: &Entry, content: Content, reader: Reader<'_>, visitor: &str, thread: &Thread) -> Words {
        let author = entry.author.kind;
        let receipt = match entry.seq {
            seq if seq <= thread.visitor.read => Receipt::Read,
            seq if seq <= thread.visitor.delivered => Receipt::Delivered,
            _ => Receipt::Sent,
        };
        Words {
            id: entry.id,
            at: Some(entry.at),
            author,
            heading: self.heading(author, speaker(entry, visitor), Some(entry.at)),
            rights: rights(author, entry.author.name.as_deref(), &content, reader),
            receipt: (author == AuthorKind::Agent && content != Content::Deleted).then_some(receipt),
            content,
        }
    }

    /// What is not committed yet.
    fn own(&mut self, id: MessageId, content: Content, receipt: Receipt, reader: Reader<'_>) -> Line {
        let author = AuthorKind::Agent;
        let heading = self.heading(author, reader.name, None);
        Line::Message(Words { id, at: None, author, heading, content, rights: Rights::Read, receipt: Some(receipt) })
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

fn waiting(kind: &Kind) -> Content {
    Content::Text(match kind {
        Kind::Message { text } | Kind::Edited { text, .. } => text.as_str().into(),
        // Kept by a page that was left before the bytes had arrived.
        Kind::File { file } if file.path.is_empty() => return Content::Upload(file.name.clone(), file.size),
        Kind::File { file } => return Content::File(Box::new(file.clone())),
        Kind::Closed => "(closes the conversation)".into(),
        Kind::Deleted { .. } => "(deletes a message)".into(),
        _ => "(takes the conversation)".into(),
    })
}

fn receipt(delivery: Delivery) -> Receipt {
    match delivery {
        Delivery::Queued => Receipt::Waiting,
        Delivery::Sending => Receipt::Sending,
        Delivery::Sent { .. } => Receipt::Sent,
        Delivery::Failed(code) => Receipt::Failed(code),
    }
}

fn note(entry: &Entry, visitor: &str) -> String {
    let who = speaker(entry, visitor);
    let join = |parts: &[&str]| parts.concat();
    match &entry.kind {
        Kind::Joined => join(&[who, " took the conversation"]),
        Kind::Closed => join(&["Closed by ", who]),
        Kind::Rated { score } => join(&["Rated ", &score.to_string(), " of 5"]),
        Kind::Contact { name: Some(name), email: Some(email) } => join(&["Left contact details: ", name, ", ", email]),
        Kind::Contact { name, email } => {
            let detail = name.as_deref().or(email.as_deref()).unwrap_or("none");
            join(&["Left contact details: ", detail])
        }
        Kind::Message { .. } | Kind::File { .. } | Kind::Edited { .. } | Kind::Deleted { .. } | Kind::Unknown => {
            String::new()
        }
    }
}

impl Receipt {
    /// For people.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Uploading(_) => "Uploading",
            Self::Waiting => "Waiting for the connection",
            Self::Sending => "Sending",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Read => "Read",
            Self::Failed(NackCode::TooLong) => "Not sent: too long",
            Self::Failed(NackCode::Forbidden) => "Not sent: not allowed",
            Self::Failed(NackCode::Empty) => "Not sent: choose the file again",
            Self::Failed(_) => "Not sent",
            Self::NotUploaded(problem) => problem.words(),
        }
    }

    /// Whether it is over, and not as it was meant.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::NotUploaded(_))
    }

    /// Whether trying the same again may help.
    #[must_use]
    pub fn may_retry(&self) -> bool {
        match self {
            Self::NotUploaded(problem) => problem.may_pass(),
            Self::Failed(NackCode::Empty) => false,
            _ => self.is_failure(),
        }
    }
}
