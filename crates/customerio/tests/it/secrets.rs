//! No credential and no personal data is in anything that can be printed.

use cio_testkit::{Reply, TestServer};
use customerio::secrets::{CachedSecret, Found, Reference};
use customerio::{ApiClient, Config, Credential, Error, Identifier, SendEmail, TrackClient};
use serde_json::json;

use crate::support::{
    APP_KEY, SITE_ID, TRACK_KEY, app, app_at, closed_port, everything_printed, track, track_at,
};

const PERSON: &str = "ana.secret@example.com";
const PERSON_ENCODED: &str = "ana.secret%40example.com";
const PAYLOAD: &str = "p4yl0ad";

#[track_caller]
fn assert_clean(text: &str) {
    use base64::Engine as _;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{SITE_ID}:{TRACK_KEY}"));
    for secret in [
        SITE_ID,
        TRACK_KEY,
        APP_KEY,
        &basic,
        PERSON,
        PERSON_ENCODED,
        PAYLOAD,
    ] {
        assert!(!text.contains(secret), "{secret} is in: {text}");
    }
}

#[test]
fn clients_builders_and_settings() {
    let config = Config::from_vars(|name| {
        let value = match name {
            "CUSTOMERIO_SITE_ID" => SITE_ID,
            "CUSTOMERIO_TRACK_API_KEY" => TRACK_KEY,
            "CUSTOMERIO_APP_API_KEY" | "CUSTOMERIO_PIPELINES_WRITE_KEY" => APP_KEY,
            _ => return None,
        };
        Some(value.to_owned())
    })
    .unwrap();
    assert_clean(&format!("{config:?} {config:#?}"));
    assert_clean(&format!("{:?}", config.track_client_builder()));
    assert_clean(&format!("{:?}", config.api_client_builder()));
    assert_clean(&format!("{:?}", config.track_client().unwrap()));
    assert_clean(&format!("{:?}", config.api_client().unwrap()));
    assert_clean(&format!("{:?}", config.pipelines_client().unwrap()));
    assert_clean(&format!("{:?}", config.app_api_key));
}

#[test]
fn refused_settings() {
    let bad_url = format!("http://{SITE_ID}:{TRACK_KEY}@host?{APP_KEY}");
    let error = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(bad_url)
        .build()
        .unwrap_err();
    assert_clean(&everything_printed(&error));
    let error = ApiClient::new(format!("{APP_KEY}\n{APP_KEY}")).unwrap_err();
    assert_clean(&everything_printed(&error));
}

#[tokio::test]
async fn what_is_kept_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys.json");
    let keys = json!({ "site": SITE_ID, "track": TRACK_KEY, "app": APP_KEY });
    std::fs::write(&file, keys.to_string()).unwrap();
    let at = |field: &str| format!("file://{}#{field}", file.display());
    let config = Config::from_vars(|name| match name {
        "CUSTOMERIO_SITE_ID" => Some(at("site")),
        "CUSTOMERIO_TRACK_API_KEY" => Some(at("track")),
        "CUSTOMERIO_APP_API_KEY" => Some(format!("exec://printf {APP_KEY}")),
        "CUSTOMERIO_PIPELINES_WRITE_KEY" => Some(at("app")),
        _ => None,
    })
    .unwrap();
    let resolved = config.resolved().await.unwrap();
    assert_eq!(resolved.app_api_key.expose(), APP_KEY);
    assert_clean(&format!("{config:?} {config:#?} {resolved:?}"));
    assert_clean(&format!("{:?}", config.track_client_builder()));
    assert_clean(&format!("{:?}", config.api_client().unwrap()));
    assert_clean(&format!("{:?}", config.pipelines_client().unwrap()));

    for text in [at("app"), format!("exec://printf {APP_KEY}")] {
        let reference: Reference = text.parse().unwrap();
        let source = reference.open(&|_| None).unwrap();
        let found = source.fetch().await.unwrap().unwrap();
        assert_eq!(found.value.expose(), APP_KEY);
        let cached = CachedSecret::parse(&text, &|_| None).unwrap();
        cached.get().await.unwrap();
        let credential = Credential::from(&cached);
        assert_clean(&format!(
            "{reference:?} {found:?} {cached:#?} {credential:?}"
        ));
        assert_clean(&format!("{} {:?}", source.place(), cached.places()));
    }
    assert_clean(&format!(
        "{:?} {:?}",
        Credential::from(APP_KEY),
        Found::new(APP_KEY)
    ));
}

#[tokio::test]
async fn failures_of_what_is_kept_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys");
    std::fs::write(&file, format!("{TRACK_KEY} is no JSON")).unwrap();
    for text in [
        format!("file://{}#app", file.display()),
        format!("exec://sh -c 'echo {APP_KEY}; echo {APP_KEY} >&2; exit 1'"),
        format!("exec://no-such-command {APP_KEY}"),
        format!("exec://true {APP_KEY}"),
        // A key where another place was to follow.
        format!("exec://true || {APP_KEY}"),
    ] {
        let settings = Config::from_vars(|name| match name {
            "CUSTOMERIO_SITE_ID" | "CUSTOMERIO_TRACK_API_KEY" => Some("x".to_owned()),
            "CUSTOMERIO_APP_API_KEY" => Some(text.clone()),
            _ => None,
        });
        let error = match settings {
            Ok(config) => {
                config
                    .api_client()
                    .unwrap()
                    .customers()
                    .by_email("a@b.de")
                    .await
            }
            Err(error) => Err(error.into()),
        };
        assert_clean(&everything_printed(&error.unwrap_err()));
    }
    let error = ApiClient::new(format!("exec://pass {APP_KEY}")).unwrap_err();
    assert_clean(&everything_printed(&error));
}

fn email() -> SendEmail {
    SendEmail::template("receipt", PERSON)
        .identifiers(Identifier::Email(PERSON.into()))
        .message_data(json!({ "x": PAYLOAD }))
}

async fn errors_at(track: TrackClient, api: ApiClient) -> Vec<Error> {
    let person = || Identifier::Email(PERSON.into());
    let event = || customerio::Event::new("e").data(json!({ "x": PAYLOAD }));
    vec![
        track
            .identify(person(), json!({ "x": PAYLOAD }))
            .await
            .unwrap_err(),
        track.track(person(), event()).await.unwrap_err(),
        track.delete_device(person(), PAYLOAD).await.unwrap_err(),
        api.customers().by_email(PERSON).await.unwrap_err(),
        api.customers().attributes(person()).await.unwrap_err(),
        api.send_email(&email()).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn errors_of_every_kind() {
    let elsewhere = format!("http://elsewhere.example/{PERSON_ENCODED}?key={TRACK_KEY}");
    let replies = [
        Reply::empty(401),
        Reply::empty(404),
        Reply::empty(503),
        Reply::html(200, PAYLOAD),
        Reply::new(200, "text/plain", PAYLOAD),
        Reply::redirect(307, &elsewhere),
        Reply::close(),
    ];
    for reply in replies {
        let server = TestServer::start().await;
        server.answer_with(move |_| reply.clone());
        for error in errors_at(track(&server), app(&server)).await {
            assert_clean(&everything_printed(&error));
        }
    }
    let url = format!("http://{}", closed_port().await);
    for error in errors_at(track_at(&url), app_at(&url)).await {
        assert_clean(&everything_printed(&error));
    }
}

#[tokio::test]
async fn requests_and_what_is_read_of_people() {
    assert_clean(&format!("{:?}", email()));
    let event = customerio::Event::new("e").data(json!({ "x": PAYLOAD }));
    assert_clean(&format!("{event:?}"));
    let server = TestServer::start().await;
    server.reply(Reply::json(
        200,
        json!({ "customer": { "id": PERSON, "attributes": { "x": PAYLOAD } } }),
    ));
    let customer = app(&server).customers().attributes(PERSON).await.unwrap();
    assert_clean(&format!("{customer:?}"));
}
