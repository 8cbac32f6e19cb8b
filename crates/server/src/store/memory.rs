//! The same promises without a disk: for tests, and as the second opinion on the contract.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chinwag_conversation::{
    Author, AuthorKind, Context, ConversationId, CursorReport, Entry, Event, FileId, FileRef, Kind, MessageId, Range,
    Side, Stream, StreamState, Summary, WallTime, frame::ConversationState, limits,
};

use super::{
    AgentId, AgentRow, AgentScope, Answer, Append, Appended, Counted, Counts, Credential, Day, FILES_WITHIN_MS,
    Figures, Hash, InboxKey, InboxQuery, Intent, Invitation, Me, Moved, NewAgent, NewFile, Operator, Place, Reads,
    Redeemed, Role, Scope, Slice, Store, StoreError, Upload, VisitorScope,
    model::{Written, is_message, may_amend, preview},
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
    files: BTreeMap<(ConversationId, FileId), Upped>,
    results: BTreeMap<(String, Day), BTreeMap<Counted, Counts>>,
}

struct Upped {
    by: Scope,
    file: FileRef,
    at: WallTime,
    state: FileState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FileState {
    Uploaded,
    Sent,
    Deleted,
}

/// The same person, whatever their name and role are now.
fn same(one: &Scope, other: &Scope) -> bool {
    match (one, other) {
        (Scope::Visitor(one), Scope::Visitor(other)) => one == other,
        (Scope::Agent(one), Scope::Agent(other)) => one.agent == other.agent,
        _ => false,
    }
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
    /// Which agent wrote each entry.
    writers: Vec<Option<AgentId>>,
    visitor: (u64, u64),
    agent: (u64, u64),
    taken_by: Option<(AgentId, String)>,
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

    fn push(&mut self, scope: &Scope, append: &Append, id: MessageId, author: &Author, kind: Kind) {
        let seq = self.top() + 1;
        self.writers.push(match scope {
            Scope::Visitor(_) => None,
            Scope::Agent(agent) => Some(agent.agent),
        });
        self.log.push(Entry { seq, id, at: append.at, author: author.clone(), kind });
    }

    fn unread(&self) -> u64 {
        let unread = |e: &&Entry| e.seq > self.agent.1 && e.author.kind == AuthorKind::Visitor && counts(&e.kind);
        self.log.iter().filter(unread).count() as u64
    }

    fn after(&mut self, kind: &Kind, author: AuthorKind, at: WallTime) {
        match kind {
            kind if is_message(kind) && author == AuthorKind::Visitor => self.state = ConversationState::Open,
            Kind::Closed => self.state = ConversationState::Closed,
            Kind::Deleted { of } => {
                for entry in &mut self.log {
                    match &mut entry.kind {
                        Kind::Edited { of: edited, text } if edited == of => text.clear(),
                        kind if entry.id == *of => *kind = Kind::Message { text: String::new() },
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        self.updated_at = self.updated_at.max(at);
    }

    /// What lists show, and who wrote it.
    fn preview(&self) -> (String, AuthorKind) {
        let Some(newest) = self.log.iter().rfind(|entry| counts(&entry.kind)) else {
            return (String::new(), AuthorKind::Visitor);
        };
        let edit = self.log.iter().rfind(|e| matches!(e.kind, Kind::Edited { of, .. } if of == newest.id));
        (preview(&edit.unwrap_or(newest).kind), newest.author.kind)
    }

    fn was_known(&self, append: &Append) -> Result<(), StoreError> {
        let news = |entry: &Entry| entry.author.kind == AuthorKind::Visitor && counts(&entry.kind);
        match append.as_of {
            Some(seq) if append.kind == Kind::Closed && self.log.iter().any(|e| e.seq > seq && news(e)) => {
                Err(StoreError::NotFound)
            }
            _ => Ok(()),
        }
    }

    fn may_amend(&self, scope: &Scope, append: &Append) -> Result<(), StoreError> {
        let (Kind::Edited { of, .. } | Kind::Deleted { of }) = &append.kind else { return Ok(()) };
        let place = self.log.iter().position(|entry| entry.id == *of).ok_or(StoreError::NotFound)?;
        let (entry, agent) = (&self.log[place], self.writers[place]);
        let written = Written { kind: entry.kind.clone(), author: entry.author.kind, agent, at: entry.at };
        if may_amend(scope, &written, &append.kind, append.at) { Ok(()) } else { Err(StoreError::NotFound) }
    }
}

/// A message that was not deleted.
fn counts(kind: &Kind) -> bool {
    is_message(kind) && !matches!(kind, Kind::Message { text } if text.is_empty())
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
        let amends = match &append.kind {
            Kind::Edited { .. } | Kind::Deleted { .. } => true,
            Kind::File { file } => {
                let known = self.files.get(&(append.conversation, file.id));
                !known.is_some_and(|known| same(&known.by, scope) && known.state == FileState::Uploaded)
            }
            _ => false,
        };
        if let (Scope::Visitor(visitor), None, false) = (scope, self.conversations.get(&append.conversation), amends) {
            self.start(visitor, append);
        }
        let found = self.find(scope, append.conversation)?;
        let owner = found.owner.clone();
        if let Some(known) = found.log.iter().find(|e| e.id == append.id) {
            return Ok(Appended { seq: known.seq, at: known.at, owner, place: Place::Known });
        }
        found.may_amend(scope, append)?;
        found.was_known(append)?;
        let append = &self.claimed(scope, append)?;
        let author = self.author(scope, &owner, &append.kind);
        let Some(conversation) = self.conversations.get_mut(&append.conversation) else {
            return Err(StoreError::NotFound);
        };
        let before = conversation.top();
        if let Scope::Agent(agent) = scope {
            let first = conversation.taken_by.is_none() && is_message(&append.kind);
            if first || append.kind == Kind::Joined {
                conversation.taken_by = Some((agent.agent, agent.name.to_string()));
            }
            if first {
                conversation.push(scope, append, append.join_id, &author, Kind::Joined);
            }
        }
        conversation.push(scope, append, append.id, &author, append.kind.clone());
        conversation.after(&append.kind, author.kind, append.at);
        let seq = conversation.top();
        self.feed.extend((before + 1..=seq).map(|seq| (append.conversation, seq)));
        Ok(Appended { seq, at: append.at, owner, place: Place::New })
    }

    fn claimed(&mut self, scope: &Scope, append: &Append) -> Result<Append, StoreError> {
        let mut append = append.clone();
        if let Kind::File { file } = &mut append.kind {
            let known = self.files.get_mut(&(append.conversation, file.id)).ok_or(StoreError::NotFound)?;
            if !same(&known.by, scope) || known.state != FileState::Uploaded {
                return Err(StoreError::NotFound);
            }
            known.state = FileState::Sent;
            file.clone_from(&known.file);
        }
        if let Kind::Deleted { of } = append.kind
            && let Some(conversation) = self.conversations.get(&append.conversation)
            && let Some(Kind::File { file }) = conversation.log.iter().find(|e| e.id == of).map(|e| &e.kind)
            && let Some(known) = self.files.get_mut(&(append.conversation, file.id))
        {
            known.state = FileState::Deleted;
        }
        Ok(append)
    }

    fn upload(
        &self,
        scope: &Scope,
        conversation: ConversationId,
        id: FileId,
        now: WallTime,
    ) -> Result<Upload, StoreError> {
        if matches!(scope, Scope::Agent(_)) || self.conversations.contains_key(&conversation) {
            self.find(scope, conversation)?;
        }
        match self.files.get(&(conversation, id)) {
            Some(known) if same(&known.by, scope) => return Ok(Upload::Known(known.file.clone())),
            Some(_) => return Err(StoreError::NotFound),
            None => {}
        }
        let since = now.0.saturating_sub(FILES_WITHIN_MS);
        let recent = self.files.iter().filter(|((of, _), file)| *of == conversation && file.at.0 > since);
        let times: Vec<u64> = recent.map(|(_, file)| file.at.0).collect();
        match times.iter().min() {
            Some(oldest) if times.len() >= limits::FILES_PER_HOUR as usize => {
                Ok(Upload::TooMany { after_ms: (oldest + FILES_WITHIN_MS).saturating_sub(now.0) })
            }
            _ => Ok(Upload::New),
        }
    }

    fn add_file(&mut self, scope: &Scope, new: NewFile) -> Result<Upload, StoreError> {
        let before = self.upload(scope, new.conversation, new.file.id, new.at)?;
        if before == Upload::New {
            let NewFile { conversation, file, at } = new;
            let upped = Upped { by: scope.clone(), file, at, state: FileState::Uploaded };
            self.files.insert((conversation, upped.file.id), upped);
        }
        Ok(before)
    }

    fn start(&mut self, visitor: &VisitorScope, append: &Append) {
        self.visitors.entry(visitor.clone()).or_default();
        self.conversations.insert(
            append.conversation,
            Conversation {
                owner: visitor.clone(),
                state: ConversationState::Open,
                log: Vec::new(),
                writers: Vec::new(),
                visitor: (0, 0),
                agent: (0, 0),
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
        let (preview, preview_by) = found.preview();
        Ok(Summary {
            conversation: id,
            site: found.owner.site.to_string(),
            state: found.state,
            visitor: contact.name.or(contact.email),
            preview,
            preview_by,
            top: found.top(),
            unread: found.unread(),
            started_at: found.started_at,
            updated_at: found.updated_at,
            agent: found.taken_by.as_ref().map(|(_, name)| name.clone()),
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

    fn taken(&self, _: &Operator) -> Answer<'_, Vec<(AgentId, u32)>> {
        let mut taken = BTreeMap::new();
        for conversation in self.lock().conversations.values() {
            if let (Some((agent, _)), ConversationState::Open) = (&conversation.taken_by, conversation.state) {
                *taken.entry(*agent).or_insert(0) += 1;
            }
        }
        now(Ok(taken.into_iter().collect()))
    }

    fn upload(&self, scope: &Scope, conversation: ConversationId, id: FileId, at: WallTime) -> Answer<'_, Upload> {
        now(self.lock().upload(scope, conversation, id, at))
    }

    fn add_file(&self, scope: &Scope, file: NewFile) -> Answer<'_, Upload> {
        now(self.lock().add_file(scope, file))
    }

    fn waste(&self, _: &Operator, unsent_before: WallTime) -> Answer<'_, Vec<String>> {
        let waste = |file: &&Upped| match file.state {
            FileState::Uploaded => file.at < unsent_before,
            FileState::Sent => false,
            FileState::Deleted => true,
        };
        now(Ok(self.lock().files.values().filter(waste).take(100).map(|upped| upped.file.path.clone()).collect()))
    }

    fn unknown_files(&self, _: &Operator, mut keys: Vec<String>) -> Answer<'_, Vec<String>> {
        let state = self.lock();
        let known = |key: &str| state.files.values().any(|file| crate::files::key_of(&file.file.path) == Some(key));
        keys.retain(|key| !known(key));
        drop(state);
        now(Ok(keys))
    }

    fn forget_files(&self, _: &Operator, paths: Vec<String>) -> Answer<'_, ()> {
        self.lock().files.retain(|_, upped| upped.state == FileState::Sent || !paths.contains(&upped.file.path));
        now(Ok(()))
    }

    fn add_results(&self, site: &str, day: Day, counts: Vec<(Counted, Counts)>) -> Answer<'_, ()> {
        let results = &mut self.lock().results;
        let of_day = results.entry((site.to_owned(), day)).or_default();
        for (counted, more) in counts {
            *of_day.entry(counted).or_default() += more;
        }
        results.retain(|(name, old), _| name != site || old.0 + limits::RESULT_DAYS > day.0);
        now(Ok(()))
    }

    fn results(&self, _: &AgentScope, site: &str, from: Day, to: Day) -> Answer<'_, Vec<(Counted, Counts)>> {
        let mut sums = BTreeMap::<Counted, Counts>::new();
        for ((name, day), counts) in &self.lock().results {
            if name == site && (from..=to).contains(day) {
                for (counted, more) in counts {
                    *sums.entry(counted.clone()).or_default() += *more;
                }
            }
        }
        now(Ok(sums.into_iter().collect()))
    }

    fn figures(&self) -> Figures {
        let messages = Reads { most: 1, ..Reads::default() };
        Figures { most_writes: 1, messages, ..Figures::default() }
    }

    fn probe(&self, _: &Operator) -> Answer<'_, ()> {
        now(Ok(()))
    }
}
