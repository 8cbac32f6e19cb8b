//! Version texts in a form that sorts: `v1.2.3-rc.1+build` becomes `    1-    2-    3-rc-    1`.

use super::View;
use crate::host::Host;
use crate::text::cut;

pub(crate) fn padded(view: View<'_>, host: &dyn Host) -> String {
    let given = match view {
        View::Text(text) => crate::text::own(text),
        View::Number(_) => view.text(host),
        _ => String::new(),
    };
    let text = if given.is_empty() { "0" } else { given.as_str() };
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, _) = cut(text, b'+');
    let mut sortable = String::new();
    let (mut parts, mut rest) = (0, text);
    loop {
        let end = rest.bytes().position(|byte| matches!(byte, b'-' | b'.'));
        let part = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        if parts > 0 {
            sortable.push('-');
        }
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
            (part.len()..5).for_each(|_| sortable.push(' '));
        }
        sortable.push_str(part);
        parts += 1;
        match end {
            Some(end) => rest = rest.get(end + 1..).unwrap_or(""),
            None => break,
        }
    }
    // A release sorts after its pre-releases: `~` is the last ASCII character.
    if parts == 3 {
        sortable.push_str("-~");
    }
    sortable
}
