//! What became of a push message.

use std::fmt;

use serde_json::{Map, Value};

use super::metrics;
use crate::webhook::field::{Field, field};

metrics! {
    /// What became of a push message.
    pub enum PushEvent {
        /// It was made, and waits to be sent by hand.
        ///
        /// The service describes it with the metric `attempted`, so a report of that metric
        /// without a `failure_message` is this.
        "drafted" => Drafted shows () {}
        /// It could not be sent and is tried again.
        "attempted" => Attempted shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was handed to the provider.
        "sent" => Sent shows () {
            /// The devices it went to, with the failure of those it could not go to.
            recipients: Vec<PushRecipient>,
            /// What was sent, as JSON text, if the webhook is set to report it.
            content: Option<String>,
        }
        /// The device reported that it arrived.
        "delivered" => Delivered shows () {
            /// The devices.
            recipients: Vec<PushRecipient>,
        }
        /// It was opened.
        "opened" => Opened shows () {
            /// The devices.
            recipients: Vec<PushRecipient>,
        }
        /// A link in it was followed.
        "clicked" => Clicked shows (link_id) {
            /// The devices.
            recipients: Vec<PushRecipient>,
            /// The address the link leads to.
            href: String,
            /// The link, by its number.
            link_id: Option<u64>,
        }
        /// The person did what it was for.
        "converted" => Converted shows () {
            /// The devices.
            recipients: Vec<PushRecipient>,
        }
        /// The provider does not know at least one of the devices: forget them.
        "bounced" => Bounced shows () {
            /// The devices concerned, each with its failure.
            recipients: Vec<PushRecipient>,
        }
        /// It was not sent, because at least one of the devices bounced before.
        "dropped" => Dropped shows () {
            /// The devices concerned, each with its failure.
            recipients: Vec<PushRecipient>,
        }
        /// It could not be handed to the provider.
        "failed" => Failed shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
        /// It was held back: a message limit was reached, its newsletter was cancelled or
        /// deleted, or sending is turned off.
        "undeliverable" => Undeliverable shows () {
            /// Why, in the words of the service or of the provider.
            failure_message: String,
        }
    }
}

impl PushEvent {
    /// The metric that was meant. By the service's description a draft has the metric
    /// `attempted` too; only what was attempted has a failure.
    pub(super) fn metric_meant<'a>(metric: &'a str, data: &Map<String, Value>) -> &'a str {
        if metric == "attempted" && !data.contains_key("failure_message") {
            return "drafted";
        }
        metric
    }
}

/// A device a push message was for.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PushRecipient {
    /// The push token.
    pub device_id: String,
    /// `ios` or `android`.
    pub device_platform: Option<String>,
    /// Why it did not get there, if it did not.
    pub failure_message: Option<String>,
}

/// Something else than an object can only be the token.
impl Field for PushRecipient {
    fn read(value: &Value) -> Self {
        let Value::Object(recipient) = value else {
            return PushRecipient {
                device_id: String::read(value),
                ..PushRecipient::default()
            };
        };
        PushRecipient {
            device_id: field(recipient, "device_id"),
            device_platform: field(recipient, "device_platform"),
            failure_message: field(recipient, "failure_message"),
        }
    }
}

/// A token opens the way to a person's device: `Debug` shows the platform only.
impl fmt::Debug for PushRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushRecipient")
            .field("device_platform", &self.device_platform)
            .finish_non_exhaustive()
    }
}
