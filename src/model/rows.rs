//! The thread as it is shown: day separators, groups of one author, and how far each own message has come.

use chinwag_conversation::{AuthorKind, Delivery, Entry, FileRef, Kind, MessageId, NackCode, Outgoing, WallTime};

use super::{
    decision::Opening,
    thread::{Progress, Start, Thread, is_upload},
};

/// Two messages of one author belong together when they are not further apart than this.
const GROUP_MS: u64 = 5 * 60_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Day(WallTime),
    Bubble(Bubble),
    /// A line without an author.
    Joined {
        seq: u64,
        name: Option<String>,
    },
    Ended {
        seq: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bubble {
    pub(crate) key: Key,
    pub(crate) from: From,
    pub(crate) name: Option<String>,
    pub(crate) content: Content,
    /// `None` for the greeting.
    pub(crate) at: Option<WallTime>,
    /// Opens a group: carries the author and the time.
    pub(crate) first: bool,
    /// Shown only where it says something that the message below it does not.
    pub(crate) state: Option<State>,
    /// What the state is about: the message, or an edit or deletion of it that is not committed yet.
    pub(crate) about: Option<MessageId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Text(String),
    Edited(String),
    Deleted,
    File(FileRef),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Greeting,
    Opening,
    /// Not committed yet.
    Waiting(MessageId),
    Message(MessageId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Visitor,
    Team,
    Bot,
}

/// How far an own message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The bytes of a file are on their way.
    Uploading,
    /// No connection; it leaves when there is one.
    Waiting,
    Sending,
    Sent,
    Delivered,
    Read,
    Failed(NackCode),
}

/// Whether the connection is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Live,
    Away,
}

/// `day_of` numbers the visitor's calendar days; `greeting` stands before the first entry, and neither it nor `opening` is stored.
pub(crate) fn rows(
    thread: &Thread,
    greeting: Option<&str>,
    mut opening: Option<&Opening>,
    reach: Reach,
    day_of: &dyn Fn(WallTime) -> i64,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(thread.entries().len() + thread.outgoing().len() + 4);
    let from_the_start = thread.start == Start::Reached || thread.entries().is_empty();
    if let Some(text) = greeting.filter(|_| from_the_start) {
        rows.push(local(Key::Greeting, From::Team, text));
    }
    let said = |opening: &Opening| local(Key::Opening, if opening.bot { From::Bot } else { From::Team }, &opening.text);
    let mut day = None;
    for entry in thread.entries() {
        rows.extend(opening.take_if(|opening| entry.seq > opening.after).map(said));
        if let Some(row) = committed(entry, thread, reach) {
            let today = day_of(entry.at);
            if day.replace(today) != Some(today) {
                rows.push(Row::Day(entry.at));
            }
            rows.push(row);
        }
    }
    rows.extend(opening.map(said));
    rows.extend(thread.outgoing().iter().filter_map(|outgoing| waiting(outgoing, reach)));
    group(&mut rows);
    thin_states(&mut rows);
    rows
}

/// What nobody sent.
fn local(key: Key, from: From, text: &str) -> Row {
    Row::Bubble(Bubble {
        key,
        from,
        name: None,
        content: Content::Text(text.to_owned()),
        at: None,
        first: true,
        state: None,
        about: None,
    })
}

fn committed(entry: &Entry, thread: &Thread, reach: Reach) -> Option<Row> {
    let (id, seq, name) = (entry.id, entry.seq, entry.author.name.clone());
    match &entry.kind {
        Kind::Joined => return Some(Row::Joined { seq, name }),
        Kind::Closed => return Some(Row::Ended { seq }),
        _ => {}
    }
    let mut kind = entry.kind.clone();
    let mut edited = thread.amendments(id).next().is_some();
    let mut state = (entry.author.kind == AuthorKind::Visitor).then(|| reached(seq, thread.agent));
    let mut about = id;
    for outgoing in thread.outgoing().iter().filter(|outgoing| outgoing.kind.amends() == Some(id)) {
        let way = way(outgoing, reach);
        if !matches!(way, State::Failed(_)) {
            kind.amend(&outgoing.kind);
            edited = true;
        }
        (state, about) = (Some(way), outgoing.id);
    }
    let content = content(&kind, edited)?;
    Some(Row::Bubble(Bubble {
        key: Key::Message(id),
        from: match entry.author.kind {
            AuthorKind::Visitor => From::Visitor,
            AuthorKind::Agent => From::Team,
            AuthorKind::Bot | AuthorKind::System => From::Bot,
        },
        name,
        state: state.filter(|_| content != Content::Deleted || about != id),
        content,
        at: Some(entry.at),
        first: true,
        about: Some(about),
    }))
}

fn content(kind: &Kind, edited: bool) -> Option<Content> {
    Some(match kind {
        kind if kind.is_deleted() => Content::Deleted,
        Kind::Message { text } if edited => Content::Edited(text.clone()),
        Kind::Message { text } => Content::Text(text.clone()),
        Kind::File { file } => Content::File(file.clone()),
        _ => return None,
    })
}

fn reached(seq: u64, agent: Progress) -> State {
    if seq <= agent.read {
        State::Read
    } else if seq <= agent.delivered {
        State::Delivered
    } else {
        State::Sent
    }
}

fn waiting(outgoing: &Outgoing, reach: Reach) -> Option<Row> {
    Some(Row::Bubble(Bubble {
        key: Key::Waiting(outgoing.id),
        from: From::Visitor,
        name: None,
        content: content(&outgoing.kind, false)?,
        at: Some(written_at(outgoing.id)),
        first: true,
        state: Some(way(outgoing, reach)),
        about: Some(outgoing.id),
    }))
}

/// How far something has come that is not committed yet.
fn way(outgoing: &Outgoing, reach: Reach) -> State {
    match outgoing.delivery {
        Delivery::Failed(code) => State::Failed(code),
        _ if reach == Reach::Away => State::Waiting,
        _ if is_upload(&outgoing.kind) => State::Uploading,
        Delivery::Queued | Delivery::Sending => State::Sending,
        Delivery::Sent { .. } => State::Sent,
    }
}

/// An id carries the time of this device when it was made; the server's time replaces it.
fn written_at(id: MessageId) -> WallTime {
    WallTime((id.0.as_u128() >> 80) as u64)
}

/// Only the first message of a run keeps the author and the time.
fn group(rows: &mut [Row]) {
    for index in 1..rows.len() {
        let (before, rest) = rows.split_at_mut(index);
        if let (Some(Row::Bubble(above)), Some(Row::Bubble(bubble))) = (before.last(), rest.first_mut()) {
            bubble.first = !together(above, bubble);
        }
    }
}

fn together(above: &Bubble, bubble: &Bubble) -> bool {
    let near = match (above.at, bubble.at) {
        (Some(one), Some(two)) => two.0.saturating_sub(one.0) <= GROUP_MS,
        _ => false,
    };
    near && above.from == bubble.from && above.name == bubble.name
}

/// Walking up from the newest: a state stays where it differs from the one below it in the same run; whether an older
/// message arrived is not news once somebody answered below it. Failures always stay.
fn thin_states(rows: &mut [Row]) {
    let mut below: Option<State> = None;
    let mut answered = false;
    for row in rows.iter_mut().rev() {
        let Row::Bubble(bubble) = row else { continue };
        match bubble.state {
            None => answered = true,
            Some(State::Failed(_) | State::Uploading) => below = bubble.state,
            Some(state) => {
                let committed = matches!(state, State::Sent | State::Delivered | State::Read);
                if below.replace(state) == Some(state) || (committed && answered) {
                    bubble.state = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
