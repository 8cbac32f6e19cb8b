//! The console as a whole, without a browser.

use chinwag_conversation::{
    Author, AuthorKind, CloseCode, Context, ConversationId, ConversationState, Delivery, Elapsed, Entry, Event, Kind,
    Link, MessageId, NackCode, Notice, Outgoing, Page, Range, Stream, Summary, WallTime,
};

use super::*;

mod files;

const START: u64 = 1_000_000_000;

struct Desk {
    console: Console,
    ms: u64,
}

impl Desk {
    /// Signed in, both clocks at the beginning, nothing loaded.
    fn new() -> Self {
        let now = Now { wall: WallTime(START), elapsed: Elapsed(0) };
        let mut desk = Self { console: Console::new(now), ms: 0 };
        desk.act(Action::Me(Ok(me())));
        desk.act(Action::Notice(Notice::Link(Link::Live)));
        desk
    }

    /// With these open conversations, following the feed.
    fn with(items: Vec<Summary>) -> Self {
        let mut desk = Self::new();
        desk.list(Ok(page(items, None)));
        desk
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let now = Now { wall: WallTime(START + self.ms), elapsed: Elapsed(self.ms) };
        self.console.apply(action, now)
    }

    fn list(&mut self, answer: Result<ListPage, Problem>) -> Vec<Effect> {
        self.act(Action::List { tab: Tab::Open, after: None, answer })
    }

    fn open(&mut self, n: u128) -> Vec<Effect> {
        self.act(Action::Address(Fragment::Route(Route::Conversation(id(n)))))
    }

    fn entries(&mut self, n: u128, before: Option<u64>, seqs: core::ops::RangeInclusive<u64>) -> Vec<Effect> {
        let top = *seqs.end();
        let events = seqs.map(|seq| feed_event(n, seq, AuthorKind::Visitor)).collect();
        let range = before.map_or(Range::Tail, Range::Before);
        let stream = Stream::Conversation(id(n));
        let answer = Ok(Box::new(EntriesPage {
            summary: summary(n, top),
            page: Page { stream, epoch: 1, range, events, top },
            visitor: Progress::default(),
        }));
        self.act(Action::Entries { conversation: id(n), before, answer })
    }

    fn event(&mut self, n: u128, seq: u64, by: AuthorKind) -> Vec<Effect> {
        self.act(Action::Notice(Notice::Event(Box::new(feed_event(n, seq, by)))))
    }

    fn seqs(&self, n: u128) -> Vec<u64> {
        self.console.threads[&id(n)].entries().map(|entry| entry.seq).collect()
    }

    fn rows(&self) -> Vec<ConversationId> {
        self.console.inbox.open.rows.iter().map(|row| row.conversation).collect()
    }
}

fn id(n: u128) -> ConversationId {
    ConversationId::parse(&format!("00000000-0000-7000-8000-{n:012}")).unwrap()
}

fn message_id(n: u128, seq: u64) -> MessageId {
    MessageId::parse(&format!("00000000-0000-7000-8001-{n:04}{seq:08}")).unwrap()
}

fn me() -> Me {
    Me { name: "Mia".into(), email: "mia@example.com".into(), role: Role::Agent, intent: Intent::Available }
}

fn summary(n: u128, top: u64) -> Summary {
    Summary {
        conversation: id(n),
        site: "shop".into(),
        state: ConversationState::Open,
        visitor: None,
        preview: "hello".into(),
        preview_by: AuthorKind::Visitor,
        top,
        unread: 1,
        started_at: WallTime(START),
        updated_at: WallTime(START + top),
        agent: None,
        context: Context::default(),
    }
}

fn feed_event(n: u128, seq: u64, by: AuthorKind) -> Event {
    Event {
        stream: Stream::Feed,
        epoch: 1,
        seq: 1_000 + seq,
        entry: Entry {
            seq,
            id: message_id(n, seq),
            at: WallTime(START + seq),
            author: Author { kind: by, name: None },
            kind: Kind::Message { text: "hello".into() },
        },
        summary: Some(Summary { preview_by: by, ..summary(n, seq) }),
    }
}

fn page(items: Vec<Summary>, next: Option<&str>) -> ListPage {
    ListPage { items, next: next.map(str::to_owned), feed: FeedPosition { epoch: 1, seq: 7 } }
}

#[test]
fn the_feed_is_followed_once_from_the_position_read_before_the_first_list() {
    let mut desk = Desk::new();
    let effects = desk.list(Ok(page(vec![summary(1, 1)], Some("c"))));
    assert_eq!(effects, [Effect::Follow(FeedPosition { epoch: 1, seq: 7 })]);
    assert_eq!(desk.act(Action::More(Tab::Open)), [Effect::LoadList { tab: Tab::Open, after: Some("c".into()) }]);
    assert_eq!(desk.act(Action::More(Tab::Open)), [], "the same page is not asked for twice");
    let answer = Ok(page(vec![summary(2, 1)], None));
    let more = Action::List { tab: Tab::Open, after: Some("c".into()), answer };
    assert_eq!(desk.act(more), [], "the feed is not followed twice");
    assert_eq!(desk.act(Action::More(Tab::Open)), [], "the end is the end");
}

#[test]
fn a_page_slower_than_the_feed_never_takes_a_conversation_back() {
    let mut desk = Desk::new();
    desk.event(1, 9, AuthorKind::Visitor);
    desk.list(Ok(page(vec![summary(2, 5), summary(1, 3)], None)));
    assert_eq!(desk.rows(), [id(1), id(2)]);
    assert_eq!(desk.console.inbox.summary(id(1)).unwrap().top, 9);
}

#[test]
fn a_new_message_moves_its_conversation_to_the_top_and_closing_moves_it_away() {
    let mut desk = Desk::with(vec![summary(1, 5), summary(2, 4)]);
    desk.event(2, 6, AuthorKind::Visitor);
    assert_eq!(desk.rows(), [id(2), id(1)]);
    let mut event = feed_event(2, 7, AuthorKind::Agent);
    event.summary.as_mut().unwrap().state = ConversationState::Closed;
    desk.act(Action::Notice(Notice::Event(Box::new(event))));
    assert_eq!(desk.rows(), [id(1)]);
    assert_eq!(desk.console.inbox.closed.rows.len(), 1);
}

#[test]
fn a_failed_list_is_asked_for_again_by_itself_and_by_a_click() {
    let mut desk = Desk::new();
    desk.list(Err(Problem::Unreachable));
    assert_eq!(desk.act(Action::Tick), [], "not at once");
    desk.ms += RELOAD_MS;
    let again = [Effect::LoadList { tab: Tab::Open, after: None }];
    assert_eq!(desk.act(Action::Tick), again);
    desk.list(Err(Problem::TimedOut));
    assert_eq!(desk.act(Action::More(Tab::Open)), again);
}

#[test]
fn what_is_seen_is_reported_once_and_what_is_not_seen_is_not() {
    let mut desk = Desk::with(vec![summary(1, 2)]);
    desk.act(Action::Attention(Attention::Elsewhere));
    desk.open(1);
    assert_eq!(desk.entries(1, None, 1..=2), [], "the page is in the background");
    let read = Effect::Report(id(1), Progress { delivered: 2, read: 2 });
    assert_eq!(desk.act(Action::Attention(Attention::Here)), [read]);
    assert_eq!(desk.console.inbox.summary(id(1)).unwrap().unread, 0);
    assert_eq!(desk.act(Action::Tick), [], "once");
    desk.act(Action::AtLatest(false));
    let effects = desk.event(1, 3, AuthorKind::Visitor);
    let delivered = Effect::Report(id(1), Progress { delivered: 3, read: 2 });
    assert_eq!(effects, [delivered], "scrolled up: received, not read");
    let read = Effect::Report(id(1), Progress { delivered: 3, read: 3 });
    assert_eq!(desk.act(Action::AtLatest(true)), [read]);
}

#[test]
fn what_is_read_while_the_link_is_down_is_told_when_it_is_back() {
    let mut desk = Desk::with(vec![summary(1, 2)]);
    desk.act(Action::Notice(Notice::Link(Link::Offline)));
    desk.open(1);
    assert_eq!(desk.entries(1, None, 1..=2), []);
    desk.act(Action::Address(Fragment::Route(Route::List(Tab::Open))));
    let read = Effect::Report(id(1), Progress { delivered: 2, read: 2 });
    assert_eq!(desk.act(Action::Notice(Notice::Link(Link::Live))), [read]);
    assert_eq!(desk.act(Action::Notice(Notice::Link(Link::Live))), [], "once");
}

#[test]
fn a_hole_between_a_page_and_the_feed_is_filled() {
    let mut desk = Desk::with(vec![summary(1, 3)]);
    desk.open(1);
    desk.event(1, 9, AuthorKind::Visitor);
    let effects = desk.entries(1, None, 4..=6);
    assert!(effects.contains(&Effect::LoadEntries { conversation: id(1), before: Some(9) }));
    desk.entries(1, Some(9), 5..=8);
    assert_eq!(desk.seqs(1), [4, 5, 6, 7, 8, 9]);
    assert_eq!(desk.console.threads[&id(1)].earlier, Earlier::Some);
}

#[test]
fn older_entries_are_asked_for_once_until_the_beginning() {
    let mut desk = Desk::with(vec![summary(1, 60)]);
    desk.open(1);
    desk.entries(1, None, 11..=60);
    let more = Effect::LoadEntries { conversation: id(1), before: Some(11) };
    assert_eq!(desk.act(Action::Earlier(id(1))), [more]);
    assert_eq!(desk.act(Action::Earlier(id(1))), []);
    desk.entries(1, Some(11), 1..=10);
    assert_eq!(desk.console.threads[&id(1)].earlier, Earlier::Nothing);
    assert_eq!(desk.act(Action::Earlier(id(1))), []);
}

#[test]
fn a_sent_message_appears_once_whichever_of_ack_and_event_comes_first() {
    for ack_first in [true, false] {
        let mut desk = Desk::with(vec![summary(1, 1)]);
        desk.open(1);
        desk.entries(1, None, 1..=1);
        let item = |delivery| {
            let (conversation, kind) = (id(1), Kind::Message { text: "hi".into() });
            let item = Outgoing { id: message_id(1, 2), conversation, kind, delivery };
            Action::Notice(Notice::Outgoing(item))
        };
        desk.act(item(Delivery::Sending));
        assert_eq!(desk.console.outgoing.len(), 1);
        let sent = Delivery::Sent { seq: 2, at: WallTime(START + 2) };
        if ack_first {
            desk.act(item(sent));
            desk.event(1, 2, AuthorKind::Agent);
        } else {
            desk.event(1, 2, AuthorKind::Agent);
            desk.act(item(sent));
        }
        assert!(desk.console.outgoing.is_empty());
        assert_eq!(desk.seqs(1), [1, 2], "ack first: {ack_first}");
    }
}

#[test]
fn text_that_could_not_leave_goes_back_into_the_composer() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.act(Action::Draft(id(1), "hi".into()));
    let kind = Kind::Message { text: "hi".into() };
    let effects = desk.act(Action::Send(id(1), kind.clone()));
    assert!(effects.contains(&Effect::Send { conversation: id(1), kind: kind.clone(), as_of: None }));
    assert!(!desk.console.drafts.contains_key(&id(1)));
    desk.act(Action::Unsent(id(1), kind));
    assert_eq!(&*desk.console.drafts[&id(1)], "hi");
}

/// Would catch: a visitor who is told twice that somebody joined, or that it has ended, because a button was pressed twice
/// during an outage.
#[test]
fn what_was_asked_for_is_not_asked_again_before_it_is_done() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    let kind = Kind::Closed;
    let close = Effect::Send { conversation: id(1), kind: kind.clone(), as_of: Some(0) };
    assert!(desk.act(Action::Send(id(1), kind.clone())).contains(&close));
    let item = |delivery| {
        let item = Outgoing { id: message_id(1, 9), conversation: id(1), kind: Kind::Closed, delivery };
        Action::Notice(Notice::Outgoing(item))
    };
    desk.act(item(Delivery::Sending));
    assert!(!desk.act(Action::Send(id(1), kind.clone())).contains(&close));
    desk.act(item(Delivery::Failed(NackCode::Unavailable)));
    assert!(desk.act(Action::Send(id(1), kind)).contains(&close), "a refusal may be answered");
}

/// Would catch: a conversation that is closed over a question which came meanwhile, and one that stays open without a word.
#[test]
fn an_end_is_told_with_what_was_known_and_given_up_when_the_visitor_wrote_meanwhile() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.open(1);
    desk.entries(1, None, 1..=4);
    let effects = desk.act(Action::Send(id(1), Kind::Closed));
    assert!(effects.contains(&Effect::Send { conversation: id(1), kind: Kind::Closed, as_of: Some(4) }), "{effects:?}");
    let delivery = Delivery::Failed(NackCode::Forbidden);
    let item = Outgoing { id: message_id(1, 9), conversation: id(1), kind: Kind::Closed, delivery };
    let effects = desk.act(Action::Notice(Notice::Outgoing(item)));
    assert!(effects.contains(&Effect::Discard(message_id(1, 9))), "{effects:?}");
    assert!(desk.console.outgoing.is_empty());
    assert!(desk.console.toast.as_ref().is_some_and(|toast| toast.text.contains("stays open")));
}

#[test]
fn typing_is_told_every_three_seconds_and_never_for_an_emptied_composer() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    let typing = Effect::Typing(id(1));
    assert!(desk.act(Action::Draft(id(1), "a".into())).contains(&typing));
    desk.ms += TYPING_EVERY_MS - 1;
    assert!(!desk.act(Action::Draft(id(1), "ab".into())).contains(&typing));
    desk.ms += 1;
    assert!(desk.act(Action::Draft(id(1), "abc".into())).contains(&typing));
    desk.ms += TYPING_EVERY_MS;
    assert!(!desk.act(Action::Draft(id(1), String::new())).contains(&typing));
}

#[test]
fn a_visitor_who_stopped_writing_is_forgotten() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    let side = chinwag_conversation::Side::Visitor;
    let typing = chinwag_conversation::Typing { conversation: id(1), side, name: None };
    desk.act(Action::Notice(Notice::Typing(typing)));
    assert!(desk.console.typing.contains_key(&id(1)));
    desk.ms += TYPING_MS;
    desk.act(Action::Tick);
    assert!(desk.console.typing.is_empty());
}

#[test]
fn presence_shows_what_is_stored_and_not_what_was_asked_for() {
    let mut desk = Desk::new();
    assert_eq!(desk.act(Action::Intend(Intent::Available)), [], "it is so already");
    let effects = desk.act(Action::Intend(Intent::Paused));
    assert_eq!(effects, [Effect::PutIntent(Intent::Paused)]);
    assert_eq!(desk.console.presence.stored(), Intent::Available);
    desk.act(Action::Intended(Err(Problem::Unreachable)));
    assert!(matches!(desk.console.presence, Presence::Failed { to: Intent::Paused, .. }));
    assert_eq!(desk.console.presence.stored(), Intent::Available);
    desk.act(Action::Intend(Intent::Paused));
    desk.act(Action::Intended(Ok(Me { intent: Intent::Paused, ..me() })));
    assert_eq!(desk.console.presence, Presence::Settled(Intent::Paused));
}

#[test]
fn the_end_of_the_session_keeps_drafts_and_another_agent_does_not_get_them() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.act(Action::Draft(id(1), "hi".into()));
    let effects = desk.act(Action::Intended(Err(Problem::SignedOut)));
    assert_eq!(effects, [Effect::Unfollow]);
    assert!(matches!(desk.console.account, Account::SignedOut { ended: Ended::Expired, .. }));
    desk.act(Action::SignIn(SignIn { email: String::new(), password: String::new() }));
    desk.act(Action::Entered(Ok(me())));
    assert_eq!(&*desk.console.drafts[&id(1)], "hi");
    desk.act(Action::Intended(Err(Problem::SignedOut)));
    desk.act(Action::Entered(Ok(Me { email: "bo@example.com".into(), ..me() })));
    assert!(desk.console.drafts.is_empty());
}

#[test]
fn a_failed_sign_out_is_not_shown_as_one() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.act(Action::SignedOut(Err(Problem::Unreachable)));
    assert!(desk.console.me().is_some());
    assert!(desk.console.toast.is_some());
    let effects = desk.act(Action::SignedOut(Ok(())));
    assert_eq!(effects, [Effect::Unfollow, Effect::Forget]);
    assert!(desk.console.inbox.open.rows.is_empty());
}

#[test]
fn a_set_up_form_is_sent_once_and_keeps_its_code_when_refused() {
    let mut desk = Desk { console: Console::default(), ms: 0 };
    desk.act(Action::Address(Fragment::SetUp("code".into())));
    assert_eq!(desk.act(Action::AskMe), [Effect::AskMe]);
    desk.act(Action::Me(Err(Problem::SignedOut)));
    let form = || {
        let (name, email, password) = (String::new(), String::new(), String::new());
        Action::SetUp(SetUp { code: "code".into(), name, email, password })
    };
    assert_eq!(desk.act(form()).len(), 1);
    assert_eq!(desk.act(form()).len(), 0, "a second click while the first is under way");
    desk.act(Action::Entered(Err(Problem::Unreachable)));
    assert!(matches!(&desk.console.account, Account::SettingUp { code, .. } if code == "code"));
    assert_eq!(desk.act(form()).len(), 1);
}

#[test]
fn a_refused_connection_is_believed_only_when_http_says_so() {
    let mut desk = Desk::with(vec![]);
    let effects = desk.act(Action::Notice(Notice::Refused(CloseCode::Credentials)));
    assert_eq!(effects, [Effect::AskMe]);
    assert!(desk.console.me().is_some());
    assert_eq!(desk.act(Action::Me(Err(Problem::SignedOut))), [Effect::Unfollow]);
}

#[test]
fn a_restored_server_is_read_again_from_the_beginning() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.open(1);
    desk.entries(1, None, 1..=1);
    let effects = desk.act(Action::Notice(Notice::Reset(Stream::Feed)));
    assert!(effects.contains(&Effect::LoadList { tab: Tab::Open, after: None }));
    assert!(effects.contains(&Effect::LoadEntries { conversation: id(1), before: None }));
    assert!(desk.console.inbox.open.rows.is_empty());
}

#[test]
fn notifications_are_for_news_that_is_not_in_view() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.act(Action::Bell(Bell::On));
    let rings = |effects: Vec<Effect>| effects.iter().any(|effect| matches!(effect, Effect::Alert { .. }));
    assert!(rings(desk.event(2, 2, AuthorKind::Visitor)));
    assert!(!rings(desk.event(2, 3, AuthorKind::Agent)));
    desk.open(2);
    assert!(!rings(desk.event(2, 4, AuthorKind::Visitor)), "it is in view");
    desk.act(Action::Attention(Attention::Elsewhere));
    assert!(rings(desk.event(2, 5, AuthorKind::Visitor)));
    desk.ms += NEWS_MS * 2;
    assert!(!rings(desk.event(2, 6, AuthorKind::Visitor)), "caught up with after an outage");
}

#[test]
fn the_connection_line_counts_down_and_never_says_zero() {
    let mut desk = Desk::with(vec![]);
    desk.act(Action::Notice(Notice::Link(Link::Live)));
    desk.act(Action::Notice(Notice::Link(Link::Waiting { retry_in_ms: 4_200 })));
    let Connection::Waiting { at } = desk.console.connection else { panic!("not waiting") };
    assert_eq!(countdown(at, Elapsed(0)), 5);
    assert_eq!(countdown(at, Elapsed(9_000)), 1);
    desk.act(Action::Notice(Notice::Link(Link::Connecting)));
    assert_eq!(desk.console.connection, Connection::Reconnecting);
}

#[test]
fn runs_share_a_heading_and_receipts_follow_the_visitor() {
    let mut thread = Thread::default();
    for (seq, by) in [(1, AuthorKind::Visitor), (2, AuthorKind::Visitor), (3, AuthorKind::Agent)] {
        thread.insert(feed_event(1, seq, by).entry);
    }
    thread.visitor = Progress { delivered: 3, read: 0 };
    let reader = Reader { name: "Mia", role: Role::Agent };
    let all = lines(&thread, core::iter::empty(), core::iter::empty(), reader, "Ada", |_| 0);
    let headings: Vec<_> = all
        .iter()
        .filter_map(|line| match line {
            Line::Message(words) => Some((words.heading.as_deref(), words.receipt.clone())),
            _ => None,
        })
        .collect();
    let expected = [(Some("Ada"), None), (None, None), (Some("Agent"), Some(Receipt::Delivered))];
    assert_eq!(headings, expected);
    assert!(matches!(all[0], Line::Day(_)));
}

#[test]
fn the_report_is_asked_for_in_view_again_after_a_failure_and_only_the_newest_counts() {
    let mut desk = Desk::with(vec![]);
    let week = Ask { site: None, span: Span::Week };
    let asked = |effects: Vec<Effect>| -> Vec<Ask> {
        effects.into_iter().filter_map(|e| if let Effect::LoadReport(ask) = e { Some(ask) } else { None }).collect()
    };
    assert_eq!(asked(desk.act(Action::AskReport(Ask::default()))), [], "nobody looks");
    let opened = desk.act(Action::Address(Fragment::Route(Route::Results)));
    assert_eq!(asked(opened), [Ask::default()]);
    assert_eq!(asked(desk.act(Action::Tick)), [], "one question at a time");
    assert_eq!(asked(desk.act(Action::AskReport(week.clone()))), std::slice::from_ref(&week));
    desk.act(Action::Report { ask: Ask::default(), answer: Err(Problem::Unreachable) });
    assert_eq!(desk.console.results.load, ReportLoad::Loading, "an answer to the question before");
    desk.act(Action::Report { ask: week.clone(), answer: Err(Problem::Unreachable) });
    assert_eq!(asked(desk.act(Action::Tick)), []);
    desk.ms += RELOAD_MS;
    assert_eq!(asked(desk.act(Action::Tick)), [week]);
}
