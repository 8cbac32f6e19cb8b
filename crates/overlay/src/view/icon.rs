//! Drawn signs, on a grid of 20. They carry no meaning of their own: a text stands beside each.

use yew::{Html, html};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Mark,
    Move,
    Fold,
    Unfold,
    Check,
    Cross,
    Question,
    Wait,
    Off,
}

pub(crate) fn icon(icon: Icon) -> Html {
    let path = match icon {
        Icon::Mark => {
            "M4 4h12a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H9l-4 3v-3H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM6.5 8.5h7M6.5 11h4"
        }
        Icon::Move => {
            "M10 3v14M3 10h14M7.8 5 10 2.8 12.2 5M7.8 15l2.2 2.2 2.2-2.2M5 7.8 2.8 10 5 12.2M15 7.8l2.2 2.2-2.2 2.2"
        }
        Icon::Fold => "M5 13h10",
        Icon::Unfold => "m5 12 5-5 5 5",
        Icon::Check => "m4.5 10.5 3.5 3.5 7.5-8",
        Icon::Cross => "m5.5 5.5 9 9m0-9-9 9",
        Icon::Question => "M7.2 7.5a2.8 2.8 0 1 1 4.2 2.4c-.9.5-1.4 1.1-1.4 2.1M10 15v.2",
        Icon::Wait => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6.2V10l2.4 1.8",
        Icon::Off => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM5 15 15 5",
    };
    html! { <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d={path} /></svg> }
}
