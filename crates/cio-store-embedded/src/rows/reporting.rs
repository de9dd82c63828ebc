//! Rows of reporting webhooks, and of what they are to tell.

use cio_domain::content::reporting_webhook::{
    Endpoint, Events, NewReportingWebhook, ReportingWebhook, ReportingWebhookId,
};
use cio_domain::reporting::EventName;
use cio_domain::{UnixMillis, UnixSeconds};
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

/// A webhook. Not `Debug`: its endpoint may hold a password.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ReportingWebhookRow {
    name: String,
    endpoint: String,
    events: Vec<String>,
    disabled: bool,
    full_resolution: bool,
    with_content: bool,
    revision: u32,
}

impl ReportingWebhookRow {
    pub(crate) fn new(details: NewReportingWebhook, revision: u32) -> ReportingWebhookRow {
        ReportingWebhookRow {
            name: details.name,
            endpoint: details.endpoint.as_str().to_owned(),
            events: details.events.iter().map(|it| it.to_string()).collect(),
            disabled: details.disabled,
            full_resolution: details.full_resolution,
            with_content: details.with_content,
            revision,
        }
    }

    pub(crate) fn into_webhook(
        self,
        id: ReportingWebhookId,
    ) -> Result<ReportingWebhook, StoreError> {
        let corrupt = |invalid: cio_domain::content::Invalid| StoreError::Corrupt {
            table: Table::Content.name(),
            reason: format!("reporting webhook {}: {invalid}", id.0),
        };
        Ok(ReportingWebhook {
            id,
            details: NewReportingWebhook {
                name: self.name,
                endpoint: Endpoint::new(&self.endpoint).map_err(corrupt)?,
                events: Events::read(self.events.iter().map(String::as_str)).map_err(corrupt)?,
                disabled: self.disabled,
                full_resolution: self.full_resolution,
                with_content: self.with_content,
            },
            revision: self.revision,
        })
    }
}

/// How far a webhook is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxRow {
    /// How many events wait.
    pub(crate) waiting: u64,
    /// There is none up to this number. Looking for the first one from the start would step
    /// over all that were ever told.
    pub(crate) gone: u64,
    /// Those up to this number are dropped untold.
    pub(crate) dropped: u64,
    /// Where its job stands in the queue, while it has one.
    pub(crate) job: Option<(UnixMillis, u64)>,
}

/// Something a webhook is to tell, without a name in it: the message or the person says
/// whom it is about, when it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxEventRow {
    /// When it was recorded.
    pub(crate) at: UnixMillis,
    /// When it happened.
    pub(crate) timestamp: UnixSeconds,
    pub(crate) event: String,
    pub(crate) about: AboutRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AboutRow {
    /// A delivery.
    Message(String),
    /// A person, and the channel of the message they answered to.
    Person(u64, Option<String>),
}

impl OutboxEventRow {
    pub(crate) fn name(&self) -> Result<EventName, StoreError> {
        self.event.parse().map_err(|_| StoreError::Corrupt {
            table: Table::Jobs.name(),
            reason: format!("an event of no known name: {}", self.event),
        })
    }
}
