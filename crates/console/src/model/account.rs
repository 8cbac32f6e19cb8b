//! Who sits in front of the console.

use serde::Serialize;

use super::{answer::Me, problem::Problem};

/// Where the agent stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Account {
    /// The server is asked who this is.
    #[default]
    Checking,
    /// That question could not be answered; it is asked again.
    Unknown(Problem),
    /// Came with a one-time code.
    SettingUp {
        code: String,
        form: Form,
    },
    SignedOut {
        ended: Ended,
        form: Form,
    },
    SignedIn(Me),
}

/// Why there is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There was none.
    Never,
    /// By the agent's own click.
    Asked,
    /// By the server, in the middle of work.
    Expired,
}

/// A form that is sent once at a time. The fields stay in the form, so that nothing typed is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Ready,
    Sending,
    Refused(Problem),
}

/// Body of the set-up request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetUp {
    pub code: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

/// Body of the sign-in request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignIn {
    pub email: String,
    pub password: String,
}

impl Account {
    /// The form, if one is shown.
    pub fn form_mut(&mut self) -> Option<&mut Form> {
        match self {
            Self::SettingUp { form, .. } | Self::SignedOut { form, .. } => Some(form),
            Self::Checking | Self::Unknown(_) | Self::SignedIn(_) => None,
        }
    }

    /// No session, for this reason.
    #[must_use]
    pub fn ended(ended: Ended) -> Self {
        Self::SignedOut { ended, form: Form::Ready }
    }
}
