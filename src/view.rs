//! What is drawn. Functions of the state: they emit inputs and know nothing else.

mod card;
mod composer;
mod element;
mod ended;
mod file;
mod form;
mod header;
mod icon;
mod message;
mod panel;
mod thread;

use std::rc::Rc;

use chinwag_browser::{js, number::digits};
use chinwag_conversation::WallTime;
use wasm_bindgen::{JsValue, closure::Closure};
use yew::{Callback, Html};

use element::el;

use crate::{
    model::{Input, Model, Panel, rows::Row},
    rim::{
        site::Site,
        speech::{Spoken, Urgency},
    },
    words::{Word, Words},
};

/// Everything that the faces are drawn from.
pub(crate) struct Ui<'a> {
    pub(crate) act: &'a Callback<Input>,
    pub(crate) words: &'a Rc<Words>,
    pub(crate) site: &'a Rc<Site>,
    pub(crate) model: &'a Model,
    pub(crate) rows: &'a Rc<Vec<Row>>,
    /// Where files are.
    pub(crate) server: &'a str,
    pub(crate) now: WallTime,
}

impl Ui<'_> {
    fn say(&self, word: Word) -> &str {
        self.words.get(word)
    }

    /// A text with the largest file in it.
    fn limited(&self, word: Word) -> String {
        self.words.with(word, "size", &self.words.size(self.model.limits.file_bytes.into()))
    }

    fn team(&self) -> &str {
        self.site.team.as_deref().unwrap_or_else(|| self.words.get(Word::Team))
    }
}

/// Everything. The live regions stand there, empty, from the beginning: one that is born with its text is not read.
pub(crate) fn interface(ui: &Ui, theme: &'static str, spoken: &[Spoken]) -> Html {
    let region = |name: &'static str, urgency: Urgency| {
        let now = spoken.iter().filter(|spoken| spoken.urgency == urgency);
        el("div", "unseen")
            .fix("aria-live", name)
            .with_all(now.map(|spoken| el("p", "").key(digits(spoken.key.into())).say(&spoken.text)))
    };
    let open = ui.model.panel != Panel::Closed;
    el("div", "cw")
        .set("lang", &ui.words.lang)
        .fix("data-theme", theme)
        .with(region("polite", Urgency::Polite))
        .with(region("assertive", Urgency::Assertive))
        .with_some(ui.model.card.as_ref().map(|card| card::card(ui, card)))
        .with_some(open.then(|| panel::panel(ui)))
        .into()
}

/// Two frames: the first one paints.
pub(crate) fn next_frame(act: impl FnOnce() + 'static) {
    request_frame(Closure::once_into_js(move || request_frame(Closure::once_into_js(act))));
}

fn request_frame(act: JsValue) {
    drop(js::call(&js_sys::global(), "requestAnimationFrame", &[&act]));
}
