//! Elements built by calls. Yew's `html!` writes the whole construction out wherever an element stands; with it the views
//! are twice as large, and every visitor of every site would pay for that.

use std::rc::Rc;

use yew::{
    AttrValue, Callback, Html, MouseEvent,
    html::onclick,
    virtual_dom::{AttributeOrProperty, Attributes, Listener, VTag, VText},
};

use crate::model::{Input, Press};

/// Every attribute that there is in here. One list for all elements, so that Yew compares them place by place and the code
/// for maps of attributes is not part of the module.
static NAMES: [&str; 41] = [
    "class",
    "dir",
    "aria-label",
    "aria-hidden",
    "type",
    "id",
    "href",
    "title",
    "target",
    "tabindex",
    "rows",
    "role",
    "required",
    "rel",
    "autocomplete",
    "width",
    "viewBox",
    "value",
    "src",
    "placeholder",
    "novalidate",
    "multiple",
    "max",
    "loading",
    "lang",
    "height",
    "for",
    "focusable",
    "enterkeyhint",
    "download",
    "disabled",
    "data-theme",
    "data-id",
    "d",
    "aria-pressed",
    "aria-live",
    "aria-labelledby",
    "aria-invalid",
    "aria-describedby",
    "alt",
    "aria-expanded",
];

/// An element that is being built. One pointer: it goes through every call in here.
pub(super) struct El(Box<Built>);

struct Built {
    tag: VTag,
    /// By the place in [`NAMES`].
    values: Box<[Option<AttributeOrProperty>]>,
}

/// A new element; `class` may be empty.
#[inline(never)]
pub(super) fn el(name: &'static str, class: &'static str) -> El {
    let element = El(Box::new(Built { tag: VTag::new(name), values: NAMES.iter().map(|_| None).collect() }));
    if class.is_empty() { element } else { element.fix("class", class) }
}

/// A button.
#[inline(never)]
pub(super) fn button(class: &'static str, act: &Callback<Input>, press: Press) -> El {
    let act = act.clone();
    let click = Callback::from(move |_: MouseEvent| act.emit(Input::Press(press)));
    el("button", class).fix("type", "button").hear(Rc::new(onclick::Wrapper::new(click)))
}

/// Text of unknown direction inside a line: it must not turn what stands around it.
pub(super) fn isolated(class: &'static str, text: &str) -> El {
    el("bdi", class).say(text)
}

impl El {
    #[inline(never)]
    fn attribute(mut self, name: &'static str, value: AttrValue) -> Self {
        for (known, slot) in NAMES.iter().zip(&mut self.0.values) {
            if *known == name {
                *slot = Some(AttributeOrProperty::Attribute(value.clone()));
            }
        }
        self
    }

    /// An attribute that is always the same.
    pub(super) fn fix(self, name: &'static str, value: &'static str) -> Self {
        self.attribute(name, AttrValue::Static(value))
    }

    #[inline(never)]
    pub(super) fn set(self, name: &'static str, value: &str) -> Self {
        self.attribute(name, AttrValue::from(value.to_owned()))
    }

    /// The current text of a field.
    pub(super) fn value(mut self, value: &str) -> Self {
        self.0.tag.set_value(Some(AttrValue::from(value.to_owned())));
        self
    }

    pub(super) fn key(mut self, key: String) -> Self {
        self.0.tag.key = Some(key.into());
        self
    }

    #[inline(never)]
    pub(super) fn hear(mut self, listener: Rc<dyn Listener>) -> Self {
        self.0.tag.add_listener(listener);
        self
    }

    #[inline(never)]
    pub(super) fn say(self, text: &str) -> Self {
        self.put(VText::new(text.to_owned()).into())
    }

    pub(super) fn with(self, child: impl Into<Html>) -> Self {
        self.put(child.into())
    }

    /// What is not there keeps its place, or its neighbours would be taken for it and drawn anew.
    pub(super) fn with_some(self, child: Option<El>) -> Self {
        self.put(child.map_or_else(Html::default, Html::from))
    }

    #[inline(never)]
    pub(super) fn put(mut self, child: Html) -> Self {
        self.0.tag.add_child(child);
        self
    }

    pub(super) fn with_all(mut self, children: impl Iterator<Item = El>) -> Self {
        for child in children {
            self = self.put(child.into());
        }
        self
    }
}

impl From<El> for Html {
    #[inline(never)]
    fn from(element: El) -> Self {
        let Built { mut tag, values } = *element.0;
        tag.set_attributes(Attributes::Dynamic { keys: &NAMES, values });
        tag.into()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// Would catch: an attribute that is not in the list, and so never reaches the page.
    #[test]
    fn every_attribute_of_the_views_is_in_the_list() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let views = fs::read_dir(folder.join("view")).unwrap().map(|file| file.unwrap().path());
        let mut found = 0;
        for path in views.chain([folder.join("view.rs")]) {
            let source = fs::read_to_string(&path).unwrap();
            for call in [".fix(", ".set("] {
                for rest in source.split(call).skip(1) {
                    let rest = rest.trim_start();
                    let name = rest.strip_prefix('"').and_then(|rest| Some(rest.split_once('"')?.0));
                    if path.ends_with("element.rs") {
                        continue;
                    }
                    assert!(name.is_some_and(|name| NAMES.contains(&name)), "{}: {name:?}", path.display());
                    found += 1;
                }
            }
        }
        assert!(found > 60, "the sources read as expected: {found}");
    }
}
