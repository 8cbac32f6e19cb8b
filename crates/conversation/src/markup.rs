//! Message text to a syntax tree: paragraphs, lists, code, bold, italic, links. There is no HTML on the way.
//!
//! Every string parses; what is not markup is text. Only `http`, `https`, `mailto` and `tel` become links.

mod inline;

pub use inline::{Inline, inline};

/// A block of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    List {
        ordered: bool,
        items: Vec<Vec<Inline>>,
    },
    /// Between lines of three backticks; shown as it is.
    Code(String),
}

/// Parses a message. At worst quadratic in its length, which `limits::TEXT_CHARS` bounds.
#[must_use]
pub fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("```") {
            finish(&mut paragraph, &mut blocks);
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some((ordered, first)) = list_item(line) {
            finish(&mut paragraph, &mut blocks);
            let mut items = vec![inline(first)];
            while let Some((_, item)) =
                lines.peek().and_then(|next| list_item(next)).filter(|(same, _)| *same == ordered)
            {
                items.push(inline(item));
                lines.next();
            }
            blocks.push(Block::List { ordered, items });
        } else if line.trim().is_empty() {
            finish(&mut paragraph, &mut blocks);
        } else {
            paragraph.push(line);
        }
    }
    finish(&mut paragraph, &mut blocks);
    blocks
}

/// The text without its markup, for previews, notifications and screen readers: one line.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    for block in parse(text) {
        match block {
            Block::Paragraph(inlines) => inline::plain(&inlines, &mut out),
            Block::Code(code) => out.push_str(&code),
            Block::List { items, .. } => {
                for item in items {
                    inline::plain(&item, &mut out);
                    out.push(' ');
                }
            }
        }
        out.push(' ');
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn finish(paragraph: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    let mut inlines = Vec::new();
    for (at, line) in paragraph.drain(..).enumerate() {
        if at > 0 {
            inlines.push(Inline::Break);
        }
        inlines.extend(inline(line));
    }
    if !inlines.is_empty() {
        blocks.push(Block::Paragraph(inlines));
    }
}

/// `- x`, `* x` and `1. x`.
fn list_item(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, item));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let item = line.get(digits..)?.strip_prefix(". ")?;
    (1..=3).contains(&digits).then_some((true, item))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[Block]) {
        assert_eq!(parse(text), expected, "{text:?}");
    }

    fn text(text: &str) -> Inline {
        Inline::Text(text.into())
    }

    #[test]
    fn blocks() {
        check("", &[]);
        check(
            "one\ntwo\n\nthree",
            &[Block::Paragraph(vec![text("one"), Inline::Break, text("two")]), Block::Paragraph(vec![text("three")])],
        );
        check(
            "- a\n- b\n1. c",
            &[
                Block::List { ordered: false, items: vec![vec![text("a")], vec![text("b")]] },
                Block::List { ordered: true, items: vec![vec![text("c")]] },
            ],
        );
        check("```\n<b>*x*\n```\nafter", &[Block::Code("<b>*x*".into()), Block::Paragraph(vec![text("after")])]);
        check("```\nnever closed", &[Block::Code("never closed".into())]);
        check(
            "-not a list\n2026. is a year",
            &[Block::Paragraph(vec![text("-not a list"), Inline::Break, text("2026. is a year")])],
        );
    }

    #[test]
    fn inlines() {
        let check = |source: &str, expected: &[Inline]| {
            assert_eq!(inline(source), expected, "{source:?}");
        };
        let link = |url: &str, label: &str| Inline::Link { url: url.into(), label: label.into() };
        check(
            "a **b** _c_ `d*e*`",
            &[
                text("a "),
                Inline::Bold(vec![text("b")]),
                text(" "),
                Inline::Italic(vec![text("c")]),
                text(" "),
                Inline::Code("d*e*".into()),
            ],
        );
        check("2 * 3 * 4 and snake_case_name", &[text("2 * 3 * 4 and snake_case_name")]);
        check(
            "see https://example.com/a?b=c.",
            &[text("see "), link("https://example.com/a?b=c", "https://example.com/a?b=c"), text(".")],
        );
        check("[here](https://example.com)", &[link("https://example.com", "here")]);
        check("[x](javascript:alert(1))", &[text("[x](javascript:alert(1))")]);
        check("[x](data:text/html,y)", &[text("[x](data:text/html,y)")]);
        check("<img src=x onerror=alert(1)>", &[text("<img src=x onerror=alert(1)>")]);
        check("**open", &[text("**open")]);
        check("naïve_größe_x", &[text("naïve_größe_x")]);
        check("“_c_”…", &[text("“"), Inline::Italic(vec![text("c")]), text("”…")]);
        check("(https://example.com)", &[text("("), link("https://example.com", "https://example.com"), text(")")]);
    }

    #[test]
    fn plain_text_of_markup() {
        assert_eq!(plain("**Hi** [you](https://example.com)\n- a\n- `b`"), "Hi you a b");
    }

    fn safe(inlines: &[Inline]) -> bool {
        inlines.iter().all(|inline| match inline {
            Inline::Link { url, .. } => {
                ["http://", "https://", "mailto:", "tel:"].iter().any(|ok| url.starts_with(ok))
                    && !url.chars().any(|c| c.is_whitespace() || c.is_control())
            }
            Inline::Bold(inner) | Inline::Italic(inner) => safe(inner),
            _ => true,
        })
    }

    proptest! {
        #[test]
        fn any_text_parses_and_every_link_is_safe(
            source in "([\\[\\]()*_`~:/.a-z \n-]|https://|javascript:|mailto:|\\PC){0,200}"
        ) {
            for block in parse(&source) {
                let inlines = match block {
                    Block::Paragraph(inlines) => vec![inlines],
                    Block::List { items, .. } => items,
                    Block::Code(_) => Vec::new(),
                };
                prop_assert!(inlines.iter().all(|inlines| safe(inlines)));
            }
        }

        #[test]
        fn nesting_does_not_run_away(depth in 1usize..4000) {
            let _ = parse(&"**_".repeat(depth));
            let _ = parse(&"[".repeat(depth));
        }
    }
}
