//! Events with a meaning: names of events at which the service does something, each with
//! what it needs for it.

use serde_json::json;

use cio_wire::Identifier;

use super::envelope::Body;
use super::reports::{ContentReport, DeliveryReport};
use super::track::{Subject, Track};
use super::user::not_blank;
use super::{User, UtcTime};
use crate::json_object::JsonObject;
use crate::{Device, Error, Timestamp};

/// A group that the service keeps as an object, by its id and its type.
#[derive(Clone)]
pub struct Object {
    id: String,
    type_id: Option<u32>,
}

impl Object {
    /// The object with this id.
    pub fn new(id: impl Into<String>) -> Object {
        Object {
            id: id.into(),
            type_id: None,
        }
    }

    /// The number of its type. Default of the service: 1.
    #[must_use]
    pub const fn object_type(mut self, type_id: u32) -> Object {
        self.type_id = Some(type_id);
        self
    }
}

/// Ids of objects name companies and the like, so they are not shown.
impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object")
            .field("type_id", &self.type_id)
            .finish_non_exhaustive()
    }
}

/// What such an event carries besides what any event does.
#[derive(Clone)]
pub(super) enum Semantic {
    Device(Device),
    DeviceToken(String),
    Object(Object),
    Delivery(DeliveryReport),
    Content(ContentReport),
}

/// Events at which the service does something.
impl Track {
    /// Gives a person a device for push messages, or updates it: the event
    /// `Device Created or Updated`.
    ///
    /// The device's attributes become properties of the event, and when it was last used
    /// its time.
    pub fn device_created_or_updated(user: impl Into<Identifier>, device: &Device) -> Track {
        let mut track = Track::of_person(
            user,
            "Device Created or Updated",
            Some(Semantic::Device(device.clone())),
        );
        track.envelope.timestamp = last_used(device);
        track
    }

    /// Takes a device from a person, by its token: the event `Device Deleted`.
    pub fn device_deleted(user: impl Into<Identifier>, token: impl Into<String>) -> Track {
        let token = Semantic::DeviceToken(token.into());
        Track::of_person(user, "Device Deleted", Some(token))
    }

    /// Deletes a person: the event `User Deleted`. A later message about them creates
    /// them anew; to prevent that, [`Track::user_suppressed`].
    pub fn user_deleted(user: impl Into<Identifier>) -> Track {
        Track::of_person(user, "User Deleted", None)
    }

    /// Deletes a person and keeps them out: the event `User Suppressed`.
    pub fn user_suppressed(user: impl Into<Identifier>) -> Track {
        Track::of_person(user, "User Suppressed", None)
    }

    /// Lets a suppressed person be added again: the event `User Unsuppressed`. It does
    /// not bring them back.
    pub fn user_unsuppressed(user: impl Into<Identifier>) -> Track {
        Track::of_person(user, "User Unsuppressed", None)
    }

    /// Ends that a person belongs to an object: the event `Relationship Deleted`.
    pub fn relationship_deleted(user: impl Into<Identifier>, object: Object) -> Track {
        Track::of_person(user, "Relationship Deleted", Some(Semantic::Object(object)))
    }

    /// Deletes an object: the event `Object Deleted`.
    ///
    /// The service asks for an anonymous id although the event is about nobody.
    pub fn object_deleted(anonymous_id: impl Into<String>, object: Object) -> Track {
        let subject = Subject::User(User::anonymous(anonymous_id));
        let event = "Object Deleted".to_owned();
        Track::of(subject, event, Some(Semantic::Object(object)))
    }

    /// Reports what became of a message: the event `Report Delivery Event`.
    pub fn report_delivery_event(report: DeliveryReport) -> Track {
        let subject = report.user.clone().map_or(Subject::Nobody, Subject::User);
        let event = "Report Delivery Event".to_owned();
        Track::of(subject, event, Some(Semantic::Delivery(report)))
    }

    /// Reports what somebody did with a message that was shown to nobody in particular:
    /// the event `Report Content Event`.
    pub fn report_content_event(report: ContentReport) -> Track {
        let subject = report.user.clone().map_or(Subject::Nobody, Subject::User);
        let event = "Report Content Event".to_owned();
        Track::of(subject, event, Some(Semantic::Content(report)))
    }

    fn of_person(
        user: impl Into<Identifier>,
        event: &'static str,
        semantic: Option<Semantic>,
    ) -> Track {
        let subject = Subject::User(User::Known(user.into()));
        Track::of(subject, event.to_owned(), semantic)
    }
}

impl Semantic {
    /// Adds what belongs into the context, and answers what belongs into the properties.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank token or id.
    pub(super) fn fill(&self, body: &mut Body<'_>) -> Result<Option<JsonObject>, Error> {
        match self {
            Semantic::Device(device) => {
                let mut device = device.body("token")?;
                let attributes = device["attributes"].take();
                let context = json!({
                    "device": { "token": device["token"], "type": device["platform"] }
                });
                body.own_context = Some(JsonObject::new(context));
                Ok(attributes.is_object().then(|| JsonObject::new(attributes)))
            }
            Semantic::DeviceToken(token) => {
                let token = not_blank("device token", token)?;
                let context = json!({ "device": { "token": token } });
                body.own_context = Some(JsonObject::new(context));
                Ok(None)
            }
            Semantic::Object(object) => {
                let mut properties = json!({ "objectId": not_blank("object id", &object.id)? });
                if let Some(type_id) = object.type_id {
                    properties["objectTypeId"] = json!(type_id);
                }
                Ok(Some(JsonObject::new(properties)))
            }
            Semantic::Delivery(report) => Ok(Some(JsonObject::new(report.properties()?))),
            Semantic::Content(report) => Ok(Some(JsonObject::new(report.properties()))),
        }
    }
}

/// A device's `last_used`, which is the time of the event here.
fn last_used(device: &Device) -> Option<UtcTime> {
    let seconds = device.body("token").ok()?["last_used"].as_i64()?;
    Some(UtcTime::from(Timestamp::from(seconds)))
}
