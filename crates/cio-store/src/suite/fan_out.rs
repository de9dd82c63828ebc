//! Triggers under way: parts of them are taken with how far they are.

use cio_domain::delivery::{NewDelivery, Origin, Parent};
use cio_domain::job::Queue;
use cio_domain::limits::TRIGGER_ERRORS_MAX;
use cio_domain::message::{Channel, Content};
use cio_domain::transfer::TransferEnd;
use cio_domain::trigger::{LineEnd, TriggerId, TriggerPosition, TriggerState, TriggerStep};
use cio_domain::{Operation, PersonId};
use cio_wire::Identifier;

use super::given::{AT, Given, given, id, identify};
use super::triggers::{BROADCAST, advance, claim, create, errors, found, settle, step, to_list};
use crate::Store;
use crate::messages::DeliveryQuery;

fn message(trigger: TriggerId, person: PersonId) -> NewDelivery {
    NewDelivery {
        person: Some(Identifier::CioId(person.to_string())),
        origin: Origin::Broadcast {
            broadcast: trigger.broadcast,
            action: 9,
            trigger: trigger.number,
        },
        ..NewDelivery::new(format!("to {person}"), Content::empty(Channel::Push))
    }
}

async fn deliveries(given: &Given<'_>) -> Vec<String> {
    let query = DeliveryQuery {
        parents: vec![Parent::Broadcast(BROADCAST)],
        limit: 10,
        ..DeliveryQuery::default()
    };
    let page = given.store.deliveries(given.workspace, query).await;
    let page = page.expect("deliveries are read");
    page.items.into_iter().map(|it| it.id).collect()
}

/// People of these ids, in this order.
async fn people(given: &Given<'_>, ids: &[&str]) -> Vec<PersonId> {
    for name in ids {
        given.apply(identify(id(name))).await;
    }
    let names = ids.iter().map(|name| id(name)).collect();
    let found = given.store.find_people(given.workspace, names).await;
    found.expect("people are found").concat()
}

/// Messages come with how far the trigger is, each once, and to nobody who is gone.
pub(super) async fn a_step_is_taken_with_how_far_it_is(store: &dyn Store) {
    let given = given(store).await;
    let people = people(&given, &["1", "2", "3"]).await;
    given.apply(Operation::Delete(id("3"))).await;
    let trigger_id = create(&given, to_list(None)).await;
    let job = claim(store, AT).await.remove(0);
    let to = |person: usize| vec![message(trigger_id, people[person])];
    let page = |text: &str| TriggerPosition::Page(text.to_owned());
    let first = step(vec![to(0), to(1), to(0), to(2)], page("a"));
    let next = advance(&given, &job, first.clone()).await;
    let next = next.expect("the lease is ours");
    assert_eq!((next.lease_until, next.attempts), (AT + 5_000, 0));
    let trigger = found(&given, trigger_id).await;
    assert_eq!(trigger.state, TriggerState::Running);
    assert_eq!((trigger.recipients, trigger.position), (2, page("a")));
    let ids = [1, 0].map(|person: usize| format!("to {}", people[person]));
    assert_eq!(deliveries(&given).await, ids);
    let waiting = store.claim_jobs(Queue::BulkDeliveries, AT, AT + 1, 10);
    let waiting = waiting.await.expect("jobs can be claimed");
    assert_eq!(waiting.len(), 2);

    assert_eq!(advance(&given, &job, first).await, None, "an old lease");
    assert_eq!(claim(store, AT + 4_999).await, [], "it ends later");
    let end = LineEnd {
        offset: 70,
        line: 3,
    };
    for position in [
        TriggerPosition::Checking(end),
        TriggerPosition::Sending(end),
    ] {
        let next = advance(&given, &next, step(vec![to(1)], position.clone())).await;
        assert!(next.is_some());
        let trigger = found(&given, trigger_id).await;
        assert_eq!((trigger.recipients, trigger.position), (2, position));
    }
    assert_eq!(deliveries(&given).await.len(), 2, "they have it already");
}

/// What may pass is tried again; what ends does so once, and says why.
pub(super) async fn a_trigger_is_tried_again_or_given_up(store: &dyn Store) {
    let given = given(store).await;
    let trigger_id = create(&given, to_list(None)).await;
    let job = claim(store, AT).await.remove(0);
    let extended = store.extend_lease(job.clone(), AT + 3_000).await;
    let extended = extended.expect("leases are extended").expect("it is ours");
    let retry = TransferEnd::Retry {
        at: AT + 9_000,
        reason: Some("not yet".to_owned()),
    };
    assert!(!settle(&given, &job, retry.clone()).await, "an old lease");
    assert!(settle(&given, &extended, retry).await);
    let waiting = found(&given, trigger_id).await;
    assert_eq!(waiting.failure.as_deref(), Some("not yet"));
    assert_eq!((waiting.ended_at, waiting.errors), (None, 0));
    assert_eq!(claim(store, AT + 8_999).await, []);
    let again = claim(store, AT + 9_000).await.remove(0);
    assert_eq!(again.attempts, 1);
    let end = TransferEnd::Failed("the file cannot be fetched".to_owned());
    assert!(settle(&given, &again, end.clone()).await);
    assert!(!settle(&given, &again, end).await, "once");
    let failed = found(&given, trigger_id).await;
    assert_eq!(
        (failed.state, failed.ended_at),
        (TriggerState::Failed, Some(AT + 7))
    );
    let why = ["the file cannot be fetched"];
    assert_eq!(errors(&given, trigger_id, 0, 10).await, why);
    assert_eq!(claim(store, AT + 99_000).await, []);
}

/// What is wrong is kept in order up to a limit, and counted beyond it.
pub(super) async fn errors_are_read_from_any_of_them_on(store: &dyn Store) {
    let given = given(store).await;
    let trigger_id = create(&given, to_list(None)).await;
    let mut job = claim(store, AT).await.remove(0);
    let line = |number: u64| format!("line {number}: no");
    let max = TRIGGER_ERRORS_MAX;
    for range in [
        0..1,
        1..1_501,
        1_501..1_501,
        1_501..max - 1,
        max - 1..max + 9,
    ] {
        let step = TriggerStep {
            errors: range.map(line).collect(),
            ..TriggerStep::default()
        };
        job = advance(&given, &job, step).await.expect("it is ours");
    }
    assert_eq!(found(&given, trigger_id).await.errors, max + 9);
    for (start, limit) in [
        (0, 1),
        (0, 3),
        (499, 4),
        (1_000, 1_000),
        (1_501, 1),
        (max - 1, 9),
    ] {
        let expected: Vec<String> = (start..(start + limit).min(max)).map(line).collect();
        let limit = usize::try_from(limit).expect("it is small");
        assert_eq!(
            errors(&given, trigger_id, start, limit).await,
            expected,
            "{start}"
        );
    }
    for start in [max, max + 5, u64::MAX] {
        assert_eq!(
            errors(&given, trigger_id, start, 9).await,
            [""; 0],
            "{start}"
        );
    }
    assert!(settle(&given, &job, TransferEnd::Failed("why".to_owned())).await);
    assert_eq!(
        found(&given, trigger_id).await.errors,
        max + 9,
        "it has others"
    );
}
