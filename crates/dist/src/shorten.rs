//! Makes the two halves of a Wasm piece smaller where only they talk to each other.
//!
//! wasm-bindgen names imports and exports so that a person can follow them: some forty letters with a hash each, in the
//! module and again in the glue. Here they get one or two letters. And its way to fetch and start a module serves every
//! way to call it; pages use one.

use std::collections::HashMap;

use crate::glue;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ExportSection, ImportSection, Module};
use wasmparser::{ExportSectionReader, ImportSectionReader, Parser};

/// Everything that the glue imports into the module stands under this name.
const MODULE: &str = "_";

/// Starts the module from an address or an answer on its way, once; a failed start can be tried again.
const START: &str = "
let starting;
export default (module) => starting ??= (async () => {
    const answer = await (module.then ? module : fetch(module));
    if (!answer.ok) throw new Error(answer.status + ' ' + answer.url);
    const imports = __wbg_get_imports();
    const { instance } = await (WebAssembly.instantiateStreaming?.(answer, imports)
        ?? answer.arrayBuffer().then((bytes) => WebAssembly.instantiate(bytes, imports)));
    wasm = instance.exports;
    STARTED;
    return wasm;
})().catch((problem) => {
    starting = undefined;
    throw problem;
});
";

/// Old names to new ones, in the order in which they came.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn short(&mut self, long: &str) -> String {
        let next = word(self.0.len());
        self.0.entry(long.to_owned()).or_insert(next).clone()
    }
}

/// `a` to `Z`, then `aa` and on.
fn word(mut number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut word = String::new();
    loop {
        word.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return word;
        }
        number -= 1;
    }
}

#[derive(Default)]
struct Shorten {
    imports: Names,
    exports: Names,
}

impl Reencode for Shorten {
    type Error = String;

    fn parse_import_section(
        &mut self,
        to: &mut ImportSection,
        from: ImportSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        for import in from.into_imports() {
            let import = import?;
            to.import(MODULE, &self.imports.short(import.name), self.entity_type(import.ty)?);
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        to: &mut ExportSection,
        from: ExportSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        for export in from {
            let export = export?;
            to.export(
                &self.exports.short(export.name),
                self.export_kind(export.kind)?,
                self.external_index(export.kind, export.index)?,
            );
        }
        Ok(())
    }
}

/// The module and its glue, shortened. Fails where the glue does not look as this version of wasm-bindgen writes it.
pub(crate) fn shorten(wasm: &[u8], glue: &str) -> Result<(Vec<u8>, String), String> {
    let mut names = Shorten::default();
    let mut module = Module::new();
    utils::parse_core_module(&mut names, &mut module, Parser::new(0), wasm).map_err(|e| format!("{e}"))?;
    Ok((module.finish(), start(&rename(&glue::trim(glue)?, &names)?)?))
}

/// Imports are keys of an object under names that stand nowhere else; exports are properties of `wasm`.
fn rename(glue: &str, names: &Shorten) -> Result<String, String> {
    let mut out = String::with_capacity(glue.len());
    let mut rest = glue;
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    while let Some(at) = rest.find(is_letter) {
        let (between, from) = rest.split_at(at);
        let end = from.find(|c| !is_letter(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        out.push_str(between);
        let exported = out.ends_with("wasm.") && !out.ends_with("_wasm.");
        let new = if exported {
            names.exports.0.get(name)
        } else {
            names.imports.0.get(name).filter(|_| name.starts_with("__wb"))
        };
        out.push_str(new.map_or(name, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    let module = out.find("_bg.js\": import").or_else(|| out.find("_bg.js\":")).ok_or("the glue names no module")?;
    let from = out[..module].rfind('"').ok_or("the glue names no module")?;
    let to = module + "_bg.js\"".len();
    out.replace_range(from..to, &format!("\"{MODULE}\""));
    Ok(out)
}

/// Our own way to start in place of the general one.
fn start(glue: &str) -> Result<String, String> {
    let cut = glue.find("let wasmModule, wasmInstance, wasm;").ok_or("the glue declares no `wasm`")?;
    let tail = &glue[cut..];
    let begins = tail.lines().map(str::trim).find(|line| line.starts_with("wasm.") && line.ends_with("();"));
    let begins = begins.map_or("", |line| line.trim_end_matches(';'));
    if !tail.contains("async function __wbg_load") || !tail.trim_end().ends_with("as default };") {
        return Err("the glue starts in an unknown way".to_owned());
    }
    Ok(format!("{}let wasm;{}", &glue[..cut], START.replace("STARTED", begins)))
}

#[cfg(test)]
mod tests {
    use super::{shorten, word};
    use wasm_encoder::{EntityType, ExportKind, ExportSection, FunctionSection, ImportSection, Module, TypeSection};

    #[test]
    fn words_are_short_and_differ() {
        let words: std::collections::HashSet<String> = (0..5_000).map(word).collect();
        assert_eq!(words.len(), 5_000);
        assert_eq!((word(0), word(51), word(52)), ("a".into(), "Z".into(), "aa".into()));
    }

    fn module() -> Vec<u8> {
        let (mut types, mut imports, mut functions, mut exports) =
            (TypeSection::new(), ImportSection::new(), FunctionSection::new(), ExportSection::new());
        types.ty().function([], []);
        imports.import("./x_bg.js", "__wbg_now_0123456789abcdef", EntityType::Function(0));
        functions.function(0);
        exports.export("start", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports);
        let mut code = wasm_encoder::CodeSection::new();
        let mut body = wasm_encoder::Function::new([]);
        body.instructions().end();
        code.function(&body);
        module.section(&code);
        module.finish()
    }

    const GLUE: &str = r#"
export function start() { wasm.start(); }
function __wbg_get_imports() {
    const import0 = { __proto__: null, __wbg_now_0123456789abcdef: function() { return Date.now(); } };
    return { __proto__: null, "./x_bg.js": import0, };
}
let wasmModule, wasmInstance, wasm;
async function __wbg_load(module, imports) {}
export { initSync, __wbg_init as default };
"#;

    #[test]
    fn both_halves_get_the_same_names() {
        let (wasm, glue) = shorten(&module(), GLUE).unwrap();
        assert!(glue.contains("export function start() { wasm.a(); }"), "{glue}");
        assert!(glue.contains("{ __proto__: null, a: function() { return Date.now(); } }"), "{glue}");
        assert!(glue.contains("\"_\": import0"), "{glue}");
        assert!(!glue.contains("initSync"), "{glue}");
        let text = String::from_utf8_lossy(&wasm);
        assert!(!text.contains("__wbg_now") && !text.contains("start"), "{text}");
    }

    #[test]
    fn an_unknown_glue_is_refused() {
        assert!(shorten(&module(), "export const x = 1;").is_err());
    }
}
