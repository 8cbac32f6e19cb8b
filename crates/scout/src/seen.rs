//! Browser events to signals.

use crate::browser::elapsed;
use crate::facts;
use crate::state::{ACTIVE, State};
use chinwag_targeting::{Exit, FormPhase, Rules, Signal, Trigger, Value};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, IntersectionObserverEntry, MouseEvent};

/// The pointer may come back within this time (a slip over the edge), in milliseconds.
const GRACE: f64 = 80.0;
/// A visitor who has just arrived is not leaving yet.
const ARMED_AFTER: f64 = 5_000.0;

/// Notes an event; the signals that it means are for the caller to send.
pub(crate) fn event(state: &mut State, event: &Event) -> Vec<Signal> {
    let name = event.type_();
    let now = elapsed();
    match name.as_str() {
        "visibilitychange" => return visibility(state, now),
        "mouseleave" => leave(state, event.unchecked_ref(), now),
        "mouseenter" => state.due.exit = f64::INFINITY,
        "pointermove" => input(state, now),
        "pointerdown" | "keydown" | "scroll" => {
            state.interacted = true;
            input(state, now);
            if name == "scroll" {
                state.ask_frame();
            }
        }
        "click" => return click(state, event.unchecked_ref(), now),
        "focusin" => return form(state, event, FormPhase::Start),
        "focusout" => return form(state, event, FormPhase::Abandon),
        "submit" => return form(state, event, FormPhase::Submit),
        _ => return form(state, event, FormPhase::Error),
    }
    Vec::new()
}

fn visibility(state: &mut State, now: f64) -> Vec<Signal> {
    let Some(document) = &state.document else { return Vec::new() };
    if document.hidden() {
        state.hidden_at = now;
        state.pause();
        return Vec::new();
    }
    let away = (now - state.hidden_at) / 1000.0;
    state.go_on();
    // Pages that were opened in the background are seen for the first time: that is no return.
    if state.hidden_at == 0.0 {
        return vec![Signal::Wake];
    }
    vec![Signal::Return(away), Signal::Exit(Exit::TabReturn), Signal::Wake]
}

fn leave(state: &mut State, event: &MouseEvent, now: f64) {
    let ready = state.interacted && !state.exited && now - state.page_start >= ARMED_AFTER;
    let focused = state.document.as_ref().is_some_and(|document| document.has_focus().unwrap_or(false));
    if ready && focused && event.client_y() <= 8 && event.buttons() == 0 && state.fine_pointer {
        state.due.exit = now + GRACE;
    }
}

/// A sign of life. Twice a second is often enough.
fn input(state: &mut State, now: f64) {
    if now - state.last_input < 500.0 || !state.watch.as_ref().is_some_and(|watch| watch.input) {
        return;
    }
    state.last_input = now;
    state.facts.set_running("page.secondsIdle", 0.0, now);
    if state.due.inactive == f64::INFINITY {
        state.run(ACTIVE);
        state.due.inactive = now + crate::state::INACTIVE_AFTER;
    }
}

fn triggers(rules: Option<&Rules>) -> impl Iterator<Item = &Trigger> {
    rules.into_iter().flat_map(|rules| rules.triggers())
}

fn click(state: &mut State, event: &MouseEvent, now: f64) -> Vec<Signal> {
    let mut signals = Vec::new();
    let target: Option<Element> = event.target().map(|target| target.unchecked_into());
    for trigger in triggers(state.rules.as_ref()) {
        if let (Trigger::Click(selector), Some(target)) = (trigger, &target)
            && target.closest(selector).ok().flatten().is_some()
        {
            signals.push(Signal::Click(selector.clone()));
        }
    }
    // Three clicks within 30 pixels, each within a second of the one before.
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let (count, px, py, at) = state.clicks;
    let again = now - at < 1000.0 && (x - px).hypot(y - py) <= 30.0;
    state.clicks = if again { (count + 1, px, py, now) } else { (1, x, y, now) };
    if again && count == 2 {
        signals.push(Signal::Rage);
    }
    signals
}

fn form(state: &mut State, event: &Event, phase: FormPhase) -> Vec<Signal> {
    let Some(target) = event.target() else { return Vec::new() };
    let target: &Element = target.unchecked_ref();
    let Some(form) = target.closest("form").ok().flatten() else { return Vec::new() };
    let started = state.form.as_ref() == Some(&form);
    match phase {
        FormPhase::Start if started => return Vec::new(),
        FormPhase::Start => state.form = Some(form.clone()),
        FormPhase::Submit => state.form = None,
        FormPhase::Abandon => {
            let to = crate::value::get(event, "relatedTarget");
            if !started || (to.is_object() && form.contains(Some(to.unchecked_ref()))) {
                return Vec::new();
            }
            state.form = None;
        }
        FormPhase::Error => {}
    }
    let wanted = |trigger: &Trigger| match trigger {
        Trigger::Form(at, selector) if *at == phase => {
            (selector.is_empty() || form.matches(selector).unwrap_or(false)).then(|| selector.clone())
        }
        _ => None,
    };
    triggers(state.rules.as_ref()).filter_map(wanted).map(|selector| Signal::Form(phase, selector)).collect()
}

/// The depth that was seen, in whole percent, when it has grown.
pub(crate) fn frame(state: &mut State) -> Vec<Signal> {
    state.framed = false;
    let (Some(window), Some(document)) = (&state.window, &state.document) else { return Vec::new() };
    let Some(root) = document.document_element() else { return Vec::new() };
    let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let seen = window.scroll_y().unwrap_or(0.0) + size(window.inner_height());
    let percent = (seen / f64::from(root.scroll_height().max(1)) * 100.0).min(100.0).round();
    if percent <= state.scroll {
        return Vec::new();
    }
    state.scroll = percent;
    facts::put(&mut state.facts, "page.scroll", Value::Number(percent));
    vec![Signal::Scroll(percent)]
}

/// Elements that came on screen.
pub(crate) fn entries(state: &mut State, entries: &js_sys::Array) -> Vec<Signal> {
    let mut signals = Vec::new();
    for entry in entries.iter() {
        let entry: &IntersectionObserverEntry = entry.unchecked_ref();
        for trigger in triggers(state.rules.as_ref()) {
            if let Trigger::Visible(selector) = trigger
                && entry.is_intersecting()
                && entry.target().matches(selector).unwrap_or(false)
            {
                signals.push(Signal::Visible(selector.clone()));
            }
        }
    }
    signals
}
