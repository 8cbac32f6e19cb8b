//! Draws the overlay.

mod icon;
mod limits;
pub(crate) mod preview;
mod rules;
mod signals;

use web_sys::Element;
use yew::{Callback, Html, KeyboardEvent, PointerEvent, TargetCast, classes, html};

use crate::{
    app::{App, Msg},
    sight::{Body, Tab},
};
use icon::{Icon, icon};

pub(crate) type Act = Callback<Msg>;

pub(crate) fn overlay(app: &App, act: &Act) -> Html {
    if app.closed {
        return Html::default();
    }
    let fold = act.reform(|_| Msg::Fold);
    let folds = {
        let (act, folded) = (act.clone(), app.folded);
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !folded {
                act.emit(Msg::Fold);
            }
        })
    };
    html! {
        <section class={classes!("overlay", app.corner.class(), app.folded.then_some("folded"))} aria-label="Chinwag: rules on this page" onkeydown={folds}>
            <header class="head">
                { grip(app, act) }
                { mover(app, act) }
                <button type="button" class="tool fold" aria-expanded={(!app.folded).to_string()} aria-label={if app.folded { "Show the rules" } else { "Fold" }} onclick={fold}>
                    { icon(if app.folded { Icon::Unfold } else { Icon::Fold }) }
                </button>
                <button type="button" class="tool close" aria-label="Close until the page is loaded again" onclick={act.reform(|_| Msg::Close)}>{ icon(Icon::Cross) }</button>
            </header>
            if !app.folded {
                <nav class="tabs" aria-label="Parts">{ for Tab::ALL.into_iter().map(|tab| html! {
                    <button type="button" aria-pressed={(app.tab == tab).to_string()} onclick={act.reform(move |_| Msg::Tab(tab))}>{ tab.title() }</button>
                }) }</nav>
                <div class="body" tabindex="0" role="region" aria-label={app.tab.title()} key={app.tab.title()}>{ body(app, act) }</div>
            }
        </section>
    }
}

/// The title; by it the overlay is dragged.
fn grip(app: &App, act: &Act) -> Html {
    let grab = act.reform(|event: PointerEvent| {
        // Without it a quick pointer would leave the overlay behind.
        if let Some(target) = event.target_dyn_into::<Element>() {
            let _ = target.set_pointer_capture(event.pointer_id());
        }
        Msg::Grabbed(event)
    });
    html! {
        <div class="grip" onpointerdown={grab} onpointermove={act.reform(Msg::Dragged)} onpointerup={act.reform(Msg::Dropped)} onpointercancel={act.reform(Msg::Dropped)}>
            { icon(Icon::Mark) }
            <h2>{ "Chinwag" }<span>{ "debug" }</span></h2>
            { for app.sight.headline.iter().filter(|_| app.folded).map(|headline| html! { <p class="headline">{ headline }</p> }) }
        </div>
    }
}

fn mover(app: &App, act: &Act) -> Html {
    let corner = app.corner;
    let keys = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(corner) = corner.by_key(&event.key()) {
                event.prevent_default();
                act.emit(Msg::Stand(corner));
            }
        })
    };
    html! {
        <button type="button" class="tool move" aria-label="Move to another corner; arrow keys choose which" onclick={act.reform(move |_| Msg::Stand(corner.next()))} onkeydown={keys}>{ icon(Icon::Move) }</button>
    }
}

fn body(app: &App, act: &Act) -> Html {
    match &app.sight.body {
        Body::NoRules => html! {
            <p class="empty">{ "The published file has no rules that can run, or it was not published for this version. " }
            { "The server's log and " }<code>{ "chinwag rules check" }</code>{ " say why." }</p>
        },
        Body::Rules(rows) => rules::rules(rows, app.sight.revision),
        Body::Facts { read, others } => facts(read, others),
        Body::Limits { lines, kept } => limits::limits(lines, *kept),
        Body::Signals { customs, heard } => signals::signals(app, customs, heard, act),
    }
}

fn facts(read: &[(String, Option<String>)], others: &[(String, String)]) -> Html {
    let unknown = || html! { <em>{ "not known" }</em> };
    html! {
        <>
            <h3>{ "What the rules read" }</h3>
            <dl class="facts">{ for read.iter().map(|(name, value)| html! {
                <div key={name.clone()}><dt><code>{ name }</code></dt><dd>{ value.as_ref().map_or_else(unknown, |value| html! { { value } }) }</dd></div>
            }) }</dl>
            <h3>{ "What else is known" }</h3>
            <dl class="facts">{ for others.iter().map(|(name, value)| html! {
                <div key={name.clone()}><dt><code>{ name }</code></dt><dd>{ value }</dd></div>
            }) }</dl>
        </>
    }
}
