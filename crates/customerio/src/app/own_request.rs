//! Paths of the App API that have no method here.

use std::future::IntoFuture;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ApiClient;
use crate::operations::{
    OWN_DELETE, OWN_GET, OWN_PATCH, OWN_PATCH_REPEATABLE, OWN_POST, OWN_POST_REPEATABLE, OWN_PUT,
    Operation,
};
use crate::request::{Parts, whole_or_null};
use crate::transport::Transport;
use crate::{Error, Request, json_object};

/// A request to a path of one's own, from [`ApiClient::request`].
#[must_use = "a request is made when it is awaited"]
pub struct OwnRequest {
    transport: Transport,
    method: Method,
    repeatable: bool,
    query: Vec<(String, String)>,
    path: String,
    body: Option<Result<Bytes, Error>>,
}

impl ApiClient {
    /// A request to any path of the App API, for what has no method here: with the same
    /// credentials, repeats, limits and errors.
    ///
    /// `path` starts with `/v1/` and is percent-encoded by the caller. Reading and
    /// replacing is repeated when it fails; `POST` and `PATCH` only if
    /// [`repeatable`](OwnRequest::repeatable) says that a repeat does no harm.
    ///
    /// ```no_run
    /// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
    /// use customerio::reqwest::Method;
    ///
    /// let newsletters = api
    ///     .request(Method::GET, "/v1/newsletters")
    ///     .query("limit", 10)
    ///     .await?;
    /// println!("{newsletters}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> OwnRequest {
        OwnRequest {
            transport: self.transport.clone(),
            method,
            repeatable: false,
            query: Vec::new(),
            path: path.into(),
            body: None,
        }
    }
}

impl OwnRequest {
    /// Adds a query parameter; it is percent-encoded here.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> OwnRequest {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// The body, as JSON.
    pub fn json(mut self, body: &impl Serialize) -> OwnRequest {
        self.body = Some(json_object::write(body, "body"));
        self
    }

    /// A repeat does no harm, so it is repeated like anything that only reads.
    pub const fn repeatable(mut self, repeatable: bool) -> OwnRequest {
        self.repeatable = repeatable;
        self
    }

    /// The request, with the answer as any type that can be read from JSON. An answer
    /// without a body is read as `null`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a path that does not start with `/` or a method the
    /// API does not have, and the failures of any call.
    pub fn answer<T: DeserializeOwned + Send + 'static>(self) -> Request<T> {
        let operation = self.operation();
        let transport = self.transport.clone();
        let parts = self.parts();
        Request::new(&transport, operation, parts, whole_or_null)
    }

    fn operation(&self) -> &'static Operation {
        match (self.method.as_str(), self.repeatable) {
            ("PUT", _) => &OWN_PUT,
            ("DELETE", _) => &OWN_DELETE,
            ("POST", false) => &OWN_POST,
            ("POST", true) => &OWN_POST_REPEATABLE,
            ("PATCH", false) => &OWN_PATCH,
            ("PATCH", true) => &OWN_PATCH_REPEATABLE,
            _ => &OWN_GET,
        }
    }

    fn parts(self) -> Result<Parts, Error> {
        let known = ["GET", "PUT", "POST", "DELETE", "PATCH"];
        if !known.contains(&self.method.as_str()) {
            return Err(Error::invalid_input(
                "method",
                "must be GET, PUT, POST, DELETE or PATCH",
            ));
        }
        if !self.path.starts_with('/') {
            return Err(Error::invalid_input("path", "must start with a slash"));
        }
        let mut path = self.path;
        for (name, value) in &self.query {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&cio_wire::percent_encode_segment(name));
            path.push('=');
            path.push_str(&cio_wire::percent_encode_segment(value));
        }
        let parts = Parts::of_path(path);
        match self.body {
            Some(body) => Ok(parts.body(body?)),
            None => Ok(parts),
        }
    }
}

impl IntoFuture for OwnRequest {
    type Output = Result<Value, Error>;
    type IntoFuture = Request<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.answer()
    }
}

#[cfg(feature = "blocking")]
impl OwnRequest {
    /// Makes the call and waits for it on this thread. See
    /// [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// Those of [`Request::wait`].
    pub fn wait(self) -> Result<Value, Error> {
        self.answer().wait()
    }
}

impl std::fmt::Debug for OwnRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OwnRequest({})", self.method)
    }
}
