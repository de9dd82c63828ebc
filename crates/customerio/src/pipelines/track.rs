//! What people do: events.

use std::fmt;

use serde::Serialize;

use super::User;
use super::envelope::{Body, Envelope, message_type, with_own};
use super::semantic::Semantic;
use super::user::not_blank;
use crate::Error;
use crate::json_object::JsonObject;

/// Something that happened, for [`PipelinesClient::track`](super::PipelinesClient::track).
///
/// ```
/// use customerio::pipelines::Track;
/// use serde_json::json;
///
/// let order = Track::new("42", "Order Placed")
///     .properties(json!({ "total": 99.5, "currency": "EUR" }))
///     .timestamp(1_790_000_000);
/// # drop(order);
/// ```
///
/// Some names make the service do something. They have constructors of their own, with
/// what the service needs for it: [`Track::device_created_or_updated`],
/// [`Track::device_deleted`], [`Track::user_deleted`], [`Track::user_suppressed`],
/// [`Track::user_unsuppressed`], [`Track::relationship_deleted`],
/// [`Track::object_deleted`], [`Track::report_delivery_event`] and
/// [`Track::report_content_event`].
#[derive(Clone)]
pub struct Track {
    pub(super) envelope: Envelope,
    subject: Subject,
    event: String,
    properties: Option<JsonObject>,
    semantic: Option<Semantic>,
}

message_type!(Track);

/// Whose event it is.
#[derive(Clone)]
pub(super) enum Subject {
    User(User),
    Group(String),
    /// Nobody's: a report names a delivery instead.
    Nobody,
}

impl Track {
    /// An event of this user. The name must not be blank.
    pub fn new(user: impl Into<User>, event: impl Into<String>) -> Track {
        Track::of(Subject::User(user.into()), event.into(), None)
    }

    /// An event of a group as a whole, a company for example. Not all destinations know
    /// such events.
    pub fn of_group(group_id: impl Into<String>, event: impl Into<String>) -> Track {
        Track::of(Subject::Group(group_id.into()), event.into(), None)
    }

    pub(super) fn of(subject: Subject, event: String, semantic: Option<Semantic>) -> Track {
        Track {
            envelope: Envelope::default(),
            subject,
            event,
            properties: None,
            semantic,
        }
    }

    /// What belongs to the event: anything that serialises to a JSON object. What an
    /// event with a meaning needs stays in it.
    #[must_use]
    pub fn properties(mut self, properties: impl Serialize) -> Track {
        self.properties = Some(JsonObject::new(properties));
        self
    }

    pub(super) fn body(&self) -> Result<Body<'_>, Error> {
        let mut body = Body::new("track");
        match &self.subject {
            Subject::User(user) => user.fill(&mut body)?,
            Subject::Group(group_id) => body.group_id = Some(not_blank("group id", group_id)?),
            Subject::Nobody => {}
        }
        body.event = Some(not_blank("event name", &self.event)?);
        let own = match &self.semantic {
            Some(semantic) => semantic.fill(&mut body)?,
            None => None,
        };
        body.properties = with_own(&self.properties, own, "properties")?;
        Ok(body)
    }
}

/// Properties are personal.
impl fmt::Debug for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Track");
        shown.field("event", &self.event);
        if let Subject::User(user) = &self.subject {
            shown.field("user", user);
        }
        shown.finish_non_exhaustive()
    }
}
