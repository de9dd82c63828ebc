//! Giving jobs out, and what becomes of their deliveries.

use cio_domain::content::esp::{NewSuppression, SuppressionKind};
use cio_domain::delivery::{Delivery, NewDelivery, Origin, Parent, Part};
use cio_domain::job::{Job, Queue, Settlement};
use cio_domain::limits::IDEMPOTENCY_HOURS;
use cio_domain::message::{Channel, Content};
use cio_domain::operation::Report;
use cio_domain::{Ignored, Operation, Outcome, UnixMillis, UnixSeconds};

use super::given::{AT, AT_SECONDS, Given, content, deliver, delivery, given, id};
use super::join;
use crate::Store;
use crate::messages::{DeliveryQuery, Once, OnceOutcome};

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
    let sent = || Settlement::sent(content("Sent"));
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
    let settlement = Settlement::sent(sent.clone());
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
    assert_eq!(stored, Some(sent.into()));
}

/// A carrier may say that a message did not arrive before it is settled that it left.
pub(super) async fn what_is_told_before_it_is_settled_stays(store: &dyn Store) {
    let (given, job) = given_job(store, false).await;
    let report = Operation::Report(Report {
        delivery_id: "d1".to_owned(),
        metric: "failed".to_owned(),
        timestamp: None,
        recipient: None,
        reason: Some("no such number".to_owned()),
        href: None,
    });
    given.apply(report).await;
    assert!(settle(store, &job, AT, Settlement::sent(content("Hello"))).await);
    let delivery = d1(&given).await;
    let expected = names(&[("failed", AT_SECONDS), ("sent", AT_SECONDS)]);
    assert_eq!(delivery.metrics, expected);
    assert_eq!(delivery.failure_message.as_deref(), Some("no such number"));
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
    let settlement = Settlement::sent(content("Rendered"));
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
    let sent = Settlement::sent(content("Sent"));
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
        (
            Settlement::Dropped("suppressed".to_owned()),
            vec![("dropped", AT_SECONDS)],
        ),
        (
            Settlement::InDoubt("it may have left".to_owned()),
            vec![("attempted", AT_SECONDS), ("failed", AT_SECONDS)],
        ),
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

/// What a part came to is kept, and forgotten where it is begun anew.
pub(super) async fn parts_are_noted_by_who_has_the_lease(store: &dyn Store) {
    let (given, first) = given_job(store, false).await;
    let note = async |job: &Job, name: &str, part: Part| {
        let parts = vec![(name.to_owned(), part)];
        let noted = store.note_parts(job.clone(), AT, parts).await;
        noted.expect("parts can be noted")
    };
    assert!(note(&first, "a", Part::Taken).await);
    assert!(note(&first, "b", Part::Refused("gone".to_owned())).await);
    assert!(note(&first, "c", Part::InDoubt).await);
    let second = claim(store, AT + 1_000, 10).await.remove(0);
    assert!(!note(&first, "d", Part::InDoubt).await, "the lease is lost");
    let parts = d1(&given).await.parts;
    let refused = Part::Refused("gone".to_owned());
    let expected = [("a", Part::Taken), ("b", refused), ("c", Part::InDoubt)];
    assert_eq!(
        parts,
        expected.map(|(name, part)| (name.to_owned(), part)).into()
    );
    let retry = Settlement::Retry {
        at: AT + 2_000,
        reason: "busy".to_owned(),
    };
    assert!(settle(store, &second, AT + 1_000, retry).await);
    let parts = d1(&given).await.parts;
    assert_eq!(parts.keys().collect::<Vec<_>>(), ["a", "b"]);
}

/// What bounces keeps its address from being written to, in the same commit.
pub(super) async fn a_bounce_suppresses_its_address(store: &dyn Store) {
    let (given, job) = given_job(store, false).await;
    let kind = SuppressionKind::Bounces;
    let suppression = NewSuppression::asked_for(kind, "ana@example.com").expect("an address");
    let bounced = Settlement::Bounced {
        reason: "550 no such user".to_owned(),
        suppress: vec![suppression],
    };
    assert!(settle(store, &job, AT, bounced).await);
    let found = d1(&given).await;
    let expected = names(&[("attempted", AT_SECONDS), ("bounced", AT_SECONDS)]);
    assert_eq!(found.metrics, expected);
    let email = "Ana@Example.com".to_owned();
    let suppressed = store.suppressions_of(given.workspace, email).await;
    assert_eq!(suppressed.expect("suppressions can be read").len(), 1);
}

/// Messages of broadcasts wait in a queue of their own.
pub(super) async fn bulk_keeps_no_other_message_waiting(store: &dyn Store) {
    let given = given(store).await;
    let bulk = NewDelivery {
        origin: Origin::Broadcast {
            broadcast: 4,
            action: 2,
            trigger: 1,
        },
        content: Content::empty(Channel::Email),
        ..delivery("bulk", Some(id("1")))
    };
    given.apply(deliver(bulk)).await;
    assert_eq!(due(store).await, None);
    let claimed = store.claim_jobs(Queue::BulkDeliveries, AT, AT + 1_000, 10);
    let claimed = claimed.await.expect("jobs can be claimed");
    assert_eq!(claimed.len(), 1);
    let asked = store.delivery_content(given.workspace, "bulk".to_owned());
    let asked = asked.await.expect("contents can be read");
    assert_eq!(asked, Some(Content::empty(Channel::Email)));
    assert!(settle(store, &claimed[0], AT, Settlement::sent(content("Sent"))).await);
    for (parent, expected) in [
        (Parent::Broadcast(4), 1),
        (Parent::Action(2), 1),
        (Parent::Broadcast(5), 0),
        (Parent::Transactional(1), 0),
    ] {
        let query = DeliveryQuery {
            parents: vec![parent],
            limit: 10,
            ..DeliveryQuery::default()
        };
        let page = store.deliveries(given.workspace, query).await;
        assert_eq!(page.expect("listed").items.len(), expected, "{parent:?}");
    }
}

/// A draft has no job until it is let go, and is listed with the others then.
pub(super) async fn a_draft_is_let_go_once(store: &dyn Store) {
    let given = given(store).await;
    let draft = NewDelivery {
        draft: true,
        ..delivery("d1", Some(id("1")))
    };
    given.apply(deliver(draft)).await;
    assert_eq!(due(store).await, None);
    let release = || Operation::ReleaseDraft {
        delivery_id: "d1".to_owned(),
    };
    assert_eq!(given.apply(release()).await, Outcome::Applied);
    assert_eq!(due(store).await, Some(AT));
    let again = given.apply(release()).await;
    assert_eq!(again, Outcome::Ignored(Ignored::UnknownDelivery));
    for (drafts, expected) in [(false, 1), (true, 0)] {
        let query = DeliveryQuery {
            drafts,
            limit: 10,
            ..DeliveryQuery::default()
        };
        let page = store.deliveries(given.workspace, query).await;
        assert_eq!(page.expect("listed").items.len(), expected);
    }
}

/// A request with a key is done once in a day, and what was answered is answered again.
pub(super) async fn a_request_with_a_key_is_done_once(store: &dyn Store) {
    let given = given(store).await;
    let once = |fingerprint: u8, answer: &str| Once {
        key: "k1".to_owned(),
        fingerprint: [fingerprint; 32],
        answer: answer.to_owned(),
    };
    let send = async |at: UnixMillis, delivery_id: &str, once: Once| {
        let operations = vec![deliver(delivery(delivery_id, None))];
        let done = store.apply_once(given.workspace, at, once, operations);
        done.await.expect("requests can be applied")
    };
    let done = OnceOutcome::Done(vec![Outcome::Applied]);
    assert_eq!(send(AT, "d1", once(1, "first")).await, done);
    let repeat = OnceOutcome::Repeat("first".to_owned());
    assert_eq!(send(AT + 1, "d2", once(1, "second")).await, repeat);
    let other = OnceOutcome::OtherRequest;
    assert_eq!(send(AT + 1, "d2", once(2, "second")).await, other);
    let day = IDEMPOTENCY_HOURS * 60 * 60 * 1_000;
    assert_eq!(send(AT + day - 1, "d2", once(1, "second")).await, repeat);
    assert_eq!(claim(store, AT + day, 10).await.len(), 1);
    assert_eq!(send(AT + day, "d2", once(1, "second")).await, done);
    let repeat = OnceOutcome::Repeat("second".to_owned());
    assert_eq!(send(AT + day + 1, "d3", once(1, "third")).await, repeat);
}
