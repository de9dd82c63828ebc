//! Builds a Pipelines client.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::PipelinesClient;
use super::envelope::overlay;
use crate::Error;
use crate::client_options::{ClientOptions, option_setters};
use crate::config::{COLON_IN_WRITE_KEY, ConfigError};
use crate::credential::{Authorization, Credential, Scheme};
use crate::json_object::JsonObject;
use crate::operations::Api;

const STRICT_MODE: HeaderName = HeaderName::from_static("x-strict-mode");

/// How a message says which library made it: `context.library`.
const LIBRARY_NAME: &str = "customerio-rust";

/// Builds a [`PipelinesClient`]. What is wrong with the settings is reported once, by
/// [`build`](PipelinesClientBuilder::build).
#[derive(Clone)]
pub struct PipelinesClientBuilder {
    write_key: Credential,
    options: ClientOptions,
    strict: bool,
    default_context: Option<JsonObject>,
}

impl PipelinesClientBuilder {
    pub(super) fn new(write_key: Credential) -> Self {
        PipelinesClientBuilder {
            write_key,
            options: ClientOptions::default(),
            strict: true,
            default_context: None,
        }
    }

    option_setters!();

    /// Whether the service says so when it refuses something, which is what the header
    /// `X-Strict-Mode: 1` asks for. Default: yes.
    ///
    /// Without it the service answers 200 to everything, also to messages that it refuses
    /// or finds too large, and drops those. A success would then say only that a request
    /// arrived, and a loss would never show; so it is on here, although it is off in the
    /// official Node library. Switch it off for a server that does not know it, or where
    /// a message that is lost is better than an error.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The context of every message, for what is always the same: anything that
    /// serialises to a JSON object. A key that a message's own context has too is taken
    /// from there. `library` is set, unless one of the two sets it.
    #[must_use]
    pub fn default_context(mut self, context: impl Serialize) -> Self {
        self.default_context = Some(JsonObject::new(context));
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming everything that is missing or invalid.
    pub fn build(mut self) -> Result<PipelinesClient, Error> {
        let mut problems = ConfigError::default();
        self.write_key
            .check("write_key", Some(COLON_IN_WRITE_KEY), &mut problems);
        let authorization = Authorization::new(Scheme::User(self.write_key));
        let context = full_context(self.default_context.as_ref());
        if let Err(Error::InvalidInput { rule, .. }) = &context {
            problems.add_invalid("default_context", rule.as_str());
        }
        if self.strict {
            self.options
                .headers
                .insert(STRICT_MODE, HeaderValue::from_static("1"));
        }
        let region = self.options.region;
        let transport = self
            .options
            .into_transport(Api::Pipelines, authorization, problems)?;
        Ok(PipelinesClient {
            transport,
            region,
            default_context: context?,
        })
    }
}

/// The library's own context with the client's over it.
fn full_context(of_client: Option<&JsonObject>) -> Result<Arc<RawValue>, Error> {
    let library = JsonObject::new(json!({
        "library": { "name": LIBRARY_NAME, "version": env!("CARGO_PKG_VERSION") }
    }));
    let library = library.get("context")?;
    Ok(Arc::from(match of_client {
        Some(context) => overlay(library, context.get("default_context")?, "default_context")?,
        None => library.to_owned(),
    }))
}

impl fmt::Debug for PipelinesClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelinesClientBuilder")
            .field("region", &self.options.region)
            .field("strict", &self.strict)
            .finish_non_exhaustive()
    }
}
