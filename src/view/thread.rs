//! The messages. Not a live region: what comes is announced elsewhere, once.
//!
//! The scroller is upside down (`column-reverse`): its origin is the newest message, so it stays there by itself when
//! something is added, when older messages are put above, and when the keyboard takes half of the screen.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};
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
    rim::place,
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
        if let Some(scroller) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            place::tell(&scroller, bottom, &act);
        }
    })))
}

fn row(row: &Row, ui: &Ui) -> El {
    let words = ui.words;
    match row {
        Row::Day(at) => {
            el("li", "day").key(["d", &at.0.to_string()].concat()).with(el("span", "").say(&words.day(*at, ui.now)))
        }
        Row::Joined { seq, name: Some(name) } => note(*seq, &words.with(Word::Joined, "name", name)),
        Row::Joined { seq, name: None } => note(*seq, words.get(Word::JoinedSomeone)),
        Row::Ended { seq } => note(*seq, words.get(Word::Ended)),
        Row::Bubble(bubble) => message(bubble, ui.team(), words, ui.act),
    }
}

fn note(seq: u64, said: &str) -> El {
    el("li", "note").key(["n", &seq.to_string()].concat()).fix("dir", "auto").say(said)
}

/// Up, Down, Home and End go from message to message; Tab leaves.
fn move_focus() -> Rc<dyn Listener> {
    Rc::new(onkeydown::Wrapper::new(Callback::from(|event: KeyboardEvent| {
        let here = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(list) = here.as_ref().and_then(|here| here.closest(".thread").ok().flatten()) else {
            return;
        };
        let row = here.and_then(|here| here.closest(".row").ok().flatten());
        let next = match event.key().as_str() {
            "ArrowUp" => match row {
                Some(row) => neighbour(row, Element::previous_element_sibling),
                None => last(&list),
            },
            "ArrowDown" => match row {
                Some(row) => neighbour(row, Element::next_element_sibling),
                None => last(&list),
            },
            "Home" => list.query_selector(".row").ok().flatten(),
            "End" => last(&list),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    })))
}

fn last(list: &Element) -> Option<Element> {
    let last = list.last_element_child()?;
    if is_row(&last) { Some(last) } else { neighbour(last, Element::previous_element_sibling) }
}

fn is_row(element: &Element) -> bool {
    element.class_list().contains("row")
}

fn neighbour(from: Element, step: impl Fn(&Element) -> Option<Element>) -> Option<Element> {
    let mut next = step(&from);
    while let Some(element) = next {
        if is_row(&element) {
            return Some(element);
        }
        next = step(&element);
    }
    None
}
