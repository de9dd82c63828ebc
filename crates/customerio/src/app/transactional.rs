//! Templates of transactional messages, and how they do.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::lenient::answer;
use super::paths::{of, of_language, of_two};
use super::{ApiClient, LinkMetrics, Message, MetricSeries, Period, json_body};
use crate::operations::{
    GET_TRANSACTIONAL, LIST_TRANSACTIONAL, TRANSACTIONAL_CONTENT, TRANSACTIONAL_CONTENTS,
    TRANSACTIONAL_LANGUAGE, TRANSACTIONAL_LINKS, TRANSACTIONAL_MESSAGES, TRANSACTIONAL_METRICS,
    UPDATE_TRANSACTIONAL_CONTENT, UPDATE_TRANSACTIONAL_LANGUAGE,
};
use crate::request::{Parts, Unreadable, field, list, page};
use crate::{PageRequest, Request};

answer! {
    /// A template of transactional messages.
    pub struct TransactionalTemplate shows (id, name) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// Whether it goes to people who unsubscribed.
        pub send_to_unsubscribed: bool,
        /// Whether links are tracked.
        pub link_tracking: bool,
        /// Whether opens are tracked.
        pub open_tracking: bool,
        /// Whether the content of its messages is kept out of sight.
        pub hide_message_body: bool,
        /// Whether its messages are held as drafts.
        pub queue_drafts: bool,
        /// When it was made, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated_at: Option<i64>,
    }
}

answer! {
    /// A language variant of a template.
    pub struct TemplateContent shows (id, name, language, kind) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
        /// The body.
        pub body: String,
        /// The AMP body.
        pub body_amp: Option<String>,
        /// Its language; empty for the default one.
        pub language: String,
        /// `type` on the wire: `email` or `push`.
        pub kind: String = "type",
        /// Sender.
        pub from: Option<String>,
        /// Sender, by number.
        pub from_id: Option<u64>,
        /// Where replies go.
        pub reply_to: Option<String>,
        /// Where replies go, by number.
        pub reply_to_id: Option<u64>,
        /// What styles are moved into the elements with.
        pub preprocessor: Option<String>,
        /// The recipient, usually a variable.
        pub recipient: Option<String>,
        /// Subject.
        pub subject: Option<String>,
        /// Copies.
        pub cc: Option<String>,
        /// Blind copies.
        pub bcc: Option<String>,
        /// Whether blind copies are messages of their own.
        pub fake_bcc: bool,
        /// The line shown after the subject.
        pub preheader_text: Option<String>,
        /// Headers.
        pub headers: Value,
    }
}

/// What to change in a message: in a variant of a transactional template or a newsletter,
/// or in an action of a campaign or broadcast. What is not set stays.
///
/// ```
/// use customerio::app::UpdateContent;
///
/// let change = UpdateContent::new()
///     .subject("Your receipt")
///     .header("X-Category", "receipts");
/// # drop(change);
/// ```
#[derive(Clone, Default)]
pub struct UpdateContent {
    fields: BTreeMap<&'static str, Value>,
    headers: Vec<Value>,
}

impl UpdateContent {
    /// No change yet.
    pub fn new() -> UpdateContent {
        UpdateContent::default()
    }

    /// The body. That of a message made by dragging and dropping cannot be changed.
    #[must_use]
    pub fn body(self, body: impl Into<String>) -> UpdateContent {
        self.set("body", json!(body.into()))
    }

    /// The AMP body.
    #[must_use]
    pub fn body_amp(self, body: impl Into<String>) -> UpdateContent {
        self.set("body_amp", json!(body.into()))
    }

    /// Subject.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> UpdateContent {
        self.set("subject", json!(subject.into()))
    }

    /// The line shown after the subject.
    #[must_use]
    pub fn preheader_text(self, text: impl Into<String>) -> UpdateContent {
        self.set("preheader_text", json!(text.into()))
    }

    /// Sender, by number: see [`SenderIdentities`](super::SenderIdentities).
    #[must_use]
    pub fn from_id(self, id: u64) -> UpdateContent {
        self.set("from_id", json!(id))
    }

    /// Where replies go, by number.
    #[must_use]
    pub fn reply_to_id(self, id: u64) -> UpdateContent {
        self.set("reply_to_id", json!(id))
    }

    /// The recipient, usually a variable.
    #[must_use]
    pub fn recipient(self, recipient: impl Into<String>) -> UpdateContent {
        self.set("recipient", json!(recipient.into()))
    }

    /// Blind copies.
    #[must_use]
    pub fn bcc(self, addresses: impl Into<String>) -> UpdateContent {
        self.set("bcc", json!(addresses.into()))
    }

    /// One more header, of an email. The headers given replace those there are.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> UpdateContent {
        self.headers
            .push(json!({ "name": name.into(), "value": value.into() }));
        self
    }

    /// Whether an action sends: `automatic`, `draft` to hold its messages as drafts, or
    /// `off`.
    #[must_use]
    pub fn sending_state(self, state: impl Into<String>) -> UpdateContent {
        self.set("sending_state", json!(state.into()))
    }

    /// Any other field of the reference.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: Value) -> UpdateContent {
        self.fields.insert(name, value);
        self
    }

    pub(super) fn json(&self) -> Value {
        let mut body = json!(self.fields);
        if !self.headers.is_empty() {
            body["headers"] = json!(self.headers);
        }
        body
    }
}

/// Contents may be personal, so `Debug` names the fields that are set.
impl std::fmt::Debug for UpdateContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields: Vec<&&str> = self.fields.keys().collect();
        f.debug_struct("UpdateContent")
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}

/// Templates of transactional messages, from [`ApiClient::transactional`].
#[derive(Debug, Clone, Copy)]
pub struct Transactional<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Templates of transactional messages, and how they do.
    pub const fn transactional(&self) -> Transactional<'_> {
        Transactional { client: self }
    }
}

impl Transactional<'_> {
    /// All templates: `GET /v1/transactional`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<TransactionalTemplate>> {
        let parts = Parts::new(&LIST_TRANSACTIONAL, []);
        self.client
            .ask(&LIST_TRANSACTIONAL, parts, |body| list(&body, "messages"))
    }

    /// One template: `GET /v1/transactional/{transactional_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn get(&self, id: u64) -> Request<TransactionalTemplate> {
        self.client
            .ask(&GET_TRANSACTIONAL, of(&GET_TRANSACTIONAL, id), |body| {
                field(&body, "message")
            })
    }

    /// The language variants of a template:
    /// `GET /v1/transactional/{transactional_id}/contents`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn contents(&self, id: u64) -> Request<Vec<TemplateContent>> {
        let parts = of(&TRANSACTIONAL_CONTENTS, id);
        self.client.ask(&TRANSACTIONAL_CONTENTS, parts, |body| {
            list(&body, "contents")
        })
    }

    /// One variant, by number:
    /// `GET /v1/transactional/{transactional_id}/contents/{content_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn content(&self, id: u64, content_id: u64) -> Request<TemplateContent> {
        let parts = of_two(&TRANSACTIONAL_CONTENT, id, content_id);
        self.client
            .ask(&TRANSACTIONAL_CONTENT, parts, |body| one(&body, "content"))
    }

    /// One variant, by language:
    /// `GET /v1/transactional/{transactional_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank language,
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn language(&self, id: u64, language: impl Into<String>) -> Request<TemplateContent> {
        let parts = of_language(&TRANSACTIONAL_LANGUAGE, id, &language.into());
        self.client
            .ask(&TRANSACTIONAL_LANGUAGE, parts, |body| one(&body, "content"))
    }

    /// Changes a variant, by number:
    /// `PUT /v1/transactional/{transactional_id}/content/{content_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one,
    /// [`Error::Rejected`](crate::Error::Rejected) for a change that is not possible, and
    /// the failures of any call.
    pub fn update_content(
        &self,
        id: u64,
        content_id: u64,
        change: &UpdateContent,
    ) -> Request<TemplateContent> {
        let parts = of_two(&UPDATE_TRANSACTIONAL_CONTENT, id, content_id)
            .map(|parts| parts.body(json_body(&change.json())));
        self.client
            .ask(&UPDATE_TRANSACTIONAL_CONTENT, parts, |body| {
                one(&body, "content")
            })
    }

    /// Changes a variant, by language:
    /// `PUT /v1/transactional/{transactional_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// The same, and [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank
    /// language.
    pub fn update_language(
        &self,
        id: u64,
        language: impl Into<String>,
        change: &UpdateContent,
    ) -> Request<TemplateContent> {
        let parts = of_language(&UPDATE_TRANSACTIONAL_LANGUAGE, id, &language.into())
            .map(|parts| parts.body(json_body(&change.json())));
        self.client
            .ask(&UPDATE_TRANSACTIONAL_LANGUAGE, parts, |body| {
                one(&body, "content")
            })
    }

    /// How the messages of a template do, over the last `steps` periods, oldest first:
    /// `GET /v1/transactional/{transactional_id}/metrics`. 0 steps mean as many as there
    /// can be; 1 gives two periods.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn metrics(&self, id: u64, period: Period, steps: u32) -> Request<MetricSeries> {
        let parts = of(&TRANSACTIONAL_METRICS, id);
        self.client
            .last_series(&TRANSACTIONAL_METRICS, parts, period, steps)
    }

    /// How often the links in the messages of a template were followed:
    /// `GET /v1/transactional/{transactional_id}/metrics/links`. `unique` counts each
    /// person once.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn links(
        &self,
        id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of(&TRANSACTIONAL_LINKS, id);
        self.client
            .link_series(&TRANSACTIONAL_LINKS, parts, (period, steps), unique)
    }

    /// The messages made from a template, in pages:
    /// `GET /v1/transactional/{transactional_id}/messages`. Takes
    /// [`metric`](PageRequest::metric), [`state`](PageRequest::state),
    /// [`since`](PageRequest::since), [`until`](PageRequest::until) and
    /// [`with_tracked_responses`](PageRequest::with_tracked_responses).
    ///
    /// # Errors
    ///
    /// The same.
    pub fn messages(&self, id: u64) -> PageRequest<Message> {
        let parts = of(&TRANSACTIONAL_MESSAGES, id);
        self.client.list(&TRANSACTIONAL_MESSAGES, parts, |body| {
            page(body, "messages")
        })
    }
}

/// What one field holds, which for updates is declared as a list of one.
pub(super) fn one<T: DeserializeOwned>(body: &[u8], name: &str) -> Result<T, Unreadable> {
    let value = match field(body, name)? {
        Value::Array(mut values) if !values.is_empty() => values.swap_remove(0),
        Value::Array(_) => return Err(Unreadable::Lacking),
        other => other,
    };
    Ok(serde_json::from_value(value)?)
}
