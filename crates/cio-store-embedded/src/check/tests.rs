//! A store with some of everything, and each way it can stop agreeing with itself.

mod segmentation;
mod triggers;

use std::sync::Arc;

use cio_domain::activity::ActivityKind;
use cio_domain::attribute::Change;
use cio_domain::condition::Condition;
use cio_domain::content::ContentChange;
use cio_domain::content::broadcast::{
    ActionDetails, BroadcastChange, BroadcastDetails, NewAction, NewBroadcast,
};
use cio_domain::content::collection::{
    CollectionChange, CollectionId, CollectionName, RowsBuilder,
};
use cio_domain::content::esp::{EspChange, NewSuppression, SuppressionKind};
use cio_domain::content::layout::{LayoutChange, NewLayout};
use cio_domain::content::opt_out::{OptOut, OptOutChange, OptOutChannel};
use cio_domain::content::preference_center::PreferenceCenter;
use cio_domain::content::reporting_webhook::{
    Endpoint, Events, NewReportingWebhook, ReportingWebhookChange, ReportingWebhookId,
};
use cio_domain::content::sender::{Contact, NewSender, SenderChange};
use cio_domain::content::snippet::{NewSnippet, SnippetChange};
use cio_domain::content::topic::{Topic, TopicChange, TopicId, TopicText};
use cio_domain::content::transactional::{
    NewTransactional, TransactionalChange, TransactionalDetails,
};
use cio_domain::content::variant::{ContentId, NewVariant, NewVariants};
use cio_domain::delivery::{NewDelivery, Origin, Parent};
use cio_domain::job::Queue;
use cio_domain::message::{Channel, EmailContent};
use cio_domain::object::{ObjectId, ObjectRef, ObjectTypeId};
use cio_domain::operation::{
    Event, EventKind, Identify, IdentifyObject, Look, Reader, RelatePerson, Report, Subject,
};
use cio_domain::reporting::TurnEnd;
use cio_domain::segment::NewSegment;
use cio_domain::transfer::{
    DataToProcess, ExportSource, ImportId, ImportKind, ImportRow, ImportState, ImportStep,
    NewExport, NewImport, PersonName, Position,
};
use cio_domain::{Operation, UnixMillis};
use cio_store::Store;
use cio_store::content::ContentStore;
use cio_store::reporting::ReportingStore;
use cio_store::transfers::TransferStore;
use cio_wire::Identifier;

use super::*;
use crate::EmbeddedStore;
use crate::engine::Engine;
use crate::rows::{ActivityRow, HolderRow};

const W: WorkspaceId = WorkspaceId(1);
const AT: UnixMillis = 1_700_000_000_000;

fn id(value: &str) -> Identifier {
    Identifier::Id(value.to_owned())
}

fn event(id: &str) -> Event {
    Event {
        kind: EventKind::Event,
        name: "happened".to_owned(),
        id: Some(id.to_owned()),
        timestamp: None,
        data: None,
    }
}

fn deliver(delivery: &str, person: Option<&str>, draft: bool) -> Operation {
    Operation::Deliver(Box::new(NewDelivery {
        person: person.map(id),
        draft,
        ..NewDelivery::new(delivery, EmailContent::default())
    }))
}

/// A message of a broadcast to nobody who is known.
fn broadcast(delivery: &str) -> Operation {
    Operation::Deliver(Box::new(NewDelivery {
        origin: Origin::Broadcast {
            broadcast: 1,
            action: 2,
            trigger: 1,
        },
        ..NewDelivery::new(delivery, EmailContent::default())
    }))
}

fn look(delivery: &str, href: Option<&str>) -> Operation {
    Operation::Look(Look {
        delivery_id: delivery.to_owned(),
        href: href.map(str::to_owned),
        reader: Reader::default(),
    })
}

/// People, a visitor who became one and one who did not, a block, a merge, a removal,
/// deliveries of all kinds, a job on its way, and segments of all kinds.
async fn some_of_everything() -> EmbeddedStore {
    let store = EmbeddedStore::in_memory();
    store.pepper([7; 32]).await.unwrap();
    let segment = NewSegment {
        name: "one".to_owned(),
        description: String::new(),
        condition: None,
    };
    let segment = store.create_segment(W, AT, segment).await.unwrap();
    let segment = segment.unwrap().id;
    let visited = |anonymous_id: &str, event_id| Operation::TrackAnonymous {
        anonymous_id: Some(anonymous_id.to_owned()),
        event: event(event_id),
    };
    let named = |name: &str| Identify {
        email: Some(format!("{name}@Example.com")),
        anonymous_id: Some(format!("visitor of {name}")),
        ..Identify::new(id(name))
    };
    let operations = vec![
        visited("visitor of ana", "e1"),
        visited("nobody yet", "e2"),
        Operation::Identify(named("ana")),
        Operation::Identify(named("ben")),
        Operation::Identify(named("cas")),
        Operation::Identify(named("dia")),
        Operation::Identify(named("eva")),
        Operation::Track {
            person: id("ben"),
            event: event("e3"),
        },
        Operation::SetMembers {
            segment,
            people: ["ana", "ben", "cas", "dia"].map(id).to_vec(),
            member: true,
        },
        deliver("d1", Some("ana"), false),
        deliver("d2", Some("ben"), false),
        deliver("d3", Some("cas"), true),
        deliver("d4", Some("dia"), false),
        deliver("d5", None, false),
        broadcast("d6"),
        look("d6", None),
        look("d6", Some("https://a.example")),
        look("d6", Some("https://a.example")),
        Operation::Merge {
            primary: id("ana"),
            secondary: id("ben"),
        },
        Operation::Suppress(id("cas")),
        Operation::Delete(id("dia")),
    ];
    store.apply(W, AT, operations).await.unwrap();
    store
        .claim_jobs(Queue::Deliveries, AT, AT + 1, 1)
        .await
        .unwrap();
    store.apply(W, AT, related()).await.unwrap();
    moved_in_bulk(&store).await;
    triggers::trigger(&store).await;
    let changed = store.change_content(W, AT, content()).await.unwrap();
    changed.unwrap();
    told_in_part(&store).await;
    segmentation::define(&store).await;
    store
}

/// Some of everything that is kept beside people, and a collection in two pieces.
fn content() -> Vec<ContentChange> {
    let mut rows = RowsBuilder::default();
    let row = format!("{{\"a\":\"{}\"}}", "x".repeat(10_000));
    for _ in 0..10 {
        rows.push(&row, ["a"].into_iter()).unwrap();
    }
    let email = Contact::Email("shop@example.com".to_owned());
    let bounced = NewSuppression::asked_for(SuppressionKind::Bounces, "x@y");
    let text = TopicText::new("News", "").unwrap();
    let said = || {
        let content = EmailContent {
            from: "shop@example.com".to_owned(),
            body: "{{ snippets.one }}".to_owned(),
            ..EmailContent::default()
        };
        let said = NewVariant::new(content.into(), Some("main")).unwrap();
        let german = NewVariant::empty(Channel::Email);
        NewVariants::new(said, [("de".to_owned(), german)]).unwrap()
    };
    let message = TransactionalDetails {
        topic: Some(TopicId(1)),
        ..TransactionalDetails::new("Reset", Channel::Email).unwrap()
    };
    let broadcast = BroadcastDetails {
        audience: Some(Condition::Segment("one".to_owned())),
        ..BroadcastDetails::new("Launch").unwrap()
    };
    let action = NewAction {
        details: ActionDetails::new("letter", Channel::Email).unwrap(),
        variants: said(),
    };
    vec![
        ContentChange::Snippet(SnippetChange::Put(NewSnippet::new("one", "1").unwrap())),
        ContentChange::Collection(CollectionChange::Put {
            name: CollectionName::new("one").unwrap(),
            rows: rows.finish(),
        }),
        ContentChange::Sender(SenderChange::Put(
            NewSender::new("Shop", email, false).unwrap(),
        )),
        ContentChange::Topic(TopicChange::Put(Topic {
            id: TopicId(1),
            text,
            subscribed_by_default: true,
            translations: BTreeMap::new(),
        })),
        ContentChange::Layout(LayoutChange::Put(
            NewLayout::new("main", "{{snippets.one}}{{content}}").unwrap(),
        )),
        ContentChange::Transactional(TransactionalChange::Put(Box::new(
            NewTransactional::new(message, said()).unwrap(),
        ))),
        ContentChange::Broadcast(BroadcastChange::Put(Box::new(
            NewBroadcast::new(broadcast, vec![action]).unwrap(),
        ))),
        ContentChange::PreferenceCenter(PreferenceCenter::default()),
        ContentChange::Esp(EspChange::Add(bounced.unwrap())),
        ContentChange::OptOuts(OptOutChange {
            person: id("ana"),
            senders: vec![(OptOut::new(OptOutChannel::Sms, "+1").unwrap(), true)],
        }),
    ]
}

/// A reporting webhook that told one of two events.
async fn told_in_part(store: &EmbeddedStore) {
    let endpoint = Endpoint::new("https://example.com").unwrap();
    let events = Events::read(["email_delivered"]).unwrap();
    let new = NewReportingWebhook::new("one", endpoint, events).unwrap();
    let create = ContentChange::ReportingWebhook(ReportingWebhookChange::Create(new));
    let created = store.change_content(W, AT, vec![create]).await.unwrap();
    created.unwrap();
    let delivered = Operation::Report(Report {
        delivery_id: "d1".to_owned(),
        metric: "delivered".to_owned(),
        timestamp: None,
        recipient: None,
        reason: None,
        href: None,
    });
    let twice = vec![delivered.clone(), delivered];
    store.apply(W, AT, twice).await.unwrap();
    let jobs = store.claim_jobs(Queue::Reporting, AT, AT + 1, 1).await;
    let job = jobs.unwrap().remove(0);
    let next = store.next_events(job.clone(), 1).await.unwrap();
    let told = next.unwrap().1[0].sequence;
    let end = TurnEnd::GoOn {
        lease_until: AT + 2,
    };
    let settled = store.settle_events(job, AT, Some(told), end).await.unwrap();
    assert!(settled.job.is_some(), "the other one waits");
}

/// An export that waits, and an import that left a row out and goes on.
async fn moved_in_bulk(store: &EmbeddedStore) {
    let export = NewExport {
        source: ExportSource::People {
            filter: "{}".to_owned(),
            attributes: Vec::new(),
        },
        description: String::new(),
    };
    let import = NewImport {
        name: String::new(),
        description: String::new(),
        kind: ImportKind::People,
        person: Some(PersonName::Id),
        object_type: None,
        data_to_process: DataToProcess::All,
        data_file_url: String::new(),
    };
    store.create_import(W, AT, import).await.unwrap().unwrap();
    let jobs = store.claim_jobs(Queue::Transfers, AT, AT + 1, 1).await;
    let step = ImportStep {
        state: ImportState::Importing,
        rows_to_import: Some(1),
        rows: vec![ImportRow {
            number: 2,
            content: Err("it is bad".to_owned()),
        }],
        position: Position::default(),
    };
    let job = jobs.unwrap().remove(0);
    let taken = store.take_in(job, AT, AT + 2, step).await;
    assert!(taken.unwrap().is_some());
    store.create_export(W, AT, export).await.unwrap().unwrap();
}

/// Objects with attributes, a relationship with one, and a visitor who waits for one.
fn related() -> Vec<Operation> {
    let acme = || ObjectRef::Id(ObjectTypeId(1), "acme".to_owned());
    let role = || vec![("role".to_owned(), Change::Set("\"owner\"".to_owned()))];
    vec![
        Operation::IdentifyObject(IdentifyObject {
            object: acme(),
            attributes: role(),
            timestamp: None,
            people: Vec::new(),
        }),
        Operation::RelateObject {
            object: acme(),
            people: vec![
                RelatePerson::Add {
                    person: Subject::Person(id("ana")),
                    attributes: role(),
                },
                RelatePerson::Add {
                    person: Subject::Visitor("nobody yet".to_owned()),
                    attributes: role(),
                },
            ],
        },
        Operation::IdentifyObject(IdentifyObject {
            object: ObjectRef::Id(ObjectTypeId(2), "gone".to_owned()),
            attributes: Vec::new(),
            timestamp: None,
            people: Vec::new(),
        }),
        Operation::DeleteObject(ObjectRef::Id(ObjectTypeId(2), "gone".to_owned())),
    ]
}

fn entries(store: &EmbeddedStore, table: Table) -> Vec<crate::engine::Entry> {
    let view = store.engine().view();
    crate::engine::take(view.as_ref(), table, &Scan::forward(&[]), usize::MAX).unwrap()
}

fn write(engine: &Arc<dyn Engine>, table: Table, key: &[u8], value: Option<&[u8]>) {
    let write = (table, key.into(), value.map(Into::into));
    engine.commit(1, &mut std::iter::once(write)).unwrap();
}

#[tokio::test]
async fn a_store_that_agrees_with_itself_is_clean() {
    let store = some_of_everything().await;
    let report = store.check();
    assert_eq!(report.findings, []);
    assert!(report.is_clean());
    for table in [
        "identifiers",
        "people",
        "activities",
        "event_ids",
        "deliveries",
        "jobs",
        "segments",
        "objects",
        "content",
        "series",
    ] {
        assert!(report.entries[table] > 0, "{table}");
    }
}

#[tokio::test]
async fn a_draft_to_who_was_deleted_is_let_go_and_listed_for_nobody() {
    let store = EmbeddedStore::in_memory();
    let release = Operation::ReleaseDraft {
        delivery_id: "d".to_owned(),
    };
    let operations = vec![
        deliver("d", Some("ana"), true),
        Operation::Delete(id("ana")),
        release,
    ];
    store.apply(W, AT, operations).await.unwrap();
    assert_eq!(store.check().findings, []);
}

/// Whatever is taken away from one side, the other side tells.
#[tokio::test]
async fn no_row_is_missed_by_nobody() {
    let store = some_of_everything().await;
    let engine = store.engine();
    for table in [
        Table::Identifiers,
        Table::People,
        Table::Activities,
        Table::EventIds,
        Table::Deliveries,
        Table::Jobs,
        Table::Segments,
        Table::Objects,
        Table::Content,
        Table::Series,
    ] {
        for (key, value) in entries(&store, table) {
            let is_alone = match table {
                // Nothing says which attributes an object or a relationship has.
                Table::Objects => match key[4] {
                    b'o' => key.get(13) == Some(&keys::ATTRIBUTE),
                    b'r' => true,
                    _ => false,
                },
                // Nothing but an index says which attributes somebody has, and a block
                // stands alone.
                Table::People => key.get(12) == Some(&keys::ATTRIBUTE) && !key.ends_with(b"plan"),
                // What is left of a segment goes anyway.
                Table::Segments => segmentation::is_left_over(&key),
                Table::Identifiers => value.starts_with(b"s"),
                // Nothing counts the rows that an import left out.
                Table::Jobs => key[0] == keys::IMPORT_ERROR,
                // Nothing says who is suppressed or opted out, and how often definitions were
                // changed.
                Table::Content => b"heov".contains(&key[4]),
                _ => false,
            };
            write(engine, table, &key, None);
            let report = store.check();
            assert_eq!(
                !report.is_clean(),
                !is_alone,
                "{table:?} {}",
                key.escape_ascii()
            );
            write(engine, table, &key, Some(&value));
        }
    }
    assert!(store.check().is_clean(), "all is as it was");
}

/// Whatever is added to one side, the other side does not know of.
#[tokio::test]
async fn orphans_are_found() {
    let store = some_of_everything().await;
    let engine = store.engine();
    let nobody = PersonId(99);
    let place = keys::activity(keys::Owner::Person(nobody).prefix(W), 5, 1);
    let number = AT.to_be_bytes();
    let segment = cio_domain::segment::SegmentId(1);
    let job = br#"{"workspace":1,"work":{"deliver":"d9"},"attempts":0}"#.as_slice();
    let acme = ObjectId(1);
    let held = HolderRow::Person(nobody.0, None).encode();
    let visited = HolderRow::Visitor { person: 1, at: 1 }.encode();
    let blocked = HolderRow::Suppressed {
        id: None,
        email: None,
    };
    let blocked = blocked.encode();
    let happened = ActivityRow::of(&ActivityKind::EVENT).encode();
    let out = OptOut::new(OptOutChannel::Sms, "x@y").unwrap();
    let outbox = br#"{"waiting":0,"gone":1,"dropped":0,"job":null}"#;
    let told = br#"{"at":1,"timestamp":1,"event":"email_sent","about":{"message":"x@y"}}"#;
    let gone = ReportingWebhookId(9);
    let orphans: [(Table, Vec<u8>, &[u8]); 38] = [
        (Table::Identifiers, keys::id(W, "x"), &held),
        (Table::Identifiers, keys::visitor(W, "x"), &visited),
        (Table::Identifiers, keys::email(W, "x@y"), &blocked),
        (
            Table::People,
            keys::person_row(W, nobody, keys::ATTRIBUTE, "a"),
            b"01234567\"v\"",
        ),
        (
            Table::People,
            keys::person_row(W, nobody, NAMES, ""),
            br#"{"id":null,"email":null,"at":1}"#,
        ),
        (Table::Activities, place, &happened),
        (Table::EventIds, keys::event_id(W, "x"), &number),
        (Table::EventIds, keys::event_id_by_time(W, AT, "x"), b""),
        (
            Table::Deliveries,
            keys::person_delivery(W, PersonId(1), false, (AT, 5)),
            b"d5",
        ),
        (
            Table::Deliveries,
            keys::waiting(W, PersonId(1), (AT, 99)),
            br#"{"delivery":"d5","opened":false}"#,
        ),
        (Table::Jobs, keys::job(Queue::Deliveries, AT, 99), job),
        (
            Table::Jobs,
            keys::import_error(W, ImportId(9), 2),
            b"it is bad",
        ),
        (Table::Jobs, keys::outbox(W, gone), outbox),
        (Table::Jobs, keys::outbox_event(W, gone, 3), told),
        (
            Table::Jobs,
            keys::outbox_event(W, ReportingWebhookId(1), 1),
            told,
        ),
        (Table::Segments, keys::member(W, segment, nobody), b""),
        (
            Table::Segments,
            keys::segment_of(W, PersonId(5), segment),
            b"",
        ),
        (Table::Objects, keys::object_of(W, nobody, acme), b""),
        (
            Table::Objects,
            keys::relationship_attribute(W, nobody, acme, "a"),
            b"01234567\"v\"",
        ),
        (Table::Objects, keys::visitor_of(W, acme, "x@y"), b""),
        (
            Table::Deliveries,
            keys::delivery_workspace("d9"),
            &[0, 0, 0, 1],
        ),
        (
            Table::Content,
            keys::content::snippet(W, "x@y"),
            br#"{"value":"","updated_at":1}"#,
        ),
        (
            Table::Content,
            keys::content::collection_name(W, "x@y"),
            &[0, 0, 0, 1],
        ),
        (
            Table::Content,
            keys::content::piece(W, CollectionId(1), 2),
            b"{}",
        ),
        (
            Table::Content,
            keys::content::piece(W, CollectionId(9), 0),
            b"{}",
        ),
        (Table::Content, keys::content::opt_out(W, nobody, &out), b""),
        (
            Table::Content,
            keys::content::message_name(W, keys::content::TRANSACTIONAL_NAME, "x@y"),
            &[0, 0, 0, 2],
        ),
        (
            Table::Content,
            keys::content::content(W, ContentId(9)),
            br#"{"sms":{"from":"","to":"","body":"x@y","media_url":null}}"#,
        ),
        (
            Table::Content,
            keys::content::usage(W, ('f', "x@y"), b"m\0\0\0\x02"),
            b"",
        ),
        (Table::Content, keys::content::all(W, b'q'), b"x@y"),
        (
            Table::Series,
            keys::series::count(W, Parent::Action(2), 5, Channel::Email, "sent"),
            &[0, 1],
        ),
        (Table::Series, keys::content::all(W, b's'), &[0, 1]),
        (
            Table::Series,
            keys::series::link_number(W, Parent::Action(2), "x@y"),
            &1_u64.to_be_bytes(),
        ),
        (
            Table::Series,
            keys::series::link(W, Parent::Action(2), 9),
            b"x@y",
        ),
        (
            Table::Series,
            keys::series::links_counted(W, Parent::Action(9)),
            &1_u64.to_be_bytes(),
        ),
        (
            Table::Series,
            keys::series::clicks_of(W, 9, false, 5, "clicked"),
            &[0, 1],
        ),
        (Table::Series, keys::series::followed(W, 1, "x"), &[1]),
        (Table::Series, keys::content::all(W, b'y'), b"x@y"),
    ];
    for (table, key, value) in orphans {
        write(engine, table, &key, Some(value));
        let report = store.check();
        let found = report.findings.first().expect("an orphan is found");
        assert!(!found.what.contains("x@y"), "{}", found.what);
        assert_eq!(found.table, table.name(), "{}", key.escape_ascii());
        write(engine, table, &key, None);
    }
}

#[tokio::test]
async fn what_does_not_read_back_is_named_with_its_table() {
    let store = some_of_everything().await;
    for table in [
        Table::Identifiers,
        Table::Activities,
        Table::Deliveries,
        Table::Segments,
        Table::Content,
        Table::Series,
    ] {
        let mut rows = entries(&store, table).into_iter();
        let (key, value) = rows.find(|(_, value)| !value.is_empty()).unwrap();
        write(store.engine(), table, &key, Some(b"\xff"));
        let report = store.check();
        let tables: Vec<_> = report.findings.iter().map(|it| it.table).collect();
        assert!(tables.contains(&table.name()), "{table:?}: {tables:?}");
        write(store.engine(), table, &key, Some(&value));
    }
}
