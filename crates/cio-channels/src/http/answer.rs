//! What a carrier answered.

use std::time::{Duration, UNIX_EPOCH};

use cio_domain::UnixSeconds;

use crate::Handed;

/// Longest text of a carrier that is kept.
const TEXT_CHARS_MAX: usize = 500;
/// A longer wait is no pause but an outage, which the caller's own patience is for.
const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer, its body bounded.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Retry-After`.
    pub(crate) wait: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; what is none says nothing.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// It may be tried again, for this reason.
    pub(crate) fn later(&self, reason: String) -> Handed {
        Handed::Later {
            reason,
            wait: self.wait,
        }
    }
}

/// `FCM answered 404 UNREGISTERED: not found`, from what there is of it.
pub(crate) fn answered(carrier: &str, status: u16, code: &str, text: &str) -> String {
    let mut said = format!("{carrier} answered {status}");
    if !code.is_empty() {
        said.push(' ');
        said.push_str(&clean(code));
    }
    if !text.is_empty() && text != code {
        said.push_str(": ");
        said.push_str(&clean(text));
    }
    said
}

/// A refusal that is about who asks: nothing was taken, and everything waits until the
/// settings are right.
pub(crate) fn refused_settings(answer: &Answer, said: &str, advice: &str) -> Handed {
    answer.later(format!("{said}; {advice}"))
}

/// A text of somebody else's in one line of bounded length.
pub(crate) fn clean(text: &str) -> String {
    let one_line = text.chars().take(TEXT_CHARS_MAX);
    let one_line: String = one_line
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    one_line.trim().to_owned()
}

/// Seconds, or a date.
pub(super) fn retry_after(value: &str, now: UnixSeconds) -> Option<Duration> {
    let value = value.trim();
    let seconds = match value.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let at = httpdate::parse_http_date(value).ok()?;
            let at = at.duration_since(UNIX_EPOCH).ok()?.as_secs();
            at.saturating_sub(u64::try_from(now).ok()?)
        }
    };
    Some(Duration::from_secs(seconds).min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_said_in_seconds_or_as_a_date() {
        let seconds = |value, now| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120", 0), Some(120));
        assert_eq!(seconds("Thu, 01 Jan 1970 00:02:00 GMT", 20), Some(100));
        assert_eq!(seconds("Thu, 01 Jan 1970 00:02:00 GMT", 500), Some(0));
        assert_eq!(seconds("99999999999", 0), Some(86_400));
        assert_eq!(seconds("soon", 0), None);
        assert_eq!(seconds("-1", 0), None);
    }

    #[test]
    fn a_text_is_one_line_of_bounded_length() {
        assert_eq!(clean(" a\r\nb\u{7}c "), "a  b c");
        assert_eq!(clean(&"ü".repeat(600)).chars().count(), 500);
        assert_eq!(answered("FCM", 503, "", ""), "FCM answered 503");
        assert_eq!(
            answered("APNs", 410, "Unregistered", "Unregistered"),
            "APNs answered 410 Unregistered"
        );
    }
}
