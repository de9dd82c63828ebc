//! The exact request of every Track operation.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_testkit::{Reply, Request, TestServer};
use customerio::{Device, Error, ErrorKind, Event, Identifier, Platform, Region, TrackClient};
use serde_json::json;

use crate::support::{SITE_ID, TRACK_KEY, track};

/// The one request that `call` makes.
async fn request_of<F, T>(call: F) -> Request
where
    F: AsyncFnOnce(TrackClient) -> Result<T, Error>,
{
    let server = TestServer::start().await;
    server.reply(Reply::ok());
    call(track(&server)).await.map(drop).unwrap();
    server.only_request()
}

/// The error of a call that must not reach the server.
async fn refusal_of<F>(call: F) -> Error
where
    F: AsyncFnOnce(TrackClient) -> Result<(), Error>,
{
    let server = TestServer::start().await;
    let error = call(track(&server)).await.unwrap_err();
    assert!(server.requests().is_empty(), "it was refused, and yet sent");
    error
}

#[tokio::test]
async fn identify_puts_the_attributes_as_they_are() {
    let attributes = BTreeMap::from([("plan", "pro"), ("email", "ana@example.com")]);
    let request = request_of(async |track| track.identify("42", &attributes).await).await;
    assert_eq!(request.line(), "PUT /api/v1/customers/42");
    assert_eq!(
        request.text(),
        r#"{"email":"ana@example.com","plan":"pro"}"#
    );
}

#[tokio::test]
async fn every_request_carries_the_standard_headers_and_no_retry_count() {
    let request = request_of(async |track| track.identify("42", ()).await).await;
    let credentials = STANDARD.encode(format!("{SITE_ID}:{TRACK_KEY}"));
    assert_eq!(
        request.header("authorization"),
        Some(format!("Basic {credentials}").as_str())
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        request.header("user-agent"),
        Some(concat!(
            "Customer.io Rust Client/",
            env!("CARGO_PKG_VERSION")
        ))
    );
    assert_eq!(request.header("x-retry-count"), None);
    assert_eq!(request.text(), "{}", "no attributes are an empty object");
}

#[tokio::test]
async fn an_identifier_is_one_percent_encoded_segment() {
    for (person, segment) in [
        (Identifier::from("a/b c+d?e#f"), "a%2Fb%20c%2Bd%3Fe%23f"),
        (
            Identifier::Email("ana+x@example.com".into()),
            "ana%2Bx%40example.com",
        ),
        (Identifier::CioId("a3000001".into()), "cio_a3000001"),
        (Identifier::from(42_u64), "42"),
        (Identifier::from("..."), "..."),
        (Identifier::from("日本"), "%E6%97%A5%E6%9C%AC"),
    ] {
        let request = request_of(async |track| track.destroy(person).await).await;
        assert_eq!(
            request.line(),
            format!("DELETE /api/v1/customers/{segment}")
        );
    }
}

#[tokio::test]
async fn blank_and_dot_identifiers_never_leave() {
    for person in ["", "  ", ".", ".."] {
        for error in [
            refusal_of(async |track| track.identify(person, ()).await).await,
            refusal_of(async |track| track.track(person, "e").await).await,
            refusal_of(async |track| track.suppress(person).await).await,
            refusal_of(async |track| track.unsuppress(person).await).await,
            refusal_of(async |track| track.destroy(person).await).await,
            refusal_of(async |track| track.delete_device(person, "t").await).await,
            refusal_of(async |track| track.delete_device("42", person).await).await,
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{person:?}");
            assert!(!error.is_retryable());
        }
    }
}

#[tokio::test]
async fn attributes_and_data_must_be_objects() {
    for error in [
        refusal_of(async |track| track.identify("42", [1, 2]).await).await,
        refusal_of(async |track| track.identify("42", "text").await).await,
        refusal_of(async |track| track.track("42", Event::new("e").data(7)).await).await,
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(
            error.to_string().contains("must be a JSON object"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_event_has_a_name_and_an_id_and_nothing_that_was_not_set() {
    let request = request_of(async |track| track.track("42", "signed_up").await).await;
    assert_eq!(request.line(), "POST /api/v1/customers/42/events");
    let body = request.json();
    let id = body["id"].as_str().unwrap();
    assert!(cio_wire::event_id::is_ulid(id), "{id}");
    assert_eq!(body, json!({ "name": "signed_up", "id": id }));
}

#[tokio::test]
async fn an_event_carries_all_that_was_set() {
    let event = Event::new("order")
        .data(json!({ "total": 9.5 }))
        .timestamp(1_790_000_000)
        .id("01HF0000000000000000000001");
    let request = request_of(async |track| track.track("42", event).await).await;
    assert_eq!(
        request.text(),
        r#"{"name":"order","id":"01HF0000000000000000000001","timestamp":1790000000,"data":{"total":9.5}}"#
    );
}

#[tokio::test]
async fn events_that_break_a_known_rule_never_leave() {
    for (event, rule) in [
        (Event::new("  "), "must not be blank"),
        (Event::page(""), "must not be blank"),
        (
            Event::new("e").timestamp(1_790_000_000_000_i64),
            "Unix seconds",
        ),
        (Event::new("e").id("evt_123"), "must be a ULID"),
    ] {
        let error = refusal_of(async |track| track.track("42", event).await).await;
        assert!(error.to_string().contains(rule), "{error}");
    }
}

#[tokio::test]
async fn page_and_screen_views_are_events_of_their_type() {
    let page = request_of(async |track| track.track_page_view("42", "/pricing").await).await;
    assert_eq!(page.line(), "POST /api/v1/customers/42/events");
    assert_eq!(page.json()["type"], "page");
    assert_eq!(page.json()["name"], "/pricing");
    let screen = request_of(async |track| track.track("42", Event::screen("home")).await).await;
    assert_eq!(screen.json()["type"], "screen");
}

#[tokio::test]
async fn anonymous_events_go_to_their_own_path() {
    let request = request_of(async |track| track.track_anonymous("anon-1", "seen").await).await;
    assert_eq!(request.line(), "POST /api/v1/events");
    assert_eq!(request.json()["anonymous_id"], "anon-1");
}

#[tokio::test]
async fn an_invite_event_leaves_the_anonymous_id_out() {
    let invite = Event::new("invited").data(json!({ "recipient": "bo@example.com" }));
    let request = request_of(async |track| track.track_anonymous("", invite).await).await;
    assert!(request.json().get("anonymous_id").is_none());
    assert_eq!(request.json()["data"]["recipient"], "bo@example.com");
}

#[tokio::test]
async fn suppress_unsuppress_and_destroy_have_no_body() {
    let suppress = request_of(async |track| track.suppress("42").await).await;
    assert_eq!(suppress.line(), "POST /api/v1/customers/42/suppress");
    let unsuppress = request_of(async |track| track.unsuppress("42").await).await;
    assert_eq!(unsuppress.line(), "POST /api/v1/customers/42/unsuppress");
    let destroy = request_of(async |track| track.destroy("42").await).await;
    assert_eq!(destroy.line(), "DELETE /api/v1/customers/42");
    for request in [&suppress, &unsuppress, &destroy] {
        assert!(request.body.is_empty());
        assert_eq!(request.header("content-type"), None);
    }
    for post in [&suppress, &unsuppress] {
        assert_eq!(
            post.header("content-length"),
            Some("0"),
            "proxies answer 411 without it"
        );
    }
}

#[tokio::test]
async fn devices_are_put_and_deleted_by_token() {
    let device = Device::new("tok/1", Platform::Ios)
        .last_used(1_790_000_000)
        .attribute("app_version", "2.1");
    let put = request_of(async |track| track.add_device("42", &device).await).await;
    assert_eq!(put.line(), "PUT /api/v1/customers/42/devices");
    assert_eq!(
        put.json(),
        json!({ "device": {
            "id": "tok/1", "platform": "ios", "last_used": 1_790_000_000,
            "attributes": { "app_version": "2.1" },
        }})
    );
    let delete = request_of(async |track| track.delete_device("42", "tok/1").await).await;
    assert_eq!(delete.line(), "DELETE /api/v1/customers/42/devices/tok%2F1");
}

#[tokio::test]
async fn the_region_call_reads_the_account_and_tolerates_more() {
    let server = TestServer::start().await;
    let body = r#"{"url":"https://track-eu.customer.io","region":"eu","environment_id":7,"data_center":"eu"}"#;
    server.replies([Reply::json(200, body), Reply::json(200, body)]);
    let track = track(&server);

    let account = track.region().await.unwrap();
    assert_eq!(account.region, Region::Eu);
    assert_eq!(account.environment_id, Some(7));
    assert_eq!(account.url.as_deref(), Some("https://track-eu.customer.io"));

    let error = track.check_region().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RegionMismatch);
    let text = error.to_string();
    assert!(
        text.contains("CUSTOMERIO_REGION=eu") && text.contains("\"us\""),
        "{text}"
    );
    assert_eq!(server.requests()[0].line(), "GET /api/v1/accounts/region");
}

#[tokio::test]
async fn a_path_prefix_of_the_base_url_is_kept() {
    let server = TestServer::start().await;
    server.reply(Reply::ok());
    let track = crate::support::track_at(&format!("{}/cio/", server.url()));
    track.destroy("42").await.unwrap();
    assert_eq!(
        server.only_request().line(),
        "DELETE /cio/api/v1/customers/42"
    );
}

#[tokio::test]
async fn an_empty_success_is_a_success_and_connections_are_reused() {
    let server = TestServer::start().await;
    server.replies([Reply::empty(200), Reply::empty(204), Reply::ok()]);
    let track = track(&server);
    for _ in 0..3 {
        track.clone().identify("42", ()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}
