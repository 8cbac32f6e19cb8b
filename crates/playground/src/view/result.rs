//! What the rules make of the situation.

use chinwag_targeting::{Reason, figure, vocabulary::remedy};
use yew::{Html, classes, html};

use super::{
    Act,
    card::Stage,
    icon::{Icon, icon},
};
use crate::{
    app::{Action, App},
    bench::{Judged, Moment, Tested, Verdict},
};

pub(super) fn result(app: &App, verdict: &Verdict, act: &Act) -> Html {
    let tests = app.bench.tests();
    let passed = tests.iter().filter(|test| test.result.failures.is_empty()).count();
    html! {
        <>
            if !app.bench.current {
                <p class="stale">{ icon(Icon::Warning) }{ if app.bench.file().is_some() {
                    "The file cannot be read at the moment. This is what its last good version does."
                } else {
                    "The file cannot be read. What is wrong stands below its text; rules can be tried when that is mended."
                } }</p>
            }
            <Stage card={verdict.card.clone()} deeds={verdict.deeds.clone()} file={app.bench.file().cloned()} act={act.clone()} />
            <details class="box log"><summary><h2>{ "So far" }</h2><span>{ verdict.log.last().map_or("", |moment| moment.what.as_str()) }</span></summary>
                <ol>{ for verdict.log.iter().map(moment) }</ol>
            </details>
            <div class="box rules">
                <h2>{ "Why" }</h2>
                if verdict.rules.is_empty() {
                    <p class="empty">{ if app.bench.file().is_some() { "The file has no rules yet." } else { "Nothing is known of its rules yet." } }</p>
                }
                <ul>{ for verdict.rules.iter().map(|rule| judged(rule, act)) }</ul>
            </div>
            <div class="box tests">
                <h2>{ "Tests of the file" }if !tests.is_empty() { <span class={classes!("count", if passed == tests.len() { "good" } else { "bad" })}>{ passed }{ " of " }{ tests.len() }</span> }</h2>
                if tests.is_empty() {
                    <p class="empty">{ "None yet. A test says what must happen in a situation, and runs before a new edition is published." }</p>
                }
                <ul>{ for tests.iter().map(|tested| test(tested, act)) }</ul>
            </div>
        </>
    }
}

fn moment(moment: &Moment) -> Html {
    let at = moment.at.map(|at| format!("{} s", figure((at * 10.0).round() / 10.0)));
    html! {
        <li class={classes!(moment.fired.then_some("good"))}><span class="when">{ for at }</span><span>{ &moment.what }if moment.fired { { " fires" } }</span></li>
    }
}

fn judged(rule: &Judged, act: &Act) -> Html {
    let id = rule.id.clone();
    let copy = act.reform(move |_| Action::CopyPreview(id.clone()));
    let reason = rule.explained.trace.reason;
    let mood = match reason {
        Reason::Fired => "good",
        Reason::Invalid | Reason::Unsupported => "bad",
        Reason::NoEvent | Reason::Disabled => "calm",
        _ => "odd",
    };
    let sign = match mood {
        "good" => Icon::Check,
        "bad" => Icon::Warning,
        "calm" => Icon::Wait,
        _ => Icon::Cross,
    };
    html! {
        <li class={classes!("rule", mood)} id={format!("rule-{}", rule.id)}>
            <div class="head">
                <span class="sign">{ icon(sign) }</span>
                <strong>{ &rule.name }</strong>
                <span class={classes!("reason", mood)}>{ reason.as_str().replace('-', " ") }{ for rule.fired_at.filter(|at| *at > 0.0).map(|at| format!(" at {} s", figure((at * 10.0).round() / 10.0))) }</span>
            </div>
            if rule.mistakes.is_empty() {
                <p class="sentence">{ &rule.explained.sentence }</p>
            } else {
                { for rule.mistakes.iter().map(|(line, message)| html! { <p class="sentence">{ "Line " }{ line }{ ": " }{ message }</p> }) }
            }
            if rule.mistakes.is_empty() && mood == "odd" {
                <p class="remedy">{ plain(remedy(reason)) }</p>
            }
            if !rule.explained.detail.is_empty() {
                <ul class="leaves">{ for rule.explained.detail.iter().map(|line| leaf(line)) }</ul>
            }
            <details><summary>{ "The rule in words" }</summary><p>{ &rule.described }</p>
                if mood == "calm" && !remedy(reason).is_empty() { <p class="remedy">{ plain(remedy(reason)) }</p> }
                <button type="button" class="quiet" onclick={copy} title="Shows the rule on your site once it is published, past limits and conditions">{ icon(Icon::Copy) }{ "Copy preview address" }</button>
            </details>
        </li>
    }
}

/// With names in the type of the file.
fn plain(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    html! { <>{ for parts.map(|(index, part)| if index % 2 == 1 { html! { <code>{ part }</code> } } else { html! { { part } } }) }</> }
}

/// `[yes] cart.value is at least 80 (it is 120)`
fn leaf(line: &str) -> Html {
    let inner = line.trim_start();
    let depth = ((line.len() - inner.len()) / 4).min(4);
    let (sign, mood, text) = if let Some(rest) = inner.strip_prefix("[yes] ") {
        (Some(Icon::Check), "good", rest)
    } else if let Some(rest) = inner.strip_prefix("[no ] ") {
        (Some(Icon::Cross), "bad", rest)
    } else if let Some(rest) = inner.strip_prefix("[ ? ] ") {
        (Some(Icon::Question), "odd", rest)
    } else {
        (None, "note", inner)
    };
    let (text, decides) = match text.strip_suffix("  <- decides") {
        Some(text) => (text, true),
        None => (text, false),
    };
    html! {
        <li class={classes!("leaf", mood, format!("deep-{depth}"))}>
            { for sign.map(icon) }<span>{ text }if decides { <b>{ "decides" }</b> }</span>
        </li>
    }
}

fn test(test: &Tested, act: &Act) -> Html {
    let Tested { result, given, expected, place } = test;
    let passes = result.failures.is_empty();
    let find = place.map(|place| {
        let find = act.reform(move |_| Action::Find(place.line, place.column));
        html! { <button type="button" class="find" onclick={find}>{ "Line " }{ place.line }</button> }
    });
    html! {
        <li class={classes!("test", if passes { "good" } else { "bad" })}>
            { icon(if passes { Icon::Check } else { Icon::Cross }) }
            <span>{ &result.name }
                if !passes {
                    <span class="given">{ if given.is_empty() { "Nothing given" } else { given } }{ " → " }<b>{ expected }</b></span>
                    { for result.failures.iter().map(|failure| html! { <em>{ plain(failure) }</em> }) }
                }
            </span>
            { for find }
        </li>
    }
}
