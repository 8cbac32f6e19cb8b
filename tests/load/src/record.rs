//! What one client did and saw. Compared with the logs at the end: nothing about delivery is guessed.

use std::collections::BTreeMap;

use chinwag_conversation::{ConversationId, MessageId, NackCode};

use crate::latency::Samples;

/// What every text says: who wrote it, as the how-manieth, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) writer: usize,
    /// 1, 2, 3 … in each conversation of a writer.
    pub(crate) number: u64,
    pub(crate) micros: u64,
}

impl Tag {
    pub(crate) fn text(self) -> String {
        format!("#{} {} {}", self.writer, self.number, self.micros)
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix('#')?.split(' ').map(str::parse::<u64>);
        let mut word = || words.next()?.ok();
        Some(Self { writer: word()? as usize, number: word()?, micros: word()? })
    }
}

/// One message of this client.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) id: MessageId,
    pub(crate) conversation: ConversationId,
    pub(crate) micros: u64,
    /// Its place, as the server said it.
    pub(crate) acked: Option<u64>,
    pub(crate) refused: Option<NackCode>,
}

/// A step of a client's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Asked whether to come.
    Asked,
    /// Opened a socket.
    Connected,
    Live,
    /// Was live, and is not.
    Lost,
    /// The server closed with this code, or 1006.
    Closed(u16),
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) client: usize,
    pub(crate) written: Vec<Written>,
    /// As shown, in the order of showing.
    pub(crate) seen: BTreeMap<ConversationId, Vec<(u64, MessageId)>>,
    pub(crate) steps: Vec<(u64, Step)>,
    /// From asking for a connection to being greeted.
    pub(crate) connecting: Samples,
    /// From writing to `Sent`.
    pub(crate) acks: Samples,
    /// From writing at the other side to showing here.
    pub(crate) arrivals: Samples,
    pub(crate) posts: usize,
    /// `POST`s that may be held.
    pub(crate) polls: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_back() {
        let tag = Tag { writer: 17, number: 3, micros: 1_234_567 };
        assert_eq!(Tag::read(&tag.text()), Some(tag));
        assert_eq!(Tag::read("hello"), None);
    }
}
