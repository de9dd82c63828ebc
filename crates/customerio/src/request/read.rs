//! Makes results from the bodies of successes.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::Error;

/// Why a body that came with a success is of no use.
pub(crate) enum Unreadable {
    /// It is not the JSON it should be.
    Json(serde_json::Error),
    /// It lacks what it is asked for.
    Lacking,
    /// It can be read, and what it says is an error.
    Refused(Error),
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Unreadable::Json(error)
    }
}

/// For answers that say nothing but yes.
pub(crate) fn nothing(_: Bytes) -> Result<(), Unreadable> {
    Ok(())
}

/// The whole body.
pub(crate) fn whole<T: DeserializeOwned>(body: Bytes) -> Result<T, Unreadable> {
    Ok(serde_json::from_slice(&body)?)
}

/// The whole body, or `null` for none.
pub(crate) fn whole_or_null<T: DeserializeOwned>(body: Bytes) -> Result<T, Unreadable> {
    let text: &[u8] = if body.is_empty() { b"null" } else { &body };
    Ok(serde_json::from_slice(text)?)
}

/// What one field of the body holds.
pub(crate) fn field<T: DeserializeOwned>(body: &[u8], name: &str) -> Result<T, Unreadable> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(body)?;
    let value = fields.get(name).ok_or(Unreadable::Lacking)?;
    Ok(serde_json::from_str(value.get())?)
}

/// The list in one field of the body. `null` is the empty list, as the service writes it
/// in places; no such field at all is not an answer of the service.
pub(crate) fn list<T: DeserializeOwned>(body: &[u8], name: &str) -> Result<Vec<T>, Unreadable> {
    Ok(field::<Option<Vec<T>>>(body, name)?.unwrap_or_default())
}
