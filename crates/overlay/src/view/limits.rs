//! What was shown, and what the limits leave.

use chinwag_targeting::{Count, Reason, figure, span};
use yew::{Html, html};

use crate::sight::Spent;

pub(super) fn limits(lines: &[Spent], kept: bool) -> Html {
    let where_to = if kept {
        "Kept on this device, because storage is allowed."
    } else {
        "Kept in this page only: the visitor has not allowed storage."
    };
    html! {
        <>
            <p class="hint">{ where_to }</p>
            <ul class="limits">{ for lines.iter().map(line) }</ul>
        </>
    }
}

fn line(spent: &Spent) -> Html {
    let usage = &spent.usage;
    let counts = [("page", usage.page), ("visit", usage.visit), ("24 h", usage.day), ("ever", usage.ever)];
    let rests = usage.rests.map(|(reason, left)| {
        let why = match reason {
            Reason::Dismissed => "It was closed, and rests",
            Reason::Converted => "It led to a conversation, and rests",
            _ => "Something was shown a moment ago; the next",
        };
        let verb = if reason == Reason::Cooldown { "in" } else { "another" };
        format!("{why} {verb} {}.", span((left / 1000.0).ceil() * 1000.0))
    });
    html! {
        <li key={spent.usage.rule.map_or("all".into(), |rule| rule.to_string())}>
            <strong>{ &spent.name }</strong>
            <dl>{ for counts.into_iter().map(|(what, count)| used(what, count)) }</dl>
            { for rests.map(|rests| html! { <p class="rests">{ rests }</p> }) }
        </li>
    }
}

fn used(what: &'static str, count: Count) -> Html {
    let full = count.most.is_some_and(|most| count.used >= most);
    let text = match count.most {
        Some(most) => format!("{} of {}", figure(count.used), figure(most)),
        None => figure(count.used),
    };
    html! { <div class={full.then_some("full")}><dt>{ what }</dt><dd>{ text }</dd></div> }
}
