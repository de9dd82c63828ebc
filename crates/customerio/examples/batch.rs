//! Brings a list of companies and their people over, many operations at once.
//!
//! ```sh
//! export CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example batch
//! ```
//!
//! It makes objects of type 1, which the workspace must have.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;

use customerio::entity::{self, Relationship};
use customerio::{Entity, Error, TrackClient};
use serde_json::json;

const COMPANIES: [(&str, &str); 2] = [("acme", "Acme"), ("globex", "Globex")];
const PEOPLE: [(&str, &str, &str); 3] = [
    ("42", "ana@example.com", "acme"),
    ("43", "bo@example.com", "acme"),
    ("44", "cy@example.com", "globex"),
];

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let track = TrackClient::from_env()?;
    let operations = operations();

    // As many requests as it takes, in order. Nothing is refused without being named.
    let report = track.batch(operations.clone()).await;
    println!("{} of {} taken", report.accepted(), operations.len());
    for (index, error) in report.failures() {
        println!("number {index}, {:?}: {error}", operations[index]);
    }

    // What can be tried again as it is; the events keep their ids.
    let again: Vec<Entity> = report
        .failures()
        .filter(|(_, error)| error.is_retryable())
        .map(|(index, _)| operations[index].clone())
        .collect();
    println!("{} can be sent again later", again.len());

    Ok(match report.is_success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn operations() -> Vec<Entity> {
    let mut operations = Vec::new();
    for (id, name) in COMPANIES {
        let company = entity::object(1, id).identify(json!({ "name": name }));
        operations.push(company.into());
    }
    for (id, email, company) in PEOPLE {
        let member = Relationship::to_object(entity::object(1, company))
            .attributes(json!({ "role": "member" }));
        let person = entity::person(id)
            .identify(json!({ "email": email }))
            .relate(member);
        operations.push(person.into());
        operations.push(entity::person(id).event("imported").into());
    }
    operations
}
