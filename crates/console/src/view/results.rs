//! The page of results: what each rule brought, and how sure one can be.

mod interval;
mod table;

use web_sys::HtmlSelectElement;
use yew::{AttrValue, Callback, Event, Html, MouseEvent, Properties, TargetCast, function_component, html};

use super::{
    Act,
    icon::{Icon, icon},
    problem::Trouble,
    when,
};
use crate::model::{Action, Ask, Hint, Report, ReportLoad, Results, Route, Span};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub results: Results,
    pub act: Act,
}

#[function_component]
pub(crate) fn ResultsPage(props: &Props) -> Html {
    let Results { ask, report, load } = &props.results;
    let again = {
        let (act, ask) = (props.act.clone(), ask.clone());
        Callback::from(move |()| act.emit(Action::AskReport(ask.clone())))
    };
    let trouble = match load {
        ReportLoad::Failed { problem, .. } => {
            html! { <Trouble words={AttrValue::from(problem.words().to_owned())} retry={again} /> }
        }
        _ => Html::default(),
    };
    let body = match report {
        Some(report) => figures(report),
        None if matches!(load, ReportLoad::Failed { .. }) => Html::default(),
        None => html! { <p class="hint" role="status">{ "Loading…" }</p> },
    };
    let busy = if *load == ReportLoad::Loading { "true" } else { "false" };
    html! {
        <main class="results">
            <div class="page" aria-busy={busy}>
                <header>
                    <a class="bare back" href={Route::default().fragment()} aria-label="Back to the conversations">{ icon(Icon::Back) }</a>
                    <div class="title">
                        <h1>{ "Results" }</h1>
                        <p class="hint">{ "What each rule brought, counted in visits." }</p>
                    </div>
                    { sites(props) }
                    { spans(props) }
                </header>
                { trouble }
                { body }
            </div>
        </main>
    }
}

fn sites(props: &Props) -> Html {
    let Results { ask, report: Some(report), .. } = &props.results else { return Html::default() };
    if report.sites.len() < 2 {
        return Html::default();
    }
    let span = ask.span;
    let chosen = props.act.reform(move |event: Event| {
        let site = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value());
        Action::AskReport(Ask { site, span })
    });
    let current = ask.site.as_ref().unwrap_or(&report.site);
    html! {
        <label class="site"><span class="only-read">{ "Site" }</span>
            <select onchange={chosen}>
                { for report.sites.iter().map(|site| html! { <option value={site.clone()} selected={site == current}>{ site }</option> }) }
            </select>
        </label>
    }
}

fn spans(props: &Props) -> Html {
    let choice = |span: Span| {
        let ask = Ask { site: props.results.ask.site.clone(), span };
        let pressed = if props.results.ask.span == span { "true" } else { "false" };
        let click = props.act.reform(move |_: MouseEvent| Action::AskReport(ask.clone()));
        html! { <button type="button" aria-pressed={pressed} onclick={click}>{ words(span) }</button> }
    };
    html! { <div class="switch" role="group" aria-label="Days">{ for Span::ALL.map(choice) }</div> }
}

fn words(span: Span) -> &'static str {
    match span {
        Span::Week => "7 days",
        Span::Month => "4 weeks",
        Span::Quarter => "13 weeks",
        Span::Year => "52 weeks",
    }
}

fn figures(report: &Report) -> Html {
    html! {
        <>
            { for report.hint().map(hint) }
            if !report.rules.is_empty() {
                { table::table(report) }
                <p class="hint legend">
                    { "From " }{ when::calendar_day(&report.from) }{ " to " }{ when::calendar_day(&report.to) }
                    { ", days of UTC. Each visit counts once for a rule, when the visitor allows analytics. The difference is that of the goal’s rates, \
                       shown less control, in percentage points; the bar is its 95 % interval. Looking again every day until it pleases proves nothing: \
                       choose the span first." }
                </p>
            }
        </>
    }
}

fn hint(hint: Hint) -> Html {
    let (title, text, code) = match hint {
        Hint::Rules => (
            "No rule shows anything yet",
            "The engagement file of this site has no rule that shows something. Try one out in the playground, and save it into the file.",
            None,
        ),
        Hint::Consent => (
            "Nothing was counted in these days",
            "Visits are counted only of visitors who allow analytics. Your consent banner says so to the widget:",
            Some("Chinwag('consent', { storage: 'granted', analytics: 'granted' })"),
        ),
        Hint::Goal => (
            "No rule has a goal",
            "A rule that names its goal shows how many visits reached it. Your page tells when that happens, with Chinwag('track', 'purchase'):",
            Some(r#""goal": { "signal": "purchase", "within": "24h" }"#),
        ),
        Hint::Control => (
            "There is nobody to compare with",
            "Some visitors would have bought without any help. Show nothing to one in ten of them, and the difference is what the rules bring:",
            Some(r#""holdout": { "percent": 10, "seed": "holdout-2026" }"#),
        ),
    };
    html! {
        <section class="advice">
            { icon(Icon::Info) }
            <div><h2>{ title }</h2><p>{ text }</p>{ for code.map(|code| html! { <code>{ code }</code> }) }</div>
        </section>
    }
}
