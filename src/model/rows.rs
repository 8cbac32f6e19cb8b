//! The thread as it is shown: day separators, groups of one author, and how far each own message has come.

use chinwag_conversation::{AuthorKind, Delivery, Entry, Kind, MessageId, NackCode, Outgoing, WallTime};

use super::thread::{Progress, Start, Thread};

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
    pub(crate) text: String,
    /// `None` for the greeting.
    pub(crate) at: Option<WallTime>,
    /// Opens a group: carries the author and the time.
    pub(crate) first: bool,
    /// Shown only where it says something that the message below it does not.
    pub(crate) state: Option<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Greeting,
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

/// `day_of` numbers the visitor's calendar days; `greeting` stands before the first entry and is not stored.
pub(crate) fn rows(
    thread: &Thread,
    greeting: Option<&str>,
    reach: Reach,
    day_of: &dyn Fn(WallTime) -> i64,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(thread.entries().len() + thread.outgoing().len() + 4);
    let from_the_start = thread.start == Start::Reached || thread.entries().is_empty();
    if let Some(text) = greeting.filter(|_| from_the_start) {
        rows.push(Row::Bubble(greet(text)));
    }
    let mut day = None;
    for entry in thread.entries() {
        if let Some(row) = committed(entry, thread.agent) {
            let today = day_of(entry.at);
            if day.replace(today) != Some(today) {
                rows.push(Row::Day(entry.at));
            }
            rows.push(row);
        }
    }
    rows.extend(thread.outgoing().iter().filter_map(|outgoing| waiting(outgoing, reach)));
    group(&mut rows);
    thin_states(&mut rows);
    rows
}

fn greet(text: &str) -> Bubble {
    Bubble {
        key: Key::Greeting,
        from: From::Team,
        name: None,
        text: text.to_owned(),
        at: None,
        first: true,
        state: None,
    }
}

fn committed(entry: &Entry, agent: Progress) -> Option<Row> {
    let name = entry.author.name.clone();
    match &entry.kind {
        Kind::Message { text } => Some(Row::Bubble(Bubble {
            key: Key::Message(entry.id),
            from: match entry.author.kind {
                AuthorKind::Visitor => From::Visitor,
                AuthorKind::Agent => From::Team,
                AuthorKind::Bot | AuthorKind::System => From::Bot,
            },
            name,
            text: text.clone(),
            at: Some(entry.at),
            first: true,
            state: (entry.author.kind == AuthorKind::Visitor).then(|| reached(entry.seq, agent)),
        })),
        Kind::Joined => Some(Row::Joined { seq: entry.seq, name }),
        Kind::Closed => Some(Row::Ended { seq: entry.seq }),
        Kind::Contact { .. }
        | Kind::Rated { .. }
        | Kind::File { .. }
        | Kind::Edited { .. }
        | Kind::Deleted { .. }
        | Kind::Unknown => None,
    }
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
    let Kind::Message { text } = &outgoing.kind else { return None };
    let state = match outgoing.delivery {
        Delivery::Failed(code) => State::Failed(code),
        _ if reach == Reach::Away => State::Waiting,
        Delivery::Queued | Delivery::Sending => State::Sending,
        Delivery::Sent { .. } => State::Sent,
    };
    Some(Row::Bubble(Bubble {
        key: Key::Message(outgoing.id),
        from: From::Visitor,
        name: None,
        text: text.clone(),
        at: Some(written_at(outgoing.id)),
        first: true,
        state: Some(state),
    }))
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
            Some(State::Failed(_)) => below = bubble.state,
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
