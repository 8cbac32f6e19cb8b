//! The same promises without a disk: for tests, and as the second opinion on the contract.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chinwag_conversation::{
    Author, AuthorKind, Context, ConversationId, CursorReport, Entry, Event, Kind, MessageId, Range, Side, Stream,
    StreamState, Summary, WallTime, frame::ConversationState,
};

use super::{
    AgentId, AgentRow, AgentScope, Answer, Append, Appended, Credential, Hash, InboxKey, InboxQuery, Intent,
    Invitation, Me, Moved, NewAgent, Operator, Place, Redeemed, Role, Scope, Slice, Store, StoreError, VisitorScope,
    model::preview,
};

#[derive(Default)]
pub(crate) struct Memory {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    visitors: BTreeMap<VisitorScope, Contact>,
    conversations: BTreeMap<ConversationId, Conversation>,
    feed: Vec<(ConversationId, u64)>,
    agents: Vec<Agent>,
    sessions: BTreeMap<Hash, (AgentId, WallTime)>,
    invitations: BTreeMap<Hash, Invitation>,
}

#[derive(Clone, Default)]
struct Contact {
    name: Option<String>,
    email: Option<String>,
}

struct Conversation {
    owner: VisitorScope,
    state: ConversationState,
    log: Vec<Entry>,
    visitor: (u64, u64),
    agent: (u64, u64),
    preview: (String, AuthorKind),
    taken_by: Option<String>,
    context: Context,
    started_at: WallTime,
    updated_at: WallTime,
}

struct Agent {
    row: AgentRow,
    password: String,
}

fn now<'a, T: Send + 'a>(result: Result<T, StoreError>) -> Answer<'a, T> {
    Box::pin(std::future::ready(result))
}

fn part<T: Clone>(log: &[T], range: Range, limit: usize) -> Slice<T> {
    let top = log.len();
    let place = |seq: u64| usize::try_from(seq).unwrap_or(usize::MAX).min(top);
    let (low, high) = match range {
        Range::After(seq) => (place(seq), place(seq).saturating_add(limit).min(top)),
        Range::Before(seq) => {
            let high = place(seq.saturating_sub(1));
            (high.saturating_sub(limit), high)
        }
        Range::Tail => (top.saturating_sub(limit), top),
    };
    Slice { items: log[low..high].to_vec(), top: top as u64 }
}

impl Conversation {
    fn top(&self) -> u64 {
        self.log.len() as u64
    }

    fn push(&mut self, append: &Append, id: MessageId, author: &Author, kind: Kind) {
        let seq = self.top() + 1;
        self.log.push(Entry { seq, id, at: append.at, author: author.clone(), kind });
    }

    fn unread(&self) -> u64 {
        let counts = |e: &&Entry| {
            e.seq > self.agent.1 && e.author.kind == AuthorKind::Visitor && matches!(e.kind, Kind::Message { .. })
        };
        self.log.iter().filter(counts).count() as u64
    }

    fn after(&mut self, kind: &Kind, author: AuthorKind, at: WallTime) {
        match kind {
            Kind::Message { text } => {
                self.preview = (preview(text), author);
                if author == AuthorKind::Visitor {
                    self.state = ConversationState::Open;
                }
            }
            Kind::Closed => self.state = ConversationState::Closed,
            Kind::Contact { .. } | Kind::Joined | Kind::Rated { .. } => {}
        }
        self.updated_at = self.updated_at.max(at);
    }
}

impl State {
    fn find(&self, scope: &Scope, id: ConversationId) -> Result<&Conversation, StoreError> {
        let found = self.conversations.get(&id).ok_or(StoreError::NotFound)?;
        match scope {
            Scope::Visitor(visitor) if *visitor != found.owner => Err(StoreError::NotFound),
            _ => Ok(found),
        }
    }

    fn append(&mut self, scope: &Scope, append: &Append) -> Result<Appended, StoreError> {
        if let (Scope::Visitor(visitor), None) = (scope, self.conversations.get(&append.conversation)) {
            self.start(visitor, append);
        }
        let found = self.find(scope, append.conversation)?;
        let owner = found.owner.clone();
        if let Some(known) = found.log.iter().find(|e| e.id == append.id) {
            return Ok(Appended { seq: known.seq, at: known.at, owner, place: Place::Known });
        }
        let author = self.author(scope, &owner, &append.kind);
        let Some(conversation) = self.conversations.get_mut(&append.conversation) else {
            return Err(StoreError::NotFound);
        };
        let before = conversation.top();
        if let Scope::Agent(agent) = scope {
            let first = conversation.taken_by.is_none() && matches!(append.kind, Kind::Message { .. });
            if first || append.kind == Kind::Joined {
                conversation.taken_by = Some(agent.name.to_string());
            }
            if first {
                conversation.push(append, append.join_id, &author, Kind::Joined);
            }
        }
        conversation.push(append, append.id, &author, append.kind.clone());
        conversation.after(&append.kind, author.kind, append.at);
        let seq = conversation.top();
        self.feed.extend((before + 1..=seq).map(|seq| (append.conversation, seq)));
        Ok(Appended { seq, at: append.at, owner, place: Place::New })
    }

    fn start(&mut self, visitor: &VisitorScope, append: &Append) {
        self.visitors.entry(visitor.clone()).or_default();
        self.conversations.insert(
            append.conversation,
            Conversation {
                owner: visitor.clone(),
                state: ConversationState::Open,
                log: Vec::new(),
                visitor: (0, 0),
                agent: (0, 0),
                preview: (String::new(), AuthorKind::Visitor),
                taken_by: None,
                context: append.context.clone(),
                started_at: append.at,
                updated_at: append.at,
            },
        );
    }

    fn author(&mut self, scope: &Scope, owner: &VisitorScope, kind: &Kind) -> Author {
        match scope {
            Scope::Agent(agent) => Author { kind: AuthorKind::Agent, name: Some(agent.name.to_string()) },
            Scope::Visitor(_) => {
                let contact = self.visitors.entry(owner.clone()).or_default();
                if let Kind::Contact { name, email } = kind {
                    contact.name = name.clone().or(contact.name.take());
                    contact.email = email.clone().or(contact.email.take());
                }
                Author { kind: AuthorKind::Visitor, name: contact.name.clone() }
            }
        }
    }

    fn summary(&self, id: ConversationId) -> Result<Summary, StoreError> {
        let found = self.conversations.get(&id).ok_or(StoreError::NotFound)?;
        let contact = self.visitors.get(&found.owner).cloned().unwrap_or_default();
        Ok(Summary {
            conversation: id,
            site: found.owner.site.to_string(),
            state: found.state,
            visitor: contact.name.or(contact.email),
            preview: found.preview.0.clone(),
            preview_by: found.preview.1,
            top: found.top(),
            unread: found.unread(),
            started_at: found.started_at,
            updated_at: found.updated_at,
            agent: found.taken_by.clone(),
            context: found.context.clone(),
        })
    }

    fn feed_event(&self, seq: u64, conversation: ConversationId, entry: u64) -> Option<Event> {
        let at = usize::try_from(entry).ok()?.checked_sub(1)?;
        Some(Event {
            stream: Stream::Feed,
            epoch: 1,
            seq,
            entry: self.conversations.get(&conversation)?.log.get(at)?.clone(),
            summary: self.summary(conversation).ok(),
        })
    }

    fn report(&mut self, scope: &Scope, report: CursorReport) -> Result<Option<Moved>, StoreError> {
        let top = self.find(scope, report.conversation)?.top();
        let Some(found) = self.conversations.get_mut(&report.conversation) else {
            return Err(StoreError::NotFound);
        };
        let side = scope.side();
        let cursor = match side {
            Side::Visitor => &mut found.visitor,
            Side::Agent => &mut found.agent,
        };
        let moved = (cursor.0.max(report.delivered.max(report.read).min(top)), cursor.1.max(report.read.min(top)));
        if moved == *cursor {
            return Ok(None);
        }
        *cursor = moved;
        let report = CursorReport { side, delivered: moved.0, read: moved.1, ..report };
        Ok(Some(Moved { report, owner: found.owner.clone() }))
    }

    fn agent_by_email(&self, email: &str) -> Option<usize> {
        self.agents.iter().position(|a| a.row.email.eq_ignore_ascii_case(email))
    }

    fn redeem(&mut self, code: Hash, new: NewAgent) -> Result<Redeemed, StoreError> {
        let invitation = self.invitations.get(&code).cloned().ok_or(StoreError::NotFound)?;
        let known = self.agent_by_email(&new.email);
        let role = match &invitation {
            Invitation::FirstAdmin if known.is_some() => return Ok(Redeemed::EmailTaken),
            Invitation::FirstAdmin => Role::Admin,
            Invitation::Agent { role, .. } => *role,
        };
        let place = known.unwrap_or(self.agents.len());
        let agent = AgentId(place as i64 + 1);
        if known.is_some() {
            self.sessions.retain(|_, (owner, _)| *owner != agent);
            self.agents[place].row.name = new.name;
            self.agents[place].password = new.password;
        } else {
            let (name, email) = (new.name, new.email.clone());
            let row = AgentRow { name, email, role, intent: Intent::Available };
            self.agents.push(Agent { row, password: new.password });
        }
        let has_admin = self.agents.iter().any(|agent| agent.row.role == Role::Admin);
        self.invitations.remove(&code);
        self.invitations.retain(|_, other| match other {
            Invitation::FirstAdmin => !has_admin,
            Invitation::Agent { email, .. } => *email != new.email,
        });
        Ok(Redeemed::Created(agent))
    }
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn epoch(&self) -> u64 {
        1
    }

    fn append(&self, scope: &Scope, append: Append) -> Answer<'_, Appended> {
        now(self.lock().append(scope, &append))
    }

    fn entries(
        &self,
        scope: &Scope,
        conversation: ConversationId,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Slice<Entry>> {
        now(self.lock().find(scope, conversation).map(|found| part(&found.log, range, limit)))
    }

    fn standing(&self, scope: &Scope, conversation: ConversationId) -> Answer<'_, StreamState> {
        now(self.lock().find(scope, conversation).map(|found| {
            let (delivered, read) = match scope.side() {
                Side::Visitor => found.agent,
                Side::Agent => found.visitor,
            };
            let stream = Stream::Conversation(conversation);
            StreamState { stream, epoch: 1, top: found.top(), delivered, read }
        }))
    }

    fn owner(&self, scope: &Scope, conversation: ConversationId) -> Answer<'_, VisitorScope> {
        now(self.lock().find(scope, conversation).map(|found| found.owner.clone()))
    }

    fn newest_open(&self, scope: &VisitorScope) -> Answer<'_, Option<ConversationId>> {
        let state = self.lock();
        let open = state.conversations.iter().filter(|(_, c)| c.owner == *scope && c.state == ConversationState::Open);
        now(Ok(open.max_by_key(|(_, c)| c.updated_at).map(|(id, _)| *id)))
    }

    fn report(&self, scope: &Scope, report: CursorReport) -> Answer<'_, Option<Moved>> {
        now(self.lock().report(scope, report))
    }

    fn feed(&self, _: &AgentScope, range: Range, limit: usize) -> Answer<'_, Slice<Event>> {
        let state = self.lock();
        let numbered: Vec<_> = state.feed.iter().zip(1_u64..).map(|(&(id, entry), seq)| (seq, id, entry)).collect();
        let slice = part(&numbered, range, limit);
        let event = |(seq, id, entry)| state.feed_event(seq, id, entry);
        let items = slice.items.into_iter().filter_map(event).collect();
        now(Ok(Slice { items, top: slice.top }))
    }

    fn feed_top(&self, _: &AgentScope) -> Answer<'_, u64> {
        now(Ok(self.lock().feed.len() as u64))
    }

    fn inbox(&self, _: &AgentScope, query: InboxQuery) -> Answer<'_, Vec<Summary>> {
        let state = self.lock();
        let mut keys: Vec<_> = state
            .conversations
            .iter()
            .filter(|(_, c)| c.state == query.state)
            .map(|(id, c)| InboxKey { updated_at: c.updated_at, conversation: *id })
            .filter(|key| query.before.is_none_or(|before| *key < before))
            .collect();
        keys.sort_by(|a, b| b.cmp(a));
        now(keys.iter().take(query.limit).map(|key| state.summary(key.conversation)).collect())
    }

    fn summary(&self, _: &AgentScope, conversation: ConversationId) -> Answer<'_, Summary> {
        now(self.lock().summary(conversation))
    }

    fn set_intent(&self, scope: &AgentScope, intent: Intent) -> Answer<'_, ()> {
        let at = usize::try_from(scope.agent.0 - 1).unwrap_or(usize::MAX);
        let mut state = self.lock();
        let set = state.agents.get_mut(at).map(|agent| agent.row.intent = intent);
        now(set.ok_or(StoreError::NotFound))
    }

    fn credential(&self, email: &str) -> Answer<'_, Credential> {
        let state = self.lock();
        now(state
            .agent_by_email(email)
            .ok_or(StoreError::NotFound)
            .map(|at| Credential { agent: AgentId(at as i64 + 1), password: state.agents[at].password.clone() }))
    }

    fn open_session(&self, agent: AgentId, hash: Hash, expires_at: WallTime) -> Answer<'_, ()> {
        self.lock().sessions.insert(hash, (agent, expires_at));
        now(Ok(()))
    }

    fn session(&self, hash: Hash, at: WallTime) -> Answer<'_, (Me, WallTime)> {
        let state = self.lock();
        let live = state.sessions.get(&hash).filter(|(_, end)| *end > at);
        now(live.ok_or(StoreError::NotFound).map(|&(agent, end)| {
            let row = &state.agents[agent.0 as usize - 1].row;
            let me = Me { agent, name: row.name.clone(), email: row.email.clone(), role: row.role, intent: row.intent };
            (me, end)
        }))
    }

    fn extend_session(&self, hash: Hash, expires_at: WallTime) -> Answer<'_, ()> {
        if let Some(session) = self.lock().sessions.get_mut(&hash) {
            session.1 = expires_at;
        }
        now(Ok(()))
    }

    fn close_session(&self, hash: Hash) -> Answer<'_, ()> {
        self.lock().sessions.remove(&hash);
        now(Ok(()))
    }

    fn redeem(&self, code: Hash, new: NewAgent) -> Answer<'_, Redeemed> {
        now(self.lock().redeem(code, new))
    }

    fn invitation(&self, code: Hash) -> Answer<'_, Invitation> {
        now(self.lock().invitations.get(&code).cloned().ok_or(StoreError::NotFound))
    }

    fn invite(&self, _: &Operator, code: Hash, invitation: Invitation) -> Answer<'_, ()> {
        self.lock().invitations.insert(code, invitation);
        now(Ok(()))
    }

    fn agents(&self, _: &Operator) -> Answer<'_, Vec<AgentRow>> {
        now(Ok(self.lock().agents.iter().map(|agent| agent.row.clone()).collect()))
    }

    fn probe(&self, _: &Operator) -> Answer<'_, ()> {
        now(Ok(()))
    }
}
