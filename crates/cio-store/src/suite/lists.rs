//! Long lists: forgetting their beginning, and turning their pages.

use cio_domain::activity::ActivityKind;
use cio_domain::limits::EVENT_ID_MEMORY_DAYS;
use cio_domain::operation::EventKind;
use cio_domain::{Ignored, Operation, Outcome};

use super::given::{AT, event, event_with_id, given, id, track};
use crate::messages::DeliveryQuery;
use crate::{ActivityQuery, Store, StoreError};

const MEMORY_MS: u64 = EVENT_ID_MEMORY_DAYS * 24 * 60 * 60 * 1_000;

/// Forgetting old event ids forgets no young one, however many there are.
pub(super) async fn only_expired_event_ids_are_forgotten(store: &dyn Store) {
    let given = given(store).await;
    let batch = |from: u64| -> Vec<Operation> {
        (from..from + 50)
            .map(|n| track(id("1"), event_with_id("one", &format!("e{n}"))))
            .collect()
    };
    let applied = vec![Outcome::Applied; 50];
    let repeated = vec![Outcome::Ignored(Ignored::DuplicateEvent); 50];
    assert_eq!(given.apply_at(AT, batch(0)).await, applied);
    let last = AT + MEMORY_MS - 1;
    assert_eq!(given.apply_at(last, batch(0)).await, repeated);
    let second = AT + MEMORY_MS / 2;
    assert_eq!(given.apply_at(second, batch(50)).await, applied);
    let third = AT + MEMORY_MS;
    assert_eq!(given.apply_at(third, batch(100)).await, applied);
    assert_eq!(given.apply_at(third, batch(50)).await, repeated);
    assert_eq!(given.apply_at(third, batch(0)).await, applied);
    for from in [0, 50, 100] {
        let again = given.apply_at(third + 1, batch(from)).await;
        assert_eq!(again, repeated, "from {from}");
    }
}

/// Pages of a filtered list hold every entry that fits exactly once.
pub(super) async fn filtered_pages_hold_every_entry_once(store: &dyn Store) {
    let given = given(store).await;
    for n in 0..24 {
        let mut event = event(&format!("n{}", n % 3));
        event.timestamp = Some(n / 4);
        if n % 2 == 0 {
            event.kind = EventKind::Page;
        }
        event.data = Some(format!("{{\"n\":{n}}}"));
        given.apply(track(id("1"), event)).await;
    }
    for limit in [1, 3, 4, 5, 50] {
        let mut query = ActivityQuery {
            kind: Some(ActivityKind::PAGE),
            name: Some("n1".to_owned()),
            limit,
            ..ActivityQuery::default()
        };
        let mut found = Vec::new();
        loop {
            let page = store.activities(given.workspace, id("1"), query.clone());
            let page = page.await.expect("activities can be read");
            let page = page.expect("the person is there");
            assert!(page.items.len() <= limit);
            found.extend(page.items.into_iter().filter_map(|entry| entry.data));
            if page.next.is_none() {
                break;
            }
            query.start = page.next;
        }
        let expected = [22, 16, 10, 4].map(|n| format!("{{\"n\":{n}}}"));
        assert_eq!(found, expected, "limit {limit}");
    }
}

/// A cursor that no page of this list gave is refused.
pub(super) async fn a_foreign_cursor_is_refused(store: &dyn Store) {
    let given = given(store).await;
    for person in ["1", "1", "2", "2"] {
        given.apply(track(id(person), event("one"))).await;
    }
    let query = |start: Option<String>| ActivityQuery {
        start,
        limit: 1,
        ..ActivityQuery::default()
    };
    let page = store.activities(given.workspace, id("2"), query(None));
    let page = page.await.expect("activities can be read");
    let of_another = page.expect("the person is there").next;
    assert!(of_another.is_some());
    let starts = ["", "x", "no cursor", "AAAA", "////"].map(|text| Some(text.to_owned()));
    for start in starts.into_iter().chain([of_another]) {
        let list = store.activities(given.workspace, id("1"), query(start.clone()));
        let refused = matches!(list.await, Err(StoreError::BadCursor));
        assert!(refused, "{start:?} in activities");
        let query = DeliveryQuery {
            start: start.clone(),
            limit: 1,
            ..DeliveryQuery::default()
        };
        let list = store.deliveries(given.workspace, query);
        let refused = matches!(list.await, Err(StoreError::BadCursor));
        assert!(refused, "{start:?} in deliveries");
    }
}
