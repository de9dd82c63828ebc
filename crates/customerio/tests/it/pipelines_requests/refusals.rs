//! What is refused before anything is sent.

use customerio::pipelines::{
    Alias, DeliveryOutcome, DeliveryReport, Group, Identify, Object, Page, Screen, Track, User,
};
use customerio::{Device, Error, ErrorKind, PipelinesClient, Platform};
use serde_json::json;

use super::{TIME, recorded};

async fn refusal_of<F>(call: F) -> Error
where
    F: AsyncFnOnce(PipelinesClient) -> Result<(), Error>,
{
    let (recorder, client) = recorded(|builder| builder);
    let error = call(client).await.unwrap_err();
    assert_eq!(recorder.count(), 0, "it was refused, and yet sent");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error
}

#[tokio::test]
async fn messages_that_break_a_known_rule_never_leave() {
    for (track, words) in [
        (Track::new(" ", "e"), "user id must not be blank"),
        (
            Track::new(User::anonymous(""), "e"),
            "anonymous id must not be blank",
        ),
        (
            Track::new(User::from("42").and_anonymous(" "), "e"),
            "anonymous id must not be blank",
        ),
        (Track::new("42", "\t"), "event name must not be blank"),
        (Track::of_group("", "e"), "group id must not be blank"),
        (
            Track::new("42", "e").message_id(" "),
            "message id must not be blank",
        ),
        (
            Track::new("42", "e").timestamp(1_790_000_000_000_i64),
            "Unix seconds",
        ),
        (
            Track::new("42", "e").properties([1, 2]),
            "properties must be a JSON object",
        ),
        (
            Track::new("42", "e").context("text"),
            "context must be a JSON object",
        ),
        (
            Track::new("42", "e").integrations(7),
            "integrations must be a JSON object",
        ),
        (
            Track::device_created_or_updated("42", &Device::new("", Platform::Ios)),
            "device token must not be blank",
        ),
        (
            Track::device_deleted("42", " "),
            "device token must not be blank",
        ),
        (
            Track::object_deleted("anon-1", Object::new("")),
            "object id must not be blank",
        ),
        (
            Track::report_delivery_event(DeliveryReport::new("", DeliveryOutcome::Opened)),
            "delivery id must not be blank",
        ),
    ] {
        let error = refusal_of(async |client| client.track(track).await).await;
        assert!(error.to_string().contains(words), "{error}");
    }
    for error in [
        refusal_of(async |client| client.identify(Identify::new("")).await).await,
        refusal_of(async |client| client.identify(Identify::new("42").traits(1)).await).await,
        refusal_of(async |client| client.page(Page::new("42").name(" ")).await).await,
        refusal_of(async |client| client.screen(Screen::new("")).await).await,
        refusal_of(async |client| client.group(Group::new(" ")).await).await,
        refusal_of(async |client| client.group(Group::new("acme").user("")).await).await,
        refusal_of(async |client| client.group(Group::new("acme").relationship(1)).await).await,
        refusal_of(async |client| client.alias(Alias::new("", "42")).await).await,
        refusal_of(async |client| client.alias(Alias::new("42", "42")).await).await,
    ] {
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_message_has_up_to_32_kilobytes() {
    let (recorder, client) = recorded(|builder| builder);
    let track = |text: usize| {
        Track::new("42", "e")
            .message_id("m-1")
            .timestamp(TIME)
            .properties(json!({ "text": "x".repeat(text) }))
    };
    client.track(track(0)).await.unwrap();
    let room = 32_000 - recorder.only_call().body.len();
    client.track(track(room)).await.unwrap();
    let error = client.track(track(room + 1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("32001 bytes"), "{error}");
    assert_eq!(recorder.count(), 2);
}

#[test]
fn a_builder_reports_everything_at_once() {
    let error = PipelinesClient::builder(" ")
        .base_url("http://h/v1")
        .default_context([1])
        .build()
        .unwrap_err();
    let Error::Config(problems) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(problems.missing, ["write_key"]);
    let invalid: Vec<&str> = problems
        .invalid
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(invalid, ["default_context", "base_url"]);
    assert!(PipelinesClient::new("a:b").is_err());
}
