//! What happened to a message, as an operation.

use std::borrow::Cow;
use std::fmt;

use serde_json::json;
use serde_json::value::to_raw_value;

use super::identifiers::check_not_blank;
use super::operation::Fields;
use super::{Entity, attributes};
use crate::{Error, PushEvent};

/// A message, from [`entity::delivery`](crate::entity::delivery), to say what happened to
/// it.
#[derive(Debug, Clone)]
#[must_use = "a delivery is not yet an operation"]
pub struct Delivery {
    id: String,
}

impl Delivery {
    pub(super) const fn new(id: String) -> Delivery {
        Delivery { id }
    }

    /// It was opened: delivery `event`.
    pub fn opened(self) -> DeliveryEvent {
        self.event(PushEvent::Opened)
    }

    /// The person did what it was about: delivery `event`.
    pub fn converted(self) -> DeliveryEvent {
        self.event(PushEvent::Converted)
    }

    /// It arrived: delivery `event`.
    pub fn delivered(self) -> DeliveryEvent {
        self.event(PushEvent::Delivered)
    }

    fn event(self, event: PushEvent) -> DeliveryEvent {
        DeliveryEvent {
            id: self.id,
            event,
            device_token: None,
        }
    }
}

/// What happened to a message, from the methods of [`Delivery`].
#[derive(Clone)]
#[must_use = "an operation is done when it is sent"]
pub struct DeliveryEvent {
    id: String,
    event: PushEvent,
    device_token: Option<String>,
}

impl DeliveryEvent {
    /// The push token of the device it happened on.
    pub fn device_token(mut self, token: impl Into<String>) -> DeliveryEvent {
        self.device_token = Some(token.into());
        self
    }

    fn fields(&self) -> Result<Fields<'_>, Error> {
        check_not_blank("delivery_id", &self.id)?;
        let mut fields = Fields::about(json!({ "id": self.id }));
        fields.name = Some(self.event.as_str());
        if let Some(token) = &self.device_token {
            check_not_blank("device token", token)?;
            let attributes = to_raw_value(&json!({ "device_token": token }))
                .map_err(|source| attributes::unwritable("device token", source))?;
            fields.attributes = Some(Cow::Owned(attributes));
        }
        Ok(fields)
    }
}

impl From<DeliveryEvent> for Entity {
    fn from(event: DeliveryEvent) -> Self {
        Entity::new("delivery", "event", event.fields())
    }
}

/// A push token reaches a person, so it is not shown.
impl fmt::Debug for DeliveryEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryEvent")
            .field("id", &self.id)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}
