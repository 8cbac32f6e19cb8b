//! Where the visitor writes.

use std::rc::Rc;

use chinwag_browser::js;
use web_sys::{InputEvent, KeyboardEvent};
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
    model::{Amending, Input, Press},
    words::{Counted, Word},
};

/// A key code that browsers report while an input method is at work, where `isComposing` comes too late (Safari).
const COMPOSING: f64 = 229.0;

pub(super) fn composer(ui: &Ui) -> El {
    let draft = ui.model.draft.as_str();
    let field = el("textarea", "")
        .fix("rows", "1")
        .fix("enterkeyhint", "send")
        .set("aria-label", ui.say(Word::Compose))
        .set("placeholder", ui.say(Word::Hint))
        .value(draft)
        .hear(written(ui.act))
        .hear(pressed(ui.act, ui.model.limits.text_chars as usize));
    // An empty field has no direction of its own; its hint has the language's.
    let field = if draft.is_empty() { field } else { field.fix("dir", "auto") };
    // The copy of the text gives the field its height, without a style of its own.
    let copy = el("div", "copy").fix("aria-hidden", "true");
    let send = button("send", ui.act, Press::Submitted).set("aria-label", ui.say(Word::Send)).with(icon(Icon::Send));
    let send = if ui.model.can_submit() { send } else { send.fix("disabled", "") };
    el("div", "composer")
        .with_some(ui.model.full.then(|| el("p", "wrong").say(ui.say(Word::Full))))
        .with_some(ui.model.amending.as_ref().map(|amending| amend(ui, amending)))
        .with(el("div", "field").with_some(attach(ui)).with(el("div", "grow").with(field).with(copy)).with(send))
        .with_some(ui.model.left_to_show().map(|left| counted(ui, left)))
}

/// The system's own chooser, under a clip. Who takes what is chosen is `rim::files`.
fn attach(ui: &Ui) -> Option<El> {
    let label = ui.limited(Word::Attach);
    let chooser = el("input", "unseen").fix("type", "file").fix("multiple", "").set("aria-label", &label);
    (ui.model.limits.file_bytes > 0)
        .then(|| el("label", "attach quiet").set("title", &label).with(chooser).with(icon(Icon::Clip)))
}

/// What the composer is about, when it is not about a new message.
fn amend(ui: &Ui, amending: &Amending) -> El {
    let small = |word, press| button("small", ui.act, press).say(ui.say(word));
    let (word, delete) = match amending {
        Amending::Edit(..) => (Word::Edit, None),
        Amending::Delete(_) => (Word::AskDelete, Some(small(Word::Delete, Press::Confirmed))),
    };
    let bar = el("div", "amend").with(el("p", "line-text").say(ui.say(word)));
    bar.with_some(delete).with(small(Word::Cancel, Press::Cancelled))
}

fn counted(ui: &Ui, left: i32) -> El {
    let (class, counted) = if left < 0 { ("left wrong", Counted::Over) } else { ("left", Counted::Left) };
    el("p", class).say(&ui.words.count(counted, left.unsigned_abs()))
}

pub(super) fn written(act: &Callback<Input>) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(oninput::Wrapper::new(Callback::from(move |event: InputEvent| {
        if let Some(text) = js::text(&js::get(&event, "target"), "value") {
            act.emit(Input::Written(text));
        }
    })))
}

/// Enter sends, Shift+Enter breaks the line; while an input method composes, Enter is its own.
fn pressed(act: &Callback<Input>, most: usize) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(onkeydown::Wrapper::new(Callback::from(move |event: KeyboardEvent| {
        let is = |name| js::get(&event, name).is_truthy();
        let composing = is("isComposing") || js::number(&event, "keyCode") == COMPOSING;
        if js::text(&event, "key").as_deref() == Some("Enter") && !is("shiftKey") && !composing {
            event.prevent_default();
            act.emit(Input::Press(Press::Submitted));
            // At once: who types on before the field is drawn anew begins the next message. What is too long stays.
            let field = js::get(&event, "target");
            if js::text(&field, "value").is_some_and(|text| text.trim().chars().count() <= most) {
                js::set(&field, "value", &"".into());
            }
        }
    })))
}
