//! Lints of what visitors see: colours, corners, and texts that are empty or missing in a language.

use super::Lints;
use crate::problem::{At, Code, Expected, Severity};
use crate::value::Value;

impl Lints<'_> {
    /// The widget takes colours of six digits and a few words, and leaves out whatever else stands there.
    pub(super) fn appearance(&mut self) {
        let file = self.file;
        for section in ["appearance", "team", "contact", "texts"] {
            if file.get(section).is_some_and(|section| section.as_map().is_none()) {
                let expected = Expected::names(&["an object"]);
                self.problems.add(Severity::Warning, &At::ROOT.key(section), Code::WrongType, "", expected);
            }
        }
        let at = At::ROOT.key("appearance");
        let own = |key: &str| file.get("appearance").and_then(|appearance| appearance.get(key));
        if let Some(color) = own("color") {
            let color = color.as_str().unwrap_or("");
            let digits = color.strip_prefix('#').unwrap_or("");
            if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                self.warn(&at.key("color"), Code::BadColor, color);
            }
        }
        for (key, choices) in [("position", &["end", "start"][..]), ("theme", &["auto", "light", "dark"])] {
            let given = own(key).and_then(Value::as_str);
            if let Some(given) = given.filter(|given| !choices.contains(given)) {
                let expected = Expected::names(choices);
                self.problems.add(Severity::Warning, &at.key(key), Code::UnknownChoice, given, expected);
            }
        }
    }

    /// Texts of rules without a letter, and codes of languages that are none.
    pub(super) fn empty_texts(&mut self) {
        let file = self.file;
        each_text(file, &mut |at, text| {
            let one = text.as_str().map(|text| (None, text));
            let several =
                text.as_map().unwrap_or(&[]).iter().filter_map(|(tag, text)| Some((Some(tag), text.as_str()?)));
            for (tag, text) in one.into_iter().chain(several) {
                if let Some(markup) = markup(text) {
                    let inner = tag.map(|tag| at.key(tag));
                    self.warn(inner.as_ref().unwrap_or(at), Code::LiteralMarkup, markup);
                }
            }
        });
        let blank = |text: &Value| text.as_str().is_some_and(|text| text.trim().is_empty());
        each_text(file, &mut |at, text| match text.as_map() {
            Some(entries) => {
                for (tag, text) in entries {
                    self.language(tag, &at.key(tag));
                    if blank(text) && !may_be_empty(at) {
                        self.warn(&at.key(tag), Code::EmptyText, "");
                    }
                }
            }
            None if blank(text) && !may_be_empty(at) => self.warn(at, Code::EmptyText, ""),
            None => {}
        });
    }

    /// A text that lacks a language which the other texts have.
    pub(super) fn languages(&mut self) {
        let mut texts: Vec<(String, Vec<&str>)> = Vec::new();
        each_text(self.file, &mut |at, text| {
            if let Some(entries) = text.as_map() {
                texts.push((at.pointer(), entries.iter().map(|(tag, _)| tag.as_str()).collect()));
            }
        });
        let used = |tag: &str| texts.iter().filter(|(_, tags)| tags.contains(&tag)).count();
        let mut all: Vec<&str> = Vec::new();
        for tag in texts.iter().flat_map(|(_, tags)| tags.iter().copied()) {
            // What only one text has may be a game; what most have is meant.
            if !all.contains(&tag) && used(tag) * 2 > texts.len() {
                all.push(tag);
            }
        }
        for (path, tags) in &texts {
            let missing: Vec<&str> = all.iter().copied().filter(|tag| !tags.contains(tag)).collect();
            if !missing.is_empty() {
                let instead = if tags.contains(&"en") { "en" } else { tags.first().copied().unwrap_or("") };
                let expected = Expected::Names(vec![instead.into()]);
                let (severity, code, subject) = (Severity::Warning, Code::MissingLanguage, missing.join(", "));
                self.problems.found.push(crate::problem::Problem {
                    severity,
                    path: path.clone(),
                    code,
                    subject,
                    expected,
                });
            }
        }
    }
}

/// The first variable or HTML tag in a text: `{{name}}`, `<b>`.
fn markup(text: &str) -> Option<&str> {
    let between = |open: &str, close: &str| {
        let rest = text.get(text.find(open)?..)?;
        rest.get(..rest.find(close)? + close.len())
    };
    let tag = |tag: &&str| {
        let name = tag.trim_start_matches(['<', '/']).split([' ', '>', '/']).next().unwrap_or("");
        ["a", "b", "br", "div", "em", "i", "img", "p", "script", "span", "strong", "u"].contains(&name)
    };
    between("{{", "}}").or_else(|| between("<", ">").filter(tag))
}

/// What stands in these may be left empty: the file's own words, and a line above a card.
fn may_be_empty(at: &At<'_>) -> bool {
    let pointer = at.pointer();
    !pointer.starts_with("/rules/") || pointer.ends_with("/title") || pointer.ends_with("/from")
}

type Visit<'a, 'v> = &'v mut dyn FnMut(&At<'_>, &'a Value);

/// The texts of a file, in one language or in several.
fn each_text<'a>(file: &'a Value, visit: Visit<'a, '_>) {
    for key in ["greeting", "away"] {
        text(file.get(key), &At::ROOT.key(key), visit);
    }
    for (section, keys) in [("team", &["name", "about"][..]), ("appearance", &["label"])] {
        let at = At::ROOT.key(section);
        for key in keys {
            text(file.get(section).and_then(|section| section.get(key)), &at.key(key), visit);
        }
    }
    let rules = At::ROOT.key("rules");
    for (index, rule) in file.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
        let at = rules.index(index);
        let at = at.key("do");
        match rule.get("do") {
            Some(Value::List(actions)) => {
                for (index, one) in actions.iter().enumerate() {
                    action(one, &at.index(index), visit);
                }
            }
            Some(one) => action(one, &at, visit),
            None => {}
        }
    }
}

fn action<'a>(action: &'a Value, at: &At<'_>, visit: Visit<'a, '_>) {
    for (name, operand) in action.as_map().unwrap_or(&[]) {
        let at = at.key(name);
        match name.as_str() {
            "teaser" | "prefill" => text(Some(operand), &at, visit),
            "suggest" => texts(Some(operand), &at, visit),
            "notify" | "message" => {
                for key in ["from", "title", "text"] {
                    text(operand.get(key), &at.key(key), visit);
                }
                texts(operand.get("replies"), &at.key("replies"), visit);
                let buttons = at.key("buttons");
                for (index, button) in list(operand.get("buttons")).iter().enumerate() {
                    text(button.get("label"), &buttons.index(index).key("label"), visit);
                }
            }
            _ => {}
        }
    }
}

fn texts<'a>(value: Option<&'a Value>, at: &At<'_>, visit: Visit<'a, '_>) {
    for (index, item) in list(value).iter().enumerate() {
        text(Some(item), &at.index(index), visit);
    }
}

fn text<'a>(value: Option<&'a Value>, at: &At<'_>, visit: Visit<'a, '_>) {
    let said = |text: &&Value| text.as_str().is_some() || text.as_map().is_some_and(|entries| !entries.is_empty());
    if let Some(text) = value.filter(said) {
        visit(at, text);
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_list).unwrap_or(&[])
}
