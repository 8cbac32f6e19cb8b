//! The text in colours: a line at a time, so that an edit repaints one line.

use std::ops::Range;

use chinwag_targeting::{Severity, editing::Finding};

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Key,
    Text,
    Number,
    Word,
    Comment,
}

impl Ink {
    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Key => Some("key"),
            Self::Text => Some("text"),
            Self::Number => Some("number"),
            Self::Word => Some("word"),
            Self::Comment => Some("comment"),
        }
    }
}

/// A line, and whether it begins inside a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub in_comment: bool,
    pub marks: Vec<Mark>,
}

/// A finding on a line. Columns in characters, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub from: usize,
    pub to: usize,
    pub severity: Severity,
    pub message: String,
    pub hint: Option<String>,
}

/// The lines of a text with their findings.
pub fn lines(text: &str, findings: &[Finding]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut in_comment = false;
    for (index, line) in text.split('\n').enumerate() {
        let marks = findings.iter().filter(|finding| finding.line == index + 1).map(|finding| mark(line, finding));
        lines.push(Line { text: line.into(), in_comment, marks: marks.collect() });
        in_comment = pieces(line, in_comment).1;
    }
    lines
}

/// The finding reaches to the end of the word or text that it points at.
fn mark(line: &str, finding: &Finding) -> Mark {
    let characters: Vec<char> = line.chars().collect();
    let from = finding.column.saturating_sub(1).min(characters.len());
    let rest = characters.get(from..).unwrap_or(&[]);
    let length = match rest.first() {
        Some('"') => rest.iter().skip(1).position(|c| *c == '"').map_or(rest.len(), |end| end + 2),
        Some(c) if c.is_alphanumeric() => {
            rest.iter().position(|c| !c.is_alphanumeric() && *c != '.').unwrap_or(rest.len())
        }
        _ => 1,
    };
    let Finding { severity, message, hint, .. } = finding.clone();
    Mark { from, to: from + length, severity, message, hint }
}

/// The word at `line` and `column` (from 1) without its quotes, as columns from 0; empty where nothing can be selected.
/// A finding there says how far it reaches.
pub fn word(text: &str, findings: &[Finding], line: usize, column: usize) -> Range<usize> {
    let row = text.split('\n').nth(line.saturating_sub(1)).unwrap_or("");
    let from = column.saturating_sub(1);
    let Some(found) = findings.iter().find(|finding| (finding.line, finding.column) == (line, column)) else {
        return from..from;
    };
    let mark = mark(row, found);
    let within: Vec<char> = row.chars().skip(mark.from).take(mark.to - mark.from).collect();
    match within.as_slice() {
        ['"', .., '"'] => mark.from + 1..mark.to - 1,
        [first, ..] if first.is_alphanumeric() => mark.from..mark.to,
        _ => from..from,
    }
}

/// The pieces of a line, and whether it ends inside a comment.
pub fn pieces(line: &str, in_comment: bool) -> (Vec<(Ink, String)>, bool) {
    let mut pieces: Vec<(Ink, String)> = Vec::new();
    let mut rest = line;
    let mut comment = in_comment;
    while !rest.is_empty() {
        let (ink, length) = if comment {
            let end = rest.find("*/").map(|at| at + 2);
            comment = end.is_none();
            (Ink::Comment, end.unwrap_or(rest.len()))
        } else if rest.starts_with("//") {
            (Ink::Comment, rest.len())
        } else if rest.starts_with("/*") {
            comment = true;
            (Ink::Comment, 2)
        } else if rest.starts_with('"') {
            let length = text_length(rest);
            let is_key = rest.get(length..).is_some_and(|after| after.trim_start().starts_with(':'));
            (if is_key { Ink::Key } else { Ink::Text }, length)
        } else {
            other(rest)
        };
        let (piece, after) = rest.split_at(length);
        match pieces.last_mut() {
            Some((last, text)) if *last == ink => text.push_str(piece),
            _ => pieces.push((ink, piece.into())),
        }
        rest = after;
    }
    (pieces, comment)
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let end = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        end
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

fn other(rest: &str) -> (Ink, usize) {
    let while_ = |test: fn(char) -> bool| rest.find(|c| !test(c)).unwrap_or(rest.len());
    match rest.chars().next() {
        Some(c) if c.is_ascii_digit() || c == '-' => {
            (Ink::Number, while_(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | 'e' | 'E' | '+')))
        }
        Some(c) if c.is_alphabetic() => (Ink::Word, while_(char::is_alphanumeric)),
        Some(c) => (Ink::Plain, c.len_utf8()),
        None => (Ink::Plain, 0),
    }
}
