//! Texts of other people's exceptions, which only a programming mistake could show: their first words are kept.

/// In the modules as wasm-bindgen, web-sys and Yew write them.
const TEXTS: [&str; 9] = [
    "attempted to take ownership of Rust value while it was borrowed",
    "recursive use of an object detected which would lead to unsafe aliasing in rust",
    "null pointer passed to rust",
    "closure invoked recursively or after being dropped",
    "failed to append child",
    "failed to insert node before next sibling",
    "called `Result::unwrap_throw()` on an `Err` value",
    "Can't find the global Window",
    "Can't find document",
];

/// Blanks all but the first word of each, in its place: nothing moves, and spaces cost next to nothing compressed.
pub(crate) fn cut(module: &mut [u8]) {
    for text in TEXTS {
        let first = text.find(' ').unwrap_or(text.len());
        while let Some(at) = find(module, text.as_bytes()) {
            module[at + first..at + text.len()].fill(b' ');
        }
    }
}

/// Blanks the names of all events that Yew knows, but for `kept`: a listener asks for its event by a name from there, and a
/// text of our own that reads the same stands there, too. Names that are not there stand elsewhere.
///
/// # Errors
/// When the names are not found.
pub(crate) fn keep_events(module: &mut [u8], kept: &[&str]) -> Result<(), String> {
    let Some(from) = find(module, b"onabort") else { return Err("the module names no events".to_owned()) };
    let length = module[from..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let names = &mut module[from..from + length];
    let mut left = vec![b' '; length];
    for name in kept.iter().map(|name| name.as_bytes()) {
        let Some(mut at) = find(names, name) else { continue };
        loop {
            left[at..at + name.len()].copy_from_slice(name);
            match find(&names[at + 1..], name) {
                Some(next) => at += 1 + next,
                None => break,
            }
        }
    }
    names.copy_from_slice(&left);
    Ok(())
}

fn find(place: &[u8], what: &[u8]) -> Option<usize> {
    place.windows(what.len()).position(|part| part == what)
}

#[cfg(test)]
mod tests {
    #[test]
    fn events_that_are_heard_keep_their_names() {
        let mut module = b"\x02onabortoncancelonclickonanimationcancel\x01".to_vec();
        super::keep_events(&mut module, &["oncancel", "onmessage"]).unwrap();
        let expected = ["\x02", &" ".repeat(7), "oncancel", &" ".repeat(16), "oncancel\x01"].concat();
        assert_eq!(module, expected.as_bytes());
        assert!(super::keep_events(&mut module, &["onclick"]).is_err());
    }

    #[test]
    fn a_text_keeps_its_place_and_its_first_word() {
        let mut module = b"\x01null pointer passed to rust\x02failed to append children".to_vec();
        super::cut(&mut module);
        assert_eq!(module, b"\x01null                       \x02failed                ren");
    }
}
