//! One message: author, time, text with its small markup, and how far it has come.

use chinwag_conversation::{
    NackCode,
    limits::EDIT_MS,
    markup::{Block, Inline, parse},
};

use super::{
    Ui,
    element::{El, button, el, isolated},
    file::file,
    header::face,
    icon::{Icon, icon},
};
use crate::{
    model::{
        Press,
        rows::{Bubble, Content, From, Key, State},
        thread::can_retry,
    },
    words::{Word, Words},
};

pub(super) fn message(bubble: &Bubble, ui: &Ui) -> El {
    let words = ui.words;
    let theirs = bubble.from != From::Visitor;
    let name = match &bubble.name {
        _ if !theirs => words.get(Word::You),
        Some(name) => name,
        None => ui.team(),
    };
    let class = match (theirs, bubble.first) {
        (true, true) => "row theirs first",
        (true, false) => "row theirs",
        (false, true) => "row mine first",
        (false, false) => "row mine",
    };
    let key = match bubble.key {
        Key::Greeting => "greeting".to_owned(),
        Key::Opening => "opening".to_owned(),
        Key::Waiting(id) | Key::Message(id) => id.text(),
    };
    let says = el("div", "says")
        .with(head(bubble, name, words))
        .with(match &bubble.content {
            Content::Text(text) | Content::Edited(text) => blocks(text, words),
            Content::Deleted => el("p", "gone").say(words.get(Word::Deleted)),
            Content::File(sent) => file(sent, ui),
        })
        .with_some(state(bubble, ui))
        .with_some(tools(bubble, ui));
    el("li", class).fix("tabindex", "-1").key(key).with_some((theirs && bubble.first).then(|| face(name))).with(says)
}

/// What can be done to an own message, as long as the server lets it be done. Shown at the message that has focus or pointer.
fn tools(bubble: &Bubble, ui: &Ui) -> Option<El> {
    let Key::Message(id) = bubble.key else { return None };
    let young = ui.now.0.saturating_sub(bubble.at?.0) < EDIT_MS;
    let tool = |word, press| button("small", ui.act, press).say(ui.say(word));
    let edit = match bubble.content {
        Content::Deleted => return None,
        Content::File(_) => None,
        Content::Text(_) | Content::Edited(_) => Some(tool(Word::Edit, Press::Edit(id))),
    };
    (young && bubble.from == From::Visitor)
        .then(|| el("p", "tools").with_some(edit).with(tool(Word::Delete, Press::Delete(id))))
}

/// Later messages of a run name their author only to those who do not see whose side they are on.
fn head(bubble: &Bubble, name: &str, words: &Words) -> El {
    let author = bubble.first && bubble.from != From::Visitor;
    let time = bubble.at.map(|at| el("span", "time").say(&words.time(at)));
    let edited =
        matches!(bubble.content, Content::Edited(_)).then(|| el("span", "edited").say(words.get(Word::Edited)));
    el("p", if bubble.first { "head" } else { "unseen" })
        .with(isolated(if author { "name" } else { "unseen" }, name))
        .with_some((author && bubble.from == From::Bot).then(|| bot_label(words)))
        .with_some(time)
        .with_some(edited)
}

/// There is no way to switch this off.
pub(super) fn bot_label(words: &Words) -> El {
    el("span", "bot").with(icon(Icon::Bot)).say(words.get(Word::Bot))
}

fn state(bubble: &Bubble, ui: &Ui) -> Option<El> {
    let (state, id, words) = (bubble.state?, bubble.about?, ui.words);
    let small = |word, press| button("small", ui.act, press).say(words.get(word));
    let (class, shape, word) = match state {
        State::Waiting => ("state", Icon::Clock, Word::Waiting),
        State::Sending => ("state", Icon::Clock, Word::Sending),
        State::Sent => ("state", Icon::Check, Word::Sent),
        State::Delivered => ("state", Icon::Checks, Word::Delivered),
        State::Read => ("state read", Icon::Checks, Word::Read),
        State::Uploading => {
            let bar = el("progress", "").fix("max", "100").fix("value", "0");
            let bar = bar.set("data-id", &id.text()).set("aria-label", words.get(Word::Sending));
            return Some(el("p", "state").with(bar).with(small(Word::Cancel, Press::Removed(id))));
        }
        State::Failed(code) => {
            let mend = el("p", "mend")
                .with_some(can_retry(code).then(|| small(Word::Retry, Press::Retried(id))))
                .with(small(Word::Remove, Press::Removed(id)));
            let failed = el("p", "")
                .with(icon(Icon::Warning))
                .with(el("b", "").say(words.get(Word::Failed)))
                .say(" ")
                .say(&reason(code, bubble, ui));
            return Some(el("div", "state failed").with(failed).with(mend));
        }
    };
    Some(el("p", class).with(icon(shape)).say(words.get(word)))
}

fn reason(code: NackCode, bubble: &Bubble, ui: &Ui) -> String {
    let file = matches!(bubble.content, Content::File(_));
    let word = match code {
        NackCode::TooLong if file => return ui.limited(Word::FileLong),
        NackCode::Malformed if file => Word::FileKind,
        // Its bytes went with an earlier page: there is no more to say.
        NackCode::Empty if file => return String::new(),
        NackCode::TooLong => Word::FailedLong,
        NackCode::Rate => Word::FailedRate,
        NackCode::Unavailable => Word::FailedServer,
        NackCode::Empty | NackCode::Malformed | NackCode::Forbidden => Word::FailedRefused,
    };
    ui.say(word).to_owned()
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
