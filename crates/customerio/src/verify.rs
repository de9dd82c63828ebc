//! Finds out whether the settings work, and if not, what exactly is wrong.
//!
//! Seven checks, from the settings themselves to a person written, read back and
//! suppressed again. A 401 is not left at that: the wire does not say why credentials
//! were refused, so other explanations are tried one by one (the other region, the two
//! keys mixed up, site id and key swapped), and the one that works is named.
//!
//! ```no_run
//! # async fn example() -> Result<(), customerio::ConfigError> {
//! let config = customerio::Config::from_env()?;
//! let report = customerio::verify::verify(&config).await;
//! for check in report.checks.iter().filter(|check| check.diagnosis.is_some()) {
//!     eprintln!("{}: {:?}", check.name, check.diagnosis);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A report never holds a credential. The person it makes has an id of its own,
//! `customerio-verify-<ULID>`, and an address under `example.com`.

mod app_checks;
mod cause;
mod diagnosis;
mod placeholder;
mod report;
mod run;
mod track_checks;

use std::time::Duration;

pub use diagnosis::{Code, Diagnosis};
pub use report::{Check, Outcome, Report, Status};

use crate::{Config, ConfigError, RetryPolicy};

/// How to verify. The defaults suit a person waiting at a terminal.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// Time for one attempt of one call. Default: 10 s.
    pub timeout: Duration,
    /// Whether failing calls are repeated. Default: they are not, so that what is seen
    /// is what happened.
    pub retry: RetryPolicy,
    /// How long to look for the person just written: the service applies writes a moment
    /// after it accepts them. Default: 10 s.
    pub read_back_time: Duration,
    /// Wait between two looks. Default: 250 ms.
    pub read_back_pause: Duration,
    /// Whether a person is written, read back and suppressed. Default: yes. Without it
    /// nothing is changed, and these three checks are skipped.
    pub writes: bool,
    /// The HTTP client to use; see [`http_client_builder`](crate::http_client_builder).
    pub http_client: Option<crate::reqwest::Client>,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        VerifyOptions {
            timeout: crate::transport::DEFAULT_TIMEOUT,
            retry: RetryPolicy::none(),
            read_back_time: Duration::from_secs(10),
            read_back_pause: Duration::from_millis(250),
            writes: true,
            http_client: None,
        }
    }
}

/// Verifies these settings with the default options.
pub async fn verify(config: &Config) -> Report {
    verify_with(config, &mut |_check| {}).await
}

/// Verifies these settings, telling `progress` of each check as it ends, in the order of
/// the report.
pub async fn verify_with(config: &Config, progress: &mut (dyn FnMut(&Check) + Send)) -> Report {
    verify_with_options(config, &VerifyOptions::default(), progress).await
}

/// [`verify_with`] other times, retries or HTTP client than the defaults.
pub async fn verify_with_options(
    config: &Config,
    options: &VerifyOptions,
    progress: &mut (dyn FnMut(&Check) + Send),
) -> Report {
    run::run(config, options, progress).await
}

/// Whether a value was copied from an example and never filled in: `your-site-id-here`,
/// `<key>`, `changeme`, `xxxx`. Real values are random, so none looks like these.
pub fn looks_like_example(value: &str) -> bool {
    placeholder::is_placeholder(value)
}

impl From<&ConfigError> for Report {
    /// The report for settings that could not even be read, so that a command has one
    /// form of answer for everything that can be wrong.
    fn from(error: &ConfigError) -> Report {
        report::for_config_error(error)
    }
}
