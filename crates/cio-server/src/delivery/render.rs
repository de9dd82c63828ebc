//! Filling a message in with what is known of its person.

use cio_domain::Person;
use cio_domain::message::Content;
use cio_domain::template::{RenderError, render};
use serde_json::{Map, Value};

/// The variables a message may use: `customer`, and `message_data` as `trigger`.
pub(super) fn scope(person: Option<&Person>, message_data: Option<&str>) -> Value {
    let parse = |json: &str| serde_json::from_str::<Value>(json).unwrap_or(Value::Null);
    let mut customer = Map::new();
    if let Some(person) = person {
        for (name, attribute) in &person.attributes {
            customer.insert(name.clone(), parse(&attribute.json));
        }
        let names = &person.identifiers;
        customer.insert("cio_id".to_owned(), names.cio_id.to_string().into());
        customer.insert("id".to_owned(), names.id.clone().into());
        customer.insert("email".to_owned(), names.email.clone().into());
    }
    let data = message_data.map_or(Value::Object(Map::new()), parse);
    let mut scope = Map::new();
    scope.insert("customer".to_owned(), customer.into());
    scope.insert("trigger".to_owned(), data.clone());
    scope.insert("message_data".to_owned(), data);
    scope.into()
}

/// Renders every text of a message. Attachments stay as they are.
pub(super) fn fill(content: Content, scope: &Value) -> Result<Content, RenderError> {
    content.try_map(&mut |_, text| render(&text, scope))
}
