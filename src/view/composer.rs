//! Where the visitor writes.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, InputEvent, KeyboardEvent};
use yew::{
    Callback,
    html::{oninput, onkeydown},
    virtual_dom::Listener,
};

use super::{
    Ui,
    element::{El, button, el},
    icon::{Icon, icon},
};
use crate::{
    model::{Input, Press},
    words::{Counted, Word},
};

/// A key code that browsers report while an input method is at work, where `isComposing` comes too late (Safari).
const COMPOSING: u32 = 229;

pub(super) fn composer(ui: &Ui) -> El {
    let draft = ui.model.draft.as_str();
    // An empty field has no direction of its own; its hint has.
    let dir = if draft.is_empty() { ui.words.dir } else { "auto" };
    let field = el("textarea", "")
        .fix("rows", "1")
        .fix("enterkeyhint", "send")
        .fix("dir", dir)
        .set("aria-label", ui.say(Word::Compose))
        .set("placeholder", ui.say(Word::Hint))
        .value(draft)
        .hear(written(ui.act))
        .hear(pressed(ui.act));
    // The copy of the text gives the field its height, without a style of its own.
    let copy = el("div", "copy").fix("aria-hidden", "true");
    let send = button("send", ui.act, Press::Submitted).set("aria-label", ui.say(Word::Send)).with(icon(Icon::Send));
    let send = if ui.model.can_submit() { send } else { send.fix("disabled", "") };
    el("div", "composer")
        .with_some(ui.model.full.then(|| el("p", "wrong").say(ui.say(Word::Full))))
        .with(el("div", "field").with(el("div", "grow").with(field).with(copy)).with(send))
        .with_some(ui.model.left_to_show().map(|left| counted(ui, left)))
}

fn counted(ui: &Ui, left: i32) -> El {
    let (class, counted) = if left < 0 { ("left wrong", Counted::Over) } else { ("left", Counted::Left) };
    el("p", class).say(&ui.words.count(counted, left.unsigned_abs()))
}

pub(super) fn written(act: &Callback<Input>) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(oninput::Wrapper::new(Callback::from(move |event: InputEvent| {
        let field = event.target().and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(field) = field {
            act.emit(Input::Written(field.value()));
        }
    })))
}

/// Enter sends, Shift+Enter breaks the line; while an input method composes, Enter is its own.
fn pressed(act: &Callback<Input>) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(onkeydown::Wrapper::new(Callback::from(move |event: KeyboardEvent| {
        let composing = event.is_composing() || event.key_code() == COMPOSING;
        if event.key() == "Enter" && !event.shift_key() && !composing {
            event.prevent_default();
            act.emit(Input::Press(Press::Submitted));
        }
    })))
}
