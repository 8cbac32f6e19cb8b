//! What only agents are sent.

use chinwag_conversation::{ConversationState, Summary};

use super::{Node, author_kind, context, conversation, wall};

/// Only agents' events have one; `None`: it has one that cannot be read.
#[expect(clippy::option_option, reason = "there is none, or it cannot be read")]
pub(super) fn summary_of(node: &Node) -> Option<Option<Summary>> {
    node.at("summary").here().map_or(Some(None), |node| summary(&node).map(Some))
}

fn summary(node: &Node) -> Option<Summary> {
    Some(Summary {
        conversation: conversation(node)?,
        site: node.at("site").text()?,
        state: match node.at("state").text()?.as_str() {
            "open" => ConversationState::Open,
            "closed" => ConversationState::Closed,
            _ => return None,
        },
        visitor: node.at("visitor").text(),
        preview: node.at("preview").text()?,
        preview_by: author_kind(&node.at("preview_by"))?,
        top: node.at("top").number()?,
        unread: node.at("unread").number()?,
        started_at: wall(node, "started_at")?,
        updated_at: wall(node, "updated_at")?,
        agent: node.at("agent").text(),
        context: context(&node.at("context")),
    })
}
