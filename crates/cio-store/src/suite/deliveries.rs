//! Promises about deliveries and their jobs.

use cio_domain::delivery::{EmailContent, NewDelivery};
use cio_domain::job::Settlement;
use cio_domain::{Operation, UnixMillis};
use cio_wire::Identifier;

use super::{NOW, WORKSPACE, apply, apply_at, id, person};
use crate::Store;

fn new(delivery_id: &str, person: Option<Identifier>) -> NewDelivery {
    NewDelivery {
        id: delivery_id.to_owned(),
        person,
        content: EmailContent {
            to: "a@x.y".to_owned(),
            body: "{{ x }}".to_owned(),
            ..EmailContent::default()
        },
        message_data: Some("{}".to_owned()),
        send_at: None,
        draft: false,
        forget_content: false,
        send_to_unsubscribed: true,
    }
}

fn deliver(delivery: NewDelivery) -> Operation {
    Operation::Deliver(Box::new(delivery))
}

async fn metrics(store: &dyn Store, delivery_id: &str) -> Vec<String> {
    let delivery = store
        .delivery(WORKSPACE, delivery_id.to_owned())
        .await
        .unwrap()
        .unwrap();
    delivery.metrics.into_keys().collect()
}

pub(super) async fn a_delivery_and_its_job_come_together(store: &dyn Store) {
    assert_eq!(store.next_job_due().await.unwrap(), None);
    let later = NewDelivery {
        send_at: Some(1_790_000_100),
        ..new("later", None)
    };
    apply(store, deliver(later)).await;
    assert_eq!(store.next_job_due().await.unwrap(), Some(1_790_000_100_000));
    apply(store, deliver(new("now", Some(id("7"))))).await;
    assert_eq!(store.next_job_due().await.unwrap(), Some(NOW));
    assert!(person(store, "7").await.is_some(), "the person is created");

    let jobs = store.claim_jobs(NOW, NOW + 1_000, 10).await.unwrap();
    assert_eq!(jobs.len(), 1, "only what is due");
    let sent = EmailContent {
        subject: "as sent".to_owned(),
        ..EmailContent::default()
    };
    let settlement = Settlement::Sent(Box::new(sent));
    assert!(
        store
            .settle_job(jobs[0].clone(), NOW, settlement)
            .await
            .unwrap()
    );
    assert_eq!(metrics(store, "now").await, ["sent"]);
    let content = store
        .delivery_content(WORKSPACE, "now".to_owned())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(content.subject, "as sent");
    assert_eq!(store.next_job_due().await.unwrap(), Some(1_790_000_100_000));
    assert!(
        store
            .delivery(WORKSPACE, "unknown".to_owned())
            .await
            .unwrap()
            .is_none()
    );
}

pub(super) async fn a_job_belongs_to_its_lease(store: &dyn Store) {
    apply(store, deliver(new("d", None))).await;
    let claim = async |at: UnixMillis| store.claim_jobs(at, at + 1_000, 10).await.unwrap();
    let first = claim(NOW).await.remove(0);
    assert!(claim(NOW + 999).await.is_empty(), "leased");
    let second = claim(NOW + 1_000).await.remove(0);
    assert_eq!((first.attempts, second.attempts), (0, 1));
    let late = Settlement::Failed("too late".to_owned());
    assert!(!store.settle_job(first, NOW, late).await.unwrap());
    assert!(
        metrics(store, "d").await.is_empty(),
        "nothing is recorded for a lost lease"
    );

    let retry = Settlement::Retry {
        at: NOW + 5_000,
        reason: "busy".to_owned(),
    };
    assert!(store.settle_job(second, NOW, retry).await.unwrap());
    assert_eq!(metrics(store, "d").await, ["attempted", "deferred"]);
    assert!(claim(NOW + 4_999).await.is_empty());
    let third = claim(NOW + 5_000).await.remove(0);
    assert_eq!(third.attempts, 2);
    let again = third.clone();
    assert!(
        store
            .settle_job(third, NOW, Settlement::Failed("no".to_owned()))
            .await
            .unwrap()
    );
    assert!(
        !store
            .settle_job(again, NOW, Settlement::Failed("no".to_owned()))
            .await
            .unwrap()
    );
    assert_eq!(store.next_job_due().await.unwrap(), None);
    let delivery = store
        .delivery(WORKSPACE, "d".to_owned())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(delivery.failure_message.as_deref(), Some("no"));
}

pub(super) async fn deliveries_are_listed_newest_first_drafts_apart(store: &dyn Store) {
    for n in 0..5u64 {
        apply_at(store, NOW + n, deliver(new(&format!("d{n}"), None))).await;
        let draft = NewDelivery {
            draft: true,
            ..new(&format!("draft{n}"), None)
        };
        apply_at(store, NOW + n, deliver(draft)).await;
    }
    for (drafts, prefix) in [(false, "d"), (true, "draft")] {
        let (mut seen, mut start) = (Vec::new(), None);
        loop {
            let page = store.deliveries(WORKSPACE, drafts, start, 2).await.unwrap();
            seen.extend(page.items.into_iter().map(|it| it.id));
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        let expected: Vec<String> = (0..5).rev().map(|n| format!("{prefix}{n}")).collect();
        assert_eq!(seen, expected);
    }
    assert_eq!(metrics(store, "draft0").await, ["drafted"]);
}

pub(super) async fn a_suppressed_person_gets_nothing(store: &dyn Store) {
    apply(store, deliver(new("before", Some(id("1"))))).await;
    apply(store, Operation::Suppress(id("1"))).await;
    apply(store, deliver(new("after", Some(id("1"))))).await;
    assert_eq!(metrics(store, "after").await, ["undeliverable"]);
    let before = store
        .delivery(WORKSPACE, "before".to_owned())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        before.person, None,
        "a suppressed person's deliveries are anonymous"
    );

    apply(store, deliver(new("kept", Some(id("2"))))).await;
    let cio_id = person(store, "2").await.unwrap().identifiers.cio_id;
    apply(store, Operation::Delete(id("2"))).await;
    let kept = store
        .delivery(WORKSPACE, "kept".to_owned())
        .await
        .unwrap()
        .unwrap();
    let names = kept.person.unwrap();
    assert_eq!(
        (names.id, names.cio_id),
        (None, cio_id),
        "a deleted person's keep the cio_id"
    );
}
