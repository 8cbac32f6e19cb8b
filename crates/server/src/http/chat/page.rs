//! The page itself. Every value goes through the template's escaping.

use axum::http::{HeaderMap, header};
use chinwag_conversation::{
    AuthorKind, Availability, Entry, Kind, limits,
    markup::{self, Block, Inline},
};
use chinwag_targeting::Value;
use jiff::{Timestamp, tz::TimeZone};
use maud::{DOCTYPE, Markup, html};

use super::Keys;
use crate::{clock, secret, sites::Site};

/// What is shown.
pub(super) struct Page {
    pub(super) keys: Keys,
    pub(super) thread: Vec<Entry>,
    /// Why the last message was not accepted.
    pub(super) refused: Option<&'static str>,
    pub(super) draft: String,
    pub(super) name: String,
    pub(super) email: String,
}

/// The site's own words, in the visitor's language where it has them.
pub(super) struct Words {
    team: String,
    greeting: String,
    away: Option<String>,
    contact: Vec<(&'static str, String)>,
}

impl Words {
    pub(super) fn of(site: &Site, request: &HeaderMap, availability: Availability) -> Self {
        let json = site.engagement.as_ref().map_or("{}", |served| &served.published.json);
        let file: Value = serde_json::from_str(json).unwrap_or_default();
        let languages = languages(request);
        let text = |value: Option<&Value>| value.and_then(|value| pick(value, &languages));
        let team = text(file.get("team").and_then(|team| team.get("name")));
        let greeting = text(file.get("greeting"));
        let away = (availability == Availability::Away).then(|| {
            text(file.get("away"))
                .unwrap_or_else(|| "Nobody is here just now. Leave a message and a way to reach you.".into())
        });
        let way = |name| file.get("contact").and_then(|ways| ways.get(name)).and_then(Value::as_str);
        let mut contact = Vec::new();
        contact.extend(way("email").map(|mail| ("mailto:", mail.to_owned())));
        contact.extend(way("phone").map(|phone| ("tel:", phone.to_owned())));
        Self {
            team: team.unwrap_or_else(|| site.name.to_string()),
            greeting: greeting.unwrap_or_else(|| "Hello! How can we help?".into()),
            away,
            contact,
        }
    }
}

/// Language tags in the order of the header, with their base languages.
fn languages(request: &HeaderMap) -> Vec<String> {
    let line = request.get(header::ACCEPT_LANGUAGE).and_then(|line| line.to_str().ok());
    let tags = line.unwrap_or("").split(',').take(8).filter_map(|tag| tag.split(';').next());
    let with_base = |tag: &str| {
        let tag = tag.trim().to_ascii_lowercase();
        let base = tag.split('-').next().unwrap_or("").to_owned();
        [tag, base]
    };
    tags.flat_map(with_base).chain(["en".into()]).collect()
}

/// A text is a string, or a map by language.
fn pick(value: &Value, languages: &[String]) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let map = value.as_map()?;
    let named =
        |language: &String| map.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(language)).map(|(_, text)| text);
    let found = languages.iter().find_map(named).or_else(|| map.first().map(|(_, text)| text))?;
    found.as_str().map(str::to_owned)
}

impl Page {
    pub(super) fn empty() -> Self {
        let conversation = chinwag_conversation::ConversationId::new(clock::wall(), secret::bytes());
        Self {
            keys: Keys::next(String::new(), conversation),
            thread: Vec::new(),
            refused: None,
            draft: String::new(),
            name: String::new(),
            email: String::new(),
        }
    }

    pub(super) fn render(&self, site: &str, words: &Words) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (words.team) }
                    link rel="stylesheet" href="/chat.css";
                }
                body {
                    main {
                        h1 dir="auto" { (words.team) }
                        @if self.thread.is_empty() {
                            p.greeting dir="auto" { (words.greeting) }
                        }
                        @if let Some(away) = &words.away { p.note dir="auto" { (away) } }
                        (self.entries())
                        @if let Some(refused) = self.refused { p.refused role="alert" { (refused) } }
                        (self.form(site))
                        (ways(words))
                    }
                }
            }
        }
        .into_string()
    }

    fn entries(&self) -> Markup {
        html! {
            @if !self.thread.is_empty() {
                ol.thread aria-label="Messages" { @for entry in &self.thread { (line(entry)) } }
            }
        }
    }

    fn form(&self, site: &str) -> Markup {
        let introduced = self.thread.iter().any(|entry| matches!(entry.kind, Kind::Contact { .. }));
        html! {
            form method="post" action=(format!("/chat/{site}")) {
                input type="hidden" name="token" value=(self.keys.token);
                input type="hidden" name="conversation" value=(self.keys.conversation);
                input type="hidden" name="message_id" value=(self.keys.message_id);
                input type="hidden" name="contact_id" value=(self.keys.contact_id);
                label for="text" { "Message" }
                textarea #text name="text" rows="4" maxlength=(limits::TEXT_CHARS) dir="auto" { (self.draft) }
                @if !introduced {
                    label for="name" { "Name " small { "(if you like)" } }
                    input #name name="name" autocomplete="name" maxlength=(limits::NAME_CHARS) value=(self.name);
                    label for="email" { "E-mail " small { "(for an answer when you are gone)" } }
                    input #email name="email" type="email" autocomplete="email" maxlength=(limits::EMAIL_BYTES) value=(self.email);
                }
                div.buttons {
                    button type="submit" { "Send" }
                    @if !self.thread.is_empty() {
                        button.plain type="submit" name="refresh" value="1" formnovalidate { "Refresh" }
                    }
                }
                p.note { "This page works without scripts. Answers appear when you press Refresh; keep the page open, it is the key to this conversation." }
            }
        }
    }
}

/// The log as it reads now: edits stand in the place of what they mean.
pub(super) fn as_edited(log: Vec<Entry>) -> Vec<Entry> {
    let mut shown: Vec<Entry> = Vec::with_capacity(log.len());
    for entry in log {
        if let Kind::Edited { of, text } = &entry.kind {
            if let Some(Kind::Message { text: old }) = shown.iter_mut().find(|e| e.id == *of).map(|e| &mut e.kind)
                && !old.is_empty()
            {
                old.clone_from(text);
            }
        } else {
            shown.push(entry);
        }
    }
    shown
}

fn line(entry: &Entry) -> Markup {
    let own = entry.author.kind == AuthorKind::Visitor;
    let name = match (&entry.author.name, entry.author.kind) {
        (_, AuthorKind::Visitor) => "You",
        (Some(name), _) => name,
        (None, AuthorKind::Bot) => "Bot",
        (None, _) => "Team",
    };
    let at = time(entry.at.0);
    html! {
        @match &entry.kind {
            Kind::Message { text } if text.is_empty() => { li.event { "A message was deleted." } }
            Kind::Message { text } => {
                li.own[own] {
                    p.by { b dir="auto" { (name) } @if entry.author.kind == AuthorKind::Bot { " (automatic)" } " " time { (at) } }
                    div.text dir="auto" { @for block in markup::parse(text) { (formatted(&block)) } }
                }
            }
            Kind::Contact { .. } => { li.event { "Your contact details were sent." } }
            Kind::Joined => { li.event { (name) " joined." } }
            Kind::Closed => { li.event { "The conversation was closed. Write again to go on." } }
            Kind::File { file } => {
                li.own[own] {
                    p.by { b dir="auto" { (name) } " " time { (at) } }
                    p.text { a href=(file.path) rel="noopener" { bdi { (file.name) } } }
                }
            }
            Kind::Edited { .. } | Kind::Deleted { .. } | Kind::Unknown => {}
            Kind::Rated { score } => { li.event { "Rated " (score) " of 5." } }
        }
    }
}

/// A block of a message. Links lead to http, https, mailto and tel only: the parser makes no others.
fn formatted(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Paragraph(parts) => { p { (inline(parts)) } }
            Block::Code(code) => { pre { code { (code) } } }
            Block::List { ordered: true, items } => { ol { @for item in items { li { (inline(item)) } } } }
            Block::List { ordered: false, items } => { ul { @for item in items { li { (inline(item)) } } } }
        }
    }
}

fn inline(parts: &[Inline]) -> Markup {
    html! {
        @for part in parts {
            @match part {
                Inline::Text(text) => { (text) }
                Inline::Bold(parts) => { strong { (inline(parts)) } }
                Inline::Italic(parts) => { em { (inline(parts)) } }
                Inline::Code(code) => { code { (code) } }
                Inline::Link { url, label } => { a href=(url) rel="nofollow ugc noopener" { (label) } }
                Inline::Break => { br; }
            }
        }
    }
}

/// Minutes are enough, and the server does not know the visitor's zone.
fn time(ms: u64) -> String {
    i64::try_from(ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .map(|at| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string())
        .unwrap_or_default()
}

fn ways(words: &Words) -> Markup {
    html! {
        @if !words.contact.is_empty() {
            p.ways {
                "Other ways to reach us: "
                @for (scheme, way) in &words.contact { a href=(format!("{scheme}{}", way.replace(' ', ""))) { (way) } " " }
            }
        }
    }
}
