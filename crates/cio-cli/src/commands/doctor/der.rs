//! As much of X.509 as it takes to say who issued a certificate, for whom, and until when.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const VERSION: u8 = 0xa0;
/// `organizationName` and `commonName`.
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// What is shown of a certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
}

/// `None` for what is not one.
pub(super) fn certificate(bytes: &[u8]) -> Option<Certificate> {
    let (_, certificate, _) = element(bytes)?;
    let (_, body, _) = element(certificate)?;
    let (tag, _, after) = element(body)?;
    let rest = if tag == VERSION { after } else { body };
    let (_, _serial, rest) = element(rest)?;
    let (_, _algorithm, rest) = element(rest)?;
    let (_, issuer, rest) = element(rest)?;
    let (_, validity, rest) = element(rest)?;
    let (_, subject, _) = element(rest)?;
    let (from_tag, from, until) = element(validity)?;
    let (until_tag, until, _) = element(until)?;
    Some(Certificate {
        issuer: name(issuer),
        subject: name(subject),
        begins: time(from_tag, from)?,
        ends: time(until_tag, until)?,
    })
}

/// Tag, content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .fold(0, |length, digit| length << 8 | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// A name as people write it: the common name and the organisation, as far as they are there.
fn name(mut bytes: &[u8]) -> String {
    let (mut common, mut organisation) = (None, None);
    while let Some((_, set, rest)) = element(bytes) {
        bytes = rest;
        let Some((SEQUENCE, pair, _)) = element(set) else {
            continue;
        };
        let Some((_, kind, value)) = element(pair) else {
            continue;
        };
        let value = element(value).map(|(_, text, _)| {
            let text = String::from_utf8_lossy(text);
            // It is a stranger's text, on its way to a terminal.
            text.replace(char::is_control, " ")
        });
        match kind {
            COMMON_NAME => common = value,
            ORGANISATION => organisation = value,
            _ => {}
        }
    }
    match (common, organisation) {
        (Some(common), Some(organisation)) => format!("\"{common}\" of \"{organisation}\""),
        (Some(only), None) | (None, Some(only)) => format!("\"{only}\""),
        (None, None) => "somebody without a name".to_owned(),
    }
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match tag {
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        _ => text.to_owned(),
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", &text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_is_read_without_a_panic() {
        assert_eq!(certificate(b""), None);
        assert_eq!(certificate(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 1]), None);
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..20_000 {
            let length = random.usize(0..80);
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    let any = random.u8(..);
                    random
                        .choice([0x30, 0x31, 2, 3, 1, 0x81, 0x17, any])
                        .unwrap()
                })
                .collect();
            let _ = certificate(&bytes);
        }
    }

    #[test]
    fn times_are_of_two_forms() {
        let shown = |tag, text: &str| time(tag, text.as_bytes()).map(|time| time.to_string());
        assert_eq!(
            shown(0x17, "261125120000Z").as_deref(),
            Some("2026-11-25T12:00:00Z")
        );
        assert_eq!(
            shown(0x17, "991231235959Z").as_deref(),
            Some("1999-12-31T23:59:59Z")
        );
        assert_eq!(
            shown(0x18, "20991231235959Z").as_deref(),
            Some("2099-12-31T23:59:59Z")
        );
        assert_eq!(shown(0x18, "soon"), None);
    }
}
