//! The element in the page, its style sheet, and the few things that are asked of the browser. Like the widget it leaves
//! the page alone: one element, an open shadow root, an adopted sheet.

use std::cell::RefCell;

use chinwag_scout::watched;
use chinwag_targeting::Value;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Document, Element, ShadowRootInit, ShadowRootMode, UrlSearchParams, Window, window};

use crate::corner::Corner;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = CSSStyleSheet)]
    type StyleSheet;
    #[wasm_bindgen(constructor, catch, js_class = "CSSStyleSheet")]
    fn new() -> Result<StyleSheet, JsValue>;
    #[wasm_bindgen(method, catch, js_name = replaceSync)]
    fn replace(this: &StyleSheet, text: &str) -> Result<(), JsValue>;

    type Declarations;
    #[wasm_bindgen(method, js_name = setProperty)]
    fn set(this: &Declarations, name: &str, value: &str);
}

/// What was put into the page.
struct Home {
    host: Element,
    /// Of the sheet's first rule: how far it is being dragged.
    values: Declarations,
}

thread_local! {
    static HOME: RefCell<Option<Home>> = const { RefCell::new(None) };
}

pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}

/// A text; empty when it is none.
pub(crate) fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// Puts the element into the page, beside `<body>` as the widget's; answers what is drawn into.
pub(crate) fn build() -> Option<Element> {
    let document = document()?;
    let host = document.create_element("chin-wag-debug").ok()?;
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?;
    let sheet = StyleSheet::new().ok()?;
    sheet.replace(include_str!("overlay.css")).ok()?;
    let sheet = JsValue::from(sheet);
    let first = Reflect::get_u32(&get(&sheet, "cssRules"), 0).ok()?;
    let values = get(&first, "style").unchecked_into();
    Reflect::set(&root, &"adoptedStyleSheets".into(), &Array::of1(&sheet)).ok()?;
    let place = document.create_element("div").ok()?;
    root.append_child(&place).ok()?;
    document.document_element()?.append_child(&host).ok()?;
    HOME.with_borrow_mut(|home| *home = Some(Home { host, values }));
    Some(place)
}

/// Takes the element away.
pub(crate) fn clear() {
    if let Some(home) = HOME.take() {
        home.host.remove();
    }
}

/// Did it happen in the overlay itself? To listeners outside the shadow root, its element is the target.
pub(crate) fn is_own(event: &JsValue) -> bool {
    let target = get(event, "target");
    HOME.with_borrow(|home| home.as_ref().is_some_and(|home| JsValue::from(&home.host) == target))
}

/// How far the overlay is away from its corner, in CSS pixels.
pub(crate) fn shift(x: i32, y: i32) {
    HOME.with_borrow(|home| {
        for (home, (name, by)) in home.iter().flat_map(|home| [(home, ("--x", x)), (home, ("--y", y))]) {
            home.values.set(name, &format!("{by}px"));
        }
    });
}

/// Width and height of the window.
fn size(window: &Window) -> (f64, f64) {
    let of = |side: Result<JsValue, JsValue>| side.ok().and_then(|side| side.as_f64()).unwrap_or(0.0);
    (of(window.inner_width()), of(window.inner_height()))
}

/// The corner that is nearest to a point of the window.
pub(crate) fn corner_at(x: i32, y: i32) -> Corner {
    let (width, height) = window().as_ref().map(size).unwrap_or_default();
    Corner::nearest(x.into(), y.into(), width, height)
}

/// Narrower than this, in CSS pixels, the overlay takes the whole width, and would cover a card below.
const NARROW: f64 = 480.0;

/// Below, on the side where the launcher is not; above, where there is only one side.
pub(crate) fn free_corner() -> Corner {
    let launcher = document().and_then(|document| {
        let root = document.query_selector("chin-wag").ok()??.shadow_root()?;
        root.query_selector("#launcher").ok()?
    });
    let at_left = launcher.zip(window()).is_some_and(|(launcher, window)| {
        let box_of = launcher.get_bounding_client_rect();
        box_of.left() + box_of.right() < size(&window).0
    });
    let top = window().is_some_and(|window| size(&window).0 <= NARROW);
    Corner { top, left: !at_left }
}

pub(crate) fn is_hidden() -> bool {
    document().is_none_or(|document| document.hidden())
}

fn parameters() -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(&window()?.location().search().ok()?).ok()
}

/// A parameter of the page's address.
pub(crate) fn parameter(name: &str) -> Option<String> {
    parameters()?.get(name)
}

/// The page's address without the preview.
pub(crate) fn plain_address() -> String {
    let Some((parameters, window)) = parameters().zip(window()) else { return String::new() };
    parameters.delete("chinwag-preview");
    let path = window.location().pathname().unwrap_or_default();
    let rest = parameters.to_string().as_string().unwrap_or_default();
    if rest.is_empty() { path } else { format!("{path}?{rest}") }
}

/// The languages of the visitor, best first.
pub(crate) fn languages() -> Vec<String> {
    let navigator = get(&js_sys::global(), "navigator");
    let languages = get(&navigator, "languages").dyn_into::<Array>().unwrap_or_default();
    languages.iter().filter_map(|tag| tag.as_string()).collect()
}

/// Sends a signal as the site would; false when the data are no JSON.
pub(crate) fn send(name: &str, data: &str) -> bool {
    let data = if data.trim().is_empty() { Ok(JsValue::UNDEFINED) } else { js_sys::JSON::parse(data) };
    let Ok(data) = data else { return false };
    // Later: what hears it draws the overlay anew, and that is just being done.
    let name = JsValue::from(name);
    gloo::timers::callback::Timeout::new(0, move || crate::track(name, data)).forget();
    true
}

/// Where decisions go.
#[derive(Clone, PartialEq)]
pub(crate) struct Decision(JsValue);

impl Decision {
    /// Of the loader's `{decision, …}`.
    pub(crate) fn new(host: &JsValue) -> Self {
        Self(host.clone())
    }

    /// The panel is closed first: no card is shown beside it.
    pub(crate) fn make(&self, rule: &str, variation: Option<&str>, actions: &[Value]) {
        let call = |act: JsValue, this: &JsValue, given: &JsValue| {
            if let Ok(act) = act.dyn_into::<Function>() {
                // What the page does with it is the page's business.
                let _ = act.call1(this, given);
            }
        };
        call(get(&js_sys::global(), "Chinwag"), &JsValue::UNDEFINED, &"close".into());
        let made = Object::new();
        let actions: Array = actions.iter().map(watched::written).collect();
        for (name, value) in [
            ("rule", rule.into()),
            ("variant", variation.map_or(JsValue::UNDEFINED, JsValue::from)),
            ("actions", actions.into()),
        ] {
            // A fresh object refuses nothing.
            let _ = Reflect::set(&made, &name.into(), &value);
        }
        call(get(&self.0, "decision"), &self.0, &made);
    }
}
