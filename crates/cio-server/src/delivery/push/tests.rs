//! Pushes through FCM, which answers what the test says of each device.

use std::collections::BTreeMap;

use cio_domain::job::Queue;
use cio_store::Store as _;
use cio_store::messages::MessageStore as _;
use cio_testkit::{Reply, TestServer};
use serde_json::json;

use super::*;
use crate::delivery::CarrierSettings;
use crate::delivery::testing::{Bench, fcm, google_token, metrics, pushed_to};

fn hello() -> PushContent {
    PushContent {
        title: "Hello".into(),
        message: "It is here".into(),
        ..PushContent::default()
    }
}

fn taken() -> Reply {
    Reply::json(200, json!({"name": "m"}))
}

fn busy() -> Reply {
    Reply::json(503, json!({"error": {"status": "UNAVAILABLE"}}))
}

fn gone() -> Reply {
    let detail = json!({"errorCode": "UNREGISTERED"});
    Reply::json(404, json!({"error": {"details": [detail]}}))
}

/// What FCM answers to a push to this device.
type Scripted = (&'static str, fn() -> Reply);

/// Answers for each device what is listed, in order, and that it took it after that.
fn script(server: &TestServer, replies: &[Scripted]) {
    let mut waiting: BTreeMap<String, Vec<fn() -> Reply>> = BTreeMap::new();
    for (token, reply) in replies {
        waiting.entry((*token).to_owned()).or_default().push(*reply);
    }
    server.answer_with(move |request| match pushed_to(request) {
        None => google_token(),
        Some(token) => match waiting.get_mut(&token) {
            Some(replies) if !replies.is_empty() => replies.remove(0)(),
            _ => taken(),
        },
    });
}

async fn bench(replies: &[Scripted]) -> (TestServer, Bench) {
    let server = TestServer::start().await;
    script(&server, replies);
    let carriers = CarrierSettings {
        fcm: Some(fcm(&server.url())),
        ..CarrierSettings::default()
    };
    (server, Bench::new(&carriers))
}

/// To whom FCM was asked to push, in the order of their tokens.
fn pushed(server: &TestServer) -> Vec<String> {
    let mut tokens: Vec<String> = server.requests().iter().filter_map(pushed_to).collect();
    tokens.sort();
    tokens
}

async fn statuses(bench: &Bench) -> Vec<Option<String>> {
    let devices = bench.devices().await.into_iter();
    devices
        .map(|mut device| device.attributes.remove(LAST_STATUS))
        .collect()
}

#[tokio::test]
async fn a_push_reaches_each_device_once_and_the_device_says_so() {
    let (server, bench) = bench(&[]).await;
    for (token, platform) in [("a", "android"), ("b", "android"), ("c", "ios")] {
        bench.device(token, platform, 5).await;
    }
    let delivery = bench.send("d1", hello()).await;
    assert_eq!(metrics(&delivery), ["sent"], "{delivery:?}");
    assert_eq!(pushed(&server), ["a", "b", "c"]);
    let ios = server.requests().iter().any(|request| {
        pushed_to(request).as_deref() == Some("c")
            && request.json()["message"]["apns"]["payload"]["CIO-Delivery-ID"] == "d1"
    });
    assert!(ios, "an iPhone has the payload of APNs");
    let sent = Some("\"sent\"".to_owned());
    assert_eq!(statuses(&bench).await, [sent.clone(), sent.clone(), sent]);
    assert_eq!(
        bench.store.next_job_due(Queue::Deliveries).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_device_that_bounced_is_left_out_until_it_is_added_again() {
    let (server, bench) = bench(&[("a", gone), ("b", taken), ("b", gone)]).await;
    bench.device("a", "android", 5).await;
    bench.device("b", "android", 5).await;
    let delivery = bench.send("d1", hello()).await;
    assert_eq!(metrics(&delivery), ["sent"], "one took it");
    let bounced = Some("\"bounced\"".to_owned());
    assert_eq!(
        statuses(&bench).await,
        [bounced.clone(), Some("\"sent\"".to_owned())]
    );

    let delivery = bench.send("d2", hello()).await;
    assert_eq!(metrics(&delivery), ["attempted", "bounced"], "none did");
    assert!(delivery.failure_message.unwrap().contains("UNREGISTERED"));
    assert_eq!(pushed(&server), ["a", "b", "b"]);
    assert_eq!(statuses(&bench).await, [bounced.clone(), bounced]);

    let delivery = bench.send("d3", hello()).await;
    assert_eq!(metrics(&delivery), ["undeliverable"]);
    assert_eq!(
        delivery.failure_message.unwrap(),
        "every device of the person bounced before"
    );
    assert_eq!(pushed(&server).len(), 3);

    bench.device("a", "android", 6).await;
    let delivery = bench.send("d4", hello()).await;
    assert_eq!(metrics(&delivery), ["sent"]);
    assert_eq!(pushed(&server), ["a", "a", "b", "b"]);
}

#[tokio::test]
async fn a_device_that_has_to_wait_keeps_no_other_and_repeats_none() {
    let (server, bench) = bench(&[("b", busy), ("b", busy), ("c", gone)]).await;
    for token in ["a", "b", "c"] {
        bench.device(token, "android", 5).await;
    }
    let delivery = bench.send("d1", hello()).await;
    assert_eq!(
        metrics(&delivery),
        ["attempted", "deferred"],
        "{delivery:?}"
    );
    assert_eq!(pushed(&server), ["a", "b", "c"]);
    bench.wait(10);
    let delivery = bench.attempt("d1").await;
    assert_eq!(metrics(&delivery), ["attempted", "deferred"]);
    assert_eq!(pushed(&server), ["a", "b", "b", "c"]);
    bench.wait(30);
    let delivery = bench.attempt("d1").await;
    assert_eq!(metrics(&delivery), ["attempted", "deferred", "sent"]);
    assert_eq!(pushed(&server), ["a", "b", "b", "b", "c"]);
}

#[tokio::test]
async fn a_wait_that_the_carrier_says_is_kept() {
    let slow = || busy().header("Retry-After", "600");
    let (_server, bench) = bench(&[("a", slow)]).await;
    bench.device("a", "android", 5).await;
    bench.send("d1", hello()).await;
    let due = bench.store.next_job_due(Queue::Deliveries).await.unwrap();
    assert_eq!(due, Some(bench.now() + 600_000));
}

#[tokio::test]
async fn a_device_in_doubt_is_not_tried_again_and_keeps_no_other() {
    let (server, bench) = bench(&[("a", Reply::close), ("b", busy)]).await;
    bench.device("a", "android", 5).await;
    bench.device("b", "android", 5).await;
    bench.send("d1", hello()).await;
    bench.wait(10);
    let delivery = bench.attempt("d1").await;
    assert_eq!(metrics(&delivery), ["attempted", "deferred", "sent"]);
    assert_eq!(pushed(&server), ["a", "b", "b"]);
    assert_eq!(statuses(&bench).await, [None, Some("\"sent\"".to_owned())]);
}

#[tokio::test]
async fn a_push_that_is_only_in_doubt_says_so() {
    let (server, bench) = bench(&[("a", Reply::close)]).await;
    bench.device("a", "android", 5).await;
    let delivery = bench.send("d1", hello()).await;
    assert_eq!(metrics(&delivery), ["attempted", "failed"]);
    let reason = delivery.failure_message.unwrap();
    assert!(reason.starts_with("in doubt: "), "{reason}");
    bench.wait(1_000_000);
    bench.attempt("d1").await;
    assert_eq!(pushed(&server), ["a"]);
}

#[tokio::test]
async fn what_was_begun_when_the_process_ended_is_not_begun_again() {
    let (server, bench) = bench(&[]).await;
    for token in ["a", "b", "c"] {
        bench.device(token, "android", 5).await;
    }
    bench.accept("d1", hello()).await;
    let now = bench.now();
    let claimed = bench
        .store
        .claim_jobs(Queue::Deliveries, now, now + 60_000, 9);
    let job = claimed.await.unwrap().remove(0);
    let parts = vec![
        ("a".to_owned(), Part::InDoubt),
        ("b".to_owned(), Part::Taken),
    ];
    assert!(bench.store.note_parts(job, now, parts).await.unwrap());

    bench.wait(61);
    let delivery = bench.attempt("d1").await;
    assert_eq!(metrics(&delivery), ["sent"]);
    assert_eq!(pushed(&server), ["c"]);
    let doubt = &delivery.parts["a"];
    assert!(
        matches!(doubt, Part::Refused(reason) if reason.starts_with("in doubt")),
        "{doubt:?}"
    );
}

#[tokio::test]
async fn whoever_sends_may_mean_one_device() {
    let to = |to: &str| PushContent {
        to: Some(PushTarget::read(to)),
        ..hello()
    };
    let (server, bench) = bench(&[]).await;
    bench.device("a", "android", 7).await;
    bench.device("b", "android", 9).await;
    bench.device("c", "ios", 8).await;
    bench.send("d1", to("last_used")).await;
    assert_eq!(pushed(&server), ["b"]);
    bench.send("d2", to("c")).await;
    assert_eq!(pushed(&server), ["b", "c"]);
    let delivery = bench.send("d3", to("x")).await;
    assert_eq!(
        delivery.failure_message.unwrap(),
        "the person has no device with this token"
    );
    bench.send("d4", to("all")).await;
    assert_eq!(pushed(&server), ["a", "b", "b", "c", "c"]);
}

#[tokio::test]
async fn a_push_without_a_device_or_without_a_carrier() {
    let (_server, bench) = bench(&[]).await;
    let delivery = bench.send("d1", hello()).await;
    assert_eq!(metrics(&delivery), ["undeliverable"]);
    assert_eq!(
        delivery.failure_message.unwrap(),
        "the person has no device"
    );

    let captured = Bench::new(&CarrierSettings::default());
    let delivery = captured.send("d1", hello()).await;
    assert_eq!(metrics(&delivery), ["sent"]);
}

#[test]
fn a_push_goes_to_so_many_devices_at_most_those_used_last() {
    let device = |number: usize| Device {
        token: format!("t{number}"),
        platform: "ios".into(),
        last_used: number as i64,
        attributes: BTreeMap::new(),
    };
    let person = Person {
        identifiers: cio_domain::PersonIdentifiers {
            id: None,
            email: None,
            cio_id: cio_domain::PersonId(1),
        },
        attributes: BTreeMap::new(),
        identified_at: 0,
        devices: (0..PUSH_DEVICES_MAX + 9).map(device).collect(),
    };
    let reached = targets(&person, &hello(), &BTreeMap::new());
    assert_eq!(reached.len(), PUSH_DEVICES_MAX);
    assert_eq!(reached[0].token, format!("t{}", PUSH_DEVICES_MAX + 8));
    let begun = BTreeMap::from([(reached[0].token.clone(), Part::Taken)]);
    let rest = targets(&person, &hello(), &begun);
    assert_eq!(rest.len(), PUSH_DEVICES_MAX - 1);
}
