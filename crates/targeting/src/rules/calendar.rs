//! Dates without a clock: civil days and instants.

use crate::host::LocalTime;

/// A point in time as the file names it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moment {
    /// A minute on the site's wall clock: days since 1970-01-01 times 1440, plus minutes.
    Local(f64),
    /// Milliseconds since 1970 UTC.
    Instant(f64),
}

/// Days since 1970-01-01 in the Gregorian calendar.
pub(crate) fn day_number(year: i32, month: u8, day: u8) -> i32 {
    // Years begin in March, so that the leap day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = (i32::from(month) + 9) % 12;
    let of_year = (153 * month + 2) / 5 + i32::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl LocalTime {
    pub(crate) fn day_number(&self) -> i32 {
        day_number(self.year, self.month, self.day)
    }

    /// Minutes on the wall clock since 1970-01-01 00:00.
    pub(crate) fn minutes(&self) -> f64 {
        f64::from(self.day_number()) * 1440.0 + f64::from(self.minute)
    }
}

/// Is that a day of the calendar?
fn exists(year: i32, month: u8, day: u8) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn digits(text: &str, count: usize) -> Option<(i32, &str)> {
    let head = text.get(..count)?;
    let number = head.bytes().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))?;
    Some((number, text.get(count..)?))
}

/// `2026-11-20` as a day number; the rest of the text is returned.
fn date_prefix(text: &str) -> Option<(i32, &str)> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (month, day) = (month as u8, day as u8);
    exists(year, month, day).then(|| (day_number(year, month, day), rest))
}

/// `2026-11-20` as days since 1970-01-01.
pub(crate) fn date(text: &str) -> Option<i32> {
    date_prefix(text).filter(|(_, rest)| rest.is_empty()).map(|(day, _)| day)
}

/// `09:30` as minutes since midnight; `24:00` is the end of the day.
pub(crate) fn clock(text: &str) -> Option<u16> {
    let (minute, rest) = clock_prefix(text)?;
    rest.is_empty().then_some(minute)
}

fn clock_prefix(text: &str) -> Option<(u16, &str)> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= 1440).then_some((whole as u16, rest))
}

/// A date, or a date and time with or without an offset. A bare date means its first minute, or with `end` the
/// first minute of the day after, so that "until the 31st" includes the 31st.
pub(crate) fn moment(text: &str, end: bool) -> Option<Moment> {
    let (day, rest) = date_prefix(text)?;
    if rest.is_empty() {
        return Some(Moment::Local(f64::from(day + i32::from(end)) * 1440.0));
    }
    let (minute, rest) = clock_prefix(rest.strip_prefix(['T', ' '])?)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    // Fractions of a second are allowed and ignored.
    let rest = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            rest.get(end..).unwrap_or("")
        }
        None => rest,
    };
    let local = f64::from(day) * 1440.0 + f64::from(minute);
    let offset = match rest {
        "" => return Some(Moment::Local(local)),
        "Z" => 0,
        _ => {
            let minutes = i32::from(clock(rest.get(1..)?)?);
            match rest.as_bytes().first()? {
                b'+' => minutes,
                b'-' => -minutes,
                _ => return None,
            }
        }
    };
    Some(Moment::Instant((local - f64::from(offset)) * 60_000.0 + f64::from(second) * 1000.0))
}

#[cfg(test)]
mod tests {
    use super::{Moment, clock, date, day_number, moment};

    #[test]
    fn counts_days() {
        assert_eq!(day_number(1970, 1, 1), 0);
        assert_eq!(day_number(2000, 3, 1), 11_017);
        assert_eq!(date("2026-11-20"), Some(20_777));
        assert_eq!(date("2024-02-29"), Some(19_782));
        for wrong in ["2026-02-29", "2026-13-01", "2026-1-01", "26-01-01", "2026-01-01x", ""] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reads_times_and_offsets() {
        assert_eq!(clock("09:30"), Some(570));
        assert_eq!(clock("24:00"), Some(1440));
        assert_eq!(clock("24:01"), None);
        assert_eq!(moment("2026-11-20T10:00:00+01:00", false), Some(Moment::Instant(1_795_165_200_000.0)));
        assert_eq!(moment("2026-11-20T09:00:00.5Z", false), Some(Moment::Instant(1_795_165_200_000.0)));
        assert_eq!(moment("1970-01-01", true), Some(Moment::Local(1440.0)));
        assert_eq!(moment("1970-01-01T00:10", false), Some(Moment::Local(10.0)));
        assert_eq!(moment("tomorrow", false), None);
    }
}
