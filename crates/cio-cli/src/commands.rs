//! One file per command.

pub(crate) mod api;
pub(crate) mod apply;
pub(crate) mod broadcast;
pub(crate) mod doctor;
pub(crate) mod events;
mod exact;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod messages;
mod named;
pub(crate) mod people;
pub(crate) mod profiles;
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

use customerio::Identifier;
use serde_json::Value;

use crate::exit::Failure;

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

/// What a refusal means where a person is asked for who is not there.
pub(crate) fn if_no_person<E: Into<Failure>>(person: &Identifier) -> impl FnOnce(E) -> Failure {
    let text = format!("nobody has the {} \"{}\"", person.id_type(), person.value());
    move |error| {
        error.into().if_missing(
            &text,
            "id:…, email:… and cio_id:… say which kind it is; customerio people search finds \
             people, and who was identified just now may take a moment to appear",
        )
    }
}
