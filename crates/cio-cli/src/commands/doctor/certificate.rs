//! The certificate that a server shows, whether it is trusted or not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::der::{self, Certificate};
use super::finding::{Findings, Problem};

/// Days before the end at which it is worth a word.
const SOON_DAYS: i64 = 14;

/// The first certificate of the chain; `None` if the peer shows none, so does not speak TLS.
pub(super) async fn look(host: &str, addresses: &[SocketAddr]) -> Option<Certificate> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let onlooker = Arc::new(Onlooker {
        provider: Arc::clone(&provider),
        shown: Mutex::new(None),
    });
    let verifier: Arc<dyn ServerCertVerifier> = Arc::<Onlooker>::clone(&onlooker);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let stream = TcpStream::connect(addresses).await.ok()?;
    // It always fails: all that is wanted is what is shown until then.
    let _ = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    let shown = onlooker
        .shown
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    der::certificate(shown.as_deref()?)
}

/// Notes the certificate and refuses it, so that nothing can be sent on this connection.
#[derive(Debug)]
struct Onlooker {
    provider: Arc<CryptoProvider>,
    shown: Mutex<Option<Vec<u8>>>,
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = Some(end_entity.to_vec());
        Err(Error::General("only looked at".to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only looked at".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only looked at".to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// A certificate that is trusted.
pub(super) fn tell(seen: &Certificate, findings: &mut Findings) {
    let day = seen.ends.strftime("%Y-%m-%d");
    let days = (seen.ends.as_second() - Timestamp::now().as_second()) / 86_400;
    if days >= SOON_DAYS {
        let message = format!("issued by {}, good until {day}", seen.issuer);
        return findings.pass("certificate", message);
    }
    let problem = Problem::new(
        "certificate_ends_soon",
        format!("the certificate ends in {days} days, on {day}"),
        "have it renewed",
    );
    findings.warn("certificate", problem);
}

/// Why no secure connection came about.
pub(super) fn explain(url: &str, seen: Option<&Certificate>) -> Problem {
    let Some(seen) = seen else {
        return Problem::new(
            "tls_failure",
            format!("{url} does not speak TLS"),
            "write http:// in the base URL if it is meant to be without TLS; else check the port",
        );
    };
    if seen.ends < Timestamp::now() {
        let day = seen.ends.strftime("%Y-%m-%d");
        return Problem::new(
            "tls_expired",
            format!("the certificate of {url} ended on {day}"),
            "have it renewed, and check the clock of this machine",
        );
    }
    if seen.begins > Timestamp::now() {
        let day = seen.begins.strftime("%Y-%m-%d");
        return Problem::new(
            "tls_not_yet_valid",
            format!("the certificate of {url} is good from {day} on"),
            "check the clock of this machine",
        );
    }
    Problem::new(
        "tls_untrusted",
        format!(
            "the certificate of {url} is not trusted: it is for {}, issued by {}",
            seen.subject, seen.issuer
        ),
        "if that is an inspecting proxy or a local authority, set SSL_CERT_FILE to its certificate; \
         else somebody else answers in the service's place",
    )
}
