//! A 200 means on disk: the server is killed in the middle of a mixed load from several
//! connections, again and again on one data directory. After each start every acknowledged
//! call is there, none is there twice, and of the calls that were under way each is whole
//! or absent, and `store check` finds nothing.

mod broadcasts;
mod facts;
mod story;

use std::collections::HashSet;

use customerio::{ApiClient, PipelinesClient, RetryPolicy, TrackClient};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::support::{Server, directory, run};
use story::Unit;

const CONNECTIONS: usize = 8;
/// How often it is killed, unless [`ROUNDS_VARIABLE`] says otherwise.
const ROUNDS: usize = 10;
const ROUNDS_VARIABLE: &str = "CUSTOMERIO_CRASH_ROUNDS";
/// Acknowledged calls before a kill, at least and at most.
const KILL_AFTER: std::ops::Range<usize> = 1..400;

const KEYS: [(&str, &str); 4] = [
    ("CUSTOMERIO_SITE_ID", "crash-site"),
    ("CUSTOMERIO_TRACK_API_KEY", "crash-track-key"),
    ("CUSTOMERIO_APP_API_KEY", "crash-app-key"),
    ("CUSTOMERIO_PIPELINES_WRITE_KEY", "crash-write-key"),
];

/// Every API there is. Nothing is repeated: a call is sent once or not at all.
#[derive(Clone)]
struct Clients {
    track: TrackClient,
    pipelines: PipelinesClient,
    app: ApiClient,
}

impl Clients {
    fn of(server: &Server) -> Clients {
        let url = server.text("url");
        let none = RetryPolicy::none;
        let track = TrackClient::builder(KEYS[0].1, KEYS[1].1);
        let pipelines = PipelinesClient::builder(KEYS[3].1).strict(true);
        let app = ApiClient::builder(KEYS[2].1);
        Clients {
            track: track.base_url(&url).retry(none()).build().unwrap(),
            pipelines: pipelines.base_url(&url).retry(none()).build().unwrap(),
            app: app.base_url(&url).retry(none()).build().unwrap(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the test takes is no business of the program"
)]
fn rounds() -> usize {
    let told = std::env::var(ROUNDS_VARIABLE).ok();
    told.map_or(ROUNDS, |rounds| rounds.parse().unwrap())
}

fn start(directory: &std::path::Path) -> Server {
    Server::start(directory, &["--data", "data"], &KEYS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    let directory = directory();
    let mut server = start(directory.path());
    let clients = Clients::of(&server);
    let segment = clients.app.segments().create("crash", "").await.unwrap().id;
    let mut units: Vec<Unit> = Vec::new();
    for round in 0..rounds() {
        let of_round = run_until_killed(round, segment, &mut server).await;
        let check = run(directory.path(), &["store", "check", "--data", "data"], &[]);
        assert_eq!(check.code, 0, "round {round}: {}", check.said());
        server = start(directory.path());
        let seen = tokio::task::block_in_place(|| facts::check(&server, segment, &of_round));
        assert_eq!(seen, Vec::<String>::new(), "round {round}");
        units.extend(of_round);
    }
    // What was there after its own round is there after all that came later.
    let seen = tokio::task::block_in_place(|| {
        let mut wrong = facts::check(&server, segment, &units);
        wrong.extend(facts::check_sums(&server, segment, &units));
        wrong
    });
    assert_eq!(seen, Vec::<String>::new(), "in the end");
    assert_eq!(server.stop().code, 0);
}

/// Tells stories from all connections until the server is gone, at some moment.
async fn run_until_killed(round: usize, segment: u64, server: &mut Server) -> Vec<Unit> {
    let clients = Clients::of(server);
    let (told, mut acknowledged) = mpsc::unbounded_channel();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            let (clients, told) = (clients.clone(), told.clone());
            tokio::spawn(async move {
                let mut units = Vec::new();
                loop {
                    let name = format!("r{round}-c{connection}-{}", units.len());
                    let unit = Unit::tell(name, &clients, segment, &told).await;
                    let is_cut_short = unit.is_cut_short();
                    units.push(unit);
                    if is_cut_short {
                        return units;
                    }
                }
            })
        })
        .collect();
    drop(told);
    for _ in 0..fastrand::usize(KILL_AFTER) {
        acknowledged.recv().await.expect("no call fails before");
    }
    server.kill();
    let mut units = Vec::new();
    for task in tasks {
        units.extend(task.await.unwrap());
    }
    units
}

/// A list that comes in pages, to its end.
fn all(server: &Server, path: &str, list: &str) -> Vec<Value> {
    let (mut items, mut start) = (Vec::new(), String::new());
    loop {
        let separator = if path.contains('?') { '&' } else { '?' };
        let (status, body) = server.get(&format!("{path}{separator}start={start}"));
        assert_eq!(status, 200, "{path}: {body}");
        let page: Value = serde_json::from_str(&body).unwrap();
        items.extend(page[list].as_array().cloned().unwrap_or_default());
        start = page["next"].as_str().unwrap_or_default().to_owned();
        if start.is_empty() {
            return items;
        }
    }
}

/// The ids that come more than once.
fn repeated(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    ids.filter(|id| !seen.insert(id.clone())).collect()
}
