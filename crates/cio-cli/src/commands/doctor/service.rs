//! Each credential on its own API.

use std::time::{Duration, Instant};

use cio_wire::env_vars;
use customerio::Config;
use customerio::verify::{Check, Code, Diagnosis, Status, VerifyOptions, verify_with_options};

use super::finding::{Findings, Problem};
use super::proxy::Proxy;
use super::variables::is_hidden;
use crate::args::{DoctorArgs, Kind};
use crate::commands::keys::trial;
use crate::settings::Variables;

pub(super) async fn examine(
    config: &Config,
    args: &DoctorArgs,
    variables: &Variables,
    proxies: &[Proxy],
    findings: &mut Findings,
) {
    let mut options = VerifyOptions::default();
    options.timeout = Duration::from_secs(args.timeout);
    options.writes = args.write;
    let mut tell = |check: &Check| add(check, variables, proxies, findings);
    let report = verify_with_options(config, &options, &mut tell).await;
    if report.ok {
        pipelines(config, options.timeout, findings).await;
    }
}

fn add(check: &Check, variables: &Variables, proxies: &[Proxy], findings: &mut Findings) {
    match (&check.diagnosis, check.status) {
        (Some(diagnosis), Status::Failed) => {
            let (message, fix) = explained(diagnosis, variables, proxies);
            let exit = diagnosis.outcome.exit_code();
            let problem = Problem::new(diagnosis.code.as_str(), message, fix);
            findings.fail(
                check.name,
                problem.ending(exit).detail(diagnosis.detail.clone()),
            );
        }
        (Some(diagnosis), Status::Skipped) => {
            let because = diagnosis.message.trim_start_matches("not checked: ");
            return findings.skip(check.name, because);
        }
        _ => findings.pass(check.name, check.call.unwrap_or("they can be used")),
    }
    findings.took(Duration::from_millis(check.duration_ms));
}

/// What is wrong and what to do, with what is known here and not to the SDK.
fn explained(diagnosis: &Diagnosis, variables: &Variables, proxies: &[Proxy]) -> (String, String) {
    let (message, fix) = (&diagnosis.message, diagnosis.fix.clone());
    let concerned: &[&str] = match diagnosis.code {
        Code::TrackCredentialsRejected
        | Code::TrackKeyIsAppKey
        | Code::SiteIdAndTrackKeySwapped => &[env_vars::SITE_ID, env_vars::TRACK_API_KEY],
        Code::AppKeyRejected | Code::AppKeyIsTrackKey => &[env_vars::APP_API_KEY],
        Code::RegionMismatch => &[env_vars::REGION],
        _ => &[],
    };
    let hidden = concerned.iter().find(|name| is_hidden(name, variables));
    if let Some(name) = hidden {
        return (
            format!("{message}; the environment's {name} hides another value in .env"),
            format!("unset {name} in the environment, or give it the right value there"),
        );
    }
    match (diagnosis.code, proxies.first()) {
        (Code::HtmlResponse | Code::RedirectRefused, Some(proxy)) => {
            let proxy = proxy.shown();
            (format!("{message}: the proxy {proxy}, probably"), fix)
        }
        _ => (message.clone(), fix),
    }
}

async fn pipelines(config: &Config, limit: Duration, findings: &mut Findings) {
    const NAME: &str = "write key";
    let Ok(config) = config.resolved().await else {
        return;
    };
    let Some(key) = &config.pipelines_write_key else {
        return;
    };
    let apis = trial::Apis::of_settings(&config);
    let started = Instant::now();
    let tried = trial::open(Kind::Pipelines, "", key.expose(), &apis);
    match tokio::time::timeout(limit, tried).await {
        Ok(Ok(())) => findings.pass(NAME, "POST /v1/batch, with nothing in it"),
        Ok(Err(failure)) => {
            let problem = Problem::new(
                "write_key_rejected",
                format!("{}: {failure}", env_vars::PIPELINES_WRITE_KEY),
                "copy the write key once more from the source's page in Data Pipelines",
            );
            findings.fail(NAME, problem.ending(failure.code()));
        }
        Err(_) => {
            let message = "the Pipelines API did not answer in time";
            let problem = Problem::new(Code::Timeout.as_str(), message, "try again");
            findings.fail(NAME, problem.unreachable());
        }
    }
    findings.took(started.elapsed());
}
