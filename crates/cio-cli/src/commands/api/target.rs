//! Which API a call is for, and its client.

use bytes::Bytes;
use cio_wire::percent_encode_segment;
use customerio::reqwest::header::HeaderMap;
use customerio::reqwest::{Response, Url};
use customerio::{ApiClient, Error, PipelinesClient, TrackClient};

use super::TIMEOUT;
use crate::args::api::ApiArgs;
use crate::context::Context;
use crate::exit::Failure;

/// A client of one of the three APIs.
enum Client {
    App(ApiClient),
    Track(TrackClient),
    Pipelines(PipelinesClient),
}

/// Where a call goes.
pub(super) struct Target {
    client: Client,
    path: String,
}

impl Target {
    pub(super) fn of(args: &ApiArgs, context: &Context) -> Result<Target, Failure> {
        let variables = context.variables()?;
        let get = |name: &str| variables.get(name);
        let path = args.path.as_str();
        let client = match (path.starts_with("/v1/"), path.starts_with("/api/")) {
            (true, _) if args.pipelines => {
                let builder = PipelinesClient::builder_from_vars(get)?;
                Client::Pipelines(builder.timeout(TIMEOUT).build()?)
            }
            (true, _) => {
                let builder = ApiClient::builder_from_vars(get)?;
                Client::App(builder.timeout(TIMEOUT).build()?)
            }
            (_, true) if !args.pipelines => {
                let builder = TrackClient::builder_from_vars(get)?;
                Client::Track(builder.timeout(TIMEOUT).build()?)
            }
            _ => return Err(unknown(path)),
        };
        let mut path = path.to_owned();
        for (name, value) in &args.query {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&percent_encode_segment(name));
            path.push('=');
            path.push_str(&percent_encode_segment(value));
        }
        Ok(Target { client, path })
    }

    pub(super) fn url(&self) -> Result<Url, Error> {
        match &self.client {
            Client::App(client) => client.url_of(&self.path),
            Client::Track(client) => client.url_of(&self.path),
            Client::Pipelines(client) => client.url_of(&self.path),
        }
    }

    pub(super) async fn call(
        &self,
        args: &ApiArgs,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response, Error> {
        let method = args.method.clone();
        match &self.client {
            Client::App(client) => client.raw(method, &self.path, headers, body).await,
            Client::Track(client) => client.raw(method, &self.path, headers, body).await,
            Client::Pipelines(client) => client.raw(method, &self.path, headers, body).await,
        }
    }
}

fn unknown(path: &str) -> Failure {
    Failure::config(format!("no API has the path {path}")).next(
        "/v1/… is the App API, /api/v1/… and /api/v2/… the Track API, and /v1/… with --pipelines \
         the Pipelines API",
    )
}
