//! Events with a meaning: names at which something is done instead of recorded.

use std::collections::BTreeMap;

use cio_domain::Operation;
use cio_domain::limits::{ATTRIBUTE_VALUE_BYTES_MAX, OBJECT_ID_BYTES_MAX};
use cio_domain::object::ObjectRef;
use cio_domain::operation::{DeviceUpdate, Relate, Report};
use serde_json::value::RawValue;

use super::group::object_type;
use super::message::{Message, fields_of, says_something};
use super::views;
use crate::ingest::Invalid;
use crate::ingest::device::{LAST_STATUS, read_platform, read_token};
use crate::ingest::names::read_text;
use crate::json::{self, Fields};

/// Reads a track, by the name of its event. `None`: it says nothing that is kept.
pub(super) fn track(message: &Message<'_>) -> Result<Option<Operation>, Invalid> {
    let event = message
        .field("event")
        .filter(says_something)
        .ok_or_else(|| Invalid::required("event", "event is required"))?;
    let name = json::text(event).unwrap_or_default();
    Ok(Some(match name.trim() {
        "Device Created or Updated" => Operation::PutDevice {
            person: message.user()?,
            device: of_properties(message, |properties| device(message, properties))?,
        },
        "Device Deleted" => Operation::DeleteDevice {
            person: message.user()?,
            token: of_properties(message, |properties| token(message, properties))?,
        },
        "User Deleted" | "Delete Person" => Operation::Delete(message.user()?),
        "User Suppressed" | "Suppress Person" => Operation::Suppress(message.user()?),
        "User Unsuppressed" | "Unsuppress Person" => Operation::Unsuppress(message.user()?),
        "Relationship Deleted" => Operation::Relate {
            person: message.user()?,
            relationships: vec![Relate::Delete(of_properties(message, object)?)],
        },
        "Object Deleted" => Operation::DeleteObject(of_properties(message, object)?),
        "Report Delivery Event" => {
            let report = of_properties(message, |properties| report(message, properties))?;
            Operation::Report(report)
        }
        "Report Content Event" => {
            of_properties(message, check_content_report)?;
            return Ok(None);
        }
        // What a group as a whole did is nobody's activity.
        _ if message.field("groupId").is_some() && message.subject()?.is_none() => return Ok(None),
        _ => views::event(message)?,
    }))
}

fn of_properties<T>(
    message: &Message<'_>,
    read: impl FnOnce(&Fields<'_>) -> Result<T, Invalid>,
) -> Result<T, Invalid> {
    let properties = message.object("properties")?;
    read(&fields_of(properties.as_ref())?)
}

/// A field of the device: in the context, or among the properties as the vendor's own
/// sample has it.
fn in_device<'a>(
    message: &Message<'a>,
    properties: &Fields<'a>,
    names: &[&str],
) -> Option<&'a RawValue> {
    let in_properties = properties
        .present("device")
        .and_then(|device| json::fields(device.get().as_bytes()).ok());
    [message.context("device"), in_properties]
        .into_iter()
        .flatten()
        .find_map(|device| names.iter().find_map(|name| device.present(name)))
}

fn token(message: &Message<'_>, properties: &Fields<'_>) -> Result<String, Invalid> {
    read_token(in_device(message, properties, &["token"]), "token")
}

fn device(message: &Message<'_>, properties: &Fields<'_>) -> Result<DeviceUpdate, Invalid> {
    let attributes: BTreeMap<String, String> = properties
        .without(&["device", LAST_STATUS])
        .iter()
        .map(|(name, value)| (name.to_owned(), value.get().to_owned()))
        .collect();
    Ok(DeviceUpdate {
        token: token(message, properties)?,
        platform: read_platform(in_device(message, properties, &["type", "platform"]))?,
        last_used: message.timestamp()?,
        attributes,
    })
}

fn object(properties: &Fields<'_>) -> Result<ObjectRef, Invalid> {
    let id = properties
        .present("objectId")
        .or_else(|| properties.present("object_id"))
        .ok_or_else(|| Invalid::required("objectId", "properties.objectId is required"))?;
    let id = read_text("objectId", id, OBJECT_ID_BYTES_MAX)?;
    Ok(ObjectRef::Id(object_type(properties)?, id))
}

fn report(message: &Message<'_>, properties: &Fields<'_>) -> Result<Report, Invalid> {
    let delivery_id = properties
        .present("deliveryId")
        .ok_or_else(|| Invalid::required("deliveryId", "properties.deliveryId is required"))?;
    let metric = properties
        .present("metric")
        .and_then(json::text)
        .filter(|metric| {
            matches!(
                metric.as_str(),
                "delivered" | "opened" | "clicked" | "converted"
            )
        })
        .ok_or_else(|| {
            let text = "properties.metric must be delivered, opened, clicked or converted";
            Invalid::wrong("metric", text)
        })?;
    let text = |name| properties.present(name).and_then(json::text);
    Ok(Report {
        delivery_id: read_text("deliveryId", delivery_id, ATTRIBUTE_VALUE_BYTES_MAX)?,
        metric,
        timestamp: message.timestamp()?,
        recipient: text("recipient"),
        reason: text("reason"),
        href: text("href"),
    })
}

/// The reference requires `activityType` and defines `actionType`.
fn check_content_report(properties: &Fields<'_>) -> Result<(), Invalid> {
    let action = ["actionType", "activityType"]
        .into_iter()
        .find_map(|name| properties.present(name))
        .and_then(json::text);
    match action.as_deref() {
        Some("viewed_content" | "clicked_content") => Ok(()),
        _ => {
            let text = "properties.actionType must be viewed_content or clicked_content";
            Err(Invalid::wrong("actionType", text))
        }
    }
}
