//! Promises about events.

use cio_domain::activity::ActivityKind;
use cio_domain::operation::{Event, EventKind};
use cio_domain::{Ignored, Operation, Outcome};

use super::{NOW, WORKSPACE, apply, apply_at, event, id};
use crate::{ActivityQuery, Store, StoreError};

const DAY: u64 = 24 * 60 * 60 * 1_000;

pub(super) async fn an_event_id_counts_once_in_thirty_days(store: &dyn Store) {
    let track = |id: Option<&str>| Operation::Track {
        person: super::id("1"),
        event: event("e", id),
    };
    let twice = vec![track(Some("x")), track(Some("x")), track(None), track(None)];
    let outcomes = store.apply(WORKSPACE, NOW, twice).await.unwrap();
    let repeated = Outcome::Ignored(Ignored::DuplicateEvent);
    assert_eq!(
        outcomes,
        [
            Outcome::Applied,
            repeated,
            Outcome::Applied,
            Outcome::Applied
        ]
    );
    assert_eq!(
        apply_at(store, NOW + 29 * DAY, track(Some("x"))).await,
        repeated
    );
    let anonymous = Operation::TrackAnonymous {
        anonymous_id: None,
        event: event("e", Some("x")),
    };
    assert_eq!(apply(store, anonymous).await, repeated, "of whomever");
    assert_eq!(
        apply_at(store, NOW + 31 * DAY, track(Some("x"))).await,
        Outcome::Applied
    );
    assert_eq!(
        apply_at(store, NOW + 32 * DAY, track(Some("x"))).await,
        repeated,
        "and from then on"
    );
}

pub(super) async fn activities_are_listed_newest_first_each_once(store: &dyn Store) {
    for n in 0..25i64 {
        let kind = if n % 5 == 0 {
            EventKind::Page
        } else {
            EventKind::Event
        };
        // Two of the same second, and some before 1970.
        let event = Event {
            kind,
            timestamp: Some(n / 2 - 5),
            ..event(&format!("e{n}"), None)
        };
        apply(
            store,
            Operation::Track {
                person: id("1"),
                event,
            },
        )
        .await;
    }
    let mut seen = Vec::new();
    let mut query = ActivityQuery {
        limit: 7,
        ..ActivityQuery::default()
    };
    loop {
        let page = store
            .activities(WORKSPACE, id("1"), query.clone())
            .await
            .unwrap()
            .unwrap();
        assert!(page.items.len() <= 7);
        seen.extend(page.items.into_iter().filter_map(|activity| activity.name));
        let Some(next) = page.next else { break };
        query.start = Some(next);
    }
    let expected: Vec<String> = (0..25).rev().map(|n| format!("e{n}")).collect();
    assert_eq!(seen, expected);

    let only = |kind, name: Option<&str>| ActivityQuery {
        kind,
        name: name.map(str::to_owned),
        limit: 100,
        ..ActivityQuery::default()
    };
    let pages = store
        .activities(WORKSPACE, id("1"), only(Some(ActivityKind::PAGE), None))
        .await;
    assert_eq!(pages.unwrap().unwrap().items.len(), 5);
    let named = store
        .activities(WORKSPACE, id("1"), only(None, Some("e7")))
        .await;
    assert_eq!(named.unwrap().unwrap().items.len(), 1);
    assert!(
        store
            .activities(WORKSPACE, id("nobody"), only(None, None))
            .await
            .unwrap()
            .is_none()
    );
    for start in ["!", "AAAA", ""] {
        let bad = ActivityQuery {
            start: Some(start.to_owned()),
            limit: 1,
            ..ActivityQuery::default()
        };
        let result = store.activities(WORKSPACE, id("1"), bad).await;
        assert!(matches!(result, Err(StoreError::BadCursor)), "{start:?}");
    }
}

pub(super) async fn visitors_are_told_apart(store: &dyn Store) {
    for (visitor, name) in [
        (Some("a"), "one"),
        (Some("ab"), "two"),
        (Some("a"), "three"),
        (None, "invite"),
    ] {
        let anonymous_id = visitor.map(str::to_owned);
        apply(
            store,
            Operation::TrackAnonymous {
                anonymous_id,
                event: event(name, None),
            },
        )
        .await;
    }
    let names = async |visitor: &str| {
        let events = store
            .anonymous_events(WORKSPACE, visitor.to_owned(), 10)
            .await
            .unwrap();
        events.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names("a").await, ["one", "three"]);
    assert_eq!(names("ab").await, ["two"]);
    assert!(names("abc").await.is_empty());
}
