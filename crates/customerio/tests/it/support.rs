//! Clients pointed at a test server, and policies that do not wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cio_testkit::TestServer;
use customerio::reqwest;
use customerio::testing::TestClock;
use customerio::{ApiClient, Error, RetryPolicy, TrackClient};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

pub(crate) const SITE_ID: &str = "s1te-1d-7f3a";
pub(crate) const TRACK_KEY: &str = "tr4ck-k3y-91bc";
pub(crate) const APP_KEY: &str = "4pp-k3y-55de";

/// The default policy without its waits.
pub(crate) fn no_waits() -> RetryPolicy {
    RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO)
}

pub(crate) fn track(server: &TestServer) -> TrackClient {
    track_at(&server.url())
}

pub(crate) fn track_at(url: &str) -> TrackClient {
    TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(url)
        .http_client(http_client())
        .retry(no_waits())
        .build()
        .unwrap()
}

pub(crate) fn app(server: &TestServer) -> ApiClient {
    app_at(&server.url())
}

pub(crate) fn app_at(url: &str) -> ApiClient {
    ApiClient::builder(APP_KEY)
        .base_url(url)
        .http_client(http_client())
        .retry(no_waits())
        .build()
        .unwrap()
}

/// An HTTP client that trusts this server's certificate and finds these hosts there, so
/// that a test can use the service's real host names without leaving the loopback.
pub(crate) fn http_client_for(servers: &[(&str, &TestServer)]) -> reqwest::Client {
    let mut roots = RootCertStore::empty();
    for (_, server) in servers {
        let certificate = server.certificate().expect("a server with TLS");
        roots
            .add(CertificateDer::from(certificate.to_vec()))
            .unwrap();
    }
    let mut builder = trusting(roots);
    for (host, server) in servers {
        builder = builder.resolve(host, server.address());
    }
    builder.build().unwrap()
}

/// A client that trusts nobody. Loading the machine's certificates, which the SDK's own
/// does, takes most of a short test; the tests of what the network does still use that.
pub(crate) fn http_client() -> reqwest::Client {
    trusting(RootCertStore::empty()).build().unwrap()
}

fn trusting(roots: RootCertStore) -> reqwest::ClientBuilder {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
}

/// An address nobody listens on.
pub(crate) async fn closed_port() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    listener.local_addr().unwrap()
}

/// An error, its causes, and both their forms, as a careless logger would print them.
pub(crate) fn everything_printed(error: &customerio::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

/// Runs a call to its end. Whenever the server is silent about a new request, the clock
/// goes to the end of the attempt.
pub(crate) async fn run<T>(
    call: customerio::Request<T>,
    server: &TestServer,
    clock: &Arc<TestClock>,
) -> Result<T, Error>
where
    T: Send + 'static,
{
    tokio::pin!(call);
    let mut expired = 0;
    loop {
        tokio::select! {
            biased;
            result = &mut call => return result,
            () = tokio::task::yield_now() => {}
        }
        if server.silences() > expired {
            expired = server.silences();
            clock.advance(Duration::from_secs(10));
        }
    }
}
