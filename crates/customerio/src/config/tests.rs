use std::collections::HashMap;

use super::*;

fn vars(pairs: &[(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let map: HashMap<&str, &str> = pairs.iter().copied().collect();
    move |name| map.get(name).map(ToString::to_string)
}

const COMPLETE: [(&str, &str); 3] = [
    (SITE_ID, "site"),
    (TRACK_API_KEY, "track-key"),
    (APP_API_KEY, "app-key"),
];

fn with(extra: &[(&'static str, &'static str)]) -> Result<Config, ConfigError> {
    Config::from_vars(vars(&[&COMPLETE[..], extra].concat()))
}

#[test]
fn everything_missing_and_everything_invalid_is_named_at_once() {
    let error = Config::from_vars(vars(&[
        (TRACK_API_KEY, "   "),
        (REGION, "apac"),
        (URL, "localhost"),
    ]))
    .unwrap_err();
    assert_eq!(error.missing, [SITE_ID, TRACK_API_KEY, APP_API_KEY]);
    let names: Vec<&str> = error.invalid.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, [REGION, URL]);
    let text = error.to_string();
    for part in [
        SITE_ID,
        TRACK_API_KEY,
        APP_API_KEY,
        "apac",
        "\"us\" or \"eu\"",
        URL,
    ] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn the_region_defaults_to_us_also_when_it_is_empty() {
    assert_eq!(with(&[]).unwrap().region, Region::Us);
    assert_eq!(with(&[(REGION, "")]).unwrap().region, Region::Us);
    assert_eq!(with(&[(REGION, " EU ")]).unwrap().region, Region::Eu);
    assert_eq!(
        with(&[(REGION, "eu")]).unwrap().effective_app_url(),
        "https://api-eu.customer.io"
    );
}

#[test]
fn one_url_serves_both_apis_and_the_specific_one_wins() {
    let config = with(&[(URL, "http://h:1/"), (APP_URL, "http://h:2")]).unwrap();
    assert_eq!(config.effective_track_url(), "http://h:1");
    assert_eq!(config.effective_app_url(), "http://h:2");
}

#[test]
fn white_space_around_a_pasted_key_is_dropped() {
    let config = Config::from_vars(vars(&[
        (SITE_ID, " site\n"),
        (TRACK_API_KEY, "key\r\n"),
        (APP_API_KEY, "\tapp "),
    ]))
    .unwrap();
    assert_eq!(config.site_id, "site");
    assert_eq!(config.track_api_key.expose(), "key");
    assert_eq!(config.app_api_key.expose(), "app");
}

#[test]
fn each_client_needs_only_its_own_variables() {
    assert!(track_settings(vars(&COMPLETE[..2])).is_ok());
    assert!(app_settings(vars(&COMPLETE[2..])).is_ok());
    let error = app_settings(vars(&COMPLETE[..2])).err().unwrap();
    assert_eq!(error.missing, [APP_API_KEY]);
}

#[test]
fn the_write_key_may_be_left_out_until_a_pipelines_client_is_wanted() {
    let config = with(&[(PIPELINES_WRITE_KEY, "  ")]).unwrap();
    assert!(config.pipelines_write_key.is_none());
    let error = config.pipelines_client().unwrap_err();
    let Error::Config(problems) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(problems.missing, [PIPELINES_WRITE_KEY]);
    assert!(error.to_string().contains("a source"), "{error}");

    let config = with(&[(PIPELINES_WRITE_KEY, " key\n"), (REGION, "eu")]).unwrap();
    assert_eq!(config.pipelines_write_key.as_ref().unwrap().expose(), "key");
    assert_eq!(
        config.effective_pipelines_url(),
        "https://cdp-eu.customer.io"
    );
    let client = config.pipelines_client().unwrap();
    assert_eq!(client.configured_region(), Region::Eu);
}

#[test]
fn the_pipelines_client_needs_its_write_key_and_no_other() {
    let settings = pipelines_settings(vars(&[
        (PIPELINES_WRITE_KEY, "key"),
        (URL, "http://h:1"),
        (PIPELINES_URL, "http://h:2/"),
    ]))
    .unwrap();
    assert_eq!(settings.write_key.plain(), Some("key"));
    assert_eq!(settings.url.as_deref(), Some("http://h:2"));
    assert_eq!(settings.region, Region::Us);

    let error = pipelines_settings(vars(&COMPLETE)).err().unwrap();
    assert_eq!(error.missing, [PIPELINES_WRITE_KEY]);
    let error = pipelines_settings(vars(&[
        (PIPELINES_WRITE_KEY, "a:b"),
        (PIPELINES_URL, "http://h/v1"),
    ]))
    .err()
    .unwrap();
    let names: Vec<&str> = error.invalid.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, [PIPELINES_WRITE_KEY, PIPELINES_URL]);
}

#[test]
fn debug_shows_no_credential() {
    let shown = format!("{:?}", with(&[(PIPELINES_WRITE_KEY, "write-key")]).unwrap());
    for secret in ["track-key", "app-key", "write-key", "\"site\""] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
