//! JSON of definitions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Definition, messages};
use crate::condition::Condition;
use crate::content::collection::Rows;
use crate::content::preference_center::Header;
use crate::content::sender::Contact;
use crate::content::topic::TopicText;

impl Definition {
    /// What [`Definition::from_json`] reads.
    pub fn to_json(&self) -> String {
        match self {
            Definition::Collection(_, rows) => format!("{{\"rows\":{}}}", list(rows)),
            other => other.summary().to_string(),
        }
    }

    /// The same, in one spelling: two definitions are the same if this is. The rows of a
    /// collection are counted and hashed.
    pub fn summary(&self) -> Value {
        match self {
            Definition::Workspace(name) => json!({ "name": name }),
            Definition::PreferenceCenter(center) => {
                let mut json = header(&center.header);
                json["translations"] = translations(&center.translations, header);
                json
            }
            Definition::Sender(sender) => {
                let contact = match sender.contact {
                    Contact::Email(_) => "email",
                    Contact::Phone(_) => "phone",
                };
                let value = sender.contact.value();
                json!({ "name": sender.name, contact: value, "hidden": sender.hidden })
            }
            Definition::Topic(topic) => {
                let mut json = text(&topic.text);
                json["subscribed_by_default"] = topic.subscribed_by_default.into();
                json["translations"] = translations(&topic.translations, text);
                json
            }
            Definition::Segment(segment) => json!({
                "description": segment.description,
                "condition": segment.condition.as_ref().map(Condition::to_json_by_name),
            }),
            Definition::Snippet(snippet) => json!({ "value": snippet.value }),
            Definition::Collection(_, rows) => collection_summary(rows.count(), &list(rows)),
            Definition::Layout(layout) => json!({ "body": layout.body }),
            Definition::TransactionalMessage(message) => messages::write_transactional(message),
            Definition::Broadcast(broadcast) => messages::write_broadcast(broadcast),
        }
    }
}

/// The summary of a collection with this list of rows.
pub fn collection_summary(count: u64, list: &str) -> Value {
    let mut sha256 = String::new();
    for byte in Sha256::digest(list) {
        let _ = write!(sha256, "{byte:02x}");
    }
    json!({ "rows": count, "bytes": list.len(), "sha256": sha256 })
}

fn list(rows: &Rows) -> String {
    Rows::join(rows.pieces().iter().map(String::as_str))
}

fn header(header: &Header) -> Value {
    json!({ "title": header.title, "subtitle": header.subtitle })
}

fn text(text: &TopicText) -> Value {
    json!({ "name": text.name, "description": text.description })
}

fn translations<T>(all: &BTreeMap<String, T>, one: impl Fn(&T) -> Value) -> Value {
    let all = all.iter().map(|(key, text)| (key.clone(), one(text)));
    Value::Object(all.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Key, Kind};

    /// Each kind: its name, JSON as people write it, and its one spelling.
    const ALL: [(Kind, &str, &str, &str); 9] = [
        (
            Kind::Workspace,
            "",
            r#"{"name":" Acme "}"#,
            r#"{"name":"Acme"}"#,
        ),
        (
            Kind::PreferenceCenter,
            "",
            r#"{"title":"Yours","translations":{"pt_BR":{"title":"Seus"}}}"#,
            r#"{"subtitle":"","title":"Yours","translations":{"pt-br":{"subtitle":"","title":"Seus"}}}"#,
        ),
        (
            Kind::Sender,
            "Ana <ana@x.io>",
            r#"{"name":"Ana","email":" ana@x.io "}"#,
            r#"{"email":"ana@x.io","hidden":false,"name":"Ana"}"#,
        ),
        (
            Kind::Sender,
            "(+1555)",
            r#"{"phone":"+1555","hidden":true}"#,
            r#"{"hidden":true,"name":"","phone":"+1555"}"#,
        ),
        (
            Kind::Topic,
            "topic_3",
            r#"{"name":"News","subscribed_by_default":true}"#,
            r#"{"description":"","name":"News","subscribed_by_default":true,"translations":{}}"#,
        ),
        (
            Kind::Segment,
            "VIP",
            r#"{"condition":{"not":{"segment":{"name":"Staff"}}}}"#,
            r#"{"condition":{"not":{"segment":{"name":"Staff"}}},"description":""}"#,
        ),
        (
            Kind::Segment,
            "Staff",
            "{}",
            r#"{"condition":null,"description":""}"#,
        ),
        (
            Kind::Snippet,
            "footer",
            r#"{"value":"Bye\n"}"#,
            r#"{"value":"Bye"}"#,
        ),
        (
            Kind::Collection,
            "Products",
            r#"{"rows":[{"price": 1.10}]}"#,
            r#"{"bytes":16,"rows":1,"sha256":"d3e380ff7e3cf8bb0d719cb5f7b8ed6b2e864b99c4f4b2f2c61b8ae6d116992f"}"#,
        ),
    ];

    #[test]
    fn what_is_written_is_read_back_the_same() {
        for (kind, name, given, spelled) in ALL {
            let definition = Definition::from_json(kind, name, given).unwrap();
            assert_eq!(definition.key(), Key::new(kind, name));
            assert_eq!(definition.summary().to_string(), spelled);
            let json = definition.to_json();
            assert_eq!(Definition::from_json(kind, name, &json), Ok(definition));
        }
        let rows = r#"{"rows":[{"price": 1.10}]}"#;
        let collection = Definition::from_json(Kind::Collection, "p", rows).unwrap();
        assert_eq!(collection.to_json(), r#"{"rows":[{"price":1.10}]}"#);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (kind, name, json, problem) in [
            (Kind::Workspace, "", "{", "it is not valid JSON: "),
            (Kind::Workspace, "", "[]", "it must have name"),
            (
                Kind::Workspace,
                "",
                r#"{"title":1}"#,
                "\"title\" is not known; known are name",
            ),
            (
                Kind::Workspace,
                "",
                r#"{"name":7}"#,
                "\"name\" must be a text",
            ),
            (
                Kind::Workspace,
                "",
                r#"{"name":" "}"#,
                "\"name\" must be a line of 1 to 200",
            ),
            (Kind::PreferenceCenter, "", "{}", "\"title\" is required"),
            (
                Kind::PreferenceCenter,
                "",
                r#"{"title":"a","translations":{"de":{}}}"#,
                "\"translations.de.title\" is required",
            ),
            (
                Kind::PreferenceCenter,
                "",
                r#"{"title":"a","translations":{"../":{"title":"b"}}}"#,
                "\"translations.../\" is not a language's code",
            ),
            (
                Kind::PreferenceCenter,
                "",
                r#"{"title":"a","translations":{"pt-br":{"title":"b"},"pt_BR":{"title":"c"}}}"#,
                "\"translations.pt_BR\" is there twice",
            ),
            (Kind::Sender, "", "{}", "it must have either email or phone"),
            (
                Kind::Sender,
                "",
                r#"{"email":"ana"}"#,
                "\"email\" must be an email address",
            ),
            (
                Kind::Sender,
                "",
                r#"{"email":"a@x.io","hidden":"yes"}"#,
                "\"hidden\" must be true or false",
            ),
            (
                Kind::Topic,
                "topic_1",
                r#"{"name":"a"}"#,
                "\"subscribed_by_default\" is required",
            ),
            (
                Kind::Topic,
                "news",
                r#"{"name":"a","subscribed_by_default":true}"#,
                "it must be called topic_ and a number",
            ),
            (
                Kind::Segment,
                "a",
                r#"{"condition":{"and":[{"segment":{"id":3}}]}}"#,
                "\"condition.and[0].segment\" has an unknown property \"id\"; known are name",
            ),
            (Kind::Segment, " ", "{}", "\"name\" is required"),
            (Kind::Snippet, "a", "{}", "\"value\" is required"),
            (
                Kind::Snippet,
                "a\nb",
                r#"{"value":""}"#,
                "\"name\" must be a line",
            ),
            (
                Kind::Collection,
                "a",
                r#"{"rows":{}}"#,
                "\"rows\" must be a list of objects",
            ),
            (
                Kind::Collection,
                "a",
                r#"{"rows":[],"x":1}"#,
                "it must have rows: unknown field",
            ),
        ] {
            let misfit = Definition::from_json(kind, name, json).unwrap_err();
            let said = misfit.to_string();
            assert!(said.starts_with(problem), "{kind} {json}: {said}");
        }
    }
}
