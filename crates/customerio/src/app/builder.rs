//! Builds an App API client.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};

use super::ApiClient;
use crate::Error;
use crate::client_options::{ClientOptions, option_setters};
use crate::config::ConfigError;
use crate::credential::{Authorization, Credential, Scheme};
use crate::operations::Api;

const WORKSPACE_ID: HeaderName = HeaderName::from_static("x-workspace-id");

/// Builds an [`ApiClient`]. What is wrong with the settings is reported once, by
/// [`build`](ApiClientBuilder::build).
#[derive(Clone)]
pub struct ApiClientBuilder {
    api_key: Credential,
    options: ClientOptions,
}

impl ApiClientBuilder {
    pub(super) fn new(api_key: Credential) -> Self {
        ApiClientBuilder {
            api_key,
            options: ClientOptions::default(),
        }
    }

    /// The workspace that a service account's key (`sa_live_…`) sends for. Such a key
    /// works for sends only; an App API key belongs to one workspace and needs none.
    #[must_use]
    pub fn workspace_id(mut self, workspace_id: u64) -> Self {
        let value = HeaderValue::from(workspace_id);
        self.options.headers.insert(WORKSPACE_ID, value);
        self
    }

    option_setters!();

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming everything that is missing or invalid.
    pub fn build(self) -> Result<ApiClient, Error> {
        let mut problems = ConfigError::default();
        self.api_key.check("app_api_key", None, &mut problems);
        let authorization = Authorization::new(Scheme::Bearer(self.api_key));
        let region = self.options.region;
        let transport = self
            .options
            .into_transport(Api::App, authorization, problems)?;
        Ok(ApiClient { transport, region })
    }
}

impl fmt::Debug for ApiClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClientBuilder")
            .field("region", &self.options.region)
            .finish_non_exhaustive()
    }
}
