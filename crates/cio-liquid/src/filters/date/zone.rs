//! Time zones by their names, and by minutes.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::{Instant, rails};
use crate::value::{Number, Value};

/// Those in the binary; what the machine has is not looked at.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// What clocks show somewhere at one point in time.
#[derive(Debug)]
pub(super) struct Zone {
    pub(super) offset_seconds: i64,
    /// `CET`; none for an offset without a name.
    pub(super) abbreviation: Option<String>,
}

impl Zone {
    pub(super) const UTC: Self = Self {
        offset_seconds: 0,
        abbreviation: None,
    };

    /// A name (`Europe/Berlin`, `(GMT+01:00) Berlin`), or minutes west of UTC, as a number or
    /// a text. `None` if there is no such zone.
    pub(super) fn of(value: &Value<'_>, at: Instant) -> Option<Self> {
        match value {
            Value::Text(text) => {
                let name = text.as_str().trim();
                if name.is_empty() {
                    return None;
                }
                Self::named(name, at)
                    .or_else(|| detailed(name, at))
                    .or_else(|| offset(name))
                    .or_else(|| minutes(crate::value::parse_number(name)?))
            }
            value => minutes(value.number()?),
        }
    }

    fn named(name: &str, at: Instant) -> Option<Self> {
        let zone = ZONES.get(name).ok()?;
        let at = at
            .seconds
            .clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let info = zone.to_offset_info(Timestamp::from_second(at).ok()?);
        Some(Self {
            offset_seconds: i64::from(info.offset().seconds()),
            abbreviation: Some(info.abbreviation().to_owned()),
        })
    }

    fn fixed(offset_seconds: i64) -> Option<Self> {
        const LARGEST: i64 = 24 * 60 * 60;
        (offset_seconds.abs() <= LARGEST).then_some(Self {
            offset_seconds,
            abbreviation: None,
        })
    }
}

fn minutes(west: Number) -> Option<Zone> {
    let seconds = west.as_integer().checked_mul(-60)?;
    Zone::fixed(seconds)
}

/// `(GMT-08:00) Pacific Time (US & Canada)`: by the name if it is known, or by the hours.
fn detailed(name: &str, at: Instant) -> Option<Zone> {
    let (hours, place) = name.strip_prefix("(GMT")?.split_once(')')?;
    match rails::zone(place.trim()) {
        Some(name) => Zone::named(name, at),
        None if hours.is_empty() => Some(Zone::UTC),
        None => offset(hours),
    }
}

/// `+01:00`, `-0800`.
fn offset(text: &str) -> Option<Zone> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => return None,
    };
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    Zone::fixed(sign * (hours * 3600 + minutes * 60))
}
