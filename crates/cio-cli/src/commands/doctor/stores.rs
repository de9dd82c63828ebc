//! The secret stores that credentials are kept in: each is read, and nothing of it is shown.

use std::time::{Duration, Instant};

use cio_wire::env_vars;
use customerio::Error;
use customerio::secrets::{SecretError, SecretErrorKind};

use super::finding::{Findings, Problem};
use crate::masked;
use crate::settings::Variables;

pub(super) async fn examine(variables: &Variables, limit: Duration, findings: &mut Findings) {
    let mut readings = Vec::new();
    for name in env_vars::SECRETS {
        let said = variables.filled(name);
        let place = match &said {
            Some(said) => match masked::places(said) {
                Some(places) => places,
                None => continue,
            },
            None => "a file of the system".to_owned(),
        };
        let credential = match variables.credential(name) {
            Ok(Some(credential)) => credential,
            Ok(None) => continue,
            Err(error) => {
                findings.fail("secret store", problem(name, &error));
                continue;
            }
        };
        // All at once: they may be of one store that does not answer.
        let reading = tokio::spawn(async move {
            let started = Instant::now();
            let read = tokio::time::timeout(limit, credential.resolved()).await;
            (read.map(|read| read.map(drop)), started.elapsed())
        });
        readings.push((name, place, reading));
    }
    for (name, place, reading) in readings {
        // What panicked said so itself.
        let Ok((read, took)) = reading.await else {
            continue;
        };
        match read {
            Ok(Ok(())) => findings.pass("secret store", format!("{name} is in {place}")),
            Ok(Err(Error::Secret(error))) => findings.fail("secret store", problem(name, &error)),
            Ok(Err(error)) => {
                let text = format!("{name}: {error}");
                let fix = "docs/secrets.md tells what each store needs";
                findings.fail("secret store", Problem::new("secret_store", text, fix));
            }
            Err(_) => {
                let problem = Problem::new(
                    "secret_store_unreachable",
                    format!(
                        "{name}: {place} did not answer within {} s",
                        limit.as_secs()
                    ),
                    "check that the store can be reached from here",
                );
                findings.fail("secret store", problem.unreachable());
            }
        }
        findings.took(took);
    }
}

fn problem(name: &str, error: &SecretError) -> Problem {
    let (code, fix) = match error.kind() {
        SecretErrorKind::Nothing => (
            "secret_missing",
            "put the value there, or correct the reference",
        ),
        SecretErrorKind::Setting => (
            "secret_store_setting",
            "correct it; docs/secrets.md tells what each store needs",
        ),
        SecretErrorKind::Unreachable => (
            "secret_store_unreachable",
            "check its address, and that it can be reached from here",
        ),
        SecretErrorKind::Denied => (
            "secret_store_denied",
            "check who asks and what its policy allows: docs/secrets.md has an example for each store",
        ),
        _ => (
            "secret_store",
            "docs/secrets.md tells what each store needs",
        ),
    };
    let message = match error.kind() {
        SecretErrorKind::Nothing => format!("{name}: nothing is kept at {}", error.place()),
        _ => format!("{name}: {error}"),
    };
    let problem = Problem::new(code, message, fix);
    match error.kind() {
        SecretErrorKind::Unreachable => problem.unreachable(),
        _ => problem,
    }
}
