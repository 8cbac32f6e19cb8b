//! What a rule decided to show, as the scout hands it over: texts are already in one language.

/// Where a conversation came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) rule: String,
    pub(crate) variant: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) origin: Origin,
    pub(crate) actions: Vec<Action>,
    /// The card goes away by itself after this time, in ms.
    pub(crate) expires_ms: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Notify(Notification),
    Open,
    Prefill(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) from: Option<String>,
    pub(crate) text: String,
    /// At most [`CHOICES`] of both together are shown.
    pub(crate) replies: Vec<String>,
    pub(crate) buttons: Vec<Button>,
    /// A bot is labelled as one.
    pub(crate) bot: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) does: ButtonDoes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ButtonDoes {
    Open,
    Dismiss,
}

/// Most replies and buttons on a card.
pub(crate) const CHOICES: usize = 3;

/// The small card above the launcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) notification: Notification,
    pub(crate) source: CardSource,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CardSource {
    Rule(Origin),
    /// An answer came while the panel was closed.
    Answer,
}
