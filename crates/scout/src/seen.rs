//! Browser events to signals: one event is one signal, however many rules wait for it.

use crate::facts::count;
use crate::js::{NONE, ask, call, elapsed, get, is, number, text, walk, window};
use crate::state::{ACTIVE, NEVER, State};
use crate::value::items;
use chinwag_targeting::{FormPhase, Signal, Trigger};
use wasm_bindgen::JsValue;

/// The pointer may come back within this time (a slip over the edge), in milliseconds.
const GRACE: f64 = 80.0;
/// A visitor who has just arrived is not leaving yet.
const ARMED_AFTER: f64 = 5_000.0;

/// Notes an event; what it means goes to `signals`.
pub(crate) fn event(state: &mut State, event: &JsValue, signals: &mut Vec<Signal>) {
    let name = text(&get(event, "type"));
    let now = elapsed();
    match name.as_str() {
        "visibilitychange" => visibility(state, now, signals),
        "pagehide" => {
            leave(state, signals);
            // Whoever finds the page again by Back has not come back from another tab.
            state.hidden_at = NEVER;
        }
        "mouseleave" => slip(state, event, now),
        "mouseenter" => state.due.exit = NEVER,
        "pointermove" => input(state, now, signals),
        "pointerdown" | "keydown" | "scroll" => {
            state.interacted = true;
            input(state, now, signals);
            if state.watch.scroll && !state.framed {
                state.framed = true;
                state.watch.ask_frame();
            }
        }
        "click" => click(state, event, now, signals),
        "focusin" => form(state, event, FormPhase::Start, signals),
        "focusout" => form(state, event, FormPhase::Abandon, signals),
        "submit" => form(state, event, FormPhase::Submit, signals),
        _ => form(state, event, FormPhase::Error, signals),
    }
}

fn visibility(state: &mut State, now: f64, signals: &mut Vec<Signal>) {
    if is(&walk(&window(), "document.hidden")) {
        state.hidden_at = state.hidden_at.max(now);
        state.pause();
        leave(state, signals);
        return;
    }
    let away = now - state.hidden_at;
    state.spend();
    state.go_on(now);
    // Pages that were opened in the background are seen for the first time: that is no return.
    if state.hidden_at > 0.0 && away >= 0.0 {
        signals.push(Signal::Return(away / 1000.0));
    }
    state.hidden_at = 0.0;
    signals.push(Signal::Wake);
}

/// Nobody looks at the page any more, perhaps for ever.
fn leave(state: &mut State, signals: &mut Vec<Signal>) {
    if state.form.is_object() {
        let form = std::mem::replace(&mut state.form, NONE);
        form_signal(state, &form, FormPhase::Abandon, signals);
    }
    state.spend();
    state.send();
}

fn slip(state: &mut State, event: &JsValue, now: f64) {
    let ready = state.interacted && !state.exited && now - state.page_start >= ARMED_AFTER;
    let focused = || is(&call(&get(&window(), "document"), "hasFocus", NONE, NONE, NONE));
    if ready && number(&get(event, "clientY")) <= 8.0 && !is(&get(event, "buttons")) && focused() && state.is_fine() {
        state.due.exit = now + GRACE;
    }
}

/// A sign of life. Twice a second is often enough.
fn input(state: &mut State, now: f64, signals: &mut Vec<Signal>) {
    if now - state.last_input < 500.0 || !state.watch.input {
        return;
    }
    state.last_input = now;
    state.facts.set_running("page.secondsIdle", 0.0, now);
    if state.due.inactive == NEVER {
        state.run(ACTIVE, now);
        // What waits for that clock slept while it stood.
        signals.push(Signal::Wake);
        state.due.inactive = now + crate::state::INACTIVE_AFTER;
    }
}

/// The selectors of triggers that name an element: `closest` to it, or `matches` of itself.
fn fitting(
    state: &State,
    element: &JsValue,
    how: &str,
    found: &mut Vec<String>,
    selector: fn(&Trigger) -> Option<&String>,
) {
    if let Some(rules) = state.rules {
        rules.each_trigger(&mut |trigger| {
            if let Some(selector) = selector(trigger)
                && is(&ask(element, how, selector))
            {
                found.push(selector.clone());
            }
        });
    }
}

fn form_signal(state: &State, form: &JsValue, phase: FormPhase, signals: &mut Vec<Signal>) {
    let mut found = Vec::new();
    fitting(state, form, "matches", &mut found, |trigger| {
        if let Trigger::Form(_, selector) = trigger { Some(selector) } else { None }
    });
    signals.push(Signal::Form(phase, found));
}

fn click(state: &mut State, event: &JsValue, now: f64, signals: &mut Vec<Signal>) {
    let mut found = Vec::new();
    fitting(state, &get(event, "target"), "closest", &mut found, |trigger| {
        if let Trigger::Click(selector) = trigger { Some(selector) } else { None }
    });
    if !found.is_empty() {
        signals.push(Signal::Click(found));
    }
    // Three clicks within 30 pixels, each within a second of the one before.
    let (x, y) = (number(&get(event, "clientX")), number(&get(event, "clientY")));
    let (count, px, py, at) = state.clicks;
    let again = now - at < 1000.0 && (x - px).abs() + (y - py).abs() <= 30.0;
    state.clicks = if again { (count + 1, px, py, now) } else { (1, x, y, now) };
    if again && count == 2 {
        signals.push(Signal::Rage);
    }
}

fn form(state: &mut State, event: &JsValue, phase: FormPhase, signals: &mut Vec<Signal>) {
    let form = ask(&get(event, "target"), "closest", "form");
    if !form.is_object() {
        return;
    }
    let started = state.form == form;
    let next = get(event, "relatedTarget");
    match phase {
        FormPhase::Start if started => return,
        FormPhase::Start => state.form = form.clone(),
        // Each field that is refused says so, all of them at once.
        FormPhase::Error if elapsed() - state.refused < 100.0 => return,
        FormPhase::Error => state.refused = elapsed(),
        // Focus that goes nowhere, to another window or to the blank of the page, says nothing.
        FormPhase::Abandon if !started || !next.is_object() || is(&call(&form, "contains", next, NONE, NONE)) => return,
        FormPhase::Abandon | FormPhase::Submit => state.form = NONE,
    }
    form_signal(state, &form, phase, signals);
}

/// The depth that was seen, in whole percent, when it has grown; and elements that came late.
pub(crate) fn frame(state: &mut State, signals: &mut Vec<Signal>) {
    state.framed = false;
    if let Some(rules) = state.rules {
        state.watch.observe(rules);
    }
    let window = window();
    let of = |path| number(&walk(&window, path));
    let above = of("scrollY");
    let seen = above + of("innerHeight");
    let percent = (seen / of("document.documentElement.scrollHeight") * 100.0).min(100.0).round();
    // A short page is seen as a whole, but nobody has looked for more.
    if above > 0.0 && percent > state.scroll {
        state.scroll = percent;
        count(&mut state.facts, "page.scroll", percent);
        signals.push(Signal::Scroll(percent));
    }
}

/// Elements that came on screen.
pub(crate) fn entries(state: &mut State, entries: &JsValue, signals: &mut Vec<Signal>) {
    let mut found = Vec::new();
    for entry in items(entries).iter().filter(|entry| is(&get(entry, "isIntersecting"))) {
        fitting(state, &get(entry, "target"), "matches", &mut found, |trigger| {
            if let Trigger::Visible(selector) = trigger { Some(selector) } else { None }
        });
    }
    if !found.is_empty() {
        signals.push(Signal::Visible(found));
    }
}
