//! Giving jobs out, and what becomes of their deliveries.

use cio_domain::delivery::{Delivery, NewDelivery};
use cio_domain::job::{Job, Queue, Settlement};
use cio_domain::{UnixMillis, UnixSeconds};

use super::given::{AT, AT_SECONDS, Given, content, deliver, delivery, given, id};
use super::join;
use crate::Store;

async fn claim(store: &dyn Store, at: UnixMillis, limit: usize) -> Vec<Job> {
    store
        .claim_jobs(Queue::Deliveries, at, at + 1_000, limit)
        .await
        .expect("jobs can be claimed")
}

async fn settle(store: &dyn Store, job: &Job, at: UnixMillis, settlement: Settlement) -> bool {
    store
        .settle_job(job.clone(), at, settlement)
        .await
        .expect("jobs can be settled")
}

async fn due(store: &dyn Store) -> Option<UnixMillis> {
    store
        .next_job_due(Queue::Deliveries)
        .await
        .expect("jobs can be read")
}

/// One delivery, and its job.
async fn given_job(store: &dyn Store, forget_content: bool) -> (Given<'_>, Job) {
    let given = given(store).await;
    let new = NewDelivery {
        forget_content,
        ..delivery("d1", Some(id("1")))
    };
    given.apply(deliver(new)).await;
    let job = claim(store, AT, 10).await.remove(0);
    (given, job)
}

async fn d1(given: &Given<'_>) -> Delivery {
    given
        .store
        .delivery(given.workspace, "d1".to_owned())
        .await
        .expect("deliveries can be read")
        .expect("the delivery is there")
}

fn names(metrics: &[(&str, UnixSeconds)]) -> std::collections::BTreeMap<String, UnixSeconds> {
    metrics
        .iter()
        .map(|(name, at)| ((*name).to_owned(), *at))
        .collect()
}

/// A lease keeps a job from everybody else, and ends.
pub(super) async fn a_claimed_job_is_given_to_nobody_else_until_its_lease_ends(store: &dyn Store) {
    let (_given, job) = given_job(store, false).await;
    assert_eq!(job.lease_until, AT + 1_000);
    assert_eq!(claim(store, AT, 10).await, []);
    assert_eq!(claim(store, AT + 999, 10).await, []);
    assert_eq!(due(store).await, Some(AT + 1_000), "the lease is included");
    let again = claim(store, AT + 1_000, 10).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].delivery_id(), Some("d1"));
    assert_eq!(again[0].attempts, 1, "the lost attempt counts");
}

/// Whose lease went to somebody else settles nothing; the one who has it does, once.
pub(super) async fn a_lost_lease_settles_nothing(store: &dyn Store) {
    let (given, first) = given_job(store, false).await;
    let second = claim(store, AT + 1_000, 10).await.remove(0);
    let late = Settlement::Failed("too late".to_owned());
    assert!(!settle(store, &first, AT + 1_500, late).await);
    assert!(d1(&given).await.metrics.is_empty());
    let sent = || Settlement::Sent(Box::new(content("Sent")));
    assert!(settle(store, &second, AT + 1_500, sent()).await);
    assert!(!settle(store, &second, AT + 1_500, sent()).await);
    assert_eq!(due(store).await, None);
    assert_eq!(claim(store, AT + 9_000, 10).await, []);
}

/// A job is due when it was received or at `send_at`, whichever is later.
pub(super) async fn a_job_waits_for_its_time(store: &dyn Store) {
    let given = given(store).await;
    assert_eq!(due(store).await, None);
    for (which, send_at) in [("d1", AT_SECONDS + 60), ("d2", AT_SECONDS - 60)] {
        let new = NewDelivery {
            send_at: Some(send_at),
            ..delivery(which, None)
        };
        given.apply(deliver(new)).await;
    }
    assert_eq!(due(store).await, Some(AT));
    let now = claim(store, AT, 10).await;
    assert_eq!(now.len(), 1);
    assert_eq!(now[0].delivery_id(), Some("d2"));
    assert!(settle(store, &now[0], AT, Settlement::Failed("no".to_owned())).await);
    assert_eq!(due(store).await, Some(AT + 60_000));
    assert_eq!(claim(store, AT + 59_999, 10).await, []);
    // One that comes meanwhile and is due earlier comes first.
    given.apply(deliver(delivery("d3", None))).await;
    assert_eq!(due(store).await, Some(AT));
    let later = claim(store, AT + 60_000, 10).await;
    let order: Vec<&str> = later.iter().filter_map(Job::delivery_id).collect();
    assert_eq!(order, ["d3", "d1"]);
}

/// What was sent replaces what was asked for.
pub(super) async fn a_sent_delivery_keeps_what_was_sent(store: &dyn Store) {
    let (given, job) = given_job(store, false).await;
    let mut sent = content("Rendered");
    sent.to = "Ana <ana@example.com>".to_owned();
    let settlement = Settlement::Sent(Box::new(sent.clone()));
    assert!(settle(store, &job, AT + 500, settlement).await);
    let found = d1(&given).await;
    assert_eq!(found.metrics, names(&[("sent", AT_SECONDS)]));
    assert_eq!(found.recipient, "Ana <ana@example.com>");
    assert_eq!(found.subject, "Rendered");
    assert_eq!(found.failure_message, None);
    assert!(!found.forgotten);
    let stored = store
        .delivery_content(given.workspace, "d1".to_owned())
        .await
        .expect("contents can be read");
    assert_eq!(stored, Some(sent));
}

/// Where it was asked for, the content is gone once it is sent, and not before.
pub(super) async fn a_sent_delivery_forgets_its_content_if_asked(store: &dyn Store) {
    let (given, job) = given_job(store, true).await;
    let stored = async || {
        store
            .delivery_content(given.workspace, "d1".to_owned())
            .await
            .expect("contents can be read")
    };
    assert!(stored().await.is_some());
    let settlement = Settlement::Sent(Box::new(content("Rendered")));
    assert!(settle(store, &job, AT, settlement).await);
    assert_eq!(stored().await, None);
    assert!(d1(&given).await.forgotten);
}

/// A retry is due at its time, counts the attempt, and leaves no trace once it succeeds.
pub(super) async fn a_retry_comes_back_with_one_more_attempt(store: &dyn Store) {
    let (given, job) = given_job(store, false).await;
    let retry = Settlement::Retry {
        at: AT + 30_000,
        reason: "try later".to_owned(),
    };
    assert!(settle(store, &job, AT, retry).await);
    let found = d1(&given).await;
    let expected = names(&[("attempted", AT_SECONDS), ("deferred", AT_SECONDS)]);
    assert_eq!(found.metrics, expected);
    assert_eq!(found.failure_message.as_deref(), Some("try later"));
    assert_eq!(due(store).await, Some(AT + 30_000));
    assert_eq!(claim(store, AT + 29_999, 10).await, []);
    let again = claim(store, AT + 30_000, 10).await.remove(0);
    assert_eq!(again.attempts, 1);
    let sent = Settlement::Sent(Box::new(content("Sent")));
    assert!(settle(store, &again, AT + 30_000, sent).await);
    let found = d1(&given).await;
    assert_eq!(found.failure_message, None);
    assert_eq!(found.metrics["sent"], AT_SECONDS + 30);
}

/// What will not leave says why, and is not tried again.
pub(super) async fn a_failed_delivery_says_why(store: &dyn Store) {
    let given = given(store).await;
    let failed = |reason: &str| Settlement::Failed(reason.to_owned());
    let stopped = |reason: &str| Settlement::Undeliverable(reason.to_owned());
    let cases = [
        (
            failed("refused"),
            vec![("attempted", AT_SECONDS), ("failed", AT_SECONDS)],
        ),
        (stopped("unsubscribed"), vec![("undeliverable", AT_SECONDS)]),
    ];
    for (settlement, metrics) in cases {
        given.apply(deliver(delivery("d1", Some(id("1"))))).await;
        let job = claim(store, AT, 10).await.remove(0);
        assert!(settle(store, &job, AT, settlement).await);
        let found = d1(&given).await;
        assert_eq!(found.metrics, names(&metrics));
        assert!(found.failure_message.is_some());
        assert_eq!(due(store).await, None);
    }
}

/// Several workers share what is due: each job is given out once, the earliest first.
pub(super) async fn jobs_are_given_out_once_and_in_order(store: &dyn Store) {
    let given = given(store).await;
    for n in 0..40 {
        let which = format!("d{n:02}");
        let operation = deliver(delivery(&which, None));
        given.apply_at(AT + n, vec![operation]).await;
    }
    let workers = (0..8).map(|_| claim(store, AT + 100, 4)).collect();
    let claimed: Vec<Vec<Job>> = join::all(workers).await;
    let mut ids: Vec<String> = claimed
        .into_iter()
        .flatten()
        .filter_map(|job| job.delivery_id().map(str::to_owned))
        .collect();
    ids.sort();
    let expected: Vec<String> = (0..32).map(|n| format!("d{n:02}")).collect();
    assert_eq!(ids, expected);
    assert_eq!(claim(store, AT + 100, 100).await.len(), 8);
}
