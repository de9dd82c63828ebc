//! What operators ask of a running server.

use crate::support::TestServer;

/// A line of `/metrics`.
fn value(text: &str, name: &str) -> Option<f64> {
    let line = text
        .lines()
        .find(|line| line.split_once(' ').is_some_and(|it| it.0 == name));
    line?.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn health_and_readiness_need_no_credentials() {
    let server = TestServer::start().await;
    for (path, status) in [("/health", "ok"), ("/ready", "ready")] {
        let answer = server.send("GET", path, "", b"").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["status"], status);
    }
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_name_nobody() {
    let server = TestServer::start().await;
    for person in ["ana@example.com", "ben", "ben"] {
        let path = format!("/api/v1/customers/{person}");
        assert_eq!(server.track("PUT", &path, "{}").await.status, 200);
    }
    assert_eq!(
        server
            .send("PUT", "/api/v1/customers/x", "", b"{}")
            .await
            .status,
        401
    );
    assert_eq!(
        server.send("GET", "/made/up/by/eva", "", b"").await.status,
        404
    );
    let send = r#"{"to":"cas@example.com","from":"a@example.com","subject":"s","body":"b","identifiers":{"id":"cas"}}"#;
    assert_eq!(server.app("POST", "/v1/send/email", send).await.status, 200);

    let answer = server.send("GET", "/metrics", "", b"").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.head.contains("text/plain; version=0.0.4"),
        "{}",
        answer.head
    );
    let text = answer.body;
    let route = r#"method="PUT",route="/api/v1/customers/{identifier}""#;
    let counted = |status| {
        value(
            &text,
            &format!("customerio_requests_total{{{route},status=\"{status}\"}}"),
        )
    };
    assert_eq!(
        (counted(200), counted(401)),
        (Some(3.0), Some(1.0)),
        "{text}"
    );
    let unmatched = r#"customerio_requests_total{method="GET",route="none",status="404"}"#;
    assert_eq!(value(&text, unmatched), Some(1.0));
    let all = format!("customerio_request_seconds_bucket{{{route},le=\"+Inf\"}}");
    assert_eq!(value(&text, &all), Some(4.0));
    for name in [
        "customerio_store_group_calls_count",
        "customerio_store_commit_seconds_count",
    ] {
        assert!(value(&text, name).unwrap() >= 4.0, "{name}");
    }
    for name in [
        "customerio_store_waiting_calls",
        "customerio_store_waiting_bytes",
        "customerio_store_busy_total",
        "customerio_store_failed_groups_total",
        "customerio_jobs_claimed_total",
        "customerio_jobs_overdue_seconds",
        r#"customerio_jobs_settled_total{result="sent"}"#,
        "customerio_webhook_events_waiting",
        r#"customerio_webhook_calls_total{result="answered"}"#,
        r#"customerio_webhook_events_dropped_total{reason="expired"}"#,
    ] {
        assert!(value(&text, name).is_some(), "{name}");
    }
    for person in ["ana", "ben", "cas", "eva", "example.com"] {
        assert!(!text.contains(person), "{person} is named");
    }
}
