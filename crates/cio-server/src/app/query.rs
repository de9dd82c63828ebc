//! Query parameters of the App API.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use cio_wire::Identifier;

use crate::error::{ApiError, Family};
use crate::state::AppState;

/// The query of a request; of a repeated name one value counts.
pub(crate) struct Parameters(HashMap<String, String>);

impl FromRequestParts<AppState> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(parameters)| Parameters(parameters))
            .map_err(|_| bad("the query is not valid"))
    }
}

fn bad(detail: &str) -> ApiError {
    ApiError::bad_request(Family::App, detail)
}

impl Parameters {
    /// A parameter that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// `limit`, within 1 and `max`; a larger one is cut to `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        match self.get("limit") {
            None => Ok(default),
            Some(text) => match text.parse::<usize>() {
                Ok(limit) if limit > 0 => Ok(limit.min(max)),
                _ => Err(bad("\"limit\" must be a positive integer")),
            },
        }
    }

    /// A parameter that is `true` or `false`; absent is `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(bad(&format!("\"{name}\" must be true or false"))),
        }
    }

    /// A parameter that is a whole number, a number of something or a time in seconds.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<u64>, ApiError> {
        let read = |text: &str| {
            text.parse()
                .map_err(|_| bad(&format!("\"{name}\" must be an integer")))
        };
        self.get(name).map(read).transpose()
    }

    /// A parameter that is one of these.
    pub(crate) fn one_of(&self, name: &str, known: &[&str]) -> Result<Option<&str>, ApiError> {
        match self.get(name) {
            Some(value) if !known.contains(&value) => Err(bad(&format!(
                "\"{name}\" must be one of {}",
                known.join(", ")
            ))),
            value => Ok(value),
        }
    }

    /// The person a path value names, by `id_type`: `id` (default), `email` or `cio_id`.
    /// A `cio_id` is taken with and without its prefix: which is meant differs by route.
    pub(crate) fn person(&self, value: &str) -> Result<Identifier, ApiError> {
        match self.get("id_type").unwrap_or("id") {
            // Community clients write the prefixed form into the path without `id_type`.
            "id" => Ok(match Identifier::infer(value) {
                cio_id @ Identifier::CioId(_) => cio_id,
                _ => Identifier::Id(value.to_owned()),
            }),
            "email" => Ok(Identifier::Email(value.to_owned())),
            "cio_id" => {
                let bare = value.strip_prefix("cio_").unwrap_or(value);
                Ok(Identifier::CioId(bare.to_owned()))
            }
            other => Err(bad(&format!(
                "\"{other}\" is not an id_type of this workspace: use id, email or cio_id"
            ))),
        }
    }
}
