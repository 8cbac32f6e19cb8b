//! After the end: a judgement, and another conversation.

use super::{
    Ui,
    element::{El, button, el},
    icon::{Icon, icon},
};
use crate::{model::Press, words::Word};

const SCORES: [(u8, Word); 5] =
    [(1, Word::Rate1), (2, Word::Rate2), (3, Word::Rate3), (4, Word::Rate4), (5, Word::Rate5)];

pub(super) fn ended(ui: &Ui) -> El {
    let shown = match ui.model.thread.rating() {
        Some(score) => el("div", "ended").with(stars(score)).with(el("p", "").say(ui.say(Word::Thanks))),
        None => {
            let ask = el("p", "ask").fix("id", "cw-rate").say(ui.say(Word::Rate));
            let rate = el("div", "rate");
            let rate = rate.with_all(SCORES.into_iter().map(|(score, word)| star(ui, score, word)));
            let group = el("div", "").fix("role", "group").fix("aria-labelledby", "cw-rate");
            el("div", "ended").with(group.with(ask).with(rate))
        }
    };
    shown.with(button("primary", ui.act, Press::StartedNew).say(ui.say(Word::Start)))
}

fn star(ui: &Ui, score: u8, word: Word) -> El {
    button("star", ui.act, Press::Rated(score))
        .set("aria-label", ui.say(word))
        .set("title", ui.say(word))
        .with(icon(Icon::Star))
}

fn stars(score: u8) -> El {
    let given = el("div", "rate given").fix("aria-hidden", "true");
    given.with_all((0..score).map(|_| icon(Icon::Star)))
}
