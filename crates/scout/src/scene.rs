//! What the visitor is doing at this moment, asked just before a pass: nobody is interrupted while typing.

use crate::facts;
use chinwag_targeting::Facts;
use web_sys::Document;

const FIELDS: &str = "textarea,select,[contenteditable]:not([contenteditable=false]),input:not([type=button],[type=submit],[type=reset],[type=image],[type=checkbox],[type=radio],[type=range],[type=color])";

/// Sets `page.hidden`, `page.prerendering`, `page.typing` and `page.modal`.
pub(crate) fn look(facts: &mut Facts, document: &Document) {
    let typing = document.active_element().is_some_and(|element| element.matches(FIELDS).unwrap_or(false));
    facts::put(facts, "page.hidden", document.hidden());
    facts::put(facts, "page.prerendering", crate::value::get(document, "prerendering").is_truthy());
    facts::put(facts, "page.typing", typing);
    facts::put(facts, "page.modal", modal(document));
}

/// Pages keep closed dialogs in the document: only one with a box is in the way. (`:modal` is unknown to older browsers.)
fn modal(document: &Document) -> bool {
    let first = |selector: &str| document.query_selector(selector).ok().flatten();
    let boxed = |selector: &str| first(selector).is_some_and(|element| element.get_client_rects().length() > 0);
    first("dialog:modal").is_some() || boxed("[aria-modal=true]")
}
