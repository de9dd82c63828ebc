//! Why a field is refused, before an API words it.

use cio_wire::ErrorItem;

use crate::error::{ApiError, Family};
use crate::json::NotFields;

/// A field that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invalid {
    reason: &'static str,
    field: String,
    message: String,
    alone: bool,
}

impl Invalid {
    /// A field that is not there or says nothing.
    pub(crate) fn required(field: impl Into<String>, message: impl Into<String>) -> Invalid {
        Invalid {
            reason: "required",
            field: field.into(),
            message: message.into(),
            alone: false,
        }
    }

    /// A field that is there and wrong.
    pub(crate) fn wrong(field: impl Into<String>, message: impl Into<String>) -> Invalid {
        Invalid {
            reason: "invalid",
            ..Invalid::required(field, message)
        }
    }

    /// Track v1 says it as the only error there is, not in a list: limits, and texts that
    /// are documented so.
    pub(crate) fn alone(self) -> Invalid {
        Invalid {
            alone: true,
            ..self
        }
    }

    /// The same of a field that is part of another.
    pub(crate) fn within(self, parent: &str) -> Invalid {
        let field = match self.field.as_str() {
            "" => parent.to_owned(),
            field => format!("{parent}.{field}"),
        };
        Invalid { field, ..self }
    }

    /// Which field; empty: the whole that was read.
    pub(crate) fn field(&self) -> &str {
        &self.field
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// As Track v2 says it.
    pub(crate) fn into_item(self, batch_index: Option<usize>) -> ErrorItem {
        ErrorItem {
            message: self.message,
            reason: Some(self.reason.to_owned()),
            field: Some(self.field),
            batch_index,
        }
    }
}

impl From<NotFields> for Invalid {
    fn from(error: NotFields) -> Invalid {
        Invalid::wrong("", error.to_string())
    }
}

impl From<Invalid> for ApiError {
    /// As Track v1 says it.
    fn from(invalid: Invalid) -> ApiError {
        if invalid.alone {
            ApiError::bad_request(Family::Track, &invalid.message)
        } else {
            ApiError::track_list(&invalid.message)
        }
    }
}
