//! One test per diagnosis: the settings or the network broken in one way, and exactly
//! that named.

mod fake_service;
mod network;

use std::time::Duration;

use customerio::verify::{
    Check, Code, Outcome, Report, Status, VerifyOptions, verify_with_options,
};
use customerio::{Config, ConfigError};

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY, http_client, http_client_for};
use fake_service::FakeService;

fn options() -> VerifyOptions {
    let mut options = VerifyOptions::default();
    options.read_back_time = Duration::from_secs(5);
    options.read_back_pause = Duration::from_millis(1);
    options.http_client = Some(http_client());
    options
}

fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_vars(|name| {
        let found = pairs.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn config(site_id: &str, track_key: &str, app_key: &str, url: Option<&str>) -> Config {
    let mut pairs = vec![
        ("CUSTOMERIO_SITE_ID", site_id),
        ("CUSTOMERIO_TRACK_API_KEY", track_key),
        ("CUSTOMERIO_APP_API_KEY", app_key),
    ];
    pairs.extend(url.map(|url| ("CUSTOMERIO_URL", url)));
    read(&pairs).unwrap()
}

fn config_at(url: &str) -> Config {
    config(SITE_ID, TRACK_KEY, APP_KEY, Some(url))
}

async fn verify(config: &Config) -> Report {
    verify_with_options(config, &options(), &mut |_| {}).await
}

/// What is wrong, by name of the check and code.
fn problems(report: &Report) -> Vec<(&'static str, Code)> {
    report
        .checks
        .iter()
        .filter(|check| check.status == Status::Failed)
        .map(|check| (check.name, check.diagnosis.as_ref().unwrap().code))
        .collect()
}

/// Everything a report says, which must not include a credential.
fn text(report: &Report) -> String {
    let text = format!("{} {report:?}", serde_json::to_string(report).unwrap());
    for secret in [SITE_ID, TRACK_KEY, APP_KEY] {
        assert!(!text.contains(secret), "{secret} is in: {text}");
    }
    text
}

#[track_caller]
fn assert_says(report: &Report, parts: &[&str]) {
    let text = text(report);
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is not in: {text}");
    }
}

#[tokio::test]
async fn all_is_well_and_nobody_is_left_behind() {
    let service = FakeService::start("us").await;
    let mut seen = Vec::new();
    let report = verify_with_options(
        &config_at(&service.url()),
        &options(),
        &mut |check: &Check| {
            seen.push((check.name, check.status));
        },
    )
    .await;
    assert!(report.ok, "{report:?}");
    assert_eq!(
        (report.outcome, report.outcome.exit_code()),
        (Outcome::Ok, 0)
    );
    assert_eq!(problems(&report), []);
    let in_report: Vec<_> = report
        .checks
        .iter()
        .map(|check| (check.name, check.status))
        .collect();
    assert_eq!(
        seen, in_report,
        "progress tells the same, in the same order"
    );
    assert_eq!(
        seen.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        [
            "settings",
            "track credentials",
            "region",
            "app key",
            "identify a throw-away person",
            "read the person back",
            "suppress the person",
        ]
    );
    assert_eq!((service.people(), service.suppressed()), (0, 1));
}

#[tokio::test]
async fn nobody_is_written_where_that_is_not_wanted() {
    let service = FakeService::start("us").await;
    let mut options = options();
    options.writes = false;
    let config = config_at(&service.url());
    let report = verify_with_options(&config, &options, &mut |_| {}).await;
    assert!(report.ok, "{report:?}");
    let skipped = report
        .checks
        .iter()
        .filter(|it| it.status == Status::Skipped);
    let skipped: Vec<&str> = skipped.map(|check| check.name).collect();
    assert_eq!(
        skipped,
        [
            "identify a throw-away person",
            "read the person back",
            "suppress the person"
        ]
    );
    assert_eq!((service.people(), service.suppressed()), (0, 0));
}

#[tokio::test]
async fn the_person_may_take_a_moment_to_appear() {
    let service = FakeService::start("us").await;
    service.delay_reads(3);
    assert!(verify(&config_at(&service.url())).await.ok);
}

#[tokio::test]
async fn the_json_form_is_stable() {
    let service = FakeService::start("us").await;
    let mut config = config_at(&service.url());
    config.app_api_key = "wrong".into();
    let report = serde_json::to_value(verify(&config).await).unwrap();
    assert_eq!(report["ok"], false);
    assert_eq!(report["outcome"], "config");
    assert_eq!(report["region"], "us");
    assert_eq!(report["track_url"], service.url());
    assert_eq!(report["app_url"], service.url());
    let check = &report["checks"][3];
    assert_eq!(check["name"], "app key");
    assert_eq!(check["call"], "GET /v1/customers?email=");
    assert_eq!(check["status"], "failed");
    assert!(check["duration_ms"].is_u64());
    assert_eq!(check["diagnosis"]["code"], "app_key_rejected");
    for key in ["message", "fix"] {
        assert!(check["diagnosis"][key].is_string());
    }
    assert!(
        check["diagnosis"]
            .as_object()
            .unwrap()
            .contains_key("detail")
    );
}

#[test]
fn missing_and_invalid_variables_are_a_report_too() {
    let error = read(&[
        ("CUSTOMERIO_SITE_ID", ""),
        ("CUSTOMERIO_REGION", "apac"),
        ("CUSTOMERIO_TRACK_URL", "nowhere"),
    ])
    .unwrap_err();
    let report = Report::from(&error);
    assert_eq!(
        problems(&report)
            .into_iter()
            .map(|(_, code)| code)
            .collect::<Vec<_>>(),
        [
            Code::MissingVariables,
            Code::InvalidRegion,
            Code::InvalidUrl
        ]
    );
    assert_eq!(report.outcome.exit_code(), 2);
    assert_says(
        &report,
        &[
            "CUSTOMERIO_SITE_ID, CUSTOMERIO_TRACK_API_KEY, CUSTOMERIO_APP_API_KEY",
            "apac",
            "CUSTOMERIO_TRACK_URL",
        ],
    );
}

#[tokio::test]
async fn example_values_are_recognised_before_anything_is_sent() {
    let service = FakeService::start("us").await;
    let url = service.url();
    let config = config(
        "your-site-id-here",
        "your-track-api-key-here",
        APP_KEY,
        Some(&url),
    );
    let report = verify(&config).await;
    assert_eq!(problems(&report), [("settings", Code::PlaceholderValue)]);
    assert_says(&report, &["CUSTOMERIO_SITE_ID, CUSTOMERIO_TRACK_API_KEY"]);
    assert_eq!(report.checks.len(), 7);
    assert_eq!(service.requests(), 0);
}

#[tokio::test]
async fn wrong_track_credentials_and_a_wrong_app_key_are_both_reported() {
    let service = FakeService::start("us").await;
    let report = verify(&config(SITE_ID, "wrong", "wrong too", Some(&service.url()))).await;
    assert_eq!(
        problems(&report),
        [
            ("track credentials", Code::TrackCredentialsRejected),
            ("app key", Code::AppKeyRejected),
        ]
    );
    assert_eq!(report.outcome.exit_code(), 2);
    assert_says(
        &report,
        &[
            "CUSTOMERIO_SITE_ID",
            "CUSTOMERIO_TRACK_API_KEY",
            "does not say which of the two",
        ],
    );
    assert_eq!(service.people(), 0);
}

#[tokio::test]
async fn the_two_keys_exchanged_are_both_recognised() {
    let service = FakeService::start("us").await;
    let report = verify(&config(SITE_ID, APP_KEY, TRACK_KEY, Some(&service.url()))).await;
    assert_eq!(
        problems(&report),
        [
            ("track credentials", Code::TrackKeyIsAppKey),
            ("app key", Code::AppKeyIsTrackKey)
        ]
    );
    text(&report);
}

#[tokio::test]
async fn the_track_key_used_as_app_key_leaves_the_track_side_working() {
    let service = FakeService::start("us").await;
    let report = verify(&config(SITE_ID, TRACK_KEY, TRACK_KEY, Some(&service.url()))).await;
    assert_eq!(problems(&report), [("app key", Code::AppKeyIsTrackKey)]);
    assert_eq!(
        report.checks[5].status,
        Status::Skipped,
        "nothing to read back with"
    );
    assert_eq!((service.people(), service.suppressed()), (0, 1));
}

#[tokio::test]
async fn site_id_and_key_swapped() {
    let service = FakeService::start("us").await;
    let report = verify(&config(TRACK_KEY, SITE_ID, APP_KEY, Some(&service.url()))).await;
    assert_eq!(
        problems(&report),
        [("track credentials", Code::SiteIdAndTrackKeySwapped)]
    );
    text(&report);
}

#[tokio::test]
async fn the_region_the_service_tells_differs() {
    let service = FakeService::start("eu").await;
    let report = verify(&config_at(&service.url())).await;
    assert_eq!(problems(&report), [("region", Code::RegionMismatch)]);
    assert_says(
        &report,
        &[
            "region eu, and CUSTOMERIO_REGION is us",
            "set CUSTOMERIO_REGION=eu",
        ],
    );
    assert_eq!(report.outcome.exit_code(), 2);
    assert_eq!(
        service.people() + service.suppressed(),
        0,
        "nobody is written to the wrong region"
    );
}

#[tokio::test]
async fn credentials_of_the_other_region_are_found_there() {
    let us = FakeService::start_tls("us", &["track.customer.io", "api.customer.io"]).await;
    let eu = FakeService::start_tls("eu", &["track-eu.customer.io", "api-eu.customer.io"]).await;
    us.refuse_everything();
    let mut options = options();
    options.http_client = Some(http_client_for(&[
        ("track.customer.io", us.server()),
        ("api.customer.io", us.server()),
        ("track-eu.customer.io", eu.server()),
        ("api-eu.customer.io", eu.server()),
    ]));
    let config = config(SITE_ID, TRACK_KEY, APP_KEY, None);
    let report = verify_with_options(&config, &options, &mut |_| {}).await;
    assert_eq!(
        problems(&report),
        [
            ("track credentials", Code::RegionMismatch),
            ("app key", Code::RegionMismatch)
        ]
    );
    assert_says(
        &report,
        &["set CUSTOMERIO_REGION=eu", "https://track-eu.customer.io"],
    );
    assert_eq!(eu.people(), 0);
}

#[tokio::test]
async fn a_person_that_never_appears_is_suppressed_all_the_same() {
    let service = FakeService::start("us").await;
    service.delay_reads(u32::MAX);
    let mut options = options();
    options.read_back_time = Duration::from_millis(20);
    let config = config_at(&service.url());
    let report = verify_with_options(&config, &options, &mut |_| {}).await;
    assert_eq!(
        problems(&report),
        [("read the person back", Code::NotReadBack)]
    );
    assert_says(&report, &["belong to the same workspace"]);
    assert_eq!((service.people(), service.suppressed()), (0, 1));
}

#[tokio::test]
async fn a_setting_that_no_header_carries_is_named_as_such() {
    let service = FakeService::start("us").await;
    let mut config = config_at(&service.url());
    config.app_api_key = "a\nb".into();
    let report = verify(&config).await;
    assert_eq!(problems(&report), [("settings", Code::InvalidSetting)]);
    assert_eq!(report.outcome.exit_code(), 2);
}
