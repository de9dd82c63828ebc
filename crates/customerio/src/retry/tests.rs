use super::*;
use Repeatability::{ActsTwice, Harmless};

#[test]
fn the_table_row_by_row() {
    let rows = [
        (Failure::NeverSent, Decision::Retry, Decision::Retry),
        (
            Failure::Interrupted,
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (Failure::Status(429), Decision::Retry, Decision::Retry),
        (
            Failure::Status(408),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(500),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(502),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(503),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(504),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(522),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(524),
            Decision::Retry,
            Decision::StopToBeSafe,
        ),
        (
            Failure::Status(400),
            Decision::StopAsUseless,
            Decision::StopAsUseless,
        ),
        (
            Failure::Status(401),
            Decision::StopAsUseless,
            Decision::StopAsUseless,
        ),
        (
            Failure::Status(404),
            Decision::StopAsUseless,
            Decision::StopAsUseless,
        ),
        (
            Failure::Status(413),
            Decision::StopAsUseless,
            Decision::StopAsUseless,
        ),
        (
            Failure::Status(422),
            Decision::StopAsUseless,
            Decision::StopAsUseless,
        ),
        (
            Failure::Status(501),
            Decision::StopAsUseless,
            Decision::StopAsUseless,
        ),
    ];
    for (failure, harmless, acts_twice) in rows {
        assert_eq!(decide(Harmless, failure), harmless, "{failure:?}, harmless");
        assert_eq!(
            decide(ActsTwice, failure),
            acts_twice,
            "{failure:?}, acts twice"
        );
    }
}

#[test]
fn backoff_doubles_up_to_its_cap_and_jitter_adds_at_most_as_much() {
    let policy = RetryPolicy::default();
    let wait = |attempts, jitter| policy.backoff(attempts, jitter).as_millis();
    assert_eq!([1, 2, 3, 4].map(|n| wait(n, 0.0)), [200, 400, 800, 1600]);
    assert_eq!(wait(1, 0.5), 300);
    assert_eq!(wait(9, 0.0), 5000);
    assert_eq!(wait(9, 0.9), 5000);
    assert_eq!(wait(u32::MAX, 0.9), 5000);
}

fn rate_limited(retry_after: Option<u64>) -> Error {
    crate::transport::error_for_test(429, retry_after.map(Duration::from_secs))
}

#[test]
fn both_bounds_end_the_call() {
    let policy = RetryPolicy::default();
    let wait = |attempts, elapsed| {
        let elapsed = Duration::from_secs(elapsed);
        policy.wait(Harmless, &rate_limited(None), attempts, elapsed, 0.0)
    };
    assert_eq!(wait(1, 0), Some(Duration::from_millis(200)));
    assert_eq!(wait(3, 29), Some(Duration::from_millis(800)));
    assert_eq!(wait(4, 0), None, "four attempts have been made");
    assert_eq!(wait(1, 30), None, "the time is used up");
}

#[test]
fn retry_after_replaces_the_backoff_unless_it_exceeds_the_time_left() {
    let policy = RetryPolicy::default();
    let wait = |seconds, elapsed| {
        let elapsed = Duration::from_secs(elapsed);
        policy.wait(ActsTwice, &rate_limited(Some(seconds)), 1, elapsed, 0.9)
    };
    assert_eq!(wait(7, 0), Some(Duration::from_secs(7)));
    assert_eq!(wait(7, 22), Some(Duration::from_secs(7)));
    assert_eq!(wait(7, 23), None);
    assert_eq!(wait(3600, 0), None);
    assert_eq!(
        wait(u64::MAX, 1),
        None,
        "an absurd value is not an overflow"
    );
}

#[test]
fn sends_are_repeated_after_a_server_error_only_when_opted_in() {
    let error = crate::transport::error_for_test(503, None);
    let wait = |policy: RetryPolicy| policy.wait(ActsTwice, &error, 1, Duration::ZERO, 0.0);
    assert_eq!(wait(RetryPolicy::default()), None);
    assert!(wait(RetryPolicy::default().with_repeat_sends(true)).is_some());
}
