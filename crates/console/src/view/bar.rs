//! The bar on top: how the connection stands, who the agent is, whether visitors are accepted.

use chinwag_conversation::Elapsed;
use yew::{AttrValue, Callback, Html, MouseEvent, Properties, function_component, html};

use super::{
    Act,
    icon::{Icon, icon},
    problem::Trouble,
};
use crate::model::{Action, Bell, Connection, Intent, Presence, Route, countdown};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub name: AttrValue,
    pub route: Route,
    pub presence: Presence,
    pub connection: Connection,
    pub bell: Bell,
    pub act: Act,
}

#[function_component]
pub(crate) fn Bar(props: &Props) -> Html {
    let sign_out = props.act.reform(|_: MouseEvent| Action::SignOut);
    html! {
        <header class="bar">
            <a class="brand" href="#/">{ icon(Icon::Brand) }<span>{ "Chinwag" }</span></a>
            { places(props) }
            { live(props) }
            { switch(props) }
            { bell(props) }
            <span class="who" title="Signed in">{ &props.name }</span>
            <button type="button" class="bare" aria-label="Sign out" title="Sign out" onclick={sign_out}>{ icon(Icon::Exit) }</button>
        </header>
    }
}

fn places(props: &Props) -> Html {
    let results = props.route == Route::Results;
    let place = |route: Route, current: bool, words: &'static str| {
        html! { <a href={route.fragment()} aria-current={current.then_some("page")}>{ words }</a> }
    };
    html! {
        <nav class="places" aria-label="Pages">
            { place(Route::default(), !results, "Conversations") }
            { place(Route::Results, results, "Results") }
        </nav>
    }
}

fn live(props: &Props) -> Html {
    let (state, words) = match props.connection {
        Connection::Live => ("live", "Live"),
        Connection::Starting => ("starting", "Connecting…"),
        _ => ("down", "Not live"),
    };
    html! { <span class="line" data-state={state}><span class="dot" /><span>{ words }</span></span> }
}

fn switch(props: &Props) -> Html {
    let (stored, asked) = match &props.presence {
        Presence::Settled(intent) => (*intent, None),
        Presence::Changing { from, to } => (*from, Some(*to)),
        Presence::Failed { from, .. } => (*from, None),
    };
    let choice = |intent: Intent, words: &'static str, means: &'static str| {
        let click = props.act.reform(move |_: MouseEvent| Action::Intend(intent));
        let pressed = if stored == intent { "true" } else { "false" };
        let pending = (asked == Some(intent)).then_some("true");
        html! {
            <button type="button" data-intent={words} title={means} aria-pressed={pressed} aria-busy={pending} onclick={click}>
                <span class="dot" />{ words }
            </button>
        }
    };
    html! {
        <div class="switch" role="group" aria-label="Do you accept conversations?">
            { choice(Intent::Available, "Available", "You take new conversations") }
            { choice(Intent::Finishing, "Finishing", "You keep your conversations and take no new ones") }
            { choice(Intent::Paused, "Paused", "Visitors are told that nobody is here") }
        </div>
    }
}

fn bell(props: &Props) -> Html {
    let click = props.act.reform(|_: MouseEvent| Action::Ring);
    let (image, words) = match props.bell {
        Bell::On => (Icon::Bell, "Desktop notifications are on"),
        Bell::Off => (Icon::BellOff, "Desktop notifications are off"),
        Bell::Blocked => (Icon::BellOff, "Desktop notifications are blocked by the browser"),
    };
    let pressed = if props.bell == Bell::On { "true" } else { "false" };
    html! {
        <button type="button" class="bare bell" aria-label="Desktop notifications" aria-pressed={pressed} title={words} onclick={click}>
            { icon(image) }
        </button>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct StripProps {
    pub presence: Presence,
    pub connection: Connection,
    pub now: Elapsed,
    pub act: Act,
}

/// Strips below the bar, for what the agent must know now.
#[function_component]
pub(crate) fn Strips(props: &StripProps) -> Html {
    html! { <div class="strips">{ connection(props) }{ intent(props) }</div> }
}

fn connection(props: &StripProps) -> Html {
    let (words, offer) = match props.connection {
        Connection::Live | Connection::Starting => return Html::default(),
        Connection::Reconnecting => ("The live connection was lost. Reconnecting…", false),
        Connection::Waiting { .. } => ("The live connection was lost.", true),
        Connection::Offline => {
            ("This device is offline. What you write is kept and sent when the network is back.", true)
        }
        Connection::Resting => ("The live connection rests while this page is in the background.", true),
        Connection::Refused => ("The server refuses the live connection. It is asked again in some minutes.", true),
    };
    let click = props.act.reform(|_: MouseEvent| Action::Nudge);
    // The seconds stay out of the live region: a countdown read aloud is noise.
    let wait = match props.connection {
        Connection::Waiting { at } => {
            let seconds = countdown(at, props.now).to_string();
            html! { <span class="wait">{ "Trying again in " }{ seconds }{ " s" }</span> }
        }
        _ => Html::default(),
    };
    html! {
        <div class="strip" data-tone="caution">
            <span role="status">{ words }</span>{ wait }
            if offer { <button type="button" class="quiet" onclick={click}>{ "Try now" }</button> }
        </div>
    }
}

fn intent(props: &StripProps) -> Html {
    let Presence::Failed { from, to, problem } = &props.presence else { return Html::default() };
    let (still, to) = match from {
        Intent::Available => ("You are still available: ", *to),
        Intent::Finishing => ("You are still finishing: ", *to),
        Intent::Paused => ("You are still paused: ", *to),
    };
    let words = AttrValue::from([still, "the change was not stored. ", problem.words()].concat());
    let act = props.act.clone();
    html! {
        <div class="strip" data-tone="bad">
            <Trouble {words} retry={Callback::from(move |()| act.emit(Action::Intend(to)))} />
        </div>
    }
}
