//! Encryption of connections to mail servers.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// As the operating system trusts; where it trusts nobody, as Mozilla does.
///
/// # Errors
/// TLS itself cannot be set up.
pub fn platform_tls() -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    Ok(Arc::new(match Verifier::new(provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        Err(_) => {
            let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
            builder
                .with_root_certificates(rustls::RootCertStore::from_iter(roots))
                .with_no_client_auth()
        }
    }))
}

/// Encrypts a connection, or says why not.
pub(super) async fn encrypt(
    config: &Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
    step_max: Duration,
) -> Result<TlsStream<TcpStream>, String> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| "TLS: its host is no name a certificate can have".to_owned())?;
    let connector = TlsConnector::from(Arc::clone(config));
    match timeout(step_max, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(format!("TLS: {error}")),
        Err(_) => Err(format!("TLS: no answer within {step_max:?}")),
    }
}
