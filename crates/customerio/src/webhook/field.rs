//! Reads one field of a webhook's data. It never fails: a field that is missing, `null`
//! or of an unforeseen form is empty, and [`Event::raw`](super::Event::raw) still has it.
//! An error would make the service repeat the event for days and hold back all others.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A type that can be read from any JSON value.
pub(super) trait Field: Default {
    fn read(value: &Value) -> Self;
}

/// The field of this name, empty if there is none.
pub(super) fn field<T: Field>(data: &Map<String, Value>, name: &str) -> T {
    data.get(name).map(T::read).unwrap_or_default()
}

/// Numbers are taken as texts, objects and lists as their JSON.
impl Field for String {
    fn read(value: &Value) -> Self {
        match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// An empty text is none.
impl Field for Option<String> {
    fn read(value: &Value) -> Self {
        Some(String::read(value)).filter(|text| !text.is_empty())
    }
}

impl Field for bool {
    fn read(value: &Value) -> Self {
        match value {
            Value::Bool(flag) => *flag,
            Value::String(text) => text == "true",
            _ => false,
        }
    }
}

macro_rules! numbers {
    ($($number:ty, $as_number:ident;)*) => {$(
        impl Field for Option<$number> {
            fn read(value: &Value) -> Self {
                match value {
                    Value::Number(number) => number
                        .$as_number()
                        .or_else(|| number.as_f64().map(|number| number as $number)),
                    Value::String(text) => text.trim().parse().ok(),
                    _ => None,
                }
            }
        }
    )*};
}
numbers! {
    u64, as_u64;
    i64, as_i64;
}

/// One value alone is a list of one.
impl<T: Field> Field for Vec<T> {
    fn read(value: &Value) -> Self {
        match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items.iter().map(T::read).collect(),
            other => vec![T::read(other)],
        }
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn read(value: &Value) -> Self {
        let fields = value.as_object().into_iter().flatten();
        fields
            .map(|(name, value)| (name.clone(), T::read(value)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::field;

    #[test]
    fn numbers_as_texts_and_texts_as_numbers() {
        let data = json!({"id": "7", "cut": 7.9, "name": 42, "flag": "true", "topics": {"a": 1}});
        let data = data.as_object().unwrap();
        assert_eq!(field::<Option<u64>>(data, "id"), Some(7));
        assert_eq!(field::<Option<i64>>(data, "cut"), Some(7));
        assert_eq!(field::<String>(data, "name"), "42");
        assert!(field::<bool>(data, "flag"));
        assert_eq!(field::<String>(data, "topics"), r#"{"a":1}"#);
    }

    #[test]
    fn null_nothing_and_the_unforeseen_are_empty() {
        for value in [Value::Null, json!(""), json!(true), json!([]), json!({})] {
            let data = json!({ "field": value });
            let data = data.as_object().unwrap();
            assert_eq!(field::<Option<u64>>(data, "field"), None);
            assert!(field::<BTreeMap<String, String>>(data, "field").is_empty());
            assert_eq!(field::<Option<String>>(data, "other"), None);
            assert!(field::<Vec<String>>(data, "other").is_empty());
        }
    }

    #[test]
    fn headers_with_one_value_are_read_as_those_with_several() {
        let data = json!({"headers": {"X-One": "1", "X-Two": ["1", 2]}});
        let headers: BTreeMap<String, Vec<String>> = field(data.as_object().unwrap(), "headers");
        assert_eq!(headers["X-One"], ["1"]);
        assert_eq!(headers["X-Two"], ["1", "2"]);
    }
}
