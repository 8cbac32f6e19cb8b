//! What the rules ask of the machine, natively: ECMAScript patterns by `regress`, time zones by `jiff`.

use chinwag_targeting::{Host, LocalTime, Pattern};
use jiff::{Timestamp, tz::TimeZone};

pub(crate) struct Native;

struct Regress(regress::Regex);

impl Pattern for Regress {
    fn is_match(&self, text: &str) -> bool {
        self.0.find(text).is_some()
    }
}

impl Host for Native {
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Box<dyn Pattern>> {
        let flags = if ignore_case { "i" } else { "" };
        let regex = regress::Regex::with_flags(source, flags).ok()?;
        Some(Box::new(Regress(regex)))
    }

    fn local_time(&self, zone: &str, epoch_ms: f64) -> Option<LocalTime> {
        let zone = if zone.is_empty() { TimeZone::system() } else { TimeZone::get(zone).ok()? };
        let at = Timestamp::from_millisecond(epoch_ms as i64).ok()?.to_zoned(zone);
        Some(LocalTime {
            year: at.year().into(),
            month: u8::try_from(at.month()).ok()?,
            day: u8::try_from(at.day()).ok()?,
            weekday: u8::try_from(at.weekday().to_monday_one_offset()).ok()?,
            minute: u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).ok()?,
        })
    }
}
