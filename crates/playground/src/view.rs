//! Draws the bench.

mod card;
mod editor;
mod icon;
mod line;
mod result;
mod situation;

use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, TargetCast, classes, html};

use crate::{
    app::{Action, App},
    bench::recipes::RECIPES,
};
use editor::Editor;
use icon::{Icon, icon};

pub(crate) type Act = Callback<Action>;

/// The parts of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    File,
    Situation,
    Result,
}

impl Pane {
    const ALL: [Self; 3] = [Self::File, Self::Situation, Self::Result];

    fn title(self) -> &'static str {
        match self {
            Self::File => "Rules",
            Self::Situation => "Situation",
            Self::Result => "Result",
        }
    }
}

pub(crate) fn page(app: &App, act: &Act) -> Html {
    let languages = [app.language.as_str()];
    let verdict = app.bench.verdict(&languages);
    let fired = verdict.rules.iter().filter(|rule| rule.fired()).count();
    let pane = |pane: Pane, content: Html| {
        let name = pane.title();
        html! { <section class={classes!("pane", (app.pane == pane).then_some("chosen"))} aria-label={name}>{ content }</section> }
    };
    html! {
        <>
            { header(app, act) }
            { tabs(app, fired, act) }
            <main class="panes">
                { pane(Pane::File, html! { <Editor text={app.bench.text().to_owned()} findings={app.bench.findings.clone()} file={app.bench.file().cloned()} loaded={app.loaded} act={act.clone()} /> }) }
                { pane(Pane::Situation, situation::situation(app, &verdict, act)) }
                { pane(Pane::Result, result::result(app, &verdict, act)) }
            </main>
        </>
    }
}

fn header(app: &App, act: &Act) -> Html {
    let load = act.reform(|event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        Action::Recipe(select.and_then(|select| select.value().parse().ok()).unwrap_or(0))
    });
    let whole = app.bench.current;
    html! {
        <header class="bar">
            <h1>{ icon(Icon::Mark) }<span>{ "Chinwag" }</span><span class="what">{ "Playground" }</span></h1>
            <label class="recipe"><span>{ "Recipe" }</span>
                <select id="recipe" onchange={load}>
                    { for RECIPES.iter().enumerate().map(|(index, recipe)| html! {
                        <option value={index.to_string()} selected={index == app.recipe}>{ recipe.title }</option>
                    }) }
                </select>
            </label>
            <p class="private">{ icon(Icon::Lock) }{ "Nothing you type leaves this browser" }</p>
            <span class="said" role="status">{ app.said }</span>
            <div class="buttons">
                <button type="button" class="quiet" disabled={!whole} onclick={act.reform(|_| Action::Copy)} title="Strict JSON, without comments, notes and tests">{ icon(Icon::Copy) }{ "Copy JSON" }</button>
                <button type="button" class="main" disabled={!whole} onclick={act.reform(|_| Action::Download)}>{ icon(Icon::Download) }{ "Download" }</button>
            </div>
        </header>
    }
}

fn tabs(app: &App, fired: usize, act: &Act) -> Html {
    let (errors, warnings) = app.bench.counts();
    let tab = |pane: Pane| {
        let count = match pane {
            Pane::File if errors > 0 => html! { <span class="count bad">{ errors }</span> },
            Pane::File if warnings > 0 => html! { <span class="count odd">{ warnings }</span> },
            Pane::Result if fired > 0 => html! { <span class="count good">{ fired }</span> },
            _ => Html::default(),
        };
        let chosen = app.pane == pane;
        html! { <button type="button" aria-pressed={chosen.to_string()} onclick={act.reform(move |_| Action::Show(pane))}>{ pane.title() }{ count }</button> }
    };
    html! { <nav class="tabs" aria-label="Parts">{ for Pane::ALL.into_iter().map(tab) }</nav> }
}
