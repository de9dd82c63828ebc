//! Devices of people.

use std::collections::BTreeMap;

use cio_domain::limits::DEVICE_TOKEN_BYTES_MAX;
use cio_domain::operation::DeviceUpdate;
pub(crate) use cio_domain::operation::LAST_STATUS;
use serde_json::value::RawValue;

use super::Invalid;
use crate::json::{self, Fields};

/// Reads a device. v1 calls its token `id`, v2 `token`.
///
/// The Node client nests attributes, the Python and Ruby clients put them beside the
/// token, the Go client sends `last_used` as a string and `attributes` as null.
pub(crate) fn read_device(
    fields: &Fields<'_>,
    token_name: &'static str,
) -> Result<DeviceUpdate, Invalid> {
    let token = read_token(fields.present(token_name), token_name)?;
    let platform = read_platform(fields.present("platform"))?;
    let last_used = fields
        .present("last_used")
        .filter(|value| value.get() != "\"\"")
        .map(|value| {
            let text = "device last_used must be a Unix timestamp";
            json::seconds(value).ok_or_else(|| Invalid::wrong("last_used", text))
        })
        .transpose()?;
    Ok(DeviceUpdate {
        token,
        platform,
        last_used,
        attributes: read_attributes(fields, token_name)?,
    })
}

/// Reads a push token that is found under this name.
pub(crate) fn read_token(value: Option<&RawValue>, name: &'static str) -> Result<String, Invalid> {
    let token = required(value, name)?;
    if token.len() > DEVICE_TOKEN_BYTES_MAX {
        let text = format!("device {name} cannot be longer than {DEVICE_TOKEN_BYTES_MAX} bytes");
        return Err(Invalid::wrong(name, text));
    }
    Ok(token)
}

/// Reads `ios` or `android`, in any letter case.
pub(crate) fn read_platform(value: Option<&RawValue>) -> Result<String, Invalid> {
    let platform = required(value, "platform")?.to_ascii_lowercase();
    if !matches!(platform.as_str(), "ios" | "android") {
        let text = "device platform must be ios or android";
        return Err(Invalid::wrong("platform", text));
    }
    Ok(platform)
}

fn required(value: Option<&RawValue>, name: &'static str) -> Result<String, Invalid> {
    value
        .and_then(json::text)
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| Invalid::required(name, format!("device {name} is required")))
}

fn read_attributes(
    fields: &Fields<'_>,
    token_name: &'static str,
) -> Result<BTreeMap<String, String>, Invalid> {
    let own_names = [token_name, "platform", "last_used", "attributes"];
    let is_written = |name: &str| name != LAST_STATUS;
    let text = |(name, value): (&str, &RawValue)| (name.to_owned(), value.get().to_owned());
    let mut attributes: BTreeMap<String, String> = fields
        .iter()
        .filter(|(name, _)| !own_names.contains(name) && is_written(name))
        .map(text)
        .collect();
    if let Some(nested) = fields.present("attributes") {
        let nested = json::fields(nested.get().as_bytes())
            .map_err(|_| Invalid::wrong("attributes", "device attributes must be an object"))?;
        let nested = nested.iter().filter(|(name, _)| is_written(name));
        attributes.extend(nested.map(text));
    }
    Ok(attributes)
}
