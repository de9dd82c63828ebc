//! A certificate for the length of a test.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// A self-signed certificate for these host names, and what serves it. `last_year` is the one in
/// which it ends, if it ends in one.
pub(crate) fn acceptor(
    names: &[&str],
    last_year: Option<i32>,
) -> (TlsAcceptor, CertificateDer<'static>) {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut parameters =
        rcgen::CertificateParams::new(names).expect("host names in tests are valid host names");
    if let Some(year) = last_year {
        parameters.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
    }
    let signing_key = rcgen::KeyPair::generate().expect("the system has randomness");
    let certificate = parameters
        .self_signed(&signing_key)
        .expect("a key just made can sign");
    let certificate = certificate.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key)
        })
        .expect("a certificate just made can be served");
    (TlsAcceptor::from(Arc::new(config)), certificate)
}
