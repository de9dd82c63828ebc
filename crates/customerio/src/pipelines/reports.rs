//! What became of messages, for the events that report it.

use std::fmt;

use serde_json::{Value, json};

use super::User;
use super::user::not_blank;
use crate::Error;

/// What happened to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// It arrived.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was followed.
    Clicked,
    /// The person did what it was about.
    Converted,
}

impl DeliveryOutcome {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            DeliveryOutcome::Delivered => "delivered",
            DeliveryOutcome::Opened => "opened",
            DeliveryOutcome::Clicked => "clicked",
            DeliveryOutcome::Converted => "converted",
        }
    }
}

/// What became of one delivery, for
/// [`Track::report_delivery_event`](super::Track::report_delivery_event).
#[derive(Clone)]
pub struct DeliveryReport {
    delivery_id: String,
    outcome: DeliveryOutcome,
    texts: Vec<(&'static str, String)>,
    pub(super) user: Option<User>,
}

impl DeliveryReport {
    /// What happened to the message with this delivery id, which it carries as
    /// `CIO-Delivery-ID`.
    pub fn new(delivery_id: impl Into<String>, outcome: DeliveryOutcome) -> DeliveryReport {
        DeliveryReport {
            delivery_id: delivery_id.into(),
            outcome,
            texts: Vec::new(),
            user: None,
        }
    }

    /// Whom it went to, as far as it is known. Default: not said; the delivery is named.
    #[must_use]
    pub fn user(mut self, user: impl Into<User>) -> DeliveryReport {
        self.user = Some(user.into());
        self
    }

    /// The address, number or device it went to.
    #[must_use]
    pub fn recipient(self, recipient: impl Into<String>) -> DeliveryReport {
        self.text("recipient", recipient.into())
    }

    /// Why it came to that.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> DeliveryReport {
        self.text("reason", reason.into())
    }

    /// What was tapped in an in-app message.
    #[must_use]
    pub fn action_value(self, value: impl Into<String>) -> DeliveryReport {
        self.text("actionValue", value.into())
    }

    /// The link that was followed.
    #[must_use]
    pub fn href(self, href: impl Into<String>) -> DeliveryReport {
        self.text("href", href.into())
    }

    fn text(mut self, key: &'static str, value: String) -> DeliveryReport {
        self.texts.retain(|(known, _)| *known != key);
        self.texts.push((key, value));
        self
    }

    pub(super) fn properties(&self) -> Result<Value, Error> {
        let mut properties = json!({
            "deliveryId": not_blank("delivery id", &self.delivery_id)?,
            "metric": self.outcome.as_str(),
        });
        for (key, value) in &self.texts {
            properties[*key] = json!(value);
        }
        Ok(properties)
    }
}

/// Recipients and links are personal.
impl fmt::Debug for DeliveryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryReport")
            .field("delivery_id", &self.delivery_id)
            .field("outcome", &self.outcome)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// What somebody did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentAction {
    /// It was seen.
    Viewed,
    /// It was clicked.
    Clicked,
}

impl ContentAction {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ContentAction::Viewed => "viewed_content",
            ContentAction::Clicked => "clicked_content",
        }
    }
}

/// What was done with a message for everybody, for
/// [`Track::report_content_event`](super::Track::report_content_event).
#[derive(Debug, Clone)]
pub struct ContentReport {
    action: ContentAction,
    content_id: Option<u64>,
    template_id: Option<u64>,
    pub(super) user: Option<User>,
}

impl ContentReport {
    /// This was done.
    pub const fn new(action: ContentAction) -> ContentReport {
        ContentReport {
            action,
            content_id: None,
            template_id: None,
            user: None,
        }
    }

    /// The number of the content.
    #[must_use]
    pub const fn content_id(mut self, id: u64) -> ContentReport {
        self.content_id = Some(id);
        self
    }

    /// The number of the template it was made from.
    #[must_use]
    pub const fn template_id(mut self, id: u64) -> ContentReport {
        self.template_id = Some(id);
        self
    }

    /// Who did it, as far as it is known. Default: not said.
    #[must_use]
    pub fn user(mut self, user: impl Into<User>) -> ContentReport {
        self.user = Some(user.into());
        self
    }

    pub(super) fn properties(&self) -> Value {
        let mut properties = json!({ "actionType": self.action.as_str() });
        for (key, id) in [
            ("contentId", self.content_id),
            ("templateId", self.template_id),
        ] {
            if let Some(id) = id {
                properties[key] = json!(id);
            }
        }
        properties
    }
}
