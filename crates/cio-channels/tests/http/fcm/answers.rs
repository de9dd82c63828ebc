//! What the answers of FCM and of Google's token service mean, and the lack of one.

use super::*;
use crate::support::{impatient, nobody};

#[tokio::test]
async fn without_a_token_nothing_is_handed_over_and_all_may_be_tried_again() {
    let server = TestServer::start().await;
    let fcm = fcm(&impatient(&server.url()));
    let grant = json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."});
    for (reply, says) in [
        (
            Reply::json(400, grant),
            "400 invalid_grant: Invalid JWT Signature.; is the service",
        ),
        (
            Reply::json(503, "{}"),
            "Google's token service answered 503",
        ),
        (Reply::html(200, "<html>"), "sent no token"),
        (
            Reply::json(200, r#"{"access_token": "a\nb"}"#),
            "sent no token",
        ),
        (Reply::close(), "no token of Google's: no answer"),
        (Reply::stall(), "no token of Google's: no answer in time"),
    ] {
        server.reply(reply);
        let point = Noted::default();
        let handed = fcm.hand_over(&push(&hello()), NOW, &point).await;
        let (expected, reason) = of(&handed);
        assert_eq!(expected, Expected::Later, "{reason}");
        assert!(reason.contains(says), "{reason}");
        assert_eq!(point.times(), 0, "{reason}");
    }
}

#[tokio::test]
async fn every_answer_has_its_meaning() {
    let server = TestServer::start().await;
    let fcm = fcm(&at(&server.url()));
    server.replies([token("a"), taken()]);
    hand_over(&fcm, NOW).await;
    let not_a_token = "The registration token is not a valid FCM registration token";
    for (status, code, text, expected, says) in [
        (
            404,
            "UNREGISTERED",
            "gone",
            Expected::Bounced("UNREGISTERED"),
            "UNREGISTERED: gone",
        ),
        (
            403,
            "SENDER_ID_MISMATCH",
            "no",
            Expected::Bounced("SENDER_ID_MISMATCH"),
            "",
        ),
        (
            400,
            "INVALID_ARGUMENT",
            not_a_token,
            Expected::Bounced("INVALID_ARGUMENT"),
            "valid FCM",
        ),
        (
            400,
            "INVALID_ARGUMENT",
            "Invalid data",
            Expected::Failed,
            "400 INVALID_ARGUMENT: Inv",
        ),
        (
            401,
            "THIRD_PARTY_AUTH_ERROR",
            "no",
            Expected::Later,
            "the APNs key of the iOS app",
        ),
        (
            403,
            "PERMISSION_DENIED",
            "no",
            Expected::Later,
            "Firebase Cloud Messaging API Admin",
        ),
        (
            404,
            "NOT_FOUND",
            "no",
            Expected::Later,
            "is the project's id right?",
        ),
        (
            429,
            "QUOTA_EXCEEDED",
            "slow",
            Expected::Later,
            "QUOTA_EXCEEDED: slow",
        ),
        (500, "INTERNAL", "oops", Expected::Later, "INTERNAL"),
        (503, "UNAVAILABLE", "busy", Expected::Later, "UNAVAILABLE"),
        (502, "", "", Expected::InDoubt, "502"),
        (504, "", "", Expected::InDoubt, "504"),
        (302, "", "", Expected::Later, "redirects"),
        (413, "", "large", Expected::Failed, "413: large"),
    ] {
        server.reply(refusal(status, code, text));
        let (is, reason) = of(&hand_over(&fcm, NOW).await);
        assert_eq!(is, expected, "{status} {code}: {reason}");
        assert!(reason.contains(says), "{status} {code}: {reason}");
    }

    let violation = json!({
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "message.token", "description": "Invalid"}],
    });
    let error = json!({"code": 400, "status": "INVALID_ARGUMENT", "details": [violation]});
    server.reply(Reply::json(400, json!({ "error": error })));
    let (is, _) = of(&hand_over(&fcm, NOW).await);
    assert_eq!(is, Expected::Bounced("INVALID_ARGUMENT"));

    server.reply(refusal(429, "QUOTA_EXCEEDED", "slow").header("Retry-After", "60"));
    match hand_over(&fcm, NOW).await {
        Handed::Later { wait, .. } => assert_eq!(wait.unwrap().as_secs(), 60),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_did_not_leave_is_repeatable_and_what_may_have_is_not() {
    let server = TestServer::start().await;
    let account = account(&format!("{}/token", server.url())).to_string();
    let unreachable = Fcm::new(&account, &at(&nobody())).unwrap();
    server.reply(token("a"));
    let (is, reason) = of(&hand_over(&unreachable, NOW).await);
    assert_eq!(is, Expected::Later);
    assert!(reason.starts_with("not reached: "), "{reason}");

    let fcm = fcm(&impatient(&server.url()));
    server.replies([token("a"), Reply::close(), Reply::stall()]);
    for says in ["no answer: ", "no answer in time"] {
        let (is, reason) = of(&hand_over(&fcm, NOW).await);
        assert_eq!(is, Expected::InDoubt, "{reason}");
        assert!(reason.starts_with(says), "{reason}");
    }
    // The status has said all that decides.
    server.reply(taken().cut_short());
    let handed = hand_over(&fcm, NOW).await;
    assert!(matches!(handed, Handed::Taken { .. }), "{handed:?}");
}
