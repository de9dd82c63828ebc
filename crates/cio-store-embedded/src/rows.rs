//! What is stored under the keys. Rows have their own types, so that a change in the
//! domain cannot change the disk by accident.

pub(crate) mod content;
mod credentials;

pub(crate) use credentials::{CredentialRow, WorkspaceRow};

use std::collections::BTreeMap;

use cio_domain::content::reporting_webhook::ReportingWebhookId;
use cio_domain::form::Form;
use cio_domain::job::Work;
use cio_domain::object::{ObjectId, ObjectIdentifiers, ObjectTypeId};
use cio_domain::person::Device;
use cio_domain::transfer::{ExportId, ImportId};
use cio_domain::trigger::TriggerId;
use cio_domain::{PersonId, PersonIdentifiers, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::StoreError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

mod activity;
mod compact;
mod holder;
mod messages;
mod reporting;
mod segments;
mod series;
mod transfers;
mod triggers;

pub(crate) use activity::ActivityRow;
pub(crate) use holder::HolderRow;
pub(crate) use messages::{ContentRow, DeliveryRow, OnceRow, PartRow, PersonRow, UnreadRow};
pub(crate) use reporting::{AboutRow, OutboxEventRow, OutboxRow, ReportingWebhookRow};
pub(crate) use segments::{BuildRow, IndexRow, RemovalRow, SegmentRow};
pub(crate) use series::DayRow;
pub(crate) use transfers::{ExportRow, ImportFileRow};
pub(crate) use triggers::{
    ListRow, TriggerDetailsRow, TriggerRow, decode_recipients, encode_recipients,
};

pub(crate) fn encode(row: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(row).expect("rows hold strings and numbers only")
}

pub(crate) fn decode<T: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Corrupt {
        table: table.name(),
        reason: error.to_string(),
    })
}

/// Texts, one after the other.
pub(crate) fn encode_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut row = Vec::new();
    for text in texts {
        compact::put_text(&mut row, text);
    }
    row
}

pub(crate) fn decode_texts(table: Table, row: &[u8]) -> Result<Vec<String>, StoreError> {
    let mut reader = compact::Reader::new(table, row);
    let mut texts = Vec::new();
    while reader.end().is_err() {
        texts.push(reader.text()?);
    }
    Ok(texts)
}

/// A number of eight bytes.
pub(crate) fn number(table: Table, bytes: &[u8]) -> Result<u64, StoreError> {
    let array = bytes.try_into().map_err(|_| StoreError::Corrupt {
        table: table.name(),
        reason: format!("a number of {} bytes", bytes.len()),
    })?;
    Ok(u64::from_be_bytes(array))
}

/// The number of a workspace.
pub(crate) fn workspace_id(id: WorkspaceId) -> Vec<u8> {
    id.0.to_be_bytes().to_vec()
}

pub(crate) fn read_workspace_id(bytes: &[u8]) -> Result<WorkspaceId, StoreError> {
    let array = bytes.try_into().map_err(|_| StoreError::Corrupt {
        table: Table::Deliveries.name(),
        reason: format!("a workspace's number of {} bytes", bytes.len()),
    })?;
    Ok(WorkspaceId(u32::from_be_bytes(array)))
}

/// An attribute: when it was changed, then its JSON text.
pub(crate) fn attribute(changed_at: UnixSeconds, json: &str) -> Vec<u8> {
    [&changed_at.to_be_bytes(), json.as_bytes()].concat()
}

pub(crate) fn read_attribute(
    table: Table,
    bytes: &[u8],
) -> Result<(UnixSeconds, String), StoreError> {
    let corrupt = |reason: &str| StoreError::Corrupt {
        table: table.name(),
        reason: reason.to_owned(),
    };
    let (time, json) = bytes
        .split_first_chunk::<8>()
        .ok_or_else(|| corrupt("a short attribute"))?;
    let json = std::str::from_utf8(json).map_err(|_| corrupt("an attribute that is not UTF-8"))?;
    Ok((UnixSeconds::from_be_bytes(*time), json.to_owned()))
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct NamesRow {
    pub(crate) id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) at: UnixSeconds,
}

impl NamesRow {
    pub(crate) fn identifiers(&self, person: PersonId) -> PersonIdentifiers {
        PersonIdentifiers {
            id: self.id.clone(),
            email: self.email.clone(),
            cio_id: person,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeviceRow {
    platform: String,
    last_used: UnixSeconds,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl DeviceRow {
    pub(crate) fn new(
        platform: String,
        last_used: UnixSeconds,
        attributes: BTreeMap<String, String>,
    ) -> DeviceRow {
        DeviceRow {
            platform,
            last_used,
            attributes,
        }
    }

    pub(crate) fn into_device(self, token: String) -> Device {
        Device {
            token,
            platform: self.platform,
            last_used: self.last_used,
            attributes: self.attributes,
        }
    }
}

/// The names of an object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ObjectRow {
    pub(crate) type_id: u32,
    pub(crate) object_id: String,
    pub(crate) created_at: UnixSeconds,
}

impl ObjectRow {
    pub(crate) fn into_identifiers(self, object: ObjectId) -> ObjectIdentifiers {
        ObjectIdentifiers {
            type_id: ObjectTypeId(self.type_id),
            object_id: self.object_id,
            cio_object_id: object,
        }
    }
}

/// A relationship that waits for a visitor to be identified: its attributes, each with
/// the time of its change and its JSON text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct WaitingRow {
    pub(crate) attributes: BTreeMap<String, (UnixSeconds, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FormRow {
    pub(crate) created_at: UnixMillis,
    pub(crate) submitted_at: UnixMillis,
    pub(crate) submissions: u64,
}

impl FormRow {
    pub(crate) fn into_form(self, id: String) -> Form {
        Form {
            id,
            created_at: self.created_at,
            submitted_at: self.submitted_at,
            submissions: self.submissions,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JobRow {
    pub(crate) workspace: u32,
    pub(crate) work: WorkRow,
    pub(crate) attempts: u32,
    /// Somebody has it until it is due again.
    #[serde(default)]
    pub(crate) is_leased: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WorkRow {
    Deliver(String),
    Bulk(String),
    Export(u64),
    Import(u64),
    /// Broadcast and trigger.
    Broadcast(u64, u64),
    Tell(u32),
}

impl From<&Work> for WorkRow {
    fn from(work: &Work) -> WorkRow {
        match work {
            Work::Deliver(id) => WorkRow::Deliver(id.clone()),
            Work::DeliverBulk(id) => WorkRow::Bulk(id.clone()),
            Work::Export(id) => WorkRow::Export(id.0),
            Work::Import(id) => WorkRow::Import(id.0),
            Work::Broadcast(id) => WorkRow::Broadcast(id.broadcast, id.number),
            Work::Tell(id) => WorkRow::Tell(id.0),
        }
    }
}

impl From<WorkRow> for Work {
    fn from(row: WorkRow) -> Work {
        match row {
            WorkRow::Deliver(id) => Work::Deliver(id),
            WorkRow::Bulk(id) => Work::DeliverBulk(id),
            WorkRow::Export(id) => Work::Export(ExportId(id)),
            WorkRow::Import(id) => Work::Import(ImportId(id)),
            WorkRow::Broadcast(broadcast, number) => {
                Work::Broadcast(TriggerId { broadcast, number })
            }
            WorkRow::Tell(id) => Work::Tell(ReportingWebhookId(id)),
        }
    }
}
