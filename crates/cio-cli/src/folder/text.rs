//! How definitions look in files.

use std::fmt::Write as _;

use cio_domain::definition::Kind;
use serde_json::{Map, Value};

use super::messages;

/// One definition as people read it. Of a collection, what is counted of it.
pub(crate) fn text(kind: Kind, definition: &Value) -> String {
    match kind {
        Kind::Snippet => definition["value"].as_str().unwrap_or_default().to_owned(),
        Kind::Layout => definition["body"].as_str().unwrap_or_default().to_owned(),
        Kind::TransactionalMessage | Kind::Broadcast => messages::text(kind, definition),
        Kind::Collection => {
            let sha256 = definition["sha256"].as_str().unwrap_or_default();
            let sha256 = sha256.get(..8).unwrap_or(sha256);
            let (rows, bytes) = (&definition["rows"], &definition["bytes"]);
            format!("{rows} rows, {bytes} bytes, sha256 {sha256}…")
        }
        _ => fields(kind, "", definition),
    }
}

/// The fields of a definition as TOML; tables under `heading` follow them.
pub(super) fn fields(kind: Kind, heading: &str, definition: &Value) -> String {
    let names: &[&str] = match kind {
        Kind::PreferenceCenter => &["title", "subtitle"],
        Kind::Sender => &["name", "email", "phone", "hidden"],
        Kind::Topic => &["name", "description", "subscribed_by_default"],
        Kind::Segment => &["description", "condition"],
        _ => &["name"],
    };
    let mut text = lines(names, definition);
    let translations = definition["translations"].as_object();
    for (language, texts) in translations.into_iter().flatten() {
        let names = ["title", "subtitle", "name", "description"];
        let path = match heading {
            "" => format!("translations.{language}"),
            heading => format!("{heading}.translations.{language}"),
        };
        let _ = write!(text, "\n[{path}]\n{}", lines(&names, texts));
    }
    text
}

/// What is the same as saying nothing is left out.
fn lines(names: &[&str], definition: &Value) -> String {
    let mut text = String::new();
    for name in names {
        let value = &definition[name];
        let is_default = value.is_null()
            || value == &Value::from("") && *name != "title"
            || value == &Value::from(false) && *name == "hidden";
        if !is_default {
            let _ = writeln!(text, "{name} = {}", inline(value, 0));
        }
    }
    text
}

/// A value on one line, lists of conditions on a line each.
pub(super) fn inline(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::Array(items) => {
            let mut list = "[\n".to_owned();
            let indent = "    ".repeat(depth + 1);
            for item in items {
                let _ = writeln!(list, "{indent}{},", inline(item, depth + 1));
            }
            let _ = write!(list, "{}]", "    ".repeat(depth));
            list
        }
        Value::Object(object) => table(object, depth),
    }
}

/// What a part of a condition is about: it stands before what is said of it.
const FIRST: [&str; 2] = ["field", "name"];

fn table(object: &Map<String, Value>, depth: usize) -> String {
    let mut fields: Vec<(&String, &Value)> = object.iter().collect();
    fields.sort_by_key(|(name, _)| !FIRST.contains(&name.as_str()));
    let fields: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| format!("{} = {}", messages::key(name), inline(value, depth)))
        .collect();
    format!("{{ {} }}", fields.join(", "))
}

/// The escapes of JSON are those of TOML, which has one character less as it is.
pub(super) fn string(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}
