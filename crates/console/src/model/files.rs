//! Files that the agent sends: first the bytes, then the entry that names them.

use std::rc::Rc;

use chinwag_conversation::{ConversationId, Delivery, FileId, FileRef, Kind, MessageId, Outgoing};

use super::{Console, Effect, Problem, text::size_of};

/// A file that the agent chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    /// Of the upload, and then of the entry.
    pub id: MessageId,
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub conversation: ConversationId,
    pub name: String,
    pub size: u64,
    pub state: UploadState,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// This many percent of the bytes have left.
    Going(u8),
    /// There is no server; it goes when there is one again.
    Waiting,
    Failed(Problem),
}

/// What is told of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadNews {
    Progress(u8),
    Done(FileRef),
    Failed(Problem),
}

impl Console {
    pub(super) fn attach(&mut self, conversation: ConversationId, files: Vec<Picked>, effects: &mut Vec<Effect>) {
        let most = u64::from(self.file_bytes);
        self.at_latest = true;
        for Picked { id, name, size } in files {
            let state = if size > most {
                UploadState::Failed(too_large(most))
            } else {
                effects.push(Effect::KeepFile(kept(id, conversation, &name, size)));
                effects.push(Effect::Upload { id, conversation });
                UploadState::Going(0)
            };
            Rc::make_mut(&mut self.uploads).insert(id, Upload { conversation, name, size, state });
        }
    }

    /// Retrying and giving up look the same for a file that is not yet there and for an entry.
    pub(super) fn retry(&mut self, id: MessageId, effects: &mut Vec<Effect>) {
        match Rc::make_mut(&mut self.uploads).get_mut(&id) {
            Some(upload) => {
                upload.state = UploadState::Going(0);
                effects.push(Effect::Upload { id, conversation: upload.conversation });
            }
            None => effects.push(Effect::Retry(id)),
        }
    }

    pub(super) fn discard(&mut self, id: MessageId, effects: &mut Vec<Effect>) {
        if Rc::make_mut(&mut self.uploads).remove(&id).is_some() {
            effects.extend([Effect::Abort(id), Effect::Discard(id)]);
        } else {
            Rc::make_mut(&mut self.outgoing).remove(&id);
            effects.push(Effect::Discard(id));
        }
    }

    pub(super) fn uploaded(&mut self, id: MessageId, news: UploadNews, effects: &mut Vec<Effect>) {
        if let UploadNews::Failed(problem) = &news {
            self.check(problem, effects);
        }
        let live = self.connection.is_live();
        // It may have been given up meanwhile.
        let Some(upload) = Rc::make_mut(&mut self.uploads).get_mut(&id) else { return };
        match news {
            UploadNews::Progress(percent) => upload.state = UploadState::Going(percent),
            UploadNews::Failed(Problem::Unreachable) if !live => upload.state = UploadState::Waiting,
            UploadNews::Failed(problem) => {
                self.announcement = [upload.name.as_str(), ": ", problem.words()].concat().into();
                upload.state = UploadState::Failed(problem);
            }
            // It stays until the outbox has it.
            UploadNews::Done(file) => {
                upload.state = UploadState::Going(100);
                effects.push(Effect::SendFile { id, conversation: upload.conversation, file });
            }
        }
    }

    /// Files that found no server go on when there is one again.
    pub(super) fn upload_again(&mut self, effects: &mut Vec<Effect>) {
        // The upload may have failed before the connection did.
        let waits =
            |upload: &Upload| matches!(upload.state, UploadState::Waiting | UploadState::Failed(Problem::Unreachable));
        let waiting: Vec<_> = self.uploads.iter().filter(|(_, upload)| waits(upload)).map(|(id, _)| *id).collect();
        waiting.into_iter().for_each(|id| self.retry(id, effects));
    }

    /// The entry takes the upload's place.
    pub(super) fn settle_upload(&mut self, id: MessageId, effects: &mut Vec<Effect>) {
        if self.uploads.contains_key(&id) {
            Rc::make_mut(&mut self.uploads).remove(&id);
            effects.push(Effect::Abort(id));
        }
    }
}

/// An entry without a path: its bytes are nowhere yet.
fn kept(id: MessageId, conversation: ConversationId, name: &str, size: u64) -> Outgoing {
    let (width, height, media, path) = Default::default();
    let file = FileRef { id: FileId(id.0), name: name.to_owned(), media, size, width, height, path };
    Outgoing { id, conversation, kind: Kind::File { file }, delivery: Delivery::Sending }
}

/// As the server would refuse it, without the bytes on their way.
fn too_large(most: u64) -> Problem {
    let message = ["This file is too large. The most is ", &size_of(most), "."].concat();
    Problem::Refused { status: 413, code: "too_large".into(), message }
}
