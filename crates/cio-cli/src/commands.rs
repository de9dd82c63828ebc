//! One file per command.

pub(crate) mod api;
pub(crate) mod apply;
pub(crate) mod broadcast;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod messages;
mod named;
pub(crate) mod people;
pub(crate) mod pull;
pub(crate) mod quickstart;
pub(crate) mod segments;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod store;
pub(crate) mod templates;
pub(crate) mod verify;
pub(crate) mod workspaces;

use serde_json::Value;

/// A list in an answer.
pub(crate) fn items<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer[name].as_array().map_or(&[], Vec::as_slice)
}

/// A value as it is read by people.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
