//! A 200 means on disk: the server is killed in the middle of 20 000 identifies from 32
//! connections, three times over, and every acknowledged person and event is there after.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use customerio::{Event, RetryPolicy, TrackClient};
use serde_json::{Value, json};

use crate::support::{Server, directory, get};

const PEOPLE: usize = 20_000;
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 3;
/// Every fourth person does something, too.
const EVENT_EVERY: usize = 4;

const KEYS: [(&str, &str); 3] = [
    ("CUSTOMERIO_SITE_ID", "crash-site"),
    ("CUSTOMERIO_TRACK_API_KEY", "crash-track-key"),
    ("CUSTOMERIO_APP_API_KEY", "crash-app-key"),
];

/// What was acknowledged of one person.
#[derive(Clone, Copy)]
struct Acknowledged {
    person: usize,
    event: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let directory = directory();
    for round in 0..ROUNDS {
        let mut server = Server::start(directory.path(), &["--data", "data"], &KEYS);
        // Somewhere in the middle, at another place each time.
        let kill_after = fastrand::usize(PEOPLE / 8..PEOPLE / 2);
        let acknowledged = identify_until_killed(round, kill_after, &mut server).await;
        assert!(
            acknowledged.len() >= kill_after,
            "the kill came after {kill_after}"
        );
        assert!(acknowledged.len() < PEOPLE, "the kill came in the middle");

        let server = Server::start(directory.path(), &["--data", "data"], &KEYS);
        let url = server.text("url");
        let lost = tokio::task::spawn_blocking(move || missing(round, &url, &acknowledged))
            .await
            .unwrap();
        assert_eq!(lost, Vec::<String>::new(), "round {round}");
        assert_eq!(server.stop().code, 0);
    }
}

/// Identifies from all connections until the server is gone; returns what it acknowledged.
async fn identify_until_killed(
    round: usize,
    kill_after: usize,
    server: &mut Server,
) -> Vec<Acknowledged> {
    let client = TrackClient::builder(KEYS[0].1, KEYS[1].1)
        .base_url(server.text("url"))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let next = Arc::new(AtomicUsize::new(0));
    let count = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (client, next, count) = (client.clone(), Arc::clone(&next), Arc::clone(&count));
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                loop {
                    let person = next.fetch_add(1, Ordering::Relaxed);
                    if person >= PEOPLE {
                        break acknowledged;
                    }
                    let id = format!("r{round}-{person}");
                    if client.identify(&id, json!({ "n": person })).await.is_err() {
                        break acknowledged;
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                    let event = person.is_multiple_of(EVENT_EVERY)
                        && client.track(&id, Event::new("happened")).await.is_ok();
                    acknowledged.push(Acknowledged { person, event });
                }
            })
        })
        .collect();
    while count.load(Ordering::Relaxed) < kill_after {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    server.kill();
    let mut acknowledged = Vec::new();
    for task in tasks {
        acknowledged.extend(task.await.unwrap());
    }
    acknowledged
}

/// Which of the acknowledged are not there.
fn missing(round: usize, url: &str, acknowledged: &[Acknowledged]) -> Vec<String> {
    let key = KEYS[2].1;
    let mut lost = Vec::new();
    for Acknowledged { person, event } in acknowledged {
        let id = format!("r{round}-{person}");
        let (status, body) = get(url, &format!("/v1/customers/{id}/attributes"), key);
        let profile: Value = serde_json::from_str(&body).unwrap();
        let n = profile["customer"]["attributes"]["n"].as_str();
        if status != 200 || n != Some(person.to_string().as_str()) {
            lost.push(id.clone());
        }
        if *event {
            let (_, body) = get(
                url,
                &format!("/v1/customers/{id}/activities?type=event"),
                key,
            );
            if !body.contains("\"happened\"") {
                lost.push(format!("the event of {id}"));
            }
        }
    }
    lost
}
