//! The messages. Not a live region: what comes is announced elsewhere, once.
//!
//! The scroller is upside down (`column-reverse`): its origin is the newest message, so it stays there by itself when
//! something is added, when older messages are put above, and when the keyboard takes half of the screen.

use std::rc::Rc;

use chinwag_browser::{js, number::digits};
use wasm_bindgen::JsValue;
use web_sys::{Event, KeyboardEvent};
use yew::{
    Callback,
    html::{onkeydown, onscroll},
    virtual_dom::Listener,
};

use super::{
    Ui,
    element::{El, el},
    message::message,
};
use crate::{
    model::{rows::Row, thread::Start},
    rim::{focus, found, place},
    words::Word,
};

pub(super) fn thread(ui: &Ui) -> El {
    let loading = (ui.model.awaited || ui.model.thread.start == Start::Loading)
        .then(|| el("li", "loading").key("loading".into()).say(ui.say(Word::Loading)));
    let list = el("ol", "thread")
        .fix("role", "list")
        .fix("tabindex", "0")
        .set("aria-label", ui.say(Word::Messages))
        .hear(move_focus())
        .with_all(loading.into_iter())
        .with_all(ui.rows.iter().map(|row| self::row(row, ui)));
    el("div", "scroller").hear(scrolled(ui)).with(list)
}

fn scrolled(ui: &Ui) -> Rc<dyn Listener> {
    let (act, bottom) = (ui.act.clone(), ui.model.bottom);
    Rc::new(onscroll::Wrapper::new(Callback::from(move |event: Event| {
        place::tell(&js::get(&event, "target"), bottom, &act);
    })))
}

fn row(row: &Row, ui: &Ui) -> El {
    let words = ui.words;
    match row {
        Row::Day(at) => {
            el("li", "day").key(["d", &digits(at.0)].concat()).with(el("span", "").say(&words.day(*at, ui.now)))
        }
        Row::Joined { seq, name: Some(name) } => note(*seq, &words.with(Word::Joined, "name", name)),
        Row::Joined { seq, name: None } => note(*seq, words.get(Word::JoinedSomeone)),
        Row::Ended { seq } => note(*seq, words.get(Word::Ended)),
        Row::Bubble(bubble) => message(bubble, ui),
    }
}

fn note(seq: u64, said: &str) -> El {
    el("li", "note").key(["n", &digits(seq)].concat()).fix("dir", "auto").say(said)
}

/// Up, Down, Home and End go from message to message; Tab leaves.
fn move_focus() -> Rc<dyn Listener> {
    Rc::new(onkeydown::Wrapper::new(Callback::from(|event: KeyboardEvent| {
        let here = js::get(&event, "target");
        let Some(list) = closest(&here, ".thread") else { return };
        let row = closest(&here, ".row");
        let last = || neighbour(&list, "lastElementChild");
        let next = match (js::text(&event, "key").unwrap_or_default().as_str(), &row) {
            ("ArrowUp", Some(row)) => neighbour(row, "previousElementSibling"),
            ("ArrowDown", Some(row)) => neighbour(row, "nextElementSibling"),
            ("ArrowUp" | "ArrowDown" | "End", _) => last(),
            ("Home", _) => found(&list, ".row"),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            focus(&next);
        }
    })))
}

fn closest(element: &JsValue, selector: &str) -> Option<JsValue> {
    js::ask(element, "closest", selector).ok().filter(JsValue::is_object)
}

/// The next row in a direction; `lastElementChild` goes on backwards.
fn neighbour(from: &JsValue, step: &str) -> Option<JsValue> {
    let mut next = js::get(from, step);
    let step = if step == "nextElementSibling" { step } else { "previousElementSibling" };
    while next.is_object() {
        if js::ask(&next, "matches", ".row").is_ok_and(|is| is.is_truthy()) {
            return Some(next);
        }
        next = js::get(&next, step);
    }
    None
}
