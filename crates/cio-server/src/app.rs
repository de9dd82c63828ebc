//! The App API: sending messages and reading what is stored. A bearer token.

pub(crate) mod activities;
pub(crate) mod collections;
mod content;
pub(crate) mod customers;
pub(crate) mod esp;
pub(crate) mod filter;
pub(crate) mod messages;
pub(crate) mod objects;
pub(crate) mod opt_outs;
pub(crate) mod query;
pub(crate) mod segments;
pub(crate) mod send;
pub(crate) mod senders;
pub(crate) mod snippets;
pub(crate) mod subscriptions;

use cio_domain::PersonIdentifiers;
use serde_json::{Value, json};

/// The three names of a person as the App API lists them, `null` for what is not set.
fn identifiers(person: &PersonIdentifiers) -> Value {
    json!({
        "id": person.id,
        "email": person.email,
        "cio_id": person.cio_id.to_string(),
    })
}
