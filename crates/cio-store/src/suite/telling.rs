//! Telling what waits: one worker at a time, in order, until it is told or given up.

use cio_domain::content::reporting_webhook::ReportingWebhook;
use cio_domain::job::{Job, Queue, Work};
use cio_domain::reporting::{Settled, TurnEnd};
use cio_domain::{Operation, UnixMillis};

use super::given::{AT, AT_SECONDS, Given, deliver, delivery, given, id};
use super::reporting_webhooks::{
    claim, create, delete, names, new, next, report, switched, update, waiting,
};
use crate::Store;

/// A webhook that tells deliveries and spam, and a message.
async fn given_a_webhook(store: &dyn Store) -> (Given<'_>, ReportingWebhook) {
    let given = given(store).await;
    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    let webhook = create(&given, new(&["email_delivered", "email_spammed"])).await;
    (given, webhook)
}

async fn happens(given: &Given<'_>, metrics: &[&str]) {
    let reports = metrics.iter().map(|it| report(it, AT_SECONDS)).collect();
    given.apply_at(AT, reports).await;
}

async fn settle(
    store: &dyn Store,
    job: &Job,
    at: UnixMillis,
    told: Option<u64>,
    end: TurnEnd,
) -> Settled {
    let settled = store.settle_events(job.clone(), at, told, end).await;
    settled.expect("events can be settled")
}

fn go_on(lease_until: UnixMillis) -> TurnEnd {
    TurnEnd::GoOn { lease_until }
}

fn later(at: UnixMillis, webhook: &ReportingWebhook) -> TurnEnd {
    TurnEnd::Later {
        at,
        attempts: 3,
        revision: webhook.revision,
        give_up_before: 0,
    }
}

async fn due(store: &dyn Store) -> Option<UnixMillis> {
    let due = store.next_job_due(Queue::Reporting).await;
    due.expect("jobs can be read")
}

/// A webhook has one job while something waits, and none after; what was told does not come
/// again, and what happens meanwhile comes behind it.
pub(super) async fn what_was_told_does_not_come_again(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    assert_eq!(due(store).await, None);
    happens(&given, &["delivered", "spammed", "delivered"]).await;
    assert_eq!(due(store).await, Some(AT));
    let job = claim(store, AT).await.remove(0);
    assert_eq!(job.work, Work::Tell(webhook.id));
    let few = store.next_events(job.clone(), 2).await.expect("read");
    let (read, few) = few.expect("something waits");
    assert_eq!(read, webhook);
    assert_eq!(names(&few), ["email_delivered", "email_spammed"]);
    happens(&given, &["spammed"]).await;
    assert_eq!(claim(store, AT).await, [], "it has one job");

    let told = Some(few[0].sequence);
    let settled = settle(store, &job, AT, told, go_on(AT + 2_000)).await;
    let job = settled.job.expect("more waits");
    assert_eq!(job.lease_until, AT + 2_000);
    let left = next(store, &job).await;
    assert_eq!(
        names(&left),
        ["email_spammed", "email_delivered", "email_spammed"]
    );
    assert_eq!(left[0], few[1], "as it was before");
    assert_eq!(waiting(store).await, 3);
    let told = Some(left[2].sequence);
    let settled = settle(store, &job, AT, told, go_on(AT + 3_000)).await;
    assert_eq!(settled, Settled::default());
    assert_eq!((due(store).await, waiting(store).await), (None, 0));

    happens(&given, &["delivered"]).await;
    let job = claim(store, AT + 9).await.remove(0);
    assert_eq!(job.attempts, 0);
    assert_eq!(names(&next(store, &job).await), ["email_delivered"]);
}

/// A lease that went to somebody else reads and settles nothing, and what was not settled is
/// told again, the same.
pub(super) async fn a_lost_lease_tells_nothing(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    happens(&given, &["delivered", "spammed"]).await;
    let first = claim(store, AT).await.remove(0);
    let before = next(store, &first).await;
    assert_eq!(claim(store, AT + 999).await, []);
    let second = claim(store, AT + 1_000).await.remove(0);
    assert_eq!(second.attempts, 1, "the lost attempt counts");
    assert_eq!(next(store, &first).await, []);
    let told = Some(before[1].sequence);
    for end in [go_on(AT + 9_000), later(AT + 9_000, &webhook)] {
        let settled = settle(store, &first, AT + 1_500, told, end).await;
        assert_eq!(settled, Settled::default());
    }
    assert_eq!(next(store, &second).await, before);
    settle(store, &second, AT + 1_500, told, go_on(AT + 9_000)).await;
    assert_eq!(waiting(store).await, 0);
}

/// What could not be told waits for its time, with how often it was tried, behind what was.
pub(super) async fn what_could_not_be_told_waits(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    happens(&given, &["delivered", "spammed"]).await;
    let job = claim(store, AT).await.remove(0);
    let first = next(store, &job).await[0].sequence;
    let end = later(AT + 60_000, &webhook);
    let settled = settle(store, &job, AT, Some(first), end).await;
    assert_eq!(settled, Settled::default());
    happens(&given, &["delivered"]).await;
    assert_eq!(claim(store, AT + 59_999).await, []);
    assert_eq!(due(store).await, Some(AT + 60_000));
    let job = claim(store, AT + 60_000).await.remove(0);
    assert_eq!(job.attempts, 3);
    let left = names(&next(store, &job).await);
    assert_eq!(left, ["email_spammed", "email_delivered"]);
}

/// What waited for too long is given up when it could not be told once more, and only that.
pub(super) async fn what_waited_too_long_is_given_up(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    happens(&given, &["delivered", "spammed"]).await;
    let young = vec![report("delivered", AT_SECONDS)];
    given.apply_at(AT + 50, young).await;
    let end = |give_up_before| TurnEnd::Later {
        at: AT + 10_000,
        attempts: 1,
        revision: webhook.revision,
        give_up_before,
    };
    let job = claim(store, AT + 60).await.remove(0);
    let settled = settle(store, &job, AT + 60, None, end(AT)).await;
    assert_eq!((settled.expired, waiting(store).await), (0, 3));
    let job = claim(store, AT + 10_000).await.remove(0);
    let settled = settle(store, &job, AT + 10_000, None, end(AT + 50)).await;
    assert_eq!((settled.expired, settled.switched_off), (2, 0));
    assert_eq!((settled.job, waiting(store).await), (None, 1));
    let job = claim(store, AT + 10_000).await.remove(0);
    assert_eq!(names(&next(store, &job).await), ["email_delivered"]);
    let settled = settle(store, &job, AT + 10_000, None, end(AT + 51)).await;
    assert_eq!((settled.expired, due(store).await), (1, None));
}

/// A webhook that is changed is tried at once, one that a worker has just now as well: what
/// it was refused with the settings of before says nothing any more.
pub(super) async fn a_changed_webhook_is_tried_at_once(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    happens(&given, &["delivered"]).await;
    let job = claim(store, AT).await.remove(0);
    settle(store, &job, AT, None, later(AT + 60_000, &webhook)).await;
    let changed = update(&given, webhook.id, switched(false)).await;
    assert_eq!(due(store).await, Some(AT));
    let job = claim(store, AT).await.remove(0);
    assert_eq!(job.attempts, 0);

    update(&given, webhook.id, switched(false)).await;
    assert_eq!(claim(store, AT).await, [], "it is still the worker's");
    assert_eq!(next(store, &job).await.len(), 1);
    settle(store, &job, AT + 5, None, later(AT + 60_000, &changed)).await;
    assert_eq!(due(store).await, Some(AT + 5));
    let job = claim(store, AT + 5).await.remove(0);
    assert_eq!((job.attempts, next(store, &job).await.len()), (0, 1));
}

/// What waits for a webhook that is switched off is dropped, a bounded part at a time, and
/// does not come when it is switched on again; what happens from then on does.
pub(super) async fn a_webhook_that_is_off_drops_what_waits(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    let many: Vec<Operation> = (0..2_500)
        .map(|_| report("delivered", AT_SECONDS))
        .collect();
    given.apply_at(AT, many).await;
    let job = claim(store, AT).await.remove(0);
    settle(store, &job, AT, None, later(AT + 60_000, &webhook)).await;
    update(&given, webhook.id, switched(true)).await;
    let mut job = claim(store, AT).await.remove(0);
    assert_eq!(next(store, &job).await, []);
    let settled = settle(store, &job, AT, None, go_on(AT + 2_000)).await;
    assert_eq!(settled.switched_off, 1_000, "a part of it");
    job = settled.job.expect("there is more");

    happens(&given, &["delivered"]).await;
    assert_eq!(waiting(store).await, 1_500, "it tells nothing");
    update(&given, webhook.id, switched(false)).await;
    happens(&given, &["spammed"]).await;
    let left = next(store, &job).await;
    assert_eq!(names(&left), ["email_spammed"]);
    let mut dropped = settled.switched_off;
    loop {
        let settled = settle(store, &job, AT, None, go_on(AT + 2_000)).await;
        dropped += settled.switched_off;
        job = settled.job.expect("the last one waits");
        if settled.switched_off == 0 {
            break;
        }
    }
    assert_eq!((dropped, waiting(store).await), (2_500, 1));
    assert_eq!(next(store, &job).await, left);
}

/// The same of one that is removed, which leaves nothing.
pub(super) async fn a_webhook_that_is_removed_leaves_nothing(store: &dyn Store) {
    let (given, webhook) = given_a_webhook(store).await;
    happens(&given, &["delivered", "spammed"]).await;
    let job = claim(store, AT).await.remove(0);
    delete(&given, webhook.id).await;
    assert_eq!(next(store, &job).await, []);
    let settled = settle(store, &job, AT, None, go_on(AT + 2_000)).await;
    assert_eq!((settled.switched_off, settled.job), (2, None));
    assert_eq!((waiting(store).await, due(store).await), (0, None));
    happens(&given, &["delivered"]).await;
    assert_eq!(waiting(store).await, 0);
}
