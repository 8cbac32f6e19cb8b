//! Frames to JSON text.

use chinwag_conversation::{
    ClientFrame, Context, Cursor, CursorReport, FileRef, Hello, Kept, Kind, NackCode, Pull, Range, Send, Side, Typing,
};
use js_sys::JSON;
use wasm_bindgen::JsValue;

use crate::number::digits;

/// Exactly what `serde` writes for it.
#[must_use]
pub fn client_frame(frame: &ClientFrame) -> String {
    let mut json = Json::default();
    json.frame(frame);
    json.text
}

/// The body of a `POST`.
#[must_use]
pub fn post(token: Option<&str>, wait_ms: Option<u32>, frames: &[ClientFrame]) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.optional("token", token);
        json.count("wait_ms", wait_ms.map(u64::from));
        json.key("frames").list(frames, Json::frame);
    });
    json.text
}

/// An entry of the outbox.
#[must_use]
pub fn kept(kept: &Kept) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("send").send(&kept.send);
        json.optional("failed", kept.failed.map(nack_code));
    });
    json.text
}

#[derive(Default)]
struct Json {
    text: String,
}

impl Json {
    fn object(&mut self, fields: impl FnOnce(&mut Self)) {
        self.text.push('{');
        fields(self);
        self.text.push('}');
    }

    /// One key, one value: how a frame or a kind says what it is.
    fn tagged(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.object(|json| json.key(name).object(body));
    }

    #[inline(never)]
    fn key(&mut self, name: &str) -> &mut Self {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
        self
    }

    /// The browser knows best how to escape.
    #[inline(never)]
    fn string(&mut self, text: &str) {
        let quoted = JSON::stringify(&JsValue::from_str(text)).ok().and_then(|text| text.as_string());
        self.text.push_str(quoted.as_deref().unwrap_or("\"\""));
    }

    /// Ids and names of ours, which need no escape.
    fn plain(&mut self, name: &str) {
        self.text.push('"');
        self.text.push_str(name);
        self.text.push('"');
    }

    #[inline(never)]
    fn number(&mut self, number: u64) {
        self.text.push_str(&digits(number));
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.key(name).string(text);
        }
    }

    fn count(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.key(name).number(number);
        }
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.text.push('[');
        for item in items {
            if !self.text.ends_with('[') {
                self.text.push(',');
            }
            write(self, item);
        }
        self.text.push(']');
    }

    fn frame(&mut self, frame: &ClientFrame) {
        match frame {
            ClientFrame::Hello(hello) => self.tagged("hello", |json| json.hello(hello)),
            ClientFrame::Send(send) => self.object(|json| json.key("send").send(send)),
            ClientFrame::Pull(Pull { stream, range }) => self.tagged("pull", |json| {
                json.key("stream").plain(&stream.text());
                json.key("range").range(*range);
            }),
            ClientFrame::Cursor(CursorReport { conversation, side, delivered, read }) => {
                self.tagged("cursor", |json| {
                    json.key("conversation").plain(&conversation.text());
                    json.key("side").plain(side_name(*side));
                    json.key("delivered").number(*delivered);
                    json.key("read").number(*read);
                })
            }
            ClientFrame::Typing(Typing { conversation, side, name }) => self.tagged("typing", |json| {
                json.key("conversation").plain(&conversation.text());
                json.key("side").plain(side_name(*side));
                json.optional("name", name.as_deref());
            }),
        }
    }

    fn hello(&mut self, hello: &Hello) {
        self.key("protocol").number(u64::from(hello.protocol));
        self.optional("token", hello.token.as_deref());
        self.key("cursors").list(&hello.cursors, |json, Cursor { stream, epoch, seq }| {
            json.object(|json| {
                json.key("stream").plain(&stream.text());
                json.key("epoch").number(*epoch);
                json.count("seq", *seq);
            });
        });
        self.key("attempt").number(u64::from(hello.attempt));
        self.optional("ticket", hello.ticket.as_deref());
        self.optional("client", hello.client.as_deref());
    }

    fn send(&mut self, send: &Send) {
        self.object(|json| {
            json.key("id").plain(&send.id.text());
            json.key("conversation").plain(&send.conversation.text());
            json.key("kind").kind(&send.kind);
            if let Some(context) = &send.context {
                json.key("context").context(context);
            }
            json.count("as_of", send.as_of);
        });
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Message { text } => self.tagged("message", |json| json.key("text").string(text)),
            Kind::Contact { name, email } => self.tagged("contact", |json| {
                json.optional("name", name.as_deref());
                json.optional("email", email.as_deref());
            }),
            Kind::Joined => self.plain("joined"),
            Kind::Closed => self.plain("closed"),
            Kind::Rated { score } => self.tagged("rated", |json| json.key("score").number(u64::from(*score))),
            Kind::File { file } => self.tagged("file", |json| json.key("file").object(|json| json.file(file))),
            Kind::Edited { of, text } => self.tagged("edited", |json| {
                json.key("of").plain(&of.text());
                json.key("text").string(text);
            }),
            Kind::Deleted { of } => self.tagged("deleted", |json| json.key("of").plain(&of.text())),
            Kind::Unknown => self.text.push_str("null"),
        }
    }

    fn file(&mut self, file: &FileRef) {
        let FileRef { id, name, media, size, width, height, path } = file;
        self.key("id").plain(&id.text());
        self.key("name").string(name);
        self.key("type").string(media);
        self.key("size").number(*size);
        for (name, pixels) in [("width", width), ("height", height)] {
            self.count(name, pixels.map(u64::from));
        }
        self.key("path").string(path);
    }

    fn context(&mut self, context: &Context) {
        let Context { url, title, referrer, language, rule, variant, team, tags } = context;
        self.object(|json| {
            for (name, text) in [
                ("url", url),
                ("title", title),
                ("referrer", referrer),
                ("language", language),
                ("rule", rule),
                ("variant", variant),
                ("team", team),
            ] {
                json.optional(name, text.as_deref());
            }
            if !tags.is_empty() {
                json.key("tags").list(tags, |json, tag| json.string(tag));
            }
        });
    }

    fn range(&mut self, range: Range) {
        match range {
            Range::After(seq) => self.object(|json| json.key("after").number(seq)),
            Range::Before(seq) => self.object(|json| json.key("before").number(seq)),
            Range::Tail => self.plain("tail"),
        }
    }
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Visitor => "visitor",
        Side::Agent => "agent",
    }
}

fn nack_code(code: NackCode) -> &'static str {
    match code {
        NackCode::Empty => "empty",
        NackCode::TooLong => "too_long",
        NackCode::Malformed => "malformed",
        NackCode::Forbidden => "forbidden",
        NackCode::Rate => "rate",
        NackCode::Unavailable => "unavailable",
    }
}
