//! Where files come in: chosen, dropped on the conversation, or pasted into the answer.

use chinwag_browser::upload::{Given, given};
use chinwag_conversation::limits::FILE_TYPES;
use web_sys::{DragEvent, Element, Event, HtmlInputElement};
use yew::{AttrValue, Callback, Html, TargetCast, html};

use super::icon::{Icon, icon};

/// Takes what was chosen; absent while the server takes no files.
pub(crate) type Attach = Option<Callback<Vec<Given>>>;

/// A button that opens the system's file chooser.
pub(crate) fn picker(attach: &Callback<Vec<Given>>) -> Html {
    let attach = attach.clone();
    let chosen = Callback::from(move |event: Event| {
        attach.emit(given(&event));
        // The same file may be chosen again.
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            input.set_value("");
        }
    });
    let accept = AttrValue::from(FILE_TYPES.join(","));
    html! {
        <label class="attach" title="Attach files">
            <input type="file" multiple=true {accept} aria-label="Attach files" onchange={chosen} />
            { icon(Icon::Clip) }
        </label>
    }
}

/// Files in what was pasted; other things are pasted as ever.
pub(crate) fn pasted(attach: &Attach) -> Option<Callback<Event>> {
    let attach = attach.clone()?;
    Some(Callback::from(move |event: Event| {
        let files = given(&event);
        if !files.is_empty() {
            event.prevent_default();
            attach.emit(files);
        }
    }))
}

/// What a place for dropping needs to hear: `ondragover`, `ondragleave`, `ondrop`.
pub(crate) fn drops(attach: &Attach) -> [Callback<DragEvent>; 3] {
    let mark = |event: &DragEvent, over: bool| {
        if let Some(place) =
            event.current_target().and_then(|place| wasm_bindgen::JsCast::dyn_into::<Element>(place).ok())
        {
            // A mark of the moment, on an attribute that nothing else draws.
            let _ = if over { place.set_attribute("data-drop", "yes") } else { place.remove_attribute("data-drop") };
        }
    };
    let over = Callback::from(move |event: DragEvent| {
        let types = event.data_transfer().map(|data| data.types());
        if types.is_some_and(|types| types.includes(&"Files".into(), 0)) {
            event.prevent_default();
            mark(&event, true);
        }
    });
    let left = Callback::from(move |event: DragEvent| mark(&event, false));
    let attach = attach.clone();
    let dropped = Callback::from(move |event: DragEvent| {
        mark(&event, false);
        let files = given(&event);
        if !files.is_empty() {
            // Never opened in the place of the console.
            event.prevent_default();
            if let Some(attach) = &attach {
                attach.emit(files);
            }
        }
    });
    [over, left, dropped]
}
