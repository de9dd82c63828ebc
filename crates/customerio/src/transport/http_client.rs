//! The HTTP client underneath: one TLS provider, the machine's own roots, no redirects.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::config::ConfigError;

/// A connection that takes longer than this is not going to be one; the rest of the
/// time is left for the answer, and nothing has been sent yet.
const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(5);
/// Below the idle time at which load balancers commonly drop a connection (60 s), so
/// that a request is rarely written to one that is about to close.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// The `reqwest` client builder the SDK itself starts from, to be changed (a proxy, own
/// name resolution, a bound address) and handed to `http_client` of a client's builder.
///
/// It speaks TLS through `rustls` with the `ring` provider, whatever provider the
/// process has installed or not; trusts what the operating system trusts, on Unix as
/// overridden by `SSL_CERT_FILE` and `SSL_CERT_DIR`, and Mozilla's list on a machine
/// that has no roots at all (a client with other roots replaces the TLS configuration by
/// `tls_backend_preconfigured`); honours `HTTPS_PROXY` and `NO_PROXY`; and follows no
/// redirects, because the SDK follows them by rules of its own.
///
/// # Errors
///
/// [`ConfigError`] if TLS cannot be set up.
pub fn http_client_builder() -> Result<reqwest::ClientBuilder, ConfigError> {
    builder_trusting(Vec::new())
}

/// What a client is built with when the caller gives none.
pub(crate) struct HttpOptions {
    pub(crate) timeout: Duration,
    /// Whether the server is on this machine, which a proxy elsewhere cannot reach.
    pub(crate) is_loopback: bool,
    pub(crate) proxy: Option<String>,
    /// PEM texts.
    pub(crate) root_certificates: Vec<Vec<u8>>,
}

pub(crate) fn build(options: HttpOptions) -> Result<reqwest::Client, ConfigError> {
    let invalid = |setting: &str, problem: String| {
        let mut problems = ConfigError::default();
        problems.add_invalid(setting, problem);
        problems
    };
    let roots = certificates(&options.root_certificates)
        .map_err(|problem| invalid("root_certificates", problem))?;
    let builder =
        builder_trusting(roots)?.connect_timeout(options.timeout.min(CONNECT_TIMEOUT_MAX));
    let builder = match (options.proxy, options.is_loopback) {
        (Some(url), _) => {
            // What is wrong with it is not repeated: it may hold a password.
            let proxy = reqwest::Proxy::all(url)
                .map_err(|_| invalid("proxy", "is not the URL of a proxy".to_owned()))?;
            builder.proxy(proxy)
        }
        (None, true) => builder.no_proxy(),
        (None, false) => builder,
    };
    builder
        .build()
        .map_err(|error| invalid("http_client", format!("could not be built: {error}")))
}

fn builder_trusting(
    roots: Vec<CertificateDer<'static>>,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    let tls = tls_config(roots).map_err(|error| {
        let mut problem = ConfigError::default();
        problem.add_invalid("tls", format!("could not be set up: {error}"));
        problem
    })?;
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT_MAX)
        .pool_idle_timeout(POOL_IDLE))
}

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut found = Vec::new();
    for pem in pems {
        let before = found.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            found.push(certificate.map_err(|error| format!("is not PEM: {error}"))?);
        }
        if found.len() == before {
            return Err("holds no certificate in PEM".to_owned());
        }
    }
    Ok(found)
}

fn tls_config(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots.clone(), Arc::clone(&provider));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let mut config = match verifier {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        // An override that names no usable roots is a mistake to report, not to widen.
        Err(error) if crate::env::overrides_tls_roots() => return Err(error),
        Err(_no_roots_on_this_machine) => {
            let mut store =
                RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            for root in roots {
                store.add(root)?;
            }
            builder.with_root_certificates(store).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
