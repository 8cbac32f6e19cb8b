//! Where in a half-written file the caret stands. A parser would give up; this only has to get to the caret.

/// One step from the root to the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index,
}

/// What is being written at the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Key,
    Value,
}

/// What surrounds the caret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caret {
    /// To the value that is being written, or to the object whose key is.
    pub(super) path: Vec<Step>,
    pub(super) slot: Slot,
    /// Keys that the object has before the caret.
    pub(super) siblings: Vec<String>,
    /// Byte offset at which what is being written begins; at its opening quotes when it has some.
    pub(super) from: usize,
    /// What is written so far, without quotes.
    pub(super) written: String,
    pub(super) quoted: bool,
}

enum Frame {
    Object { keys: Vec<String>, in_value: bool },
    Array,
}

/// `None` within comments and where nothing can be completed.
pub(super) fn caret(text: &str, at: usize) -> Option<Caret> {
    let before = text.get(..at)?;
    let mut frames: Vec<Frame> = Vec::new();
    let mut chars = before.char_indices().peekable();
    // What is being written: where it began, its text, whether it stands in quotes.
    let mut word: Option<(usize, String, bool)> = None;
    // A closed text that may turn out to be a key.
    let mut last = String::new();
    while let Some((place, c)) = chars.next() {
        if word.as_ref().is_some_and(|(_, _, quoted)| !quoted) && !is_word(c) {
            word = None;
        }
        match c {
            '/' if matches!(chars.peek(), Some((_, '/'))) => {
                chars.find(|(_, c)| *c == '\n')?;
            }
            '/' if matches!(chars.peek(), Some((_, '*'))) => {
                let rest = before.get(place + 2..)?;
                let end = place + 2 + rest.find("*/")? + 2;
                while chars.peek().is_some_and(|(place, _)| *place < end) {
                    chars.next();
                }
            }
            '"' => {
                let mut inside = String::new();
                let mut closed = false;
                while let Some((_, c)) = chars.next() {
                    match c {
                        '"' => {
                            closed = true;
                            break;
                        }
                        '\n' => break,
                        '\\' => inside.extend(chars.next().map(|(_, c)| c)),
                        c => inside.push(c),
                    }
                }
                if closed {
                    last = inside;
                } else if chars.peek().is_none() && !before.ends_with('\n') {
                    word = Some((place, inside, true));
                }
            }
            '{' => frames.push(Frame::Object { keys: Vec::new(), in_value: false }),
            '[' => frames.push(Frame::Array),
            '}' | ']' => drop(frames.pop()),
            ':' => {
                if let Some(Frame::Object { keys, in_value }) = frames.last_mut() {
                    keys.push(std::mem::take(&mut last));
                    *in_value = true;
                }
            }
            ',' => {
                if let Some(Frame::Object { in_value, .. }) = frames.last_mut() {
                    *in_value = false;
                }
            }
            c if is_word(c) => match &mut word {
                Some((_, text, _)) => text.push(c),
                None => word = Some((place, c.into(), false)),
            },
            _ => {}
        }
    }
    let (slot, siblings) = match frames.last()? {
        Frame::Object { keys, in_value: false } => (Slot::Key, keys.clone()),
        _ => (Slot::Value, Vec::new()),
    };
    let mut path = Vec::new();
    for frame in &frames {
        match frame {
            Frame::Object { keys, in_value: true } => path.extend(keys.last().cloned().map(Step::Key)),
            Frame::Object { .. } => {}
            Frame::Array => path.push(Step::Index),
        }
    }
    let (from, written, quoted) = word.unwrap_or((at, String::new(), false));
    Some(Caret { path, slot, siblings, from, written, quoted })
}

pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | '_' | '-' | '/')
}
