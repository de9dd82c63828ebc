//! What holds for the types themselves.

use customerio::verify::{Report, VerifyOptions};
use customerio::{
    ApiClient, BroadcastTrigger, Config, Error, ErrorKind, Event, PipelinesClient, RetryPolicy,
    Secret, SendEmail, SendPush, TrackClient,
};

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY};

#[test]
fn everything_can_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<TrackClient>();
    check::<ApiClient>();
    check::<PipelinesClient>();
    check::<Error>();
    check::<Config>();
    check::<Secret>();
    check::<RetryPolicy>();
    check::<Event>();
    check::<SendEmail>();
    check::<SendPush>();
    check::<BroadcastTrigger>();
    check::<Report>();
    check::<VerifyOptions>();
}

#[test]
fn futures_can_cross_threads() {
    fn check<T: Send>(value: T) -> T {
        value
    }
    let track = TrackClient::new(SITE_ID, TRACK_KEY).unwrap();
    let api = ApiClient::new(APP_KEY).unwrap();
    drop(check(track.identify("42", serde_json::json!({}))));
    drop(check(track.track("42", "e")));
    let pipelines = PipelinesClient::new(TRACK_KEY).unwrap();
    drop(check(
        pipelines.identify(customerio::pipelines::Identify::new("42")),
    ));
    drop(check(api.customers().attributes("42")));
    let config = Config::from_vars(|_| Some("us".to_owned()).filter(|_| false));
    assert!(config.is_err());
}

#[test]
fn an_error_is_small_enough_to_return() {
    assert!(size_of::<Error>() <= 64, "{} bytes", size_of::<Error>());
}

#[test]
fn a_builder_reports_everything_at_once() {
    let error = TrackClient::builder("", "")
        .base_url("nowhere")
        .timeout(std::time::Duration::ZERO)
        .build()
        .unwrap_err();
    let Error::Config(problems) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(problems.missing, ["site_id", "api_key"]);
    let invalid: Vec<&str> = problems
        .invalid
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(invalid, ["timeout", "base_url"]);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
}

#[test]
fn values_a_header_cannot_carry_are_refused() {
    assert!(ApiClient::new("key\nwith a break").is_err());
    assert!(ApiClient::new("schlüssel\u{7f}").is_err());
    assert!(TrackClient::new("site:id", "key").is_err());
    assert!(ApiClient::new(" key pasted with spaces around \n").is_ok());
}

#[test]
fn an_unwrapped_error_is_as_helpful_as_its_message() {
    let error = ApiClient::new("").unwrap_err();
    assert_eq!(format!("{error:?}"), format!("Config: {error}"));
}
