//! Who answers in a case.

use cio_testkit::{Reply, TestServer};
use serde::Deserialize;

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Peer {
    /// Nobody is asked.
    #[default]
    Nobody,
    /// The real server.
    Server,
    /// A sign-in page.
    Page,
    /// A redirect to another host.
    Redirect,
    /// Takes the request and says nothing.
    Silent,
    /// 429.
    Busy,
    /// The service, an hour behind.
    AnHourBehind,
    /// A certificate that nobody knows.
    UnknownCertificate,
    /// A certificate that ended.
    EndedCertificate,
    /// The real server, where TLS is expected.
    WithoutTls,
    /// A proxy that wants a password.
    ProxyWithPassword,
    /// A secret store that refuses.
    StoreThatDenies,
    /// A secret store without the secret.
    EmptyStore,
}

/// A peer that listens until it is dropped.
pub(super) struct Started {
    pub(super) url: String,
    _scripted: Option<TestServer>,
}

impl Peer {
    pub(super) async fn start(self, url_of_server: &str) -> Started {
        let scripted = match self {
            Peer::Nobody | Peer::Server => {
                return Started {
                    url: url_of_server.to_owned(),
                    _scripted: None,
                };
            }
            Peer::WithoutTls => {
                return Started {
                    url: url_of_server.replace("http://", "https://"),
                    _scripted: None,
                };
            }
            Peer::UnknownCertificate => TestServer::start_tls(&["127.0.0.1", "localhost"]).await,
            Peer::EndedCertificate => {
                TestServer::start_tls_ended(&["127.0.0.1", "localhost"], 2021).await
            }
            _ => TestServer::start().await,
        };
        scripted.answer_with(move |request| match self {
            Peer::Page => Reply::html(200, "<html>Sign in to the network</html>"),
            Peer::Redirect => Reply::redirect(301, "http://elsewhere.invalid/"),
            Peer::Silent => Reply::stall(),
            Peer::Busy => Reply::json(429, "{}").header("Retry-After", "7"),
            Peer::ProxyWithPassword => {
                Reply::empty(407).header("Proxy-Authenticate", "Basic realm=\"office\"")
            }
            Peer::StoreThatDenies => Reply::json(403, r#"{"errors":["permission denied"]}"#),
            Peer::EmptyStore => Reply::json(404, r#"{"errors":[]}"#),
            Peer::AnHourBehind => {
                let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
                let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
                let date = printer.timestamp_to_rfc9110_string(&then).unwrap();
                service(&request.path).header("Date", &date)
            }
            _ => service(&request.path),
        });
        Started {
            url: scripted.url(),
            _scripted: Some(scripted),
        }
    }
}

/// As much of the service as is asked for without writing.
fn service(path: &str) -> Reply {
    match path {
        "/api/v1/accounts/region" => Reply::json(
            200,
            r#"{"url":"https://track.customer.io","region":"us","environment_id":1}"#,
        ),
        _ if path.starts_with("/v1/customers") => Reply::json(200, r#"{"results":[]}"#),
        _ => Reply::json(404, "{}"),
    }
}
