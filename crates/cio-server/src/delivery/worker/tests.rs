//! Deliveries against an SMTP server that answers what the test says.

use cio_domain::delivery::NewDelivery;
use cio_domain::message::EmailContent;
use cio_domain::{Operation, WorkspaceId};
use cio_store::messages::MessageStore as _;
use cio_store_embedded::EmbeddedStore;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::credentials::Hasher;
use crate::delivery::mail_servers;
use crate::settings::Settings;
use crate::tracking::Links;

const WORKSPACE: WorkspaceId = WorkspaceId(1);

struct Frozen(UnixMillis);

impl Clock for Frozen {
    fn now(&self) -> UnixMillis {
        self.0
    }
}

/// Answers one session; `to_data` is its answer to the message itself.
async fn smtp(to_data: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await.unwrap();
        let mut in_data = false;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                break;
            }
            let answer = match line.trim_end() {
                "." if in_data => {
                    in_data = false;
                    to_data
                }
                _ if in_data => continue,
                "DATA" => {
                    in_data = true;
                    "354 go on\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("smtp://{address}")
}

async fn deliver_one(url: Option<&str>, now: UnixMillis) -> (Arc<EmbeddedStore>, Arc<Deliveries>) {
    let store = Arc::new(EmbeddedStore::in_memory());
    let content = EmailContent {
        from: "shop@example.com".into(),
        to: "ana@example.com".into(),
        subject: "Hi".into(),
        body: "<p>Hi</p>".into(),
        ..EmailContent::default()
    };
    let delivery = NewDelivery::new("d1", content);
    store
        .apply(WORKSPACE, now, vec![Operation::Deliver(Box::new(delivery))])
        .await
        .unwrap();
    let settings = Settings {
        smtp_url: url.map(str::to_owned),
        ..Settings::default()
    };
    let links = Links::new("http://links.example".to_owned(), Hasher::new([7; 32]));
    let worker = Arc::new(Deliveries {
        store: Arc::clone(&store) as Arc<dyn Store>,
        clock: Arc::new(Frozen(now)),
        mail: mail_servers(&settings).unwrap(),
        renderer: Renderer::new(Arc::clone(&store) as Arc<dyn Store>, links),
        carriers: Arc::default(),
        metrics: Arc::default(),
    });
    let mut running = JoinSet::new();
    worker.start(&mut running).await.unwrap();
    while running.join_next().await.is_some() {}
    (store, worker)
}

#[tokio::test]
async fn a_message_the_server_takes_is_sent() {
    let url = smtp("250 queued\r\n").await;
    let (store, _) = deliver_one(Some(&url), 5_000).await;
    let delivery = store
        .delivery(WORKSPACE, "d1".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(delivery.metrics.get("sent"), Some(&5), "{delivery:?}");
    assert_eq!(store.next_job_due(Queue::Deliveries).await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_for_good_is_not_repeated() {
    let url = smtp("554 no thanks\r\n").await;
    let (store, _) = deliver_one(Some(&url), 5_000).await;
    let delivery = store
        .delivery(WORKSPACE, "d1".into())
        .await
        .unwrap()
        .unwrap();
    assert!(delivery.metrics.contains_key("failed"), "{delivery:?}");
    assert!(delivery.failure_message.unwrap().contains("no thanks"));
    assert_eq!(store.next_job_due(Queue::Deliveries).await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_later() {
    let url = smtp("451 later\r\n").await;
    let (store, _) = deliver_one(Some(&url), 5_000).await;
    let delivery = store
        .delivery(WORKSPACE, "d1".into())
        .await
        .unwrap()
        .unwrap();
    assert!(delivery.metrics.contains_key("deferred"), "{delivery:?}");
    assert_eq!(
        store.next_job_due(Queue::Deliveries).await.unwrap(),
        Some(15_000)
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again_later() {
    let (store, _) = deliver_one(Some("smtp://127.0.0.1:1"), 5_000).await;
    assert_eq!(
        store.next_job_due(Queue::Deliveries).await.unwrap(),
        Some(15_000)
    );
}

#[tokio::test]
async fn without_a_server_a_message_is_captured_and_counts_as_sent() {
    let (store, _) = deliver_one(None, 5_000).await;
    let delivery = store
        .delivery(WORKSPACE, "d1".into())
        .await
        .unwrap()
        .unwrap();
    assert!(delivery.metrics.contains_key("sent"));
}

#[test]
fn waits_grow_and_end() {
    let wait = |attempts| match again_after(attempts, 0, String::new(), None) {
        Settlement::Retry { at, .. } => Some(at),
        _ => None,
    };
    assert_eq!(wait(0), Some(10_000));
    assert_eq!(wait(1), Some(30_000));
    assert_eq!(wait(10), Some(WAIT_MS_MAX));
    assert_eq!(wait(ATTEMPTS_MAX - 1), None);
}
