//! Days, hours, dates and durations as people write them.

use crate::compile::schedules::DAYS;
use crate::rules::calendar;

/// `mon-fri` for `Monday - Friday`; the three letters of each part.
pub(super) fn days(written: &str) -> Option<String> {
    match written.trim().to_lowercase().as_str() {
        "weekend" | "weekends" => return Some("sat-sun".into()),
        "weekday" | "weekdays" | "workdays" => return Some("mon-fri".into()),
        "everyday" | "every day" | "always" | "all" => return Some("daily".into()),
        _ => {}
    }
    let letters = |day: &str| day.chars().all(char::is_alphabetic);
    let short = |day: &str| day.trim().to_lowercase().get(..3).filter(|_| letters(day.trim())).map(str::to_owned);
    let known = |day: &String| DAYS.contains(&day.as_str());
    let days: Option<Vec<String>> = written.split(['-', '–']).map(|day| short(day).filter(known)).collect();
    days.filter(|days| days.len() <= 2).map(|days| days.join("-"))
}

/// `09:00-17:00` for `9-17`, `9am - 5pm` or `9.00–17.00`.
pub(super) fn hours(written: &str) -> Option<String> {
    let (start, end) = written.split_once(['-', '–', '—'])?;
    let half = !written.to_lowercase().contains('m');
    let (start, end) = (minute(start)?, minute(end)?);
    // Who writes `9-5` does not work through the night.
    let end = if half && end < start && start < 720 { end + 720 } else { end };
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    (start < 1440 && start != end).then(|| format!("{}-{}", clock(start), clock(end)))
}

/// The minute of the day at a time such as `9`, `9.30` or `5pm`.
fn minute(written: &str) -> Option<u16> {
    let written = written.trim().to_lowercase();
    let half = |end: &str| written.strip_suffix(end).map(str::trim_end);
    let (digits, morning) = match (half("am"), half("pm")) {
        (Some(digits), _) => (digits, Some(true)),
        (_, Some(digits)) => (digits, Some(false)),
        _ => (written.as_str(), None),
    };
    let (hour, minute) = digits.split_once([':', '.', 'h']).unwrap_or((digits, "0"));
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match morning {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(morning) => hour % 12 + if morning { 0 } else { 12 },
    };
    (hour <= 24 && minute < 60 && hour * 60 + minute <= 1440).then(|| hour * 60 + minute)
}

/// Units of time, in milliseconds, and what is written for them.
const UNITS: &[(&str, f64, &[&str])] = &[
    ("ms", 1.0, &["ms", "msec", "msecs", "millisecond", "milliseconds"]),
    ("s", 1e3, &["s", "sec", "secs", "second", "seconds"]),
    ("m", 6e4, &["m", "min", "mins", "minute", "minutes"]),
    ("h", 3.6e6, &["h", "hr", "hrs", "hour", "hours"]),
    ("d", 8.64e7, &["d", "day", "days"]),
    ("7d", 6.048e8, &["w", "week", "weeks"]),
];

/// `20s` for `20 sec`, `7d` for `1 week`, `90s` for `1m30s`.
pub(super) fn duration(written: &str) -> Option<String> {
    let written = written.trim().to_lowercase();
    let mut rest = written.strip_prefix("pt").unwrap_or(&written).trim_start();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(letters)?;
        let number: f64 = number.replace(',', ".").parse().ok()?;
        parts.push((number, UNITS.iter().find(|(.., words)| words.contains(&unit))?));
        rest = after.trim_start().trim_start_matches("and ").trim_start();
    }
    let print = |number: f64, unit: &str| Some(format!("{}{unit}", crate::number::print(number)));
    match parts.as_slice() {
        [] => None,
        [(number, ("7d", ..))] => print(number * 7.0, "d"),
        [(number, (unit, ..))] => print(*number, unit),
        several => {
            let all: f64 = several.iter().map(|(number, (_, ms, _))| number * ms).sum();
            let fits = |(_, ms, _): &&(&str, f64, &[&str])| (all / ms).fract() == 0.0;
            let (unit, ms, _) = UNITS.iter().take(5).rev().find(fits)?;
            print(all / ms, unit)
        }
    }
}

pub(super) fn is_date(written: &str) -> bool {
    calendar::moment(written, true).is_some() || date(written).is_some()
}

/// A duration as a number in the unit that a fact such as `page.seconds` has.
pub(super) fn in_unit_of(fact: &str, written: &str) -> Option<f64> {
    let ms = crate::compile::duration(&duration(written)?)?;
    let units = [("seconds", 1e3), ("hours", 3.6e6), ("days", 8.64e7)];
    let (_, unit) = units.iter().find(|(name, _)| fact.to_lowercase().contains(name))?;
    Some(ms / unit)
}

/// `2026-11-20` for `20.11.2026`, `11/20/2026` or `2026/11/20`; nothing where the day could as well be the month.
pub(super) fn date(written: &str) -> Option<String> {
    let parts: Vec<&str> = written.trim().split(['.', '/', '-']).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let number = |part: &str| part.parse::<u16>().ok();
    let (first, second, third) = (number(first)?, number(second)?, number(third)?);
    let (year, month, day) = match (first, second) {
        (1000.., _) => (first, second, third),
        (13..=31, _) => (third, second, first),
        (_, 13..=31) => (third, first, second),
        _ if written.contains('.') || first == second => (third, second, first),
        _ => return None,
    };
    let text = format!("{year:04}-{month:02}-{day:02}");
    calendar::date(&text).filter(|_| year > 1000).map(|_| text)
}

/// The whole sentence for a bare number: its unit is missing, and which one is meant only its writer knows.
pub(super) fn without_unit(number: f64, setting: &str) -> Option<String> {
    if number == 0.0 {
        return Some("leave it out if there is to be none, or write `\"0s\"`".into());
    }
    let plain = crate::number::print(number);
    let long = matches!(setting, "within" | "afterDismiss" | "afterConversation");
    if number < 0.0 || !number.is_finite() {
        return None;
    }
    if number >= 1000.0 && !long {
        let seconds = crate::number::print(number / 1000.0);
        return Some(format!("if these are milliseconds, write `\"{seconds}s\"`; a unit has to be there"));
    }
    if number >= 100.0 && !long {
        return Some(format!("write its unit, too: `\"{plain}s\"` for seconds, `\"{plain}ms\"` for milliseconds"));
    }
    let [(a, first), (b, second)] =
        if long { [("h", "hours"), ("d", "days")] } else { [("s", "seconds"), ("m", "minutes")] };
    Some(format!("write its unit, too: `\"{plain}{a}\"` for {first}, `\"{plain}{b}\"` for {second}"))
}

#[cfg(test)]
mod tests {
    use super::{date, days, duration, hours};

    #[test]
    fn days_and_hours_as_people_write_them() {
        assert_eq!(days("Monday-Friday").as_deref(), Some("mon-fri"));
        assert_eq!(days("weekend").as_deref(), Some("sat-sun"));
        assert_eq!((days("mon,tue"), days("soon"), days("")), (None, None, None));
        for (written, meant) in [
            ("9-17", Some("09:00-17:00")),
            ("9am-5:30pm", Some("09:00-17:30")),
            ("9-5", Some("09:00-17:00")),
            ("9am-5am", Some("09:00-05:00")),
            ("22-6", Some("22:00-06:00")),
            ("12am – 12pm", Some("00:00-12:00")),
            ("10.30-24", Some("10:30-24:00")),
            ("9-9", None),
            ("9", None),
            ("13pm-14pm", None),
            ("9-25", None),
            ("2026-11", None),
            ("99999-3", None),
            ("all-day", None),
        ] {
            assert_eq!(hours(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn dates_as_people_write_them() {
        for (written, meant) in [
            ("20.11.2026", Some("2026-11-20")),
            ("3.4.2026", Some("2026-04-03")),
            ("20/11/2026", Some("2026-11-20")),
            ("11/20/2026", Some("2026-11-20")),
            ("2026/1/5", Some("2026-01-05")),
            ("3/4/2026", None),
            ("30.02.2026", None),
            ("20.11.26", None),
            ("soon", None),
        ] {
            assert_eq!(date(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn durations_as_people_write_them() {
        for (written, meant) in [
            ("20 sec", Some("20s")),
            ("2 hours", Some("2h")),
            ("2min", Some("2m")),
            ("20S", Some("20s")),
            ("1,5h", Some("1.5h")),
            ("1 week", Some("7d")),
            ("1m30s", Some("90s")),
            ("1 hour and 30 minutes", Some("90m")),
            ("PT20S", Some("20s")),
            ("24h0m", Some("1d")),
            ("20", None),
            ("-5s", None),
            ("1:30", None),
            ("3 months", None),
            ("half an hour", None),
            ("", None),
        ] {
            assert_eq!(duration(written).as_deref(), meant, "{written}");
        }
    }
}
