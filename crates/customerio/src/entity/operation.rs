//! A finished operation: its JSON text, or the rule that it breaks.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::relationship::Related;
use crate::{Error, Timestamp, json_object};

/// The service says 32 kb and not which kb; this is the smaller one.
const BYTES_MAX: usize = 32_000;

/// One operation on a person, an object or a delivery, made by the functions of this
/// [module](crate::entity).
///
/// It is written as JSON when it is made and cheap to clone, so a caller can keep what was
/// sent and send again what failed. An event keeps its id then, by which the service
/// recognises it.
#[derive(Clone)]
#[must_use = "an operation is done when it is sent"]
pub struct Entity {
    kind: &'static str,
    action: &'static str,
    text: Result<Bytes, Arc<Error>>,
}

impl Entity {
    pub(super) fn new(
        kind: &'static str,
        action: &'static str,
        fields: Result<Fields<'_>, Error>,
    ) -> Entity {
        let fields = fields.map(|fields| Fields {
            kind,
            action,
            ..fields
        });
        let text = fields.and_then(|fields| write(&fields));
        Entity {
            kind,
            action,
            text: text.map_err(Arc::new),
        }
    }

    /// What it is about: `person`, `object` or `delivery`.
    pub const fn entity_type(&self) -> &'static str {
        self.kind
    }

    /// What it does: `identify` for example.
    pub const fn action(&self) -> &'static str {
        self.action
    }

    /// Bytes of its JSON text, of which a request of a batch holds 500 000 at most, with
    /// one more for each operation.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] naming the rule that it breaks: what sending it would say.
    pub fn size(&self) -> Result<usize, Error> {
        self.text
            .as_ref()
            .map(Bytes::len)
            .map_err(|error| again(error))
    }

    /// The JSON text, or the rule that it breaks.
    pub(crate) fn into_text(self) -> Result<Bytes, Arc<Error>> {
        self.text
    }

    /// The JSON text for a call of its own.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] naming the rule that it breaks.
    pub(crate) fn text(&self) -> Result<Bytes, Error> {
        match &self.text {
            Ok(text) => Ok(text.clone()),
            Err(error) => Err(again(error)),
        }
    }

    /// Bytes of JSON; `None` if it breaks a rule.
    pub(crate) fn bytes(&self) -> Option<usize> {
        self.text.as_ref().ok().map(Bytes::len)
    }
}

/// The same refusal once more: an operation may be sent twice, an error has one owner.
fn again(error: &Error) -> Error {
    match error {
        Error::InvalidInput {
            field,
            rule,
            source,
        } => Error::InvalidInput {
            field,
            rule: rule.clone(),
            source: source.clone(),
        },
        other => Error::invalid_input("operation", format!("cannot be sent: {other}")),
    }
}

fn write(fields: &Fields<'_>) -> Result<Bytes, Error> {
    let text = json_object::write(fields, "operation")?;
    if text.len() > BYTES_MAX {
        return Err(Error::invalid_input(
            "operation",
            format!(
                "must be at most {BYTES_MAX} bytes of JSON; this is {}",
                text.len()
            ),
        ));
    }
    Ok(text)
}

/// Everything that an operation can carry.
#[derive(Default, Serialize)]
pub(super) struct Fields<'a> {
    /// Set when the operation is finished, and `action` too.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identifiers: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) primary: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secondary: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attributes: Option<Cow<'a, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cio_relationships: Vec<Related<'a>>,
}

impl Fields<'_> {
    /// Whom or what it is about, and nothing else yet.
    pub(super) fn about(identifiers: Value) -> Self {
        Fields {
            identifiers: Some(identifiers),
            ..Fields::default()
        }
    }
}

impl From<&Entity> for Entity {
    fn from(entity: &Entity) -> Self {
        entity.clone()
    }
}

/// What it says about people is not shown.
impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entity({} {})", self.kind, self.action)
    }
}
