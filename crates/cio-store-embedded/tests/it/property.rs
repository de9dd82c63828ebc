//! Whatever is done, in whatever order: the store agrees with the model.

use cio_domain::attribute::Change;
use cio_domain::operation::{DeviceUpdate, Event, EventKind, Identify};
use cio_domain::{Operation, WorkspaceId};
use cio_store::{ActivityQuery, Store};
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;
use proptest::prelude::*;
use proptest::sample::select;

use crate::reference::Model;

const W: WorkspaceId = WorkspaceId(1);
const IDS: [&str; 3] = ["1", "2", "3"];
/// Two of them are one address.
const EMAILS: [&str; 4] = ["a@x.io", "A@x.io", "b@x.io", "Ü@x.io"];
const CIO_IDS: [&str; 4] = ["00000001", "00000002", "00000003", "0000ffff"];

/// A tiny alphabet, so that operations meet.
fn identifier() -> impl Strategy<Value = Identifier> {
    prop_oneof![
        4 => select(&IDS).prop_map(|it| Identifier::Id(it.to_owned())),
        4 => select(&EMAILS).prop_map(|it| Identifier::Email(it.to_owned())),
        2 => select(&CIO_IDS).prop_map(|it| Identifier::CioId(it.to_owned())),
    ]
}

fn change() -> impl Strategy<Value = (String, Change)> {
    let name = select(&["p", "q"]).prop_map(str::to_owned);
    let change = prop_oneof![
        3 => (0..9_u8).prop_map(|n| Change::Set(n.to_string())),
        1 => Just(Change::Remove),
    ];
    (name, change)
}

fn identify() -> impl Strategy<Value = Operation> {
    (
        identifier(),
        proptest::option::of(select(&IDS)),
        proptest::option::of(select(&EMAILS)),
        proptest::collection::vec(change(), 0..3),
        // Around the time of receipt, which counts up from 100.
        proptest::option::weighted(0.3, 95..115_i64),
        proptest::bool::weighted(0.2),
    )
        .prop_map(|(person, id, email, attributes, timestamp, update_only)| {
            Operation::Identify(Identify {
                id: id.map(str::to_owned),
                email: email.map(str::to_owned),
                attributes,
                timestamp,
                update_only,
                ..Identify::new(person)
            })
        })
}

fn operation() -> impl Strategy<Value = Operation> {
    let token = || select(&["s", "t"]).prop_map(str::to_owned);
    let event = Event {
        kind: EventKind::Event,
        name: "e".to_owned(),
        id: None,
        timestamp: None,
        data: None,
    };
    prop_oneof![
        8 => identify(),
        1 => identifier().prop_map(Operation::Delete),
        1 => identifier().prop_map(Operation::Suppress),
        1 => identifier().prop_map(Operation::Unsuppress),
        2 => identifier().prop_map(move |person| Operation::Track {
            person,
            event: event.clone(),
        }),
        1 => (identifier(), token()).prop_map(|(person, token)| Operation::PutDevice {
            person,
            device: DeviceUpdate {
                token,
                platform: "ios".to_owned(),
                last_used: None,
                attributes: [].into(),
            },
        }),
        1 => (identifier(), token())
            .prop_map(|(person, token)| Operation::DeleteDevice { person, token }),
    ]
}

/// Calls of one operation or several.
fn calls() -> impl Strategy<Value = Vec<Vec<Operation>>> {
    proptest::collection::vec(proptest::collection::vec(operation(), 1..5), 1..12)
}

async fn agrees_with_the_model(store: &EmbeddedStore, calls: Vec<Vec<Operation>>) {
    let mut model = Model::default();
    for (seconds, operations) in (100..).zip(calls) {
        let expected: Vec<_> = operations
            .iter()
            .map(|operation| model.apply(seconds, operation))
            .collect();
        let at = seconds.unsigned_abs() * 1_000;
        let outcomes = store.apply(W, at, operations).await.unwrap();
        assert_eq!(outcomes, expected);
        compare(store, &model).await;
    }
    assert_eq!(store.check().findings, [], "it agrees with itself, too");
}

async fn compare(store: &EmbeddedStore, model: &Model) {
    let ids = IDS.map(|it| Identifier::Id(it.to_owned()));
    let emails = EMAILS.map(|it| Identifier::Email(it.to_owned()));
    let cio_ids = CIO_IDS.map(|it| Identifier::CioId(it.to_owned()));
    for identifier in ids.iter().chain(&emails).chain(&cio_ids) {
        let name = identifier.value();
        let expected = model.person(identifier);
        let found = store.person(W, identifier.clone()).await.unwrap();
        assert_eq!(found.as_ref(), expected, "{name}");
        let query = ActivityQuery {
            limit: 10_000,
            ..ActivityQuery::default()
        };
        let found = store.activities(W, identifier.clone(), query).await;
        let found = found.unwrap().map(|page| {
            let events = page.items.iter();
            events.filter(|entry| entry.kind.is_event()).count()
        });
        assert_eq!(found, model.events(identifier), "events of {name}");
        if let Identifier::Email(email) = identifier {
            let found = store.people_by_email(W, email.clone()).await.unwrap();
            let expected = expected.map(|person| &person.identifiers);
            assert_eq!(found.first(), expected, "by email {name}");
        }
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future);
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn memory_agrees_with_the_model(calls in calls()) {
        block_on(async {
            agrees_with_the_model(&EmbeddedStore::in_memory(), calls).await;
        });
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn disk_agrees_with_the_model(calls in calls()) {
        block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let store = EmbeddedStore::open(directory.path()).unwrap();
            agrees_with_the_model(&store, calls).await;
        });
    }
}
