//! Files: the bytes go first, then the entry that names them.

use chinwag_conversation::{Delivery, FileRef, Kind, MessageId, NackCode, Outgoing};

use super::{Bottom, Effect, Foot, Model, Panel, input::Said, rows::Reach, thread::is_upload};

impl Model {
    /// Whether files are taken here and now.
    pub(crate) fn takes_files(&self) -> bool {
        self.limits.file_bytes > 0 && self.panel != Panel::Closed && self.foot() == Foot::Composer
    }

    pub(super) fn picked(&mut self, upload: Outgoing) {
        let Kind::File { file } = &upload.kind else { return };
        let (id, fits) = (upload.id, file.size <= u64::from(self.limits.file_bytes));
        self.touched();
        self.bottom = Bottom::Seen;
        self.thread.came(upload);
        if fits {
            self.effects.push(Effect::Upload(id));
        } else {
            self.not_uploaded(id, NackCode::TooLong);
        }
    }

    pub(super) fn uploaded(&mut self, id: MessageId, answer: Result<FileRef, NackCode>) {
        match answer {
            // It may have been given up meanwhile.
            Ok(file) => {
                if self.thread.upload(id, Delivery::Sending).is_some() {
                    self.send(Kind::File { file });
                    self.effects.push(Effect::Message { theirs: false });
                }
            }
            Err(code) => self.not_uploaded(id, code),
        }
    }

    fn not_uploaded(&mut self, id: MessageId, code: NackCode) {
        if code == NackCode::Unavailable && self.connection.reach() == Reach::Away {
            self.thread.upload(id, Delivery::Queued);
        } else if self.thread.upload(id, Delivery::Failed(code)).is_some() {
            self.say(Said::Failed);
        }
    }

    /// Files that found no server go on when there is one again.
    pub(super) fn upload_again(&mut self) {
        let waits = |of: &&Outgoing| {
            is_upload(&of.kind) && matches!(of.delivery, Delivery::Queued | Delivery::Failed(NackCode::Unavailable))
        };
        let waiting: Vec<_> = self.thread.outgoing().iter().filter(waits).map(|of| of.id).collect();
        waiting.into_iter().for_each(|id| self.retried(id));
    }

    pub(super) fn retried(&mut self, id: MessageId) {
        let effect = match self.thread.upload(id, Delivery::Sending) {
            Some(()) => Effect::Upload(id),
            None => Effect::Retry(id),
        };
        self.effects.push(effect);
    }
}
