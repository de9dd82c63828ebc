//! Where mail leaves: an SMTP server, or nowhere.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use cio_channels::email::smtp::{SmtpSettings, SmtpUrl, SmtpUrlError, platform_tls};
use cio_channels::email::{Outgoing, ProviderSettings, Providers};
use cio_channels::{Handed, Point};

/// Why an SMTP URL is not usable. The URL is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailUrlError(String);

impl From<SmtpUrlError> for MailUrlError {
    fn from(error: SmtpUrlError) -> MailUrlError {
        MailUrlError(error.to_string())
    }
}

/// Where mail leaves.
pub(crate) enum MailTransport {
    /// Nowhere: it counts as sent and can be read back.
    Capture,
    /// An SMTP server.
    Smtp(Providers),
}

impl fmt::Debug for MailTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

/// For what is tried once, and not noted before.
struct NoPoint;

impl Point for NoPoint {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(std::future::ready(true))
    }
}

impl MailTransport {
    /// Reads `smtp://` (plain, TLS if the server offers it) or `smtps://`.
    pub(crate) fn from_url(url: Option<&str>) -> Result<MailTransport, MailUrlError> {
        let Some(url) = url.map(str::trim).filter(|url| !url.is_empty()) else {
            return Ok(MailTransport::Capture);
        };
        let smtp = SmtpSettings::new(SmtpUrl::read(url)?);
        let tls = platform_tls().map_err(|error| MailUrlError(format!("TLS: {error}")))?;
        let provider = ProviderSettings {
            name: "smtp".to_owned(),
            smtp,
            domains: vec!["*".to_owned()],
            dkim: Vec::new(),
        };
        Ok(MailTransport::Smtp(Providers::new(vec![provider], &tls)))
    }

    /// `captured`, or the server without its credentials.
    pub(crate) fn describe(&self) -> String {
        match self {
            MailTransport::Capture => "captured".to_owned(),
            MailTransport::Smtp(providers) => providers.describe(),
        }
    }

    /// Hands the messages of a delivery over, and says what became of the first. Copies
    /// with a message of their own follow it, and are tried once.
    pub(crate) async fn send(&self, messages: &[Outgoing], point: &dyn Point) -> Handed {
        let taken = Handed::Taken { reference: None };
        let (MailTransport::Smtp(providers), Some((first, copies))) =
            (self, messages.split_first())
        else {
            return taken;
        };
        let handed = providers.hand_over(first, point).await.whole();
        if matches!(handed, Handed::Taken { .. }) {
            for copy in copies {
                let handed = providers.hand_over(copy, &NoPoint).await.whole();
                if !matches!(handed, Handed::Taken { .. }) {
                    tracing::warn!(?handed, "a blind copy did not leave");
                }
            }
        }
        handed
    }
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
