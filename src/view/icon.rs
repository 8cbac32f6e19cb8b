//! Drawn here, so that no font and no file is needed. They carry no meaning of their own: a text stands beside each.

use super::element::{El, el};

#[derive(Clone, Copy)]
pub(super) enum Icon {
    Close,
    Send,
    Silent,
    Sound,
    Clip,
    Clock,
    Check,
    Checks,
    Warning,
    Down,
    Star,
    Mail,
    Phone,
    Bot,
}

pub(super) fn icon(icon: Icon) -> El {
    let path = match icon {
        Icon::Close => "M6 6l12 12M18 6L6 18",
        Icon::Send => "M12 19V5M5.5 11.5L12 5l6.5 6.5",
        Icon::Clip => {
            "M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.3a3 3 0 0 1 4.3 4.3l-7.6 7.6a1.5 1.5 0 0 1-2.2-2.2L14.5 7.2"
        }
        Icon::Clock => "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
        Icon::Check => "M5 12.5l4.5 4.5L19 7.5",
        Icon::Checks => "M2 12.5l4.5 4.5L16 7.5M11.5 16l1 1L22 7.5",
        Icon::Warning => "M12 8v5M12 16.4v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
        Icon::Down => "M12 5v14M5.5 12.5L12 19l6.5-6.5",
        Icon::Silent => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5",
        Icon::Sound => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9a4.5 4.5 0 0 1 0 6",
        Icon::Star => "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
        Icon::Mail => "M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5",
        Icon::Phone => "M5 4h4l1.5 5-2.3 1.6a12 12 0 0 0 5.2 5.2L15 13.5l5 1.5v4c-8 1.5-16.5-7-15-15z",
        Icon::Bot => "M12 4v3M5 8h14v10H5zM9 12.5v1M15 12.5v1",
    };
    el("svg", "icon")
        .fix("viewBox", "0 0 24 24")
        .fix("aria-hidden", "true")
        .fix("focusable", "false")
        .with(el("path", "").fix("d", path))
}
