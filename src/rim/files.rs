//! Files: where they come in, and their bytes until they have arrived.

use chinwag_browser::{
    js, random,
    upload::{Given, News, Upload, given},
};
use chinwag_conversation::{Delivery, FileId, FileRef, Kind, MessageId, NackCode, Outgoing};
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::Callback;

use super::Rim;
use crate::model::Input;

/// Files that were chosen and are not yet in the outbox. Their bytes are in the page only; the device keeps an entry as refused
/// meanwhile, so that after a reload the visitor sees what was not sent.
#[derive(Default)]
pub(super) struct Files(Vec<(MessageId, JsValue, Option<Upload>)>);

impl Files {
    pub(super) fn drop(&mut self, id: MessageId) {
        self.0.retain(|(known, ..)| *known != id);
    }
}

/// Chosen, dropped or pasted anywhere in here. Nothing that is dropped may take the page's place.
pub(crate) fn watch(root: &Element, taken: Callback<Vec<Given>>) -> [EventListener; 4] {
    ["change", "paste", "dragover", "drop"].map(|name| {
        let taken = taken.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(root, name, options, move |event| {
            let files = given(event);
            if name == "dragover" || !files.is_empty() && name != "change" {
                event.prevent_default();
            }
            if !files.is_empty() {
                taken.emit(files);
                // The same file may be chosen again.
                if name == "change" {
                    js::set(&js::get(event, "target"), "value", &"".into());
                }
            }
        })
    })
}

impl Rim {
    /// An entry without a path: the bytes stay here.
    pub(crate) fn take(&mut self, given: Given) -> Option<Input> {
        self.connect(false);
        let conversation = self.identity.as_ref()?.conversation;
        let id = random::message_id();
        let Given { file, name, size } = given;
        self.files.0.push((id, file, None));
        let (width, height, media, path) = Default::default();
        let file = FileRef { id: FileId(id.0), name, media, size, width, height, path };
        let entry = Outgoing { id, conversation, kind: Kind::File { file }, delivery: Delivery::Sending };
        self.begun();
        if let Some(link) = &self.link {
            link.keep(&entry);
        }
        Some(Input::Picked(entry))
    }

    pub(super) fn upload(&mut self, id: MessageId) {
        let url = [self.server().as_str(), "/v1/sites/", &self.site, "/files"].concat();
        let told = self.later.upload.clone();
        let held = self.files.0.iter_mut().find(|(known, ..)| *known == id);
        if let (Some(identity), Some((_, file, upload))) = (&self.identity, held) {
            let (conversation, name) = (identity.conversation.text(), id.text());
            let fields = [("token", identity.token.as_str()), ("conversation", &conversation), ("id", &name)];
            *upload = Some(Upload::start(&url, &fields, file, move |news| told.emit((id, news))));
        }
    }

    /// How far it is goes straight to its bar: nothing else changes. `None`: nothing for the model.
    pub(crate) fn hear_upload(&self, id: MessageId, news: News) -> Option<Input> {
        let answer = match news {
            News::Progress(percent) => {
                let bar = self.find(&["[data-id='", &id.text(), "']"].concat())?;
                js::set(&bar, "value", &percent.into());
                return None;
            }
            News::Done(file) => Ok(file),
            News::Failed(status, _) => Err(match status {
                413 => NackCode::TooLong,
                400 | 415 => NackCode::Malformed,
                429 => NackCode::Rate,
                _ => NackCode::Unavailable,
            }),
        };
        Some(Input::Uploaded(id, answer))
    }

    /// The origin that is spoken to.
    pub(crate) fn server(&self) -> String {
        let first = || self.servers.first().cloned().unwrap_or_default();
        self.link.as_ref().map_or_else(first, chinwag_browser::link::Link::server)
    }
}
