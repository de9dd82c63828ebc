//! Clients that keep below the service's limits.

use std::sync::Arc;
use std::time::Duration;

use customerio::testing::{Answer, Recorder, TestClock};
use customerio::{ApiClient, Rate, RateLimits, RetryPolicy, SendEmail, TrackClient};

fn limited(limits: RateLimits) -> (Recorder, Arc<TestClock>, ApiClient) {
    let (recorder, clock) = (Recorder::new(), TestClock::new());
    let api = ApiClient::builder("key")
        .dry_run(&recorder)
        .clock(&clock)
        .rate_limits(limits)
        .build()
        .unwrap();
    (recorder, clock, api)
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn without_limits_nothing_waits() {
    let (recorder, clock, api) = limited(RateLimits::none());
    for _ in 0..50 {
        api.customers().by_email("a@b.de").await.unwrap();
    }
    assert_eq!((recorder.count(), clock.waits().len()), (50, 0));
}

#[tokio::test]
async fn the_eleventh_read_of_a_second_waits_for_its_turn() {
    let (recorder, clock, api) = limited(RateLimits::documented());
    for _ in 0..25 {
        api.customers().by_email("a@b.de").await.unwrap();
    }
    assert_eq!(recorder.count(), 25);
    assert_eq!(clock.waits(), [SECOND, SECOND]);
}

#[tokio::test]
async fn sends_have_a_limit_of_their_own_and_clones_share_it() {
    let (_, clock, api) = limited(RateLimits::none().send(Rate::per_second(2)));
    let email = SendEmail::template("receipt", "ana@example.com");
    for client in [&api, &api.clone(), &api.clone()] {
        client.customers().by_email("a@b.de").await.unwrap();
        client.send_email(&email).await.unwrap();
    }
    assert_eq!(clock.waits(), [SECOND]);
}

#[tokio::test]
async fn after_a_retry_after_everybody_under_that_limit_waits() {
    let (recorder, clock, api) = limited(RateLimits::documented());
    recorder.answer(Answer::status(429).retry_after(7 * SECOND));
    let once = api
        .customers()
        .by_email("a@b.de")
        .retry(RetryPolicy::none());
    once.await.unwrap_err();
    assert!(clock.waits().is_empty());
    api.customers().by_email("a@b.de").await.unwrap();
    assert_eq!(clock.waits(), [7 * SECOND]);
}

#[tokio::test]
async fn waiting_for_a_turn_is_not_part_of_the_calls_time() {
    let (recorder, clock) = (Recorder::new(), TestClock::new());
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .clock(&clock)
        .rate_limits(RateLimits::none().track(Rate::new(1, 60 * SECOND)))
        .retry(RetryPolicy::default().with_total_time(10 * SECOND))
        .build()
        .unwrap();
    track.identify("42", ()).await.unwrap();
    recorder.answer(Answer::status(503));
    track.identify("42", ()).await.unwrap();
    let waits = clock.waits();
    assert_eq!(recorder.count(), 3);
    assert_eq!(waits[0], 60 * SECOND);
    assert_eq!(
        waits[1] + waits[2],
        60 * SECOND,
        "the repeat takes a turn too"
    );
}
