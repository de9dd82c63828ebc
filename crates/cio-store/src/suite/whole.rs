//! The store as a whole: workspaces, order, atomic calls, closing.

use cio_domain::job::{Queue, Settlement};
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::RelatePerson;
use cio_domain::workspace::WorkspaceCounts;
use cio_domain::{Operation, WorkspaceId};

use super::given::{
    AT, Given, deliver, delivery, email, event, event_with_id, given, id, identify, new_workspace,
    track,
};
use super::join;
use crate::messages::DeliveryQuery;
use crate::{ActivityQuery, Store, StoreError};

/// Nothing of one workspace is seen from another, not even an event id or a block.
pub(super) async fn workspaces_are_separate(store: &dyn Store) {
    let one = given(store).await;
    let two = store
        .create_workspace(new_workspace("two"), Vec::new())
        .await;
    let two = Given {
        store,
        workspace: two.expect("a workspace is created").0.id,
    };
    one.apply(identify(id("1")).email("a@x.io")).await;
    one.apply(track(id("1"), event_with_id("one", "e1"))).await;
    one.apply(deliver(delivery("d1", Some(id("1"))))).await;
    one.apply(Operation::Suppress(id("blocked"))).await;
    assert_eq!(two.find(&id("1")).await, None);
    assert_eq!(two.find(&email("a@x.io")).await, None);
    assert_eq!(two.events(&id("1")).await, None);
    let delivery = store.delivery(two.workspace, "d1".to_owned()).await;
    assert_eq!(delivery.expect("deliveries can be read"), None);
    let content = store.delivery_content(two.workspace, "d1".to_owned()).await;
    assert_eq!(content.expect("contents can be read"), None);
    let query = DeliveryQuery {
        limit: 10,
        ..DeliveryQuery::default()
    };
    let page = store.deliveries(two.workspace, query).await;
    assert_eq!(page.expect("deliveries can be listed").items, []);
    // The same names and ids are free here, and removing them here leaves them there.
    two.apply(track(id("1"), event_with_id("two", "e1"))).await;
    assert_eq!(two.events(&id("1")).await, Some(vec!["two".to_owned()]));
    two.apply(identify(id("blocked"))).await;
    two.person(&id("blocked")).await;
    two.apply(Operation::Delete(id("1"))).await;
    assert_eq!(one.events(&id("1")).await, Some(vec!["one".to_owned()]));
    one.person(&email("a@x.io")).await;
}

/// People and objects are counted as they come and go, messages as they leave.
pub(super) async fn a_workspace_knows_how_much_it_holds(store: &dyn Store) {
    let given = given(store).await;
    let counts = async || store.counts(given.workspace).await.expect("it is counted");
    assert_eq!(counts().await, WorkspaceCounts::default());
    let object = |type_id: u32, name: &str| ObjectRef::Id(ObjectTypeId(type_id), name.to_owned());
    for name in ["1", "2", "3", "4", "5"] {
        given.apply(identify(id(name))).await;
    }
    given.apply(identify(id("1"))).await;
    for object in [object(1, "a"), object(1, "b"), object(2, "a")] {
        let relate = RelatePerson::Add {
            person: id("1").into(),
            attributes: Vec::new(),
        };
        let people = vec![relate];
        given
            .apply(Operation::RelateObject { object, people })
            .await;
    }
    given.apply(deliver(delivery("d1", Some(id("1"))))).await;
    for job in store
        .claim_jobs(Queue::Deliveries, AT, AT + 1, 9)
        .await
        .expect("claimed")
    {
        let sent = Settlement::sent(cio_domain::message::EmailContent::default());
        assert!(store.settle_job(job, AT, sent).await.expect("settled"));
    }
    let all = WorkspaceCounts {
        people: 5,
        objects: 3,
        object_types: 2,
        messages_sent: 1,
    };
    assert_eq!(counts().await, all);
    given.apply(Operation::Delete(id("2"))).await;
    given.apply(Operation::Suppress(id("3"))).await;
    let (primary, secondary) = (id("1"), id("4"));
    given.apply(Operation::Merge { primary, secondary }).await;
    given.apply(Operation::DeleteObject(object(2, "a"))).await;
    let left = WorkspaceCounts {
        people: 2,
        objects: 2,
        ..all
    };
    assert_eq!(counts().await, left);
    let nowhere = store.counts(WorkspaceId(999)).await;
    assert_eq!(nowhere.expect("it is counted"), WorkspaceCounts::default());
}

/// Each operation of a call sees those before it.
pub(super) async fn a_call_is_applied_in_order(store: &dyn Store) {
    let given = given(store).await;
    let operations = vec![
        identify(id("1")).email("a@x.io").set("a", "1").into(),
        track(email("A@x.io"), event("before")),
        Operation::Delete(id("1")),
        identify(email("a@x.io")).set("b", "2").into(),
        track(email("a@x.io"), event("after")),
        Operation::Suppress(id("2")),
        Operation::Unsuppress(id("2")),
        identify(id("2")).into(),
    ];
    given.apply_at(AT, operations).await;
    assert_eq!(given.find(&id("1")).await, None);
    let person = given.person(&email("a@x.io")).await;
    let names: Vec<&str> = person.attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["b"]);
    let events = given.events(&email("a@x.io")).await;
    assert_eq!(events, Some(vec!["after".to_owned()]));
    given.person(&id("2")).await;
}

/// While calls replace a person as a whole, a reader always finds one of them, complete.
pub(super) async fn a_call_is_never_seen_half_done(store: &dyn Store) {
    let given = given(store).await;
    let replace = |n: u32| -> Vec<Operation> {
        vec![
            Operation::Delete(id("1")),
            identify(id("1"))
                .set("a", &n.to_string())
                .set("b", &n.to_string())
                .into(),
        ]
    };
    given.apply_at(AT, replace(0)).await;
    let callers = (0..4_u32)
        .map(|caller| {
            let (given, replace) = (&given, &replace);
            async move {
                for n in 0..60 {
                    if caller == 0 {
                        given.apply_at(AT, replace(n)).await;
                        continue;
                    }
                    let person = given.person(&id("1")).await;
                    let [a, b] = ["a", "b"].map(|name| person.attributes.get(name));
                    assert!(a.is_some() && a == b, "half a call was seen");
                }
            }
        })
        .collect();
    join::all(callers).await;
}

/// Of 32 callers at once everyone sees at once what they were answered for.
pub(super) async fn everyone_reads_what_they_wrote(store: &dyn Store) {
    const CALLERS: usize = 32;
    const ROUNDS: usize = 8;
    let given = given(store).await;
    let callers = (0..CALLERS)
        .map(|caller| {
            let given = &given;
            async move {
                let person = id(&format!("p{caller}"));
                for round in 0..ROUNDS {
                    let value = round.to_string();
                    let operations = vec![
                        identify(person.clone()).set("round", &value).into(),
                        track(person.clone(), event(&value)),
                        track(id("shared"), event(&format!("{caller}/{round}"))),
                    ];
                    given.apply_at(AT, operations).await;
                    let found = given.person(&person).await;
                    assert_eq!(found.attributes["round"].json, value);
                    let events = given.events(&person).await.expect("they are there");
                    assert_eq!(events.len(), round + 1);
                    assert_eq!(events[0], value);
                }
            }
        })
        .collect();
    join::all(callers).await;
    let shared = given.events(&id("shared")).await.expect("they are there");
    assert_eq!(shared.len(), CALLERS * ROUNDS);
    for caller in 0..CALLERS {
        let prefix = format!("{caller}/");
        let rounds: Vec<usize> = shared
            .iter()
            .filter_map(|name| name.strip_prefix(&prefix)?.parse().ok())
            .collect();
        assert!(
            rounds.iter().rev().copied().eq(0..ROUNDS),
            "a later call of {caller} came first"
        );
    }
}

/// After closing every method says that the store is unavailable.
pub(super) async fn a_closed_store_says_so(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1"))).await;
    store.close().await.expect("it closes");
    store.close().await.expect("it is closed");
    let workspace = WorkspaceId(1);
    let write = store.apply(workspace, AT, vec![identify(id("2")).into()]);
    assert!(matches!(write.await, Err(StoreError::Unavailable(_))));
    let read = store.person(workspace, id("1"));
    assert!(matches!(read.await, Err(StoreError::Unavailable(_))));
    let list = store.activities(workspace, id("1"), ActivityQuery::default());
    assert!(matches!(list.await, Err(StoreError::Unavailable(_))));
    let jobs = store.claim_jobs(Queue::Deliveries, AT, AT + 1, 1);
    assert!(matches!(jobs.await, Err(StoreError::Unavailable(_))));
}
