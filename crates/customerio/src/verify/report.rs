//! What a verification found.

use cio_wire::Region;
use serde::{Serialize, Serializer};

use super::diagnosis::{Code, Diagnosis};
use crate::ConfigError;
use crate::env::REGION;

/// What a verification found, check by check. It serialises to stable JSON.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Whether everything works.
    pub ok: bool,
    /// The worst that was found, as a class.
    pub outcome: Outcome,
    /// The region the settings name; `None` if they name none that exists.
    #[serde(serialize_with = "region_text")]
    pub region: Option<Region>,
    /// Root of the Track API that the settings lead to.
    pub track_url: Option<String>,
    /// Root of the App API that the settings lead to.
    pub app_url: Option<String>,
    /// All checks, in the order they were made.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// What is checked, in a few words.
    pub name: &'static str,
    /// The API operation: `PUT /api/v1/customers/{id}`. `None` for the settings.
    pub call: Option<&'static str>,
    /// How it went.
    pub status: Status,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Why it failed or was skipped.
    pub diagnosis: Option<Diagnosis>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should.
    Passed,
    /// Not as it should.
    Failed,
    /// Not made, because an earlier failure makes it pointless.
    Skipped,
}

/// How a verification ended, as a class. A command maps it to its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Everything works. Exit code 0.
    Ok,
    /// The service could not be reached, or answered as it never should. Exit code 3.
    Unreachable,
    /// The service was reached and refused. Exit code 1.
    Refused,
    /// Settings or credentials are wrong. Exit code 2.
    Config,
}

impl Outcome {
    /// 0 all is well, 1 the service refused, 2 settings or credentials, 3 unreachable or
    /// unexpected.
    pub const fn exit_code(self) -> u8 {
        match self {
            Outcome::Ok => 0,
            Outcome::Refused => 1,
            Outcome::Config => 2,
            Outcome::Unreachable => 3,
        }
    }
}

impl Report {
    pub(super) fn new(region: Option<Region>) -> Report {
        Report {
            ok: true,
            outcome: Outcome::Ok,
            region,
            track_url: None,
            app_url: None,
            checks: Vec::new(),
        }
    }

    /// Adds a check. What the user can mend at once, the settings, outranks the rest.
    pub(super) fn add(&mut self, check: Check) {
        if check.status == Status::Failed {
            self.ok = false;
            let outcome = check
                .diagnosis
                .as_ref()
                .map_or(Outcome::Unreachable, |diagnosis| diagnosis.outcome);
            self.outcome = self.outcome.max(outcome);
        }
        self.checks.push(check);
    }

    /// Everything that is wrong, in the order it was found.
    pub fn problems(&self) -> impl Iterator<Item = &Diagnosis> {
        self.checks
            .iter()
            .filter(|check| check.status == Status::Failed)
            .filter_map(|check| check.diagnosis.as_ref())
    }
}

pub(super) const SETTINGS: &str = "settings";

pub(super) fn for_config_error(error: &ConfigError) -> Report {
    let mut report = Report::new(None);
    let mut diagnoses = Vec::new();
    if !error.missing.is_empty() {
        diagnoses.push(Diagnosis::new(
            Code::MissingVariables,
            format!("missing or empty: {}", error.missing.join(", ")),
            "set them in the environment or in .env; the values are under Settings > Workspace Settings > API & Webhook Credentials",
        ));
    }
    for (name, problem) in error.invalid_settings() {
        let (code, fix) = match name {
            REGION => (Code::InvalidRegion, format!("set {REGION} to us or eu")),
            _ if name.ends_with("_URL") => (
                Code::InvalidUrl,
                format!("correct {name}, or unset it to use the region's own host"),
            ),
            _ => (Code::InvalidSetting, format!("correct {name}")),
        };
        diagnoses.push(Diagnosis::new(code, format!("{name}: {problem}"), fix));
    }
    for diagnosis in diagnoses {
        report.add(Check {
            name: SETTINGS,
            call: None,
            status: Status::Failed,
            duration_ms: 0,
            diagnosis: Some(diagnosis),
        });
    }
    report
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn region_text<S: Serializer>(region: &Option<Region>, serializer: S) -> Result<S::Ok, S::Error> {
    region.map(Region::as_str).serialize(serializer)
}
