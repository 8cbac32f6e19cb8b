//! Elements built by calls. Yew's `html!` writes the whole construction out wherever an element stands; with it the views
//! are twice as large, and every visitor of every site would pay for that.

use std::rc::Rc;

use yew::{
    AttrValue, Callback, Html, MouseEvent,
    html::onclick,
    virtual_dom::{AttributeOrProperty, Attributes, Listener, VTag, VText},
};

use crate::model::{Input, Press};

/// An element that is being built.
pub(super) struct El(Box<VTag>);

/// A new element; `class` may be empty.
#[inline(never)]
pub(super) fn el(name: &'static str, class: &'static str) -> El {
    let mut tag = VTag::new(name);
    if !class.is_empty() {
        let class = AttributeOrProperty::Attribute(AttrValue::Static(class));
        tag.set_attributes(Attributes::Dynamic { keys: &["class"], values: Box::new([Some(class)]) });
    }
    El(Box::new(tag))
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
        self.0.add_attribute(name, value);
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
        self.0.set_value(Some(AttrValue::from(value.to_owned())));
        self
    }

    pub(super) fn key(mut self, key: String) -> Self {
        self.0.key = Some(key.into());
        self
    }

    #[inline(never)]
    pub(super) fn hear(mut self, listener: Rc<dyn Listener>) -> Self {
        self.0.add_listener(listener);
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
        self.0.add_child(child);
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
        (*element.0).into()
    }
}
