//! What the link tells, as far as it concerns the conversation that is shown.

use chinwag_conversation::{ConversationId, Notice, Side, Stream};

use crate::model::{Input, thread::Progress};

/// `None`: nothing for this conversation.
pub(crate) fn hear(notice: Notice, conversation: ConversationId) -> Option<Input> {
    let ours = Stream::Conversation(conversation);
    match notice {
        Notice::Link(link) => Some(Input::Link(link)),
        Notice::Welcome(welcome) => {
            let state = welcome.streams.iter().find(|state| state.stream == ours);
            Some(Input::Welcome {
                top: state.map_or(0, |state| state.top),
                agent: state
                    .map_or_else(Progress::default, |state| Progress { delivered: state.delivered, read: state.read }),
                availability: welcome.availability,
                limits: welcome.limits,
            })
        }
        Notice::Event(event) if event.stream == ours => Some(Input::Entry(event.entry)),
        Notice::Older { stream, events, start_reached } if stream == ours => {
            let entries = events.into_iter().map(|event| event.entry).collect();
            Some(Input::Older { entries, start_reached })
        }
        Notice::Reset(stream) if stream == ours => Some(Input::Reset),
        Notice::Outgoing(outgoing) if outgoing.conversation == conversation => Some(Input::Outgoing(outgoing)),
        Notice::Discarded(id) => Some(Input::Discarded(id)),
        Notice::Cursor(report) if report.conversation == conversation => {
            let progress = Progress { delivered: report.delivered, read: report.read };
            (report.side == Side::Agent).then_some(Input::Progress(progress))
        }
        Notice::Typing(typing) if typing.conversation == conversation => {
            (typing.side == Side::Agent).then_some(Input::Typing(typing.name))
        }
        Notice::Availability(availability) => Some(Input::Availability(availability)),
        Notice::Refused(_) => Some(Input::Refused),
        _ => None,
    }
}
