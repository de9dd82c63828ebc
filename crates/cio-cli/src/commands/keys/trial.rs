//! Trying whether a key opens its API, by a call that changes nothing.

use cio_wire::Region;
use customerio::reqwest::header::{CONTENT_TYPE, HeaderValue};
use customerio::reqwest::{Method, Request, StatusCode, Url};
use customerio::{ApiClient, Config, TrackClient};

use crate::args::Kind;
use crate::exit::Failure;
use crate::http;

/// Somebody nobody is.
const NOBODY: &str = "customerio-rotate@example.com";

/// Where the APIs are.
pub(crate) struct Apis {
    region: Region,
    track: Option<String>,
    app: Option<String>,
    pipelines: String,
}

impl Apis {
    /// A server of one's own.
    pub(crate) fn of_server(root: &str) -> Apis {
        Apis {
            region: Region::default(),
            track: Some(root.to_owned()),
            app: Some(root.to_owned()),
            pipelines: root.to_owned(),
        }
    }

    /// Where the settings lead.
    pub(crate) fn of_settings(config: &Config) -> Apis {
        Apis {
            region: config.region,
            track: config.track_url.clone(),
            app: config.app_url.clone(),
            pipelines: config.effective_pipelines_url().to_owned(),
        }
    }
}

/// # Errors
///
/// That the key is refused, or that nobody could be asked.
pub(crate) async fn open(kind: Kind, site_id: &str, key: &str, apis: &Apis) -> Result<(), Failure> {
    match kind {
        Kind::Track => {
            let mut builder = TrackClient::builder(site_id, key).region(apis.region);
            if let Some(url) = &apis.track {
                builder = builder.base_url(url);
            }
            builder.build()?.region().await?;
        }
        Kind::App => {
            let mut builder = ApiClient::builder(key).region(apis.region);
            if let Some(url) = &apis.app {
                builder = builder.base_url(url);
            }
            builder.build()?.customers().by_email(NOBODY).await?;
        }
        Kind::Pipelines => pipelines(key, &apis.pipelines).await?,
        // It opens nothing here: what it signs is checked by those who receive it.
        Kind::Webhook => {}
    }
    Ok(())
}

/// The API has no call that reads: one with nothing in it is refused for that, or for its key.
async fn pipelines(key: &str, root: &str) -> Result<(), Failure> {
    let url = format!("{}/v1/batch", root.trim_end_matches('/'));
    let url = Url::parse(&url).map_err(Failure::config)?;
    let client = http::client(&url)?;
    let mut request = Request::new(Method::POST, url);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    // Else the API answers 200 to any key.
    let strict = HeaderValue::from_static("1");
    request.headers_mut().insert("x-strict-mode", strict);
    *request.body_mut() = Some(r#"{"batch":[]}"#.into());
    let request = customerio::reqwest::RequestBuilder::from_parts(client, request);
    let answer = request.basic_auth(key, Some("")).send().await;
    let answer = answer.map_err(|error| Failure::unexpected(error.without_url()))?;
    match answer.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(Failure::config("the Pipelines API refuses the write key"))
        }
        status if status.is_server_error() => Err(Failure::unexpected(format!(
            "the Pipelines API answered {status}"
        ))),
        _ => Ok(()),
    }
}
