//! Deleting, suppressing, unsuppressing.

use cio_domain::job::Queue;
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::given::{
    AT, Given, cio_id, deliver, delivery, device, email, event, given, id, identify, track,
};
use crate::Store;

const BLOCKED: Outcome = Outcome::Ignored(Ignored::Suppressed);

/// Somebody with something of everything.
async fn given_ana(store: &dyn Store) -> Given<'_> {
    let given = given(store).await;
    given
        .apply(identify(id("1")).email("ana@x.io").set("a", "1"))
        .await;
    given.apply(device(id("1"), "t", "one")).await;
    given.apply(track(id("1"), event("bought"))).await;
    given
}

async fn assert_gone(given: &Given<'_>, person: &Identifier) {
    for name in [person, &id("1"), &email("Ana@X.io")] {
        assert_eq!(given.find(name).await, None, "{}", name.value());
        assert_eq!(given.events(name).await, None);
    }
    let by_email = given
        .store
        .people_by_email(given.workspace, "ana@x.io".to_owned())
        .await
        .expect("people can be read");
    assert_eq!(by_email, []);
}

/// Whoever has the names now has nothing of before.
async fn assert_fresh(given: &Given<'_>, old: &Identifier) {
    given.apply(identify(id("1")).email("ana@x.io")).await;
    let person = given.person(&id("1")).await;
    assert_ne!(cio_id(&person), *old);
    assert_eq!(person.identifiers.email.as_deref(), Some("ana@x.io"));
    assert!(person.attributes.is_empty());
    assert!(person.devices.is_empty());
    assert_eq!(given.events(&id("1")).await, Some(Vec::new()));
}

/// After a delete nothing is left, and the names are free.
pub(super) async fn delete_removes_everything_and_frees_the_names(store: &dyn Store) {
    let given = given_ana(store).await;
    let old = cio_id(&given.person(&id("1")).await);
    let deleted = given.apply(Operation::Delete(email("ANA@x.io"))).await;
    assert_eq!(deleted, Outcome::Applied);
    assert_gone(&given, &old).await;
    assert_eq!(
        given.apply(Operation::Delete(id("1"))).await,
        Outcome::Applied
    );
    assert_fresh(&given, &old).await;
}

/// After a suppression nothing is left, and every operation that names the id or the
/// email is left out.
pub(super) async fn suppress_removes_everything_and_blocks_both_names(store: &dyn Store) {
    let given = given_ana(store).await;
    let old = cio_id(&given.person(&id("1")).await);
    let blocked = given.apply(Operation::Suppress(id("1"))).await;
    assert_eq!(blocked, Outcome::Applied);
    assert_gone(&given, &old).await;
    for name in [id("1"), email("ANA@x.io")] {
        let operations = [
            identify(name.clone()).set("a", "1").into(),
            track(name.clone(), event("again")),
            device(name.clone(), "t", "one"),
        ];
        for operation in operations {
            assert_eq!(given.apply(operation).await, BLOCKED, "{}", name.value());
        }
    }
    // Nor do the names come in through the body.
    let through_body = given.apply(identify(id("2")).email("ana@x.io")).await;
    assert_eq!(through_body, BLOCKED);
    given.apply(identify(id("3"))).await;
    given.apply(identify(id("3")).email("ana@x.io")).await;
    assert_eq!(given.person(&id("3")).await.identifiers.email, None);
    assert_gone(&given, &old).await;
}

/// A name can be blocked before anybody has it.
pub(super) async fn suppress_blocks_a_name_nobody_has(store: &dyn Store) {
    let given = given(store).await;
    for name in [id("1"), email("Bob@x.io")] {
        given.apply(Operation::Suppress(name)).await;
    }
    assert_eq!(given.apply(identify(id("1"))).await, BLOCKED);
    assert_eq!(given.apply(identify(email("bob@x.io"))).await, BLOCKED);
    assert_eq!(
        given.apply(identify(email("eve@x.io"))).await,
        Outcome::Applied
    );
}

/// A `cio_id` names the person to block as well; one that names nobody is left out.
pub(super) async fn suppress_by_cio_id_blocks_both_names(store: &dyn Store) {
    let given = given_ana(store).await;
    let old = cio_id(&given.person(&id("1")).await);
    let blocked = given.apply(Operation::Suppress(old.clone())).await;
    assert_eq!(blocked, Outcome::Applied);
    assert_gone(&given, &old).await;
    assert_eq!(given.apply(identify(id("1"))).await, BLOCKED);
    assert_eq!(given.apply(identify(email("ana@x.io"))).await, BLOCKED);
    let unknown = given.apply(Operation::Suppress(old)).await;
    assert_eq!(unknown, Outcome::Ignored(Ignored::UnknownCioId));
}

/// Lifting the block of one name lifts that of its twin; the person does not come back.
pub(super) async fn unsuppress_lifts_both_blocks(store: &dyn Store) {
    let given = given_ana(store).await;
    let old = cio_id(&given.person(&id("1")).await);
    given.apply(Operation::Suppress(id("1"))).await;
    let lifted = given.apply(Operation::Unsuppress(email("ana@X.io"))).await;
    assert_eq!(lifted, Outcome::Applied);
    assert_gone(&given, &old).await;
    assert_fresh(&given, &old).await;
    let nothing = given.apply(Operation::Unsuppress(id("1"))).await;
    assert_eq!(nothing, Outcome::Applied);
    given.person(&id("1")).await;
}

/// Deliveries stay when their person goes: after a delete with the `cio_id` alone, after
/// a suppression with nothing.
pub(super) async fn a_removed_person_leaves_the_deliveries(store: &dyn Store) {
    let given = given_ana(store).await;
    given.apply(identify(id("2"))).await;
    given.apply(deliver(delivery("d1", Some(id("1"))))).await;
    given.apply(deliver(delivery("d2", Some(id("2"))))).await;
    let read = async |which: &str| {
        store
            .delivery(given.workspace, which.to_owned())
            .await
            .expect("deliveries can be read")
            .expect("the delivery is there")
            .person
    };
    let before = read("d1").await.expect("it has a person");
    assert_eq!(before.email.as_deref(), Some("ana@x.io"));
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(Operation::Suppress(id("2"))).await;
    let after = read("d1").await.expect("the cio_id stays");
    assert_eq!((after.id, after.email), (None, None));
    assert_eq!(after.cio_id, before.cio_id);
    assert_eq!(read("d2").await, None);
}

/// What was waiting for somebody when they were suppressed does not leave.
pub(super) async fn a_suppressed_person_gets_nothing_that_was_waiting(store: &dyn Store) {
    let given = given_ana(store).await;
    given.apply(deliver(delivery("d1", Some(id("1"))))).await;
    given.apply(deliver(delivery("d2", Some(id("1"))))).await;
    let claimed = store
        .claim_jobs(Queue::Deliveries, AT, AT + 1_000, 1)
        .await
        .expect("jobs can be claimed");
    assert_eq!(claimed.len(), 1);
    given.apply(Operation::Suppress(id("1"))).await;
    let left = store
        .claim_jobs(Queue::Deliveries, AT + 5_000, AT + 9_000, 10)
        .await
        .expect("jobs can be claimed");
    assert_eq!(left, []);
    for which in ["d1", "d2"] {
        let delivery = store
            .delivery(given.workspace, which.to_owned())
            .await
            .expect("deliveries can be read")
            .expect("the delivery is there");
        assert!(delivery.metrics.contains_key("undeliverable"), "{which}");
        assert!(delivery.failure_message.is_some(), "{which}");
    }
}
