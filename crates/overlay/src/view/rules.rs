//! The rules: how each stands, and why.

use chinwag_targeting::{Reason, figure, vocabulary::remedy};
use yew::{Html, classes, html};

use super::icon::{Icon, icon};
use crate::report::{Last, Row, Standing};

pub(super) fn rules(rows: &[Row], revision: f64) -> Html {
    let (elsewhere, here): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| matches!(row.standing, Standing::Elsewhere));
    html! {
        <>
            <h3>{ "On this page" }<span>{ format!("revision {}", figure(revision)) }</span></h3>
            if here.is_empty() {
                <p class="empty">{ "No rule is for this page." }</p>
            }
            <ul class="rules">{ for here.into_iter().map(rule) }</ul>
            if !elsewhere.is_empty() {
                <h3>{ "On other pages" }</h3>
                <ul class="rules">{ for elsewhere.into_iter().map(rule) }</ul>
            }
        </>
    }
}

fn rule(row: &Row) -> Html {
    let (mood, sign) = match row.standing {
        Standing::Fired => ("good", Icon::Check),
        Standing::Ready => ("ready", Icon::Wait),
        Standing::Kept => ("odd", Icon::Cross),
        Standing::Elsewhere => ("calm", Icon::Cross),
        Standing::Off => ("bad", Icon::Off),
    };
    // The reason says the rest already.
    let waits = row.waits.as_ref().filter(|_| row.reason != Reason::NoEvent);
    let name = (row.name != row.id).then_some(&row.name);
    html! {
        <li class={classes!("rule", mood)} id={format!("rule-{}", row.id)} key={row.id.clone()}>
            <details>
                <summary>
                    <span class="sign">{ icon(sign) }</span>
                    <span class="what"><strong>{ &row.name }</strong>{ for row.near.iter().map(|near| html! { <span class="near">{ near }</span> }) }</span>
                    <span class="reason">{ row.reason.as_str() }</span>
                </summary>
                <div class="more">
                    if name.is_some() { <p><code>{ &row.id }</code></p> }
                    <p class="sentence">{ &row.sentence }</p>
                    if !row.detail.is_empty() { <ul class="leaves">{ for row.detail.iter().map(|line| leaf(line)) }</ul> }
                    if matches!(row.standing, Standing::Kept | Standing::Elsewhere | Standing::Off) && !remedy(row.reason).is_empty() {
                        <p class="remedy">{ "What to do: " }{ plain(remedy(row.reason)) }</p>
                    }
                    { for row.again.iter().map(|(reason, sentence)| html! { <p class="again">{ "Not again now: " }<b>{ reason.as_str() }</b>{ ". " }{ sentence }</p> }) }
                    { for waits.map(|waits| html! { <p class="waits">{ format!("It waits until {waits}.") }</p> }) }
                    { for row.last.iter().map(last) }
                </div>
            </details>
        </li>
    }
}

fn last(last: &Last) -> Html {
    html! {
        <p class="last"><span>{ format!("Last looked at {}, at “{}”:", last.ago, last.signal) }</span>{ " " }<b>{ last.reason.as_str() }</b>{ ". " }{ &last.sentence }</p>
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
    let depth = ((line.len() - inner.len()) / 4).min(3);
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
