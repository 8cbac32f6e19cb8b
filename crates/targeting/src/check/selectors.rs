//! CSS selectors that are none, or that name elements which pages hardly have: mostly the words on a button.

use super::Lints;
use crate::problem::{At, Code};
use crate::value::Value;

/// Elements of pages, of HTML and SVG. Others have a hyphen in their name.
const ELEMENTS: &str = "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas \
    caption center circle cite code col colgroup data datalist dd defs del details dfn dialog div dl dt ellipse em embed \
    fieldset figcaption figure font footer form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image \
    img input ins kbd label legend li line link main map mark marquee menu meta meter nav noscript object ol optgroup option \
    output p param path picture polygon polyline pre progress q rect rp rt ruby s samp script search section select slot \
    small source span strike strong style sub summary sup svg symbol table tbody td template text textarea tfoot th thead \
    time title tr track tspan tt u ul use var video wbr clippath foreignobject lineargradient radialgradient";

/// What libraries and testing tools know behind a colon, and browsers do not.
const NOT_CSS: [&str; 9] = ["contains", "eq", "even", "first", "has-text", "last", "odd", "text", "visible"];

impl Lints<'_> {
    /// All selectors that rules wait for.
    pub(super) fn selectors(&mut self) {
        let rules = At::ROOT.key("rules");
        let file = self.file;
        for (index, rule) in file.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            let at = rules.index(index);
            self.selectors_of(rule.get("on"), &at.key("on"));
        }
    }

    /// One entry of `on`, or a list of them.
    fn selectors_of(&mut self, on: Option<&Value>, at: &At<'_>) {
        match on {
            Some(Value::List(items)) => {
                items.iter().enumerate().for_each(|(index, item)| self.selectors_of(Some(item), &at.index(index)));
            }
            Some(Value::Map(entries)) => {
                for (key, selector) in
                    entries.iter().filter(|(key, _)| ["visible", "click", "target"].contains(&&**key))
                {
                    if let Some(selector) = selector.as_str().filter(|selector| !is_plausible(selector)) {
                        self.warn(&at.key(key), Code::OddSelector, selector);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Can this be a selector, of elements that there are?
fn is_plausible(selector: &str) -> bool {
    let mut rest = selector.trim();
    // A selector ends with what it names, and so does each of a list.
    let mut named = false;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        rest = match c {
            '#' | '.' => match name(after) {
                Some((_, rest)) => rest,
                None => return false,
            },
            ':' => match name(after.strip_prefix(':').unwrap_or(after)) {
                Some((pseudo, rest)) if !NOT_CSS.contains(&pseudo) => rest,
                _ => return false,
            },
            '[' | '(' => match closed(rest) {
                Some(rest) => rest,
                None => return false,
            },
            ' ' | '\t' | '\n' => {
                rest = after;
                continue;
            }
            '>' | '+' | '~' | ',' if named => {
                (rest, named) = (after, false);
                continue;
            }
            '*' | '|' | '&' => after,
            _ => match name(rest) {
                Some((element, rest)) if is_element(element) => rest,
                _ => return false,
            },
        };
        named = true;
    }
    named
}

/// Words at the beginning of a sentence, such as `Search`, are none.
fn is_element(name: &str) -> bool {
    let known = ELEMENTS.split_ascii_whitespace().any(|element| element.eq_ignore_ascii_case(name));
    let capitalised = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
    name.contains('-') || known && !capitalised
}

/// The name that `text` begins with, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let in_name = |c: char| {
        let fits = escaped || c.is_alphanumeric() || matches!(c, '-' | '_' | '\\') || !c.is_ascii();
        escaped = c == '\\' && !escaped;
        fits
    };
    let (name, rest) = text.split_at_checked(text.len() - text.trim_start_matches(in_name).len())?;
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some((name, rest))
}

/// What follows the brackets that `text` begins with, when they are closed again. Quotes hide others.
fn closed(text: &str) -> Option<&str> {
    let (mut open, mut quote) = (Vec::new(), None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(mark), _) if mark == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => open.push(']'),
            (None, '(') => open.push(')'),
            (None, ']' | ')') if open.pop() != Some(c) => return None,
            _ => {}
        }
        if open.is_empty() {
            return text.get(at + c.len_utf8()..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_plausible;

    #[test]
    fn a_selector_is_told_from_words() {
        for (selector, expected) in [
            ("#buy", true),
            (".btn.primary:hover", true),
            ("BUTTON[type=submit]", true),
            ("a[href='/x y]']:not(.old, [x]) > span", true),
            ("shop-cart::part(buy)", true),
            ("*", true),
            ("form + p, .a ~ .b", true),
            (r".sm\:grid", true),
            ("#größe", true),
            ("svg linearGradient", true),
            ("a:contains(Buy)", false),
            ("li:nth-child(2n + 1)", true),
            ("Buy now", false),
            ("Buy", false),
            ("Search", false),
            ("Add to cart!", false),
            ("#12", false),
            ("# buy", false),
            (". ", false),
            ("", false),
            ("[name=q", false),
            ("a:not(.b", false),
            ("> a", false),
            ("a >", false),
            ("a,", false),
            ("In den Warenkorb", false),
            ("$buy", false),
        ] {
            assert_eq!(is_plausible(selector), expected, "{selector}");
        }
    }
}
