//! The panel: header, thread, and what stands below it. A region beside the page; on phones a modal dialog over it.

use std::rc::Rc;

use chinwag_browser::js;
use web_sys::{Event, KeyboardEvent};
use yew::{
    Callback, PointerEvent,
    html::{oncancel, onkeydown, onpointerdown},
    virtual_dom::Listener,
};

use chinwag_conversation::Availability;

use super::{
    Ui,
    composer::composer,
    element::{El, button, el, isolated},
    ended::ended,
    form::form,
    header::{header, line},
    icon::{Icon, icon},
    thread::thread,
};
use crate::{
    model::{Bottom, Foot, Input, Panel, Press},
    words::{Counted, Word},
};

pub(super) fn panel(ui: &Ui) -> El {
    let panel =
        if ui.model.phone { el("dialog", "panel phone").hear(cancelled(ui.act)) } else { el("section", "panel") };
    let offered = ui.model.panel == Panel::Offered;
    let panel =
        panel.set("aria-label", &ui.words.with(Word::Conversation, "name", ui.team())).hear(key(ui.act, offered));
    let panel = if offered { panel.hear(touched(ui.act)) } else { panel };
    let panel = panel.with(header(ui)).with_some(line(ui));
    match ui.model.foot() {
        Foot::AwayForm => panel.with(el("div", "scroll").with(form(ui))),
        Foot::Composer => panel.with(talk(ui)).with_some(expect(ui)).with_some(suggested(ui)).with(composer(ui)),
        Foot::Ended => panel.with(talk(ui)).with(ended(ui)),
    }
}

fn talk(ui: &Ui) -> El {
    el("div", "talk").with(thread(ui)).with_some(typing(ui)).with_some(newest(ui))
}

fn typing(ui: &Ui) -> Option<El> {
    let said = match ui.model.typing.as_ref()? {
        Some(name) => ui.words.with(Word::Typing, "name", name),
        None => ui.say(Word::TypingSomeone).to_owned(),
    };
    let dots = el("span", "dots").fix("aria-hidden", "true").with_all((0..3).map(|_| el("i", "")));
    Some(el("p", "typing").with(dots).with(isolated("", &said)))
}

fn newest(ui: &Ui) -> Option<El> {
    if ui.model.bottom == Bottom::Seen {
        return None;
    }
    let bottom = Press::Newest;
    let pill = match ui.model.unread {
        0 => button("newest bare", ui.act, bottom).set("aria-label", ui.say(Word::Newest)),
        unread => {
            let label = ui.words.count(Counted::New, unread);
            button("newest", ui.act, bottom).with(el("span", "").say(&label))
        }
    };
    Some(pill.with(icon(Icon::Down)))
}

/// What to expect when nobody answers at once.
fn expect(ui: &Ui) -> Option<El> {
    let said = match (ui.model.availability?, ui.model.thread.email()) {
        (Availability::Away, Some(email)) => ui.words.with(Word::Answer, "email", email),
        (Availability::Away, None) => ui.say(Word::AwayNote).to_owned(),
        (Availability::Busy, _) => ui.say(Word::BusyNote).to_owned(),
        (Availability::Available, _) => return None,
    };
    Some(el("p", "expect").fix("dir", "auto").say(&said))
}

/// Ready-made first messages.
fn suggested(ui: &Ui) -> Option<El> {
    let suggested = ui.model.suggested.iter().enumerate();
    let choice = |(at, (text, _)): (usize, &(String, _))| {
        button("choice", ui.act, Press::Suggested(at)).fix("dir", "auto").say(text)
    };
    (!ui.model.thread.has_written()).then(|| el("div", "choices").with_all(suggested.map(choice)))
}

/// The browser's own way out of a dialog: Esc, or the back gesture.
fn cancelled(act: &Callback<Input>) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(oncancel::Wrapper::new(Callback::from(move |event: Event| {
        event.prevent_default();
        act.emit(Input::Escape);
    })))
}

/// Esc closes, from anywhere inside; in a panel that the page opened, any other key but Tab is the first touch.
fn key(act: &Callback<Input>, offered: bool) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(onkeydown::Wrapper::new(Callback::from(move |event: KeyboardEvent| {
        let key = js::text(&event, "key").unwrap_or_default();
        if key == "Escape" && js::get(&event, "isComposing").is_falsy() {
            event.prevent_default();
            drop(js::call(&event, "stopPropagation", &[]));
            act.emit(Input::Escape);
        } else if offered && key != "Tab" {
            act.emit(Input::Touched);
        }
    })))
}

/// The first touch of a panel that the page opened; closing it is not one.
fn touched(act: &Callback<Input>) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(onpointerdown::Wrapper::new(Callback::from(move |event: PointerEvent| {
        let closes = js::ask(&js::get(&event, "target"), "closest", ".header-close");
        if !closes.is_ok_and(|found| found.is_object()) {
            act.emit(Input::Touched);
        }
    })))
}
