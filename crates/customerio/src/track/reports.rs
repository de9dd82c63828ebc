//! What happened to messages, reported by whoever showed them.

use std::fmt;

use serde_json::{Value, json};

use super::{TrackClient, json_bytes};
use crate::operations::{REPORT_METRIC, REPORT_PUSH_EVENT, UNSUBSCRIBE};
use crate::request::Parts;
use crate::{Error, Request, Timestamp, person};

/// What happened to a message.
///
/// Email and webhooks know all of them; in-app `clicked`, `converted`, `opened`; push
/// `converted`, `delivered`, `opened`; Slack `clicked`, `converted`, `delivered`,
/// `opened`; SMS `bounced`, `clicked`, `delivered`, `opened`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// It could not be delivered for good.
    Bounced,
    /// A link in it was followed.
    Clicked,
    /// The person did what it was about.
    Converted,
    /// It could not be delivered for now.
    Deferred,
    /// It arrived.
    Delivered,
    /// It was not sent, because the address is suppressed.
    Dropped,
    /// It was opened.
    Opened,
    /// It was reported as spam.
    Spammed,
}

impl Metric {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Metric::Bounced => "bounced",
            Metric::Clicked => "clicked",
            Metric::Converted => "converted",
            Metric::Deferred => "deferred",
            Metric::Delivered => "delivered",
            Metric::Dropped => "dropped",
            Metric::Opened => "opened",
            Metric::Spammed => "spammed",
        }
    }
}

/// A metric of one delivery, for [`TrackClient::report_metric`].
#[derive(Clone)]
pub struct DeliveryMetric {
    delivery_id: String,
    metric: Metric,
    timestamp: Option<Timestamp>,
    texts: Vec<(&'static str, String)>,
}

impl DeliveryMetric {
    /// What happened to the message with this delivery id, which it carries as
    /// `CIO-Delivery-ID`.
    pub fn new(delivery_id: impl Into<String>, metric: Metric) -> DeliveryMetric {
        DeliveryMetric {
            delivery_id: delivery_id.into(),
            metric,
            timestamp: None,
            texts: Vec::new(),
        }
    }

    /// When it happened, in Unix seconds or as a `SystemTime`. Default: when the service
    /// receives it.
    #[must_use]
    pub fn timestamp(mut self, time: impl Into<Timestamp>) -> DeliveryMetric {
        self.timestamp = Some(time.into());
        self
    }

    /// The address, number or device it went to.
    #[must_use]
    pub fn recipient(self, recipient: impl Into<String>) -> DeliveryMetric {
        self.text("recipient", recipient.into())
    }

    /// Why it failed.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> DeliveryMetric {
        self.text("reason", reason.into())
    }

    /// The link that was followed.
    #[must_use]
    pub fn href(self, href: impl Into<String>) -> DeliveryMetric {
        self.text("href", href.into())
    }

    fn text(mut self, key: &'static str, value: String) -> DeliveryMetric {
        self.texts.retain(|(known, _)| *known != key);
        self.texts.push((key, value));
        self
    }

    fn body(&self) -> Result<Value, Error> {
        person::segment("delivery_id", &self.delivery_id)?;
        let mut body = json!({ "delivery_id": self.delivery_id, "metric": self.metric.as_str() });
        add_timestamp(&mut body, self.timestamp)?;
        for (key, value) in &self.texts {
            body[*key] = json!(value);
        }
        Ok(body)
    }
}

/// Recipients and links are personal.
impl fmt::Debug for DeliveryMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryMetric")
            .field("delivery_id", &self.delivery_id)
            .field("metric", &self.metric)
            .finish_non_exhaustive()
    }
}

/// What a device did with a push message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushEvent {
    /// It was opened.
    Opened,
    /// The person did what it was about.
    Converted,
    /// It arrived.
    Delivered,
}

impl PushEvent {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            PushEvent::Opened => "opened",
            PushEvent::Converted => "converted",
            PushEvent::Delivered => "delivered",
        }
    }
}

/// What a device did with a push message, for [`TrackClient::report_push_event`].
#[derive(Clone)]
pub struct PushMetric {
    delivery_id: String,
    device_id: String,
    event: PushEvent,
    timestamp: Option<Timestamp>,
}

impl PushMetric {
    /// The message carries both ids: `CIO-Delivery-ID`, and `CIO-Delivery-Token` for the
    /// device.
    pub fn new(
        delivery_id: impl Into<String>,
        device_id: impl Into<String>,
        event: PushEvent,
    ) -> PushMetric {
        PushMetric {
            delivery_id: delivery_id.into(),
            device_id: device_id.into(),
            event,
            timestamp: None,
        }
    }

    /// When it happened, in Unix seconds or as a `SystemTime`. Default: when the service
    /// receives it.
    #[must_use]
    pub fn timestamp(mut self, time: impl Into<Timestamp>) -> PushMetric {
        self.timestamp = Some(time.into());
        self
    }

    fn body(&self) -> Result<Value, Error> {
        person::segment("delivery_id", &self.delivery_id)?;
        person::segment("device_id", &self.device_id)?;
        let mut body = json!({
            "delivery_id": self.delivery_id,
            "device_id": self.device_id,
            "event": self.event.as_str(),
        });
        add_timestamp(&mut body, self.timestamp)?;
        Ok(body)
    }
}

/// A push token reaches a person, so it is not shown.
impl fmt::Debug for PushMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushMetric")
            .field("delivery_id", &self.delivery_id)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

fn add_timestamp(body: &mut Value, timestamp: Option<Timestamp>) -> Result<(), Error> {
    if let Some(timestamp) = timestamp {
        timestamp.check("timestamp")?;
        body["timestamp"] = json!(timestamp.unix_seconds());
    }
    Ok(())
}

impl TrackClient {
    /// Reports what happened to a message on any channel: `POST /api/v1/metrics`.
    ///
    /// ```no_run
    /// # async fn example(track: customerio::TrackClient) -> Result<(), customerio::Error> {
    /// use customerio::{DeliveryMetric, Metric};
    ///
    /// let clicked = DeliveryMetric::new("dgTx3A", Metric::Clicked)
    ///     .href("https://example.com/offer");
    /// track.report_metric(&clicked).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank delivery id, and the failures of any call.
    pub fn report_metric(&self, metric: &DeliveryMetric) -> Request<()> {
        let parts = Parts::new(&REPORT_METRIC, [])
            .and_then(|parts| Ok(parts.body(json_bytes(&metric.body()?))));
        self.tell(&REPORT_METRIC, parts)
    }

    /// Reports what a device did with a push message: `POST /api/v1/push/events`. The
    /// service calls this one old and prefers
    /// [`report_metric`](TrackClient::report_metric).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, and the failures of any call.
    pub fn report_push_event(&self, metric: &PushMetric) -> Request<()> {
        let parts = Parts::new(&REPORT_PUSH_EVENT, [])
            .and_then(|parts| Ok(parts.body(json_bytes(&metric.body()?))));
        self.tell(&REPORT_PUSH_EVENT, parts)
    }

    /// Unsubscribes the person who got a message, for an unsubscribe page of one's own:
    /// `POST /unsubscribe/{delivery_id}`. It sets their `unsubscribed` and counts for that
    /// message.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank delivery id, [`Error::Rejected`] for one that
    /// is not the service's, and the failures of any call.
    pub fn unsubscribe(&self, delivery_id: impl Into<String>) -> Request<()> {
        self.set_unsubscribed(&delivery_id.into(), true)
    }

    /// Takes an [`unsubscribe`](TrackClient::unsubscribe) back, for whoever changes their
    /// mind on the same page: the same request with `false`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn resubscribe(&self, delivery_id: impl Into<String>) -> Request<()> {
        self.set_unsubscribed(&delivery_id.into(), false)
    }

    fn set_unsubscribed(&self, delivery_id: &str, unsubscribed: bool) -> Request<()> {
        let segment = person::segment("delivery_id", delivery_id);
        let body = json_bytes(&json!({ "unsubscribe": unsubscribed }));
        let parts = Parts::new(&UNSUBSCRIBE, [segment]).map(|parts| parts.body(body));
        self.tell(&UNSUBSCRIBE, parts)
    }
}
