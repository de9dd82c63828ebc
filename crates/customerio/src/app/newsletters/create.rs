//! New newsletters, and when and how fast they are sent.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::json_object::{self, JsonObject};
use crate::{Error, Timestamp};

/// As many characters as a name may have.
const NAME_CHARS_MAX: usize = 190;

/// A newsletter to be made. Unless it is told to be sent, it is a draft.
///
/// ```
/// use customerio::Filter;
/// use customerio::app::{CreateNewsletter, SendingRate};
///
/// let newsletter = CreateNewsletter::email("October", Filter::segment(7), "News", "<p>Hi</p>")
///     .from_id(1)
///     .scheduled_at(1_790_000_000)
///     .rate(SendingRate::per_hour(5000));
/// # drop(newsletter);
/// ```
#[derive(Clone)]
pub struct CreateNewsletter {
    recipients: JsonObject,
    fields: BTreeMap<&'static str, Value>,
    scheduled_at: Option<Timestamp>,
}

impl CreateNewsletter {
    /// A newsletter of a channel: `email`, `twilio` (SMS), `push`, `in_app`, `webhook` or
    /// `inbox`, to everybody a [`Filter`](crate::Filter) matches. What each channel needs
    /// besides is [set](CreateNewsletter::set) by its name in the reference.
    pub fn new(
        channel: impl Into<String>,
        name: impl Into<String>,
        recipients: impl Serialize,
    ) -> CreateNewsletter {
        let newsletter = CreateNewsletter {
            recipients: JsonObject::new(recipients),
            fields: BTreeMap::new(),
            scheduled_at: None,
        };
        let newsletter = newsletter.set("type", json!(channel.into()));
        newsletter.set("name", json!(name.into()))
    }

    /// A newsletter by email. The body is HTML.
    pub fn email(
        name: impl Into<String>,
        recipients: impl Serialize,
        subject: impl Into<String>,
        body: impl Into<String>,
    ) -> CreateNewsletter {
        let newsletter = CreateNewsletter::new("email", name, recipients);
        let newsletter = newsletter.set("subject", json!(subject.into()));
        newsletter.set("body", json!(body.into()))
    }

    /// Sender, by number: see [`SenderIdentities`](crate::app::SenderIdentities). Default:
    /// the oldest one that is verified.
    #[must_use]
    pub fn from_id(self, id: u64) -> CreateNewsletter {
        self.set("from_id", json!(id))
    }

    /// The topic whose subscribers get it: see
    /// [`Subscriptions::topics`](crate::app::Subscriptions::topics). The service requires
    /// one if the workspace has a subscription center.
    #[must_use]
    pub fn subscription_topic(self, id: u64) -> CreateNewsletter {
        self.set("subscription_topic_id", json!(id))
    }

    /// Sends it as soon as it is made.
    #[must_use]
    pub fn send_now(self) -> CreateNewsletter {
        self.set("send_now", json!(true))
    }

    /// Sends it then, in Unix seconds or as a `SystemTime`: a time to come.
    #[must_use]
    pub fn scheduled_at(mut self, time: impl Into<Timestamp>) -> CreateNewsletter {
        self.scheduled_at = Some(time.into());
        self
    }

    /// How fast it is sent. Default: as fast as the service can.
    #[must_use]
    pub fn rate(mut self, rate: SendingRate) -> CreateNewsletter {
        self.fields.extend(rate.fields());
        self
    }

    /// Any other field of the reference.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: Value) -> CreateNewsletter {
        self.fields.insert(name, value);
        self
    }

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            recipients: &'a RawValue,
            #[serde(skip_serializing_if = "Option::is_none")]
            scheduled_at: Option<Timestamp>,
            #[serde(flatten)]
            fields: &'a BTreeMap<&'static str, Value>,
        }
        let name = self.fields.get("name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return Err(Error::invalid_input(
                "name",
                format!("must have 1 to {NAME_CHARS_MAX} characters"),
            ));
        }
        if let Some(time) = self.scheduled_at {
            time.check("scheduled_at")?;
            if self.fields.contains_key("send_now") {
                return Err(Error::invalid_input(
                    "scheduled_at",
                    "cannot be combined with sending it now",
                ));
            }
        }
        let body = Body {
            recipients: self.recipients.get("recipients")?,
            scheduled_at: self.scheduled_at,
            fields: &self.fields,
        };
        json_object::write(&body, "newsletter")
    }
}

/// Content and audience may be personal, so `Debug` names the fields that are set.
impl fmt::Debug for CreateNewsletter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&&str> = self.fields.keys().collect();
        f.debug_struct("CreateNewsletter")
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}

/// How many messages are sent in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingRate {
    messages: u32,
    seconds: u32,
    spread: bool,
}

impl SendingRate {
    /// So many messages a minute. The service takes no rate of 0.
    pub const fn per_minute(messages: u32) -> SendingRate {
        SendingRate::per(messages, 60)
    }

    /// So many messages an hour.
    pub const fn per_hour(messages: u32) -> SendingRate {
        SendingRate::per(messages, 3600)
    }

    /// So many messages a day.
    pub const fn per_day(messages: u32) -> SendingRate {
        SendingRate::per(messages, 86_400)
    }

    const fn per(messages: u32, seconds: u32) -> SendingRate {
        SendingRate {
            messages,
            seconds,
            spread: false,
        }
    }

    /// Evenly over the time, instead of all at its beginning.
    #[must_use]
    pub const fn spread(mut self) -> SendingRate {
        self.spread = true;
        self
    }

    /// Called "email" on the wire whatever the channel.
    pub(super) fn fields(self) -> impl Iterator<Item = (&'static str, Value)> {
        let spread = self.spread.then_some(("rate_limit_spread", json!(true)));
        [
            ("rate_limit_email_rate", json!(self.messages)),
            ("rate_limit_time_period", json!(self.seconds)),
        ]
        .into_iter()
        .chain(spread)
    }
}

/// When a newsletter is sent: for [`Newsletters::schedule`](super::Newsletters::schedule).
///
/// ```
/// use customerio::app::{NewsletterSchedule, SendingRate};
///
/// let schedule = NewsletterSchedule::at(1_790_000_000, "Europe/Lisbon")
///     .rate(SendingRate::per_minute(500).spread());
/// # drop(schedule);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewsletterSchedule {
    time: Option<Timestamp>,
    fields: BTreeMap<&'static str, Value>,
}

impl NewsletterSchedule {
    /// Then, in Unix seconds or as a `SystemTime`: a time to come. The time zone is the
    /// one in which the user interface shows it.
    pub fn at(time: impl Into<Timestamp>, time_zone: impl Into<String>) -> NewsletterSchedule {
        NewsletterSchedule {
            time: Some(time.into()),
            fields: BTreeMap::from([("timezone", json!(time_zone.into()))]),
        }
    }

    /// Not any more: a draft again.
    pub const fn unscheduled() -> NewsletterSchedule {
        NewsletterSchedule {
            time: None,
            fields: BTreeMap::new(),
        }
    }

    /// To everybody when that hour comes in their own time zone.
    #[must_use]
    pub fn in_own_time_zones(mut self) -> NewsletterSchedule {
        self.fields.insert("tz_match_enabled", json!(true));
        self
    }

    /// How fast it is sent. Default: as fast as the service can.
    #[must_use]
    pub fn rate(mut self, rate: SendingRate) -> NewsletterSchedule {
        self.fields.extend(rate.fields());
        self
    }

    pub(super) fn json(&self) -> Result<Value, Error> {
        let mut body = json!(self.fields);
        body["scheduled_at"] = match self.time {
            Some(time) => {
                time.check("scheduled_at")?;
                json!(time)
            }
            None => json!(0),
        };
        Ok(body)
    }
}
