//! Facts that the page and the browser can tell: `page.*`, `source.*`, `device.*`, `user.*`. Mostly tables: a fact, and
//! where in the browser it stands.

use crate::js::{NONE, ask, call, get, is, make, number, text, walk, window};
use crate::value::{items, read};
use chinwag_targeting::{Facts, Value, cut};
use wasm_bindgen::JsValue;

/// `fact path`, one a line; from the window.
const DEVICE: &str = "\
device.viewport.w innerWidth
device.viewport.h innerHeight
user.language navigator.language
user.languages navigator.languages";

/// From the address.
const ADDRESS: &str = "\
page.url href
page.host host";

/// What is true only at this moment. Nobody starts us while the page is prerendered.
const MOMENT: &str = "\
page.title document.title
page.lang document.documentElement.lang
page.hidden document.hidden";

/// The start of the `type` of everything that text is written or chosen in: `text`, `tel`, `textarea`, `search`, `select-one` …
const FIELDS: &str = "^(te|se|em|url|nu|pa|da|mo|we|ti)";
/// Pages keep closed dialogs in the document: only one with a box is in the way.
const DIALOGS: [&str; 2] = ["[aria-modal=true]", "dialog:modal"];

/// `Facts::set`, compiled once and not once a caller.
#[inline(never)]
pub(crate) fn put(facts: &mut Facts, path: &str, value: Value) {
    facts.set(path, value);
}

#[inline(never)]
pub(crate) fn say(facts: &mut Facts, path: &str, text: &str) {
    put(facts, path, text.into());
}

#[inline(never)]
pub(crate) fn count(facts: &mut Facts, path: &str, number: f64) {
    put(facts, path, Value::Number(number));
}

/// `first rest`, line by line.
fn each_line(table: &'static str, act: &mut dyn FnMut(&'static str, &'static str)) {
    let mut rest = table;
    while !rest.is_empty() {
        let (line, after) = cut(rest, b'\n');
        let (first, second) = cut(line, b' ');
        act(first, second.unwrap_or_default());
        rest = after.unwrap_or_default();
    }
}

/// Sets the facts of a table from what stands in `root`.
fn table(facts: &mut Facts, table: &'static str, root: &JsValue) {
    each_line(table, &mut |fact, path| put(facts, fact, read(&walk(root, path))));
}

/// Decoded, or as it is when it cannot be.
pub(crate) fn plain(coded: &str) -> String {
    ask(&window(), "decodeURIComponent", coded).as_string().unwrap_or_else(|| coded.into())
}

/// An address, taken apart; `undefined` where it is none.
fn address(address: &str, base: &str) -> JsValue {
    make("URL", address.into(), base.into())
}

/// The pairs of an address's query string, decoded; the last of a repeated name wins.
fn query(address: &JsValue) -> Value {
    read(&call(&get(&window(), "Object"), "fromEntries", get(address, "searchParams"), NONE, NONE))
}

/// Sets the facts of the page at `to`; answers its path and query string.
pub(crate) fn page(facts: &mut Facts, window: &JsValue, to: &str) -> (String, String) {
    let address = address(to, &text(&walk(window, "location.href")));
    table(facts, ADDRESS, &address);
    let path = plain(&text(&get(&address, "pathname")));
    say(facts, "page.path", &path);
    say(facts, "page.hash", &plain(&text(&get(&address, "hash"))));
    put(facts, "page.query", query(&address));
    (path, text(&get(&address, "search")))
}

/// Facts that stand in the page's head, where rules ask for them: `page.meta.<name>` and `page.canonical`.
pub(crate) fn head(facts: &mut Facts, window: &JsValue, path: &str) {
    let (selector, held) = match path.strip_prefix("page.meta.") {
        Some(name) => (&*["meta[name=\"", name, "\"]"].concat(), "content"),
        None if path == "page.canonical" => ("link[rel=canonical]", "href"),
        None => return,
    };
    let found = ask(&get(window, "document"), "querySelector", selector);
    put(facts, path, read(&get(&found, held)));
}

/// Typing, dialogs, tabs. `modal`: is something in the way that the page does not know of?
pub(crate) fn moment(facts: &mut Facts, window: &JsValue, modal: bool) {
    table(facts, MOMENT, window);
    let document = get(window, "document");
    let field = get(&document, "activeElement");
    let typing = is(&get(&field, "isContentEditable")) || is_like(&text(&get(&field, "type")), FIELDS);
    put(facts, "page.typing", typing.into());
    let boxed = |element: &JsValue| number(&get(&call(element, "getClientRects", NONE, NONE, NONE), "length")) > 0.0;
    // One by one: older browsers do not know `:modal`.
    let open = |dialogs: &str| items(&ask(&document, "querySelectorAll", dialogs)).iter().any(boxed);
    put(facts, "page.modal", (modal || DIALOGS.iter().any(|dialogs| open(dialogs))).into());
}

fn is_like(text: &str, pattern: &str) -> bool {
    is(&ask(&make("RegExp", pattern.into(), "i".into()), "test", text))
}

/// The first name whose pattern the text has: `name pattern`, one a line.
fn named(text: &str, names: &'static str) -> &'static str {
    let mut found = "";
    each_line(names, &mut |name, pattern| {
        if found.is_empty() && is_like(text, pattern) {
            found = name;
        }
    });
    if found.is_empty() { "other" } else { found }
}

/// Where the visit came from. Search engines and social networks are told by name; other hosts are `referral`.
pub(crate) fn source(facts: &mut Facts, referrer: &str, landing_query: &str) {
    let pairs = get(&address(landing_query, "http://a"), "searchParams");
    let mut pair = |fact: &str, name: &str| put(facts, fact, read(&ask(&pairs, "get", name)));
    for name in &["source", "medium", "campaign", "term", "content"] {
        pair(&["source.utm.", name].concat(), &["utm_", name].concat());
    }
    let click = ["gclid", "msclkid", "fbclid"].iter().find(|name| is(&ask(&pairs, "has", name)));
    pair("source.clickId", click.unwrap_or(&""));
    let before = address(referrer, referrer);
    let mut host = text(&get(&before, "host"));
    // Who comes from a page of the same site has come to it before, from nobody knows where.
    let inside = host == text(&walk(&window(), "location.host"));
    if inside {
        host.clear();
        say(facts, "visit.previousPage", &plain(&text(&get(&before, "pathname"))));
    }
    let channel = named(
        &[landing_query, " ", &host].concat(),
        "\
paid [?&](gclid|msclkid)=|utm_medium=(cpc|ppc|paid)
email utm_medium=e-?mail
search  (\\S+\\.)?(google|bing|duckduckgo|ecosia|qwant|yahoo|baidu|yandex)\\.
social  (\\S+\\.)?((facebook|instagram|linkedin|pinterest|reddit|tiktok|x)\\.com|t\\.co)$
referral [^ ]$
direct ^",
    );
    if inside && channel == "direct" {
        return;
    }
    say(facts, "source.referrer", referrer);
    say(facts, "source.referrerHost", &host);
    say(facts, "source.channel", channel);
}

/// The device and its owner's preferences; they hold for the whole page.
pub(crate) fn device(facts: &mut Facts, window: &JsValue, allow_bots: bool) {
    table(facts, DEVICE, window);
    let media = |query: &str| is(&get(&ask(window, "matchMedia", query), "matches"));
    put(facts, "device.reducedMotion", media("(prefers-reduced-motion:reduce)").into());
    let size = |side: &str| number(&get(window, side));
    let coarse = media("(pointer:coarse)");
    let kind = match (coarse, size("innerWidth").min(size("innerHeight")) < 600.0) {
        (true, true) => "phone",
        (true, false) => "tablet",
        (false, _) => "desktop",
    };
    say(facts, "device.type", kind);
    say(facts, "device.pointer", if coarse { "coarse" } else { "fine" });
    let navigator = get(window, "navigator");
    let agent = text(&get(&navigator, "userAgent"));
    // Order matters: Android names Linux, iPhones name Mac OS X, Edge names Chrome, Chrome names Safari.
    let system = "android android\nios iphone|ipad\nwindows windows\nmacos mac os\nchromeos cros\nlinux linux";
    let browser = "edge edg/\nopera opr/\nfirefox firefox/\nchrome chrome/\nsafari safari/";
    say(facts, "device.os", named(&agent, system));
    say(facts, "device.browser", named(&agent, browser));
    let automated = is(&get(&navigator, "webdriver")) || is_like(&agent, "bot|crawl|spider|headless|lighthouse");
    put(facts, "device.bot", (automated && !allow_bots).into());
    let zone = call(&get(window, "Intl"), "DateTimeFormat", NONE, NONE, NONE);
    let zone = call(&zone, "resolvedOptions", NONE, NONE, NONE);
    put(facts, "user.timeZone", read(&get(&zone, "timeZone")));
}
