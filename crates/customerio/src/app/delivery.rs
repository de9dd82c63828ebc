//! Messages after they were sent.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::{CustomerIdentifiers, lenient};

/// What became of a message: `GET /v1/messages/{id}`.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The delivery id.
    pub id: String,
    /// The channel: `email`, `push`, `webhook`, `twilio` (SMS) and more.
    #[serde(
        default,
        rename = "type",
        deserialize_with = "lenient::null_as_default"
    )]
    pub kind: String,
    /// When it was created, in Unix seconds.
    pub created: Option<i64>,
    /// The person it went to.
    pub customer_identifiers: Option<CustomerIdentifiers>,
    /// Address, number or device it went to.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub recipient: Option<String>,
    /// Subject, of an email.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub subject: Option<String>,
    /// The template it was made from.
    pub transactional_message_id: Option<i64>,
    /// Why it failed, if it did.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub failure_message: Option<String>,
    /// Whether its content was not kept.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub forgotten: bool,
    /// What happened and when, in Unix seconds: `created`, `sent`, `delivered`,
    /// `opened`, `bounced` and so on, only what did happen.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub metrics: BTreeMap<String, i64>,
}

impl Message {
    /// When a metric was recorded, in Unix seconds; `None` if it was not.
    pub fn metric(&self, name: &str) -> Option<i64> {
        self.metrics.get(name).copied()
    }
}

/// A message as it was sent: `GET /v1/messages/{id}/archived_message`.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ArchivedMessage {
    /// The delivery id.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// Sender.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub from: Option<String>,
    /// Where replies go.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub reply_to: Option<String>,
    /// Address, number or device it went to.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub recipient: Option<String>,
    /// Subject, of an email.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub subject: Option<String>,
    /// Copies.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub cc: Option<String>,
    /// Blind copies.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub bcc: Option<String>,
    /// The line shown after the subject.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub preheader_text: Option<String>,
    /// The rendered content; HTML for an email.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub body: String,
    /// Headers: live, a text that holds JSON.
    pub headers: Option<Value>,
    /// Whether the content was not kept.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub forgotten: bool,
}

// Recipients and contents are personal, so `Debug` leaves them out.

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("failure_message", &self.failure_message)
            .field("metrics", &self.metrics)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ArchivedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchivedMessage")
            .field("id", &self.id)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
