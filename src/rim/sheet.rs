//! The one style sheet, adopted by the shadow root beside the loader's, and the few values in it that change.

use chinwag_browser::js::{self, get};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::color::{Accent, Color, DEFAULT, NIGHT, WHITE};

const ADOPTED: &str = "adoptedStyleSheets";

pub(crate) struct Sheet {
    root: JsValue,
    sheet: JsValue,
    /// Of the first rule: the custom properties.
    values: JsValue,
}

impl Sheet {
    /// Adopts the sheet; `None` where the browser has no constructable sheets.
    pub(crate) fn adopt(root: JsValue) -> Option<Self> {
        let sheet = js::construct("CSSStyleSheet", &[]).ok()?;
        js::ask(&sheet, "replaceSync", include_str!(concat!(env!("OUT_DIR"), "/style.css"))).ok()?;
        let values = get(&get(&get(&sheet, "cssRules"), "0"), "style");
        let adopted = Self { root, sheet, values };
        adopted.with_others(|others| {
            others.push(&adopted.sheet);
        });
        Some(adopted)
    }

    fn with_others(&self, change: impl FnOnce(&Array)) {
        let mine = &self.sheet;
        let others: Array = Array::from(&get(&self.root, ADOPTED)).iter().filter(|sheet| sheet != mine).collect();
        change(&others);
        // The root is a shadow root: it takes an array of sheets.
        js::set(&self.root, ADOPTED, &others);
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        drop(js::call(&self.values, "setProperty", &[&name.into(), &value.into()]));
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
