//! What is there after a start, held against what was acknowledged.

use std::collections::HashSet;

use serde_json::Value;

use super::story::{STEPS, Step, Unit};
use super::{all, repeated};
use crate::support::Server;

/// What is wrong with these.
pub(super) fn check(server: &Server, segment: u64, units: &[Unit]) -> Vec<String> {
    let members = all(
        server,
        &format!("/v1/segments/{segment}/membership"),
        "identifiers",
    );
    let members = members.iter().filter_map(|it| it["id"].as_str());
    let members: HashSet<&str> = members.collect();
    units
        .iter()
        .flat_map(|unit| Seen::of(server, unit, &members).wrong(unit))
        .collect()
}

/// What is there of a unit.
struct Seen {
    first: Option<Value>,
    second: Option<Value>,
    third: Option<Value>,
    /// Names of their events.
    events: [Vec<String>; 2],
    is_related: bool,
    /// Of the message that was acknowledged.
    is_sent: bool,
    is_member: bool,
}

impl Seen {
    fn of(server: &Server, unit: &Unit, members: &HashSet<&str>) -> Seen {
        let delivery = unit.delivery_id.as_ref();
        let path = format!("/v1/customers/{}/relationships", unit.name);
        let related = read(server, &path);
        let objects = related.as_ref().and_then(|it| {
            let list = it["cio_relationships"].as_array()?;
            Some(list.len())
        });
        Seen {
            first: person(server, &unit.name),
            second: person(server, &unit.second()),
            third: person(server, &unit.third()),
            events: [events(server, &unit.name), events(server, &unit.second())],
            is_related: objects == Some(1),
            is_sent: delivery
                .is_some_and(|id| read(server, &format!("/v1/messages/{id}")).is_some()),
            is_member: members.contains(unit.name.as_str()),
        }
    }

    fn wrong(&self, unit: &Unit) -> Vec<String> {
        let mut wrong = Vec::new();
        for (index, step) in STEPS.into_iter().enumerate() {
            let parts = self.parts(step, unit);
            let is_whole = parts.iter().all(|it| *it);
            let is_absent = !parts.iter().any(|it| *it);
            let is_right = match index {
                _ if index < unit.acknowledged => is_whole,
                // It was under way.
                _ if index == unit.acknowledged => is_whole || is_absent,
                _ => is_absent,
            };
            if !is_right {
                let name = &unit.name;
                wrong.push(format!("{step:?} of {name} is {parts:?}"));
            }
        }
        let [own, of_second] = &self.events;
        for name in ["happened", "piped", "batched"] {
            let is_it = |it: &&String| *it == name;
            let count = own.iter().chain(of_second).filter(is_it).count();
            if count > if name == "batched" { 2 } else { 1 } {
                wrong.push(format!("{count} times {name} of {}", unit.name));
            }
        }
        wrong
    }

    /// The parts of a call that are there.
    fn parts(&self, step: Step, unit: &Unit) -> Vec<bool> {
        let has = |person: &Option<Value>, name: &str| {
            let value = person.as_ref().map(|it| &it["attributes"][name]);
            value.is_some_and(|it| *it == unit.name.as_str())
        };
        let did = |events: &[String], name: &str| events.iter().any(|it| it == name);
        let both = |events: &[String]| events.iter().filter(|it| *it == "batched").count() == 2;
        let [own, of_second] = &self.events;
        let is_merged = has(&self.first, "m");
        match step {
            Step::Identify => vec![has(&self.first, "n")],
            Step::Track => vec![did(own, "happened")],
            Step::Device => {
                let devices = self.first.as_ref().and_then(|it| it["devices"].as_array());
                vec![devices.is_some_and(|it| it.len() == 1)]
            }
            Step::Batch => {
                let mut parts = vec![
                    has(&self.second, "m") || is_merged,
                    both(of_second) || both(own),
                    self.is_related,
                ];
                // Who is suppressed is gone again.
                if unit.acknowledged < STEPS.len() - 1 {
                    parts.push(self.third.is_some());
                }
                parts
            }
            Step::Pipelines => vec![has(&self.first, "c"), did(own, "piped")],
            Step::Send => vec![self.is_sent],
            Step::Segment => vec![self.is_member],
            Step::Merge => vec![is_merged, is_merged && self.second.is_none(), both(own)],
            Step::Suppress => {
                let has_been = did(own, "batched") || did(of_second, "batched");
                vec![has_been && self.third.is_none()]
            }
        }
    }
}

/// What adds up over everybody: nothing is counted twice.
pub(super) fn check_sums(server: &Server, segment: u64, units: &[Unit]) -> Vec<String> {
    let mut wrong = Vec::new();
    let path = format!("/v1/segments/{segment}");
    let members = all(server, &format!("{path}/membership"), "identifiers");
    let count = read(server, &format!("{path}/customer_count")).unwrap();
    if count["count"] != members.len() {
        wrong.push(format!("{} members are counted as {count}", members.len()));
    }
    let id = |it: &Value| it["id"].as_str().unwrap().to_owned();
    let activities = all(server, "/v1/activities?limit=100", "activities");
    wrong.extend(repeated(activities.iter().map(id)));
    let sent = activities.iter().filter(|it| it["type"] == "sent_email");
    wrong.extend(repeated(sent.map(|it| it["delivery_id"].to_string())));
    let messages = all(server, "/v1/messages?limit=1000", "messages");
    wrong.extend(repeated(messages.iter().map(id)));
    let step = STEPS.iter().position(|it| *it == Step::Send).unwrap();
    let asked_for = units.iter().filter(|it| it.acknowledged >= step).count();
    let acknowledged = units.iter().filter(|it| it.acknowledged > step).count();
    if !(acknowledged..=asked_for).contains(&messages.len()) {
        let count = messages.len();
        wrong.push(format!("{count} messages of {acknowledged} to {asked_for}"));
    }
    wrong
}

fn read(server: &Server, path: &str) -> Option<Value> {
    let (status, body) = server.get(path);
    match status {
        200 => Some(serde_json::from_str(&body).unwrap()),
        404 => None,
        _ => panic!("{path}: {status} {body}"),
    }
}

fn person(server: &Server, id: &str) -> Option<Value> {
    let mut found = read(server, &format!("/v1/customers/{id}/attributes"))?;
    Some(found["customer"].take())
}

fn events(server: &Server, id: &str) -> Vec<String> {
    let path = format!("/v1/customers/{id}/activities?type=event&limit=100");
    let found = read(server, &path);
    let list = found.as_ref().and_then(|it| it["activities"].as_array());
    let names = list.into_iter().flatten();
    let names = names.filter_map(|it| it["name"].as_str());
    names.map(str::to_owned).collect()
}
