//! How a message looks in files: what it is in a TOML file, and what is long in files of its
//! own beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use cio_domain::definition::{Kind, content_fields};
use cio_domain::message::Channel;
use serde_json::{Map, Value};

use super::names;
use super::text::{inline, string};

/// The file that says what a message is.
pub(super) const MESSAGE: &str = "message.toml";
/// The file that says what a broadcast is and does.
pub(super) const BROADCAST: &str = "broadcast.toml";
/// What files with long texts are called, before their language and their ending.
const BODY: &str = "body";

/// The fields of a channel that are in files of their own, each with its ending.
pub(super) fn long_fields(channel: Channel) -> &'static [(&'static str, &'static str)] {
    match channel {
        Channel::Email => &[("body", "html"), ("body_plain", "txt"), ("body_amp", "amp")],
        Channel::Push => &[("message", "txt"), ("custom_payload", "json")],
        Channel::Sms | Channel::Whatsapp => &[("body", "txt")],
        Channel::InApp | Channel::Inbox => &[("body", "html")],
    }
}

/// The language and the field that a file's name stands for: `body.de.html`.
pub(super) fn read_name(name: &str, channel: Channel) -> Option<(String, &'static str)> {
    let rest = name.strip_prefix(BODY)?;
    let (middle, ending) = rest.rsplit_once('.')?;
    let language = match middle {
        "" => "",
        middle => middle.strip_prefix('.').filter(|it| !it.is_empty())?,
    };
    let mut fields = long_fields(channel).iter();
    let (field, _) = fields.find(|(_, known)| *known == ending)?;
    Some((language.to_owned(), field))
}

/// What such files are called, for whoever looks for one.
pub(super) fn known_names(channel: Channel) -> String {
    let names = long_fields(channel).iter();
    let names: Vec<String> = names
        .map(|(_, ending)| format!("{BODY}.{ending}"))
        .collect();
    format!(
        "{} and {BODY}.de.{}",
        names.join(", "),
        long_fields(channel)[0].1
    )
}

/// The files of a message, below its own folder.
pub(super) struct Files {
    /// What it is.
    pub(super) toml: String,
    /// What is long of what it says.
    pub(super) bodies: BTreeMap<PathBuf, String>,
}

/// The files of a definition of a message or a broadcast.
pub(super) fn files(kind: Kind, definition: &Value) -> Files {
    match kind {
        Kind::Broadcast => of_broadcast(definition),
        _ => of_message(definition),
    }
}

/// All of them as one text.
pub(super) fn text(kind: Kind, definition: &Value) -> String {
    let Files { mut toml, bodies } = files(kind, definition);
    for (file, text) in bodies {
        let _ = write!(toml, "\n# {}\n{text}", file.display());
    }
    toml
}

fn of_message(definition: &Value) -> Files {
    let mut toml = String::new();
    let fields = [
        ("description", Value::from("")),
        ("channel", Value::Null),
        ("send_to_unsubscribed", true.into()),
        ("link_tracking", true.into()),
        ("open_tracking", true.into()),
        ("hide_message_body", false.into()),
        ("queue_drafts", false.into()),
        ("topic", Value::Null),
    ];
    put_lines(&mut toml, definition, &fields);
    let mut bodies = BTreeMap::new();
    put_variants(&mut toml, &mut bodies, definition, ("", PathBuf::new()));
    Files { toml, bodies }
}

fn of_broadcast(definition: &Value) -> Files {
    let mut toml = String::new();
    let fields = [
        ("description", Value::from("")),
        ("active", true.into()),
        ("tags", Value::Array(Vec::new())),
        ("audience", Value::Null),
    ];
    put_lines(&mut toml, definition, &fields);
    let mut bodies = BTreeMap::new();
    let folders = action_folders(definition);
    let actions = definition["actions"].as_array().into_iter().flatten();
    for (action, folder) in actions.zip(folders) {
        if !toml.is_empty() {
            toml.push('\n');
        }
        toml += "[[action]]\n";
        let fields = [
            ("name", Value::Null),
            ("channel", Value::Null),
            ("sending_state", "automatic".into()),
            ("send_to_unsubscribed", false.into()),
            ("link_tracking", true.into()),
            ("open_tracking", true.into()),
            ("topic", Value::Null),
        ];
        put_lines(&mut toml, action, &fields);
        put_variants(&mut toml, &mut bodies, action, ("action.", folder.into()));
    }
    Files { toml, bodies }
}

/// The folders with the long texts of a broadcast's actions, in their order.
pub(super) fn action_folders(definition: &Value) -> Vec<String> {
    let mut taken = [BROADCAST.to_owned()].into();
    let actions = definition["actions"].as_array().into_iter().flatten();
    actions
        .map(|action| {
            let name = action["name"].as_str().unwrap_or_default();
            names::file_name(name, &mut taken)
        })
        .collect()
}

/// What is as it is by default is left out.
fn put_lines(toml: &mut String, definition: &Value, fields: &[(&str, Value)]) {
    for (name, default) in fields {
        let value = &definition[*name];
        if !value.is_null() && value != default {
            let _ = writeln!(toml, "{name} = {}", inline(value, 0));
        }
    }
}

fn put_variants(
    toml: &mut String,
    bodies: &mut BTreeMap<PathBuf, String>,
    definition: &Value,
    (heading, folder): (&str, PathBuf),
) {
    let channel = definition["channel"].as_str().unwrap_or_default();
    let channel = channel.parse().unwrap_or(Channel::Email);
    let mut put = |language: &str, said: &Map<String, Value>| {
        let path = match language {
            "" => "content".to_owned(),
            language => format!("translations.{language}"),
        };
        let long = long_fields(channel);
        let is_long = |name: &str| long.iter().any(|(field, _)| *field == name);
        let lines: String = content_fields(channel)
            .iter()
            .filter(|name| !is_long(name))
            .filter_map(|name| Some(format!("{name} = {}\n", inline(said.get(*name)?, 0))))
            .collect();
        if !language.is_empty() || !lines.is_empty() {
            let _ = write!(toml, "\n[{heading}{path}]\n{lines}");
        }
        for (field, ending) in long {
            let Some(text) = said.get(*field).and_then(Value::as_str) else {
                continue;
            };
            let name = match language {
                "" => format!("{BODY}.{ending}"),
                language => format!("{BODY}.{language}.{ending}"),
            };
            bodies.insert(folder.join(name), format!("{text}\n"));
        }
    };
    if let Some(said) = definition["content"].as_object() {
        put("", said);
    }
    let translations = definition["translations"].as_object();
    for (language, said) in translations.into_iter().flatten() {
        put(language, said.as_object().unwrap_or(&Map::new()));
    }
}

/// A name as a key of TOML.
pub(super) fn key(name: &str) -> String {
    let is_bare = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => string(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_long_texts_say_language_and_field() {
        let read = |name| read_name(name, Channel::Email);
        let named = |language: &str, field| Some((language.to_owned(), field));
        assert_eq!(read("body.html"), named("", "body"));
        assert_eq!(read("body.de.txt"), named("de", "body_plain"));
        assert_eq!(read("body.pt-br.amp"), named("pt-br", "body_amp"));
        for name in [
            "body",
            "body.",
            "body..html",
            "bodyhtml",
            "body.json",
            "de.html",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
        assert_eq!(read_name("body.html", Channel::Sms), None);
        assert_eq!(
            known_names(Channel::Email),
            "body.html, body.txt, body.amp and body.de.html"
        );
    }
}
