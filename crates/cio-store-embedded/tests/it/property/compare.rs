//! Everything the store can be asked, asked of both.

use std::collections::BTreeMap;

use cio_domain::UnixMillis;
use cio_domain::delivery::{Parent, WITHOUT_TEMPLATE};
use cio_domain::message::Channel;
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_store::messages::MessageStore as _;
use cio_store::series::{LinkQuery, SeriesQuery, SeriesStore as _};
use cio_store::{ActivityQuery, PeopleQuery, Store};
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;

use super::W;
use super::operations::{CIO_IDS, DELIVERIES, EMAILS, IDS, OBJECTS, VISITORS};
use crate::reference::Model;

const ALL: usize = 10_000;

pub(super) async fn compare(store: &EmbeddedStore, model: &mut Model, at: UnixMillis) {
    model.wait_until(at);
    let model = &*model;
    while store.tend(at).await.unwrap().is_some_and(|due| due <= at) {}
    let ids = IDS.map(|it| Identifier::Id(it.to_owned()));
    let emails = EMAILS.map(|it| Identifier::Email(it.to_owned()));
    let cio_ids = CIO_IDS.map(|it| Identifier::CioId(it.to_owned()));
    for identifier in ids.iter().chain(&emails).chain(&cio_ids) {
        compare_person(store, model, identifier).await;
    }
    let objects = OBJECTS.map(|(number, id)| ObjectRef::Id(ObjectTypeId(number), id.to_owned()));
    let numbers = CIO_IDS.map(|it| ObjectRef::CioId(it.to_owned()));
    for object in objects.iter().chain(&numbers) {
        let found = store.object(W, object.clone()).await.unwrap();
        assert_eq!(found.as_ref(), model.object(object), "{object:?}");
        let people = store.relationships_of_object(W, object.clone(), None, ALL);
        let people = people.await.unwrap().map(|page| page.items);
        assert_eq!(people, model.people_of(object), "people of {object:?}");
    }
    let types = store.object_types(W).await.unwrap();
    assert_eq!(types, model.object_types());
    for visitor in VISITORS.into_iter().chain([""]) {
        let found = store.anonymous_events(W, visitor.to_owned(), ALL);
        let expected = model.log_of_visitor(visitor).into_iter();
        let expected: Vec<_> = expected
            .map(|it| (it.name.unwrap_or_default(), it.data))
            .collect();
        assert_eq!(found.await.unwrap(), expected, "events of {visitor:?}");
    }
    compare_segments(store, model, at).await;
    assert_eq!(store.forms(W).await.unwrap(), model.forms());
    for id in DELIVERIES {
        let found = store.delivery(W, id.to_owned()).await.unwrap();
        assert_eq!(found.as_ref(), model.delivery(id), "{id}");
    }
    compare_series(store, model, at).await;
    // Every entry of the workspace's log is in somebody's.
    store.activity_log(W, everything()).await.unwrap();
}

async fn compare_person(store: &EmbeddedStore, model: &Model, identifier: &Identifier) {
    let name = identifier.value();
    let expected = model.person(identifier);
    let found = store.person(W, identifier.clone()).await.unwrap();
    assert_eq!(found.as_ref(), expected, "{name}");
    let log = store.activities(W, identifier.clone(), everything()).await;
    let log = log.unwrap().map(|page| {
        let entries = page.items.into_iter();
        let entries = entries.filter(|it| it.kind.is_event() || it.delivery_id.is_some());
        entries
            .map(|it| {
                let (name, data) = if it.kind.is_event() {
                    (it.name, it.data)
                } else {
                    (None, None)
                };
                (it.timestamp, name, data, it.delivery_id)
            })
            .collect::<Vec<_>>()
    });
    let expected_log = model.log(identifier).map(|log| {
        let entries = log.into_iter();
        entries
            .map(|it| (it.timestamp, it.name, it.data, it.delivery_id))
            .collect::<Vec<_>>()
    });
    assert_eq!(log, expected_log, "log of {name}");
    let segments = store.segments_of(W, identifier.clone()).await.unwrap();
    let of_model = model.segments_of(identifier);
    assert_eq!(segments, of_model, "segments of {name}");
    let objects = store.relationships_of_person(W, identifier.clone(), None, ALL);
    let objects = objects.await.unwrap().map(|page| page.items);
    assert_eq!(objects, model.objects_of(identifier), "objects of {name}");
    if let Identifier::Email(email) = identifier {
        let found = store.people_by_email(W, email.clone()).await.unwrap();
        let expected = expected.map(|person| &person.identifiers);
        assert_eq!(found.first(), expected, "by email {name}");
    }
}

async fn compare_segments(store: &EmbeddedStore, model: &Model, at: UnixMillis) {
    let mut found = Vec::new();
    for segment in store.segments(W).await.unwrap() {
        let members = store.members(W, segment.id, None, ALL).await.unwrap();
        found.push((segment, members.unwrap().items));
    }
    assert_eq!(found, model.segments());
    for (segment, _) in found {
        let Some(condition) = segment.details.condition else {
            continue;
        };
        let query = PeopleQuery {
            condition: Some(condition.clone()),
            at,
            start: None,
            limit: ALL,
        };
        let people = store.people_matching(W, query).await.unwrap().items;
        let people: Vec<_> = people.into_iter().map(|it| it.identifiers).collect();
        assert_eq!(people, model.people_matching(&condition), "{condition:?}");
    }
}

/// In some hours up to now, and all before and after.
async fn compare_series(store: &EmbeddedStore, model: &Model, at: UnixMillis) {
    let hour = i64::try_from(at / 1_000 / 3_600).unwrap();
    let hours = [0, hour - 30, hour - 24, hour - 1, hour, hour + 1, hour * 2];
    let bounds = hours.map(|hour| hour * 3_600).to_vec();
    let parent = Parent::Transactional(WITHOUT_TEMPLATE);
    for channel in [None, Some(Channel::Email)] {
        let query = SeriesQuery {
            parent,
            channel,
            bounds: bounds.clone(),
        };
        assert_eq!(store.series(W, query).await.unwrap(), model.series(&bounds));
    }
    for unique in [false, true] {
        let query = LinkQuery {
            parent,
            bounds: bounds.clone(),
            unique,
        };
        let links = store.links(W, query).await.unwrap().into_iter();
        let links: BTreeMap<_, _> = links.map(|link| (link.href, link.series)).collect();
        assert_eq!(links, model.links(&bounds, unique), "unique: {unique}");
    }
}

fn everything() -> ActivityQuery {
    ActivityQuery {
        limit: ALL,
        with_deleted: true,
        ..ActivityQuery::default()
    }
}
