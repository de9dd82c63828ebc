//! The exact request of every Pipelines operation.

mod batches;
mod refusals;
mod semantic_events;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_testkit::{Reply, Request, TestServer};
use customerio::pipelines::{
    Alias, BatchError, ContentAction, ContentReport, DeliveryOutcome, DeliveryReport, Group,
    Identify, Message, Object, Page, Screen, Track, User, UtcTime,
};
use customerio::testing::{Answer, RecordedCall, Recorder};
use customerio::{Error, ErrorKind, Identifier, PipelinesClient, PipelinesClientBuilder, Region};
use serde_json::{Value, json};

use crate::support::{http_client, no_waits};

const WRITE_KEY: &str = "wr1te-k3y-c04f";
const TIME: i64 = 1_790_000_000;

fn pipelines(server: &TestServer) -> PipelinesClient {
    PipelinesClient::builder(WRITE_KEY)
        .base_url(server.url())
        .http_client(http_client())
        .retry(no_waits())
        .build()
        .unwrap()
}

/// The one request that `call` makes.
async fn request_of<F>(call: F) -> Request
where
    F: AsyncFnOnce(PipelinesClient) -> Result<(), Error>,
{
    let server = TestServer::start().await;
    server.reply(Reply::ok());
    call(pipelines(&server)).await.unwrap();
    server.only_request()
}

fn recorded(
    change: impl FnOnce(PipelinesClientBuilder) -> PipelinesClientBuilder,
) -> (Recorder, PipelinesClient) {
    let recorder = Recorder::new();
    let builder = PipelinesClient::builder(WRITE_KEY)
        .dry_run(&recorder)
        .retry(no_waits());
    (recorder, change(builder).build().unwrap())
}

/// What is left of a message without what every message has.
async fn own_fields_of<F>(call: F) -> Value
where
    F: AsyncFnOnce(PipelinesClient) -> Result<(), Error>,
{
    let (recorder, client) = recorded(|builder| builder);
    call(client).await.unwrap();
    let mut body = recorder.only_call().json();
    let fields = body.as_object_mut().unwrap();
    for common in ["messageId", "timestamp", "type"] {
        assert!(fields.remove(common).unwrap().is_string(), "{common}");
    }
    let context = fields["context"].as_object_mut().unwrap();
    assert!(context.remove("library").is_some());
    if context.is_empty() {
        fields.remove("context");
    }
    body
}

/// `"messageId":"m-1",` and all that follows, up to the end of the message.
fn end_of(message: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"{message}"messageId":"m-1","timestamp":"2026-09-21T14:13:20.000Z","context":{{"library":{{"name":"customerio-rust","version":"{version}"}}}}}}"#
    )
}

#[tokio::test]
async fn every_method_sends_its_kind_to_its_own_path() {
    let identify = Identify::new(User::from("42").and_anonymous("anon-1"))
        .traits(json!({ "plan": "pro" }))
        .message_id("m-1")
        .timestamp(TIME);
    let request = request_of(async |client| client.identify(&identify).await).await;
    assert_eq!(request.line(), "POST /v1/identify");
    assert_eq!(
        request.text(),
        end_of(
            r#"{"type":"identify","userId":"42","anonymousId":"anon-1","traits":{"plan":"pro"},"#
        )
    );

    let track = Track::new("42", "Order Placed")
        .properties(json!({ "total": 9.5 }))
        .message_id("m-1")
        .timestamp(TIME);
    let request = request_of(async |client| client.track(track).await).await;
    assert_eq!(request.line(), "POST /v1/track");
    assert_eq!(
        request.text(),
        end_of(
            r#"{"type":"track","userId":"42","event":"Order Placed","properties":{"total":9.5},"#
        )
    );

    let page = Page::new(User::anonymous("anon-1"))
        .name("Pricing")
        .category("Shop")
        .properties(json!({ "url": "https://example.com" }))
        .message_id("m-1")
        .timestamp(TIME);
    let request = request_of(async |client| client.page(page).await).await;
    assert_eq!(request.line(), "POST /v1/page");
    assert_eq!(
        request.text(),
        end_of(
            r#"{"type":"page","anonymousId":"anon-1","name":"Pricing","category":"Shop","properties":{"url":"https://example.com"},"#
        )
    );

    let screen = Screen::new("42").message_id("m-1").timestamp(TIME);
    let request = request_of(async |client| client.screen(screen).await).await;
    assert_eq!(request.line(), "POST /v1/screen");
    assert_eq!(request.text(), end_of(r#"{"type":"screen","userId":"42","#));

    let group = Group::new("acme")
        .user("42")
        .traits(json!({ "name": "Acme" }))
        .object_type(2)
        .relationship(json!({ "role": "owner" }))
        .message_id("m-1")
        .timestamp(TIME);
    let request = request_of(async |client| client.group(group).await).await;
    assert_eq!(request.line(), "POST /v1/group");
    assert_eq!(
        request.text(),
        end_of(
            r#"{"type":"group","userId":"42","groupId":"acme","traits":{"name":"Acme","object_type_id":"2","relationshipAttributes":{"role":"owner"}},"#
        )
    );

    let alias = Alias::new("anon-1", 42).message_id("m-1").timestamp(TIME);
    let request = request_of(async |client| client.alias(alias).await).await;
    assert_eq!(request.line(), "POST /v1/alias");
    assert_eq!(
        request.text(),
        end_of(r#"{"type":"alias","userId":"42","previousId":"anon-1","#)
    );
}

#[tokio::test]
async fn the_write_key_is_a_user_without_a_password_and_strict_mode_is_on() {
    let request = request_of(async |client| client.track(Track::new("42", "e")).await).await;
    let credentials = STANDARD.encode(format!("{WRITE_KEY}:"));
    assert_eq!(
        request.header("authorization"),
        Some(format!("Basic {credentials}").as_str())
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("x-strict-mode"), Some("1"));
    assert_eq!(request.header("x-retry-count"), None);
}

#[tokio::test]
async fn strict_mode_can_be_switched_off() {
    let server = TestServer::start().await;
    server.reply(Reply::ok());
    let client = PipelinesClient::builder(WRITE_KEY)
        .base_url(format!("{}/cio/", server.url()))
        .http_client(http_client())
        .strict(false)
        .build()
        .unwrap();
    client.identify(Identify::new("42")).await.unwrap();
    let request = server.only_request();
    assert_eq!(request.header("x-strict-mode"), None);
    assert_eq!(request.line(), "POST /cio/v1/identify");
}

#[tokio::test]
async fn a_strict_refusal_is_an_error_with_the_words_of_the_service() {
    let (recorder, client) = recorded(|builder| builder);
    recorder.answer(Answer::json(
        400,
        json!({ "meta": { "errors": ["event is required"] } }),
    ));
    let error = client.track(Track::new("42", "e")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("event is required"), "{error}");
    recorder.answer(Answer::status(401));
    let error = client.track(Track::new("42", "e")).await.unwrap_err();
    assert!(
        error.to_string().contains("CUSTOMERIO_PIPELINES_WRITE_KEY"),
        "{error}"
    );
}

#[tokio::test]
async fn an_id_and_a_time_are_chosen_when_there_are_none() {
    let (recorder, client) = recorded(|builder| builder);
    let track = Track::new("42", "e");
    client.track(&track).await.unwrap();
    client.track(&track).await.unwrap();
    let bodies: Vec<Value> = recorder.calls().iter().map(RecordedCall::json).collect();
    let id = |body: &Value| body["messageId"].as_str().unwrap().to_owned();
    assert!(cio_wire::event_id::is_ulid(&id(&bodies[0])));
    assert_ne!(id(&bodies[0]), id(&bodies[1]), "two calls are two events");
    let time = bodies[0]["timestamp"].as_str().unwrap();
    let shape: String = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
    assert!(time > "2026", "{time}");
}

#[tokio::test]
async fn a_repeat_carries_the_same_id_and_time() {
    let server = TestServer::start().await;
    server.replies([Reply::empty(503), Reply::close(), Reply::ok()]);
    pipelines(&server)
        .track(Track::new("42", "e"))
        .await
        .unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0].body, requests[2].body);
    assert_eq!(requests[1].body, requests[2].body);
    assert_eq!(requests[2].header("x-retry-count"), Some("2"));
}

#[tokio::test]
async fn a_time_of_ones_own_keeps_its_milliseconds() {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_790_000_000_042);
    let (recorder, client) = recorded(|builder| builder);
    let identify = Identify::new("42")
        .traits(json!({ "createdAt": UtcTime::from(time) }))
        .timestamp(time);
    client.identify(identify).await.unwrap();
    let body = recorder.only_call().json();
    assert_eq!(body["timestamp"], "2026-09-21T14:13:20.042Z");
    assert_eq!(body["traits"]["createdAt"], "2026-09-21T14:13:20.042Z");
}

#[tokio::test]
async fn a_message_overrides_the_context_of_the_client_key_by_key() {
    let (recorder, client) = recorded(|builder| {
        builder.default_context(json!({ "ip": "1.1.1.1", "page": { "url": "/a", "title": "A" } }))
    });
    let version = env!("CARGO_PKG_VERSION");
    let library = json!({ "name": "customerio-rust", "version": version });
    let track = Track::new("42", "e");

    client.track(&track).await.unwrap();
    let own = json!({ "page": { "url": "/b" }, "locale": "de" });
    client.track(track.clone().context(own)).await.unwrap();
    let another = json!({ "library": { "name": "mine" } });
    client.track(track.context(another)).await.unwrap();

    let contexts: Vec<Value> = recorder
        .calls()
        .iter()
        .map(|call| call.json()["context"].clone())
        .collect();
    assert_eq!(
        contexts,
        [
            json!({ "ip": "1.1.1.1", "page": { "url": "/a", "title": "A" }, "library": library }),
            json!({ "ip": "1.1.1.1", "page": { "url": "/b" }, "locale": "de", "library": library }),
            json!({ "ip": "1.1.1.1", "page": { "url": "/a", "title": "A" }, "library": { "name": "mine" } }),
        ]
    );
}

#[tokio::test]
async fn destinations_can_be_chosen() {
    let fields = own_fields_of(async |client| {
        let track = Track::new("42", "e");
        let chosen = json!({ "All": false, "Salesforce": true });
        client.track(track.integrations(chosen)).await
    });
    assert_eq!(
        fields.await["integrations"],
        json!({ "All": false, "Salesforce": true })
    );
}

#[tokio::test]
async fn a_user_id_can_be_an_id_an_address_or_a_cio_id() {
    for (user, text) in [
        (Identifier::Id("a b".into()), "a b"),
        (
            Identifier::Email("ana@example.com".into()),
            "ana@example.com",
        ),
        (Identifier::CioId("a3".into()), "cio_a3"),
        (Identifier::from(7), "7"),
    ] {
        let fields =
            own_fields_of(async |client| client.identify(Identify::new(&user)).await).await;
        assert_eq!(fields, json!({ "userId": text }));
    }
}

#[tokio::test]
async fn events_and_changes_of_a_group_need_nobody() {
    let fields =
        own_fields_of(async |client| client.track(Track::of_group("acme", "Renewed")).await);
    assert_eq!(
        fields.await,
        json!({ "groupId": "acme", "event": "Renewed" })
    );
    let fields = own_fields_of(async |client| client.group(Group::new("acme")).await);
    assert_eq!(fields.await, json!({ "groupId": "acme" }));
}

#[test]
fn each_region_has_its_host() {
    for (region, host) in [
        (Region::Us, "https://cdp.customer.io"),
        (Region::Eu, "https://cdp-eu.customer.io"),
    ] {
        let (_, client) = recorded(|builder| builder.region(region));
        assert_eq!(client.configured_region(), region);
        assert!(format!("{client:?}").contains(host), "{client:?}");
    }
}

#[test]
fn everything_can_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<PipelinesClient>();
    check::<PipelinesClientBuilder>();
    check::<Message>();
    check::<BatchError>();
    fn check_future<T: Send>(future: T) {
        drop(future);
    }
    let (_, client) = recorded(|builder| builder);
    check_future(client.track(Track::new("42", "e")));
    check_future(client.batch([Track::new("42", "e")]).into_future());
}

#[tokio::test]
async fn nothing_personal_and_no_key_shows() {
    let (_, client) = recorded(|builder| builder.default_context(json!({ "ip": "s3cret" })));
    let builder = PipelinesClient::builder(WRITE_KEY).default_context(json!({ "ip": "s3cret" }));
    let user = || User::from("s3cret").and_anonymous("s3cret");
    let data = json!({ "x": "s3cret" });
    let report = DeliveryReport::new("d", DeliveryOutcome::Opened)
        .recipient("s3cret")
        .user("s3cret");
    let content = ContentReport::new(ContentAction::Clicked).user("s3cret");
    let track = Track::new(user(), "e").properties(&data).context(&data);
    let blank = Track::new(user(), " ").properties(&data);
    let failed = client.batch([&track, &blank]).await.unwrap_err();
    let shown = [
        format!("{failed} {failed:?} {failed:#?}"),
        format!("{client:?} {builder:?} {report:?} {content:?}"),
        format!("{:?}", Identify::new(user()).traits(&data)),
        format!("{track:?} {:?}", client.track(&track)),
        format!("{:?}", Track::device_deleted("s3cret", "s3cret")),
        format!("{:?}", Page::new(user()).name("s3cret").properties(&data)),
        format!("{:?}", Screen::new(user()).name("s3cret")),
        format!("{:?}", Group::new("s3cret").user(user()).traits(&data)),
        format!(
            "{:?} {:?}",
            Alias::new("s3cret", "s3cret"),
            Object::new("s3cret")
        ),
        format!("{:?}", client.batch([&track])),
        format!("{:?}", Message::from(track.message_id("s3cret"))),
    ];
    for text in shown {
        assert!(
            !text.contains("s3cret") && !text.contains(WRITE_KEY),
            "{text}"
        );
    }
}
