//! Drawn signs, on a grid of 20.

use yew::{Html, html};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Icon {
    Mark,
    Lock,
    Copy,
    Download,
    Check,
    Cross,
    Question,
    Warning,
    Again,
    Bin,
    Wait,
}

pub(super) fn icon(icon: Icon) -> Html {
    let path = match icon {
        Icon::Mark => {
            "M4 4h12a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H9l-4 3v-3H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM6.5 8.5h7M6.5 11h4"
        }
        Icon::Lock => "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
        Icon::Copy => "M7 7h9v10H7zM4 13V3h9",
        Icon::Download => "M10 3v9M6.5 8.5 10 12l3.5-3.5M4 16h12",
        Icon::Check => "m4.5 10.5 3.5 3.5 7.5-8",
        Icon::Cross => "m5.5 5.5 9 9m0-9-9 9",
        Icon::Question => "M7.2 7.5a2.8 2.8 0 1 1 4.2 2.4c-.9.5-1.4 1.1-1.4 2.1M10 15v.2",
        Icon::Warning => "M10 3.5 18 17H2zM10 8.5v4M10 14.6v.2",
        Icon::Again => "M4.5 10a5.5 5.5 0 1 0 1.8-4.1L4 8M4 4v4h4",
        Icon::Wait => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6.2V10l2.4 1.8",
        Icon::Bin => "M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5",
    };
    html! { <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d={path} /></svg> }
}
