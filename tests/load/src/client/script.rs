//! When a client writes. Times are planned ahead and do not wait for the server (an open loop): a slow answer does not
//! make the load smaller.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chinwag_conversation::ConversationId;

use super::Who;

/// What a client does while it talks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Script {
    /// Messages a second of one visitor, at random times.
    pub(crate) per_second: f64,
    /// Which part of the visitors' messages is answered by the agent whose turn it is.
    pub(crate) answered: f64,
    /// How long the agent thinks, on average, in milliseconds.
    pub(crate) think_ms: f64,
    /// How often a minute a client's connection breaks.
    pub(crate) breaks_per_minute: f64,
    /// How many agents share the conversations.
    pub(crate) agents: usize,
}

/// The script of one client, and how far it is.
pub(super) struct Writer {
    script: Script,
    own: Option<ConversationId>,
    /// An agent's place among the agents.
    place: usize,
    talking: bool,
    next_message: Option<u64>,
    next_break: Option<u64>,
    /// Answers that are being thought about, by the time when they are ready.
    answers: BTreeSet<(u64, ConversationId)>,
    numbers: BTreeMap<ConversationId, u64>,
}

/// Between two events of a random process.
fn wait(per_second: f64) -> Option<u64> {
    (per_second > 0.0).then(|| (-(1.0 - fastrand::f64()).ln() / per_second * 1e6) as u64)
}

impl Writer {
    pub(super) fn new(script: Script, who: &Who, number: usize) -> Self {
        let own = match who {
            Who::Visitor { conversation, .. } => Some(*conversation),
            Who::Agent { .. } => None,
        };
        Self {
            script,
            own,
            place: number,
            talking: false,
            next_message: None,
            next_break: None,
            answers: BTreeSet::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// Whether that is new.
    pub(super) fn begin(&mut self, now: u64) -> bool {
        if self.talking {
            return false;
        }
        self.talking = true;
        if self.own.is_some() {
            self.next_message = wait(self.script.per_second).map(|wait| now + wait);
        }
        self.next_break = wait(self.script.breaks_per_minute / 60.0).map(|wait| now + wait);
        true
    }

    /// Whether that is new.
    pub(super) fn rest(&mut self) -> bool {
        let talked = std::mem::replace(&mut self.talking, false);
        self.next_message = None;
        self.next_break = None;
        self.answers.clear();
        talked
    }

    /// When something is due next, in microseconds.
    pub(super) fn next(&self) -> Option<u64> {
        let answer = self.answers.first().map(|(at, _)| *at);
        [self.next_message, self.next_break, answer].into_iter().flatten().min()
    }

    /// Whether the connection breaks now.
    pub(super) fn cuts(&mut self, now: u64) -> bool {
        let cuts = self.next_break.is_some_and(|at| at <= now);
        if cuts {
            self.next_break = wait(self.script.breaks_per_minute / 60.0).map(|wait| now + wait);
        }
        cuts
    }

    /// What is to be written now, each with the time for which it was planned.
    pub(super) fn due(&mut self, now: u64) -> VecDeque<(ConversationId, u64)> {
        let mut due = VecDeque::new();
        while let (Some(own), Some(at)) = (self.own, self.next_message.filter(|at| *at <= now)) {
            due.push_back((own, at));
            self.next_message = wait(self.script.per_second).map(|wait| at + wait);
        }
        while self.answers.first().is_some_and(|(at, _)| *at <= now) {
            due.extend(self.answers.pop_first().map(|(at, conversation)| (conversation, at)));
        }
        due
    }

    /// The other side wrote. Agents take turns by conversation, whoever sees it.
    pub(super) fn heard(&mut self, conversation: ConversationId, writer: usize, now: u64) {
        let mine =
            self.own.is_none() && writer >= self.script.agents && writer % self.script.agents.max(1) == self.place;
        if self.talking && mine && fastrand::f64() < self.script.answered {
            let think = wait(1_000.0 / self.script.think_ms.max(1.0)).unwrap_or(0);
            self.answers.insert((now + think, conversation));
        }
    }

    /// The number of the next message in a conversation.
    pub(super) fn number(&mut self, conversation: ConversationId) -> u64 {
        let number = self.numbers.entry(conversation).or_default();
        *number += 1;
        *number
    }
}
