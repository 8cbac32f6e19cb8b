//! Facts that the page and the browser can tell: `page.*`, `source.*`, `device.*`, `user.*`.

use crate::browser::{Params, Regex, Url, decode};
use crate::value::{get, read};
use chinwag_targeting::{Facts, Value};
use js_sys::{Array, Intl, Object};
use wasm_bindgen::JsValue;
use web_sys::{Document, Window};

/// `Facts::set`, compiled once and not once a caller.
pub(crate) fn put(facts: &mut Facts, path: &str, value: impl Into<Value>) {
    keep(facts, path, value.into());
}

#[inline(never)]
fn keep(facts: &mut Facts, path: &str, value: Value) {
    facts.set(path, value);
}

#[inline(never)]
pub(crate) fn say(facts: &mut Facts, path: &str, text: &str) {
    keep(facts, path, text.into());
}

fn plain(text: &str) -> String {
    decode(text).unwrap_or_else(|_| text.into())
}

/// The pairs of a query string, decoded; the last of a repeated name wins.
fn query(search: &str) -> Value {
    let Value::List(pairs) = read(&Array::from(&Params::new(search))) else { return Value::Null };
    let pair = |pair| match pair {
        Value::List(pair) => {
            let mut pair = pair.into_iter();
            let name = pair.next()?.as_str()?.into();
            pair.next().map(|value| (name, value))
        }
        _ => None,
    };
    Value::Map(pairs.into_iter().filter_map(pair).collect())
}

/// Sets the facts of the page at `address`; answers its path and query string.
pub(crate) fn page(facts: &mut Facts, document: &Document, address: &str) -> (String, String) {
    let Ok(url) = Url::parse(address, &document.base_uri().ok().flatten().unwrap_or_default()) else {
        return Default::default();
    };
    let path = plain(&url.pathname());
    let search = url.search();
    say(facts, "page.url", &url.href());
    say(facts, "page.host", &url.host());
    say(facts, "page.path", &path);
    say(facts, "page.hash", &plain(&url.hash()));
    put(facts, "page.query", query(&search));
    say(facts, "page.title", &document.title());
    if let Some(root) = document.document_element() {
        say(facts, "page.lang", &root.get_attribute("lang").unwrap_or_default());
    }
    (path, search)
}

fn is_like(text: &str, pattern: &str) -> bool {
    Regex::new(pattern, "i").is_ok_and(|regex| regex.test(text))
}

/// The first name whose pattern the text has.
fn named(text: &str, names: &[(&str, &'static str)]) -> &'static str {
    names.iter().find(|(pattern, _)| is_like(text, pattern)).map_or("other", |(_, name)| name)
}

/// Where the visit came from. Search engines and social networks are told by name; other hosts are `referral`.
pub(crate) fn source(facts: &mut Facts, referrer: &str, landing_query: &str) {
    let pairs = query(landing_query);
    for (fact, name) in [
        ("source.utm.source", "utm_source"),
        ("source.utm.medium", "utm_medium"),
        ("source.utm.campaign", "utm_campaign"),
        ("source.utm.term", "utm_term"),
        ("source.utm.content", "utm_content"),
    ] {
        put(facts, fact, pairs.get(name).cloned().unwrap_or_default());
    }
    let host = Url::parse(referrer, referrer).map(|url| url.host()).unwrap_or_default();
    let paid = is_like(landing_query, "[?&](gclid|msclkid)=|utm_medium=(cpc|ppc|paid)");
    let channel = if paid {
        "paid"
    } else if is_like(landing_query, "utm_medium=e-?mail") {
        "email"
    } else if host.is_empty() {
        "direct"
    } else if is_like(&host, r"(^|\.)(google|bing|duckduckgo|ecosia|qwant|yahoo|baidu|yandex)\.") {
        "search"
    } else if is_like(&host, r"(^|\.)((facebook|instagram|linkedin|pinterest|reddit|tiktok|x)\.com|t\.co)$") {
        "social"
    } else {
        "referral"
    };
    say(facts, "source.referrer", referrer);
    say(facts, "source.referrerHost", &host);
    say(facts, "source.channel", channel);
}

/// The device and its owner's preferences; they hold for the whole page.
pub(crate) fn device(facts: &mut Facts, window: &Window, allow_bots: bool) {
    let navigator = window.navigator();
    let agent = navigator.user_agent().unwrap_or_default();
    let media = |query: &str| window.match_media(query).ok().flatten().is_some_and(|list| list.matches());
    let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (wide, high) = (size(window.inner_width()), size(window.inner_height()));
    let coarse = media("(pointer:coarse)");
    let kind = match (coarse, wide.min(high) < 600.0) {
        (true, true) => "phone",
        (true, false) => "tablet",
        (false, _) => "desktop",
    };
    say(facts, "device.type", kind);
    say(facts, "device.pointer", if coarse { "coarse" } else { "fine" });
    put(facts, "device.reducedMotion", media("(prefers-reduced-motion:reduce)"));
    put(facts, "device.viewport.w", wide);
    put(facts, "device.viewport.h", high);
    // Order matters: Android names Linux, iPhones name Mac OS X, Edge names Chrome, Chrome names Safari.
    let systems = [
        ("android", "android"),
        ("iphone|ipad", "ios"),
        ("windows", "windows"),
        ("mac os", "macos"),
        ("cros", "chromeos"),
        ("linux", "linux"),
    ];
    let browsers =
        [("edg/", "edge"), ("opr/", "opera"), ("firefox/", "firefox"), ("chrome/", "chrome"), ("safari/", "safari")];
    say(facts, "device.os", named(&agent, &systems));
    say(facts, "device.browser", named(&agent, &browsers));
    let automated = get(&navigator, "webdriver").is_truthy()
        || is_like(&agent, "bot|crawl|spider|headless|lighthouse|slurp|facebookexternalhit");
    put(facts, "device.bot", automated && !allow_bots);
    say(facts, "user.language", &navigator.language().unwrap_or_default());
    put(facts, "user.languages", read(&navigator.languages()));
    let zone = Intl::DateTimeFormat::new(&Default::default(), &Object::new()).resolved_options();
    put(facts, "user.timeZone", read(&get(&zone, "timeZone")));
}
