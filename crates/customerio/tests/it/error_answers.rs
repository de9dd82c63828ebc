//! Every kind of refusal is recognised, and its message says what to do next.

use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::{Error, ErrorKind, SendEmail};

use crate::support::{app, track};

async fn track_error(reply: Reply) -> Error {
    let server = TestServer::start().await;
    server.answer_with(move |_| reply.clone());
    track(&server).identify("42", ()).await.unwrap_err()
}

async fn app_error(reply: Reply) -> Error {
    let server = TestServer::start().await;
    server.answer_with(move |_| reply.clone());
    app(&server)
        .customers()
        .by_email("a@b.de")
        .await
        .unwrap_err()
}

#[track_caller]
fn assert_says(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is not in: {text}");
    }
}

#[tokio::test]
async fn a_401_on_track_names_its_variables() {
    let error = track_error(Reply::json(
        401,
        r#"{"meta":{"error":"Unauthorized request"}}"#,
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_says(
        &error,
        &[
            "CUSTOMERIO_SITE_ID",
            "CUSTOMERIO_TRACK_API_KEY",
            "CUSTOMERIO_REGION",
            "Unauthorized request",
        ],
    );
    assert_eq!(
        (error.status(), error.attempts(), error.is_retryable()),
        (Some(401), 1, false)
    );
}

#[tokio::test]
async fn a_401_on_the_app_api_says_that_it_needs_another_key() {
    let error = app_error(Reply::json(
        401,
        r#"{"errors":[{"detail":"unauthorized","status":"401"}]}"#,
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_says(
        &error,
        &[
            "CUSTOMERIO_APP_API_KEY",
            "not the Track API key",
            "CUSTOMERIO_REGION",
        ],
    );
}

#[tokio::test]
async fn the_messages_of_all_four_envelopes_are_shown() {
    for (body, message) in [
        (
            r#"{"meta":{"error":"id attribute must be present"}}"#,
            "id attribute must be present",
        ),
        (
            r#"{"meta":{"errors":["name cannot be blank","too long"]}}"#,
            "name cannot be blank; too long",
        ),
        (
            r#"{"errors":[{"reason":"required","field":"name","message":"Name is required"}]}"#,
            "Name is required",
        ),
        (
            r#"{"errors":[{"detail":"bad","status":"422","source":{"pointer":"/data/ids"}}]}"#,
            "bad",
        ),
    ] {
        for status in [400, 422] {
            let error = track_error(Reply::json(status, body)).await;
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert_says(&error, &[message, "change it before repeating"]);
            assert!(!error.answer().unwrap().errors.is_empty());
        }
    }
}

#[tokio::test]
async fn a_429_reports_how_long_to_wait() {
    let error = track_error(Reply::json(429, "{}").header("Retry-After", "3600")).await;
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(
        error.attempts(),
        1,
        "waiting an hour is the caller's decision"
    );
    assert!(error.is_retryable());
    assert_says(&error, &["wait 3600 s"]);
}

#[tokio::test]
async fn a_429_with_a_date_reports_the_time_until_then() {
    let error =
        track_error(Reply::empty(429).header("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT")).await;
    assert!(error.retry_after().unwrap() > Duration::from_secs(365 * 24 * 3600));
}

#[tokio::test]
async fn a_server_error_with_an_empty_body_says_so() {
    let error = track_error(Reply::empty(503)).await;
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_says(
        &error,
        &["503", "with an empty body", "(4 attempts)", "repeat later"],
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn not_found_too_large_and_forbidden_are_kinds_of_their_own() {
    for (status, kind, advice) in [
        (403, ErrorKind::Forbidden, "not allowed"),
        (404, ErrorKind::NotFound, "check the identifier"),
        (413, ErrorKind::TooLarge, "send less at once"),
        (409, ErrorKind::Rejected, "change it"),
        (407, ErrorKind::Rejected, "HTTPS_PROXY"),
    ] {
        let error = app_error(Reply::empty(status)).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_says(&error, &[advice]);
    }
}

#[tokio::test]
async fn a_page_is_recognised_whatever_its_status() {
    let page = "<!DOCTYPE html><html><body>Log in to the guest network</body></html>";
    for status in [200, 403, 502] {
        for error in [
            track_error(Reply::html(status, page)).await,
            app_error(Reply::html(status, page)).await,
            track_error(Reply::new(status, "text/plain", page)).await,
        ] {
            assert_eq!(error.kind(), ErrorKind::NotTheService, "{status}");
            assert_says(&error, &["HTML page", "proxy"]);
            assert!(
                !error.to_string().contains("guest network"),
                "a page is no message"
            );
            assert_eq!(error.is_retryable(), status == 502);
        }
    }
}

#[tokio::test]
async fn a_success_that_is_not_json_or_not_the_expected_json_is_no_success() {
    let error = track_error(Reply::new(200, "text/plain", "OK")).await;
    assert_eq!(error.kind(), ErrorKind::NotTheService);
    let error = app_error(Reply::json(200, r#"{"results":7}"#)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(std::error::Error::source(&error).is_some());
    let error = app_error(Reply::empty(200)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn an_answer_without_end_is_given_up_on() {
    let error = track_error(Reply::json(
        200,
        format!("\"{}\"", "x".repeat(2 * 1024 * 1024)),
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_says(&error, &["longer than this client reads"]);
}

#[tokio::test]
async fn a_long_message_is_cut() {
    let body = format!(r#"{{"meta":{{"error":"{}"}}}}"#, "é".repeat(10_000));
    let error = track_error(Reply::json(400, body)).await;
    assert!(error.to_string().len() < 1000);
}

#[tokio::test]
async fn an_unreadable_answer_to_a_send_warns_that_it_may_have_gone_out() {
    let server = TestServer::start().await;
    server.reply(Reply::json(200, "{}"));
    let email = SendEmail::template("receipt", "ana@example.com");
    let error = app(&server).send_email(&email).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.may_have_been_received());
}
