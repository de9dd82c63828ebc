//! Messages, points and settings for the tests.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cio_channels::email::smtp::{Smtp, SmtpSettings, SmtpUrl, Timeouts};
use cio_channels::email::{Outgoing, Recipient, Report, Role};
use cio_channels::{Handed, Point};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::sync::Semaphore;

/// Greeting and EHLO of a server that can nothing more.
pub(crate) const HELLO: &str = "S: 220 mail.test ESMTP\nC: EHLO [127.0.0.1]\nS: 250 mail.test\n";
/// The same of one that takes commands in one go.
pub(crate) const PIPELINING: &str =
    "S: 220 mail.test ESMTP\nC: EHLO [127.0.0.1]\nS: 250-mail.test\nS: 250 PIPELINING\n";
/// A message that is taken.
pub(crate) const TAKEN: &str = "C: MAIL FROM:<shop@example.com>\nS: 250 ok\nC: RCPT TO:<ana@example.org>\nS: 250 ok\nC: DATA\nS: 354 go\nM\nS: 250 2.0.0 queued as 1\n";
/// Sender, recipient and `DATA`, up to the message.
pub(crate) const BEFORE_MESSAGE: &str =
    "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\n";

pub(crate) fn outgoing(to: &[&str]) -> Outgoing {
    with_body(to, "Hi\r\n.\r\n..dots\r\nlast line\r\n")
}

pub(crate) fn with_body(to: &[&str], body: &str) -> Outgoing {
    let recipients = to.iter().enumerate().map(|(at, address)| Recipient {
        address: (*address).to_owned(),
        role: if at == 0 { Role::To } else { Role::Copy },
    });
    let message = format!("From: shop@example.com\r\nSubject: Hi\r\n\r\n{body}");
    Outgoing::new(
        "shop@example.com".to_owned(),
        recipients.collect(),
        message.into_bytes(),
    )
}

pub(crate) fn to_ana() -> Outgoing {
    outgoing(&["ana@example.org"])
}

/// Counts how often it was reached.
#[derive(Default)]
pub(crate) struct Reached {
    pub(crate) times: AtomicUsize,
    /// Somebody else hands the message over.
    pub(crate) refuse: bool,
    /// It is not behind it before this is endedled.
    pub(crate) until: Option<Arc<Semaphore>>,
}

impl Reached {
    pub(crate) fn times(&self) -> usize {
        self.times.load(Ordering::SeqCst)
    }

    pub(crate) fn after(ended: &Arc<Semaphore>) -> Reached {
        Reached {
            until: Some(Arc::clone(ended)),
            ..Reached::default()
        }
    }
}

impl Point for Reached {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        self.times.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if let Some(until) = &self.until {
                until.acquire().await.unwrap().forget();
                // What the server did just before has to arrive here.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            !self.refuse
        })
    }
}

/// Patience for tests.
pub(crate) fn settings(url: &str) -> SmtpSettings {
    SmtpSettings {
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            step: Duration::from_millis(500),
            message: Duration::from_secs(5),
            end: Duration::from_millis(500),
            turn: Duration::from_secs(5),
        },
        ..SmtpSettings::new(SmtpUrl::read(url).unwrap())
    }
}

pub(crate) fn smtp(url: &str) -> Smtp {
    Smtp::new(settings(url), trusting(&[]))
}

/// Hands a message to Ana over.
pub(crate) async fn hand_over(smtp: &Smtp) -> Handed {
    let report = smtp.hand_over(&to_ana(), b"", &Reached::default()).await;
    report.whole()
}

pub(crate) fn each(report: &Report) -> Vec<&'static str> {
    report
        .recipients
        .iter()
        .map(|(_, handed)| kind(handed))
        .collect()
}

pub(crate) fn kind(handed: &Handed) -> &'static str {
    match handed {
        Handed::Taken { .. } => "taken",
        Handed::Later { .. } => "later",
        Handed::Bounced { .. } => "bounced",
        Handed::Failed(_) => "failed",
        Handed::InDoubt(_) => "in doubt",
    }
}

/// What is said of it.
pub(crate) fn reason(handed: &Handed) -> &str {
    match handed {
        Handed::Taken { reference } => reference.as_deref().unwrap_or_default(),
        Handed::Later { reason, .. } | Handed::Bounced { reason, .. } => reason,
        Handed::Failed(reason) | Handed::InDoubt(reason) => reason,
    }
}

/// A certificate of its own for this host.
pub(crate) struct Certificate {
    der: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    pub(crate) fn new() -> Certificate {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        Certificate {
            der: made.cert.der().to_vec(),
            key: made.signing_key.serialize_der(),
        }
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone().into()], key);
        Arc::new(config.unwrap())
    }
}

/// Trusts these and nobody else.
pub(crate) fn trusting(certificates: &[&Certificate]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate.der.clone().into()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}
