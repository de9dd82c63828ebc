//! `customerio doctor`: why it does not work, in the first line.
//!
//! Everything between the settings and the service is looked at, in this order, and each look has
//! a deadline. Nothing is changed unless that is asked for.

mod age;
mod certificate;
mod clock;
mod der;
mod files;
mod finding;
mod network;
mod proxy;
mod repository;
mod service;
mod show;
mod stores;
mod variables;

use std::time::Duration;

use customerio::Config;

use crate::args::DoctorArgs;
use crate::context::Context;
use crate::exit::Failure;
use finding::{Findings, Problem};

/// Longest time for everything, so that nobody waits on a black hole.
const WHOLE: Duration = Duration::from_secs(27);

pub(crate) async fn run(args: &DoctorArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    output.passing("Looking at the settings, the network and the service…");
    let mut findings = Findings::default();
    let looking = look(args, context, &mut findings);
    if tokio::time::timeout(WHOLE, looking).await.is_err() {
        let seconds = WHOLE.as_secs();
        let problem = Problem::new(
            "deadline",
            format!("what was looked at did not end within {seconds} s"),
            "see below for how far it came, and check the network",
        );
        findings.fail("time", problem.unreachable());
    }
    output.passing("");
    show::print(&findings, output);
    Ok(findings.exit_code())
}

async fn look(args: &DoctorArgs, context: &Context, findings: &mut Findings) {
    let limit = Duration::from_secs(args.timeout);
    let variables = match context.variables() {
        Ok(variables) => variables,
        Err(failure) => return findings.fail("settings", variables::unreadable(&failure)),
    };
    findings.variables = variables::table(&variables);
    let config = variables::examine(&variables, findings);
    files::examine(&variables, findings);
    age::of_files(&variables, findings);
    repository::examine(&variables, findings).await;
    stores::examine(&variables, limit, findings).await;
    let config: Config = match config {
        Some(config) if !findings.failed() => config,
        _ => return skip(findings, "the settings cannot be used"),
    };
    findings.region = Some(config.region);
    let proxies = network::examine(&config, limit, findings).await;
    if findings.failed() {
        return findings.skip("service", "it cannot be reached");
    }
    service::examine(&config, args, &variables, &proxies, findings).await;
    if !findings.failed() {
        age::of_server(&variables, &context.output, limit, findings).await;
    }
}

fn skip(findings: &mut Findings, because: &str) {
    findings.skip("network", because);
    findings.skip("service", because);
}
