//! The log of a conversation: its entries and what the visitor's side told about the page.

use serde::{Deserialize, Serialize};

use crate::{
    id::{FileId, MessageId},
    limits,
    time::WallTime,
};

/// One committed line of a conversation's log. Never changes once it has a `seq`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3 … without gaps, assigned inside the committing transaction.
    pub seq: u64,
    /// Made by the sender; unique in the conversation for ever.
    pub id: MessageId,
    /// When it was committed.
    pub at: WallTime,
    pub author: Author,
    pub kind: Kind,
}

/// Who wrote an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub kind: AuthorKind,
    /// Shown beside the text; absent for an anonymous visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The closed list of speakers. A bot is labelled as one wherever it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    Visitor,
    Agent,
    Bot,
    System,
}

/// What happened. The same type is what a client sends and what the log holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Plain text with the small markup of [`crate::markup`].
    Message { text: String },
    /// The visitor said who they are and where an answer reaches them (away form, pre-chat form).
    Contact {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// An agent took the conversation.
    Joined,
    /// The conversation ended; a further message from the visitor reopens it.
    Closed,
    /// The visitor's judgement after the end, 1 (bad) to 5 (good).
    Rated { score: u8 },
    /// An uploaded file.
    File { file: FileRef },
    /// The author wrote an earlier message of theirs anew.
    Edited { of: MessageId, text: String },
    /// The author took an earlier entry of theirs back. The log serves the entry as an empty message from then on.
    Deleted { of: MessageId },
    /// What a newer version wrote: shown as nothing, but it keeps its place. Never accepted from a client.
    #[serde(untagged, deserialize_with = "anything")]
    Unknown,
}

/// An uploaded file as its entry carries it. The server puts its own record in the place of what a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Made by the uploader.
    pub id: FileId,
    /// As the uploader's device called it. For display and saving only.
    pub name: String,
    /// Media type, found by looking at the content.
    #[serde(rename = "type")]
    pub media: String,
    /// In bytes.
    pub size: u64,
    /// Of an image, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Where the bytes are, below the server's origin: `/files/<unguessable>/<name>`.
    pub path: String,
}

fn anything<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| ())
}

/// Why a [`Kind`] cannot be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    Empty,
    TooLong,
    Malformed,
    Forbidden,
}

impl Kind {
    /// Whether `author` may send this, and whether it is within the limits.
    pub fn check(&self, author: AuthorKind) -> Result<(), Invalid> {
        match self {
            Self::Message { text } | Self::Edited { text, .. } if text.trim().is_empty() => Err(Invalid::Empty),
            Self::Message { text } | Self::Edited { text, .. } => within(text, limits::TEXT_CHARS),
            Self::Contact { .. } if author != AuthorKind::Visitor => Err(Invalid::Forbidden),
            Self::Contact { name: None, email: None } => Err(Invalid::Empty),
            Self::Contact { name, email } => {
                name.as_deref().map_or(Ok(()), |name| within(name, limits::NAME_CHARS))?;
                email.as_deref().map_or(Ok(()), check_email)
            }
            Self::Joined if author == AuthorKind::Visitor => Err(Invalid::Forbidden),
            Self::Joined | Self::Closed => Ok(()),
            Self::Rated { .. } if author != AuthorKind::Visitor => Err(Invalid::Forbidden),
            Self::Rated { score } if (1..=5).contains(score) => Ok(()),
            Self::Rated { .. } | Self::Unknown => Err(Invalid::Malformed),
            Self::File { file } => file.check(),
            // Whose entry it is, and how old, only the log can say.
            Self::Deleted { .. } => Ok(()),
        }
    }
}

impl FileRef {
    fn check(&self) -> Result<(), Invalid> {
        if self.name.is_empty() || self.size == 0 {
            return Err(Invalid::Empty);
        }
        if self.size > limits::FILE_BYTES {
            return Err(Invalid::TooLong);
        }
        within(&self.name, limits::FILE_NAME_CHARS)?;
        within(&self.media, limits::LABEL_CHARS)?;
        within(&self.path, limits::URL_BYTES)?;
        let odd = |text: &str| text.chars().any(char::is_control);
        // Anything else would let a sender point the reader's browser at another place.
        let ours = self.path.starts_with(FILES)
            && !self.path.contains(['\\', '?', '#', ' '])
            && self.path.split('/').all(|part| part != "..");
        if !ours || odd(&self.name) || odd(&self.media) || odd(&self.path) { Err(Invalid::Malformed) } else { Ok(()) }
    }
}

/// Where files are served.
pub const FILES: &str = "/files/";

fn within(text: &str, chars: usize) -> Result<(), Invalid> {
    if text.chars().count() > chars { Err(Invalid::TooLong) } else { Ok(()) }
}

/// Something before and after one `@`, no white space or control characters. Whether mail arrives is not ours to guess.
fn check_email(email: &str) -> Result<(), Invalid> {
    if email.len() > limits::EMAIL_BYTES {
        return Err(Invalid::TooLong);
    }
    let odd = email.chars().any(|c| c.is_whitespace() || c.is_control());
    match email.split_once('@') {
        Some((local, domain)) if !odd && !local.is_empty() && !domain.is_empty() && !domain.contains('@') => Ok(()),
        _ => Err(Invalid::Malformed),
    }
}

/// What the visitor's browser tells about the page with the first message of a conversation. All of it is untrusted text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Page URL without query and fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// BCP 47 tag of the interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The rule whose notification led here, and its variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The team that a rule wants to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// What rules noted about the visit; at most [`limits::TAGS`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl Context {
    /// Cuts every field to its limit: context is a courtesy and never a reason to refuse a message.
    #[must_use]
    pub fn clipped(self) -> Self {
        let clip = |text: Option<String>, chars: usize| {
            text.map(|t| t.chars().filter(|c| !c.is_control()).take(chars).collect::<String>())
                .filter(|t| !t.is_empty())
        };
        Self {
            url: clip(self.url, limits::URL_BYTES),
            title: clip(self.title, limits::LABEL_CHARS),
            referrer: clip(self.referrer, limits::URL_BYTES),
            language: clip(self.language, 35),
            rule: clip(self.rule, limits::LABEL_CHARS),
            variant: clip(self.variant, limits::LABEL_CHARS),
            team: clip(self.team, limits::LABEL_CHARS),
            tags: self
                .tags
                .into_iter()
                .take(limits::TAGS)
                .filter_map(|tag| clip(Some(tag), limits::LABEL_CHARS))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, author: AuthorKind, expected: Result<(), Invalid>) {
        assert_eq!(kind.check(author), expected, "{kind:?} from {author:?}");
    }

    #[test]
    fn kinds_are_checked_by_author_and_size() {
        use AuthorKind::{Agent, Visitor};
        let text = |text: &str| Kind::Message { text: text.into() };
        let mail = |email: &str| Kind::Contact { name: None, email: Some(email.into()) };
        check(text("hello"), Visitor, Ok(()));
        check(text(" \n "), Visitor, Err(Invalid::Empty));
        check(text(&"é".repeat(limits::TEXT_CHARS)), Agent, Ok(()));
        check(text(&"é".repeat(limits::TEXT_CHARS + 1)), Agent, Err(Invalid::TooLong));
        check(Kind::Joined, Visitor, Err(Invalid::Forbidden));
        check(Kind::Joined, Agent, Ok(()));
        check(Kind::Rated { score: 6 }, Visitor, Err(Invalid::Malformed));
        check(Kind::Rated { score: 5 }, Visitor, Ok(()));
        check(mail("ada@example.com"), Visitor, Ok(()));
        check(mail("ada"), Visitor, Err(Invalid::Malformed));
        check(mail("a\nBcc: x@example.com"), Visitor, Err(Invalid::Malformed));
        check(mail("ada@example.com"), Agent, Err(Invalid::Forbidden));
        let of = MessageId::new(WallTime(1), [1; 10]);
        check(Kind::Edited { of, text: "better".into() }, Visitor, Ok(()));
        check(Kind::Edited { of, text: " ".into() }, Agent, Err(Invalid::Empty));
        check(Kind::Deleted { of }, Visitor, Ok(()));
        check(Kind::Unknown, Visitor, Err(Invalid::Malformed));
    }

    #[test]
    fn a_file_points_below_files_and_nowhere_else() {
        let file = |name: &str, size, path: &str| Kind::File {
            file: FileRef {
                id: FileId::new(WallTime(1), [1; 10]),
                name: name.into(),
                media: "image/png".into(),
                size,
                width: None,
                height: None,
                path: path.into(),
            },
        };
        check(file("plan.png", 1, "/files/abc/plan.png"), AuthorKind::Visitor, Ok(()));
        check(file("", 1, "/files/abc/x"), AuthorKind::Visitor, Err(Invalid::Empty));
        check(file("x", limits::FILE_BYTES + 1, "/files/abc/x"), AuthorKind::Visitor, Err(Invalid::TooLong));
        for path in
            ["https://example.com/x", "//example.com/files/", "/files/../v1/x", "/files/a?b", "javascript:0", ""]
        {
            check(file("x", 1, path), AuthorKind::Visitor, Err(Invalid::Malformed));
        }
    }

    /// P1.7. Would catch: a newer kind that makes the whole event unreadable, so that the log stops there.
    #[test]
    fn a_kind_of_a_newer_version_keeps_its_place() {
        for kind in [r#"{"poll":{"options":["a","b"]}}"#, r#""archived""#, "null", "[1]"] {
            let text = format!(
                r#"{{"seq":7,"id":"{}","at":1,"author":{{"kind":"agent"}},"kind":{kind}}}"#,
                MessageId::new(WallTime(1), [1; 10])
            );
            let entry: Entry = serde_json::from_str(&text).unwrap();
            assert_eq!((entry.seq, entry.kind), (7, Kind::Unknown), "{kind}");
        }
    }

    #[test]
    fn context_is_cut_not_refused() {
        let long = Context { title: Some("x\u{7}".repeat(9_999)), ..Context::default() };
        assert_eq!(long.clipped().title.map(|t| t.chars().count()), Some(limits::LABEL_CHARS));
        let many = Context { tags: vec!["\u{7}vip".into(); 99], ..Context::default() };
        assert_eq!(many.clipped().tags, ["vip"; limits::TAGS]);
    }
}
