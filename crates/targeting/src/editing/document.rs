//! JSON with comments and trailing commas, and where everything stands in it.

use std::collections::HashSet;

use super::pieces::{HalfQuoted, Kind, half_quoted, other_language, pieces};
use crate::problem::written::named;
use crate::value::Value;
use jsonc_parser::{
    CollectOptions, ParseOptions, ParseStringErrorKind, ast,
    common::{Range, Ranged},
    errors::ParseErrorKind,
    parse_to_ast,
};

/// Line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Place {
    /// The first character.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// A parsed file.
pub struct Document<'a> {
    text: &'a str,
    root: ast::Value<'a>,
}

/// What editors call JSONC: comments and trailing commas, and nothing else beyond JSON.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

impl<'a> Document<'a> {
    /// Parses the text. An error says where and why it is no JSON, and what to do.
    pub fn parse(text: &'a str) -> Result<Self, Mistake> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mistake = |place, (message, hint): (String, &'static str)| Mistake { place, message, hint };
        if let Some((at, message, hint)) = other_language(text) {
            return Err(mistake(line_and_column(text, at), (message.into(), hint)));
        }
        match half_quoted(text) {
            Some(HalfQuoted::NoEnd(at)) => {
                let kind = ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral);
                return Err(mistake(line_and_column(text, at), plainly(&kind)));
            }
            Some(HalfQuoted::NoBeginning(at)) => {
                let message = "the double quotes at the beginning of this are missing".into();
                return Err(mistake(line_and_column(text, at), (message, "put double quotes before it")));
            }
            None => {}
        }
        match parse_to_ast(text, &CollectOptions::default(), &options()) {
            Ok(parsed) => match parsed.value {
                Some(root) => Ok(Self { text, root }),
                None => {
                    let hint = "begin with `{ \"version\": 1, \"rules\": [] }`";
                    Err(mistake(Place::START, ("the file is empty".into(), hint)))
                }
            },
            Err(error) => {
                let mut place = Place { line: error.line_display(), column: error.column_display() };
                let start = error.range().start;
                let before = pieces(text).take_while(|piece| piece.start < start).last();
                let colon = before.filter(|piece| piece.kind == Kind::Mark(b':'));
                let (message, mut hint) = match text.get(start..).and_then(|rest| rest.chars().next()) {
                    Some(',' | '}' | ']') if let Some(colon) = colon => {
                        place = line_and_column(text, colon.start);
                        plainly(&ParseErrorKind::ExpectedObjectValue)
                    }
                    Some(',') => plainly(&ParseErrorKind::UnexpectedComma),
                    Some(':') => plainly(&ParseErrorKind::UnexpectedColon),
                    Some('%') if follows_a_digit(text, start) => {
                        ("a `%` means nothing here".into(), "write the number alone: `20`")
                    }
                    Some(c) if c.is_alphabetic() && follows_a_digit(text, start) => (
                        "a number with letters behind it is a text, and texts stand in double quotes".into(),
                        "write `\"20s\"` and not `20s`",
                    ),
                    Some(';') => (
                        "a `;` means nothing here".into(),
                        "write `,` between two settings, and nothing after the last",
                    ),
                    Some('=') => ("a `=` means nothing here".into(), "write `:` between a name and its value"),
                    Some('#') => ("a `#` means nothing here".into(), "begin a remark with `//`"),
                    Some('T' | 'F' | 'N' | 'y' | 'n' | 'u') if let Some(word) = constant(text, start) => word,
                    Some('“' | '”' | '„' | '«' | '»' | '‘' | '’' | '‚') => (
                        "these are typographic quotes, as text programs make them".into(),
                        "write straight ones: `\"text\"`",
                    ),
                    Some('{' | '[') if before_name(error.kind()) => (
                        "a name is expected here: what was opened above is still open".into(),
                        "perhaps a `}` is missing above; count what is opened and closed there",
                    ),
                    _ => plainly(error.kind()),
                };
                if error.range().end >= text.trim_end().len() && !text.trim_end().ends_with(['}', ']']) {
                    hint = "the file may have been cut off; look at its end";
                }
                Err(mistake(place, (message, hint)))
            }
        }
    }

    /// The whole as a value, in source order.
    pub fn value(&self) -> Value {
        value(&self.root)
    }

    /// Names that stand twice in one object, of which the first has no effect, and where.
    pub fn repeated(&self) -> Vec<(Place, &str)> {
        let mut found = Vec::new();
        self.repeated_in(&self.root, &mut found);
        found
    }

    fn repeated_in<'b>(&'b self, node: &'b ast::Value<'_>, found: &mut Vec<(Place, &'b str)>) {
        match node {
            ast::Value::Object(object) => {
                let mut seen = HashSet::new();
                for prop in &object.properties {
                    if !seen.insert(prop.name.as_str()) {
                        found.push((self.line_and_column(prop.range), prop.name.as_str()));
                    }
                    self.repeated_in(&prop.value, found);
                }
            }
            ast::Value::Array(array) => {
                array.elements.iter().for_each(|element| self.repeated_in(element, found));
            }
            _ => {}
        }
    }

    /// Where a JSON pointer leads; the nearest that exists when it leads nowhere.
    pub fn place(&self, pointer: &str) -> Place {
        let mut here = &self.root;
        let mut range = here.range();
        for step in pointer.split('/').skip(1) {
            let step = named(step);
            match here {
                ast::Value::Object(object) => {
                    // Repeated keys count with their last value.
                    let Some(prop) = object.properties.iter().rev().find(|p| p.name.as_str() == step) else {
                        break;
                    };
                    range = prop.range;
                    here = &prop.value;
                }
                ast::Value::Array(array) => {
                    let at = step.parse::<usize>().ok().and_then(|at| array.elements.get(at));
                    let Some(element) = at else { break };
                    range = element.range();
                    here = element;
                }
                _ => break,
            }
        }
        self.line_and_column(range)
    }

    fn line_and_column(&self, range: Range) -> Place {
        line_and_column(self.text, range.start)
    }
}

fn line_and_column(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or("");
    Place { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
}

fn value(node: &ast::Value<'_>) -> Value {
    match node {
        ast::Value::StringLit(lit) => Value::String(lit.value.clone().into_owned()),
        ast::Value::NumberLit(lit) => Value::Number(lit.value.parse().unwrap_or(0.0)),
        ast::Value::BooleanLit(lit) => Value::Bool(lit.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(array) => Value::List(array.elements.iter().map(value).collect()),
        ast::Value::Object(object) => {
            let entry = |p: &ast::ObjectProp<'_>| (p.name.as_str().to_owned(), value(&p.value));
            Value::Map(object.properties.iter().map(entry).collect())
        }
    }
}

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it was noticed.
    pub place: Place,
    /// One plain sentence.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

fn follows_a_digit(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
}

/// Words of other languages for the three that JSON has.
fn constant(text: &str, start: usize) -> Option<(String, &'static str)> {
    let word = text.get(start..)?.split(|c: char| !c.is_alphanumeric()).next()?;
    let hint = match word {
        "True" | "TRUE" | "yes" => "write `true`",
        "False" | "FALSE" | "no" => "write `false`",
        "None" | "NULL" | "Null" | "nil" | "undefined" => "write `null`, or leave the setting out",
        _ => return None,
    };
    Some((format!("`{word}` is a word of another language"), hint))
}

/// Did the parser look for a name in an object?
fn before_name(kind: &ParseErrorKind) -> bool {
    matches!(
        kind,
        ParseErrorKind::ExpectedStringObjectProperty
            | ParseErrorKind::UnexpectedWord
            | ParseErrorKind::UnexpectedTokenInObject
    )
}

/// Sentences for people who do not write JSON every day, and what to do.
fn plainly(kind: &ParseErrorKind) -> (String, &'static str) {
    let (message, hint) = match kind {
        ParseErrorKind::ExpectedComma => ("a comma is missing here", "put `,` after the value before this"),
        ParseErrorKind::UnexpectedCloseBrace => (
            "this brace `}` closes nothing: something before it is missing or not closed",
            "compare the opening and closing braces above",
        ),
        ParseErrorKind::UnexpectedCloseBracket => (
            "this bracket `]` closes nothing: something before it is missing or not closed",
            "compare the opening and closing brackets above",
        ),
        ParseErrorKind::UnexpectedToken => (
            "this is not a value: texts stand in double quotes, the only words are true, false and null",
            "put double quotes around it, or remove it",
        ),
        ParseErrorKind::ExpectedColonAfterObjectKey => {
            ("a colon `:` is missing after the name", "write `\"name\": value`")
        }
        ParseErrorKind::ExpectedObjectValue => ("the value after the colon is missing", "write `\"name\": value`"),
        ParseErrorKind::ExpectedStringObjectProperty
        | ParseErrorKind::UnexpectedWord
        | ParseErrorKind::UnexpectedTokenInObject => {
            ("this is not expected here; names and texts stand in double quotes", "put double quotes around it")
        }
        ParseErrorKind::SingleQuotedStringsNotAllowed => {
            ("use double quotes instead of single ones", "write `\"text\"` and not `'text'`")
        }
        ParseErrorKind::UnterminatedObject => {
            ("a closing brace `}` is missing for this one", "the file may have been cut off; look at its end")
        }
        ParseErrorKind::UnterminatedArray => {
            ("a closing bracket `]` is missing for this one", "the file may have been cut off; look at its end")
        }
        ParseErrorKind::String(_) => (
            "the text that begins here has no end, or a backslash in it leads nowhere",
            "put double quotes at its end, on the same line; write a backslash as `\\\\`",
        ),
        ParseErrorKind::UnexpectedComma => ("this comma is one too many", "remove it"),
        ParseErrorKind::UnexpectedColon => {
            ("this colon is one too many", "remove it, or put a name in double quotes before it")
        }
        ParseErrorKind::UnterminatedCommentBlock => {
            ("this comment is never closed by `*/`", "put `*/` where the comment ends")
        }
        ParseErrorKind::MultipleRootJsonValues => {
            ("there is something after the end of the file's one object", "remove it, or move it inside the braces")
        }
        ParseErrorKind::NestingDepthExceeded => {
            ("nested too deeply", "nothing in an engagement file needs this many braces; look for a repeated one")
        }
        ParseErrorKind::UnaryPlusNumbersNotAllowed => ("a number has no `+` before it", "remove the `+`"),
        ParseErrorKind::BareDecimalPointNumbersNotAllowed => {
            ("a digit is missing before or after the decimal point", "write `0.5` and not `.5`")
        }
        ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral
        | ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed => {
            ("this is not a number", "write digits, such as `20` or `0.5`; a text stands in double quotes")
        }
        other => return (other.to_string(), "compare with the files in docs/recipes"),
    };
    (message.into(), hint)
}
