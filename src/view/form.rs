//! The away form: who the visitor is, how an answer reaches them, and what they want to say.

use std::rc::Rc;

use chinwag_browser::js;
use web_sys::SubmitEvent;
use yew::{Callback, html::onsubmit, virtual_dom::Listener};

use chinwag_conversation::Availability;

use super::{
    Ui,
    composer::written,
    element::{El, el},
};
use crate::{
    model::{Input, Problem, Problems},
    rim::found,
    words::Word,
};

pub(super) fn form(ui: &Ui) -> El {
    let Problems { name, email, text } = ui.model.problems;
    let away = || ui.site.away.as_deref().unwrap_or_else(|| ui.say(Word::AwayForm));
    let intro = match ui.model.availability {
        Some(Availability::Away) => away(),
        // A rule brought the form.
        _ => ui.site.greeting.as_deref().unwrap_or_else(|| ui.say(Word::Compose)),
    };
    let optional = [" (", ui.say(Word::Optional), ")"].concat();
    let text_problem = match text {
        Some(Problem::Wrong) => Word::FailedLong,
        _ => Word::MessageEmpty,
    };
    let ask = |id, word| el("label", "label").fix("for", id).say(ui.say(word));
    let line = |kind, id, dir| el("input", "input").fix("type", kind).fix("id", id).fix("dir", dir);
    let name_field = line("text", "cw-name", "auto").fix("autocomplete", "name");
    let email_field = line("email", "cw-email", "ltr").fix("autocomplete", "email").fix("required", "");
    let text_field = el("textarea", "input")
        .fix("id", "cw-text")
        .fix("rows", "4")
        .fix("dir", "auto")
        .fix("required", "")
        .value(&ui.model.draft)
        .hear(written(ui.act));
    el("form", "form")
        .fix("novalidate", "")
        .hear(submitted(ui.act))
        .with(el("p", "intro").fix("dir", "auto").say(intro))
        .with(ask("cw-name", Word::Name).with(el("span", "optional").say(&optional)))
        .with(described(name_field, "cw-name-wrong", name.is_some()))
        .with(problem(ui, "cw-name-wrong", name.map(|_| Word::NameLong)))
        .with(ask("cw-email", Word::Email))
        .with(described(email_field, "cw-email-wrong", email.is_some()))
        .with(problem(ui, "cw-email-wrong", email.map(|_| Word::EmailBad)))
        .with(ask("cw-text", Word::Message))
        .with(described(text_field, "cw-text-wrong", text.is_some()))
        .with(problem(ui, "cw-text-wrong", text.map(|_| text_problem)))
        .with(el("button", "primary").fix("type", "submit").say(ui.say(Word::Submit)))
}

fn described(field: El, by: &'static str, wrong: bool) -> El {
    let field = field.fix("aria-describedby", by);
    if wrong { field.fix("aria-invalid", "true") } else { field }
}

fn problem(ui: &Ui, id: &'static str, word: Option<Word>) -> El {
    el("p", "wrong").fix("id", id).say(word.map_or("", |word| ui.say(word)))
}

fn submitted(act: &Callback<Input>) -> Rc<dyn Listener> {
    let act = act.clone();
    Rc::new(onsubmit::Wrapper::new(Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        let form = js::get(&event, "target");
        let value = |id| found(&form, id).and_then(|field| js::text(&field, "value")).unwrap_or_default();
        act.emit(Input::LeftMessage { name: value("#cw-name"), email: value("#cw-email"), text: value("#cw-text") });
    })))
}
