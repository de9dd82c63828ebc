//! Free-form data from the caller (attributes, event data, message data), turned into
//! JSON once and checked to be an object.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::Error;

/// A JSON object made from any `Serialize`.
///
/// Builders take `impl Serialize` and return themselves, so a value that cannot be
/// written as a JSON object is remembered here and reported by the call that sends it.
#[derive(Clone)]
pub(crate) enum JsonObject {
    Written(Arc<RawValue>),
    Failed(Arc<serde_json::Error>),
    NotAnObject,
}

impl JsonObject {
    /// `()` and `None` are the empty object, as is natural for "nothing to say".
    pub(crate) fn new(value: impl Serialize) -> JsonObject {
        let raw = match serde_json::value::to_raw_value(&value) {
            Ok(raw) if raw.get() == "null" => RawValue::from_string("{}".to_owned()),
            other => other,
        };
        match raw {
            Ok(raw) if raw.get().starts_with('{') => JsonObject::Written(Arc::from(raw)),
            Ok(_) => JsonObject::NotAnObject,
            Err(error) => JsonObject::Failed(Arc::new(error)),
        }
    }

    /// The JSON text.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] naming `field` if the value was not a JSON object.
    pub(crate) fn get(&self, field: &'static str) -> Result<&RawValue, Error> {
        match self {
            JsonObject::Written(raw) => Ok(raw),
            JsonObject::Failed(source) => Err(Error::invalid_input_because(
                field,
                "could not be written as JSON",
                source.clone(),
            )),
            JsonObject::NotAnObject => Err(Error::invalid_input(
                field,
                "must be a JSON object: a struct or a map, not a list or a single value",
            )),
        }
    }

    /// [`JsonObject::get`] for a field that may be left out.
    pub(crate) fn get_optional<'a>(
        object: &'a Option<JsonObject>,
        field: &'static str,
    ) -> Result<Option<&'a RawValue>, Error> {
        object.as_ref().map(|object| object.get(field)).transpose()
    }
}

/// A whole request body.
///
/// # Errors
///
/// [`Error::InvalidInput`] naming `field` if a value in it cannot be written as JSON.
pub(crate) fn write(body: &impl Serialize, field: &'static str) -> Result<Bytes, Error> {
    // Most bodies fit, so that the text does not move as it grows.
    let mut text = Vec::with_capacity(512);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => Ok(text.into()),
        Err(error) => Err(Error::invalid_input_because(
            field,
            "could not be written as JSON",
            Arc::new(error),
        )),
    }
}

/// The caller's data is personal: `Debug` shows its size only.
impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonObject::Written(raw) => write!(f, "JsonObject([{} bytes])", raw.get().len()),
            JsonObject::Failed(_) => f.write_str("JsonObject(cannot be written)"),
            JsonObject::NotAnObject => f.write_str("JsonObject(not an object)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::JsonObject;

    #[test]
    fn only_objects_pass_and_nothing_is_the_empty_object() {
        let text = |object: JsonObject| object.get("data").map(|raw| raw.get().to_owned());
        assert_eq!(
            text(JsonObject::new(json!({"a": 1}))).unwrap(),
            r#"{"a":1}"#
        );
        assert_eq!(text(JsonObject::new(())).unwrap(), "{}");
        assert!(text(JsonObject::new([1, 2])).is_err());
        assert!(text(JsonObject::new("text")).is_err());
    }

    #[test]
    fn a_map_with_keys_that_are_not_strings_is_reported_with_its_cause() {
        let map = std::collections::BTreeMap::from([(vec![1], 2)]);
        let error = JsonObject::new(map).get("data").unwrap_err();
        assert!(std::error::Error::source(&error).is_some());
    }
}
