//! Long poll: a `hello` by `POST` whose answer waits until there is something to tell. Each one brings fresh cursors, so
//! nothing is lost between two.

use std::{sync::Arc, time::Duration};

use chinwag_conversation::{Cursor, Hello, Page, Range, ServerFrame, Stream, Top, Welcome};
use tokio::time::{Instant, sleep_until};

use super::{Desk, Refusal};
use crate::{
    clock,
    hub::{Heard, Listener, Note},
    metrics::Carrier,
    phase::{Phase, Phases},
    store::Scope,
};

/// What a note means for somebody who waits.
enum News {
    /// Read the logs.
    Look,
    Tell(ServerFrame),
    Nothing,
}

impl Desk {
    /// Answers a `hello`: at once when the client is behind, else as soon as there is news, or after `wait`. Empty when a
    /// newer request of the same client took its place.
    pub(crate) async fn poll(
        self: &Arc<Self>,
        who: &Scope,
        mut hello: Hello,
        wait: Duration,
        mut phases: Phases,
    ) -> Result<Vec<ServerFrame>, Refusal> {
        let _counted = self.around.metrics.connected(Carrier::Poll);
        let until = Instant::now() + wait;
        // Listening begins before the reading: nothing falls between.
        let mut listener = self.listen(who);
        let mut availability = self.around.presence.changes();
        let mut place = self.fence.hold(who, hello.client.as_deref());
        loop {
            let (welcome, pages) = self.hello(who, hello.clone()).await?;
            let pages = news(&hello.cursors, pages);
            if !pages.is_empty() {
                return Ok(self.told(welcome, pages));
            }
            if let Phase::Draining { window_ms, .. } = phases.now() {
                return Ok(vec![ServerFrame::Welcome(welcome), ServerFrame::Drain { window_ms }]);
            }
            let told = tokio::select! {
                told = hear(&mut listener, who, &mut hello) => told,
                Ok(()) = availability.changed(), if matches!(who, Scope::Visitor(_)) => {
                    Some(ServerFrame::Availability(*availability.borrow_and_update()))
                }
                phase = phases.next() => match phase {
                    Phase::Serving => None,
                    Phase::Draining { window_ms, .. } | Phase::Closing { window_ms } => {
                        Some(ServerFrame::Drain { window_ms })
                    }
                },
                () = place.taken() => return Ok(Vec::new()),
                () = sleep_until(until) => {
                    let top = Top { streams: welcome.streams.clone() };
                    // Others came and went meanwhile.
                    let welcome = Welcome { window_ms: self.window_ms(), ..welcome };
                    return Ok(vec![ServerFrame::Welcome(welcome), ServerFrame::Top(top)]);
                }
            };
            if let Some(told) = told {
                // Where the logs stand may have changed meanwhile.
                let (welcome, pages) = self.hello(who, hello.clone()).await?;
                let mut frames = self.told(welcome, news(&hello.cursors, pages));
                frames.push(told);
                return Ok(frames);
            }
        }
    }

    /// Whether a greeting by `POST` goes on with what this client began.
    pub(crate) fn renews(&self, who: &Scope, client: Option<&str>) -> bool {
        self.fence.renews(who, client, clock::elapsed())
    }

    /// A client was let in by `POST`.
    pub(crate) fn admitted(&self, who: &Scope, client: Option<&str>) {
        self.fence.admit(who, client, clock::elapsed());
    }

    /// Ends what is held by `POST` for a client that is connected now.
    pub(crate) fn connected(&self, who: &Scope, client: Option<&str>) {
        self.fence.clear(who, client);
    }

    fn listen(&self, who: &Scope) -> Listener {
        match who {
            Scope::Visitor(visitor) => self.around.hub.visitor(visitor),
            Scope::Agent(_) => self.around.hub.agent(),
        }
    }

    fn told(&self, welcome: Welcome, pages: Vec<Page>) -> Vec<ServerFrame> {
        self.around.metrics.events(Carrier::Poll, pages.iter().map(|page| page.events.len()).sum());
        let mut frames = vec![ServerFrame::Welcome(welcome)];
        frames.extend(pages.into_iter().map(ServerFrame::Page));
        frames
    }
}

/// The pages that tell a client something: new entries, or that the log is another one than it knows.
fn news(known: &[Cursor], mut pages: Vec<Page>) -> Vec<Page> {
    pages.retain(|page| {
        let knows = known.iter().any(|cursor| cursor.stream == page.stream && cursor.seq.is_some());
        !page.events.is_empty() || (knows && !matches!(page.range, Range::After(_)))
    });
    pages
}

/// Listens until there is something: `None` means that the logs are to be read.
async fn hear(listener: &mut Listener, who: &Scope, hello: &mut Hello) -> Option<ServerFrame> {
    loop {
        let news = match listener.hear().await {
            Heard::Lagged => News::Look,
            Heard::Note(note) => meaning(note, who, hello),
        };
        match news {
            News::Look => return None,
            News::Tell(frame) => return Some(frame),
            News::Nothing => {}
        }
    }
}

fn meaning(note: Note, who: &Scope, hello: &mut Hello) -> News {
    match note {
        Note::Wake(id) => {
            let stream = Stream::Conversation(id);
            let known = hello.cursors.is_empty() || hello.cursors.iter().any(|cursor| cursor.stream == stream);
            if !known && matches!(who, Scope::Visitor(_)) {
                // Begun over another transport; from here on it is followed.
                hello.cursors.push(Cursor { stream, epoch: 0, seq: None });
            }
            News::Look
        }
        Note::Cursor(report) if report.side != who.side() => News::Tell(ServerFrame::Cursor(report)),
        Note::Typing(typing) if typing.side != who.side() => News::Tell(ServerFrame::Typing(typing)),
        // Whose session ended: the next request is refused, and comes at once.
        Note::SessionEnded(_) if matches!(who, Scope::Agent(_)) => News::Tell(ServerFrame::Beat { window_ms: None }),
        _ => News::Nothing,
    }
}
