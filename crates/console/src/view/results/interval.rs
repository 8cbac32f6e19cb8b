//! A difference and its interval, drawn on an axis that all rows share.

use yew::{Html, html};

/// Half of the drawing's width, in its own units.
const HALF: f64 = 60.0;

/// `low <= difference <= high`, each from -`reach` to `reach`.
pub(super) fn interval(low: f64, difference: f64, high: f64, reach: f64) -> Html {
    let place = |value: f64| {
        let tenths = ((value / reach).clamp(-1.0, 1.0) * HALF * 10.0).round() as i32;
        (f64::from(tenths) / 10.0 + HALF).to_string()
    };
    html! {
        <svg class="interval" viewBox="-4 0 128 16" aria-hidden="true" focusable="false">
            <path class="axis" d="M0 8h120M60 2v12" />
            <line x1={place(low)} x2={place(high)} y1="8" y2="8" />
            <circle cx={place(difference)} cy="8" r="3.5" />
        </svg>
    }
}
