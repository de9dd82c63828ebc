//! As much of the service as verification talks to.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_testkit::{Reply, Request, TestServer};
use serde_json::json;

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY};

pub(super) struct FakeService {
    server: TestServer,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    region: &'static str,
    refuses_everything: bool,
    reads_to_miss: u32,
    people: HashMap<String, serde_json::Value>,
    suppressed: HashSet<String>,
}

impl FakeService {
    pub(super) async fn start(region: &'static str) -> FakeService {
        FakeService::on(TestServer::start().await, region)
    }

    pub(super) async fn start_tls(region: &'static str, hosts: &[&str]) -> FakeService {
        FakeService::on(TestServer::start_tls(hosts).await, region)
    }

    fn on(server: TestServer, region: &'static str) -> FakeService {
        let state = Arc::new(Mutex::new(State {
            region,
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        server.answer_with(move |request| shared.lock().unwrap().answer(request));
        FakeService { server, state }
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) const fn server(&self) -> &TestServer {
        &self.server
    }

    /// The next reads of a person find nobody, as when a write is not applied yet.
    pub(super) fn delay_reads(&self, reads: u32) {
        self.state().reads_to_miss = reads;
    }

    pub(super) fn refuse_everything(&self) {
        self.state().refuses_everything = true;
    }

    pub(super) fn people(&self) -> usize {
        self.state().people.len()
    }

    pub(super) fn suppressed(&self) -> usize {
        self.state().suppressed.len()
    }

    pub(super) fn requests(&self) -> usize {
        self.server.requests().len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let authorization = request.header("authorization").unwrap_or_default();
        let basic = format!(
            "Basic {}",
            STANDARD.encode(format!("{SITE_ID}:{TRACK_KEY}"))
        );
        let path = request.path.split('?').next().unwrap_or_default();
        let is_track = path.starts_with("/api/v1/");
        let is_allowed = match is_track {
            true => authorization == basic,
            false => authorization == format!("Bearer {APP_KEY}"),
        };
        if self.refuses_everything || !is_allowed {
            return match is_track {
                true => Reply::json(401, json!({ "meta": { "error": "Unauthorized request" } })),
                false => Reply::json(
                    401,
                    json!({ "errors": [{ "detail": "unauthorized", "status": "401" }] }),
                ),
            };
        }
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["api", "v1", "accounts", "region"]) => Reply::json(
                200,
                json!({ "url": "https://track.customer.io", "region": self.region, "environment_id": 7 }),
            ),
            ("GET", ["v1", "customers"]) => Reply::json(200, json!({ "results": null })),
            ("PUT", ["api", "v1", "customers", id]) => {
                self.people.insert((*id).to_owned(), request.json());
                Reply::ok()
            }
            ("POST", ["api", "v1", "customers", id, "suppress"]) => {
                self.people.remove(*id);
                self.suppressed.insert((*id).to_owned());
                Reply::ok()
            }
            ("GET", ["v1", "customers", id, "attributes"]) => self.attributes(id),
            _ => Reply::json(
                404,
                json!({ "errors": [{ "detail": "not found", "status": "404" }] }),
            ),
        }
    }

    fn attributes(&mut self, id: &str) -> Reply {
        if self.reads_to_miss > 0 {
            self.reads_to_miss -= 1;
            return Reply::json(
                404,
                json!({ "errors": [{ "detail": "not found", "status": "404" }] }),
            );
        }
        let attributes = &self.people[id];
        Reply::json(
            200,
            json!({ "customer": { "id": id, "attributes": attributes } }),
        )
    }
}
