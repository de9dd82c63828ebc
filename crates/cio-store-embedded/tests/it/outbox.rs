//! What webhooks are to tell, and a process that ends before it told it.

use cio_domain::content::ContentChange;
use cio_domain::content::reporting_webhook::{
    Endpoint, Events, NewReportingWebhook, ReportingWebhookChange,
};
use cio_domain::delivery::NewDelivery;
use cio_domain::job::{Job, Queue};
use cio_domain::message::EmailContent;
use cio_domain::operation::Report;
use cio_domain::reporting::{TurnEnd, WebhookEvent};
use cio_domain::{Operation, WorkspaceId};
use cio_store::Store;
use cio_store::content::ContentStore;
use cio_store::reporting::ReportingStore;
use cio_store_embedded::EmbeddedStore;

const W: WorkspaceId = WorkspaceId(1);
const AT: u64 = 1_790_000_000_000;

async fn claim(store: &EmbeddedStore) -> Vec<Job> {
    let claimed = store.claim_jobs(Queue::Reporting, AT, AT + 60_000, 10);
    claimed.await.unwrap()
}

async fn next(store: &EmbeddedStore, job: &Job) -> Vec<WebhookEvent> {
    let next = store.next_events(job.clone(), 100).await.unwrap();
    next.unwrap().1
}

/// The next process tells the rest at once, and what was not settled again, as it was.
#[tokio::test]
async fn a_process_that_ends_leaves_what_it_had_not_settled() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    let endpoint = Endpoint::new("https://example.com").unwrap();
    let events = Events::read(["email_delivered"]).unwrap();
    let new = NewReportingWebhook::new("one", endpoint, events).unwrap();
    let create = ContentChange::ReportingWebhook(ReportingWebhookChange::Create(new));
    let created = store.change_content(W, AT, vec![create]).await.unwrap();
    created.unwrap();
    let message = NewDelivery::new("d", EmailContent::default());
    let delivered = |at| {
        Operation::Report(Report {
            delivery_id: "d".to_owned(),
            metric: "delivered".to_owned(),
            timestamp: Some(at),
            recipient: None,
            reason: None,
            href: None,
        })
    };
    let mut operations = vec![Operation::Deliver(Box::new(message))];
    operations.extend((0..5).map(delivered));
    store.apply(W, AT, operations).await.unwrap();

    let job = claim(&store).await.remove(0);
    let all = next(&store, &job).await;
    let end = TurnEnd::GoOn {
        lease_until: AT + 50_000,
    };
    let told = Some(all[1].sequence);
    let settled = store.settle_events(job, AT, told, end).await.unwrap();
    let lost = settled.job.unwrap();
    drop(store);

    let store = EmbeddedStore::open(directory.path()).unwrap();
    assert_eq!(store.check().findings, []);
    let job = claim(&store).await.remove(0);
    assert_eq!(next(&store, &job).await, all[2..]);
    let settled = store.settle_events(lost, AT, told, end).await.unwrap();
    assert_eq!(settled.job, None, "its lease ended with its process");
    store.apply(W, AT, vec![delivered(9)]).await.unwrap();
    let told = Some(all[4].sequence);
    let settled = store.settle_events(job, AT, told, end).await.unwrap();
    let left = next(&store, &settled.job.unwrap()).await;
    assert_eq!((left.len(), left[0].timestamp), (1, 9));
    assert!(left[0].sequence > all[4].sequence);
    assert_eq!(store.events_waiting().await.unwrap(), 1);
    assert_eq!(store.check().findings, []);
}
