//! The notification card. It never takes focus; its words are announced when it is painted.

use super::{
    Ui,
    element::{El, button, el, isolated},
    header::face,
    icon::{Icon, icon},
    message::bot_label,
};
use crate::{
    model::{
        Press,
        decision::{Card, Shape},
    },
    words::Word,
};

pub(super) fn card(ui: &Ui, card: &Card) -> El {
    let shown = &card.notification;
    let from = shown.from.as_deref().unwrap_or_else(|| ui.team());
    let named = shown.shape == Shape::Card;
    let sender = || el("span", "card-from").with(isolated("", from)).with_some(shown.bot.then(|| bot_label(ui.words)));
    let words = el("span", "card-words")
        .with_some(named.then(sender))
        .with_some(shown.title.as_deref().map(|title| el("b", "name").fix("dir", "auto").say(title)))
        .with(el("span", "card-text").fix("dir", "auto").say(&shown.text));
    let body = button("card-body", ui.act, Press::CardOpened).with_some(named.then(|| face(from))).with(words);
    let close = button("quiet card-close", ui.act, Press::CardDismissed)
        .set("aria-label", ui.say(Word::Dismiss))
        .with(icon(Icon::Close));
    el("section", if named { "card" } else { "card teaser" })
        .set("aria-label", &ui.words.with(Word::Notification, "name", from))
        .with(body)
        .with_some(choices(ui, card))
        .with(close)
}

fn choices(ui: &Ui, card: &Card) -> Option<El> {
    let (replies, buttons) = (&card.notification.replies, &card.notification.buttons);
    let choice = |class, input, label: &str| button(class, ui.act, input).fix("dir", "auto").say(label);
    let reply = |(at, reply): (usize, &String)| choice("choice", Press::CardReplied(at), reply);
    (replies.len() + buttons.len() > 0).then(|| {
        el("div", "choices").with_all(replies.iter().enumerate().map(reply)).with_all(
            buttons.iter().enumerate().map(|(at, button)| choice("choice main", Press::CardPressed(at), &button.label)),
        )
    })
}
