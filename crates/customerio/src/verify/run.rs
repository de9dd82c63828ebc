//! The checks in their order, and which of them a failure makes pointless.

use std::time::Duration;

use cio_wire::{Identifier, Region};
use serde_json::json;
use tokio::time::Instant;

use super::cause::{self, Asked};
use super::report::{Check, Report, SETTINGS, Status};
use super::{Code, Diagnosis, VerifyOptions, app_checks, placeholder, track_checks};
use crate::config::BaseUrl;
use crate::operations::Api;
use crate::transport::{HttpOptions, build_http_client};
use crate::{AccountRegion, ApiClient, Config, Error, Secret, TrackClient};

const TRACK: &str = "track credentials";
const REGION: &str = "region";
const APP: &str = "app key";
const IDENTIFY: &str = "identify a throw-away person";
const READ_BACK: &str = "read the person back";
const SUPPRESS: &str = "suppress the person";

const REGION_CALL: &str = "GET /api/v1/accounts/region";
const APP_CALL: &str = "GET /v1/customers?email=";
const IDENTIFY_CALL: &str = "PUT /api/v1/customers/{id}";
const READ_BACK_CALL: &str = "GET /v1/customers/{id}/attributes";
const SUPPRESS_CALL: &str = "POST /api/v1/customers/{id}/suppress";

/// What is checked by writing.
const ROUND_TRIP: [(&str, &str); 3] = [
    (IDENTIFY, IDENTIFY_CALL),
    (READ_BACK, READ_BACK_CALL),
    (SUPPRESS, SUPPRESS_CALL),
];

/// What to do about a check that was skipped for a failure before it.
const MEND_FIRST: &str = "mend what failed before it";

/// The address that the App key is tried with. Nobody has it.
const NOBODY: &str = "customerio-verify@example.com";

/// Makes clients like the configured ones, with other credentials or in another region.
pub(super) struct Probe<'a> {
    pub(super) config: &'a Config,
    pub(super) options: &'a VerifyOptions,
    /// One connection pool and one loading of certificates for all of them.
    http: crate::reqwest::Client,
}

impl Probe<'_> {
    fn track(&self, region: Region, site_id: &str, key: &Secret) -> Result<TrackClient, Error> {
        let builder = TrackClient::builder(site_id, key)
            .region(region)
            .timeout(self.options.timeout)
            .retry(self.options.retry)
            .http_client(self.http.clone());
        match &self.config.track_url {
            Some(url) => builder.base_url(url).build(),
            None => builder.build(),
        }
    }

    fn app(&self, region: Region, key: &Secret) -> Result<ApiClient, Error> {
        let builder = ApiClient::builder(key)
            .region(region)
            .timeout(self.options.timeout)
            .retry(self.options.retry)
            .http_client(self.http.clone());
        match &self.config.app_url {
            Some(url) => builder.base_url(url).build(),
            None => builder.build(),
        }
    }

    /// The account's region if these Track credentials are accepted.
    pub(super) async fn track_region(
        &self,
        region: Region,
        site_id: &str,
        key: &Secret,
    ) -> Option<AccountRegion> {
        self.track(region, site_id, key).ok()?.region().await.ok()
    }

    /// Whether this key is accepted by the App API.
    pub(super) async fn app_accepts(&self, region: Region, key: &Secret) -> bool {
        match self.app(region, key) {
            Ok(api) => api.customers().by_email(NOBODY).await.is_ok(),
            Err(_) => false,
        }
    }
}

/// Gathers checks and tells of each.
struct Recorder<'a> {
    report: Report,
    progress: &'a mut (dyn FnMut(&Check) + Send),
}

impl Recorder<'_> {
    /// `true` if the check passed.
    fn record(
        &mut self,
        name: &'static str,
        call: Option<&'static str>,
        took: Duration,
        result: Result<(), Diagnosis>,
    ) -> bool {
        let passed = result.is_ok();
        self.add(Check {
            name,
            call,
            status: if passed {
                Status::Passed
            } else {
                Status::Failed
            },
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            diagnosis: result.err(),
        });
        passed
    }

    fn skip(&mut self, name: &'static str, call: Option<&'static str>, because: &str, fix: &str) {
        self.add(Check {
            name,
            call,
            status: Status::Skipped,
            duration_ms: 0,
            diagnosis: Some(Diagnosis::new(
                Code::Skipped,
                format!("not checked: {because}"),
                fix,
            )),
        });
    }

    fn add(&mut self, check: Check) {
        (self.progress)(&check);
        self.report.add(check);
    }
}

pub(super) async fn run(
    config: &Config,
    options: &VerifyOptions,
    progress: &mut (dyn FnMut(&Check) + Send),
) -> Report {
    let mut report = Report::new(Some(config.region));
    report.track_url = Some(config.effective_track_url().to_owned());
    report.app_url = Some(config.effective_app_url().to_owned());
    let mut recorder = Recorder { report, progress };

    // What is tried out with the credentials needs them as they are.
    let config = match config.resolved().await {
        Ok(config) => config,
        Err(error) => {
            let diagnosis = cause::unreadable(&error);
            recorder.record(SETTINGS, None, Duration::ZERO, Err(diagnosis));
            skip_all(&mut recorder);
            return recorder.report;
        }
    };
    let clients = settings(&config, options);
    let outcome = clients.as_ref().map(drop).map_err(Clone::clone);
    recorder.record(SETTINGS, None, Duration::ZERO, outcome);
    let Ok((probe, track, api)) = clients else {
        skip_all(&mut recorder);
        return recorder.report;
    };

    let track_works = check_track(&mut recorder, &probe, &track).await;
    let app_works = check_app(&mut recorder, &probe, &api).await;
    if track_works && options.writes {
        check_round_trip(&mut recorder, &probe, &track, &api, app_works).await;
    } else {
        let (because, fix) = match track_works {
            true => (
                "nothing was to be written",
                "verify with writes to check it",
            ),
            false => (
                "the Track API cannot be used with these settings",
                MEND_FIRST,
            ),
        };
        for (name, call) in ROUND_TRIP {
            recorder.skip(name, Some(call), because, fix);
        }
    }
    recorder.report
}

fn settings<'a>(
    config: &'a Config,
    options: &'a VerifyOptions,
) -> Result<(Probe<'a>, TrackClient, ApiClient), Diagnosis> {
    if let Some(diagnosis) = placeholder::diagnose(config) {
        return Err(diagnosis);
    }
    let unusable = |asked| move |error: Error| cause::diagnose(asked, &error);
    let http = match &options.http_client {
        Some(http) => http.clone(),
        None => build_http_client(HttpOptions {
            timeout: options.timeout,
            is_loopback: is_loopback(config),
            proxy: None,
            root_certificates: Vec::new(),
        })
        .map_err(|error| unusable(Asked::Track)(Error::Config(error)))?,
    };
    let probe = Probe {
        config,
        options,
        http,
    };
    let track = probe
        .track(config.region, &config.site_id, &config.track_api_key)
        .map_err(unusable(Asked::Track))?;
    let api = probe
        .app(config.region, &config.app_api_key)
        .map_err(unusable(Asked::App))?;
    Ok((probe, track, api))
}

/// The clients of a verification share one pool, so one answer has to fit both APIs.
fn is_loopback(config: &Config) -> bool {
    let is_here = |url: &Option<String>, api| {
        url.as_deref()
            .and_then(|url| BaseUrl::parse(url, api).ok())
            .is_some_and(|url| url.is_loopback())
    };
    is_here(&config.track_url, Api::Track) && is_here(&config.app_url, Api::App)
}

fn skip_all(recorder: &mut Recorder<'_>) {
    for (name, call) in [
        (TRACK, Some(REGION_CALL)),
        (REGION, None),
        (APP, Some(APP_CALL)),
        (IDENTIFY, Some(IDENTIFY_CALL)),
        (READ_BACK, Some(READ_BACK_CALL)),
        (SUPPRESS, Some(SUPPRESS_CALL)),
    ] {
        recorder.skip(name, call, "the settings cannot be used", MEND_FIRST);
    }
}

/// Credentials and region. `true` if both are right.
async fn check_track(recorder: &mut Recorder<'_>, probe: &Probe<'_>, track: &TrackClient) -> bool {
    let started = Instant::now();
    let account = match track.region().await {
        Ok(account) => Ok(account),
        Err(Error::Unauthorized(_)) => Err(track_checks::explain_refusal(probe).await),
        Err(error) => Err(cause::diagnose(Asked::Track, &error)),
    };
    let took = started.elapsed();
    match account {
        Ok(account) => {
            recorder.record(TRACK, Some(REGION_CALL), took, Ok(()));
            let mismatch = track_checks::compare_regions(probe.config.region, &account);
            recorder.record(REGION, None, Duration::ZERO, mismatch.map_or(Ok(()), Err))
        }
        Err(diagnosis) => {
            recorder.record(TRACK, Some(REGION_CALL), took, Err(diagnosis));
            recorder.skip(REGION, None, "the Track API did not tell it", MEND_FIRST);
            false
        }
    }
}

async fn check_app(recorder: &mut Recorder<'_>, probe: &Probe<'_>, api: &ApiClient) -> bool {
    let started = Instant::now();
    let result = match api.customers().by_email(NOBODY).await {
        Ok(_nobody) => Ok(()),
        Err(Error::Unauthorized(_)) => Err(app_checks::explain_refusal(probe).await),
        Err(error) => Err(cause::diagnose(Asked::App, &error)),
    };
    recorder.record(APP, Some(APP_CALL), started.elapsed(), result)
}

/// A person written, read back and suppressed, under an id that nobody else has.
async fn check_round_trip(
    recorder: &mut Recorder<'_>,
    probe: &Probe<'_>,
    track: &TrackClient,
    api: &ApiClient,
    app_works: bool,
) {
    let id = format!("customerio-verify-{}", crate::event_id::new_ulid());
    let email = format!("{}@example.com", id.to_ascii_lowercase());
    let person = Identifier::Id(id.clone());

    let started = Instant::now();
    let identified = track.identify(&person, json!({ "email": email })).await;
    // An answer may be lost after the person was made, who is then to be removed too.
    let may_exist = identified
        .as_ref()
        .err()
        .is_none_or(Error::may_have_been_received);
    let identified = identified.map_err(|error| cause::diagnose(Asked::Track, &error));
    let is_identified =
        recorder.record(IDENTIFY, Some(IDENTIFY_CALL), started.elapsed(), identified);

    if is_identified && app_works {
        let started = Instant::now();
        let found = app_checks::read_back(probe, api, &id, &email).await;
        recorder.record(READ_BACK, Some(READ_BACK_CALL), started.elapsed(), found);
    } else {
        let because = match is_identified {
            true => "the App API cannot be used with these settings",
            false => "the person was not written",
        };
        recorder.skip(READ_BACK, Some(READ_BACK_CALL), because, MEND_FIRST);
    }

    if may_exist {
        let started = Instant::now();
        let suppressed = track.suppress(&person).await;
        let suppressed = suppressed.map_err(|error| cause::diagnose(Asked::Track, &error));
        recorder.record(SUPPRESS, Some(SUPPRESS_CALL), started.elapsed(), suppressed);
    } else {
        recorder.skip(
            SUPPRESS,
            Some(SUPPRESS_CALL),
            "the person was not written",
            MEND_FIRST,
        );
    }
}
