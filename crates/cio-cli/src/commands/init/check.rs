//! Trying the values before they are written.

use std::time::Duration;

use cio_wire::env_vars;
use customerio::verify::{Outcome, Report, VerifyOptions, verify_with_options};
use customerio::{Config, Error};

use super::values::Values;
use crate::args::Kind;
use crate::commands::keys::trial;
use crate::exit::Failure;
use crate::settings::Variables;

/// Longest wait for one call.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The same values with the account's region, after each credential has opened its API. Nothing
/// is changed there.
pub(super) async fn checked(mut values: Values) -> Result<Values, Failure> {
    let mut config = config(&values)?;
    if values.get(env_vars::REGION).is_none() {
        // One that is refused everywhere is explained below.
        if let Ok(found) = config.discover_region().await {
            config = found;
        }
    }
    let mut options = VerifyOptions::default();
    options.timeout = TIMEOUT;
    options.writes = false;
    let report = verify_with_options(&config, &options, &mut |_| {}).await;
    refuse(&report)?;
    if let Some(key) = &config.resolved().await?.pipelines_write_key {
        let apis = trial::Apis::of_settings(&config);
        trial::open(Kind::Pipelines, "", key.expose(), &apis)
            .await
            .map_err(|failure| failure.of(env_vars::PIPELINES_WRITE_KEY))?;
    }
    values.set(env_vars::REGION, config.region.as_str())?;
    Ok(values)
}

fn config(values: &Values) -> Result<Config, Failure> {
    // The settings of secret stores are in the environment.
    let variable = |name: &str| match name.starts_with(env_vars::PREFIX) {
        true => values.get(name).map(str::to_owned),
        false => Variables::given(name),
    };
    Config::from_vars(variable).map_err(|error| Failure::from(Error::from(error)))
}

fn refuse(report: &Report) -> Result<(), Failure> {
    let Some(problem) = report.problems().next() else {
        return Ok(());
    };
    let text = match &problem.detail {
        Some(detail) => format!("{} ({detail})", problem.message),
        None => problem.message.clone(),
    };
    let failure = match problem.outcome {
        Outcome::Config => Failure::config(text),
        Outcome::Refused => Failure::refused(text),
        _ => Failure::unexpected(text),
    };
    Err(failure.next(match problem.outcome {
        Outcome::Unreachable => {
            format!("{}; --no-check writes them without trying", problem.fix)
        }
        _ => problem.fix.clone(),
    }))
}
