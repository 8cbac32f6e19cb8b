//! Small texts: relative times, initials, titles.

use chinwag_conversation::{Summary, WallTime};

/// How long ago, short: "now", "4 min", "3 h", "2 d", "5 wk".
#[must_use]
pub fn ago(at: WallTime, now: WallTime) -> String {
    let minutes = now.0.saturating_sub(at.0) / 60_000;
    let (count, unit) = match minutes {
        0 => return "now".to_owned(),
        1..60 => (minutes, " min"),
        60..1_440 => (minutes / 60, " h"),
        1_440..20_160 => (minutes / 1_440, " d"),
        _ => (minutes / 10_080, " wk"),
    };
    let mut text = count.to_string();
    text.push_str(unit);
    text
}

/// One or two letters for the round mark beside a name.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|w| w.chars().next());
    let first = words.next();
    let second = words.next();
    first.into_iter().chain(second).flat_map(char::to_uppercase).take(2).collect()
}

/// The visitor as a list names them.
#[must_use]
pub fn visitor_name(summary: &Summary) -> &str {
    summary.visitor.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("Visitor")
}

/// Text of the browser's tab.
#[must_use]
pub fn title(unread: u64) -> String {
    match unread {
        0 => "Chinwag".to_owned(),
        _ => {
            let mut text = String::from("(");
            text.push_str(&unread.to_string());
            text.push_str(") Chinwag");
            text
        }
    }
}

/// The URL, if it is one of the web. Anything else (`javascript:` and the like) must not become a link.
#[must_use]
pub fn web_url(url: &str) -> Option<&str> {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme)?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (web && !url.chars().any(|c| c.is_control() || c.is_whitespace())).then_some(url)
}

/// Host and path of a URL, for reading.
#[must_use]
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.strip_suffix('/').unwrap_or(rest)
}

/// A number of bytes for reading: "834 B", "12 KB", "1.4 MB".
#[must_use]
pub fn size_of(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes * 10 + unit / 2) / unit;
    let (whole, part, unit) = match bytes {
        0..1_024 => (bytes, 0, " B"),
        1_024..1_048_064 => ((bytes + 512) / 1_024, 0, " KB"),
        _ => (tenths(1_048_576) / 10, tenths(1_048_576) % 10, " MB"),
    };
    let part = if part == 0 { String::new() } else { [".", &part.to_string()].concat() };
    [&whole.to_string(), part.as_str(), unit].concat()
}

/// The first `chars` characters on one line, with an ellipsis when cut.
#[must_use]
pub fn excerpt(text: &str, chars: usize) -> String {
    let mut words = text.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    match line.char_indices().nth(chars) {
        Some((end, _)) => {
            line.truncate(end);
            line.push('…');
            line
        }
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times_stay_short_and_never_negative() {
        let now = WallTime(100 * 86_400_000);
        let check = |ms: u64, expected: &str| {
            assert_eq!(ago(WallTime(now.0 - ms), now), expected, "{ms} ms");
        };
        check(0, "now");
        check(59_999, "now");
        check(60_000, "1 min");
        check(3_600_000, "1 h");
        check(47 * 3_600_000, "1 d");
        check(13 * 86_400_000, "13 d");
        check(14 * 86_400_000, "2 wk");
        assert_eq!(ago(WallTime(now.0 + 5_000), now), "now", "a clock that runs ahead");
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        let sizes = [0, 834, 1_023, 1_024, 12_800, 1_048_063, 1_048_064, 1_468_006, 10_485_760];
        let read = ["0 B", "834 B", "1023 B", "1 KB", "13 KB", "1023 KB", "1 MB", "1.4 MB", "10 MB"];
        assert_eq!(sizes.map(size_of), read);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_url("https://example.com/a").is_some());
        assert!(web_url("HTTP://example.com").is_some());
        assert!(web_url("javascript://%0aalert(1)").is_none());
        assert!(web_url("data:text/html,x").is_none());
        assert!(web_url("https://example.com/\u{202e}x\n").is_none());
    }

    #[test]
    fn initials_and_excerpts_keep_whole_characters() {
        assert_eq!(initials("Ada Lovelace"), "AL");
        assert_eq!(initials("élan.vital@example.com"), "ÉV");
        assert_eq!(initials("··"), "");
        assert_eq!(excerpt("a\n b  c", 10), "a b c");
        assert_eq!(excerpt("ééééé", 3), "ééé…");
    }
}
