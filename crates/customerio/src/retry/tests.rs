use super::*;
use Decision::{RetryAsHarmless, RetryAsNotDone, StopAsUseless, StopToBeSafe};
use Repeat::{CreatesAgain, Identified, Overwrites, Reads, SendsAgain};

/// Failure, then the decision for what a repeat does no harm to, and for the rest.
const TABLE: [(Failure, Decision, Decision); 18] = [
    (Failure::NeverSent, RetryAsNotDone, RetryAsNotDone),
    (Failure::Interrupted, RetryAsHarmless, StopToBeSafe),
    (Failure::Status(429), RetryAsNotDone, RetryAsNotDone),
    (Failure::Status(408), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(500), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(502), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(503), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(504), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(522), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(524), RetryAsHarmless, StopToBeSafe),
    (Failure::Status(400), StopAsUseless, StopAsUseless),
    (Failure::Status(401), StopAsUseless, StopAsUseless),
    (Failure::Status(403), StopAsUseless, StopAsUseless),
    (Failure::Status(404), StopAsUseless, StopAsUseless),
    (Failure::Status(409), StopAsUseless, StopAsUseless),
    (Failure::Status(413), StopAsUseless, StopAsUseless),
    (Failure::Status(422), StopAsUseless, StopAsUseless),
    (Failure::Status(501), StopAsUseless, StopAsUseless),
];

#[test]
fn the_table_row_by_row() {
    for (failure, harmless, harmful) in TABLE {
        for repeat in [Reads, Overwrites, Identified] {
            assert_eq!(decide(repeat, failure), harmless, "{failure:?}, {repeat:?}");
        }
        for repeat in [SendsAgain, CreatesAgain] {
            assert_eq!(decide(repeat, failure), harmful, "{failure:?}, {repeat:?}");
        }
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
        policy.wait(Overwrites, &rate_limited(None), attempts, elapsed, 0.0)
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
        policy.wait(SendsAgain, &rate_limited(Some(seconds)), 1, elapsed, 0.9)
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
    let wait = |policy: RetryPolicy| policy.wait(SendsAgain, &error, 1, Duration::ZERO, 0.0);
    assert_eq!(wait(RetryPolicy::default()), None);
    assert!(wait(RetryPolicy::default().with_repeat_sends(true)).is_some());
}
