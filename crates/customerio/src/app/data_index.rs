//! The data index: what the attributes and events of the workspace mean.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use super::{ApiClient, json_body};
use crate::operations::{Operation, UPDATE_ATTRIBUTE_METADATA, UPDATE_EVENT_METADATA};
use crate::request::{Parts, nothing};
use crate::{Error, Request};

/// As many descriptions as one call may hold.
const DESCRIPTIONS_MAX: usize = 100;

/// What an attribute means.
///
/// ```
/// use customerio::app::DescribeAttribute;
///
/// let plan = DescribeAttribute::new("plan").description("What they pay for").sensitive(false);
/// # drop(plan);
/// ```
#[derive(Clone, Serialize)]
pub struct DescribeAttribute {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_type_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_relationship: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    privacy_level: Option<u8>,
}

impl DescribeAttribute {
    /// An attribute of people, unless it is told to be of something else.
    pub fn new(name: impl Into<String>) -> DescribeAttribute {
        DescribeAttribute {
            name: name.into(),
            description: None,
            object_type_id: None,
            is_relationship: None,
            event_name: None,
            privacy_level: None,
        }
    }

    /// What it means, in up to 255 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> DescribeAttribute {
        self.description = Some(description.into());
        self
    }

    /// Of objects of this type.
    #[must_use]
    pub fn of_objects(mut self, object_type_id: u64) -> DescribeAttribute {
        self.object_type_id = Some(object_type_id);
        self
    }

    /// Of relationships with objects of this type.
    #[must_use]
    pub fn of_relationships(mut self, object_type_id: u64) -> DescribeAttribute {
        self.object_type_id = Some(object_type_id);
        self.is_relationship = Some(true);
        self
    }

    /// Of events of this name.
    #[must_use]
    pub fn of_event(mut self, name: impl Into<String>) -> DescribeAttribute {
        self.event_name = Some(name.into());
        self
    }

    /// Whether only some members of the team may see it. Not every plan has this.
    #[must_use]
    pub fn sensitive(mut self, sensitive: bool) -> DescribeAttribute {
        self.privacy_level = Some(u8::from(sensitive));
        self
    }
}

/// What an event means.
#[derive(Clone, Serialize)]
pub struct DescribeEvent {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl DescribeEvent {
    /// Events of this name.
    pub fn new(name: impl Into<String>) -> DescribeEvent {
        DescribeEvent {
            name: name.into(),
            description: None,
        }
    }

    /// What they mean, in up to 255 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> DescribeEvent {
        self.description = Some(description.into());
        self
    }
}

/// Only the name: descriptions are the caller's content.
impl fmt::Debug for DescribeAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DescribeAttribute")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Only the name: descriptions are the caller's content.
impl fmt::Debug for DescribeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DescribeEvent")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The data index, from [`ApiClient::data_index`].
#[derive(Debug, Clone, Copy)]
pub struct DataIndex<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// What the attributes and events of the workspace mean, for the team and for what
    /// the service writes by itself.
    pub const fn data_index(&self) -> DataIndex<'_> {
        DataIndex { client: self }
    }
}

impl DataIndex<'_> {
    /// Describes up to 100 attributes: `POST /v1/data_index/attributes`. One that
    /// nobody has shows up once somebody has it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for none, more than 100 or a blank name,
    /// [`Error::Rejected`] for what the plan does not have, and the failures of any call.
    pub fn update_attributes(
        &self,
        attributes: impl IntoIterator<Item = DescribeAttribute>,
    ) -> Request<()> {
        let attributes: Vec<DescribeAttribute> = attributes.into_iter().collect();
        let names = attributes.iter().map(|attribute| attribute.name.as_str());
        let checked = check("attributes", names);
        let body = json!({ "attributes": attributes });
        self.describe(&UPDATE_ATTRIBUTE_METADATA, checked, &body)
    }

    /// Describes up to 100 events: `POST /v1/data_index/events`. One that nobody had
    /// shows up once somebody has it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for none, more than 100 or a blank name, and the failures of
    /// any call.
    pub fn update_events(&self, events: impl IntoIterator<Item = DescribeEvent>) -> Request<()> {
        let events: Vec<DescribeEvent> = events.into_iter().collect();
        let checked = check("events", events.iter().map(|event| event.name.as_str()));
        let body = json!({ "events": events });
        self.describe(&UPDATE_EVENT_METADATA, checked, &body)
    }

    fn describe(
        &self,
        operation: &'static Operation,
        checked: Result<(), Error>,
        body: &serde_json::Value,
    ) -> Request<()> {
        let parts = checked
            .and_then(|()| Parts::new(operation, []))
            .map(|parts| parts.body(json_body(body)));
        self.client.ask(operation, parts, nothing)
    }
}

fn check<'a>(
    field: &'static str,
    names: impl ExactSizeIterator<Item = &'a str>,
) -> Result<(), Error> {
    let count = names.len();
    if !(1..=DESCRIPTIONS_MAX).contains(&count) {
        return Err(Error::invalid_input(
            field,
            format!("are 1 to {DESCRIPTIONS_MAX} in one call; these are {count}"),
        ));
    }
    for name in names {
        if name.trim().is_empty() {
            return Err(Error::invalid_input(field, "must have names"));
        }
    }
    Ok(())
}
