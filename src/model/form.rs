//! The away form: checked as the server checks, sent as two entries.

use chinwag_conversation::{AuthorKind, Kind};

use super::{Effect, Focus, Form, Model};

/// What must be mended in the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    pub(crate) name: Option<Problem>,
    pub(crate) email: Option<Problem>,
    pub(crate) text: Option<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Missing,
    Wrong,
}

impl Problems {
    fn find(name: Option<&str>, email: &str, text: &str) -> Self {
        let wrong = |kind: Kind| kind.check(AuthorKind::Visitor).is_err().then_some(Problem::Wrong);
        let given = |text: &str| Some(text.to_owned());
        Self {
            name: name.and_then(|name| wrong(Kind::Contact { name: given(name), email: None })),
            email: wrong(Kind::Contact { name: None, email: given(email) }),
            text: match text {
                "" => Some(Problem::Missing),
                _ => wrong(Kind::Message { text: text.to_owned() }),
            },
        }
    }
}

impl Model {
    pub(super) fn left_message(&mut self, name: &str, email: &str, text: &str) {
        self.touched();
        let name = Some(name.trim()).filter(|name| !name.is_empty());
        let (email, text) = (email.trim(), text.trim());
        self.problems = Problems::find(name, email, text);
        if self.problems != Problems::default() {
            self.effects.push(Effect::Focus(Focus::Invalid));
            return;
        }
        self.form = Form::Sent;
        self.send(Kind::Contact { name: name.map(str::to_owned), email: Some(email.to_owned()) });
        self.send_text(text.to_owned());
        self.draft.clear();
        self.effects.extend([Effect::KeepDraft(String::new()), Effect::Focus(Focus::Composer)]);
    }
}
