//! The preview: a page with the widget on it. The card has the structure and the style sheet of the real one.

use chinwag_targeting::{Outcome, Value};
use web_sys::HtmlElement;
use yew::{Html, Properties, function_component, html, use_effect_with, use_node_ref};

use super::{
    Act,
    icon::{Icon, icon},
};
use crate::{
    app::Action,
    bench::card::{Card, Notification},
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub card: Option<Card>,
    /// What happened without a card: a rule, and what it did.
    pub deeds: Vec<(String, String)>,
    pub file: Option<Value>,
    pub act: Act,
}

#[function_component]
pub(super) fn Stage(Props { card, deeds, file, act }: &Props) -> Html {
    let (card, file) = (card.as_ref(), file.as_ref());
    let node = use_node_ref();
    let color = file.and_then(|file| file.get("appearance")?.get("color")?.as_str()).unwrap_or("").to_owned();
    {
        let node = node.clone();
        use_effect_with(color, move |color| {
            if let Some(widget) = node.cast::<HtmlElement>() {
                tint(&widget, color);
            }
        });
    }
    let team = file.and_then(|file| file.get("team")?.get("name")?.as_str()).unwrap_or("Team");
    let badge = card.and_then(|card| card.badge).filter(|count| *count > 0.0);
    html! {
        <div class="stage" id="stage">
            <div class="site" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>
            <div class="cw" data-theme="auto" ref={node}>
                { for card.and_then(|card| Some(notification(card, card.notification.as_ref()?, team, act))) }
                { for card.and_then(|card| card.teaser.as_ref()).map(|teaser| html! { <p class="teaser" dir="auto">{ teaser }</p> }) }
                <span class="launcher" aria-hidden="true">{ for badge.map(|count| html! { <b>{ count }</b> }) }</span>
            </div>
            <p class="caption" role="status">{ caption(card, deeds) }</p>
        </div>
    }
}

/// The site's colour, roughly as the widget corrects it for each theme. Set on the element itself: the page's policy
/// forbids styles in attributes.
fn tint(widget: &HtmlElement, color: &str) {
    let style = widget.style();
    let Some(light) = lightness(color) else {
        for name in ["--day-fill", "--day-ink", "--day-link", "--night-fill", "--night-ink", "--night-link"] {
            let _ = style.remove_property(name);
        }
        return;
    };
    let ink = if light > 0.45 { "#0a0c0e" } else { "#fff" };
    let darker = format!("color-mix(in srgb, {color} {}%, #000)", if light > 0.3 { 55 } else { 100 });
    let lighter = format!("color-mix(in srgb, {color} {}%, #fff)", if light < 0.5 { 45 } else { 100 });
    for (name, value) in [
        ("--day-fill", color),
        ("--day-ink", ink),
        ("--day-link", darker.as_str()),
        ("--night-fill", color),
        ("--night-ink", ink),
        ("--night-link", lighter.as_str()),
    ] {
        let _ = style.set_property(name, value);
    }
}

/// Of `#rrggbb`, from 0 to 1.
fn lightness(color: &str) -> Option<f64> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let channel = |shift: u32| f64::from((number >> shift) & 255) / 255.0;
    Some(0.299 * channel(16) + 0.587 * channel(8) + 0.114 * channel(0))
}

fn caption(card: Option<&Card>, deeds: &[(String, String)]) -> Html {
    let Some(card) = card else {
        let Some((rule, what)) = deeds.last() else { return html! { "Nothing is shown" } };
        return html! { <><b>{ rule }</b>{ ": " }{ what }</> };
    };
    let others = if card.others.is_empty() { String::new() } else { format!(" and {}", card.others.join(", ")) };
    html! {
        <><b>{ &card.rule }</b>{ for card.variation.iter().map(|name| format!(", variation {name}")) }{ others }</>
    }
}

fn notification(card: &Card, shown: &Notification, team: &str, act: &Act) -> Html {
    let from = shown.from.as_deref().unwrap_or(team);
    let initial: String = from.chars().take(1).collect();
    let answer = |outcome: Outcome| {
        let rule = card.rule.clone();
        act.reform(move |_| Action::Answer(rule.clone(), outcome))
    };
    let choices = shown.replies.len() + shown.buttons.len() > 0;
    html! {
        <section class="card" aria-label={format!("Notification from {from}")}>
            <button type="button" class="card-body" onclick={answer(Outcome::Opened)}>
                <span class="face" aria-hidden="true">{ initial }</span>
                <span class="card-words">
                    <span class="card-from"><bdi>{ from }</bdi></span>
                    <span class="card-text" dir="auto">{ &shown.text }</span>
                </span>
            </button>
            if choices {
                <div class="choices">
                    { for shown.replies.iter().map(|reply| html! { <button type="button" class="choice" dir="auto" onclick={answer(Outcome::Replied)}>{ reply }</button> }) }
                    { for shown.buttons.iter().map(|button| html! { <button type="button" class="choice main" dir="auto" onclick={answer(Outcome::Opened)}>{ button }</button> }) }
                </div>
            }
            <button type="button" class="quiet card-close" aria-label="Dismiss" onclick={answer(Outcome::Dismissed)}>{ icon(Icon::Cross) }</button>
        </section>
    }
}
