//! The mail servers that the settings name.

use cio_channels::email::dkim::{DkimKey, DkimKeyError};
use cio_channels::email::smtp::{SmtpSettings, SmtpUrl, SmtpUrlError, platform_tls};
use cio_channels::email::{ProviderSettings, Providers};

use crate::settings::{MailServer, Settings};

/// Why mail cannot leave as the settings say. No secret is repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The URL of a server is not usable.
    #[error("{name}: {problem}")]
    Url {
        /// What names it.
        name: String,
        /// What is wrong with it.
        problem: SmtpUrlError,
    },
    /// A key that signs mail is not usable.
    #[error("the DKIM key of {domain}: {problem}")]
    Dkim {
        /// Whose mail it is to sign.
        domain: String,
        /// What is wrong with it.
        problem: DkimKeyError,
    },
    /// TLS cannot be set up on this machine.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// What names the one server that is given by its URL alone.
const BY_URL: &str = "CUSTOMERIO_SMTP_URL";

/// The servers, in the order they are asked; the one of the URL alone comes last.
pub(crate) fn mail_servers(settings: &Settings) -> Result<Providers, MailError> {
    let by_url = settings.smtp_url.as_deref().map(str::trim);
    let by_url = by_url.filter(|url| !url.is_empty()).map(|url| MailServer {
        name: BY_URL.to_owned(),
        url: url.to_owned(),
        connections: settings.mail.connections,
        rate: settings.mail.rate,
        domains: vec!["*".to_owned()],
    });
    let servers = settings.mail.servers.iter().cloned().chain(by_url);
    let list: Vec<ProviderSettings> = servers
        .map(|server| provider(server, settings))
        .collect::<Result<_, MailError>>()?;
    Ok(Providers::new(list, &platform_tls()?))
}

fn provider(server: MailServer, settings: &Settings) -> Result<ProviderSettings, MailError> {
    let url = SmtpUrl::read(&server.url).map_err(|problem| MailError::Url {
        name: server.name.clone(),
        problem,
    })?;
    let usual = SmtpSettings::new(url);
    let keys = settings.mail.dkim.iter().map(|it| {
        DkimKey::new(&it.domain, &it.selector, &it.private_key).map_err(|problem| MailError::Dkim {
            domain: it.domain.clone(),
            problem,
        })
    });
    Ok(ProviderSettings {
        smtp: SmtpSettings {
            connections: server.connections.unwrap_or(usual.connections),
            rate: server.rate,
            ..usual
        },
        name: server.name,
        domains: server.domains,
        dkim: keys.collect::<Result<_, MailError>>()?,
    })
}
