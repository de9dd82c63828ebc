//! Promises about deliveries and their jobs.

use cio_domain::delivery::{NewDelivery, Parent};
use cio_domain::job::{Queue, Settlement};
use cio_domain::message::EmailContent;
use cio_domain::{Operation, UnixMillis};
use cio_wire::Identifier;

use super::{NOW, WORKSPACE, apply, apply_at, id, person};
use crate::messages::DeliveryQuery;
use crate::{Store, StoreError};

fn new(delivery_id: &str, person: Option<Identifier>) -> NewDelivery {
    let content = EmailContent {
        to: "a@x.y".to_owned(),
        body: "{{ x }}".to_owned(),
        ..EmailContent::default()
    };
    NewDelivery {
        person,
        message_data: Some("{}".to_owned()),
        ..NewDelivery::new(delivery_id, content)
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
    assert_eq!(store.next_job_due(Queue::Deliveries).await.unwrap(), None);
    let later = NewDelivery {
        send_at: Some(1_790_000_100),
        ..new("later", None)
    };
    apply(store, deliver(later)).await;
    assert_eq!(
        store.next_job_due(Queue::Deliveries).await.unwrap(),
        Some(1_790_000_100_000)
    );
    apply(store, deliver(new("now", Some(id("7"))))).await;
    assert_eq!(
        store.next_job_due(Queue::Deliveries).await.unwrap(),
        Some(NOW)
    );
    assert!(person(store, "7").await.is_some(), "the person is created");

    let jobs = store
        .claim_jobs(Queue::Deliveries, NOW, NOW + 1_000, 10)
        .await
        .unwrap();
    assert_eq!(jobs.len(), 1, "only what is due");
    let sent = EmailContent {
        subject: "as sent".to_owned(),
        ..EmailContent::default()
    };
    let settlement = Settlement::sent(sent);
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
    assert_eq!(content.subject(), "as sent");
    assert_eq!(
        store.next_job_due(Queue::Deliveries).await.unwrap(),
        Some(1_790_000_100_000)
    );
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
    let claim = async |at: UnixMillis| {
        store
            .claim_jobs(Queue::Deliveries, at, at + 1_000, 10)
            .await
            .unwrap()
    };
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
    assert_eq!(store.next_job_due(Queue::Deliveries).await.unwrap(), None);
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
        let query = DeliveryQuery {
            drafts,
            limit: 2,
            ..DeliveryQuery::default()
        };
        let expected: Vec<String> = (0..5).rev().map(|n| format!("{prefix}{n}")).collect();
        assert_eq!(listed(store, query, None).await, expected);
    }
    assert_eq!(metrics(store, "draft0").await, ["drafted"]);
}

/// The ids on all pages of a list: of everybody's deliveries, or of one person's.
async fn listed(store: &dyn Store, query: DeliveryQuery, of: Option<Identifier>) -> Vec<String> {
    let (mut seen, mut start) = (Vec::new(), None);
    loop {
        let query = DeliveryQuery {
            start,
            ..query.clone()
        };
        let page = match &of {
            None => store.deliveries(WORKSPACE, query).await.unwrap(),
            Some(person) => {
                let page = store.deliveries_of(WORKSPACE, person.clone(), query);
                page.await.unwrap().unwrap()
            }
        };
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|it| it.id));
        start = page.next;
        if start.is_none() {
            return seen;
        }
    }
}

/// By when they were accepted, both ends included, by what became of them, and by what
/// they belong to.
pub(super) async fn deliveries_are_found_by_time_and_metric(store: &dyn Store) {
    for n in 0..6u64 {
        apply_at(store, NOW + n, deliver(new(&format!("d{n}"), None))).await;
    }
    for job in store
        .claim_jobs(Queue::Deliveries, NOW + 9, NOW + 99, 3)
        .await
        .unwrap()
    {
        let failed = Settlement::Failed("no".to_owned());
        assert!(store.settle_job(job, NOW + 9, failed).await.unwrap());
    }
    let all = DeliveryQuery {
        limit: 2,
        ..DeliveryQuery::default()
    };
    let between = |since, until| DeliveryQuery {
        since,
        until,
        ..all.clone()
    };
    let found = listed(store, between(NOW + 1, Some(NOW + 3)), None).await;
    assert_eq!(found, ["d3", "d2", "d1"]);
    assert_eq!(
        listed(store, between(NOW + 4, None), None).await,
        ["d5", "d4"]
    );
    assert!(listed(store, between(NOW + 6, None), None).await.is_empty());
    let nothing = between(0, Some(NOW - 1));
    assert!(listed(store, nothing, None).await.is_empty());
    let failed = DeliveryQuery {
        metric: Some("failed".to_owned()),
        ..all.clone()
    };
    assert_eq!(listed(store, failed, None).await, ["d2", "d1", "d0"]);
    for (parent, count) in [(Parent::Transactional(1), 6), (Parent::Campaign(1), 0)] {
        let query = DeliveryQuery {
            parents: vec![parent],
            ..all.clone()
        };
        assert_eq!(listed(store, query, None).await.len(), count, "{parent:?}");
    }
}

/// Of one person alone, drafts apart, also after a merge; nobody's once they are gone.
pub(super) async fn a_person_s_deliveries_are_listed_newest_first(store: &dyn Store) {
    for n in 0..3u64 {
        for who in ["1", "2"] {
            let name = format!("{who}-{n}");
            apply_at(store, NOW + n, deliver(new(&name, Some(id(who))))).await;
        }
        let draft = NewDelivery {
            draft: true,
            ..new(&format!("draft-{n}"), Some(id("1")))
        };
        apply_at(store, NOW + n, deliver(draft)).await;
    }
    let all = DeliveryQuery {
        limit: 2,
        ..DeliveryQuery::default()
    };
    let drafts = DeliveryQuery {
        drafts: true,
        ..all.clone()
    };
    let of = |name: &str| Some(id(name));
    assert_eq!(
        listed(store, all.clone(), of("1")).await,
        ["1-2", "1-1", "1-0"]
    );
    let found = listed(store, drafts.clone(), of("1")).await;
    assert_eq!(found, ["draft-2", "draft-1", "draft-0"]);
    let last = DeliveryQuery {
        since: NOW + 2,
        ..all.clone()
    };
    assert_eq!(listed(store, last, of("1")).await, ["1-2"]);
    let page = store.deliveries_of(WORKSPACE, id("1"), all.clone());
    let of_another = DeliveryQuery {
        start: page.await.unwrap().unwrap().next,
        ..all.clone()
    };
    let refused = store.deliveries_of(WORKSPACE, id("2"), of_another).await;
    assert!(matches!(refused, Err(StoreError::BadCursor)));
    let merge = Operation::Merge {
        primary: id("2"),
        secondary: id("1"),
    };
    apply(store, merge).await;
    let merged = ["2-2", "1-2", "2-1", "1-1", "2-0", "1-0"];
    assert_eq!(listed(store, all.clone(), of("2")).await, merged);
    assert_eq!(listed(store, drafts, of("2")).await.len(), 3);
    let gone = store.deliveries_of(WORKSPACE, id("1"), all.clone()).await;
    assert_eq!(gone.unwrap(), None);
    apply(store, Operation::Delete(id("2"))).await;
    let gone = store.deliveries_of(WORKSPACE, id("2"), all.clone()).await;
    assert_eq!(gone.unwrap(), None);
    assert_eq!(
        listed(store, all, None).await.len(),
        6,
        "and are there still"
    );
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
