//! Icons: strokes in the colour of the text around them.

use yew::{Html, html};

/// The closed list of icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Back,
    Bell,
    BellOff,
    Brand,
    Check,
    CheckTwice,
    Clip,
    Clock,
    Close,
    Copy,
    Down,
    Edit,
    Exit,
    Eye,
    EyeOff,
    File,
    Info,
    Hand,
    Open,
    Send,
    Trash,
    Warning,
}

/// An icon without a name: the words stand beside it, or on its button.
pub(crate) fn icon(icon: Icon) -> Html {
    let path = match icon {
        Icon::Back => "M12.5 4.5 7 10l5.5 5.5",
        Icon::Bell => {
            "M10 3a4.5 4.5 0 0 0-4.5 4.5c0 4-2 5-2 6h13c0-1-2-2-2-6A4.5 4.5 0 0 0 10 3ZM8.3 16.5a1.8 1.8 0 0 0 3.4 0"
        }
        Icon::BellOff => {
            "M6 5.4a4.5 4.5 0 0 1 8.5 2.1c0 1.9.4 3.1.9 4M5.5 7.9c0 3.7-2 4.6-2 5.600h10M8.3 16.500a1.8 1.8 0 0 0 3.4 0M3.500 3.500l13 13"
        }
        Icon::Brand => {
            "M4 4.500h12a1.500 1.500 0 0 1 1.500 1.500v6.500A1.500 1.500 0 0 1 16 14H9.500L6 17v-3H4a1.500 1.500 0 0 1-1.500-1.500V6A1.500 1.500 0 0 1 4 4.500ZM6.500 8h7M6.500 10.800h4.500"
        }
        Icon::Check => "m5 10.500 3.500 3.500L15.500 6.500",
        Icon::CheckTwice => "m2 10.500 3.500 3.500 7-7.500M9.500 13l1 1 7-7.500",
        Icon::Clip => {
            "m15.500 9.500-5.600 5.600a3.300 3.300 0 0 1-4.700-4.700l6-6a2.200 2.200 0 0 1 3.100 3.100l-5.900 5.900a1.100 1.100 0 0 1-1.600-1.600l5.200-5.200"
        }
        Icon::Clock => "M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM10 6.500V10l2.500 1.500",
        Icon::Close => "m5.500 5.500 9 9M14.500 5.500l-9 9",
        Icon::Copy => "M7.500 7.500h8v8h-8zM12.500 7.500v-3h-8v8h3",
        Icon::Down => "M10 4.500v11M5.500 11l4.500 4.500 4.500-4.500",
        Icon::Edit => "M4 16l.700-3.200L13.500 4l2.500 2.500-8.800 8.800zM12 5.500l2.500 2.500",
        Icon::Exit => "M8.500 3.500h-4v13h4M8 10h8.500M13.500 7l3 3-3 3",
        Icon::Eye => {
            "M2.500 10S5 5 10 5s7.500 5 7.500 5-2.500 5-7.500 5-7.500-5-7.500-5ZM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z"
        }
        Icon::EyeOff => {
            "M4.800 6.600C3.300 7.900 2.500 10 2.500 10S5 15 10 15c1.100 0 2.100-.2 3-.600M8 5.200A7.600 7.600 0 0 1 10 5c5 0 7.500 5 7.500 5a11 11 0 0 1-1.600 2.200M3.500 3.500l13 13"
        }
        Icon::File => "M5.500 3.500h6l3.500 3.500v9.500h-9.500zM11.500 3.500V7H15",
        Icon::Info => "M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM10 9.200v4M10 6.600v.200",
        Icon::Hand => "M10 10.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.500c.5-2.500 2.800-4 6-4s5.500 1.500 6 4",
        Icon::Open => "M11.500 4.500h4v4M15.500 4.500l-6 6M8.500 5.500h-4v10h10v-4",
        Icon::Send => "M3.500 10 16.500 4l-4 12.500-3-5zM9.500 11.500 16.500 4",
        Icon::Trash => "M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.700 11h7.600l.700-11M8.500 8.500v5M11.500 8.500v5",
        Icon::Warning => "M10 3.500 2.800 16h14.400zM10 8.500v3.500M10 13.800v.200",
    };
    html! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d={path} />
        </svg>
    }
}
