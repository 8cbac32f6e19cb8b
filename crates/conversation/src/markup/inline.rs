//! Inside a line.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Bold(Vec<Inline>),
    Italic(Vec<Inline>),
    Code(String),
    Link {
        url: String,
        label: String,
    },
    /// A line break inside a paragraph.
    Break,
}

/// Emphasis inside emphasis beyond this is text: nobody writes it, and the interface renders recursively.
const DEPTH: u8 = 4;

/// Parses one line.
#[must_use]
pub fn inline(line: &str) -> Vec<Inline> {
    parse(line, DEPTH)
}

fn parse(line: &str, depth: u8) -> Vec<Inline> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        if let Some((piece, length)) = piece(rest, before, depth) {
            push_text(&mut out, line.get(from..at).unwrap_or_default());
            out.push(piece);
            at += length;
            from = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    push_text(&mut out, line.get(from..).unwrap_or_default());
    out
}

/// The markup that starts here, and its length in bytes.
fn piece(rest: &str, before: Option<char>, depth: u8) -> Option<(Inline, usize)> {
    let boundary = before.is_none_or(|c| !is_word(c));
    match rest.as_bytes().first()? {
        b'`' => between(rest, "`").map(|(code, length)| (Inline::Code(code.into()), length)),
        b'*' if rest.starts_with("**") => emphasis(rest, "**", depth, Inline::Bold),
        b'*' if boundary => emphasis(rest, "*", depth, Inline::Italic),
        b'_' if boundary => emphasis(rest, "_", depth, Inline::Italic),
        b'[' => labelled_link(rest),
        b'h' | b'm' | b't' if boundary => bare_link(rest),
        _ => None,
    }
}

fn emphasis(rest: &str, mark: &str, depth: u8, kind: impl FnOnce(Vec<Inline>) -> Inline) -> Option<(Inline, usize)> {
    let (inner, length) = between(rest, mark)?;
    let spaced = inner.starts_with(char::is_whitespace) || inner.ends_with(char::is_whitespace);
    let joined = rest.get(length..)?.starts_with(is_word);
    if depth == 0 || spaced || joined {
        return None;
    }
    Some((kind(parse(inner, depth - 1)), length))
}

/// What stands between two of the same mark, and the length with both.
fn between<'a>(rest: &'a str, mark: &str) -> Option<(&'a str, usize)> {
    let inner = rest.get(mark.len()..)?;
    let end = position(inner, mark)?;
    (end > 0).then(|| (inner.get(..end).unwrap_or_default(), end + 2 * mark.len()))
}

/// Bytes are enough to look for a mark, and a fraction of the code of a search in text.
fn position(text: &str, mark: &str) -> Option<usize> {
    text.as_bytes().windows(mark.len()).position(|here| here == mark.as_bytes())
}

/// Whether a mark beside it is a part of a word. The tables of all letters would be paid for by every visitor; what is no
/// punctuation of the common blocks passes for a letter.
fn is_word(c: char) -> bool {
    !matches!(c, '\0'..='/' | ':'..='@' | '['..='`' | '{'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}')
}

fn labelled_link(rest: &str) -> Option<(Inline, usize)> {
    let close = position(rest, "](")?;
    let label = rest.get(1..close)?;
    let target = rest.get(close + 2..)?;
    let end = target.find(')')?;
    let url = target.get(..end)?;
    if label.is_empty() || label.contains(['[', '\n']) || url_length(url)? != url.len() {
        return None;
    }
    let link = Inline::Link { url: url.into(), label: label.into() };
    Some((link, close + 2 + end + 1))
}

fn bare_link(rest: &str) -> Option<(Inline, usize)> {
    let length = url_length(rest)?;
    // Punctuation at the end belongs to the sentence.
    let url = rest.get(..length)?.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '_']);
    scheme(url).filter(|scheme| url.len() > scheme.len())?;
    Some((Inline::Link { url: url.into(), label: url.into() }, url.len()))
}

fn scheme(url: &str) -> Option<&'static str> {
    ["https://", "http://", "mailto:", "tel:"].into_iter().find(|scheme| url.starts_with(scheme))
}

/// Length of the URL at the start of `text`, if one of the allowed schemes stands there.
fn url_length(text: &str) -> Option<usize> {
    let scheme = scheme(text)?;
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`');
    let length = text.find(odd).unwrap_or(text.len());
    (length > scheme.len()).then_some(length)
}

fn push_text(out: &mut Vec<Inline>, text: &str) {
    if !text.is_empty() {
        out.push(Inline::Text(text.into()));
    }
}

pub(super) fn plain(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Bold(inner) | Inline::Italic(inner) => plain(inner, out),
            Inline::Link { label, .. } => out.push_str(label),
            Inline::Break => out.push(' '),
        }
    }
}
