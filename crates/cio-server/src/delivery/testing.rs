//! A store, a worker and a clock for tests of what is handed over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cio_domain::delivery::{Delivery, NewDelivery};
use cio_domain::message::Content;
use cio_domain::operation::DeviceUpdate;
use cio_domain::person::Device;
use cio_domain::{Clock, Operation, UnixMillis, WorkspaceId};
use cio_store::{Store, StoreError};
use cio_store_embedded::EmbeddedStore;
use cio_testkit::{Reply, Request};
use cio_wire::Identifier;
use serde_json::json;
use tokio::task::JoinSet;

use super::worker::Deliveries;
use super::{CarrierSettings, Carriers, FcmSettings, Renderer, mail_servers};
use crate::credentials::Hasher;
use crate::settings::Settings;
use crate::tracking::Links;

pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId(1);

/// Stands still until it is moved.
pub(crate) struct Hand(AtomicU64);

impl Clock for Hand {
    fn now(&self) -> UnixMillis {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) struct Bench {
    pub(crate) store: Arc<EmbeddedStore>,
    pub(crate) worker: Arc<Deliveries>,
    clock: Arc<Hand>,
}

pub(crate) fn id() -> Identifier {
    Identifier::Id("1".to_owned())
}

impl Bench {
    pub(crate) fn new(carriers: &CarrierSettings) -> Bench {
        let store = Arc::new(EmbeddedStore::in_memory());
        let clock = Arc::new(Hand(AtomicU64::new(1_790_000_000_000)));
        let links = Links::new("http://links.example".to_owned(), Hasher::new([7; 32]));
        let worker = Arc::new(Deliveries {
            store: Arc::clone(&store) as Arc<dyn Store>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            mail: mail_servers(&Settings::default()).unwrap(),
            renderer: Renderer::new(Arc::clone(&store) as Arc<dyn Store>, links),
            carriers: Arc::new(Carriers::new(carriers).unwrap()),
            metrics: Arc::default(),
        });
        Bench {
            store,
            worker,
            clock,
        }
    }

    pub(crate) async fn apply(&self, operation: Operation) {
        let applied = self
            .store
            .apply(WORKSPACE, self.clock.now(), vec![operation]);
        applied.await.unwrap();
    }

    pub(crate) async fn device(&self, token: &str, platform: &str, last_used: i64) {
        self.apply(Operation::PutDevice {
            person: id(),
            device: DeviceUpdate {
                token: token.to_owned(),
                platform: platform.to_owned(),
                last_used: Some(last_used),
                attributes: Default::default(),
            },
        })
        .await;
    }

    pub(crate) async fn devices(&self) -> Vec<Device> {
        let person = self.store.person(WORKSPACE, id()).await.unwrap();
        person.unwrap().devices
    }

    /// Takes a message to the person, and makes one attempt at it.
    pub(crate) async fn send(&self, delivery_id: &str, content: impl Into<Content>) -> Delivery {
        self.accept(delivery_id, content).await;
        self.attempt(delivery_id).await
    }

    pub(crate) async fn accept(&self, delivery_id: &str, content: impl Into<Content>) {
        self.apply(Operation::Deliver(Box::new(NewDelivery {
            person: Some(id()),
            ..NewDelivery::new(delivery_id, content)
        })))
        .await;
    }

    /// Does what is due by now.
    pub(crate) async fn attempt(&self, delivery_id: &str) -> Delivery {
        let mut running = JoinSet::new();
        self.worker.start(&mut running).await.unwrap();
        while let Some(ended) = running.join_next().await {
            ended.unwrap();
        }
        self.delivery(delivery_id).await.unwrap()
    }

    pub(crate) async fn delivery(&self, delivery_id: &str) -> Result<Delivery, StoreError> {
        use cio_store::messages::MessageStore as _;
        let found = self.store.delivery(WORKSPACE, delivery_id.to_owned());
        Ok(found.await?.unwrap())
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

/// What a delivery has, by name.
pub(crate) fn metrics(delivery: &Delivery) -> Vec<&str> {
    delivery.metrics.keys().map(String::as_str).collect()
}

/// FCM and Google's token service at one address.
pub(crate) fn fcm(url: &str) -> FcmSettings {
    let account = json!({
        "type": "service_account",
        "project_id": "shop",
        "private_key": include_str!("../../../cio-channels/tests/http/rsa_key_for_tests.pem"),
        "client_email": "push@shop.example",
        "token_uri": format!("{url}/token"),
    });
    FcmSettings {
        service_account: account.to_string(),
        base_url: Some(url.to_owned()),
    }
}

/// The answer to a request for a token.
pub(crate) fn google_token() -> Reply {
    Reply::json(200, json!({"access_token": "a", "expires_in": 3600}))
}

/// The device a request to FCM is about; of one to the token service none.
pub(crate) fn pushed_to(request: &Request) -> Option<String> {
    if request.path == "/token" {
        return None;
    }
    let token = request.json()["message"]["token"].clone();
    Some(token.as_str().unwrap().to_owned())
}
