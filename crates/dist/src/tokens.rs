//! The token table: what `__NAME__` in a page or script stands for.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Marks that minifiers write themselves.
const FOREIGN: [&str; 2] = ["__PURE__", "__NO_SIDE_EFFECTS__"];

#[derive(Default)]
pub(crate) struct Tokens {
    values: BTreeMap<String, String>,
    assets: Map<String, Value>,
}

impl Tokens {
    /// A file of `hashed/`, under its final name.
    pub(crate) fn add_asset(&mut self, name: &str, hashed: &str) {
        self.values.insert(token(name), format!("/assets/{hashed}"));
        let (stem, ext) = name.split_once('.').unwrap_or((name, ""));
        if let Some(tag) = stem.strip_prefix("lang-") {
            // All tables share a hash: the loader gets that, and a pattern for the tags that there are.
            let hash = hashed.trim_start_matches(stem).trim_end_matches(".json").trim_matches('-');
            self.assets.insert("lang".into(), json!(hash));
            let tags = self.assets.get("tags").and_then(Value::as_str).map(|tags| tags.trim_matches(['^', '(', ')']));
            // Files come by name, so `pt-BR` before `pt`, as a pattern needs it.
            let tags = tags.map_or_else(|| tag.to_owned(), |others| format!("{others}|{tag}"));
            self.assets.insert("tags".into(), json!(format!("^({tags})")));
        } else if matches!(stem, "scout" | "interface" | "overlay") {
            let hash = hashed.trim_start_matches(stem).trim_end_matches(ext).trim_matches(['-', '.']);
            self.assets.insert(stem.to_owned(), json!(hash));
        }
    }

    /// A file of `scripts/`, under its final name.
    pub(crate) fn add_script(&mut self, name: &str, hashed: &str) {
        self.values.insert(token(name.trim_end_matches(".js")), format!("/assets/{hashed}"));
    }

    /// Replaces every token; an unknown one is an error.
    pub(crate) fn fill(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, end)) = next_token(rest) {
            let name = &rest[start..end];
            if name == "__CHINWAG_ASSETS__" {
                let quote = rest[..start].chars().next_back().filter(|c| matches!(c, '"' | '\''));
                let quoted = quote.filter(|&c| rest[end..].starts_with(c));
                let skip = usize::from(quoted.is_some());
                out.push_str(&rest[..start - skip]);
                out.push_str(&Value::Object(self.assets.clone()).to_string());
                rest = &rest[end + skip..];
                continue;
            }
            out.push_str(&rest[..start]);
            match self.values.get(name) {
                Some(value) => out.push_str(value),
                None if FOREIGN.contains(&name) => out.push_str(name),
                None => return Err(format!("the token {name} names nothing that was built")),
            }
            rest = &rest[end..];
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn token(name: &str) -> String {
    let upper = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    format!("__{}__", upper.collect::<String>())
}

/// Start and end of the next `__[A-Z][A-Z0-9_]*__`.
fn next_token(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("__") {
        let start = from + at;
        let body = &text[start + 2..];
        let len = body.bytes().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_').count();
        let word = &body[..len];
        if word.starts_with(|c: char| c.is_ascii_uppercase()) && word.len() > 3 && word.ends_with("__") {
            return Some((start, start + 2 + len));
        }
        from = start + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let mut tokens = Tokens::default();
        tokens.add_asset("scout.js", "scout-1.js");
        tokens.add_asset("scout.wasm", "scout-2.wasm");
        tokens.add_asset("lang-pt-BR.json", "lang-pt-BR-3.json");
        tokens.add_asset("lang-pt.json", "lang-pt-3.json");
        tokens.add_asset("console.css", "console-4.css");
        tokens.add_script("console-boot.js", "console-boot-5.js");
        tokens
    }

    #[track_caller]
    fn check(input: &str, expected: Result<&str, &str>) {
        assert_eq!(tokens().fill(input).as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn fills_tokens() {
        let assets = r#"{"lang":"3","scout":"2","tags":"^(pt-BR|pt)"}"#;
        check("const a=__CHINWAG_ASSETS__;", Ok(&format!("const a={assets};")));
        check("const a='__CHINWAG_ASSETS__'", Ok(&format!("const a={assets}")));
        check("<link href=\"__CONSOLE_CSS__\">", Ok("<link href=\"/assets/console-4.css\">"));
        check("__CONSOLE_BOOT__ __SCOUT_WASM__", Ok("/assets/console-boot-5.js /assets/scout-2.wasm"));
    }

    #[test]
    fn leaves_other_text_alone() {
        for text in ["", "__", "____", "__wbg_x__", "a.__proto__", "/* @__PURE__ */ f()", "é__é", "__A", "x__9__"] {
            check(text, Ok(text));
        }
    }

    #[test]
    fn refuses_unknown_tokens() {
        check("import '__CONSOLE_BOTO__'", Err("the token __CONSOLE_BOTO__ names nothing that was built"));
    }
}
