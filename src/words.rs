//! What the interface says, in the visitor's language. English is compiled in; other tables arrive as objects.

mod table;

pub(crate) use table::Words;

macro_rules! words {
    ($($name:ident $key:literal $english:literal)*) => {
        /// One text without a number in it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word { $($name),* }

        /// The English text of each [`Word`] on a line of its own, in its order.
        pub(crate) const ENGLISH: &str = concat!($($english, "\n"),*);

        /// Key and English text, in the same order: what the build makes of a table has the texts only.
        #[cfg(test)]
        const WORDS: &[(&str, &str)] = &[$(($key, $english)),*];
    };
}

words! {
    Conversation "conversation" "Conversation with {name}"
    Team "team" "Support"
    Close "close" "Close"
    Sound "sound" "Sound for new messages"
    Available "available" "Someone is here"
    Busy "busy" "Everyone is busy right now"
    Away "away" "We are away"
    BusyNote "busy.note" "You can write already. We answer as soon as someone is free."
    AwayNote "away.note" "We are away just now. Write to us and we will answer here when we are back."
    AwayForm "away.form" "We are away just now. Leave a message and we will reply by e-mail."
    Answer "answer" "We will answer by e-mail to {email}."
    Messages "messages" "Messages"
    You "you" "You"
    Bot "bot" "Automated"
    Compose "compose" "Write a message"
    Hint "hint" "Write a message…"
    Send "send" "Send"
    Waiting "state.waiting" "Will be sent when the connection returns"
    Sending "state.sending" "Sending…"
    Sent "state.sent" "Sent"
    Delivered "state.delivered" "Delivered"
    Read "state.read" "Read"
    Failed "state.failed" "Not sent"
    FailedLong "failed.long" "This message is too long."
    FailedRate "failed.rate" "Too many messages in a short time."
    FailedServer "failed.server" "The server could not store it just now."
    FailedRefused "failed.refused" "The server did not accept this message."
    Full "full" "Too many messages are waiting. Please try again later."
    Attach "file" "Attach files, each up to {size}"
    FileLong "file.long" "The most is {size}."
    FileKind "file.kind" "Only images, PDF and plain text can be sent."
    Edit "edit" "Edit"
    Delete "delete" "Delete"
    AskDelete "delete.ask" "Delete this message?"
    Edited "edited" "edited"
    Deleted "deleted" "This message was deleted"
    Cancel "cancel" "Cancel"
    Retry "retry" "Try again"
    Remove "remove" "Remove"
    Connecting "line.connecting" "Connecting…"
    Reconnecting "line.reconnecting" "Reconnecting…"
    Offline "line.offline" "You are offline. What you write is kept and sent later."
    Unreachable "line.unreachable" "We cannot be reached right now. What you write is kept and sent later."
    Unkept "line.unkept" "Keep this page open. What you write is sent later."
    TryNow "line.now" "Try now"
    Back "line.back" "Connected again"
    Typing "typing" "{name} is writing…"
    TypingSomeone "typing.someone" "Someone is writing…"
    Joined "joined" "{name} joined the conversation"
    JoinedSomeone "joined.someone" "Someone joined the conversation"
    Ended "ended" "This conversation has ended"
    Rate "rate" "How was this conversation?"
    Rate1 "rate.1" "Very bad"
    Rate2 "rate.2" "Bad"
    Rate3 "rate.3" "All right"
    Rate4 "rate.4" "Good"
    Rate5 "rate.5" "Very good"
    Thanks "rate.thanks" "Thank you for your rating."
    Start "start" "Start a new conversation"
    Name "form.name" "Name"
    Optional "form.optional" "optional"
    Email "form.email" "E-mail"
    Message "form.message" "Message"
    Submit "form.send" "Send message"
    EmailBad "form.email.bad" "Please enter an e-mail address, such as name@example.com."
    NameLong "form.name.long" "This name is too long."
    MessageEmpty "form.message.empty" "Please write a message."
    Ways "ways" "You can also reach us another way:"
    WriteTo "ways.email" "E-mail {address}"
    Call "ways.phone" "Call {number}"
    Loading "loading" "Loading messages…"
    Notification "card" "Message from {name}"
    Dismiss "card.close" "Dismiss"
    Says "says" "{name}: {text}"
    Newest "newest" "Go to the newest messages"
    NewTab "link.tab" "(opens in a new tab)"
}

/// A text that depends on a number, `{count}` in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Messages not yet seen.
    New,
    /// Characters that still fit.
    Left,
    /// Characters too many.
    Over,
}

/// Key, English for one, English for others; in the order of [`Counted`].
pub(crate) const COUNTED: &[(&str, &str, &str)] = &[
    ("new", "{count} new message", "{count} new messages"),
    ("left", "{count} character left", "{count} characters left"),
    ("over", "{count} character too many", "{count} characters too many"),
];

/// `{name}` in `text` replaced by `value`. One place only: no text repeats a name.
pub(crate) fn fill(text: &str, name: &str, value: &str) -> String {
    let mut rest = text;
    let mut before = 0;
    while let Some(open) = rest.find('{') {
        let inner = &rest[open + 1..];
        if inner.strip_prefix(name).is_some_and(|after| after.starts_with('}')) {
            let start = before + open;
            return [&text[..start], value, &text[start + name.len() + 2..]].concat();
        }
        before += open + 1;
        rest = inner;
    }
    text.to_owned()
}

#[cfg(test)]
mod tests;
