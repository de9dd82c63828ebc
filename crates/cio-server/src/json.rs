//! Lenient reading of JSON objects, field by field, values left as their text.

use std::borrow::Cow;
use std::fmt;

use cio_domain::json::is_too_deep;
use cio_domain::limits::JSON_DEPTH_MAX;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// An object's fields in the order they came. Of a repeated name the last one counts.
#[derive(Debug)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// Why a body is not what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotFields {
    /// Not JSON at all, or cut short. Where and why.
    Malformed(String),
    /// JSON, but not an object.
    NotAnObject,
    /// Nested deeper than can be read back.
    TooDeep,
}

impl fmt::Display for NotFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotFields::Malformed(reason) => {
                write!(f, "the request body is not valid JSON: {reason}")
            }
            NotFields::NotAnObject => f.write_str("the request body must be a JSON object"),
            NotFields::TooDeep => {
                write!(
                    f,
                    "the request body cannot be nested more than {JSON_DEPTH_MAX} deep"
                )
            }
        }
    }
}

/// Reads an object. An empty body and `null` are an object without fields: clients send
/// both where they have nothing to say.
pub(crate) fn fields(body: &[u8]) -> Result<Fields<'_>, NotFields> {
    let fields = fields_of_batch(body)?;
    if is_too_deep(body) {
        return Err(NotFields::TooDeep);
    }
    Ok(fields)
}

/// The same for a batch, whose depth is not looked at: its items are read by [`fields`].
pub(crate) fn fields_of_batch(body: &[u8]) -> Result<Fields<'_>, NotFields> {
    let trimmed = body.trim_ascii();
    if trimmed.is_empty() || trimmed == b"null" {
        return Ok(Fields(Vec::new()));
    }
    serde_json::from_slice(trimmed).map_err(|error| {
        if error.is_data() && trimmed[0] != b'{' {
            NotFields::NotAnObject
        } else {
            NotFields::Malformed(error.to_string())
        }
    })
}

impl<'a> Fields<'a> {
    /// All fields; of a repeated name all occurrences.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> + '_ {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The last field of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }

    /// The same fields, one of them under another name.
    pub(crate) fn renamed(mut self, from: &str, to: &'a str) -> Fields<'a> {
        for (name, _) in &mut self.0 {
            if name == from {
                *name = Cow::Borrowed(to);
            }
        }
        self
    }

    /// The fields of all other names.
    pub(crate) fn without(&self, names: &[&str]) -> Fields<'a> {
        let others = self.0.iter().filter(|(name, _)| !names.contains(&&**name));
        Fields(others.cloned().collect())
    }

    /// The last field of this name, unless it is `null`.
    pub(crate) fn present(&self, name: &str) -> Option<&'a RawValue> {
        self.get(name).filter(|value| value.get() != "null")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    fields.push((name.0, value));
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(FieldsVisitor).map(Fields)
    }
}

/// A key, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// The items of an array, unread. `None` if it is none.
pub(crate) fn items(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// A string, or a number as its text: callers send numeric ids where strings are asked for.
pub(crate) fn text(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok(),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

/// Headers come as an object, as an array of `{name, value}`, or as either in a string:
/// the reference declares the string and shows the object, clients send the object.
pub(crate) fn headers(value: &RawValue) -> Option<Vec<(String, String)>> {
    let mut parsed: Value = serde_json::from_str(value.get()).ok()?;
    if let Value::String(text) = &parsed {
        if text.trim().is_empty() {
            return Some(Vec::new());
        }
        parsed = serde_json::from_str(text).ok()?;
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match &parsed {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| Some((name.clone(), text(value)?)))
            .collect(),
        Value::Array(list) => list
            .iter()
            .map(|item| Some((text(item.get("name")?)?, text(item.get("value")?)?)))
            .collect(),
        _ => None,
    }
}

/// Whole seconds: an integer, a number with a fraction (cut off), or either as a string.
pub(crate) fn seconds(value: &RawValue) -> Option<i64> {
    let text = text(value)?;
    let number: f64 = text.trim().parse().ok()?;
    // Beyond this range a float is no longer an exact second, and no calendar's either.
    (number.abs() < 1e15).then_some(number as i64)
}

/// `true` or `false`; as a string too.
pub(crate) fn boolean(value: &RawValue) -> Option<bool> {
    match value.get() {
        "true" | "\"true\"" => Some(true),
        "false" | "\"false\"" => Some(false),
        _ => None,
    }
}

/// Whether the value is an object.
pub(crate) fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn reads_fields_and_the_last_of_a_repeated_name() {
        let fields = fields(br#" {"a":1,"b\u0041":{"c":[1, 2]},"a":2} "#).unwrap();
        assert_eq!(fields.get("a").unwrap().get(), "2");
        assert_eq!(fields.get("bA").unwrap().get(), r#"{"c":[1, 2]}"#);
        assert_eq!(fields.iter().count(), 3);
    }

    #[test]
    fn nothing_and_null_are_an_empty_object() {
        for body in ["", "  \n", "null"] {
            assert_eq!(fields(body.as_bytes()).unwrap().iter().count(), 0);
        }
    }

    #[test]
    fn what_is_not_an_object_is_told_from_what_is_not_json() {
        for body in ["[]", "1", "\"a\"", "true"] {
            assert_eq!(
                fields(body.as_bytes()).unwrap_err(),
                NotFields::NotAnObject,
                "{body}"
            );
        }
        for body in ["{", "{\"a\":}", "<html>", "{\"a\":1}x", "nul"] {
            let error = fields(body.as_bytes()).unwrap_err();
            assert!(
                matches!(error, NotFields::Malformed(_)),
                "{body}: {error:?}"
            );
        }
        assert!(fields(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn what_is_nested_deeper_than_can_be_read_back_is_refused() {
        let nested = |depth: usize| {
            let inner = depth - 1;
            format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
        };
        assert!(fields(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
        for depth in [JSON_DEPTH_MAX + 1, 200_000] {
            let error = fields(nested(depth).as_bytes()).unwrap_err();
            assert_eq!(error, NotFields::TooDeep);
        }
        let text = format!(r#"{{"a":"\"{}\\","b":[]}}"#, "[".repeat(1_000));
        assert!(fields(text.as_bytes()).is_ok(), "a text is not nested");
        let wide = format!(r#"{{"a":[{}[]]}}"#, "[],".repeat(1_000));
        assert!(fields(wide.as_bytes()).is_ok(), "nor is what is wide");
    }

    #[test]
    fn numbers_are_read_where_text_or_seconds_are_meant() {
        assert_eq!(text(&value("42")), Some("42".into()));
        assert_eq!(text(&value("\"a\\nb\"")), Some("a\nb".into()));
        assert_eq!(text(&value("null")), None);
        assert_eq!(seconds(&value("1700000000")), Some(1_700_000_000));
        assert_eq!(seconds(&value("\"1700000000\"")), Some(1_700_000_000));
        assert_eq!(seconds(&value("1700000000.9")), Some(1_700_000_000));
        assert_eq!(seconds(&value("\"tomorrow\"")), None);
        assert_eq!(seconds(&value("1e300")), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = fields(&bytes);
        }
    }
}
