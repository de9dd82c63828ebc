//! Snippets: pieces of content that messages share.

use serde_json::json;

use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::operations::{CREATE_SNIPPET, DELETE_SNIPPET, LIST_SNIPPETS, Operation, PUT_SNIPPET};
use crate::request::{Parts, field, list, nothing};
use crate::{Error, Request, person};

answer! {
    /// A piece of content that messages share: `{{snippets.<name>}}`.
    pub struct Snippet shows (name, updated_at) {
        /// Its name, by which it is known.
        pub name: String,
        /// Its content.
        pub value: String,
        /// When it last changed, in Unix seconds.
        pub updated_at: Option<i64>,
    }
}

/// Snippets, from [`ApiClient::snippets`].
#[derive(Debug, Clone, Copy)]
pub struct Snippets<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Pieces of content that messages share.
    pub const fn snippets(&self) -> Snippets<'_> {
        Snippets { client: self }
    }
}

impl Snippets<'_> {
    /// All snippets: `GET /v1/snippets`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Snippet>> {
        let parts = Parts::new(&LIST_SNIPPETS, []);
        self.client
            .ask(&LIST_SNIPPETS, parts, |body| list(&body, "snippets"))
    }

    /// Makes a snippet of a name that is not taken: `POST /v1/snippets`. Content may have
    /// 16 000 characters, and all of a workspace together 5 MB. In doubt it is not
    /// repeated, because the repeat would fail with the name taken.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name, [`Error::Rejected`] for content that is
    /// not valid Liquid or a name that is taken, and the failures of any call.
    pub fn create(&self, name: impl Into<String>, value: impl Into<String>) -> Request<Snippet> {
        self.write(&CREATE_SNIPPET, name.into(), value.into())
    }

    /// Makes a snippet, or replaces the one of this name: `PUT /v1/snippets`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name, [`Error::Rejected`] for content that is
    /// not valid Liquid, and the failures of any call.
    pub fn put(&self, name: impl Into<String>, value: impl Into<String>) -> Request<Snippet> {
        self.write(&PUT_SNIPPET, name.into(), value.into())
    }

    /// Deletes a snippet that no message uses: `DELETE /v1/snippets/{snippet_name}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name, [`Error::Rejected`] for a snippet in use,
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn delete(&self, name: impl Into<String>) -> Request<()> {
        let segment = person::segment("snippet name", &name.into());
        let parts = Parts::new(&DELETE_SNIPPET, [segment]);
        self.client.ask(&DELETE_SNIPPET, parts, nothing)
    }

    fn write(
        &self,
        operation: &'static Operation,
        name: String,
        value: String,
    ) -> Request<Snippet> {
        let parts = Parts::new(operation, []).and_then(|parts| {
            if name.trim().is_empty() {
                return Err(Error::invalid_input("snippet name", "must not be blank"));
            }
            Ok(parts.body(json_body(&json!({ "name": name, "value": value }))))
        });
        self.client
            .ask(operation, parts, |body| field(&body, "snippet"))
    }
}
