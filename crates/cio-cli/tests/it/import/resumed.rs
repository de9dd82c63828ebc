//! Killed at any moment, and gone on with: nothing is lost, and nothing is there twice.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::{everybody, is_bad, people, rejected_lines, serve};
use crate::support::{Server, command, directory};

/// Most kills before it is left alone.
const KILLS_MAX: usize = 40;

/// Kills the command again and again, a random while after it got a random bit further, until it
/// comes to its end: how often it was killed, and its report.
fn import_with_kills(server: &Server, directory: &Path, arguments: &[&str]) -> (usize, Value) {
    let variables = server.variables();
    let journal = directory.join("in.rejected.csv.journal");
    let noted = || fs::metadata(&journal).map_or(0, |it| it.len());
    let mut kills = 0;
    loop {
        let mut child = command(directory)
            .args(arguments)
            .envs(
                variables
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            )
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let further = noted() + fastrand::u64(0..600);
        while kills == KILLS_MAX || noted() <= further {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..40)));
        child.kill().unwrap();
        let done = child.wait_with_output().unwrap();
        if done.status.code().is_some() {
            let said = String::from_utf8(done.stderr).unwrap();
            let report = serde_json::from_slice(&done.stdout);
            return (kills, report.unwrap_or_else(|_| panic!("{said}")));
        }
        kills += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_all_there_and_rejected_rows_once_after_kill_9() {
    const COUNT: usize = 8_000;
    let directory = directory();
    let server = serve(directory.path());
    fs::write(directory.path().join("in.csv"), people(COUNT)).unwrap();
    let arguments = ["import", "people", "in.csv", "--json", "--concurrency", "3"];
    let (kills, report) = import_with_kills(&server, directory.path(), &arguments);
    assert!(
        kills > 0 && report["resumed"] == true,
        "{kills} kills, {report}"
    );
    assert_eq!(report["rows"], COUNT, "{report}");
    assert_eq!(report["rejected"], COUNT / 100, "{report}");
    let bad: Vec<usize> = (0..COUNT)
        .filter(|&place| is_bad(place))
        .map(|place| place + 2)
        .collect();
    assert_eq!(rejected_lines(directory.path()), bad, "{kills} kills");
    let good = (0..COUNT).filter(|&place| !is_bad(place));
    let good: Vec<String> = good.map(|place| format!("p{place:05}")).collect();
    assert_eq!(everybody(&server).await, good);
}

#[test]
fn events_are_there_once_after_kill_9() {
    const COUNT: usize = 6_000;
    const PEOPLE: usize = 20;
    let directory = directory();
    let server = serve(directory.path());
    let note = "n".repeat(900);
    let rows = (0..COUNT).map(|place| format!("{},bought,{place},{note}\n", place % PEOPLE));
    let text: String = std::iter::once("id,name,place,note\n".to_owned())
        .chain(rows)
        .collect();
    fs::write(directory.path().join("in.csv"), text).unwrap();
    let arguments = ["import", "events", "in.csv", "--json", "--concurrency", "3"];
    let (kills, report) = import_with_kills(&server, directory.path(), &arguments);
    assert!(
        kills > 0 && report["resumed"] == true,
        "{kills} kills, {report}"
    );
    assert_eq!(report["sent"], COUNT, "{report}");
    let mut places: Vec<u64> = Vec::new();
    for person in 0..PEOPLE {
        let mut start = String::new();
        loop {
            let path =
                format!("/v1/customers/{person}/activities?type=event&limit=100&start={start}");
            let (status, body) = server.get(&path);
            assert_eq!(status, 200, "{body}");
            let page: Value = serde_json::from_str(&body).unwrap();
            let events = page["activities"].as_array().unwrap().iter();
            places.extend(events.map(|event| event["data"]["place"].as_u64().unwrap()));
            start = page["next"].as_str().unwrap_or_default().to_owned();
            if start.is_empty() {
                break;
            }
        }
    }
    places.sort_unstable();
    assert_eq!(
        places,
        (0..COUNT as u64).collect::<Vec<_>>(),
        "{kills} kills"
    );
}
