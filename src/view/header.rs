//! Who is talked to, whether they are there, and what is wrong with the connection.

use chinwag_conversation::Availability;

use super::{
    Ui,
    element::{El, button, el, isolated},
    icon::{Icon, icon},
};
use crate::{
    model::{Press, input::Line},
    rim::speech::line_word,
    words::Word,
};

pub(super) fn header(ui: &Ui) -> El {
    let words = el("div", "header-words").with(el("h2", "team").with(isolated("", ui.team()))).with_some(presence(ui));
    let close =
        button("header-close", ui.act, Press::Closed).set("aria-label", ui.say(Word::Close)).with(icon(Icon::Close));
    let sound = button("header-close", ui.act, Press::Muted)
        .set("aria-label", ui.say(Word::Sound))
        .fix("aria-pressed", if ui.model.muted { "false" } else { "true" })
        .with(icon(if ui.model.muted { Icon::Silent } else { Icon::Sound }));
    el("header", "header").with(face(ui.team())).with(words).with(sound).with(close)
}

/// Who cannot be reached is not said to be there.
fn presence(ui: &Ui) -> Option<El> {
    let known = ui.model.availability.filter(|_| ui.model.connection.line().is_none());
    let (dot, word) = match known {
        Some(Availability::Available) => ("dot here", Word::Available),
        Some(Availability::Busy) => ("dot busy", Word::Busy),
        Some(Availability::Away) => ("dot", Word::Away),
        None => {
            let about = ui.site.about.as_deref()?;
            return Some(el("p", "presence").with(isolated("", about)));
        }
    };
    Some(el("p", "presence").with(el("i", dot)).say(ui.say(word)))
}

/// The first letter of a name on a disc.
pub(super) fn face(name: &str) -> El {
    let first = name.chars().next().map_or(0, char::len_utf8);
    el("span", "face").fix("aria-hidden", "true").say(name.get(..first).unwrap_or_default())
}

/// Never in the way of writing.
pub(super) fn line(ui: &Ui) -> Option<El> {
    let line = ui.model.connection.line()?;
    let shown = el("div", "line").with(el("p", "line-text").say(ui.say(line_word(line))));
    Some(match line {
        Line::Unreachable => {
            shown.with(button("small", ui.act, Press::TriedNow).say(ui.say(Word::TryNow))).with_some(ways(ui))
        }
        _ => shown,
    })
}

/// Other ways to reach the team, which need no server of ours.
fn ways(ui: &Ui) -> Option<El> {
    let way = |url: [&str; 2], shape: Icon, said: String| {
        el("a", "way").set("href", &url.concat()).with(icon(shape)).with(isolated("", &said))
    };
    let email = ui
        .site
        .email
        .as_deref()
        .map(|email| way(["mailto:", email], Icon::Mail, ui.words.with(Word::WriteTo, "address", email)));
    let phone = ui
        .site
        .phone
        .as_deref()
        .map(|phone| way(["tel:", &dialled(phone)], Icon::Phone, ui.words.with(Word::Call, "number", phone)));
    (email.is_some() || phone.is_some()).then(|| {
        let ways = el("div", "ways").with(el("p", "").say(ui.say(Word::Ways)));
        ways.with_some(email).with_some(phone)
    })
}

fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
