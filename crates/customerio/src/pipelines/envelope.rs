//! What every message carries, whatever its kind: an id, a time, a context and the
//! choice of destinations.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::user::not_blank;
use super::{MESSAGE_BYTES_MAX, UtcTime};
use crate::Error;
use crate::json_object::JsonObject;

/// The fields that all kinds of messages have.
#[derive(Clone, Default)]
pub(super) struct Envelope {
    pub(super) message_id: Option<String>,
    pub(super) timestamp: Option<UtcTime>,
    pub(super) context: Option<JsonObject>,
    pub(super) integrations: Option<JsonObject>,
}

impl Envelope {
    /// Chooses the id and the time if the caller has not, so that they stay the same
    /// however often the message is sent.
    pub(super) fn seal(&mut self) {
        self.message_id
            .get_or_insert_with(crate::event_id::new_ulid);
        self.timestamp
            .get_or_insert_with(|| UtcTime::from(crate::clock::now()));
    }
}

/// The setters of the envelope, for a message type with a field `envelope`, and the
/// conversions that let it be sent by value, by reference and in a batch.
macro_rules! message_type {
    ($type:ident) => {
        impl $type {
            /// The id by which the service recognises a repeat. Default: a new ULID for
            /// each call, the same in all attempts of the call. Set it if the caller may
            /// send the same message in two calls, from a queue for example.
            #[must_use]
            pub fn message_id(mut self, id: impl Into<String>) -> Self {
                self.envelope.message_id = Some(id.into());
                self
            }

            /// When it happened, in Unix seconds or as a `SystemTime`. Default: when the
            /// method of the client is called.
            #[must_use]
            pub fn timestamp(mut self, time: impl Into<$crate::pipelines::UtcTime>) -> Self {
                self.envelope.timestamp = Some(time.into());
                self
            }

            /// What is known about the circumstances, `ip`, `locale` or `userAgent` for
            /// example: anything that serialises to a JSON object. Each key replaces the
            /// same key of
            /// [the client's](crate::pipelines::PipelinesClientBuilder::default_context).
            #[must_use]
            pub fn context(mut self, context: impl serde::Serialize) -> Self {
                self.envelope.context = Some($crate::json_object::JsonObject::new(context));
                self
            }

            /// Which destinations get it: a JSON object of their names and whether they
            /// do, with `All` for those not named. Default: all of them.
            #[must_use]
            pub fn integrations(mut self, integrations: impl serde::Serialize) -> Self {
                self.envelope.integrations =
                    Some($crate::json_object::JsonObject::new(integrations));
                self
            }
        }

        impl From<&$type> for $type {
            fn from(message: &$type) -> Self {
                message.clone()
            }
        }

        impl From<$type> for $crate::pipelines::Message {
            fn from(message: $type) -> Self {
                $crate::pipelines::Message::$type(message)
            }
        }

        impl From<&$type> for $crate::pipelines::Message {
            fn from(message: &$type) -> Self {
                $crate::pipelines::Message::$type(message.clone())
            }
        }
    };
}
pub(super) use message_type;

/// A message as it is on the wire. What a kind does not have is left out.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body<'a> {
    /// Implied by the path of a single call and needed in a batch; sent in both.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anonymous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) previous_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) traits: Option<Cow<'a, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<Cow<'a, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<UtcTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Cow<'a, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    integrations: Option<&'a RawValue>,
    /// What the kind itself puts into the context.
    #[serde(skip)]
    pub(super) own_context: Option<JsonObject>,
}

impl<'a> Body<'a> {
    pub(super) fn new(kind: &'static str) -> Body<'a> {
        Body {
            kind,
            ..Body::default()
        }
    }

    /// The JSON text, with the envelope's fields. There is no `sentAt`: the service would
    /// shift every `timestamp` by the time from then to the arrival of the request, which
    /// holds the waits of a call that is repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for an envelope that breaks a rule, and for a message
    /// beyond 32 KB.
    pub(super) fn write(
        mut self,
        envelope: &'a Envelope,
        default_context: &'a RawValue,
    ) -> Result<Bytes, Error> {
        if let Some(id) = &envelope.message_id {
            self.message_id = Some(not_blank("message id", id)?);
        }
        if let Some(timestamp) = envelope.timestamp {
            timestamp.check("timestamp")?;
            self.timestamp = Some(timestamp);
        }
        self.integrations = JsonObject::get_optional(&envelope.integrations, "integrations")?;
        let mut context = Cow::Borrowed(default_context);
        let own_context = self.own_context.take();
        for upper in [&envelope.context, &own_context] {
            if let Some(upper) = JsonObject::get_optional(upper, "context")? {
                context = Cow::Owned(overlay(&context, upper, "context")?);
            }
        }
        self.context = Some(context);
        let text = crate::json_object::write(&self, "message")?;
        if text.len() > MESSAGE_BYTES_MAX {
            return Err(Error::invalid_input(
                "message",
                format!(
                    "is {} bytes of JSON; the service takes up to {MESSAGE_BYTES_MAX}",
                    text.len()
                ),
            ));
        }
        Ok(text)
    }
}

/// One object with the keys of both. Where both have a key, the upper one's value counts
/// as a whole.
///
/// # Errors
///
/// [`Error::InvalidInput`] naming `field` if one is not an object.
pub(super) fn overlay(
    lower: &RawValue,
    upper: &RawValue,
    field: &'static str,
) -> Result<Box<RawValue>, Error> {
    let overlaid = || {
        let mut keys: BTreeMap<String, &RawValue> = serde_json::from_str(lower.get())?;
        keys.extend(serde_json::from_str::<BTreeMap<String, &RawValue>>(
            upper.get(),
        )?);
        to_raw_value(&keys)
    };
    overlaid().map_err(|source| {
        Error::invalid_input_because(field, "must be a JSON object", Arc::new(source))
    })
}

/// The caller's object with these keys of the message's own over it, for traits and
/// properties.
///
/// # Errors
///
/// [`Error::InvalidInput`] naming `field` if the caller's is not an object.
pub(super) fn with_own<'a>(
    given: &'a Option<JsonObject>,
    own: Option<JsonObject>,
    field: &'static str,
) -> Result<Option<Cow<'a, RawValue>>, Error> {
    let given = JsonObject::get_optional(given, field)?;
    let Some(own) = own else {
        return Ok(given.map(Cow::Borrowed));
    };
    let own = own.get(field)?;
    Ok(Some(Cow::Owned(match given {
        Some(given) => overlay(given, own, field)?,
        None => own.to_owned(),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn the_upper_object_wins_key_by_key_and_not_within() {
        let lower = raw(r#"{"ip":"1.1.1.1","page":{"url":"/a","title":"A"}}"#);
        let upper = raw(r#"{"page":{"url":"/b"},"locale":"de"}"#);
        assert_eq!(
            overlay(&lower, &upper, "context").unwrap().get(),
            r#"{"ip":"1.1.1.1","locale":"de","page":{"url":"/b"}}"#
        );
    }

    #[test]
    fn values_are_taken_over_as_they_are_written() {
        let overlaid = overlay(
            &raw(r#"{"a":12345678901234567890123}"#),
            &raw("{}"),
            "context",
        );
        assert_eq!(overlaid.unwrap().get(), r#"{"a":12345678901234567890123}"#);
    }
}
