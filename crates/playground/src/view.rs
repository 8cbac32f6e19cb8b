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
    bench::{recipes::RECIPES, shelf::Open},
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
                { pane(Pane::File, html! { <Editor text={app.bench.text().to_owned()} findings={app.bench.findings.clone()} file={app.bench.file().cloned()} loaded={app.loaded} found={app.found} act={act.clone()} /> }) }
                { pane(Pane::Situation, situation::situation(app, &verdict, act)) }
                { pane(Pane::Result, result::result(app, &verdict, act)) }
            </main>
        </>
    }
}

/// What the box with the files calls one of them.
pub(crate) fn file_key(open: Open) -> String {
    match open {
        Open::Recipe(index) => index.to_string(),
        Open::Own(id) => format!("own-{id}"),
    }
}

fn file_of(key: &str) -> Option<Open> {
    match key.strip_prefix("own-") {
        Some(id) => id.parse().ok().map(Open::Own),
        None => key.parse().ok().map(Open::Recipe),
    }
}

fn header(app: &App, act: &Act) -> Html {
    let is_own = matches!(app.shelf.open, Open::Own(_));
    let kept = match (is_own, app.unkept) {
        (_, true) => "Nothing is sent. This browser keeps no files: download yours before you leave",
        (true, false) => "Nothing is sent; your file is kept on this device only",
        (false, false) => "Nothing you type leaves this browser",
    };
    let private = classes!("private", app.unkept.then_some("unkept"));
    html! {
        <header class="bar">
            <h1>{ icon(Icon::Mark) }<span>{ "Chinwag" }</span><span class="what">{ "Playground" }</span></h1>
            { files(app, act) }
            if is_own {
                <button type="button" class="quiet" id="remove" aria-label="Remove this file" title="Remove this file" onclick={act.reform(|_| Action::Remove)}>{ icon(Icon::Bin) }</button>
            }
            <p class={private}>{ icon(Icon::Lock) }{ kept }</p>
            <span class="said" role="status">{ app.said }</span>
            <div class="buttons">
                <button type="button" class="quiet" id="published" disabled={!app.bench.current} onclick={act.reform(|_| Action::DownloadPublished)} title="What browsers get of the file once it is published: without comments, notes and tests, and with the rules as a program. Only to host it elsewhere.">{ "Published form" }</button>
                <button type="button" class="quiet" id="copy" onclick={act.reform(|_| Action::Copy)} title="The file as it stands in the editor">{ icon(Icon::Copy) }{ "Copy" }</button>
                <button type="button" class="main" id="download" onclick={act.reform(|_| Action::Download)} title="The file as it stands in the editor">{ icon(Icon::Download) }{ "Download" }</button>
            </div>
        </header>
    }
}

fn files(app: &App, act: &Act) -> Html {
    let open = act.reform(|event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        Action::Open(select.and_then(|select| file_of(&select.value())).unwrap_or(Open::Recipe(0)))
    });
    let own = |(index, id): (usize, f64)| {
        let name = if index == 0 { "Your file".into() } else { format!("Your file {}", index + 1) };
        let key = file_key(Open::Own(id));
        html! { <option key={key.clone()} value={key}>{ name }</option> }
    };
    let recipe = |(index, title): (usize, &'static str)| html! { <option value={index.to_string()}>{ title }</option> };
    html! {
        <label class="recipe"><span>{ "File" }</span>
            <select id="recipe" ref={app.files.clone()} onchange={open}>
                if !app.shelf.own.is_empty() {
                    <optgroup label="Yours">{ for app.shelf.own.iter().map(|own| own.id).enumerate().map(own) }</optgroup>
                }
                <optgroup label="Recipes">{ for RECIPES.iter().map(|recipe| recipe.title).enumerate().map(recipe) }</optgroup>
            </select>
        </label>
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
