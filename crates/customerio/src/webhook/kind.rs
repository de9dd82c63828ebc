//! What happened, by channel and metric.

mod customer;
mod email;
mod in_app;
mod push;
mod slack;
mod sms;
mod webhook;
mod whatsapp;

use serde_json::{Map, Value};

pub use customer::CustomerEvent;
pub use email::EmailEvent;
pub use in_app::InAppEvent;
pub use push::{PushEvent, PushRecipient};
pub use slack::SlackEvent;
pub use sms::SmsEvent;
pub use webhook::WebhookEvent;
pub use whatsapp::WhatsAppEvent;

/// What happened, to match on.
///
/// An event is of the channel it is about, except that a change of a person's
/// subscription is always [`Kind::Customer`], whatever channel caused it;
/// [`Event::object_type`](super::Event::object_type) then names the channel.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A person's subscription changed.
    Customer(CustomerEvent),
    /// An email.
    Email(EmailEvent),
    /// A push message.
    Push(PushEvent),
    /// An SMS.
    Sms(SmsEvent),
    /// A WhatsApp message.
    WhatsApp(WhatsAppEvent),
    /// An in-app message.
    InApp(InAppEvent),
    /// A Slack message.
    Slack(SlackEvent),
    /// A webhook that a campaign calls.
    Webhook(WebhookEvent),
    /// A channel or a metric that is not known here, among them some that the service
    /// names and does not describe, such as an email that was `deferred`. See
    /// [`Event::metric`](super::Event::metric) and [`Event::data`](super::Event::data).
    Other,
}

impl Kind {
    pub(super) fn read(object_type: &str, metric: &str, data: &Map<String, Value>) -> Kind {
        let kind = match object_type {
            "customer" => CustomerEvent::read(metric, data).map(Kind::Customer),
            "email" => EmailEvent::read(metric, data).map(Kind::Email),
            "push" => PushEvent::read(PushEvent::metric_meant(metric, data), data).map(Kind::Push),
            "sms" => SmsEvent::read(metric, data).map(Kind::Sms),
            "whatsapp" => WhatsAppEvent::read(metric, data).map(Kind::WhatsApp),
            "in_app" => InAppEvent::read(metric, data).map(Kind::InApp),
            "slack" => SlackEvent::read(metric, data).map(Kind::Slack),
            "webhook" => WebhookEvent::read(metric, data).map(Kind::Webhook),
            _ => return Kind::Other,
        };
        let kind = match kind {
            // An email knows `unsubscribed` too; only a person's has no recipient.
            Some(Kind::Email(EmailEvent::Unsubscribed { .. }))
                if data.contains_key("email_address") && !data.contains_key("recipient") =>
            {
                None
            }
            kind => kind,
        };
        kind.or_else(|| CustomerEvent::read(metric, data).map(Kind::Customer))
            .unwrap_or(Kind::Other)
    }
}

/// The metrics of a channel as an enum: one variant for each, with its fields. `Debug`
/// shows only those named after `shows`, because the others may be personal.
macro_rules! metrics {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[$variant_meta:meta])*
                $metric:literal => $variant:ident shows ($($shown:ident),* $(,)?) {
                    $( $(#[$field_meta:meta])* $field:ident: $type:ty, )*
                }
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[non_exhaustive]
                $variant { $( $(#[$field_meta])* $field: $type, )* },
            )*
        }

        impl $name {
            /// The metric, in the word of the service.
            pub fn metric(&self) -> &'static str {
                match self {
                    $( $name::$variant { .. } => $metric, )*
                }
            }

            /// `None` for a metric that is not known.
            pub(in crate::webhook) fn read(
                metric: &str,
                data: &serde_json::Map<String, serde_json::Value>,
            ) -> Option<$name> {
                Some(match metric {
                    $(
                        $metric => $name::$variant {
                            $( $field: crate::webhook::field::field(data, stringify!($field)), )*
                        },
                    )*
                    _ => return None,
                })
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(
                        $name::$variant { $($shown,)* .. } => f
                            .debug_struct(stringify!($variant))
                            $(.field(stringify!($shown), $shown))*
                            .finish_non_exhaustive(),
                    )*
                }
            }
        }
    };
}
use metrics;
