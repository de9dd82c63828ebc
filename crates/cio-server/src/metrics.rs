//! What operators watch, in Prometheus' text format. Labels are route templates and
//! statuses: nothing in them names a person or a workspace.
//!
//! Counting is a look-up and a few atomic additions per request.

mod reporting;
mod text;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cio_domain::job::{Queue, Settlement};
use cio_store::measure::Histogram;

use crate::error::{ApiError, Family, log_refusal};
use crate::listen::Peer;
use crate::settings::MetricsAccess;
use crate::state::AppState;
pub(crate) use reporting::ReportingCounts;
use text::Text;

/// Bounds of a request's time, in microseconds.
const REQUEST_MICROS: &[u64] = &[
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000,
];
/// What a path that no route matches is counted as: paths are made by whoever asks.
const NO_ROUTE: &str = "none";

/// What the server counts of itself.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// By method and route. As many as there are routes, and a few methods of each.
    requests: RwLock<HashMap<&'static str, HashMap<String, Arc<Requests>>>>,
    pub(crate) jobs: JobCounts,
    pub(crate) reporting: Arc<ReportingCounts>,
}

/// The requests of one route.
#[derive(Debug)]
struct Requests {
    /// By status, from 100 on.
    statuses: [AtomicU64; 500],
    micros: Histogram,
}

/// What became of jobs.
#[derive(Debug, Default)]
pub(crate) struct JobCounts {
    claimed: AtomicU64,
    sent: AtomicU64,
    retried: AtomicU64,
    failed: AtomicU64,
    undeliverable: AtomicU64,
    bounced: AtomicU64,
    dropped: AtomicU64,
    in_doubt: AtomicU64,
}

impl JobCounts {
    pub(crate) fn claimed(&self, jobs: usize) {
        self.claimed.fetch_add(jobs as u64, Ordering::Relaxed);
    }

    /// Where jobs that end like this are counted.
    pub(crate) fn counter(&self, settlement: &Settlement) -> &AtomicU64 {
        match settlement {
            Settlement::Sent { .. } => &self.sent,
            Settlement::Retry { .. } => &self.retried,
            Settlement::Failed(_) => &self.failed,
            Settlement::Undeliverable(_) => &self.undeliverable,
            Settlement::Bounced { .. } => &self.bounced,
            Settlement::Dropped(_) => &self.dropped,
            Settlement::InDoubt(_) => &self.in_doubt,
        }
    }

    fn by_result(&self) -> [(&'static str, u64); 7] {
        [
            ("sent", &self.sent),
            ("retried", &self.retried),
            ("failed", &self.failed),
            ("undeliverable", &self.undeliverable),
            ("bounced", &self.bounced),
            ("dropped", &self.dropped),
            ("in_doubt", &self.in_doubt),
        ]
        .map(|(result, count)| (result, count.load(Ordering::Relaxed)))
    }
}

impl Metrics {
    fn requests(&self, method: &'static str, route: &str) -> Arc<Requests> {
        let known = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(requests) = known.get(method).and_then(|routes| routes.get(route)) {
            return Arc::clone(requests);
        }
        drop(known);
        let mut known = self
            .requests
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let routes = known.entry(method).or_default();
        Arc::clone(routes.entry(route.to_owned()).or_insert_with(|| {
            Arc::new(Requests {
                statuses: std::array::from_fn(|_| AtomicU64::new(0)),
                micros: Histogram::new(REQUEST_MICROS),
            })
        }))
    }
}

/// A method's name; of the known ones only, for a client can make one up.
fn name(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::PUT,
        Method::POST,
        Method::DELETE,
        Method::PATCH,
        Method::HEAD,
        Method::OPTIONS,
    ];
    const NAMES: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    let known = KNOWN.iter().position(|known| known == method);
    known.map_or("other", |known| NAMES[known])
}

/// Counts a request by its route and the answer's status, and logs what was refused with a
/// reference.
pub(crate) async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = name(request.method());
    let requests = state.metrics.requests(method, route);
    let response = next.run(request).await;
    log_refusal(method, route, &response);
    let micros = started.elapsed().as_micros();
    requests
        .micros
        .record(u64::try_from(micros).unwrap_or(u64::MAX));
    let status = usize::from(response.status().as_u16()).saturating_sub(100);
    if let Some(count) = requests.statuses.get(status) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    response
}

/// `GET /metrics`. Whoever may not see it learns no more than that there is no such page.
pub(crate) async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    if !may_see(state.metrics_access, peer, request.headers()) {
        return ApiError::not_found(Family::Track).into_response();
    }
    let text = render(&state).await;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (StatusCode::OK, [(header::CONTENT_TYPE, kind)], text).into_response()
}

fn may_see(access: MetricsAccess, peer: Option<Peer>, headers: &HeaderMap) -> bool {
    match access {
        MetricsAccess::Everyone => true,
        MetricsAccess::Nobody => false,
        // A proxy on this machine asks for somebody who may be anywhere.
        MetricsAccess::Loopback => {
            let forwarded = ["forwarded", "x-forwarded-for", "via"];
            peer.is_some_and(|peer| peer.0.to_canonical().is_loopback())
                && !forwarded.iter().any(|name| headers.contains_key(*name))
        }
    }
}

async fn render(state: &AppState) -> String {
    let mut text = Text::default();
    requests(&state.metrics, &mut text);
    store(state, &mut text);
    jobs(state, &mut text).await;
    reporting::render(state, &mut text).await;
    if let Some(bytes) = resident_bytes() {
        let name = "process_resident_memory_bytes";
        text.describe(name, "gauge", "Memory of the process.");
        text.value(name, &[], bytes);
    }
    text.finish()
}

fn requests(metrics: &Metrics, text: &mut Text) {
    let known = metrics
        .requests
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    let mut all: Vec<(&str, &str, &Requests)> = known
        .iter()
        .flat_map(|(method, routes)| {
            routes
                .iter()
                .map(|(route, requests)| (*method, route.as_str(), requests.as_ref()))
        })
        .collect();
    all.sort_by_key(|(method, route, _)| (*route, *method));
    let name = "customerio_requests_total";
    text.describe(name, "counter", "Requests by route and status.");
    for (method, route, requests) in &all {
        for (status, count) in requests.statuses.iter().enumerate() {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                let status = (status + 100).to_string();
                let labels = [("method", *method), ("route", *route), ("status", &status)];
                text.value(name, &labels, count);
            }
        }
    }
    let name = "customerio_request_seconds";
    text.describe(
        name,
        "histogram",
        "From the head of a request to its answer.",
    );
    for (method, route, requests) in &all {
        let labels = [("method", *method), ("route", *route)];
        text.micros(name, &labels, &requests.micros.read());
    }
}

fn store(state: &AppState, text: &mut Text) {
    let store = state.store.measurements();
    let name = "customerio_store_group_calls";
    text.describe(name, "histogram", "Calls that were written with one fsync.");
    text.counts(name, &[], &store.group_calls);
    let name = "customerio_store_commit_seconds";
    text.describe(name, "histogram", "A commit with its fsync.");
    text.micros(name, &[], &store.commit_micros);
    for (name, kind, help, value) in [
        (
            "customerio_store_waiting_calls",
            "gauge",
            "Calls that wait to be written.",
            store.waiting_calls,
        ),
        (
            "customerio_store_waiting_bytes",
            "gauge",
            "Bytes of the calls that wait, roughly.",
            store.waiting_bytes,
        ),
        (
            "customerio_store_busy_total",
            "counter",
            "Calls refused because too many were waiting.",
            store.busy,
        ),
        (
            "customerio_store_failed_groups_total",
            "counter",
            "Groups that could not be written.",
            store.failed_groups,
        ),
    ] {
        text.describe(name, kind, help);
        text.value(name, &[], value);
    }
}

async fn jobs(state: &AppState, text: &mut Text) {
    let jobs = &state.metrics.jobs;
    let name = "customerio_jobs_claimed_total";
    text.describe(name, "counter", "Jobs given to a worker.");
    text.value(name, &[], jobs.claimed.load(Ordering::Relaxed));
    let name = "customerio_jobs_settled_total";
    text.describe(name, "counter", "Jobs by how they ended.");
    for (result, count) in jobs.by_result() {
        text.value(name, &[("result", result)], count);
    }
    // A store that cannot be read has nothing to say of its jobs.
    if let Ok(due) = state.store.next_job_due(Queue::Deliveries).await {
        let name = "customerio_jobs_overdue_seconds";
        text.describe(name, "gauge", "How long the first job has been due.");
        let overdue = due.map_or(0, |due| state.now().saturating_sub(due));
        text.value(name, &[], overdue / 1_000);
    }
}

/// What Linux says the process has in memory; elsewhere nobody is asked.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_sees_them_unless_told_otherwise() {
        let local = Some(Peer([127, 0, 0, 1].into()));
        let remote = Some(Peer([192, 0, 2, 1].into()));
        let direct = HeaderMap::new();
        let mut proxied = HeaderMap::new();
        proxied.insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
        use MetricsAccess::{Everyone, Loopback, Nobody};
        assert!(may_see(Loopback, local, &direct));
        assert!(!may_see(Loopback, local, &proxied));
        assert!(!may_see(Loopback, remote, &direct));
        assert!(!may_see(Loopback, None, &direct));
        assert!(may_see(Everyone, remote, &proxied));
        assert!(!may_see(Nobody, local, &direct));
    }

    #[test]
    fn a_made_up_method_has_no_name() {
        assert_eq!(name(&Method::DELETE), "DELETE");
        assert_eq!(name(&"MAKE-UP".parse().unwrap()), "other");
    }
}
