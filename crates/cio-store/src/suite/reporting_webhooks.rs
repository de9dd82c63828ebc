//! Reporting webhooks, and what waits to be told.

use cio_domain::attribute::Change;
use cio_domain::content::reporting_webhook::{
    Endpoint, Events, NewReportingWebhook, ReportingWebhook, ReportingWebhookChange,
    ReportingWebhookId, ReportingWebhookUpdate,
};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal};
use cio_domain::delivery::NewDelivery;
use cio_domain::job::{Job, Queue, Settlement};
use cio_domain::limits::REPORTING_WEBHOOKS_MAX;
use cio_domain::message::Channel;
use cio_domain::operation::{Identify, Look, Reader, Report};
use cio_domain::reporting::{About, WebhookEvent};
use cio_domain::{Operation, UnixMillis};

use super::given::{AT, AT_SECONDS, Given, content, deliver, delivery, given, id, identify};
use crate::Store;

/// One that tells these events.
pub(super) fn new(events: &[&str]) -> NewReportingWebhook {
    let endpoint = Endpoint::new("https://ana:hunter2@example.com/").expect("a URL");
    let events = Events::read(events.iter().copied()).expect("events");
    NewReportingWebhook::new("one", endpoint, events).expect("a webhook")
}

fn change(change: ReportingWebhookChange) -> ContentChange {
    ContentChange::ReportingWebhook(change)
}

pub(super) async fn create(given: &Given<'_>, new: NewReportingWebhook) -> ReportingWebhook {
    match given
        .change(change(ReportingWebhookChange::Create(new)))
        .await
    {
        ContentOutcome::ReportingWebhook(webhook) => webhook,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn update(
    given: &Given<'_>,
    id: ReportingWebhookId,
    update: ReportingWebhookUpdate,
) -> ReportingWebhook {
    let update = ReportingWebhookChange::Update(id, Box::new(update));
    match given.change(change(update)).await {
        ContentOutcome::ReportingWebhook(webhook) => webhook,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn delete(given: &Given<'_>, id: ReportingWebhookId) {
    let delete = change(ReportingWebhookChange::Delete(id));
    assert_eq!(given.change(delete).await, ContentOutcome::Done);
}

/// A webhook switched on or off.
pub(super) fn switched(disabled: bool) -> ReportingWebhookUpdate {
    ReportingWebhookUpdate {
        disabled: Some(disabled),
        ..ReportingWebhookUpdate::default()
    }
}

/// The jobs that tell something, each until a second later.
pub(super) async fn claim(store: &dyn Store, at: UnixMillis) -> Vec<Job> {
    let claimed = store.claim_jobs(Queue::Reporting, at, at + 1_000, 100);
    claimed.await.expect("jobs can be claimed")
}

/// What waits for the webhook of a job.
pub(super) async fn next(store: &dyn Store, job: &Job) -> Vec<WebhookEvent> {
    let next = store.next_events(job.clone(), 1_000).await;
    let next = next.expect("events can be read");
    next.map(|(_, events)| events).unwrap_or_default()
}

pub(super) fn names(events: &[WebhookEvent]) -> Vec<String> {
    events.iter().map(|it| it.name.to_string()).collect()
}

pub(super) async fn waiting(store: &dyn Store) -> u64 {
    store.events_waiting().await.expect("events can be counted")
}

pub(super) fn report(metric: &str, at: i64) -> Operation {
    Operation::Report(Report {
        delivery_id: "d".to_owned(),
        metric: metric.to_owned(),
        timestamp: Some(at),
        recipient: None,
        reason: None,
        href: None,
    })
}

/// Webhooks are numbered by workspace, read back as they were written, changed in what is
/// said, and a number is never given to another.
pub(super) async fn webhooks_are_made_changed_and_removed(store: &dyn Store) {
    let given = given(store).await;
    let first = create(&given, new(&["email_sent", "email_bounced"])).await;
    assert_eq!((first.id, first.revision), (ReportingWebhookId(1), 1));
    assert_eq!(first.details, new(&["email_sent", "email_bounced"]));
    let second = create(&given, new(&["push_sent"])).await;
    let other = given.another().await;
    let elsewhere = create(&other, new(&["sms_sent"])).await;
    assert_eq!((second.id.0, elsewhere.id.0), (2, 1));

    let changed = update(&given, first.id, switched(true)).await;
    assert_eq!(changed.revision, 2);
    assert!(changed.details.disabled);
    assert_eq!(changed.details.events, first.details.events);
    let all = store.reporting_webhooks(given.workspace).await;
    assert_eq!(all.expect("read"), [changed.clone(), second.clone()]);
    let one = |id: u32| store.reporting_webhook(given.workspace, ReportingWebhookId(id));
    assert_eq!(one(1).await.expect("read"), Some(changed));

    delete(&given, first.id).await;
    assert_eq!(one(1).await.expect("read"), None);
    for gone in [
        ReportingWebhookChange::Delete(first.id),
        ReportingWebhookChange::Update(first.id, Box::default()),
    ] {
        assert_eq!(given.refused(change(gone)).await, Refusal::NotFound);
    }
    assert_eq!(create(&given, new(&["sms_sent"])).await.id.0, 3);
    for _ in 2..REPORTING_WEBHOOKS_MAX {
        create(&given, new(&["sms_sent"])).await;
    }
    let one_more = ReportingWebhookChange::Create(new(&["sms_sent"]));
    let refusal = given.refused(change(one_more)).await;
    assert!(matches!(refusal, Refusal::TooMany { .. }), "{refusal:?}");
}

/// What happens to a message waits for each webhook that tells it, in the order it
/// happened, with what belongs to it.
pub(super) async fn what_happens_to_messages_waits(store: &dyn Store) {
    let given = given(store).await;
    create(&given, new(&["email_drafted", "push_sent"])).await;
    let all = ["attempted", "deferred", "sent", "bounced", "clicked"];
    let all = all.map(|metric| format!("email_{metric}"));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    create(&given, new(&all)).await;
    let off = create(&given, new(&all)).await;
    update(&given, off.id, switched(true)).await;

    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    assert_eq!(waiting(store).await, 0, "nothing was drafted");
    let job = store.claim_jobs(Queue::Deliveries, AT, AT + 9, 1).await;
    let job = job.expect("claimed").remove(0);
    let retry = Settlement::Retry {
        at: AT + 5,
        reason: "the server is full".to_owned(),
    };
    assert!(store.settle_job(job, AT, retry).await.expect("settled"));
    let job = store.claim_jobs(Queue::Deliveries, AT + 5, AT + 9, 1).await;
    let job = job.expect("claimed").remove(0);
    let sent = Settlement::sent(content("Sent"));
    assert!(store.settle_job(job, AT + 5, sent).await.expect("settled"));
    let told = Report {
        delivery_id: "d".to_owned(),
        metric: "bounced".to_owned(),
        timestamp: Some(AT_SECONDS + 7),
        recipient: Some("ana@example.com".to_owned()),
        reason: Some("no such user".to_owned()),
        href: None,
    };
    let bounced = Operation::Report(told.clone());
    let clicked = Operation::Report(Report {
        metric: "clicked".to_owned(),
        recipient: None,
        reason: Some("why not".to_owned()),
        href: Some("https://example.com/a".to_owned()),
        ..told
    });
    given.apply_at(AT + 8_000, vec![bounced, clicked]).await;

    let jobs = claim(store, AT + 8_000).await;
    assert_eq!(jobs.len(), 1, "only one of them tells any of it");
    let events = next(store, &jobs[0]).await;
    assert_eq!(names(&events), all);
    assert!(events.is_sorted_by(|a, b| a.sequence < b.sequence));
    let details: Vec<Option<&str>> = events.iter().map(|it| it.details.as_deref()).collect();
    let full = Some(r#"{"failure_message":"the server is full"}"#);
    let bounced = r#"{"failure_message":"no such user","recipient":"ana@example.com"}"#;
    let clicked = r#"{"href":"https://example.com/a","link_id":1}"#;
    assert_eq!(details, [full, full, None, Some(bounced), Some(clicked)]);
    assert_eq!(
        (events[3].recorded_at, events[3].timestamp),
        (AT + 8_000, AT_SECONDS + 7)
    );
    match &events[3].about {
        About::Message { id, delivery } => {
            let delivery = delivery.as_ref().expect("the delivery is there");
            assert_eq!((id.as_str(), delivery.subject.as_str()), ("d", "Sent"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(waiting(store).await, 5);
}

/// Only the first open and click of a message waits, unless all are to be told; of anything
/// else each time does.
pub(super) async fn opens_and_clicks_wait_once(store: &dyn Store) {
    let given = given(store).await;
    let events = ["email_opened", "email_clicked", "email_delivered"];
    create(&given, new(&events)).await;
    let full = NewReportingWebhook {
        full_resolution: true,
        ..new(&events)
    };
    create(&given, full).await;
    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    for metric in ["opened", "clicked", "opened", "delivered", "delivered"] {
        // In the same second, which makes none of them the first.
        given.apply(report(metric, AT_SECONDS)).await;
    }
    let jobs = claim(store, AT).await;
    let [first, every] = jobs.as_slice() else {
        panic!("{jobs:?}");
    };
    let once = ["opened", "clicked", "delivered", "delivered"];
    let each = ["opened", "clicked", "opened", "delivered", "delivered"];
    let named = |metrics: &[&str]| -> Vec<String> {
        metrics.iter().map(|it| format!("email_{it}")).collect()
    };
    assert_eq!(names(&next(store, first).await), named(&once));
    assert_eq!(names(&next(store, every).await), named(&each));
}

/// A look at a message waits with who looked and which link they followed; a link that is
/// followed before the message was opened opens it.
pub(super) async fn looks_wait_with_who_looked(store: &dyn Store) {
    let given = given(store).await;
    let full = NewReportingWebhook {
        full_resolution: true,
        ..new(&["email_opened", "email_clicked"])
    };
    create(&given, full).await;
    create(&given, new(&["email_opened", "email_clicked"])).await;
    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    let look = |href: Option<&str>, is_machine| {
        Operation::Look(Look {
            delivery_id: "d".to_owned(),
            href: href.map(str::to_owned),
            reader: Reader {
                is_machine,
                is_proxy: false,
            },
        })
    };
    let (one, other) = ("https://example.com/1", "https://example.com/2");
    for look in [
        look(Some(one), true),
        look(None, false),
        look(Some(other), false),
    ] {
        given.apply(look).await;
    }
    let jobs = claim(store, AT).await;
    let told = async |job: &Job| -> Vec<(String, Option<String>)> {
        let events = next(store, job).await.into_iter();
        events.map(|it| (it.name.to_string(), it.details)).collect()
    };
    let opened = |details: Option<&str>| ("email_opened".to_owned(), details.map(str::to_owned));
    let clicked = |details: &str| ("email_clicked".to_owned(), Some(details.to_owned()));
    let all = [
        opened(Some(r#"{"prefetched":true,"synthetic":true}"#)),
        clicked(r#"{"href":"https://example.com/1","link_id":1,"machine":true}"#),
        opened(None),
        clicked(r#"{"href":"https://example.com/2","link_id":2}"#),
    ];
    assert_eq!(told(&jobs[0]).await, all);
    assert_eq!(told(&jobs[1]).await, all[..2], "the first of each");
}

fn setting(name: &str, json: &str) -> Operation {
    identify(id("1")).set(name, json).into()
}

/// Somebody who subscribes, unsubscribes or chooses differently is told of once: writing
/// the same again, or too late, changes nothing.
pub(super) async fn subscriptions_wait_when_they_change(store: &dyn Store) {
    let given = given(store).await;
    let all = [
        "subscribed",
        "unsubscribed",
        "subscription_preferences_changed",
    ];
    let all = all.map(|it| format!("customer_{it}"));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    create(&given, new(&all)).await;
    let preferences = "cio_subscription_preferences";
    let topic = "cio_subscription_preferences.topics.topic_1";
    for operation in [
        setting("unsubscribed", "false"),
        setting("unsubscribed", "true"),
        setting("unsubscribed", "\"true\""),
        setting("unsubscribed", "null"),
        setting("unsubscribed", "false"),
        setting(preferences, r#"{"topics":{"topic_1":true,"topic_2":true}}"#),
        setting(
            preferences,
            r#"{"topics":{"topic_2":true, "topic_1":true}}"#,
        ),
        setting(topic, "false"),
        setting("plan", "\"pro\""),
        // Both are older than what is stored.
        Operation::Identify(Identify {
            timestamp: Some(5),
            attributes: vec![
                ("unsubscribed".to_owned(), Change::Set("true".to_owned())),
                (topic.to_owned(), Change::Set("true".to_owned())),
            ],
            ..Identify::new(id("1"))
        }),
        deliver(delivery("d", Some(id("1")))),
        Operation::Unsubscribe {
            delivery_id: "d".to_owned(),
            unsubscribed: true,
        },
    ] {
        given.apply(operation).await;
    }
    let job = claim(store, AT).await.remove(0);
    let events = next(store, &job).await;
    let told: Vec<(String, Option<&str>)> = events
        .iter()
        .map(|it| (it.name.to_string(), it.details.as_deref()))
        .collect();
    let chosen = |json| ("customer_subscription_preferences_changed".to_owned(), json);
    let expected = [
        ("customer_unsubscribed".to_owned(), None),
        ("customer_subscribed".to_owned(), None),
        chosen(Some(r#"{"topics":{"topic_1":true,"topic_2":true}}"#)),
        chosen(Some(r#"{"topics":{"topic_1":false}}"#)),
        ("customer_unsubscribed".to_owned(), None),
    ];
    assert_eq!(told, expected);
    let channels: Vec<Option<Channel>> = events
        .iter()
        .map(|it| match &it.about {
            About::Person { names, channel } => {
                assert_eq!(names.as_ref().and_then(|it| it.id.as_deref()), Some("1"));
                *channel
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let email = Some(Channel::Email);
    assert_eq!(channels, [None, None, None, None, email]);
}

/// Who is removed before something is told is not named in it.
pub(super) async fn who_goes_is_not_named(store: &dyn Store) {
    let given = given(store).await;
    create(&given, new(&["email_drafted", "customer_unsubscribed"])).await;
    for person in ["1", "2"] {
        let draft = NewDelivery {
            draft: true,
            ..delivery(person, Some(id(person)))
        };
        given.apply(deliver(draft)).await;
        let out = identify(id(person)).set("unsubscribed", "true");
        given.apply(out).await;
    }
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(Operation::Suppress(id("2"))).await;
    let job = claim(store, AT).await.remove(0);
    let events = next(store, &job).await;
    assert_eq!(events.len(), 4);
    for event in events {
        match event.about {
            About::Message { id, delivery } => {
                let person = delivery.expect("the delivery is there").person;
                match id.as_str() {
                    "1" => assert_eq!(person.expect("their cio_id stays").id, None),
                    _ => assert_eq!(person, None),
                }
            }
            About::Person { names, .. } => assert_eq!(names, None),
        }
    }
}
