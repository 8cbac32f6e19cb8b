//! What a text is made of, whether or not it is JSON: texts in quotes, words and marks.

/// A piece of the text, and where it stands in bytes. Spaces and comments are none.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Within double quotes, both of them included.
    Text,
    /// The same without an end on its line.
    OpenText,
    /// One of `{}[],:`.
    Mark(u8),
    /// Anything else, up to the next space, mark or quote.
    Word,
}

pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at = skip(bytes, at);
        let start = at;
        let kind = match *bytes.get(at)? {
            b'"' => quoted(bytes, &mut at),
            mark @ (b'{' | b'}' | b'[' | b']' | b',' | b':') => {
                at += 1;
                Kind::Mark(mark)
            }
            _ => {
                let in_word = |byte: &u8| !byte.is_ascii_whitespace() && !br#""{}[],:"#.contains(byte);
                at += 1;
                while bytes.get(at).is_some_and(in_word) && !begins_comment(bytes, at) {
                    at += 1;
                }
                Kind::Word
            }
        };
        Some(Piece { start, end: at, kind })
    })
}

/// Where spaces and comments end that begin here.
fn skip(bytes: &[u8], mut at: usize) -> usize {
    let rest = |at: usize| bytes.get(at..).unwrap_or(&[]);
    loop {
        if bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        } else if rest(at).starts_with(b"//") {
            at += rest(at).iter().position(|byte| *byte == b'\n').unwrap_or(rest(at).len());
        } else if rest(at).starts_with(b"/*") {
            let end = rest(at + 2).windows(2).position(|pair| pair == b"*/");
            at = end.map_or(bytes.len(), |end| at + end + 4);
        } else {
            return at;
        }
    }
}

fn begins_comment(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 2), Some(b"//" | b"/*"))
}

/// The text whose first quote stands at `at`, which moves behind it.
fn quoted(bytes: &[u8], at: &mut usize) -> Kind {
    *at += 1;
    while let Some(byte) = bytes.get(*at) {
        match byte {
            b'\n' => return Kind::OpenText,
            b'\\' => *at += 2,
            b'"' => {
                *at += 1;
                return Kind::Text;
            }
            _ => *at += 1,
        }
    }
    *at = bytes.len();
    Kind::OpenText
}

/// What is wrong with a text that does not even begin like JSON: where, a sentence, and what to do.
pub(super) fn other_language(text: &str) -> Option<(usize, &'static str, &'static str)> {
    let mut pieces = pieces(text);
    let first = pieces.next()?;
    let second = pieces.next();
    let name = second.is_some_and(|second| second.kind == Kind::Mark(b':'));
    let word = text.get(first.start..first.end)?;
    match first.kind {
        Kind::Text if name => Some((
            first.start,
            "the brace `{` around the whole file is missing",
            "begin the file with `{` and end it with `}`",
        )),
        Kind::Word if name || word.starts_with("---") || word.starts_with('#') || word == "-" => Some((
            first.start,
            "this looks like YAML, and an engagement file is JSON: names and texts stand in double quotes, what belongs together in braces",
            "begin with `{ \"version\": 1, \"rules\": [] }`, or have a converter make JSON of it",
        )),
        Kind::Word
            if (second.is_some() || word.starts_with('<'))
                && word.parse::<f64>().is_err()
                && !word.starts_with(['“', '”', '„', '\'']) =>
        {
            Some((
                first.start,
                "this is no engagement file: that is JSON, and begins with a brace `{`",
                "begin with `{ \"version\": 1, \"rules\": [] }`",
            ))
        }
        _ => None,
    }
}

/// A text that lacks one of its quotes, and where it begins.
pub(super) enum HalfQuoted {
    NoEnd(usize),
    NoBeginning(usize),
}

/// The first text that lacks a quote, on the first line on which one is missing. The parser would take it to the next
/// quotes, lines below, and complain there.
pub(super) fn half_quoted(text: &str) -> Option<HalfQuoted> {
    let mut line: Vec<Piece> = Vec::new();
    for piece in pieces(text) {
        let newline = |last: &Piece| text.get(last.start..piece.start).is_some_and(|between| between.contains('\n'));
        if line.last().is_some_and(newline) {
            line.clear();
        }
        line.push(piece);
        if piece.kind == Kind::OpenText {
            return Some(first_half(&line).unwrap_or(HalfQuoted::NoEnd(piece.start)));
        }
    }
    None
}

/// Quotes do not touch words: where they do, one before is missing, and what looks like a text is what is between two.
fn first_half(line: &[Piece]) -> Option<HalfQuoted> {
    let touches = |pair: &[Piece]| matches!(pair, [first, second] if first.end == second.start);
    let place = line.windows(2).position(|pair| {
        let kinds = [pair.first(), pair.last()].map(|piece| piece.map(|piece| piece.kind));
        let word = kinds.contains(&Some(Kind::Word));
        touches(pair) && word && (kinds.contains(&Some(Kind::Text)) || kinds.contains(&Some(Kind::OpenText)))
    })?;
    let before = line.get(..=place)?;
    let last = before.last()?;
    if last.kind == Kind::Text {
        return Some(HalfQuoted::NoEnd(last.start));
    }
    let words = before.iter().rev().take_while(|piece| piece.kind == Kind::Word);
    Some(HalfQuoted::NoBeginning(words.last()?.start))
}
