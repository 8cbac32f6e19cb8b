//! Signals: sent by hand, and those that were heard.

use web_sys::HtmlInputElement;
use yew::{Html, InputEvent, SubmitEvent, TargetCast, classes, html};

use super::Act;
use crate::{
    app::{App, Msg},
    sight::Line,
};

fn typed(event: &InputEvent) -> String {
    event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

pub(super) fn signals(app: &App, customs: &[String], heard: &[Line], act: &Act) -> Html {
    let send = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        Msg::Send
    });
    html! {
        <>
            <h3>{ "Send a signal" }</h3>
            <form class="send" onsubmit={send}>
                <label><span>{ "Name" }</span><input name="signal" type="text" spellcheck="false" autocomplete="off" value={app.name.clone()} oninput={act.reform(|event: InputEvent| Msg::Name(typed(&event)))} /></label>
                <label><span>{ "Data, as JSON" }</span><input name="data" type="text" spellcheck="false" autocomplete="off" placeholder="{}" value={app.data.clone()} oninput={act.reform(|event: InputEvent| Msg::Data(typed(&event)))} /></label>
                <button type="submit" class="main">{ "Send" }</button>
            </form>
            if !customs.is_empty() {
                <div class="customs" role="group" aria-label="Signals that rules wait for">{ for customs.iter().map(|name| custom(name, act)) }</div>
            }
            <p class="said" role="status">{ &app.said }</p>
            <h3>{ "Heard on this page" }</h3>
            if heard.is_empty() {
                <p class="empty">{ "Nothing yet." }</p>
            }
            <ul class="heard">{ for heard.iter().map(line) }</ul>
        </>
    }
}

fn custom(name: &str, act: &Act) -> Html {
    let named = name.to_owned();
    html! { <button type="button" class="chip" onclick={act.reform(move |_| Msg::Say(named.clone()))}>{ name }</button> }
}

fn line(line: &Line) -> Html {
    html! {
        <li class={classes!(line.fired.then_some("good"))}><code>{ &line.signal }</code><span>{ &line.outcome }</span><small>{ &line.ago }</small></li>
    }
}
