//! What is said to people who do not look at the screen. Texts are appended to hidden live regions and taken away later;
//! a burst is put into one sentence, because a reader that is interrupted ten times says nothing.

use chinwag_browser::keep;
use gloo::timers::callback::Timeout;
use yew::Callback;

use crate::{
    model::input::{Line, Said},
    words::{Counted, Word, Words},
};

/// Gathers what happens at once.
const GATHER_MS: u32 = 150;
/// Long enough for every reader to have noticed.
const KEPT_MS: u32 = 3_000;
/// More messages than this at once are counted, not read.
const READ_OUT: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    Polite,
    Assertive,
}

pub(crate) struct Spoken {
    pub(crate) key: u32,
    pub(crate) urgency: Urgency,
    pub(crate) text: String,
}

/// When to look again.
#[derive(Clone, Copy)]
pub(crate) enum Breath {
    Speak,
    Forget(u32),
}

pub(crate) struct Speech {
    waiting: Vec<Said>,
    pub(crate) spoken: Vec<Spoken>,
    next: u32,
    gathering: Option<Timeout>,
    forgetting: Option<Timeout>,
    breathe: Callback<Breath>,
}

impl Speech {
    pub(crate) fn new(breathe: Callback<Breath>) -> Self {
        Self { waiting: Vec::new(), spoken: Vec::new(), next: 0, gathering: None, forgetting: None, breathe }
    }

    pub(crate) fn say(&mut self, said: Said) {
        self.waiting.push(said);
        if self.gathering.is_none() {
            self.gathering = Some(self.later(GATHER_MS, Breath::Speak));
        }
    }

    fn later(&self, ms: u32, breath: Breath) -> Timeout {
        let breathe = self.breathe.clone();
        Timeout::new(ms, move || breathe.emit(breath))
    }

    pub(crate) fn breathe(&mut self, breath: Breath, words: &Words) {
        match breath {
            Breath::Speak => {
                self.gathering = None;
                for (urgency, text) in sentences(core::mem::take(&mut self.waiting), words) {
                    self.next += 1;
                    self.spoken.push(Spoken { key: self.next, urgency, text });
                }
                self.forgetting = Some(self.later(KEPT_MS, Breath::Forget(self.next)));
            }
            Breath::Forget(last) => self.spoken.retain(|spoken| spoken.key > last),
        }
    }
}

fn sentences(waiting: Vec<Said>, words: &Words) -> Vec<(Urgency, String)> {
    let messages = waiting.iter().filter(|said| matches!(said, Said::Message { .. })).count();
    let mut sentences: Vec<(Urgency, String)> = Vec::new();
    if messages > READ_OUT {
        let count = u32::try_from(messages).unwrap_or(u32::MAX);
        sentences.push((Urgency::Polite, words.count(Counted::New, count)));
    }
    for said in waiting {
        if matches!(said, Said::Message { .. }) && messages > READ_OUT {
            continue;
        }
        let sentence = sentence(&said, words);
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

fn sentence(said: &Said, words: &Words) -> (Urgency, String) {
    let someone = |name: &Option<String>, named: Word, unnamed: Word| match name {
        Some(name) => words.with(named, "name", name),
        None => words.get(unnamed).to_owned(),
    };
    let text = match said {
        Said::Message { name, text } => {
            let name = name.as_deref().unwrap_or_else(|| words.get(Word::Team));
            // The text goes in first: what it says in braces is not for us.
            crate::words::fill(&words.with(Word::Says, "text", text), "name", name)
        }
        Said::Typing(name) => someone(name, Word::Typing, Word::TypingSomeone),
        Said::Joined(name) => someone(name, Word::Joined, Word::JoinedSomeone),
        Said::Deleted => words.get(Word::Deleted).to_owned(),
        Said::Ended => words.get(Word::Ended).to_owned(),
        Said::Sent => words.get(Word::Sent).to_owned(),
        Said::Failed => words.get(Word::Failed).to_owned(),
        Said::Full => words.get(Word::Full).to_owned(),
        Said::Line(line) => words.get(line_word(*line)).to_owned(),
        Said::Back => words.get(Word::Back).to_owned(),
        Said::Thanks => words.get(Word::Thanks).to_owned(),
        Said::Left(left) if *left < 0 => words.count(Counted::Over, left.unsigned_abs()),
        Said::Left(left) => words.count(Counted::Left, left.unsigned_abs()),
    };
    let urgency = match said {
        Said::Failed | Said::Full => Urgency::Assertive,
        _ => Urgency::Polite,
    };
    (urgency, text)
}

pub(crate) fn line_word(line: Line) -> Word {
    match line {
        Line::Connecting => Word::Connecting,
        Line::Reconnecting => Word::Reconnecting,
        _ if keep::refused() => Word::Unkept,
        Line::Offline => Word::Offline,
        Line::Unreachable => Word::Unreachable,
    }
}
