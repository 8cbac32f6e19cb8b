//! The files themselves: the model knows names, the bytes stay here until they have arrived.

use std::{cell::RefCell, rc::Rc};

use chinwag_browser::{
    random,
    upload::{Given, News, Upload},
};
use chinwag_conversation::{ConversationId, MessageId};
use wasm_bindgen::JsValue;
use yew::Callback;

use crate::{
    api,
    model::{Action, Picked, UploadNews},
};

/// Files that were chosen and are not yet in the outbox.
#[derive(Clone)]
pub(crate) struct Files {
    act: Callback<Action>,
    held: Rc<RefCell<Vec<Held>>>,
}

struct Held {
    id: MessageId,
    file: JsValue,
    upload: Option<Upload>,
}

impl Files {
    pub(super) fn new(act: Callback<Action>) -> Self {
        Self { act, held: Rc::default() }
    }

    /// The agent chose, dropped or pasted these.
    pub(crate) fn take(&self, conversation: ConversationId, given: Vec<Given>) {
        let picked = given.into_iter().map(|Given { file, name, size }| {
            let id = random::message_id();
            self.held.borrow_mut().push(Held { id, file, upload: None });
            Picked { id, name, size }
        });
        let picked: Vec<_> = picked.collect();
        if !picked.is_empty() {
            self.act.emit(Action::Attach(conversation, picked));
        }
    }

    pub(super) fn send(&self, id: MessageId, conversation: ConversationId) {
        let act = self.act.clone();
        if let Some(held) = self.held.borrow_mut().iter_mut().find(|held| held.id == id) {
            let fields = [("conversation", &*conversation.to_string()), ("id", &*id.to_string())];
            held.upload = Some(Upload::start("/v1/agent/files", &fields, &held.file, move |news| {
                act.emit(Action::Uploaded(
                    id,
                    match news {
                        News::Progress(percent) => UploadNews::Progress(percent),
                        News::Done(file) => UploadNews::Done(file),
                        News::Failed(status, text) => UploadNews::Failed(api::refusal(status, &text)),
                    },
                ));
            }));
        }
    }

    pub(super) fn drop(&self, id: MessageId) {
        self.held.borrow_mut().retain(|held| held.id != id);
    }
}
