//! What the answers of APNs mean, and the lack of one.

use serde_json::{Value, json};

use super::*;
use crate::support::{impatient, nobody};

#[tokio::test]
async fn every_answer_has_its_meaning() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let content = hello();
    for (status, reason, expected, says) in [
        (
            410,
            "Unregistered",
            Expected::Bounced("Unregistered"),
            "APNs answered 410",
        ),
        (
            410,
            "ExpiredToken",
            Expected::Bounced("ExpiredToken"),
            "ExpiredToken",
        ),
        (410, "", Expected::Bounced("410"), "410"),
        (
            400,
            "BadDeviceToken",
            Expected::Bounced("BadDeviceToken"),
            "BadDeviceToken",
        ),
        (
            400,
            "DeviceTokenNotForTopic",
            Expected::Bounced("DeviceTokenNotForTopic"),
            "",
        ),
        (
            400,
            "MissingDeviceToken",
            Expected::Bounced("MissingDeviceToken"),
            "",
        ),
        (400, "BadTopic", Expected::Later, "the app's bundle id"),
        (
            400,
            "TopicDisallowed",
            Expected::Later,
            "the app's bundle id",
        ),
        (400, "PayloadEmpty", Expected::Failed, "PayloadEmpty"),
        (
            400,
            "BadExpirationDate",
            Expected::Failed,
            "BadExpirationDate",
        ),
        (
            403,
            "InvalidProviderToken",
            Expected::Later,
            "are the key, its id",
        ),
        (
            403,
            "BadEnvironmentKeyIdInToken",
            Expected::Later,
            "production or sandbox",
        ),
        (404, "BadPath", Expected::Failed, "BadPath"),
        (413, "PayloadTooLarge", Expected::Failed, "PayloadTooLarge"),
        (429, "TooManyRequests", Expected::Later, "TooManyRequests"),
        (429, "TooManyProviderTokenUpdates", Expected::Later, ""),
        (
            500,
            "InternalServerError",
            Expected::Later,
            "InternalServerError",
        ),
        (503, "ServiceUnavailable", Expected::Later, ""),
        (503, "Shutdown", Expected::Later, ""),
        (502, "", Expected::InDoubt, "502"),
        (504, "", Expected::InDoubt, "504"),
        (307, "", Expected::Later, "redirects"),
    ] {
        server.reply(refusal(status, reason));
        let handed = apns
            .hand_over(&push(&content, "a0"), NOW, &Noted::default())
            .await;
        let (is, text) = of(&handed);
        assert_eq!(is, expected, "{status} {reason}: {text}");
        assert!(text.contains(says), "{status} {reason}: {text}");
    }
    server.reply(Reply::Answer(400, "<html>".into()));
    let handed = apns
        .hand_over(&push(&content, "a0"), NOW, &Noted::default())
        .await;
    assert_eq!(handed, Handed::Failed("APNs answered 400".into()));
}

#[tokio::test]
async fn it_may_say_how_long_to_wait() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let content = hello();
    server.reply(Reply::AnswerAfter(
        429,
        r#"{"reason":"TooManyRequests"}"#.into(),
        "30",
    ));
    match apns
        .hand_over(&push(&content, "a0"), NOW, &Noted::default())
        .await
    {
        Handed::Later { wait, .. } => assert_eq!(wait.unwrap().as_secs(), 30),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_did_not_leave_is_repeatable_and_what_may_have_is_not() {
    let content = hello();
    let nobody = nobody();
    let handed = apns(&at(&nobody))
        .hand_over(&push(&content, "a0"), NOW, &Noted::default())
        .await;
    let (is, text) = of(&handed);
    assert_eq!(is, Expected::Later, "{text}");
    assert!(
        text.starts_with("not reached: ") && !text.contains(&nobody),
        "{text}"
    );

    let server = Http2Server::start().await;
    let apns = apns(&impatient(&server.url()));
    for (reply, says) in [
        (Reply::Close, "no answer: "),
        (Reply::Stall, "no answer in time"),
    ] {
        server.reply(reply);
        let point = Noted::default();
        let handed = apns.hand_over(&push(&content, "a0"), NOW, &point).await;
        let (is, text) = of(&handed);
        assert_eq!(is, Expected::InDoubt, "{text}");
        assert!(text.starts_with(says), "{text}");
        assert_eq!(point.times(), 1);
    }
    assert_eq!(server.asked().len(), 2, "nothing is repeated by itself");
}

#[tokio::test]
async fn an_answer_of_any_length_and_kind_is_read() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let content = hello();
    for body in [
        Value::Null.to_string(),
        "[".repeat(200_000),
        json!({"reason": 5}).to_string(),
        "x".repeat(3_000_000),
    ] {
        server.reply(Reply::Answer(400, body));
        let handed = apns
            .hand_over(&push(&content, "a0"), NOW, &Noted::default())
            .await;
        assert_eq!(handed, Handed::Failed("APNs answered 400".into()));
    }
}
