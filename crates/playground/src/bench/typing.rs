//! What an editor does of itself while somebody writes: a new line begins where the one before did, brackets come in pairs.

/// What a key writes in the place of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stroke {
    /// So many characters before the caret go.
    pub eats: usize,
    pub insert: String,
    /// So many of the characters that were inserted stand behind the caret then; below zero: so many before that are passed over.
    pub back: i32,
}

const STEP: &str = "  ";
const OPENS: [char; 2] = ['{', '['];
const CLOSES: [char; 2] = ['}', ']'];

/// `key` as a keyboard event names it; `None`: the key does what it always does.
#[must_use]
pub fn stroke(before: &str, after: &str, key: &str) -> Option<Stroke> {
    let line = before.rsplit('\n').next().unwrap_or("");
    if is_string(line) {
        return None;
    }
    let rest = after.split('\n').next().unwrap_or("");
    let indent = &line[..line.len() - line.trim_start().len()];
    match key {
        "Enter" => Some(new_line(line, rest, indent)).filter(|stroke| stroke.insert.len() > 1),
        "{" | "[" if rest.trim().is_empty() || rest.starts_with([',', '}', ']']) => {
            let insert = [key, closing(key)].concat();
            Some(Stroke { eats: 0, insert, back: 1 })
        }
        // The one that came with its opening.
        "}" | "]" if after.starts_with(key) && surplus(before, after) >= 0 => {
            Some(Stroke { eats: 0, insert: String::new(), back: -1 })
        }
        "}" | "]" if line.trim().is_empty() && line.ends_with(STEP) => {
            Some(Stroke { eats: STEP.len(), insert: key.into(), back: 0 })
        }
        _ => None,
    }
}

fn closing(key: &str) -> &'static str {
    if key == "{" { "}" } else { "]" }
}

fn new_line(line: &str, rest: &str, indent: &str) -> Stroke {
    let opens = line.trim_end().ends_with(OPENS);
    let closes = rest.trim_start().starts_with(CLOSES);
    let mut insert = ["\n", indent, if opens { STEP } else { "" }].concat();
    let mut back = 0;
    if opens && closes {
        back = 1 + indent.len() as i32;
        insert.push('\n');
        insert.push_str(indent);
    }
    Stroke { eats: 0, insert, back }
}

/// Whether a quote is open; strings of JSON do not go on over lines.
fn is_string(line: &str) -> bool {
    let mut escaped = false;
    let mut open = false;
    for c in line.chars() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = open;
        } else if c == '"' {
            open = !open;
        }
    }
    open
}

/// How many more brackets are closed than opened, texts left out.
fn surplus(before: &str, after: &str) -> i32 {
    let mut sum = 0;
    for line in before.lines().chain(after.lines()) {
        let texts = line.split('"').step_by(2);
        sum += texts
            .flat_map(str::chars)
            .map(|c| i32::from(CLOSES.contains(&c)) - i32::from(OPENS.contains(&c)))
            .sum::<i32>();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after a key at `|`, with the caret as `|`.
    fn typed(text: &str, key: &str) -> String {
        let (before, after) = text.split_once('|').unwrap();
        let Some(Stroke { eats, insert, back }) = stroke(before, after, key) else { return "as ever".into() };
        let whole = [&before[..before.len() - eats], &insert, after].concat();
        let caret = before.len() as i32 - eats as i32 + insert.len() as i32 - back;
        let (left, right) = whole.split_at(caret as usize);
        [left, "|", right].concat()
    }

    #[test]
    fn lines_begin_where_the_one_before_did() {
        assert_eq!(typed("{|}", "Enter"), "{\n  |\n}");
        assert_eq!(typed("  \"do\": {|}", "Enter"), "  \"do\": {\n    |\n  }");
        assert_eq!(typed("  \"a\": 1,|", "Enter"), "  \"a\": 1,\n  |");
        assert_eq!(typed("[|", "Enter"), "[\n  |");
        assert_eq!(typed("\"a\": 1,|", "Enter"), "as ever");
        assert_eq!(typed("  \"text\": \"on|", "Enter"), "as ever", "in a text");
    }

    #[test]
    fn brackets_come_in_pairs_and_are_closed_once() {
        assert_eq!(typed("\"do\": |", "{"), "\"do\": {|}");
        assert_eq!(typed("[|]", "["), "[[|]]");
        assert_eq!(typed("|\"a\": 1", "{"), "as ever", "before something that is there");
        assert_eq!(typed("\"[|", "["), "as ever");
        assert_eq!(typed("{ \"a\": [|] }", "]"), "{ \"a\": []| }");
        assert_eq!(typed("{ \"a\": { \"b\": 1 |}", "}"), "as ever", "one is wanting");
        assert_eq!(typed("{\n  \"a\": 1\n  |", "}"), "{\n  \"a\": 1\n}|");
        assert_eq!(typed("{ \"text\": \"}\", \"a\": {|} }", "}"), "{ \"text\": \"}\", \"a\": {}| }");
    }
}
