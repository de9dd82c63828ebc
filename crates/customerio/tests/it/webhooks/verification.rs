//! Only the service's own requests are taken.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use customerio::reqwest::header::{HeaderMap, HeaderValue};
use customerio::webhook::{
    Event, Kind, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verifier, WebhookError,
};
use proptest::prelude::*;

use super::webhook_axum::Receiver;

const SECRET: &str = "whsec-demo-0001";
const TIMESTAMP: &str = "1700000000";
const BODY: &[u8] = br#"{"metric":"delivered","object_type":"email","event_id":"01HF0000000000000000000001","timestamp":1700000000,"data":{"delivery_id":"dlv-1"}}"#;
const SIGNATURE: &str = "877dfbacce0d2eae8c2fc038473177322618a15e44825b8ccff2eebdd1ec5561";

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn headers(timestamp: &str, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(TIMESTAMP_HEADER, HeaderValue::from_str(timestamp).unwrap());
    headers.insert(SIGNATURE_HEADER, HeaderValue::from_str(signature).unwrap());
    headers
}

#[test]
fn a_verifier_its_events_and_its_errors_can_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Verifier>();
    check::<Event>();
    check::<WebhookError>();
}

#[test]
fn a_signed_request_is_read_from_texts_and_from_a_header_map() {
    let verifier = Verifier::new(SECRET);
    let event = verifier.verify(TIMESTAMP, SIGNATURE, BODY).unwrap();
    assert_eq!(event.event_id, "01HF0000000000000000000001");
    assert!(matches!(event.kind, Kind::Email(_)));
    let optional = verifier
        .verify(Some(TIMESTAMP), Some(SIGNATURE), BODY)
        .unwrap();
    assert_eq!(optional, event);
    let capitals = format!("v0={}", SIGNATURE.to_ascii_uppercase());
    for signature in [SIGNATURE, &capitals] {
        let read = verifier
            .verify_headers(&headers(TIMESTAMP, signature), BODY)
            .unwrap();
        assert_eq!(read, event);
    }
}

#[test]
fn a_header_that_is_missing_or_empty_is_named() {
    let verifier = Verifier::new(SECRET);
    for (timestamp, signature, expected) in [
        (None, None, TIMESTAMP_HEADER),
        (None, Some(SIGNATURE), TIMESTAMP_HEADER),
        (Some(""), Some(SIGNATURE), TIMESTAMP_HEADER),
        (Some(TIMESTAMP), None, SIGNATURE_HEADER),
        (Some(TIMESTAMP), Some(""), SIGNATURE_HEADER),
    ] {
        let error = verifier.verify(timestamp, signature, BODY).unwrap_err();
        assert!(
            matches!(&error, WebhookError::MissingHeader { header, .. } if *header == expected)
        );
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.status(), 401);
    }
    let mut unreadable = headers(TIMESTAMP, SIGNATURE);
    unreadable.insert(SIGNATURE_HEADER, HeaderValue::from_bytes(b"\xff").unwrap());
    for headers in [HeaderMap::new(), unreadable] {
        let error = verifier.verify_headers(&headers, BODY).unwrap_err();
        assert!(matches!(error, WebhookError::MissingHeader { .. }));
    }
}

#[test]
fn a_request_with_another_secret_body_or_time_is_refused_before_it_is_read() {
    let verifier = Verifier::new(SECRET);
    let refused = |error: WebhookError| {
        assert!(matches!(error, WebhookError::BadSignature), "{error}");
        assert_eq!(error.status(), 401);
    };
    refused(
        Verifier::new("another")
            .verify(TIMESTAMP, SIGNATURE, BODY)
            .unwrap_err(),
    );
    refused(verifier.verify("1700000001", SIGNATURE, BODY).unwrap_err());
    refused(
        verifier
            .verify(TIMESTAMP, SIGNATURE, b"not even JSON")
            .unwrap_err(),
    );
    refused(
        verifier
            .verify(TIMESTAMP, &SIGNATURE[..62], BODY)
            .unwrap_err(),
    );
    refused(verifier.verify(SIGNATURE, TIMESTAMP, BODY).unwrap_err());
    let rewritten = serde_json::from_slice::<serde_json::Value>(BODY)
        .unwrap()
        .to_string();
    refused(
        verifier
            .verify(TIMESTAMP, SIGNATURE, rewritten.as_bytes())
            .unwrap_err(),
    );
}

#[test]
fn both_secrets_are_accepted_while_one_replaces_the_other() {
    for verifier in [
        Verifier::new("n3w").also(SECRET),
        Verifier::new(SECRET).also("0ld"),
        Verifier::new("").also(SECRET),
    ] {
        assert!(verifier.verify(TIMESTAMP, SIGNATURE, BODY).is_ok());
    }
}

#[test]
fn a_blank_secret_accepts_nothing_not_even_what_is_signed_with_it() {
    for secret in ["", " ", "\n"] {
        let signature = cio_wire::webhook_signature::sign(secret, TIMESTAMP, BODY);
        let verifier = Verifier::new(secret);
        let error = verifier.verify(TIMESTAMP, &*signature, BODY).unwrap_err();
        assert!(matches!(error, WebhookError::BlankSecret));
        assert_eq!(error.status(), 500);
        let error = verifier
            .also(SECRET)
            .verify(TIMESTAMP, &*signature, BODY)
            .unwrap_err();
        assert!(matches!(error, WebhookError::BadSignature));
    }
}

#[test]
fn without_a_tolerance_a_request_of_any_age_is_taken() {
    let verifier = Verifier::new(SECRET);
    for now in [at(0), at(1_700_000_000), at(4_000_000_000)] {
        assert!(verifier.verify_at(now, TIMESTAMP, SIGNATURE, BODY).is_ok());
    }
}

#[test]
fn a_tolerance_holds_into_the_past_and_the_future() {
    let verifier = Verifier::new(SECRET).tolerance(Duration::from_secs(300));
    for now in [1_699_999_700, 1_700_000_000, 1_700_000_300] {
        assert!(
            verifier
                .verify_at(at(now), TIMESTAMP, SIGNATURE, BODY)
                .is_ok()
        );
    }
    for (now, words) in [
        (1_700_000_301, "301 s before"),
        (1_699_999_699, "301 s after"),
    ] {
        let error = verifier
            .verify_at(at(now), TIMESTAMP, SIGNATURE, BODY)
            .unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.status(), 401);
        assert!(
            matches!(error, WebhookError::OutsideTolerance { distance, .. } if distance.as_secs() == 301)
        );
    }
    // The clock of the machine is past 2023.
    let error = verifier.verify(TIMESTAMP, SIGNATURE, BODY).unwrap_err();
    assert!(matches!(
        error,
        WebhookError::OutsideTolerance {
            in_the_future: false,
            ..
        }
    ));
}

#[test]
fn a_time_that_is_no_number_matters_only_to_a_tolerance() {
    for timestamp in ["soon", "1700000000.5", "99999999999999999999"] {
        let signature = cio_wire::webhook_signature::sign(SECRET, timestamp, BODY);
        let verifier = Verifier::new(SECRET);
        assert!(verifier.verify(timestamp, &*signature, BODY).is_ok());
        let verifier = verifier.tolerance(Duration::from_secs(300));
        let error = verifier.verify(timestamp, &*signature, BODY).unwrap_err();
        assert!(matches!(error, WebhookError::BadTimestamp));
    }
}

#[test]
fn nothing_printed_holds_a_secret_or_a_signature() {
    let verifier = Verifier::new(SECRET)
        .also("0ld-s3cr3t")
        .tolerance(Duration::ZERO);
    let mut printed = format!("{verifier:?} {verifier:#?}");
    let signed_nonsense = cio_wire::webhook_signature::sign(SECRET, "1", b"mira@example.net");
    for error in [
        Verifier::new("").verify("1", SIGNATURE, BODY).unwrap_err(),
        verifier.verify(None, SIGNATURE, BODY).unwrap_err(),
        verifier.verify("1", SIGNATURE, BODY).unwrap_err(),
        verifier.verify(TIMESTAMP, SIGNATURE, BODY).unwrap_err(),
        Verifier::new(SECRET)
            .verify("1", &*signed_nonsense, b"mira@example.net")
            .unwrap_err(),
    ] {
        printed += &format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    }
    for secret in [
        SECRET,
        "0ld-s3cr3t",
        SIGNATURE,
        &signed_nonsense,
        "mira",
        "dlv-1",
    ] {
        assert!(!printed.contains(secret), "{secret} is in: {printed}");
    }
}

#[test]
fn the_example_blocks_an_address_that_bounced_once_and_answers_what_to_answer() {
    let receiver = Receiver::new(Verifier::new(SECRET));
    let body = br#"{"event_id":"e-1","object_type":"email","metric":"bounced","timestamp":1700000000,"data":{"recipient":"mira@example.net"}}"#;
    let signature = cio_wire::webhook_signature::sign(SECRET, TIMESTAMP, body);
    let signed = headers(TIMESTAMP, &signature);
    assert_eq!(receiver.receive(&headers(TIMESTAMP, SIGNATURE), body), 401);
    assert_eq!(receiver.blocked.lock().unwrap().len(), 0);
    assert_eq!(receiver.receive(&signed, body), 204);
    assert!(receiver.blocked.lock().unwrap().remove("mira@example.net"));
    assert_eq!(receiver.receive(&signed, body), 204, "a repeat is taken");
    assert_eq!(
        receiver.blocked.lock().unwrap().len(),
        0,
        "and does nothing"
    );
    assert_eq!(receiver.receive(&headers(TIMESTAMP, SIGNATURE), BODY), 204);
}

proptest! {
    #[test]
    fn whatever_is_sent_is_refused_without_a_panic(
        timestamp in ".*",
        signature in ".*",
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let verifier = Verifier::new(SECRET).tolerance(Duration::from_secs(300));
        prop_assert!(verifier.verify(&*timestamp, &*signature, &body).is_err());
    }

    #[test]
    fn whatever_is_signed_is_an_event_or_no_event(
        timestamp in "-?[0-9]{1,20}",
        now in 0..u64::from(u32::MAX),
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let signature = cio_wire::webhook_signature::sign(SECRET, &timestamp, &body);
        let verifier = Verifier::new(SECRET).tolerance(Duration::from_secs(300));
        if let Err(error) = verifier.verify_at(at(now), &*timestamp, &*signature, &body) {
            prop_assert!(!matches!(error, WebhookError::BadSignature));
        }
    }
}
