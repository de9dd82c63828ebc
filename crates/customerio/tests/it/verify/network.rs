//! What is between here and the service broken in one way, and exactly that named.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::reqwest::dns::{Name, Resolve, Resolving};
use customerio::verify::{Code, Report, verify_with_options};

use super::{assert_says, config, config_at, options, problems, text, verify};
use crate::support::{APP_KEY, SITE_ID, TRACK_KEY, closed_port};

/// A service that answers everything in the same way.
async fn verify_against(reply: Reply) -> Report {
    let server = TestServer::start().await;
    server.answer_with(move |_| reply.clone());
    let mut options = options();
    options.timeout = Duration::from_millis(300);
    verify_with_options(&config_at(&server.url()), &options, &mut |_| {}).await
}

#[tokio::test]
async fn answers_that_are_no_answer_have_names() {
    for (reply, code, exit_code) in [
        (
            Reply::html(200, "<html>Log in</html>"),
            Code::HtmlResponse,
            3,
        ),
        (
            Reply::empty(429).header("Retry-After", "17"),
            Code::RateLimited,
            1,
        ),
        (Reply::empty(503), Code::ServerError, 3),
        (
            Reply::redirect(307, "https://elsewhere.example/"),
            Code::RedirectRefused,
            3,
        ),
        (Reply::close(), Code::Unreachable, 3),
        (Reply::stall(), Code::Timeout, 3),
        (Reply::json(200, "[]"), Code::InvalidResponse, 3),
        (Reply::empty(403), Code::Forbidden, 1),
        (Reply::empty(404), Code::NotFound, 3),
        (Reply::empty(400), Code::RequestRejected, 1),
    ] {
        let report = verify_against(reply).await;
        assert_eq!(
            problems(&report),
            [("track credentials", code), ("app key", code)]
        );
        assert_eq!(report.outcome.exit_code(), exit_code, "{code}");
        assert!(
            report.problems().all(|problem| problem.detail.is_some()),
            "the error is kept"
        );
        text(&report);
    }
}

#[tokio::test]
async fn the_wait_that_the_service_asks_for_is_told() {
    let report = verify_against(Reply::empty(429).header("Retry-After", "17")).await;
    assert_says(&report, &["try again in 17 s"]);
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let report = verify(&config_at(&format!("http://{}", closed_port().await))).await;
    let code = Code::ConnectionRefused;
    assert_eq!(
        problems(&report),
        [("track credentials", code), ("app key", code)]
    );
    assert_eq!(report.outcome.exit_code(), 3);
}

#[tokio::test]
async fn an_untrusted_certificate_is_a_tls_failure() {
    let server = TestServer::start_tls(&["127.0.0.1"]).await;
    // With the SDK's own client, which trusts what the machine trusts.
    let mut options = options();
    options.http_client = None;
    let report = verify_with_options(&config_at(&server.url()), &options, &mut |_| {}).await;
    let code = Code::TlsFailure;
    assert_eq!(
        problems(&report),
        [("track credentials", code), ("app key", code)]
    );
}

struct NoSuchHost;

impl Resolve for NoSuchHost {
    fn resolve(&self, _name: Name) -> Resolving {
        Box::pin(async { Err(io::Error::other("no such host").into()) })
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_a_dns_failure() {
    let mut options = options();
    let builder = customerio::http_client_builder().unwrap();
    options.http_client = Some(builder.dns_resolver(Arc::new(NoSuchHost)).build().unwrap());
    let config = config(SITE_ID, TRACK_KEY, APP_KEY, None);
    let report = verify_with_options(&config, &options, &mut |_| {}).await;
    let code = Code::DnsFailure;
    assert_eq!(
        problems(&report),
        [("track credentials", code), ("app key", code)]
    );
    assert_says(&report, &["https://track.customer.io", "no such host"]);
}
