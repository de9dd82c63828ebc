//! What Twilio reports of a message it took.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::codes::{Meaning, meaning};

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextStatus {
    /// It is on its way, and nothing is known yet: `queued`, `sending`, `sent`.
    Underway,
    /// It arrived.
    Delivered,
    /// It was read; WhatsApp alone says so.
    Read,
    /// It did not arrive, because of whom it is for.
    Bounced {
        /// Twilio's code, `30003`.
        code: String,
    },
    /// It did not arrive for another reason.
    Failed {
        /// Twilio's code; empty if it says none.
        code: String,
    },
}

/// A report of Twilio's on one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// What Twilio calls the message: the reference it gave when it took it.
    pub sid: String,
    /// What became of it.
    pub status: TextStatus,
}

impl StatusReport {
    /// Reads the fields of its form. `None`: it is no such report, or says a status that
    /// is not known.
    pub fn read(fields: &[(String, String)]) -> Option<StatusReport> {
        let field = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        let sid = field("MessageSid").or_else(|| field("SmsSid"))?;
        let status = field("MessageStatus").or_else(|| field("SmsStatus"))?;
        let code = field("ErrorCode").unwrap_or_default().to_owned();
        let status = match status {
            "accepted" | "queued" | "scheduled" | "sending" | "sent" => TextStatus::Underway,
            "delivered" => TextStatus::Delivered,
            "read" => TextStatus::Read,
            "undelivered" | "failed" => match code.parse().map(meaning) {
                Ok(Meaning::Recipient) => TextStatus::Bounced { code },
                _ => TextStatus::Failed { code },
            },
            "canceled" => TextStatus::Failed { code },
            _ => return None,
        };
        Some(StatusReport {
            sid: sid.to_owned(),
            status,
        })
    }
}

/// Compared in constant time.
pub(super) fn is_signed(
    auth_token: &str,
    url: &str,
    fields: &[(String, String)],
    signature: &str,
) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else {
        return false;
    };
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort();
    // A field that comes twice with the same value is signed once.
    sorted.dedup();
    let mut said = url.to_owned();
    for (name, value) in sorted {
        said.push_str(name);
        said.push_str(value);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    hmac::verify(&key, said.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// The example of Twilio's own libraries.
    #[test]
    fn a_signature_is_that_of_the_url_and_the_sorted_fields() {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let good = fields(&[
            ("Digits", "1234"),
            ("CallSid", "CA1234567890ABCDE"),
            ("To", "+18005551212"),
            ("From", "+12349013030"),
            ("Caller", "+12349013030"),
        ]);
        let signature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
        assert!(is_signed("12345", url, &good, signature));
        let mut twice = good.clone();
        twice.push(good[0].clone());
        assert!(is_signed("12345", url, &twice, signature));

        assert!(!is_signed("12346", url, &good, signature));
        assert!(!is_signed("12345", &url[..url.len() - 1], &good, signature));
        assert!(!is_signed("12345", url, &good[1..], signature));
        let mut another = good.clone();
        another[0].1 = "1235".to_owned();
        assert!(!is_signed("12345", url, &another, signature));
        for wrong in [
            "",
            "0/KCTR6DLpKmkAf8muzZqo1nDgU=",
            "0/KCTR6DLpKmkAf8muzZqo1nDg",
            "%",
        ] {
            assert!(!is_signed("12345", url, &good, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_report_says_what_became_of_a_message() {
        let status = |status: &str, code: &str| {
            let fields = fields(&[
                ("MessageSid", "SM1"),
                ("MessageStatus", status),
                ("ErrorCode", code),
            ]);
            StatusReport::read(&fields).map(|report| report.status)
        };
        for underway in ["accepted", "queued", "scheduled", "sending", "sent"] {
            assert_eq!(
                status(underway, ""),
                Some(TextStatus::Underway),
                "{underway}"
            );
        }
        assert_eq!(status("delivered", ""), Some(TextStatus::Delivered));
        assert_eq!(status("read", ""), Some(TextStatus::Read));
        let bounced = |code: &str| Some(TextStatus::Bounced { code: code.into() });
        let failed = |code: &str| Some(TextStatus::Failed { code: code.into() });
        assert_eq!(status("undelivered", "30003"), bounced("30003"));
        assert_eq!(status("failed", "63024"), bounced("63024"));
        assert_eq!(status("undelivered", "30007"), failed("30007"));
        assert_eq!(status("failed", ""), failed(""));
        assert_eq!(status("canceled", ""), failed(""));
        assert_eq!(status("received", ""), None);
        assert_eq!(
            StatusReport::read(&fields(&[("MessageStatus", "sent")])),
            None
        );
        assert_eq!(StatusReport::read(&[]), None);
        let older = fields(&[("SmsSid", "SM2"), ("SmsStatus", "delivered")]);
        assert_eq!(StatusReport::read(&older).unwrap().sid, "SM2");
    }
}
