//! Turns that end in every way, with time that stands still, against a receiver that is
//! there.

mod receiver;

use std::sync::atomic::AtomicU64;

use cio_domain::content::ContentChange;
use cio_domain::content::reporting_webhook::{
    Endpoint, Events, NewReportingWebhook, ReportingWebhookChange,
};
use cio_domain::credential::{CredentialId, Key, NewCredential, SigningKey};
use cio_domain::delivery::NewDelivery;
use cio_domain::job::Settlement;
use cio_domain::message::EmailContent;
use cio_domain::operation::{Identify, Report};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{Operation, UnixMillis};
use cio_store_embedded::EmbeddedStore;
use cio_wire::{Identifier, Region};
use customerio::webhook::{EmailEvent, Event, Kind, Verifier};

use super::*;
use crate::credentials::Hasher;
use receiver::{Call, Receiver};

const W: WorkspaceId = WorkspaceId(1);
const AT: UnixMillis = 1_790_000_000_000;
const HOUR: u64 = 60 * 60 * 1_000;
const KEY: &str = "whsec-one";

#[derive(Default)]
struct Hands(AtomicU64);

impl Hands {
    fn on(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> UnixMillis {
        AT + self.0.load(Ordering::Relaxed)
    }
}

struct Fixture {
    reporting: Reporting,
    clock: Arc<Hands>,
    stop: watch::Sender<bool>,
}

/// A person with a message, and no webhook.
async fn fixture() -> Fixture {
    let store = Arc::new(EmbeddedStore::in_memory());
    let new = NewWorkspace {
        name: "one".to_owned(),
        region: Region::Eu,
        created_at: AT,
    };
    store.create_workspace(new, Vec::new()).await.unwrap();
    let clock = Arc::new(Hands::default());
    let keys = Keys::load(store.as_ref(), Hasher::new([7; 32])).await;
    let fixture = Fixture {
        reporting: Reporting {
            store,
            clock: clock.clone(),
            keys: Arc::new(keys.unwrap()),
            poster: Poster::new(true, Duration::from_secs(1)).unwrap(),
            counts: Arc::default(),
        },
        clock,
        stop: watch::channel(false).0,
    };
    let person = Identifier::Id("ana".to_owned());
    let content = EmailContent {
        from: "shop@example.com".to_owned(),
        to: "ana@example.com".to_owned(),
        subject: "Hello".to_owned(),
        body: "<p>Hi</p>".to_owned(),
        ..EmailContent::default()
    };
    let message = NewDelivery {
        person: Some(person.clone()),
        ..NewDelivery::new("d", content)
    };
    let message = Operation::Deliver(Box::new(message));
    let person = Operation::Identify(Identify::new(person));
    fixture.apply(vec![person, message]).await;
    fixture
}

impl Fixture {
    async fn apply(&self, operations: Vec<Operation>) {
        let at = self.clock.now();
        let applied = self.reporting.store.apply(W, at, operations).await;
        applied.unwrap();
    }

    async fn key(&self, key: &str) {
        let new = NewCredential {
            name: "webhooks".to_owned(),
            key: Key::Webhook(SigningKey(key.to_owned())),
            scopes: Vec::new(),
            allowed_ips: Vec::new(),
            created_at: self.clock.now(),
        };
        let store = &self.reporting.store;
        store.create_credential(W, new).await.unwrap();
        self.reload().await;
    }

    async fn reload(&self) {
        let store = self.reporting.store.as_ref();
        self.reporting.keys.reload(store).await.unwrap();
    }

    async fn webhook(&self, receiver: &Receiver, with_content: bool) {
        let events = ["email_delivered", "email_sent", "email_clicked"];
        let endpoint = Endpoint::new(&receiver.url()).unwrap();
        let events = Events::read(events).unwrap();
        let new = NewReportingWebhook {
            with_content,
            full_resolution: true,
            ..NewReportingWebhook::new("one", endpoint, events).unwrap()
        };
        let create = ContentChange::ReportingWebhook(ReportingWebhookChange::Create(new));
        let now = self.clock.now();
        let created = self.reporting.store.change_content(W, now, vec![create]);
        created.await.unwrap().unwrap();
    }

    /// Something happens to the message; its time is the number it is known by.
    async fn happens(&self, number: i64) {
        self.apply(vec![Operation::Report(Report {
            delivery_id: "d".to_owned(),
            metric: "delivered".to_owned(),
            timestamp: Some(number),
            recipient: None,
            reason: None,
            href: None,
        })])
        .await;
    }

    async fn claim(&self) -> Vec<Job> {
        let now = self.clock.now();
        let store = &self.reporting.store;
        let claimed = store.claim_jobs(Queue::Reporting, now, now + LEASE_MS, 9);
        claimed.await.unwrap()
    }

    /// Has every turn made that is due.
    async fn work(&self) {
        for job in self.claim().await {
            let turn = self.reporting.turn(job, self.stop.subscribe());
            turn.await.unwrap();
        }
    }

    /// How long the next turn waits.
    async fn wait(&self) -> Option<u64> {
        let due = self.reporting.store.next_job_due(Queue::Reporting).await;
        due.unwrap().map(|due| due - self.clock.now())
    }

    async fn waiting(&self) -> u64 {
        self.reporting.store.events_waiting().await.unwrap()
    }
}

/// The numbers of what was told, each signed with this key just when it was told.
fn told(calls: &[Call], key: &str) -> Vec<i64> {
    let events = calls.iter().map(|call| read(call, key));
    events.map(|event| event.timestamp.unwrap()).collect()
}

fn read(call: &Call, key: &str) -> Event {
    assert!(call.head.starts_with("POST /hook HTTP/1.1\r\n"));
    assert_eq!(call.header("content-type"), Some("application/json"));
    let (timestamp, signature) = (
        call.header("x-cio-timestamp"),
        call.header("x-cio-signature"),
    );
    Verifier::new(key)
        .verify(timestamp, signature, call.body.as_bytes())
        .unwrap()
}

fn range(to: i64) -> Vec<i64> {
    (0..to).collect()
}

#[tokio::test]
async fn what_happens_is_told_signed_and_in_order() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    // More than a batch.
    for number in 0..250 {
        fixture.happens(number).await;
    }
    fixture.clock.on(5_000);
    fixture.work().await;
    let calls = receiver.calls();
    assert_eq!(told(&calls, KEY), range(250));
    assert_eq!((fixture.waiting().await, fixture.wait().await), (0, None));
    let at = ((AT + 5_000) / 1_000).to_string();
    let mut ids = std::collections::BTreeSet::new();
    for call in &calls {
        assert_eq!(call.header("x-cio-timestamp"), Some(at.as_str()));
        let event = read(call, KEY);
        assert!(cio_wire::event_id::is_ulid(&event.event_id));
        assert!(ids.insert(event.event_id));
    }
    assert_eq!(receiver.connections(), 1, "it was kept");
    let counts = &fixture.reporting.counts;
    assert_eq!(counts.answered.load(Ordering::Relaxed), 250);
}

/// A receiver that is gone for a day hears of everything when it is back: in order, signed,
/// and nothing twice that it had answered.
#[tokio::test]
async fn a_receiver_that_was_gone_for_a_day_hears_everything_once() {
    let fixture = fixture().await;
    let mut receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    let mut number = 0;
    let mut happens = async |fixture: &Fixture| {
        fixture.happens(number).await;
        number += 1;
    };
    for _ in 0..3 {
        happens(&fixture).await;
    }
    fixture.work().await;
    assert_eq!(receiver.calls().len(), 3);

    receiver.leave().await;
    for _ in 0..24 * 6 {
        happens(&fixture).await;
        fixture.work().await;
        fixture.clock.on(HOUR / 6);
    }
    assert_eq!(fixture.waiting().await, 24 * 6);
    receiver.come_back().await;
    let mut hours = 0;
    while fixture.waiting().await > 0 {
        fixture.clock.on(HOUR);
        hours += 1;
        assert!(hours <= 4, "it is left alone for four hours at most");
        fixture.work().await;
    }
    assert_eq!(told(&receiver.calls(), KEY), range(3 + 24 * 6));
    let counts = &fixture.reporting.counts;
    assert_eq!(counts.expired.load(Ordering::Relaxed), 0);
}

/// What was answered before a call that failed is not told again; the rest waits as long as
/// the failure asks for, and that is longer each time.
#[tokio::test]
async fn a_call_that_fails_holds_the_others_back() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    for number in 0..4 {
        fixture.happens(number).await;
    }
    receiver.answer(&[200, 200, 503]);
    fixture.work().await;
    assert_eq!(told(&receiver.calls(), KEY), [0, 1, 2]);
    assert_eq!(fixture.wait().await, Some(5_000));
    fixture.clock.on(4_999);
    fixture.work().await;
    assert_eq!(receiver.calls().len(), 3);
    for (status, wait) in [(302, 10_000), (429, 4 * HOUR), (404, 4 * HOUR)] {
        fixture.clock.on(fixture.wait().await.unwrap());
        receiver.answer(&[status]);
        fixture.work().await;
        assert_eq!(fixture.wait().await, Some(wait), "{status}");
    }
    let failed = read(&receiver.calls()[2], KEY).event_id;
    fixture.clock.on(4 * HOUR);
    fixture.work().await;
    let calls = receiver.calls();
    assert_eq!(told(&calls[2..], KEY), [2, 2, 2, 2, 2, 3]);
    for call in &calls[2..7] {
        assert_eq!(read(call, KEY).event_id, failed, "it is the same event");
    }
    let counts = &fixture.reporting.counts;
    assert_eq!(counts.failed.load(Ordering::Relaxed), 4);
    assert_eq!(counts.answered.load(Ordering::Relaxed), 4);

    // One that refuses at the first call is left alone for an hour.
    fixture.happens(4).await;
    receiver.answer(&[500]);
    fixture.work().await;
    assert_eq!(fixture.wait().await, Some(HOUR));
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_asked_again_soon() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    fixture.happens(0).await;
    receiver.answer(&[receiver::SILENCE]);
    fixture.work().await;
    assert_eq!(fixture.wait().await, Some(5_000));
    fixture.clock.on(5_000);
    fixture.work().await;
    assert_eq!(told(&receiver.calls(), KEY), [0, 0]);
    assert_eq!(fixture.waiting().await, 0);
}

/// A server that is killed tells again what it had not settled, and it is the same event.
#[tokio::test]
async fn a_turn_that_is_lost_is_made_again() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    fixture.happens(0).await;
    let lost = fixture.claim().await.remove(0);
    let next = fixture.reporting.store.next_events(lost.clone(), 9).await;
    let (webhook, events) = next.unwrap().unwrap();
    let stop = fixture.stop.subscribe();
    let told_then = fixture.reporting.tell(&lost, &webhook, &events, &stop);
    assert!(told_then.await.unwrap().last.is_some());
    fixture.work().await;
    assert_eq!(receiver.calls().len(), 1, "it is leased");
    fixture.clock.on(LEASE_MS);
    fixture.work().await;
    let calls = receiver.calls();
    assert_eq!(told(&calls, KEY), [0, 0]);
    assert_eq!(read(&calls[0], KEY), read(&calls[1], KEY));
    // Whoever had it before settles nothing any more.
    fixture.reporting.turn(lost, stop).await.unwrap();
    assert_eq!(receiver.calls().len(), 2);
}

#[tokio::test]
async fn what_could_not_be_told_for_seven_days_is_given_up_and_counted() {
    let fixture = fixture().await;
    let mut receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    receiver.leave().await;
    fixture.happens(0).await;
    fixture.work().await;
    fixture.clock.on(6 * 24 * HOUR);
    fixture.happens(1).await;
    fixture.work().await;
    assert_eq!(fixture.waiting().await, 2);
    fixture.clock.on(24 * HOUR + 1);
    fixture.work().await;
    assert_eq!(fixture.waiting().await, 1);
    let counts = &fixture.reporting.counts;
    assert_eq!(counts.expired.load(Ordering::Relaxed), 1);
    receiver.come_back().await;
    fixture.clock.on(4 * HOUR);
    fixture.work().await;
    assert_eq!(told(&receiver.calls(), KEY), [1]);
}

/// What is old because nobody could try is told: only a call that fails is given up.
#[tokio::test]
async fn a_server_that_was_off_for_longer_tells_all_the_same() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    fixture.happens(0).await;
    fixture.clock.on(30 * 24 * HOUR);
    fixture.work().await;
    assert_eq!(told(&receiver.calls(), KEY), [0]);
}

/// After a rotation calls are signed with the new key. A receiver that knows only the old one
/// gets them with that as long as it is in force.
#[tokio::test]
async fn a_receiver_has_the_overlap_to_learn_of_a_new_key() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    let store = &fixture.reporting.store;
    let old = store.credentials(W).await.unwrap().remove(0);
    let successor = NewCredential {
        key: Key::Webhook(SigningKey("whsec-two".to_owned())),
        ..old.details
    };
    let end = fixture.clock.now() + HOUR;
    let rotated = store.rotate_credential(W, CredentialId(1), successor, Some(end));
    rotated.await.unwrap();
    fixture.reload().await;

    receiver.only(KEY);
    for number in 0..3 {
        fixture.happens(number).await;
    }
    fixture.work().await;
    let calls = receiver.calls();
    assert_eq!(told(&calls[..1], "whsec-two"), [0], "the new one is first");
    assert_eq!(told(&calls[1..], KEY), [0, 1, 2]);
    assert_eq!(fixture.waiting().await, 0);

    receiver.only("whsec-two");
    fixture.happens(3).await;
    fixture.work().await;
    assert_eq!(told(&receiver.calls()[4..], "whsec-two"), [3]);

    receiver.only(KEY);
    fixture.clock.on(HOUR);
    fixture.happens(4).await;
    fixture.work().await;
    assert_eq!(told(&receiver.calls()[5..], "whsec-two"), [4]);
    assert_eq!(fixture.wait().await, Some(HOUR), "the old one is over");
}

#[tokio::test]
async fn nothing_is_told_unsigned() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.webhook(&receiver, false).await;
    fixture.happens(0).await;
    fixture.work().await;
    assert_eq!((receiver.calls().len(), fixture.waiting().await), (0, 1));
    assert_eq!(fixture.wait().await, Some(NO_KEY_WAIT_MS));
    fixture.key(KEY).await;
    fixture.clock.on(NO_KEY_WAIT_MS);
    fixture.work().await;
    assert_eq!(told(&receiver.calls(), KEY), [0]);
}

#[tokio::test]
async fn content_is_told_where_it_is_asked_for() {
    let fixture = fixture().await;
    let [with, without] = [Receiver::start().await, Receiver::start().await];
    fixture.key(KEY).await;
    fixture.webhook(&with, true).await;
    fixture.webhook(&without, false).await;
    let (store, now) = (&fixture.reporting.store, fixture.clock.now());
    let jobs = store.claim_jobs(Queue::Deliveries, now, now + 1, 1).await;
    let job = jobs.unwrap().remove(0);
    let content = store.delivery_content(W, "d".to_owned()).await.unwrap();
    let sent = Settlement::sent(content.unwrap());
    assert!(store.settle_job(job, now, sent).await.unwrap());
    fixture.work().await;
    for (receiver, expected) in [(with, Some("<p>Hi</p>")), (without, None)] {
        let calls = receiver.calls();
        match read(&calls[0], KEY).kind {
            Kind::Email(EmailEvent::Sent {
                recipient, content, ..
            }) => {
                assert_eq!(recipient, "ana@example.com");
                assert_eq!(content.as_deref(), expected);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A server that ends lets what is under way end, and leaves the rest for the next one.
#[tokio::test]
async fn a_server_that_stops_leaves_the_rest_to_be_told() {
    let fixture = fixture().await;
    let receiver = Receiver::start().await;
    fixture.key(KEY).await;
    fixture.webhook(&receiver, false).await;
    fixture.happens(0).await;
    let stop = fixture.stop.subscribe();
    let job = fixture.claim().await.remove(0);
    fixture.stop.send(true).unwrap();
    fixture.reporting.turn(job, stop).await.unwrap();
    assert_eq!(receiver.calls().len(), 0);
    assert_eq!(fixture.wait().await, Some(0), "nobody has it");
}
