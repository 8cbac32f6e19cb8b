//! The one style sheet, adopted by the shadow root beside the loader's, and the few values in it that change.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::read::get;
use crate::color::{Accent, Color, DEFAULT, NIGHT, WHITE};

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

const ADOPTED: &str = "adoptedStyleSheets";

pub(crate) struct Sheet {
    root: JsValue,
    sheet: JsValue,
    /// Of the first rule: the custom properties.
    values: Declarations,
}

impl Sheet {
    /// Adopts the sheet; `None` where the browser has no constructable sheets.
    pub(crate) fn adopt(root: JsValue) -> Option<Self> {
        let sheet = StyleSheet::new().ok()?;
        sheet.replace(include_str!("../style.css")).ok()?;
        let sheet = JsValue::from(sheet);
        let first = Reflect::get_u32(&get(&sheet, "cssRules"), 0).ok()?;
        let values = get(&first, "style").unchecked_into();
        let adopted = Self { root, sheet, values };
        adopted.with_others(|others| {
            others.push(&adopted.sheet);
        });
        Some(adopted)
    }

    fn with_others(&self, change: impl FnOnce(&Array)) {
        let mine = &self.sheet;
        let adopted = Array::from(&get(&self.root, ADOPTED));
        let others = adopted.filter(&mut |sheet: JsValue, _, _| sheet != *mine);
        change(&others);
        // The root is a shadow root: it takes an array of sheets.
        let _ = Reflect::set(&self.root, &ADOPTED.into(), &others);
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        self.values.set(name, value);
    }

    /// The site's colour, corrected for both surfaces.
    pub(crate) fn paint(&self, color: Option<&str>) {
        let wish = color.and_then(Color::parse).unwrap_or(DEFAULT);
        for (surface, names) in [
            (WHITE, ["--day-fill", "--day-ink", "--day-link"]),
            (NIGHT, ["--night-fill", "--night-ink", "--night-link"]),
        ] {
            let Accent { fill, on_fill, text } = Accent::on(surface, wish);
            for (name, color) in names.into_iter().zip([fill, on_fill, text]) {
                self.set(name, &color.hex());
            }
        }
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.with_others(|_| ());
    }
}
