//! The two lists of conversations: pages from the server, kept fresh by the feed.

use std::{collections::BTreeMap, rc::Rc};

use chinwag_conversation::{AuthorKind, ConversationId, ConversationState, Elapsed, Summary};

use super::{answer::ListPage, problem::Problem};

/// Which list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Open,
    Closed,
}

impl Tab {
    /// The state that this list shows.
    #[must_use]
    pub fn state(self) -> ConversationState {
        match self {
            Self::Open => ConversationState::Open,
            Self::Closed => ConversationState::Closed,
        }
    }
}

/// How far the pages of a list were fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Load {
    #[default]
    Untouched,
    /// The page after this cursor is under way; `None`: the first one.
    Loading {
        after: Option<String>,
    },
    /// There is another page after this cursor.
    More(String),
    Complete,
    Failed {
        after: Option<String>,
        problem: Problem,
        at: Elapsed,
    },
}

/// One list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub load: Load,
    /// Newest first.
    pub rows: Rc<Vec<Rc<Summary>>>,
}

/// All conversations that the console has heard of.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    known: BTreeMap<ConversationId, Rc<Summary>>,
    pub open: Listing,
    pub closed: Listing,
}

/// Whether a conversation has a team or tag; every one has `None`.
#[must_use]
pub fn has(summary: &Summary, mark: Option<&str>) -> bool {
    let Some(mark) = mark else { return true };
    let context = &summary.context;
    context.team.as_deref() == Some(mark) || context.tags.iter().any(|tag| tag == mark)
}

impl Inbox {
    /// The list of `tab`.
    #[must_use]
    pub fn listing(&self, tab: Tab) -> &Listing {
        match tab {
            Tab::Open => &self.open,
            Tab::Closed => &self.closed,
        }
    }

    fn load_mut(&mut self, tab: Tab) -> &mut Load {
        match tab {
            Tab::Open => &mut self.open.load,
            Tab::Closed => &mut self.closed.load,
        }
    }

    /// The newest known state of a conversation.
    #[must_use]
    pub fn summary(&self, id: ConversationId) -> Option<&Rc<Summary>> {
        self.known.get(&id)
    }

    /// Open conversations with something unread.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.open.rows.iter().filter(|row| row.unread > 0).count() as u64
    }

    /// Starts loading what comes next in `tab`; the cursor to ask with, or `None` when nothing is to be asked.
    pub fn begin(&mut self, tab: Tab) -> Option<Option<String>> {
        let load = self.load_mut(tab);
        let after = match load {
            Load::Untouched => None,
            Load::More(cursor) => Some(cursor.clone()),
            Load::Failed { after, .. } => after.clone(),
            Load::Loading { .. } | Load::Complete => return None,
        };
        *load = Load::Loading { after: after.clone() };
        Some(after)
    }

    /// A page arrived. The feed may have been faster: what is newer stays.
    pub fn loaded(&mut self, tab: Tab, page: ListPage) {
        *self.load_mut(tab) = page.next.map_or(Load::Complete, Load::More);
        for summary in page.items {
            self.keep(summary);
        }
        self.arrange();
    }

    /// A page did not arrive.
    pub fn failed(&mut self, tab: Tab, problem: Problem, at: Elapsed) {
        let load = self.load_mut(tab);
        let after = match load {
            Load::Loading { after } => after.take(),
            _ => None,
        };
        *load = Load::Failed { after, problem, at };
    }

    /// One conversation changed.
    pub fn changed(&mut self, summary: Summary) {
        self.keep(summary);
        self.arrange();
    }

    /// Everything in it was read here.
    pub fn read(&mut self, id: ConversationId) {
        let Some(summary) = self.known.get_mut(&id) else { return };
        if summary.unread > 0 {
            Rc::make_mut(summary).unread = 0;
            self.arrange();
        }
    }

    fn keep(&mut self, mut summary: Summary) {
        if let Some(known) = self.known.get(&summary.conversation) {
            if known.top > summary.top {
                return;
            }
            if known.top == summary.top {
                // Read here a moment ago; the server may not have known yet.
                summary.unread = summary.unread.min(known.unread);
            }
        }
        self.known.insert(summary.conversation, Rc::new(summary));
    }

    fn arrange(&mut self) {
        for (tab, listing) in [(Tab::Open, &mut self.open), (Tab::Closed, &mut self.closed)] {
            let mut rows: Vec<_> = self.known.values().filter(|row| row.state == tab.state()).cloned().collect();
            rows.sort_by_key(|row| core::cmp::Reverse((row.updated_at, row.conversation)));
            if *listing.rows != rows {
                listing.rows = Rc::new(rows);
            }
        }
    }
}

/// Whether the visitor had the last word in an open conversation.
#[must_use]
pub fn waits(summary: &Summary) -> bool {
    summary.state == ConversationState::Open && summary.preview_by == AuthorKind::Visitor
}
