//! What a reporting webhook can be set to tell.

use std::fmt;
use std::str::FromStr;

use crate::message::Channel;

/// What happens, by what it happens to: App API reference, `events` of a reporting webhook.
/// Nothing here sends to Slack or calls webhooks of campaigns; whoever asks to hear of that
/// is not refused for it.
const EVENTS: [(&str, &[&str]); 8] = [
    (
        "customer",
        &[
            "subscribed",
            "unsubscribed",
            "subscription_preferences_changed",
        ],
    ),
    (
        "email",
        &[
            "drafted",
            "attempted",
            "sent",
            "delivered",
            "opened",
            "clicked",
            "converted",
            "bounced",
            "dropped",
            "deferred",
            "spammed",
            "failed",
            "unsubscribed",
            "undeliverable",
        ],
    ),
    (
        "in_app",
        &[
            "drafted",
            "attempted",
            "sent",
            "opened",
            "clicked",
            "converted",
            "failed",
            "undeliverable",
        ],
    ),
    (
        "push",
        &[
            "drafted",
            "attempted",
            "sent",
            "delivered",
            "opened",
            "clicked",
            "converted",
            "bounced",
            "dropped",
            "failed",
            "undeliverable",
        ],
    ),
    (
        "slack",
        &[
            "drafted",
            "attempted",
            "sent",
            "clicked",
            "converted",
            "failed",
        ],
    ),
    (
        "sms",
        &[
            "drafted",
            "attempted",
            "sent",
            "delivered",
            "clicked",
            "converted",
            "bounced",
            "dropped",
            "failed",
            "undeliverable",
            "replied",
        ],
    ),
    (
        "whatsapp",
        &[
            "drafted",
            "attempted",
            "sent",
            "delivered",
            "opened",
            "clicked",
            "converted",
            "bounced",
            "dropped",
            "failed",
            "undeliverable",
            "replied",
        ],
    ),
    (
        "webhook",
        &[
            "drafted",
            "attempted",
            "sent",
            "clicked",
            "converted",
            "failed",
            "undeliverable",
        ],
    ),
];

const CUSTOMER: &str = "customer";

/// Something that happens, as the settings of a webhook name it: `email_sent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventName {
    object_type: &'static str,
    metric: &'static str,
}

impl EventName {
    /// Somebody hears of everything again.
    pub const SUBSCRIBED: EventName = EventName::of_customer("subscribed");
    /// Somebody wants to hear of nothing.
    pub const UNSUBSCRIBED: EventName = EventName::of_customer("unsubscribed");
    /// Somebody chose what to hear of.
    pub const PREFERENCES_CHANGED: EventName =
        EventName::of_customer("subscription_preferences_changed");

    const fn of_customer(metric: &'static str) -> EventName {
        EventName {
            object_type: CUSTOMER,
            metric,
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = EventName> {
        EVENTS.into_iter().flat_map(|(object_type, metrics)| {
            metrics.iter().map(move |metric| EventName {
                object_type,
                metric,
            })
        })
    }

    /// A metric of a message. `None`: no webhook tells it.
    pub fn of_message(channel: Channel, metric: &str) -> Option<EventName> {
        let (object_type, metrics) = EVENTS.into_iter().find(|it| it.0 == channel.name())?;
        let metric = metrics.iter().find(|it| **it == metric)?;
        Some(EventName {
            object_type,
            metric,
        })
    }

    /// What it happens to: a channel, or `customer`.
    pub const fn object_type(self) -> &'static str {
        self.object_type
    }

    /// What happens, as a call says it: the settings have a shorter name for one.
    pub fn metric(self) -> &'static str {
        if self == EventName::PREFERENCES_CHANGED {
            return "cio_subscription_preferences_changed";
        }
        self.metric
    }

    /// Whether it is about a person, and not about a message.
    pub fn is_of_customer(self) -> bool {
        self.object_type == CUSTOMER
    }

    /// Whether people do it again and again, so that a webhook may want the first time only.
    pub fn is_engagement(self) -> bool {
        matches!(self.metric, "opened" | "clicked")
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.object_type, self.metric)
    }
}

/// A text that names nothing that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnEvent;

impl FromStr for EventName {
    type Err = NotAnEvent;

    fn from_str(text: &str) -> Result<EventName, NotAnEvent> {
        let is_it = |event: &EventName| {
            let metric = text.strip_prefix(event.object_type);
            metric.and_then(|it| it.strip_prefix('_')) == Some(event.metric)
        };
        EventName::all().find(is_it).ok_or(NotAnEvent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_is_written() {
        let names: Vec<String> = EventName::all().map(|it| it.to_string()).collect();
        assert_eq!(names.len(), 72);
        for name in &names {
            let event: EventName = name.parse().unwrap();
            assert_eq!(event.to_string(), *name);
        }
        for wrong in ["", "email", "email_", "sent", "twilio_sent", "email_sent "] {
            assert_eq!(wrong.parse::<EventName>(), Err(NotAnEvent), "{wrong}");
        }
    }

    #[test]
    fn a_metric_of_a_channel_is_told_if_there_is_a_name_for_it() {
        let name =
            |channel, metric| EventName::of_message(channel, metric).map(|event| event.to_string());
        assert_eq!(
            name(Channel::Sms, "bounced").as_deref(),
            Some("sms_bounced")
        );
        assert_eq!(
            name(Channel::Email, "deferred").as_deref(),
            Some("email_deferred")
        );
        assert_eq!(name(Channel::Push, "deferred"), None);
        assert_eq!(name(Channel::Email, "human_opened"), None);
        assert_eq!(name(Channel::Inbox, "sent"), None);
    }

    #[test]
    fn preferences_have_a_longer_name_in_a_call() {
        let event: EventName = "customer_subscription_preferences_changed".parse().unwrap();
        assert_eq!(event, EventName::PREFERENCES_CHANGED);
        assert_eq!(event.metric(), "cio_subscription_preferences_changed");
        assert_eq!(event.object_type(), "customer");
        for event in [EventName::SUBSCRIBED, EventName::UNSUBSCRIBED] {
            assert_eq!(event.to_string().parse(), Ok(event));
            assert!(event.is_of_customer());
        }
    }
}
