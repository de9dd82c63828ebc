//! Broadcasts whose server is killed while their messages are made: everybody has all of them,
//! once, and a trigger that was answered is done.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::{KEYS, all, rounds};
use crate::support::{Server, call, directory, run};

/// So many that a broadcast to all of them is made in several parts.
const PEOPLE: usize = 1_000;
/// Messages to each.
const ACTIONS: usize = 2;
const ADMIN_TOKEN: &str = "crash-admin-token";
/// Longest time before a kill, in milliseconds.
const KILL_AFTER_MAX: u64 = 400;
const TRIGGERS: &str = "/v1/campaigns/1/triggers";

fn start(directory: &Path) -> Server {
    let variables = [&KEYS[..], &[("CUSTOMERIO_ADMIN_TOKEN", ADMIN_TOKEN)]].concat();
    let arguments = ["--data", "data", "--config", "customerio.toml"];
    Server::start(directory, &arguments, &variables)
}

/// Makes people and a broadcast with two actions.
fn fill(server: &Server) {
    let url = server.text("url");
    let basic = format!("{}:{}", KEYS[0].1, KEYS[1].1);
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, basic);
    let person = |number: &usize| {
        json!({"type": "person", "action": "identify", "identifiers": {"id": format!("p{number}")},
            "attributes": {}})
    };
    let numbers: Vec<usize> = (0..PEOPLE).collect();
    for part in numbers.chunks(500) {
        let batch: Vec<Value> = part.iter().map(person).collect();
        let body = json!({ "batch": batch }).to_string();
        let basic = format!("Basic {basic}");
        let (status, said) = call(&url, "POST", "/api/v2/batch", &basic, &body);
        assert_eq!(status, 200, "{said}");
    }
    // Held, so that the server does nothing but make them.
    let action = |name: &str, channel: &str| {
        json!({
            "name": name, "channel": channel, "sending_state": "draft",
            "content": {"title": "Now", "body": "Now"},
        })
    };
    let launch = json!({"actions": [action("shown", "in_app"), action("kept", "inbox")]});
    let path = "/admin/v1/workspaces/1/broadcasts/launch";
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let (status, said) = call(&url, "PUT", path, &bearer, &launch.to_string());
    assert_eq!(status, 200, "{said}");
}

/// Serves everybody, a person in each line, to whoever asks; gives the URL.
fn serve_people() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let lines: String = (0..PEOPLE)
        .map(|number| format!("{{\"id\":\"p{number}\",\"data\":{{\"n\":{number}}}}}\n"))
        .collect();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", lines.len());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            // Whoever was killed does not read it.
            let _ = stream
                .get_mut()
                .write_all((head.clone() + &lines).as_bytes());
        }
    });
    format!("http://{address}/people.jsonl")
}

/// Asks for the broadcast to everybody, in one of the ways there are. The number of the trigger
/// if it was taken.
fn trigger(server: &Server, round: usize, file: &str) -> Option<u64> {
    let entries =
        (0..PEOPLE).map(|number| json!({"id": format!("p{number}"), "data": {"n": number}}));
    let body = match round % 3 {
        0 => {
            json!({"recipients": {"attribute": {"field": "cio_id", "operator": "exists"}}})
        }
        1 => json!({"per_user_data": entries.collect::<Vec<Value>>()}),
        _ => json!({"data_file_url": file}),
    };
    let bearer = format!("Bearer {}", KEYS[2].1);
    let url = server.text("url");
    let (status, said) = call(&url, "POST", TRIGGERS, &bearer, &body.to_string());
    match status {
        // As many wait as may.
        429 => None,
        200 => serde_json::from_str::<Value>(&said).unwrap()["id"].as_u64(),
        _ => panic!("{status}: {said}"),
    }
}

fn triggers(server: &Server) -> Vec<Value> {
    let (status, body) = server.get(TRIGGERS);
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    body["triggers"].as_array().unwrap().clone()
}

#[test]
fn a_broadcast_that_is_killed_anywhere_reaches_everybody_once() {
    let directory = directory();
    let config = directory.path().join("customerio.toml");
    std::fs::write(config, "[fetch]\nallow_private = true\n").unwrap();
    let file = serve_people();
    let mut server = start(directory.path());
    fill(&server);
    let mut taken = Vec::new();
    for round in 0..rounds() {
        taken.extend(trigger(&server, round, &file));
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..KILL_AFTER_MAX)));
        server.kill();
        let check = run(directory.path(), &["store", "check", "--data", "data"], &[]);
        assert_eq!(check.code, 0, "round {round}: {}", check.said());
        server = start(directory.path());
    }
    let ended = loop {
        let triggers = triggers(&server);
        if triggers.iter().all(|it| it["processed_at"] != 0) {
            break triggers;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let ids: Vec<u64> = ended
        .iter()
        .rev()
        .filter_map(|it| it["id"].as_u64())
        .collect();
    assert_eq!(ids, taken, "each that was answered, and no other");
    for id in ids {
        let (_, status) = server.get(&format!("{TRIGGERS}/{id}"));
        let status: Value = serde_json::from_str(&status).unwrap();
        assert_eq!(status["recipients_count"], PEOPLE, "{status}");
    }
    let mut had: BTreeMap<String, usize> = BTreeMap::new();
    for message in all(&server, "/v1/messages?drafts=true&limit=1000", "messages") {
        let id = message["customer_id"].as_str().unwrap().to_owned();
        *had.entry(id).or_default() += 1;
    }
    let expected: BTreeMap<String, usize> = (0..PEOPLE)
        .map(|number| (format!("p{number}"), taken.len() * ACTIONS))
        .collect();
    assert!(
        had == expected,
        "{:?}",
        had.iter().take(9).collect::<Vec<_>>()
    );
    assert_eq!(server.stop().code, 0);
    let check = run(directory.path(), &["store", "check", "--data", "data"], &[]);
    assert_eq!(check.code, 0, "{}", check.said());
}
