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
    /// The rule takes it that nobody is there, as long as nothing is known.
    pub(crate) away: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Notify(Notification),
    Open,
    Prefill(String),
    /// First messages to choose from, when the panel is open.
    Suggest(Vec<String>),
    /// Somebody seems to write first. Only here: a conversation begins with the visitor.
    Message {
        text: String,
        bot: bool,
    },
    /// The form in the place of the composer.
    Form,
    /// For the agents, with the first message.
    Tag(String),
    Route(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) from: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    /// At most [`CHOICES`] of both together are shown.
    pub(crate) replies: Vec<String>,
    pub(crate) buttons: Vec<Button>,
    /// A bot is labelled as one.
    pub(crate) bot: bool,
    pub(crate) shape: Shape,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    #[default]
    Card,
    /// A few words without a sender.
    Teaser,
}

/// What a rule said in somebody's name; it stands behind the entry `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) text: String,
    pub(crate) bot: bool,
    pub(crate) after: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) does: ButtonDoes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ButtonDoes {
    Open,
    Dismiss,
    Form,
    Navigate(String),
}

/// Most replies and buttons on a card.
pub(crate) const CHOICES: usize = 3;

/// The small card above the launcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) notification: Notification,
    pub(crate) source: CardSource,
    pub(crate) painted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CardSource {
    Rule(Origin),
    /// An answer came while the panel was closed.
    Answer,
}
