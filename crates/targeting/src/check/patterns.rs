//! Regular expressions that can take very long: nobody can stop one that runs on a visitor's page.

/// Wildcards such as `.*` in one expression from which the time taken grows too fast on long texts.
const WILDCARDS: usize = 3;

/// `(a+)+`, `(a|ab)*` and the like, or several `.*` in a row of tests.
pub(super) fn is_slow(source: &str) -> bool {
    repeats_a_repetition(source) || repeats_alike_alternatives(source) || wildcards(source) >= WILDCARDS
}

/// A repeated group that ends in, or consists of, a repetition.
fn repeats_a_repetition(source: &str) -> bool {
    // For each open group: was there a repetition in it?
    let mut groups = vec![false];
    let mut closed = false;
    for (c, next) in tokens(source) {
        let repetition = is_repetition(c, next);
        match c {
            '(' => groups.push(false),
            ')' => {
                closed = groups.pop().unwrap_or(false);
                if let (Some(outer), true) = (groups.last_mut(), closed) {
                    *outer = true;
                }
                continue;
            }
            _ if repetition && closed => return true,
            _ if repetition => {
                if let Some(group) = groups.last_mut() {
                    *group = true;
                }
            }
            _ => {}
        }
        closed = false;
    }
    false
}

/// A repeated group with two alternatives that begin alike: each repetition can be matched in two ways.
fn repeats_alike_alternatives(source: &str) -> bool {
    let mut groups: Vec<Vec<Option<char>>> = vec![vec![None]];
    let mut closed = false;
    for (c, next) in tokens(source) {
        match c {
            '(' => groups.push(vec![None]),
            ')' => {
                let mut firsts: Vec<char> = groups.pop().unwrap_or_default().into_iter().flatten().collect();
                let count = firsts.len();
                firsts.sort_unstable();
                firsts.dedup();
                closed = firsts.len() < count || count > 1 && firsts.contains(&'.');
                continue;
            }
            '|' => groups.iter_mut().last().into_iter().for_each(|group| group.push(None)),
            c if closed && is_repetition(c, next) => return true,
            c => {
                // `?:` and its kin are not what an alternative begins with.
                if let Some(first @ None) = groups.last_mut().and_then(|group| group.last_mut())
                    && !matches!(c, '?' | ':' | '^')
                {
                    *first = Some(c);
                }
            }
        }
        closed = false;
    }
    false
}

fn wildcards(source: &str) -> usize {
    tokens(source).filter(|(c, next)| *c == '.' && matches!(next, Some('*' | '+'))).count()
}

fn is_repetition(c: char, next: Option<char>) -> bool {
    matches!(c, '*' | '+') || c == '{' && next.is_some_and(|next| next.is_ascii_digit())
}

/// Characters that mean something, each with the one after it. A class or an escaped character is one ordinary
/// character of the private use area.
fn tokens(source: &str) -> impl Iterator<Item = (char, Option<char>)> {
    let mut tokens = Vec::new();
    let mut characters = source.chars().peekable();
    let mut others = '\u{f0000}'..;
    while let Some(c) = characters.next() {
        let token = match c {
            '\\' => match characters.next() {
                Some(escaped @ ('w' | 'W' | 's' | 'S' | 'd' | 'D' | 'b' | 'B')) => escaped.to_ascii_uppercase(),
                _ => others.next().unwrap_or(c),
            },
            '[' => {
                while let Some(inner) = characters.next() {
                    match inner {
                        '\\' => drop(characters.next()),
                        ']' => break,
                        _ => {}
                    }
                }
                others.next().unwrap_or(c)
            }
            c => c,
        };
        tokens.push((token, characters.peek().copied()));
    }
    tokens.into_iter()
}

#[cfg(test)]
mod tests {
    use super::is_slow;

    #[test]
    fn a_pattern_that_hangs_a_page_is_told_from_one_that_does_not() {
        for (source, expected) in [
            ("(a+)+$", true),
            ("(a*)*", true),
            ("((ab)+c)+", true),
            ("(a{2,})+", true),
            ("(a|a)+$", true),
            ("(?:a|ab)*c", true),
            ("(.|x)*y", true),
            (".*a.*b.*c", true),
            ("(a+)?", false),
            ("(abc)+", false),
            (r"(a\+)+", false),
            ("([+*])+", false),
            ("(a|b)+", false),
            (r"(\.|,)*", false),
            ("a+b+c*", false),
            ("^/checkout/(step|sum|done)$", false),
            ("^/shop/.*/cart/.*$", false),
        ] {
            assert_eq!(is_slow(source), expected, "{source}");
        }
    }
}
