//! The situation: page, time, facts, and what happens in it.

use chinwag_targeting::vocabulary::Kind;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{Event, Html, InputEvent, TargetCast, html};

use super::{
    Act,
    icon::{Icon, icon},
};
use crate::{
    app::{Action, App},
    bench::{
        Button, Verdict,
        fields::{Field, MANNERS},
    },
    machine,
};

/// The slider goes this far; the number beside it further.
const LONGEST: f64 = 300.0;
/// After how many seconds another visit may begin.
const LATER: [(&str, f64); 4] =
    [("an hour later", 3600.0), ("a day later", 86_400.0), ("3 days later", 259_200.0), ("31 days later", 2_678_400.0)];

fn typed(event: &InputEvent) -> String {
    event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

fn picked(event: &Event) -> String {
    event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default()
}

pub(super) fn situation(app: &App, verdict: &Verdict, act: &Act) -> Html {
    let bench = &app.bench;
    let fields = bench.fields();
    let manner = |field: &&Field| MANNERS.contains(&field.name.as_str());
    let (manners, facts): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(manner);
    html! {
        <>
            <div class="box">
                <h2>{ "What happens" }</h2>
                <div class="signals" role="group" aria-label="Signals">{ for bench.buttons().into_iter().map(|button| signal(button, act)) }</div>
                <div class="under">
                    <p>{ "What was shown counts for what comes next. A changed rule or fact counts from the beginning." }</p>
                    <button type="button" class="quiet" id="start-over" onclick={act.reform(|_| Action::StartOver)}>{ icon(Icon::Again) }{ "Start over" }</button>
                </div>
            </div>
            <div class="box">
                <h2>{ "Page and time" }</h2>
                <label class="field wide"><span>{ "Page" }</span>
                    <input id="page" type="text" inputmode="url" spellcheck="false" autocomplete="off" value={bench.page().to_owned()} oninput={act.reform(|event: InputEvent| Action::Page(typed(&event)))} />
                </label>
                { time(app, act) }
            </div>
            if !facts.is_empty() {
                <div class="box">
                    <h2>{ "Facts" }</h2>
                    <div class="fields">{ for facts.into_iter().map(|field| fact(app, verdict, field, act)) }</div>
                </div>
            }
            <details class="box">
                <summary><h2>{ "Manners" }</h2><span>{ "typing, hidden tab, open conversation, consent" }</span></summary>
                <div class="fields">{ for manners.into_iter().map(|field| fact(app, verdict, field, act)) }</div>
            </details>
        </>
    }
}

fn signal(button: Button, act: &Act) -> Html {
    let Button { label, signal, pressed } = button;
    let happens = act.reform(move |_| Action::Happens(signal.clone()));
    html! { <button type="button" class="signal" aria-pressed={pressed.to_string()} onclick={happens}>{ label }</button> }
}

fn time(app: &App, act: &Act) -> Html {
    let seconds = app.bench.seconds();
    let slide = act.reform(|event: InputEvent| Action::Seconds(typed(&event).parse().unwrap_or(0.0)));
    let opened = machine::written("", app.bench.opened).unwrap_or_default().replace(' ', "T");
    html! {
        <>
            <div class="field wide">
                <label for="seconds">{ "Seconds on the page: forward, and time passes" }</label>
                <div class="slide">
                    <input id="seconds" type="range" min="0" max={LONGEST.to_string()} step="1" value={seconds.min(LONGEST).to_string()} oninput={slide.clone()} />
                    <input class="exact" type="number" min="0" max="86400" step="1" aria-label="Seconds on the page, exactly" value={seconds.to_string()} oninput={slide} />
                </div>
            </div>
            <div class="later" role="group" aria-label="Comes back later">
                <span>{ "Comes back" }</span>
                { for LATER.iter().map(|(label, seconds)| {
                    let seconds = *seconds;
                    html! { <button type="button" class="signal" onclick={act.reform(move |_| Action::ComeBack(seconds))}>{ label }</button> }
                }) }
            </div>
            <div class="pair">
                <label class="field"><span>{ "First page at, by your clock" }</span>
                    <input id="opened" type="datetime-local" value={opened} oninput={act.reform(|event: InputEvent| Action::Opened(typed(&event)))} />
                </label>
                <label class="field"><span>{ "Language" }</span>
                    <select id="language" onchange={act.reform(|event: Event| Action::Language(picked(&event)))}>
                        { for languages(&app.language).into_iter().map(|tag| html! { <option value={tag.clone()} selected={tag == app.language}>{ &tag }</option> }) }
                    </select>
                </label>
            </div>
        </>
    }
}

/// Those of the interface, and the visitor's own.
fn languages(own: &str) -> Vec<String> {
    let mut all: Vec<String> =
        ["en", "fr", "de", "es", "pt", "it", "nl", "pl", "ar", "he", "ja", "zh"].map(String::from).into();
    if !all.iter().any(|tag| tag == own) {
        all.push(own.into());
    }
    all
}

fn fact(app: &App, verdict: &Verdict, field: &Field, act: &Act) -> Html {
    let given = app.bench.given.get(&field.name).cloned().unwrap_or_default();
    let name = field.name.clone();
    let give = move |text: String| Action::Give(name.clone(), text);
    let unset = match (verdict.known.get(&field.name), &field.default) {
        (Some(value), _) => format!("{value} (by itself)"),
        (None, Some(default)) => format!("{default} (default)"),
        (None, None) => "not known".into(),
    };
    let id = format!("fact-{}", field.name);
    let control = if field.values.is_empty() {
        let mode = if field.kind == Some(Kind::Number) { "decimal" } else { "text" };
        html! { <input {id} type="text" inputmode={mode} spellcheck="false" autocomplete="off" placeholder={unset} value={given} oninput={act.reform(move |event: InputEvent| give(typed(&event)))} /> }
    } else {
        html! {
            <select {id} onchange={act.reform(move |event: Event| give(picked(&event)))}>
                <option value="" selected={given.is_empty()}>{ unset }</option>
                { for field.values.iter().map(|value| html! { <option value={value.clone()} selected={*value == given}>{ value }</option> }) }
            </select>
        }
    };
    html! { <label class="field" title={field.about.clone()}><code>{ &field.name }</code>{ control }</label> }
}
