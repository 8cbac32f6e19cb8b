//! One message: author, time, text with its small markup, and how far it has come.

use chinwag_conversation::{
    NackCode,
    markup::{Block, Inline, parse},
};
use yew::Callback;

use super::{
    element::{El, button, el, isolated},
    header::face,
    icon::{Icon, icon},
};
use crate::{
    model::{
        Input, Press,
        rows::{Bubble, From, Key, State},
        thread::can_retry,
    },
    words::{Word, Words},
};

pub(super) fn message(bubble: &Bubble, team: &str, words: &Words, act: &Callback<Input>) -> El {
    let theirs = bubble.from != From::Visitor;
    let name = match &bubble.name {
        _ if !theirs => words.get(Word::You),
        Some(name) => name,
        None => team,
    };
    let class = match (theirs, bubble.first) {
        (true, true) => "row theirs first",
        (true, false) => "row theirs",
        (false, true) => "row mine first",
        (false, false) => "row mine",
    };
    let key = match bubble.key {
        Key::Greeting => "greeting".to_owned(),
        Key::Message(id) => id.to_string(),
    };
    let says = el("div", "says")
        .with(head(bubble, name, words))
        .with(blocks(&bubble.text, words))
        .with_some(state(bubble, words, act));
    el("li", class).fix("tabindex", "-1").key(key).with_some((theirs && bubble.first).then(|| face(name))).with(says)
}

/// Later messages of a run name their author only to those who do not see whose side they are on.
fn head(bubble: &Bubble, name: &str, words: &Words) -> El {
    let author = bubble.first && bubble.from != From::Visitor;
    let time = bubble.at.map(|at| el("span", "time").say(&words.time(at)));
    el("p", if bubble.first { "head" } else { "unseen" })
        .with(isolated(if author { "name" } else { "unseen" }, name))
        .with_some((author && bubble.from == From::Bot).then(|| bot_label(words)))
        .with_some(time)
}

/// There is no way to switch this off.
pub(super) fn bot_label(words: &Words) -> El {
    el("span", "bot").with(icon(Icon::Bot)).say(words.get(Word::Bot))
}

fn state(bubble: &Bubble, words: &Words, act: &Callback<Input>) -> Option<El> {
    let (state, Key::Message(id)) = (bubble.state?, bubble.key) else { return None };
    let (class, shape, word) = match state {
        State::Waiting => ("state", Icon::Clock, Word::Waiting),
        State::Sending => ("state", Icon::Clock, Word::Sending),
        State::Sent => ("state", Icon::Check, Word::Sent),
        State::Delivered => ("state", Icon::Checks, Word::Delivered),
        State::Read => ("state read", Icon::Checks, Word::Read),
        State::Failed(code) => {
            let small = |word, input| button("small", act, input).say(words.get(word));
            let mend = el("p", "mend")
                .with_some(can_retry(code).then(|| small(Word::Retry, Press::Retried(id))))
                .with(small(Word::Remove, Press::Removed(id)));
            let failed = el("p", "")
                .with(icon(Icon::Warning))
                .with(el("b", "").say(words.get(Word::Failed)))
                .say(" ")
                .say(words.get(reason(code)));
            return Some(el("div", "state failed").with(failed).with(mend));
        }
    };
    Some(el("p", class).with(icon(shape)).say(words.get(word)))
}

fn reason(code: NackCode) -> Word {
    match code {
        NackCode::TooLong => Word::FailedLong,
        NackCode::Rate => Word::FailedRate,
        NackCode::Unavailable => Word::FailedServer,
        NackCode::Empty | NackCode::Malformed | NackCode::Forbidden => Word::FailedRefused,
    }
}

fn blocks(message: &str, words: &Words) -> El {
    parse(message).iter().fold(el("div", "bubble"), |bubble, block| {
        bubble.with(match block {
            Block::Paragraph(inner) => inlines(el("p", "").fix("dir", "auto"), inner, words),
            Block::List { ordered, items } => {
                let list = el(if *ordered { "ol" } else { "ul" }, "").fix("dir", "auto");
                list.with_all(items.iter().map(|item| inlines(el("li", ""), item, words)))
            }
            Block::Code(code) => el("pre", "").fix("dir", "ltr").with(el("code", "").say(code)),
        })
    })
}

fn inlines(into: El, inner: &[Inline], words: &Words) -> El {
    inner.iter().fold(into, |into, inline| match inline {
        Inline::Text(text) => into.say(text),
        Inline::Bold(inner) => into.with(inlines(el("strong", ""), inner, words)),
        Inline::Italic(inner) => into.with(inlines(el("em", ""), inner, words)),
        Inline::Code(code) => into.with(el("code", "").fix("dir", "ltr").say(code)),
        Inline::Link { url, label } => into.with(
            el("a", "")
                .set("href", url)
                .fix("target", "_blank")
                .fix("rel", "noopener noreferrer nofollow")
                .with(isolated("", label))
                .with(el("span", "unseen").say(" ").say(words.get(Word::NewTab))),
        ),
        Inline::Break => into.with(el("br", "")),
    })
}
