//! `/api/v1/customers/{identifier}/devices`: push tokens of a person.

use std::collections::BTreeMap;

use axum::extract::State;
use cio_domain::Operation;
use cio_domain::limits::DEVICE_TOKEN_BYTES_MAX;
use cio_domain::operation::DeviceUpdate;

use super::{commit, person};
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult};
use crate::json::{self, Fields};
use crate::state::AppState;

/// `PUT`: add a device or update it by its token.
pub(crate) async fn put(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    body: TrackBody,
) -> ApiResult {
    let person = person(segments.get(0))?;
    let fields = json::fields(&body.0)?;
    let device = fields
        .present("device")
        .ok_or_else(|| ApiError::track_list("device is required"))?;
    let device = read_device(&json::fields(device.get().as_bytes())?)?;
    commit(&state, access.0, Operation::PutDevice { person, device }).await
}

/// `DELETE …/{device_id}`: remove a device; one that is not there is no error.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
) -> ApiResult {
    let operation = Operation::DeleteDevice {
        person: person(segments.get(0))?,
        token: segments.get(1).to_owned(),
    };
    commit(&state, access.0, operation).await
}

/// The Node client nests attributes, the Python and Ruby clients put them beside the
/// token, the Go client sends `last_used` as a string and `attributes` as null.
fn read_device(fields: &Fields<'_>) -> Result<DeviceUpdate, ApiError> {
    let required = |name: &str| {
        fields
            .present(name)
            .and_then(json::text)
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| ApiError::track_list(&format!("device {name} is required")))
    };
    let token = required("id")?;
    if token.len() > DEVICE_TOKEN_BYTES_MAX {
        return Err(ApiError::track_list(&format!(
            "device id cannot be longer than {DEVICE_TOKEN_BYTES_MAX} bytes"
        )));
    }
    let platform = required("platform")?.to_ascii_lowercase();
    if !matches!(platform.as_str(), "ios" | "android") {
        return Err(ApiError::track_list(
            "device platform must be ios or android",
        ));
    }
    let last_used = fields
        .present("last_used")
        .filter(|value| value.get() != "\"\"")
        .map(|value| {
            json::seconds(value)
                .ok_or_else(|| ApiError::track_list("device last_used must be a Unix timestamp"))
        })
        .transpose()?;
    Ok(DeviceUpdate {
        token,
        platform,
        last_used,
        attributes: read_attributes(fields)?,
    })
}

fn read_attributes(fields: &Fields<'_>) -> Result<BTreeMap<String, String>, ApiError> {
    const OWN_NAMES: [&str; 4] = ["id", "platform", "last_used", "attributes"];
    let mut attributes: BTreeMap<String, String> = fields
        .iter()
        .filter(|(name, _)| !OWN_NAMES.contains(name))
        .map(|(name, value)| (name.to_owned(), value.get().to_owned()))
        .collect();
    if let Some(nested) = fields.present("attributes") {
        let nested = json::fields(nested.get().as_bytes())
            .map_err(|_| ApiError::track_list("device attributes must be an object"))?;
        attributes.extend(
            nested
                .iter()
                .map(|(name, value)| (name.to_owned(), value.get().to_owned())),
        );
    }
    Ok(attributes)
}
