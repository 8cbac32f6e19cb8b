//! Carries out effects. With `api`, the only part that touches the browser outside the views.

mod address;
mod alert;
mod files;
mod live;
mod store;

use std::cell::RefCell;

use chinwag_browser::{clock, random};
use chinwag_conversation::{Draft, Kind, MessageId};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use crate::{
    api,
    model::{Action, Effect, Now, Problem, UploadNews},
};

pub(crate) use address::{Address, fragment, watch_address};
pub(crate) use alert::{bell, copy, set_title};
pub(crate) use files::Files;
use live::Live;
use store::Store;

/// Both clocks.
pub(crate) fn now() -> Now {
    Now { wall: clock::wall(), elapsed: clock::elapsed() }
}

/// What the console holds of the browser.
pub(crate) struct Rim {
    act: Callback<Action>,
    live: RefCell<Option<Live>>,
    store: RefCell<Option<Store>>,
    pub(crate) files: Files,
}

impl Rim {
    pub(crate) fn new(act: Callback<Action>) -> Self {
        let files = Files::new(act.clone());
        Self { act, live: RefCell::default(), store: RefCell::default(), files }
    }

    /// Carries out one effect; what comes of it arrives as an action.
    pub(crate) fn run(&self, effect: Effect) {
        match effect {
            Effect::AskMe => self.later(async { Action::Me(api::me().await) }),
            Effect::SetUp(form) => {
                self.later(async move { Action::Entered(api::set_up(&form).await) });
            }
            Effect::SignIn(form) => {
                self.later(async move { Action::Entered(api::sign_in(&form).await) });
            }
            Effect::SignOut => self.later(async { Action::SignedOut(api::sign_out().await) }),
            Effect::PutIntent(intent) => {
                self.later(async move { Action::Intended(api::put_intent(intent).await) });
            }
            Effect::LoadList { tab, after } => self.later(async move {
                let answer = api::conversations(tab, after.as_deref()).await;
                Action::List { tab, after, answer }
            }),
            Effect::LoadEntries { conversation, before } => self.later(async move {
                let answer = api::entries(conversation, before).await.map(Box::new);
                Action::Entries { conversation, before, answer }
            }),
            Effect::LoadReport(ask) => self.later(async move {
                let answer = api::report(&ask).await;
                Action::Report { ask, answer }
            }),
            Effect::AskBell => alert::ask(self.act.reform(Action::Bell)),
            Effect::SilenceBell => alert::silence(),
            Effect::Alert { conversation, from, text } => alert::show(conversation, &from, &text),
            other => self.run_kept(other),
        }
    }

    /// Effects on the link and on what is kept on the device.
    fn run_kept(&self, effect: Effect) {
        match effect {
            Effect::Follow(position) => {
                let outbox = self.store.borrow().as_ref().map(Store::scope);
                *self.live.borrow_mut() = Some(Live::start(position, outbox, self.act.clone()));
            }
            Effect::Unfollow => drop(self.live.take()),
            Effect::Send { conversation, kind, as_of } => {
                let draft = Draft { conversation, kind: kind.clone(), context: None, as_of };
                if !self.append(random::message_id(), draft) {
                    self.later(async move { Action::Unsent(conversation, kind) });
                }
            }
            Effect::Upload { id, conversation } => self.files.send(id, conversation),
            Effect::Abort(id) => self.files.drop(id),
            Effect::SendFile { id, conversation, file } => {
                let draft = Draft { conversation, kind: Kind::File { file }, context: None, as_of: None };
                if !self.append(id, draft) {
                    // Tried again, the server knows the file already.
                    self.later(async move { Action::Uploaded(id, UploadNews::Failed(Problem::Unreachable)) });
                }
            }
            Effect::Restore { email } => {
                let store = Store::of(&email);
                let drafts = store.drafts();
                *self.store.borrow_mut() = Some(store);
                self.later(async move { Action::Restored(drafts) });
            }
            Effect::KeepDraft(conversation, text) => {
                if let Some(store) = &*self.store.borrow() {
                    store.keep_draft(conversation, &text);
                }
            }
            Effect::Forget => {
                if let Some(store) = self.store.take() {
                    store.forget();
                }
            }
            other => {
                if let Some(live) = &*self.live.borrow() {
                    live.run(other);
                }
            }
        }
    }

    fn append(&self, id: MessageId, draft: Draft) -> bool {
        self.live.borrow().as_ref().is_some_and(|live| live.link.send(id, draft))
    }

    fn later(&self, work: impl Future<Output = Action> + 'static) {
        let act = self.act.clone();
        spawn_local(async move { act.emit(work.await) });
    }
}
