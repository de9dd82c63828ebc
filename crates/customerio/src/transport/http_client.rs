//! The HTTP client underneath: one TLS provider, the machine's own roots, no redirects.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

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
    let tls = tls_config().map_err(|error| {
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

/// Whether `HTTPS_PROXY` and its kin apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProxyUse {
    AsTheEnvironmentSays,
    /// For a server on this machine, which a proxy elsewhere cannot reach.
    None,
}

pub(crate) fn build(timeout: Duration, proxy: ProxyUse) -> Result<reqwest::Client, ConfigError> {
    let builder = http_client_builder()?.connect_timeout(timeout.min(CONNECT_TIMEOUT_MAX));
    let builder = match proxy {
        ProxyUse::AsTheEnvironmentSays => builder,
        ProxyUse::None => builder.no_proxy(),
    };
    builder.build().map_err(|error| {
        let mut problem = ConfigError::default();
        problem.add_invalid("http_client", format!("could not be built: {error}"));
        problem
    })
}

fn tls_config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let platform = builder(&provider)?.with_platform_verifier();
    let mut config = match platform {
        Ok(config) => config.with_no_client_auth(),
        // An override that names no usable roots is a mistake to report, not to widen.
        Err(error) if crate::env::overrides_tls_roots() => return Err(error),
        Err(_no_roots_on_this_machine) => {
            let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            builder(&provider)?
                .with_root_certificates(roots)
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn builder(
    provider: &Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::clone(provider)).with_safe_default_protocol_versions()
}
