//! Reads what the App API really answers: `null` where a list belongs, numbers as texts
//! and texts as numbers, fields left out. One rule per type, and [`answer!`] applies it to
//! every field, so that a detail never makes an answer unreadable.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A type that makes the best of any JSON value.
///
/// Scalars take what can be read as such and are empty otherwise. Lists and objects take
/// `null` as empty; anything else in their place is an error, because then the answer is
/// not what was asked for.
pub(crate) trait Lenient: Default {
    fn from_json(value: Value) -> Result<Self, serde_json::Error>;
}

/// Reads a value from any JSON.
pub(crate) fn read<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Lenient,
{
    T::from_json(Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

impl Lenient for bool {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        Ok(match value {
            Value::Bool(flag) => flag,
            Value::String(text) => text == "true",
            _ => false,
        })
    }
}

impl Lenient for Option<bool> {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        Ok(match value {
            Value::Null => None,
            other => Some(bool::from_json(other)?),
        })
    }
}

macro_rules! lenient_numbers {
    ($($number:ty, $as_number:ident;)*) => {$(
        impl Lenient for Option<$number> {
            fn from_json(value: Value) -> Result<Self, serde_json::Error> {
                Ok(match value {
                    Value::Number(number) => number
                        .$as_number()
                        .or_else(|| number.as_f64().map(|number| number as $number)),
                    Value::String(text) => text.trim().parse().ok(),
                    _ => None,
                })
            }
        }

        impl Lenient for $number {
            fn from_json(value: Value) -> Result<Self, serde_json::Error> {
                Ok(Option::<$number>::from_json(value)?.unwrap_or_default())
            }
        }
    )*};
}
lenient_numbers! {
    u64, as_u64;
    i64, as_i64;
}

impl Lenient for String {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        Ok(match value {
            Value::String(text) => text,
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => String::new(),
        })
    }
}

/// An empty text is none.
impl Lenient for Option<String> {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        Ok(Some(String::from_json(value)?).filter(|text| !text.is_empty()))
    }
}

impl Lenient for Value {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        Ok(value)
    }
}

impl<T: Lenient> Lenient for Vec<T> {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        match value {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => items.into_iter().map(T::from_json).collect(),
            _ => Err(serde_json::Error::custom("expected a list")),
        }
    }
}

impl<T: Lenient> Lenient for BTreeMap<String, T> {
    fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        match value {
            Value::Null => Ok(BTreeMap::new()),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(name, value)| Ok((name, T::from_json(value)?)))
                .collect(),
            _ => Err(serde_json::Error::custom("expected an object")),
        }
    }
}

/// The fields of an object; none for `null`.
pub(crate) fn fields(value: Value) -> Result<Map<String, Value>, serde_json::Error> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(fields) => Ok(fields),
        _ => Err(serde_json::Error::custom("expected an object")),
    }
}

/// One field, taken out; a missing one reads as `null`.
pub(crate) fn take<T: Lenient>(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<T, serde_json::Error> {
    T::from_json(fields.remove(name).unwrap_or_default())
}

/// A struct that the API answers: every field is read leniently, under its own name or
/// the one after `=`. `Debug` shows only the fields named after `shows`, because the
/// others may be personal.
macro_rules! answer {
    (
        $(#[$meta:meta])*
        pub struct $name:ident shows ($($shown:ident),* $(,)?) {
            $( $(#[$field_meta:meta])* pub $field:ident: $type:ty $(= $wire:literal)?, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl crate::app::lenient::Lenient for $name {
            fn from_json(value: serde_json::Value) -> Result<Self, serde_json::Error> {
                let mut fields = crate::app::lenient::fields(value)?;
                Ok($name {
                    $( $field: crate::app::lenient::take(
                        &mut fields,
                        crate::app::lenient::answer!(@wire $field $($wire)?),
                    )?, )*
                })
            }
        }

        impl crate::app::lenient::Lenient for Option<$name> {
            fn from_json(value: serde_json::Value) -> Result<Self, serde_json::Error> {
                match value {
                    serde_json::Value::Null => Ok(None),
                    other => crate::app::lenient::Lenient::from_json(other).map(Some),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::app::lenient::read(deserializer)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($shown), &self.$shown))*
                    .finish_non_exhaustive()
            }
        }
    };
    (@wire $field:ident $wire:literal) => { $wire };
    (@wire $field:ident) => { stringify!($field) };
}
pub(crate) use answer;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    answer! {
        /// One field of each kind.
        #[expect(unreachable_pub, reason = "the macro makes public types")]
        pub struct Sample shows (number) {
            /// A number.
            pub number: u64,
            /// A number or none.
            pub maybe: Option<i64>,
            /// A text.
            pub text: String,
            /// A text or none.
            pub perhaps: Option<String>,
            /// Yes or no.
            pub flag: bool,
            /// A list.
            pub list: Vec<String>,
            /// By name.
            pub map: BTreeMap<String, i64>,
        }
    }

    fn read_sample(text: &str) -> Sample {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_as_texts_and_texts_as_numbers() {
        let sample = read_sample(
            r#"{"number":"7","maybe":"-3","text":42,"perhaps":9,"flag":"true","list":["a",1],"map":{"a":"5"},"new":[{}]}"#,
        );
        assert_eq!((sample.number, sample.maybe), (7, Some(-3)));
        assert_eq!(
            (sample.text.as_str(), sample.perhaps.as_deref()),
            ("42", Some("9"))
        );
        assert!(sample.flag);
        assert_eq!(sample.list, ["a", "1"]);
        assert_eq!(sample.map["a"], 5);
    }

    #[test]
    fn null_and_nothing_are_empty() {
        let nulls = r#"{"number":null,"maybe":null,"text":null,"perhaps":"","flag":null,"list":null,"map":null}"#;
        assert_eq!(read_sample(nulls), Sample::default());
        assert_eq!(read_sample("{}"), Sample::default());
    }

    #[test]
    fn something_else_in_the_place_of_a_list_is_an_error() {
        for text in [
            r#"{"list":{"a":1}}"#,
            r#"{"map":[1]}"#,
            r#"{"list":"a"}"#,
            "[1]",
        ] {
            assert!(serde_json::from_str::<Sample>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn debug_shows_what_it_is_told_to() {
        let sample = read_sample(r#"{"number":7,"text":"ana@example.com"}"#);
        assert_eq!(format!("{sample:?}"), "Sample { number: 7, .. }");
    }

    proptest! {
        #[test]
        fn any_text_in_any_field_can_be_read(text in ".*") {
            let value = serde_json::json!({
                "number": text, "maybe": text, "text": text, "perhaps": text, "flag": text,
            });
            let sample: Sample = serde_json::from_value(value).unwrap();
            prop_assert_eq!(sample.text, text);
        }
    }
}
