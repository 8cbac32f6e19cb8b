//! A difference and its interval, drawn on an axis that all rows share.

use yew::{Html, html};

/// Half of the axis in the drawing's own units: tenths of a pixel. Whole numbers, because the code that writes others is large.
const HALF: f64 = 600.0;

/// `low <= difference <= high`. The axis goes from -`reach` to `reach`; what is beyond ends at its end.
pub(super) fn interval(low: f64, difference: f64, high: f64, reach: f64) -> Html {
    let place = |value: f64| (((value / reach).clamp(-1.0, 1.0) + 1.0) * HALF).round() as i32;
    html! {
        <svg class="interval" viewBox="-40 0 1280 160" aria-hidden="true" focusable="false">
            <path class="axis" d="M0 80h1200" />
            <path class="zero" d="M600 20v120" />
            <line x1={place(low).to_string()} x2={place(high).to_string()} y1="80" y2="80" />
            <circle cx={place(difference).to_string()} cy="80" r="35" />
        </svg>
    }
}
