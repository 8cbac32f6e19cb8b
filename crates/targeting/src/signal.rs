//! What the page just told us.

use crate::value::Value;

/// How a visitor seems to leave. Never the Back button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The pointer left through the top of the window.
    Pointer,
    /// The visitor looked at another tab and came back. Hosts send `Return` instead; files' own tests use this.
    TabReturn,
}

/// A moment in a form's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormPhase {
    /// The first field was touched.
    Start,
    /// It was sent.
    Submit,
    /// The page or the browser refused it.
    Error,
    /// It was started and left.
    Abandon,
}

/// A moment in a conversation's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationPhase {
    /// The panel was opened.
    Opened,
    /// The visitor sent a message.
    Sent,
    /// A message for the visitor arrived.
    Received,
    /// It ended.
    Ended,
}

/// One signal. `Wake` is the host's timer going off at `Pass::next_wakeup`.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A page view, also by a route change inside a single-page application. Set the facts of the new page first.
    Page,
    /// The instant named by the last pass has come.
    Wake,
    /// A clock (the fact of a timer, such as `page.secondsVisible`) has reached this many seconds. Hosts send `Wake`
    /// instead; files' own tests use this.
    #[cfg(feature = "tools")]
    Timer {
        /// The fact that the clock is.
        fact: String,
        /// Seconds on it.
        seconds: f64,
    },
    /// The deepest point seen, in percent of the content, 0 to 100.
    Scroll(f64),
    /// The visitor seems to leave.
    Exit(Exit),
    /// No input for this many seconds. Not needed when the fact `page.secondsIdle` runs by itself.
    Idle(f64),
    /// The tab is shown again after being hidden for this many seconds. It is an exit by `tab-return` as well.
    Return(f64),
    /// Elements came on screen: all selectors of `visible` triggers that name one of them. One event is one signal,
    /// however many rules wait for it.
    Visible(Vec<String>),
    /// An element was clicked: all selectors of `click` triggers that name it or what it is in.
    Click(Vec<String>),
    /// A form did something: all selectors of `form` triggers that name it. Triggers without one need no name.
    Form(FormPhase, Vec<String>),
    /// Several quick clicks on one spot.
    Rage,
    /// The site said so: a name and data. The data are the facts `signal.*` of this pass.
    Custom(String, Value),
    /// The fact at this path changed.
    Fact(String),
    /// Something happened in the conversation.
    Conversation(ConversationPhase),
    /// Availability of agents changed.
    Agents,
    /// Nothing happened, but what the rule with this index waits for is tried: for explanations.
    Tried(u16),
}

/// The kinds of signals, as bits of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Wake,
    Timer,
    Scroll,
    Exit,
    Idle,
    Visible,
    Click,
    Form,
    Rage,
    Custom,
    Fact,
    Conversation,
    Agents,
}

impl Kind {
    pub(crate) fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Signal {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Signal::Page => Kind::Page,
            Signal::Wake | Signal::Tried(_) => Kind::Wake,
            #[cfg(feature = "tools")]
            Signal::Timer { .. } => Kind::Timer,
            Signal::Scroll(_) => Kind::Scroll,
            Signal::Exit(_) => Kind::Exit,
            Signal::Idle(_) => Kind::Idle,
            Signal::Return(_) => Kind::Exit,
            Signal::Visible(_) => Kind::Visible,
            Signal::Click(_) => Kind::Click,
            Signal::Form(..) => Kind::Form,
            Signal::Rage => Kind::Rage,
            Signal::Custom(..) => Kind::Custom,
            Signal::Fact(_) => Kind::Fact,
            Signal::Conversation(_) => Kind::Conversation,
            Signal::Agents => Kind::Agents,
        }
    }

    /// The clock that has come so far, of a timer.
    pub(crate) fn timer(&self) -> Option<(&str, f64)> {
        match self {
            #[cfg(feature = "tools")]
            Signal::Timer { fact, seconds } => Some((fact, *seconds)),
            _ => None,
        }
    }
}
