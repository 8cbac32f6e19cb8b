//! JSON with comments and trailing commas, and where everything stands in it.

use std::collections::HashSet;

use chinwag_targeting::Value;
use jsonc_parser::{
    CollectOptions, ParseOptions, ast,
    common::{Range, Ranged},
    errors::ParseErrorKind,
    parse_to_ast,
};

/// Line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

/// A parsed file.
pub(crate) struct Document<'a> {
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
    pub(crate) fn parse(text: &'a str) -> Result<Self, (Place, String)> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match parse_to_ast(text, &CollectOptions::default(), &options()) {
            Ok(parsed) => match parsed.value {
                Some(root) => Ok(Self { text, root }),
                None => Err((Place::START, "the file is empty".into())),
            },
            Err(error) => {
                let place = Place { line: error.line_display(), column: error.column_display() };
                Err((place, plainly(error.kind())))
            }
        }
    }

    /// The whole as a value, in source order.
    pub(crate) fn value(&self) -> Value {
        value(&self.root)
    }

    /// Names that stand twice in one object, of which the first has no effect, and where.
    pub(crate) fn repeated(&self) -> Vec<(Place, &str)> {
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
    pub(crate) fn place(&self, pointer: &str) -> Place {
        let mut here = &self.root;
        let mut range = here.range();
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
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
        let before = self.text.get(..range.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
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

/// Sentences for people who do not write JSON every day.
fn plainly(kind: &ParseErrorKind) -> String {
    match kind {
        ParseErrorKind::ExpectedComma => "a comma is missing here",
        ParseErrorKind::UnexpectedCloseBrace => {
            "this brace `}` closes nothing: something before it is missing or not closed"
        }
        ParseErrorKind::UnexpectedCloseBracket => {
            "this bracket `]` closes nothing: something before it is missing or not closed"
        }
        ParseErrorKind::UnexpectedToken => {
            "this is not a value: texts stand in double quotes, the only words are true, false and null"
        }
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon `:` is missing after the name",
        ParseErrorKind::ExpectedObjectValue => "the value after the colon is missing",
        ParseErrorKind::ExpectedStringObjectProperty
        | ParseErrorKind::UnexpectedWord
        | ParseErrorKind::UnexpectedTokenInObject => {
            "this is not expected here; names and texts stand in double quotes"
        }
        ParseErrorKind::SingleQuotedStringsNotAllowed => "use double quotes instead of single ones",
        ParseErrorKind::UnterminatedObject => "a closing brace `}` is missing for this one",
        ParseErrorKind::UnterminatedArray => "a closing bracket `]` is missing for this one",
        ParseErrorKind::UnterminatedCommentBlock => "this comment is never closed by `*/`",
        ParseErrorKind::MultipleRootJsonValues => "there is something after the end of the file's one object",
        ParseErrorKind::NestingDepthExceeded => "nested too deeply",
        other => return other.to_string(),
    }
    .into()
}
