//! Where mail leaves: an SMTP server, or nowhere.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// Longest wait for one step of an SMTP session.
const STEP_MAX: Duration = Duration::from_secs(30);

/// Why an SMTP URL is not usable. The URL is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("it is not a usable SMTP URL ({0}): use smtp://host:port or smtps://user:password@host")]
pub struct MailUrlError(String);

/// Where mail leaves.
pub(crate) enum MailTransport {
    /// Nowhere: it counts as sent and can be read back.
    Capture,
    /// An SMTP server.
    Smtp {
        client: AsyncSmtpTransport<Tokio1Executor>,
        /// Scheme, host and port: what may be shown.
        shown: String,
    },
}

/// Why a message did not leave.
#[derive(Debug)]
pub(crate) struct SendFailure {
    /// The server refused it for good: trying again is no use.
    pub(crate) is_permanent: bool,
    /// What the server said, or what kept it from saying anything.
    pub(crate) reason: String,
}

impl fmt::Debug for MailTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl MailTransport {
    /// Reads `smtp://` (plain, TLS if the server offers it) or `smtps://`.
    pub(crate) fn from_url(url: Option<&str>) -> Result<MailTransport, MailUrlError> {
        let Some(url) = url.map(str::trim).filter(|url| !url.is_empty()) else {
            return Ok(MailTransport::Capture);
        };
        let (scheme, rest) = url
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "smtp" | "smtps"))
            .ok_or_else(|| MailUrlError("the scheme is neither smtp nor smtps".to_owned()))?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if host.is_empty() {
            return Err(MailUrlError("it names no host".to_owned()));
        }
        let explicit = if scheme == "smtp" && !rest.contains('?') {
            // Encrypted wherever the server can; a relay on loopback usually cannot.
            format!("{}?tls=opportunistic", url.trim_end_matches('/'))
        } else {
            url.to_owned()
        };
        let client = AsyncSmtpTransport::<Tokio1Executor>::from_url(&explicit)
            .map_err(|error| MailUrlError(kind_of(&error).to_owned()))?
            .timeout(Some(STEP_MAX))
            .build();
        Ok(MailTransport::Smtp {
            client,
            shown: format!("{scheme}://{host}"),
        })
    }

    /// `captured`, or the server without its credentials.
    pub(crate) fn describe(&self) -> String {
        match self {
            MailTransport::Capture => "captured".to_owned(),
            MailTransport::Smtp { shown, .. } => shown.clone(),
        }
    }

    /// Whether anybody carries it: else it is captured.
    pub(crate) const fn carries(&self) -> bool {
        matches!(self, MailTransport::Smtp { .. })
    }

    /// Hands a message over; when this returns, the server has taken it.
    pub(crate) async fn send(&self, message: Message) -> Result<(), SendFailure> {
        match self {
            MailTransport::Capture => Ok(()),
            MailTransport::Smtp { client, .. } => {
                client
                    .send(message)
                    .await
                    .map(|_| ())
                    .map_err(|error| SendFailure {
                        is_permanent: error.is_permanent(),
                        reason: reason(&error),
                    })
            }
        }
    }
}

/// What kind of mistake a URL has, without the URL.
fn kind_of(error: &smtp::Error) -> &'static str {
    if error.is_client() {
        "host, port or credentials are malformed"
    } else {
        "it cannot be read"
    }
}

fn reason(error: &smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_url_mail_is_captured() {
        assert!(matches!(
            MailTransport::from_url(None),
            Ok(MailTransport::Capture)
        ));
        assert!(matches!(
            MailTransport::from_url(Some("")),
            Ok(MailTransport::Capture)
        ));
    }

    #[tokio::test]
    async fn credentials_are_never_shown() {
        let transport =
            MailTransport::from_url(Some("smtps://user:hunter2@mail.example.com:465")).unwrap();
        assert_eq!(transport.describe(), "smtps://mail.example.com:465");
        assert!(!format!("{transport:?}").contains("hunter2"));
        for url in [
            "http://user:hunter2@example.com",
            "smtp://",
            "smtp://u:hunter2@host:99999999",
            "hunter2",
        ] {
            let error = MailTransport::from_url(Some(url)).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
            assert!(error.contains("smtp://host:port"), "{error}");
        }
    }
}
